"""The trace: every exchange once, masked, readable again, small, and never in the way."""

from __future__ import annotations

import json
import os

import pytest

from core.clock import ManualClock
from core.gateway import trace as module
from core.gateway.port import Health, NoReply, Reply, Unsent
from core.gateway.trace import (
    Masked,
    Trace,
    TracedGateway,
    hide_id_numbers,
    replay,
    rotating_file,
    text_mask,
)

MSGID = "H99000000001202603020900000001"


def mask(code: str, payload: bytes) -> Masked:
    """A mask that knows one secret."""
    return Masked(MSGID, payload.decode("gbk", "replace").replace("秘密", "**"))


class Canned:
    """A gateway that answers what it was given."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []
        self.closed = False

    def call(self, code, payload, deadline):
        self.asked.append((code, payload, deadline))
        return self.answer

    def health(self):
        return Health("ok", "well")

    def close(self):
        self.closed = True


@pytest.fixture
def traced(tmp_path):
    """``traced(answer)``: a traced gateway over a canned one."""
    made = []

    def make(answer):
        trace = Trace(tmp_path, ManualClock(), mask)
        made.append(TracedGateway(Canned(answer), trace))
        return made[-1]

    yield make
    for gateway in made:
        gateway.close()


def rows(tmp_path):
    return list(replay(tmp_path / "trace.jsonl"))


@pytest.mark.parametrize(
    ("answer", "ending", "cause", "status", "said"),
    [
        (Reply(0, "结果秘密".encode("gbk"), 12), "reply", "", 0, "结果**"),
        (Reply(-3, b"", 5), "reply", "", -3, ""),
        (Unsent("library_missing", "…"), "unsent", "library_missing", None, ""),
        (NoReply("deadline", "…", 4000), "no_reply", "deadline", None, ""),
        (NoReply("overrun", "…", 7, b"ooo"), "no_reply", "overrun", None, "ooo"),
    ],
)
def test_each_ending_is_a_row(traced, tmp_path, answer, ending, cause, status, said):
    gateway = traced(answer)
    assert gateway.call("2207", "问秘密".encode("gbk"), 4.0) is answer
    (row,) = rows(tmp_path)
    assert (row.code, row.msgid, row.request, row.reply) == ("2207", MSGID, "问**", said)
    assert (row.ending, row.cause, row.status) == (ending, cause, status)
    assert row.ms == getattr(answer, "ms", 0)
    assert row.moment == "2026-03-02T09:00:00+08:00"


def test_a_row_is_one_line_of_json(traced, tmp_path):
    traced(Reply(0, b"a\nb", 1)).call("1800", b"first\nsecond", 1.0)
    (line,) = (tmp_path / "trace.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["request"] == "first\nsecond"


def test_the_secret_is_nowhere_in_the_file(traced, tmp_path):
    traced(Reply(0, "秘密".encode("gbk"), 1)).call("1101", "秘密".encode("gbk"), 1.0)
    assert "秘密" not in (tmp_path / "trace.jsonl").read_text("utf-8")


def test_the_gateway_behind_sees_the_call_unchanged(traced):
    gateway = traced(Reply(0, b"", 0))
    gateway.call("2204", b"payload", 60.0)
    assert gateway._inner.asked == [("2204", b"payload", 60.0)]
    assert gateway.health() == Health("ok", "well")


def test_closing_closes_the_gateway_behind(traced):
    gateway = traced(Reply(0, b"", 0))
    gateway.close()
    assert gateway._inner.closed


def test_a_giant_message_is_shortened(traced, tmp_path):
    traced(Reply(0, b"r" * (module.LONGEST + 5), 1)).call("2204", b"q" * (module.LONGEST + 5), 1.0)
    (row,) = rows(tmp_path)
    assert len(row.request) == len(row.reply) == module.LONGEST


def test_a_torn_line_is_left_out(traced, tmp_path):
    gateway = traced(Reply(0, b"", 0))
    gateway.call("1", b"whole", 1.0)
    gateway.close()
    with (tmp_path / "trace.jsonl").open("a", encoding="utf-8") as file:
        file.write('[]\n{"moment": "x"}\n{"moment": "2026-')
    assert [row.request for row in rows(tmp_path)] == ["whole"]


def test_the_file_rotates_and_old_ones_go(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FILE_SIZE", 2000)
    monkeypatch.setattr(module, "FILES", 2)
    trace = Trace(tmp_path, ManualClock(), mask)
    for number in range(40):
        trace.note("1", f"message {number:03} ".encode() * 10, Reply(0, b"", 0))
    trace.close()
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["trace.jsonl", "trace.jsonl.1", "trace.jsonl.2"]
    assert all(path.stat().st_size <= 2000 for path in tmp_path.iterdir())
    assert "message 039" in list(replay(tmp_path / "trace.jsonl"))[-1].request


def test_no_file_before_the_first_row(tmp_path):
    Trace(tmp_path / "logs", ManualClock(), mask).close()
    assert list((tmp_path / "logs").iterdir()) == []


def test_a_trace_that_cannot_be_written_disturbs_nobody(tmp_path):
    (tmp_path / "trace.jsonl").mkdir()
    trace = Trace(tmp_path, ManualClock(), mask)
    assert trace.note("1", b"x", Reply(0, b"", 0)).ending == "reply"
    trace.close()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("号 990101199003070010 完", "号 9901**********0010 完"),
        ("99010119900307001x,", "9901**********001x,"),
        (MSGID, MSGID),
        ("1234567890123456789", "1234567890123456789"),
        ("12345678901234567", "12345678901234567"),
        ("no number", "no number"),
    ],
)
def test_identity_numbers_are_blanked_and_nothing_else(text, shown):
    assert hide_id_numbers(text) == shown


def test_lines_of_a_rotating_file_carry_the_moment(tmp_path):
    lines = rotating_file(tmp_path / "some.log", 1000, 1)
    lines.write("hello")
    lines.close()
    (line,) = (tmp_path / "some.log").read_text("utf-8").splitlines()
    assert line.endswith(" hello")
    assert line[:2] == "20"


def test_text_that_is_no_unicode_is_written_all_the_same(tmp_path):
    lines = rotating_file(tmp_path / "some.log", 1000, 1)
    lines.write("half \udcd6")
    lines.write("next")
    lines.close()
    assert "next" in (tmp_path / "some.log").read_text("utf-8")
    assert os.listdir(tmp_path) == ["some.log"]


def test_a_mask_that_fails_costs_the_row_and_not_the_reply(tmp_path, caplog):
    def broken(code, payload):
        raise ValueError("not a message")

    gateway = TracedGateway(Canned(Reply(0, b"ok", 1)), Trace(tmp_path, ManualClock(), broken))
    assert gateway.call("2207", b"payload", 1.0) == Reply(0, b"ok", 1)
    assert "2207" in caplog.text
    gateway.close()


@pytest.mark.parametrize(
    ("payload", "msgid", "text"),
    [
        (f'{{"a":"{MSGID}","b":"秘密"}}'.encode("gbk"), MSGID, f'{{"a":"{MSGID}","b":"**"}}'),
        (b"H990000000012026", "", "H990000000012026"),
        (b"half \xd6", "", "half \ufffd"),
        (b"", "", ""),
    ],
)
def test_the_mask_over_text_finds_our_id_and_hides_the_rest(payload, msgid, text):
    made = text_mask(lambda said: said.replace("秘密", "**"), "gbk", "H99000000001")
    assert made("2207", payload) == Masked(msgid, text)


def test_the_first_of_our_ids_names_the_row():
    made = text_mask(str, "gbk", "H99000000001")
    other = MSGID[:-1] + "2"
    assert made("2209", f"{MSGID} reverses {other}".encode()).msgid == MSGID
