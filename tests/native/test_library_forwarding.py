"""The forwarding library against a tiny centre on a socket: the whole way there and back."""

from __future__ import annotations

import socket
import struct
import threading

import pytest

from core.gateway.port import Reply
from tests.helpers.gateways import SHORT, no_reply, reply


class TinyCentre:
    """Echoes each request with a mark; ``status`` is its result; can hang up or be mute."""

    def __init__(self) -> None:
        self.status = 0
        self.mood = "answer"
        self.asked: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self._lines: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for line in self._lines:
            line.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            self._lines.append(line)
            self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        stream = line.makefile("rb")
        while head := stream.read(4):
            self.asked.append(stream.read(struct.unpack(">I", head)[0]))
            if self.mood != "answer":
                break
            said = b"echo:" + self.asked[-1]
            line.sendall(struct.pack(">iI", self.status, len(said)) + said)
        stream.close()
        if self.mood != "mute":
            line.close()


@pytest.fixture
def centre():
    made = TinyCentre()
    yield made
    made.close()


@pytest.fixture
def counter(over, zjs, centre):
    """A gateway whose library speaks to the tiny centre."""
    with over(zjs, {"GSDESK_CENTRE": centre.address}) as made:
        yield made


def test_a_message_goes_to_the_centre_and_back(counter, centre):
    assert reply(counter.say("工伤登记")) == b"echo:" + "工伤登记".encode("gbk")
    assert centre.asked == ["工伤登记".encode("gbk")]


def test_the_function_result_comes_through(counter, centre):
    centre.status = -9
    answer = counter.say("refuse me")
    assert answer == Reply(-9, b"echo:refuse me", answer.ms)


@pytest.mark.parametrize("size", [1, 4096, 100_000, 2_000_000])
def test_large_messages_pass_whole(counter, size):
    assert reply(counter.say(b"m" * size)) == b"echo:" + b"m" * size


def test_a_broken_line_is_a_negative_result_with_plain_text(counter, centre):
    centre.mood = "hang up"
    answer = counter.say("asked")
    assert answer == Reply(-2, "中心未返回".encode("gbk"), answer.ms)
    centre.mood = "answer"
    assert reply(counter.say("again")) == b"echo:again"


def test_no_centre_at_all_is_said_too(over, zjs):
    with over(zjs, {"GSDESK_CENTRE": "127.0.0.1:1"}) as counter:
        answer = counter.say("hello")
        assert answer == Reply(-1, "无法连接中心".encode("gbk"), answer.ms)


def test_a_mute_centre_costs_the_deadline_and_the_worker(counter, centre):
    centre.mood = "mute"
    assert no_reply(counter.say("settle", SHORT)) == "deadline"
    centre.mood = "answer"
    assert reply(counter.say("again")) == b"echo:again"
    assert centre.asked == [b"settle", b"again"]


def test_the_library_greets_in_the_log(counter):
    reply(counter.say("hello"))
    counter.gateway.close()
    assert counter.vendor_log().count("zjs library: initialised") == 1


def test_a_crash_asked_for_by_the_centre_is_a_death_of_the_worker(counter, centre):
    centre.status = -999001
    assert no_reply(counter.say("settle")) == "worker_died"
    centre.status = 0
    assert reply(counter.say("again")) == b"echo:again"
