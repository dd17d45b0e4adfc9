"""The supervisor over Python stand-ins: training mode's road, no compiler needed."""

from __future__ import annotations

import ast
import select
import struct
from pathlib import Path

import pytest

from core.events import Events
from core.gateway import card, http
from core.gateway.dll import process, starting, supervisor
from core.gateway.dll.frames import FrameReader, encode
from core.gateway.dll.process import exit_name
from core.gateway.dll.supervisor import DllGateway
from core.gateway.port import Gateway, NoReply, Reply
from core.settings import CentreSettings
from core.simulator import reader
from core.words import texts
from tests.helpers.gateways import SHORT, bench, children, no_reply, reply, unsent

BITS = struct.calcsize("P") * 8
STANDIN = """
import os, sys, time

def Si_INIT():
    return int(os.environ.get("STANDIN_INIT", "0")), "示例".encode("gbk")

def Si_Busi(request):
    word = request.decode("gbk")
    if word == "hang":
        time.sleep(600)
    if word == "die":
        os._exit(3)
    if word == "raise":
        raise RuntimeError("the stand-in gives up")
    if word == "leave":
        sys.exit()
    if word == "text":
        return 0, "not bytes"
    if word == "odd":
        return "0", b""
    if word == "huge status":
        return 1 << 40, b""
    if word == "giant":
        return 0, b"g" * (8 << 20)
    if word == "prints":
        print("打印一行")
    if word == "environment":
        return 0, os.environ["GSDESK_CENTRE"].encode()
    if word.startswith("status"):
        return int(word.split()[1]), b"plain"
    return 0, request[::-1]
"""


@pytest.fixture
def library(tmp_path):
    """The stand-in's file."""
    made = tmp_path / "standin.py"
    made.write_text(STANDIN, "utf-8")
    return made


@pytest.fixture
def desk(tmp_path, library):
    """A gateway over the stand-in."""
    with bench(tmp_path / "home", library, {"GSDESK_CENTRE": "127.0.0.1:9"}) as made:
        yield made


def test_it_is_a_gateway(tmp_path, library):
    gateway: Gateway = DllGateway(CentreSettings(), tmp_path, Events(), library=library)
    gateway.close()


def test_a_call_comes_back(desk):
    assert reply(desk.say("abc")) == b"cba"


def test_nothing_starts_before_the_first_call(desk):
    assert (desk.states(), children(), desk.home.exists()) == ([], [], False)


@pytest.mark.parametrize("status", [-(1 << 31), -1, 0, 1, (1 << 31) - 1])
def test_any_status_comes_through(desk, status):
    answer = desk.say(f"status {status}")
    assert answer == Reply(status, b"plain", answer.ms)


@pytest.mark.parametrize(
    ("word", "cause"),
    [
        ("die", "worker_died"),
        ("raise", "worker_died"),
        ("leave", "worker_died"),
        ("text", "worker_died"),
        ("odd", "worker_died"),
        ("huge status", "worker_died"),
        ("giant", "reply_too_large"),
    ],
)
def test_a_broken_stand_in_leaves_the_call_unknown(desk, word, cause):
    assert no_reply(desk.say(word)) == cause
    assert reply(desk.say("abc")) == b"cba"
    assert desk.gateway.health().replaced == 1


def test_a_hung_stand_in_is_replaced(desk):
    assert no_reply(desk.say("hang", SHORT)) == "deadline"
    assert reply(desk.say("abc")) == b"cba"


def test_the_exit_code_is_in_the_sentence(desk):
    answer = desk.say("die")
    assert isinstance(answer, NoReply)
    assert "退出码 3" in answer.text


def test_the_environment_reaches_the_stand_in(desk):
    assert reply(desk.say("environment")) == b"127.0.0.1:9"


def test_what_it_prints_and_why_it_died_are_in_the_log(desk):
    desk.say("prints")
    desk.say("raise")
    desk.gateway.close()
    assert "打印一行" in desk.vendor_log()
    assert "RuntimeError: the stand-in gives up" in desk.vendor_log()


def test_a_failing_init_shows_its_text(tmp_path, library):
    with bench(tmp_path / "home", library, {"STANDIN_INIT": "-1"}) as desk:
        answer = desk.say("abc")
        assert unsent(answer) == "init_failed"
        assert "示例" in answer.text


def test_a_stand_in_that_is_no_python_is_no_library(tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("def", "utf-8")
    with bench(tmp_path / "home", broken) as desk:
        assert unsent(desk.say("abc")) == "not_a_library"


def test_health_tells_all(desk, library):
    health = desk.gateway.health()
    assert (health.state, health.bits, health.path) == ("ok", BITS, str(library))
    assert len(health.sha256) == 64
    assert health.pid in children()
    assert str(library) in health.says


def test_the_announcements_have_sentences(desk, library):
    desk.say("abc")
    desk.say("die")
    assert desk.states() == ["starting", "ready", "replaced"]
    assert all(event.says for event in desk.heard)


FAKE = """
import os, sys
os.read(0, 65536)
os.write(1, {greeting!r})
os.read(0, 65536)
os.write(1, {answer!r})
{last}
"""
READY = encode(b"R", 0, b'{"bits": 64, "function": "Fake"}')
GOOD = b"GSDA\0\0\0\1\0\0\0\6\0\0\0\0ok"


@pytest.fixture
def impostor(tmp_path, library, monkeypatch):
    """``impostor(answer, last)``: a desk whose worker is a script that says exactly that."""

    def make(answer: bytes, last: str = "", greeting: bytes = READY, **settings: float):
        file = tmp_path / "impostor.py"
        file.write_text(FAKE.format(greeting=greeting, answer=answer, last=last), "utf-8")
        monkeypatch.setattr(process, "WORKER", file)
        return bench(tmp_path / "home", library, **settings)

    return make


def test_the_impostor_can_be_good(impostor):
    with impostor(GOOD) as desk:
        assert reply(desk.say("abc")) == b"ok"


@pytest.mark.parametrize("cut", range(0, len(GOOD), 3))
def test_every_torn_answer_is_unknown(impostor, cut):
    with impostor(GOOD[:cut]) as desk:
        assert no_reply(desk.say("abc")) == "worker_died"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (GOOD.replace(b"GSD", b"DSG"), "frame_garbage"),
        (GOOD.replace(b"\1", b"\2", 1), "frame_garbage"),
        (GOOD.replace(b"GSDA", b"GSDQ"), "frame_garbage"),
        (GOOD + b"more", "frame_garbage"),
        (b"GSDA\0\0\0\1\0\0\0\2ok", "frame_garbage"),
        (b"GSDA\0\0\0\1\x7f\0\0\0ok", "reply_too_large"),
        (b"GSDX\0\0\0\1\0\0\0\7overrun", "overrun"),
        (b"GSDX\0\0\0\1\0\0\0\7unheard", "frame_garbage"),
        (b"GSDX\0\0\0\1\0\0\0\7\xff\xfe\xfd\xfc\xfb\xfa\xf9", "frame_garbage"),
    ],
)
def test_an_answer_that_cannot_be_trusted_is_unknown(impostor, answer, cause):
    with impostor(answer, "sys.stdin.read()") as desk:
        assert no_reply(desk.say("abc")) == cause
        assert children() == []


def test_half_an_answer_and_then_silence_is_unknown_at_the_deadline(impostor):
    with impostor(GOOD[:9], "import time; time.sleep(600)") as desk:
        answer = desk.say("abc", SHORT)
        assert no_reply(answer) == "deadline"
        assert answer.payload == GOOD[:9]


def test_a_worker_that_says_it_did_not_call_leaves_the_call_unsent(impostor):
    with impostor(b"GSDN\0\0\0\1\0\0\0\x0bbad_request", "sys.stdin.read()") as desk:
        assert unsent(desk.say("abc")) == "bad_request"


def test_words_nobody_asked_for_get_the_worker_replaced_before_a_call(impostor):
    with impostor(b"an unasked word", "import time; time.sleep(600)") as desk:
        desk.gateway.health()
        running = desk.gateway._running
        assert running is not None
        running.worker.send(b"a nudge that makes it speak")
        select.select([running.worker._line.source], [], [])
        assert desk.gateway.health().replaced == 1


@pytest.mark.parametrize(
    "greeting",
    [
        b"GSDR\0\0\0\0\0\0\0\2{}",
        b"GSDR\0\0\0\0\0\0\0\2[]",
        b"GSDR\0\0\0\0\0\0\0\4null",
        b"GSDR\0\0\0\0\0\0\0\3\xff\xfe\xfd",
        encode(b"E", 0, b'{"code": "odd"}'),
        encode(b"E", 0, b'{"code": "init_failed"}'),
        encode(b"E", 0, b'{"code": "init_failed", "text": "zz"}'),
        encode(b"E", 0, b'{"code": "load_failed"}'),
        b"GSDR\0\0\0\1\0\0\0\2{}",
        b"",
    ],
)
def test_a_greeting_that_is_none_is_a_failed_start(impostor, greeting):
    with impostor(GOOD, greeting=greeting, init_timeout=60 if greeting else 0.2) as desk:
        cause = "worker_failed" if greeting else "init_deadline"
        assert unsent(desk.say("abc")) == cause
        assert children() == []


def test_a_line_that_is_broken_before_a_byte_is_written_is_unsent(desk, monkeypatch):
    reply(desk.say("abc"))
    monkeypatch.setattr(process.Worker, "send", lambda worker, data: worker.cut() or 0)
    assert unsent(desk.say("abc")) == "line_broken"
    monkeypatch.undo()
    assert reply(desk.say("abc")) == b"cba"


def test_a_line_that_breaks_within_the_request_is_unknown(desk, monkeypatch):
    reply(desk.say("abc"))
    monkeypatch.setattr(process.Worker, "send", lambda worker, data: worker.cut() or 5)
    assert no_reply(desk.say("abc")) == "worker_died"


def test_an_interrupted_call_gives_the_worker_up(desk, monkeypatch):
    reply(desk.say("abc"))

    def interrupt(reader, number):
        raise KeyboardInterrupt

    monkeypatch.setattr(FrameReader, "read", interrupt)
    with pytest.raises(KeyboardInterrupt):
        desk.say("abc")
    monkeypatch.undo()
    assert children() == []
    assert reply(desk.say("abc")) == b"cba"


@pytest.mark.parametrize(
    ("code", "name"),
    [(0, "0"), (3, "3"), (-11, "SIGSEGV"), (-99, "-99"), (0xC0000005, "0xC0000005"), (None, "-")],
)
def test_exit_codes_have_names(code, name):
    assert exit_name(code) == name


def quoted(module: object) -> set[str]:
    """All string constants of a module's source."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    values = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in values if isinstance(value, str)}


CAUSES = """library_unnamed library_missing dependency_missing wrong_bitness not_a_library
function_missing init_failed init_deadline hash_mismatch interpreter_missing worker_failed
logs_unwritable bad_request closed line_broken deadline worker_died overrun no_terminator
reply_too_large frame_garbage died_idle"""


@pytest.mark.parametrize("cause", CAUSES.split())
def test_every_cause_has_a_sentence_of_its_own(cause):
    mine = texts()[f"gateway.{cause}"]
    assert mine.endswith("。")
    assert [key for key, text in texts().items() if text == mine] == [f"gateway.{cause}"]


def test_no_sentence_is_there_in_vain():
    said = {key.removeprefix("gateway.") for key in texts() if key.startswith("gateway.")}
    words = set()
    for module in (supervisor, starting, card, http, reader):
        words |= {text.removeprefix("gateway.") for text in quoted(module)}
    words |= set(CAUSES.split())
    assert {key for key in said if not {key, key.partition(".")[2]} & words} == set()
