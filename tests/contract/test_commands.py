"""The command line as hospital IT and checks use it: real processes, exit codes, one JSON value."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.app import open_desk
from core.clock import SystemClock, stamp
from core.outcome import Accepted
from core.simulator import standin
from tests.helpers.centre import (
    SHEN,
    RunningCentre,
    cancellation,
    line,
    registration,
    reversal,
    settlement,
)

ROOT = Path(__file__).resolve().parents[2]
ANSWER = ["outcome", "code", "msgid", "reply", "error", "ms"]
LISTED = ["msgid", "code", "visit", "state", "amount", "corrects", "made"]
OPEN = ["msgid", "code", "visit", "state", "attempts", "next_try", "known"]
IMPATIENT = "[resolve]\nquiet = 0\nbackoff = [0.01]\nlimit = 20\n"
ROUNDS = 6


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be exactly one JSON value on one line."""
        assert self.out.count("\n") == 1 and self.out.endswith("\n"), self
        return json.loads(self.out)


@dataclass(frozen=True)
class Terminal:
    """A home and the centre its library talks to."""

    home: Path
    centre: RunningCentre | None = None

    def gsdesk(self, *words: str) -> Done:
        """Run ``gsdesk --home HOME …`` to its end."""
        return self.raw("--home", str(self.home), *words)

    def raw(self, *words: str) -> Done:
        """Run ``gsdesk`` with just these words."""
        env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
        if self.centre is not None:
            env["GSDESK_CENTRE"] = self.centre.address
        done = subprocess.run(
            [sys.executable, "-m", "core", *words], cwd=self.home, env=env, timeout=120,
            capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def call(self, code: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """``gsdesk call`` with ``--json``: exit code and the object."""
        words = [] if body is None else ["--input", json.dumps(body)]
        done = self.gsdesk("call", code, *words, "--json")
        assert list(done.json) == ANSWER
        return done.code, done.json

    def accepted(self, code: str, body: Any = None) -> dict[str, Any]:
        """A call that must be accepted."""
        exit_code, answer = self.call(code, body)
        assert (exit_code, answer["outcome"]) == (0, "accepted"), answer
        assert answer["reply"]["infcode"] == 0 and answer["error"] == "" and answer["ms"] >= 0
        return answer

    def fault(self, kind: str, code: str, *more: str) -> None:
        """Order a fault from the running centre, as a person would."""
        assert self.centre is not None
        words = ("simulate", "--port", str(self.centre.port), "--fault", kind, "--code", code)
        assert self.raw(*words, "--ending", "status", *more) == Done(0, "", "")

    def resolved(self) -> list[int]:
        """``pending --resolve`` until nothing is open; how many were open after each round."""
        counts = []
        for _ in range(ROUNDS):
            done = self.gsdesk("pending", "--resolve", "--json")
            assert done.code == 0
            counts.append(len(done.json))
            if not done.json:
                return counts
        raise AssertionError(f"still open: {done.json}")


def now() -> str:
    """The machine's clock as 14 digits."""
    return stamp(SystemClock().now())


def rows(visit: str, count: int) -> dict[str, Any]:
    """An upload of ``count`` lines."""
    return {"feedetail": [line(now(), visit, f"L{number:03}") for number in range(count)]}


@pytest.fixture(scope="module")
def centre() -> Iterator[RunningCentre]:
    """One simulated centre for the module."""
    with RunningCentre() as running:
        yield running


def made(folder: Path, library: Path | str) -> Path:
    """A home with settings and an impatient local profile."""
    folder.mkdir()
    text = f'[centre]\nlibrary = "{Path(library).as_posix()}"\nprofile = "local.toml"\n'
    (folder / "settings.toml").write_text(text, "utf-8")
    (folder / "local.toml").write_text(IMPATIENT, "utf-8")
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, centre: RunningCentre) -> Terminal:
    """A home whose library is the stand-in, wired to that centre."""
    folder = tmp_path_factory.mktemp("commands") / "home"
    return Terminal(made(folder, standin.__file__), centre)


@pytest.fixture(scope="module")
def settled(desk: Terminal) -> dict[str, Any]:
    """A visit from card to settlement, one process a step; the answers by code."""
    bodies = {
        "1101": None, "2201": registration(now(), "MZ1", psn_no=""), "2204": rows("MZ1", 65),
        "2206": settlement(now(), "MZ1"), "2207": settlement(now(), "MZ1"),
    }  # fmt: skip
    return {code: desk.accepted(code, body) for code, body in bodies.items()}


@pytest.fixture(scope="module")
def listed(desk: Terminal, settled: dict[str, Any]) -> list[dict[str, Any]]:
    """``journal list`` right after it."""
    done = desk.gsdesk("journal", "list", "--json")
    assert done.code == 0
    return list(done.json)


@pytest.fixture(scope="module")
def charged(desk: Terminal, listed: list[dict[str, Any]]) -> None:
    """Three more visits with a fee line each, made by one process: this one."""
    assert desk.centre is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GSDESK_CENTRE", desk.centre.address)
        with open_desk(desk.home) as opened:
            for visit in ("MZ2", "MZ3", "MZ4"):
                for code, body in (("2201", registration(now(), visit)), ("2204", rows(visit, 1))):
                    outcome, _, _ = opened.direct.call(code, body)
                    assert isinstance(outcome, Accepted), outcome


def of_code(listed: list[dict[str, Any]], code: str) -> list[dict[str, Any]]:
    return [row for row in listed if row["code"] == code]


# -- a visit in several calls


def test_several_calls_in_a_row_make_a_visit(desk, settled):
    [theirs] = desk.centre.control.books("settlement")["settlements"]
    assert theirs["msgid"] == settled["2207"]["msgid"]
    assert theirs["visit_no"] == "MZ1"


def test_the_person_read_last_is_remembered(desk, settled):
    [visit] = desk.centre.control.books("visit")["visits"]
    assert visit["person_no"] == SHEN


def test_the_sign_in_is_remembered(listed):
    assert len(of_code(listed, "9001")) == 1


def test_more_rows_than_a_batch_are_split_and_answered_together(settled, listed):
    assert len(of_code(listed, "2204")) == 3
    assert len(settled["2204"]["reply"]["output"]) == 65
    assert settled["2204"]["msgid"] == of_code(listed, "2204")[-1]["msgid"]


def test_the_journal_lists_every_call_with_amount_and_state(settled, listed):
    assert all(list(row) == LISTED for row in listed)
    assert {row["state"] for row in listed} == {"settled"}
    [paid] = of_code(listed, "2207")
    total = settled["2207"]["reply"]["output"]["medfee_sumamt"]
    assert paid["amount"] == round(float(total) * 100)
    assert paid["visit"] == "MZ1"
    assert of_code(listed, "1101")[0]["amount"] is None
    assert len({row["msgid"] for row in listed}) == len(listed)


def test_a_cancellation_corrects_the_settlement(desk, charged):
    paid = desk.accepted("2207", settlement(now(), "MZ2"))
    undone = desk.accepted("2208", cancellation(now(), "MZ2"))
    found = desk.gsdesk("journal", "list", "--text", "MZ2", "--json").json
    by_msgid = {row["msgid"]: row for row in found}
    assert by_msgid[undone["msgid"]]["corrects"] == paid["msgid"]


# -- the other endings


def test_a_refusal_is_one_and_says_the_centres_words(desk):
    exit_code, answer = desk.call("2204", rows("MZ-NONE", 1))
    assert (exit_code, answer["outcome"]) == (1, "rejected")
    assert answer["error"] == answer["reply"]["err_msg"] != ""
    assert answer["msgid"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("8888", "--input", "{}"), "8888"),
        (("2207", "--input", "{"), "JSON"),
        (("2207", "--input", "[]"), ""),
        (("2207", "--input", "@nowhere.json"), "nowhere.json"),
        (("2201", "--input", '{"ipt_otp_no": "MZ9", "stranger": 1}'), "stranger"),
    ],
)
def test_what_is_invalid_is_two_and_never_sent(desk, words, says):
    done = desk.gsdesk("call", *words, "--json")
    assert done.code == 2 and list(done.json) == ANSWER
    assert done.json["outcome"] == "invalid" and done.json["code"] == words[0]
    assert done.json["msgid"] == "" and done.json["reply"] is None
    assert done.json["error"] and says in done.json["error"]


@pytest.mark.parametrize("words", [("call",), ("call", "1101", "--strange"), ("journal", "burn")])
def test_wrong_usage_is_two_and_on_standard_error(desk, words):
    done = desk.gsdesk(*words)
    assert done.code == 2 and done.out == "" and "usage" in done.err


def test_a_body_may_come_from_a_file_with_a_byte_order_mark(desk):
    (desk.home / "body.json").write_text(json.dumps(rows("MZ-NONE", 1)), "utf-8-sig")
    done = desk.gsdesk("call", "2204", "--input", "@body.json", "--json")
    assert done.code == 1 and done.json["outcome"] == "rejected"


def test_a_missing_library_is_four(desk, tmp_path):
    bare = Terminal(made(tmp_path / "home", tmp_path / "ZJSInterface.dll"))
    exit_code, answer = bare.call("1101")
    assert (exit_code, answer["outcome"]) == (4, "not_sent")
    assert "ZJSInterface.dll" in answer["error"] and answer["reply"] is None
    checked = bare.gsdesk("doctor", "--json")
    assert checked.code == 1
    [library] = [check for check in checked.json if check["name"] == "library"]
    assert library["state"] == "failed" and "ZJSInterface.dll" in library["says"]


def test_a_lost_reply_is_three_blocks_the_visit_and_is_found(desk, charged):
    desk.fault("reply_lost", "2207")
    exit_code, answer = desk.call("2207", settlement(now(), "MZ3"))
    assert (exit_code, answer["outcome"], answer["reply"]) == (3, "unknown", None)
    [row] = desk.gsdesk("pending", "--json").json
    assert list(row) == OPEN
    assert (row["msgid"], row["code"], row["visit"]) == (answer["msgid"], "2207", "MZ3")
    assert row["state"] == "unknown" and row["known"]
    again = desk.call("2207", settlement(now(), "MZ3"))
    assert again[0] == 4 and answer["msgid"] in again[1]["error"]
    assert desk.resolved() == [0]
    assert "没有结果未定" in desk.gsdesk("pending").out
    [paid] = of_code(desk.gsdesk("journal", "list", "--text", "MZ3", "--json").json, "2207")
    assert paid["state"] == "settled" and paid["amount"] > 0


def test_a_lost_request_is_fenced_and_may_be_done_again(desk, charged):
    desk.fault("request_lost", "2207")
    lost = desk.call("2207", settlement(now(), "MZ4"))[1]
    assert lost["outcome"] == "unknown"
    assert desk.resolved()[-1] == 0
    found = desk.gsdesk("journal", "list", "--text", "MZ4", "--json").json
    assert {row["msgid"]: row["state"] for row in found}[lost["msgid"]] == "void"
    desk.accepted("2207", settlement(now(), "MZ4"))
    live = desk.centre.control.books("settlement")["settlements"]
    assert [row["visit_no"] for row in live].count("MZ4") == 1


def test_what_is_certain_is_not_reversed_by_hand(desk, settled):
    exit_code, answer = desk.call("2209", reversal(settled["2207"]["msgid"]))
    assert (exit_code, answer["outcome"]) == (4, "not_sent")
    assert "撤销" in answer["error"]


# -- journal


def test_the_journal_is_whole_until_somebody_changes_it(desk, settled, tmp_path):
    assert desk.gsdesk("journal", "verify", "--json").json == {"whole": True, "broken_at": None}
    copy = Terminal(shutil.copytree(desk.home, tmp_path / "copy"), desk.centre)
    with closing(sqlite3.connect(copy.home / "journal.db")) as db, db:
        guards = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in guards:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE entry SET text = text || '。' WHERE number = 2")
    done = copy.gsdesk("journal", "verify", "--json")
    assert done.code == 1 and done.json == {"whole": False, "broken_at": 2}


def test_an_export_has_every_entry_and_hides_the_person(desk, settled, tmp_path):
    file = tmp_path / "export.json"
    done = desk.gsdesk("journal", "export", "--out", str(file), "--json")
    text = file.read_text("utf-8")
    found = json.loads(text)
    assert done.json == {"file": str(file), "transactions": len(found)}
    assert all(row["entries"] and list(row)[:-1] == LISTED for row in found)
    kinds = {item["kind"] for row in found for item in row["entries"]}
    assert {"intent", "outcome"} <= kinds
    assert "990101197803141030" not in text


def test_a_person_reads_tabs_not_json(desk, settled):
    lines = desk.gsdesk("journal", "list", "--text", "MZ1").out.splitlines()
    codes = [text.split("\t")[1] for text in lines]
    assert codes == ["2201", "2204", "2204", "2204", "2206", "2207"]
    assert all(text.count("\t") == len(LISTED) - 1 for text in lines)
    shown = desk.gsdesk("call", "1800")
    assert shown.code == 0 and shown.out.startswith("中心已受理")


# -- training mode, home, profile, doctor


def test_a_home_without_library_is_training_and_home_stands_anywhere(tmp_path):
    training = Terminal(tmp_path)
    before = training.raw("--home", str(tmp_path / "one"), "call", "1101", "--json")
    after = training.raw("call", "1101", "--json", "--home", str(tmp_path / "one"))
    joined = training.raw("journal", f"--home={tmp_path / 'one'}", "list", "--json")
    assert before.code == after.code == joined.code == 0
    assert [row["code"] for row in joined.json] == ["9001", "1800", "1101", "1101"]
    assert (tmp_path / "one" / "training" / "journal.db").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_doctor_says_name_state_and_sentence(desk, settled):
    done = desk.gsdesk("doctor", "--json")
    assert all(list(check) == ["name", "state", "says"] for check in done.json)
    states = {check["name"]: check["state"] for check in done.json}
    assert states["library"] == states["journal"] == states["centre_clock"] == "ok"
    assert done.code == int("failed" in states.values())


def test_profile_check_names_every_mistake(desk, tmp_path):
    fine = desk.gsdesk("profile", "check", str(desk.home / "local.toml"))
    assert fine.code == 0 and fine.err == ""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[transactions.2207]\ntimeuot = 4\n[resolve]\nquite = 2\n", "utf-8")
    done = desk.gsdesk("profile", "check", str(wrong), "--json")
    assert done.code == 2
    assert {"timeuot", "quite"} <= {row["key"] for row in done.json}
    assert any("timeout" in row["says"] for row in done.json)


def test_profile_manual_is_a_page(desk, tmp_path):
    page = tmp_path / "manual" / "zjs.html"
    assert desk.gsdesk("profile", "manual", "--out", str(page)).code == 0
    text = page.read_text("utf-8")
    assert all(code in text for code in ("2207", "9103", "feedetail"))


def test_a_faulty_home_is_a_sentence_not_a_trace(tmp_path):
    (tmp_path / "settings.toml").write_text("[desk]\nnumbr = 1\n", "utf-8")
    done = Terminal(tmp_path).gsdesk("call", "1101", "--json")
    assert done.code == 2 and done.json["outcome"] == "invalid" and "numbr" in done.json["error"]
    listing = Terminal(tmp_path).gsdesk("journal", "list", "--json")
    assert listing.code == 2 and listing.out == "" and "numbr" in listing.err
    assert "Traceback" not in done.err + listing.err


def test_a_centre_that_is_gone_is_unknown_or_not_sent_never_accepted(desk, tmp_path):
    gone = Terminal(made(tmp_path / "home", standin.__file__))
    exit_code, answer = gone.call("1101")
    assert exit_code in (3, 4) and answer["outcome"] in ("unknown", "not_sent")
    assert answer["error"]


def test_orders_for_a_centre_that_does_not_run_are_refused(desk):
    done = desk.raw("simulate", "--port", "1", "--fault", "slow")
    assert done.code == 2 and done.out == "" and done.err
