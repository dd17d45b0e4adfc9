"""Frames and the server in-process: whole frames only, one call at a time, an end without loss."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from core.clock import ManualClock
from core.simulator import frames
from core.simulator.books import Books
from core.simulator.centre import SimulatedCentre
from core.simulator.control import Control, ControlError, exchange
from core.simulator.faults import Served
from core.simulator.frames import Broken, read_reply, read_request, reply_frame, request_frame
from core.simulator.server import INTERNAL, CentreServer
from core.simulator.teller import Teller, TellerError


@pytest.fixture
def wires() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        yield near, far


# --- frames -------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [b"", b"{}", b"\x00\xff" * 100_000])
def test_a_request_comes_through_whole(wires: Any, payload: bytes) -> None:
    near, far = wires
    sender = threading.Thread(target=near.sendall, args=(request_frame(payload),))
    sender.start()
    assert read_request(far) == payload
    sender.join()


@pytest.mark.parametrize(
    ("status", "payload"), [(0, b"{}"), (-1, b"x"), (-999_001, b""), (2**31 - 1, b"")]
)
def test_a_reply_comes_through_whole(wires: Any, status: int, payload: bytes) -> None:
    near, far = wires
    near.sendall(reply_frame(status, payload))
    assert read_reply(far) == (status, payload)


def test_the_end_between_two_requests_is_an_end(wires: Any) -> None:
    near, far = wires
    near.sendall(request_frame(b"1"))
    near.close()
    assert read_request(far) == b"1"
    assert read_request(far) is None


@pytest.mark.parametrize("part", [b"\0", b"\0\0\0\5", b"\0\0\0\5abcd", b"\xff\xff\xff\xff"])
def test_half_a_request_is_broken(wires: Any, part: bytes) -> None:
    near, far = wires
    near.sendall(part)
    near.close()
    with pytest.raises(Broken):
        read_request(far)


@pytest.mark.parametrize(
    "part", [b"", b"\0" * 7, b"\0\0\0\0\0\0\0\5abc", b"\0\0\0\0\xff\xff\xff\xff"]
)
def test_half_a_reply_is_broken(wires: Any, part: bytes) -> None:
    near, far = wires
    near.sendall(part)
    near.close()
    with pytest.raises(Broken):
        read_reply(far)


def test_a_frame_has_a_limit(wires: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "LARGEST", 4)
    near, far = wires
    near.sendall(request_frame(b"1234") + request_frame(b"12345"))
    assert read_request(far) == b"1234"
    with pytest.raises(Broken):
        read_request(far)


# --- server -------------------------------------------------------------------------------------


class Serving:
    """A server on a thread of this process."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.books = Books()
        self.server = CentreServer(SimulatedCentre(self.books, self.clock))
        self.address = ""
        ready = threading.Event()
        self.thread = threading.Thread(target=self.server.run, args=(self._ready(ready),))
        self.thread.start()
        ready.wait()

    def _ready(self, event: threading.Event) -> Any:
        def note(address: str) -> None:
            self.address = address
            event.set()

        return note

    def send(self, payload: bytes) -> Served:
        """One message over its own connection."""
        return Served(*exchange(self.address, payload))

    def teller(self) -> Teller:
        """A signed-in operator."""
        teller = Teller(self.send, self.clock.now)
        teller.sign_in()
        return teller

    def end(self) -> None:
        """End and wait."""
        self.server.end()
        self.thread.join()


@pytest.fixture
def serving() -> Iterator[Serving]:
    serving = Serving()
    yield serving
    if serving.thread.is_alive():
        serving.end()
    serving.books.close()


def test_the_server_serves(serving: Serving) -> None:
    assert serving.teller().done("1800") == {"sys_time": "20260302090000"}


def test_the_server_takes_a_free_port_of_this_machine_only(serving: Serving) -> None:
    host, port = serving.address.split(":")
    assert host == "127.0.0.1"
    assert int(port) > 0


def test_a_fault_of_our_own_is_a_status_and_a_line_in_the_log(
    serving: Serving, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    teller = serving.teller()

    def broken(_: bytes) -> Served:
        raise ZeroDivisionError

    monkeypatch.setattr(serving.server.centre, "handle", broken)
    with pytest.raises(TellerError) as caught:
        teller.call("1800")
    assert caught.value.served.status == INTERNAL
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    teller.done("1800")


def test_after_the_end_no_call_is_taken(serving: Serving) -> None:
    message = serving.teller().message("1800", {})
    serving.end()
    assert serving.server.centre_call(message).ending == "close"
    with pytest.raises(ControlError):
        Control(serving.address).state()
    assert [row["code"] for row in serving.books.find("call")] == ["9001"]


def test_the_end_waits_for_the_call_under_way(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Event(), threading.Event()
    handle = serving.server.centre.handle
    message = serving.teller().message("1800", {})

    def slow(payload: bytes) -> Served:
        begun.set()
        may_end.wait()
        return handle(payload)

    monkeypatch.setattr(serving.server.centre, "handle", slow)
    answers: list[Served] = []
    caller = threading.Thread(target=lambda: answers.append(serving.send(message)))
    caller.start()
    begun.wait()
    serving.server.end()
    assert not serving.server.over.is_set()
    may_end.set()
    serving.thread.join()
    caller.join()
    assert [row["code"] for row in serving.books.find("call")] == ["9001", "1800"]
    assert json.loads(answers[0].payload)["infcode"] == 0


def test_a_slow_answer_is_cut_short_by_the_end(serving: Serving) -> None:
    teller = serving.teller()
    Control(serving.address).fault("slow", "1800", seconds=3600)
    message = teller.message("1800", {})
    with socket.create_connection(("127.0.0.1", int(serving.address.split(":")[1]))) as wire:
        wire.sendall(request_frame(message))
        while len(serving.books.find("call")) < 2:
            Control(serving.address).state()
        serving.end()
        assert read_reply(wire)[0] == 0


# --- teller -------------------------------------------------------------------------------------


def test_a_teller_makes_a_new_id_for_every_message(serving: Serving) -> None:
    teller = serving.teller()
    ids = {teller.new_msgid() for _ in range(100)}
    assert len(ids) == 100
    assert {len(one) for one in ids} == {30}


def test_a_teller_says_what_was_refused(serving: Serving) -> None:
    with pytest.raises(ValueError, match="2202: 未查询到"):
        serving.teller().done("2202", {"ipt_otp_no": "MZ1"})


def test_a_teller_says_that_no_answer_came(serving: Serving) -> None:
    Control(serving.address).fault("crash", "1800")
    with pytest.raises(TellerError, match="-999001"):
        serving.teller().call("1800")


def test_a_teller_sends_no_strange_things(serving: Serving) -> None:
    with pytest.raises(TypeError, match="no JSON"):
        serving.teller().call("1800", {"x": object()})
