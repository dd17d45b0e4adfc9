"""The simulator as a real process: socket, orders, stand-in, training centre, command."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.clock import SystemClock, stamp
from core.commands.main import main
from core.errors import SetupError
from core.simulator import process, standin
from core.simulator.books import Books
from core.simulator.control import Control, ControlError
from core.simulator.process import TrainingCentre, command, environment
from core.simulator.teller import Teller
from tests.helpers.centre import CAPPED, RunningCentre, line, registration, settlement

needs_signals = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


@pytest.fixture
def running() -> Iterator[RunningCentre]:
    """A process that a test may end, with empty books."""
    with RunningCentre() as centre:
        yield centre


@pytest.fixture(scope="module")
def kept() -> Iterator[RunningCentre]:
    with RunningCentre() as centre:
        yield centre


@pytest.fixture
def lasting(kept: RunningCentre) -> Iterator[RunningCentre]:
    """One process for all tests that neither end it nor ask what its books have in all."""
    yield kept
    kept.control.clear()
    kept.control.card("沈建国")


def settled(teller: Teller, visit: str = "MZ1") -> str:
    """Bring a visit to its settlement; gives the message id."""
    now = stamp(teller.now())
    teller.done("2201", registration(now, visit))
    teller.done("2204", [line(now, visit, "L1"), line(now, visit, "L2", CAPPED)])
    teller.done("2207", settlement(now, visit))
    return teller.msgid


# --- the socket ---------------------------------------------------------------------------------


def test_a_visit_goes_through_the_socket(running: RunningCentre) -> None:
    msgid = settled(running.teller())
    (row,) = running.control.books("settlement")["settlements"]
    assert (row["msgid"], row["cancelled_by"]) == (msgid, "")
    assert row["total"] == row["fund"] + row["personal"] == 20460


def test_several_requests_may_share_a_connection(lasting: RunningCentre) -> None:
    message = lasting.teller().message("1800", {})
    frame = struct.pack(">I", len(message)) + message
    with socket.create_connection(("127.0.0.1", lasting.port), 30) as wire:
        wire.sendall(frame + frame)
        for _ in range(2):
            status, size = struct.unpack(">iI", wire.recv(8, socket.MSG_WAITALL))
            reply = json.loads(wire.recv(size, socket.MSG_WAITALL).decode("gbk"))
            assert (status, reply["infcode"]) == (0, 0)


@pytest.mark.parametrize("junk", [b"", b"\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x09abc"])
def test_half_a_frame_hurts_nobody(lasting: RunningCentre, junk: bytes) -> None:
    with socket.create_connection(("127.0.0.1", lasting.port), 30) as wire:
        wire.sendall(junk)
        wire.shutdown(socket.SHUT_WR)
        assert wire.recv(1) == b""
    lasting.teller().done("1800")


def test_tellers_at_once_do_not_mix(running: RunningCentre) -> None:
    script = (
        "import sys; from tests.helpers.centre import *; from core.clock import *;"
        "r = RunningCentre.__new__(RunningCentre); r.address = sys.argv[1];"
        "t = r.teller(sys.argv[2]); now = stamp(t.now());"
        "[t.done('2201', registration(now, f'{sys.argv[2]}-{n}')) for n in range(20)]"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, running.address, f"op{n}"], env=environment()
        )
        for n in range(3)
    ]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    books = running.control.books("visit", "call")
    assert len(books["visits"]) == 60
    assert len({row["id"] for row in books["calls"]}) == 63


@pytest.mark.parametrize("ending", ["hang", "close"])
def test_a_lost_reply_leaves_the_caller_without_one(running: RunningCentre, ending: str) -> None:
    teller = running.teller()
    now = stamp(teller.now())
    running.control.fault("reply_lost", "2201", **{"as": ending})
    message = teller.message("2201", registration(now))
    with socket.create_connection(("127.0.0.1", running.port), 30) as wire:
        wire.sendall(struct.pack(">I", len(message)) + message)
        wait_for_visits(running.control, 1)
        if ending == "hang":
            wire.shutdown(socket.SHUT_WR)
        assert wire.recv(1) == b""


def wait_for_visits(control: Control, count: int) -> None:
    """The lock of the centre orders our question behind the message: ask until it was taken."""
    for _ in range(1000):
        if len(control.books("visit")["visits"]) == count:
            return
    raise AssertionError("the message was not taken")


def test_a_slow_reply_does_not_stop_the_others(lasting: RunningCentre) -> None:
    teller = lasting.teller()
    lasting.control.fault("slow", "1101", seconds=600)
    message = teller.message("1101", {})
    with socket.create_connection(("127.0.0.1", lasting.port), 30) as wire:
        wire.sendall(struct.pack(">I", len(message)) + message)
        teller.done("1800")


def test_control_says_what_is_wrong(lasting: RunningCentre) -> None:
    with pytest.raises(ControlError, match="nonsense"):
        lasting.control.fault("nonsense")
    with pytest.raises(ControlError, match="nobody"):
        lasting.control.card("nobody")


def test_control_moves_everything(running: RunningCentre) -> None:
    control, teller = running.control, running.teller()
    control.card("gao")
    assert teller.done("1101")["psn_name"] == "高志远"
    control.card(None)
    assert control.state()["card"] == ""
    control.script([{"kind": "refuse", "code": "1800", "text": "一"}])
    assert teller.call("1800")["err_msg"] == "一"
    assert control.clock(3600) > stamp(teller.now())
    control.clear()
    control.forget_reversals()
    assert control.state()["rules"]["remember_reversals"] is False
    msgid = settled(teller)
    assert control.deduct("MZ1", "B1", "L1", 100, "超范围").startswith("KK")
    control.fault("delayed", "2201", calls=100, **{"as": "status"})
    served = running.send(teller.message("2201", registration(stamp(teller.now()), "MZ2")))
    assert served.status != 0
    assert control.deliver() == 1
    assert len(control.books()["visits"]) == 2
    assert control.books("settlement")["settlements"][0]["msgid"] == msgid


def test_nobody_listens_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ControlError, match=str(port)):
        Control(f"127.0.0.1:{port}").state()


# --- ends of the process ------------------------------------------------------------------------


@needs_signals
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_by_signal(running: RunningCentre, sent: signal.Signals) -> None:
    running.process.send_signal(sent)
    _, errors = running.process.communicate(timeout=30)
    assert (running.process.returncode, errors) == (0, "")


@needs_signals
def test_it_ends_while_a_call_hangs(running: RunningCentre) -> None:
    running.control.fault("hang", "1800")
    message = running.teller().message("1800", {})
    with socket.create_connection(("127.0.0.1", running.port), 30) as wire:
        wire.sendall(struct.pack(">I", len(message)) + message)
        assert running.end() == 0


def test_it_ends_with_its_parent() -> None:
    with RunningCentre("--with-parent") as centre:
        assert centre.process.stdin is not None
        centre.process.stdin.close()
        assert centre.process.wait(30) == 0
        centre.process.stdin = None


def test_books_outlive_the_process(tmp_path: Path) -> None:
    file = str(tmp_path / "books" / "centre.sqlite")
    with RunningCentre("--books-file", file) as first:
        msgid = settled(first.teller())
        first.control.card("luo")
        first.process.kill()
        first.process.wait(30)
    with RunningCentre("--books-file", file) as second:
        (row,) = second.control.books("settlement")["settlements"]
        assert row["msgid"] == msgid
        assert second.control.state()["card"] == "990010002"


# --- stand-in library ---------------------------------------------------------------------------


@pytest.fixture
def library(lasting: RunningCentre, monkeypatch: pytest.MonkeyPatch) -> RunningCentre:
    monkeypatch.setenv("GSDESK_CENTRE", lasting.address)
    return lasting


def test_the_stand_in_forwards(library: RunningCentre) -> None:
    assert standin.Si_INIT() == (0, b"")
    status, answer = standin.Si_Busi(library.teller().message("1101", {}))
    assert status == 0
    assert json.loads(answer.decode("gbk"))["output"]["psn_name"] == "沈建国"


def test_the_stand_in_passes_a_status_on(library: RunningCentre) -> None:
    library.control.fault("reply_lost", "1800", **{"as": "status"})
    status, text = standin.Si_Busi(library.teller().message("1800", {}))
    assert status == -101
    assert "超时" in text.decode("gbk")


def test_the_stand_in_says_that_no_answer_came(library: RunningCentre) -> None:
    library.control.fault("reply_lost", "1800", **{"as": "close"})
    status, text = standin.Si_Busi(library.teller().message("1800", {}))
    assert status == standin.NO_ANSWER
    assert "未收到应答" in text.decode("gbk")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nonsense"])
def test_the_stand_in_without_a_centre(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("GSDESK_CENTRE", address)
    for status, text in (standin.Si_INIT(), standin.Si_Busi(b"{}")):
        assert status == standin.UNREACHABLE
        assert address in text.decode("gbk")


def test_the_stand_in_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GSDESK_CENTRE", raising=False)
    status, text = standin.Si_INIT()
    assert status == standin.NO_ADDRESS and text.decode("gbk")


def test_the_stand_in_dies_when_it_is_told_to(library: RunningCentre) -> None:
    library.control.fault("crash", "2201")
    teller = library.teller()
    message = teller.message("2201", registration(stamp(teller.now())))
    child = subprocess.run(
        [sys.executable, "-c", DYING, str(standin.__file__)],
        input=message, env=environment() | {"GSDESK_CENTRE": library.address},
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert child.returncode == standin.CRASHED
    assert child.stdout == b""
    assert [row["visit_no"] for row in library.control.books("visit")["visits"]] == ["MZ1"]


DYING = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("library", sys.argv[1])
library = importlib.util.module_from_spec(spec)
spec.loader.exec_module(library)
library.Si_Busi(sys.stdin.buffer.read())
print("alive")
"""


def test_the_stand_in_needs_only_the_standard_library() -> None:
    script = (
        "import sys; sys.path = [p for p in sys.path if 'site-packages' not in p];"
        "exec(open(sys.argv[1], encoding='utf-8').read(), {'__file__': sys.argv[1]});"
        "assert not any(n.split('.')[0] in ('core', 'pydantic') for n in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(standin.__file__)], timeout=60, check=False
    )
    assert done.returncode == 0


# --- training centre ----------------------------------------------------------------------------


def test_the_training_centre_starts_when_it_is_asked_for(tmp_path: Path) -> None:
    with TrainingCentre(tmp_path / "training") as training:
        assert training.pid == 0
        assert training.control.state()["card"]
        assert training.pid
        assert (tmp_path / "training" / "centre.sqlite").exists()
    assert training.pid == 0


@needs_signals
def test_a_dead_training_centre_comes_back_at_the_same_address(tmp_path: Path) -> None:
    with TrainingCentre(tmp_path) as training:
        training.control.card("luo")
        address, pid = training.address, training.pid
        os.kill(pid, signal.SIGKILL)
        until(lambda: training.pid not in (0, pid))
        assert training.address == address
        assert training.control.state()["card"] == "990010002"


def until(happens: Callable[[], bool]) -> None:
    """Ask until it is so; the test's own time limit ends a vain wait."""
    while not happens():
        os.sched_yield()


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    training = TrainingCentre(tmp_path)
    training.close()
    assert training.address
    training.close()
    training.close()


def test_books_that_are_none_are_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "centre.sqlite").write_bytes(b"this is no database" * 100)
    with TrainingCentre(tmp_path) as training, pytest.raises(SetupError, match="模拟中心未能启动"):
        _ = training.address


def test_a_frozen_program_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.sys, "frozen", True, raising=False)
    assert command("--port", "0") == [sys.executable, "simulate", "--port", "0"]


# --- books --------------------------------------------------------------------------------------


def test_books_of_another_version_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "centre.sqlite"
    books = Books(file)
    books.db.execute("PRAGMA user_version = 99")
    books.close()
    with pytest.raises(SetupError, match="版本是 99"):
        Books(file)


def test_a_folder_is_no_book(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="无法打开"):
        Books(tmp_path)


# --- gsdesk simulate as a client ----------------------------------------------------------------


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        command(*arguments), env=environment(), capture_output=True, encoding="utf-8",
        timeout=60, check=False,
    )  # fmt: skip


Ran = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ran(capsys: pytest.CaptureFixture[str]) -> Ran:
    """The command in this process: its code, what it wrote, and what it complained of."""

    def run_here(*arguments: str) -> tuple[int, str, str]:
        return (main(["simulate", *arguments]), *capsys.readouterr())

    return run_here


def test_the_books_are_written_as_one_json_value(running: RunningCentre) -> None:
    msgid = settled(running.teller())
    done = run("--books", "--port", str(running.port))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["settlements"][0]["msgid"] == msgid


def test_the_books_are_written_to_a_file(lasting: RunningCentre, tmp_path: Path, ran: Ran) -> None:
    file = tmp_path / "books.json"
    assert ran("--port", str(lasting.port), "--books", str(file)) == (0, "", "")
    assert json.loads(file.read_text("utf-8"))["settlements"] == []
    _, written, _ = ran("--port", str(lasting.port), "--books", "JSON")
    assert json.loads(written)["settlements"] == []


@pytest.mark.parametrize("home", [True, False])
def test_the_books_of_a_home_are_read_from_its_file(tmp_path: Path, home: bool) -> None:
    with TrainingCentre(tmp_path / "training") as training:
        training.control.card("ma")
    file = tmp_path / "training" / "centre.sqlite"
    done = run("--books", *(["--home", str(tmp_path)] if home else ["--books-file", str(file)]))
    assert json.loads(done.stdout)["visits"] == []


def test_orders_from_the_command_line(lasting: RunningCentre, ran: Ran) -> None:
    port = ["--port", str(lasting.port)]
    assert ran(*port, "--card", "luo")[0] == 0
    fault = ["--fault", "reply_lost", "--code", "2207", "--ending", "status", "--times", "2"]
    assert ran(*port, *fault)[0] == 0
    state = lasting.control.state()
    assert state["card"] == "990010002"
    (order,) = state["faults"]
    assert (order["kind"], order["code"], order["ending"], order["times"]) == (
        "reply_lost", "2207", "status", 2,
    )  # fmt: skip
    assert ran(*port, "--clear")[0] == 0
    assert lasting.control.state()["faults"] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--books"], "--port"),
        (["--books", "--home", "/nonexistent"], "--port"),
        (["--card", "luo"], "--port"),
        (["--card", "luo", "--port", "1"], "端口 1"),
        (["--books-file", f"{__file__}/below"], "账本"),
    ],
)
def test_a_useless_command_says_why(arguments: list[str], says: str, ran: Ran) -> None:
    code, written, complaint = ran(*arguments)
    assert (code, written) == (2, "")
    assert says in complaint


def test_a_bad_fault_from_the_command_line(lasting: RunningCentre, ran: Ran) -> None:
    code, _, complaint = ran("--port", str(lasting.port), "--fault", "nonsense")
    assert code == 2 and "可用" in complaint


def test_two_centres_do_not_keep_the_same_books(tmp_path: Path) -> None:
    file = tmp_path / "centre.sqlite"
    with RunningCentre("--books-file", str(file)):
        done = run("--port", "0", "--books-file", str(file))
    assert done.returncode == 2
    assert "正被另一个模拟中心使用" in done.stderr


def test_a_seeded_centre_has_a_past() -> None:
    with RunningCentre("--seed") as centre:
        books = centre.control.books("visit", "deduction")
        assert len(books["visits"]) == 30
        assert books["deductions"]


def test_a_port_that_is_taken_is_no_riddle(lasting: RunningCentre) -> None:
    done = run("--port", str(lasting.port))
    assert done.returncode != 0
    assert str(lasting.port) in done.stderr


def test_another_encoding(tmp_path: Path) -> None:
    with RunningCentre("--encoding", "gb18030") as centre:
        centre.control.card("chen")
        teller: Any = Teller(centre.send, SystemClock().now, encoding="gb18030")
        teller.sign_in()
        assert teller.done("1101")["psn_name"] == "陈䶮"
