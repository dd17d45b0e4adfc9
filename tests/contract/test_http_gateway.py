"""The gateway over HTTP against real servers: what left, what did not, and what came."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from core.gateway.http import HttpGateway
from core.gateway.port import NoReply, Reply, Unsent
from core.settings import CentreSettings
from core.simulator.gd.wire import parse
from tests.helpers.platform import Client, Ground, serving

LONG, SHORT = 60.0, 0.3
OTHERS = {"institution": "990001", "user": "gd990001"}


@contextmanager
def gateway(url: str, home: Path = Path("."), **settings: object) -> Iterator[HttpGateway]:
    made = HttpGateway(CentreSettings(family="gd", url=url, **OTHERS, **settings), home)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, Ground]]:
    with serving() as (server, ground):
        yield server.url, ground


@pytest.fixture
def place(running):
    yield running
    running[1].order("CLEAR")


@contextmanager
def listener(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server of one connection that does as told; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def once() -> None:
            line, _ = door.accept()
            with line:
                serve(line)

        thread = threading.Thread(target=once)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/x"
        thread.join()


def says(text: bytes) -> Callable[[socket.socket], None]:
    """Read a request, say ``text``, and close."""

    def serve(line: socket.socket) -> None:
        asked = b""
        while not asked.endswith(b"<program/>"):
            asked += line.recv(65536)
        with suppress(OSError):
            line.sendall(text)

    return serve


def until_gone(line: socket.socket) -> None:
    while line.recv(65536):
        pass


def test_a_call_comes_back(place):
    url, ground = place
    with gateway(url) as way:
        found = way.call(
            "sys0001", ground.desk.payload("sys0001", userid="gd990001", password="peixun"), LONG
        )
    assert isinstance(found, Reply) and found.status == 0
    assert len(parse(found.payload)["session_id"]) == 36


def test_one_gateway_serves_many_threads_one_at_a_time(place):
    url, ground = place
    found: list[object] = []
    with gateway(url) as way:
        payload = ground.desk.payload("bizh120205")
        threads = [
            threading.Thread(target=lambda: found.append(way.call("x", payload, LONG)))
            for _ in range(5)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert [type(one) for one in found] == [Reply] * 5


@pytest.mark.parametrize(("kind", "options", "cause"), [
    ("hang", {}, "deadline"),
    ("reply_lost", {}, "deadline"),
    ("reply_lost", {"ending": "close"}, "line_cut"),
    ("request_lost", {"ending": "close"}, "line_cut"),
    ("cut", {}, "line_cut"),
    ("slow", {"seconds": 3600}, "deadline"),
])  # fmt: skip
def test_what_left_and_has_no_whole_answer_is_unknown(place, kind, options, cause):
    url, ground = place
    ground.fault(kind, "bizh120205", **options)
    deadline = SHORT if cause == "deadline" else LONG
    with gateway(url) as way:
        found = way.call("bizh120205", ground.desk.payload("bizh120205"), deadline)
    assert isinstance(found, NoReply)
    assert found.cause == cause
    assert url in found.text


def test_half_an_answer_is_evidence(place):
    url, ground = place
    ground.fault("cut", "bizh120205")
    with gateway(url) as way:
        found = way.call("bizh120205", ground.desk.payload("bizh120205"), LONG)
    assert isinstance(found, NoReply)
    assert found.payload.startswith(b"<?xml") and not found.payload.endswith(b"</program>")


@pytest.mark.parametrize(("kind", "options", "status", "words"), [
    ("http_error", {}, 500, "服务执行发生异常"),
    ("request_lost", {"ending": "status"}, 504, "超时"),
])  # fmt: skip
def test_a_status_is_told(place, kind, options, status, words):
    url, ground = place
    ground.fault(kind, "bizh120205", **options)
    with gateway(url) as way:
        found = way.call("bizh120205", ground.desk.payload("bizh120205"), LONG)
    assert isinstance(found, Reply) and found.status == status
    assert words in found.payload.decode()


@pytest.mark.parametrize(("text", "cause"), [
    (b"", "line_cut"),
    (b"no protocol at all\r\n\r\n", "line_cut"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", "line_cut"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "line_cut"),
    (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "line_cut"),
    (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (2 << 20), "reply_too_large"),
])  # fmt: skip
def test_a_server_that_speaks_badly_leaves_it_unknown(text, cause):
    with listener(says(text)) as url, gateway(url, output_size=1 << 20) as way:
        found = way.call("x", b"<program/>", LONG)
    assert isinstance(found, NoReply)
    assert found.cause == cause


def test_a_server_that_drips_is_cut_at_the_deadline():
    """Each byte in time, the whole never: the deadline is that of the call."""

    def drip(line: socket.socket) -> None:
        over = threading.Event()
        line.recv(65536)
        line.sendall(b"HTTP/1.1 200 OK\r\nX-")
        while not over.wait(SHORT / 10):
            try:
                line.sendall(b"a")
            except OSError:
                over.set()

    with listener(drip) as url, gateway(url) as way:
        found = way.call("x", b"<program/>", SHORT)
    assert isinstance(found, NoReply)
    assert found.cause == "deadline"


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Again"])
def test_a_redirect_is_not_followed(status, place):
    url, _ = place
    text = (
        b"HTTP/1.1 " + status + b"\r\nLocation: " + url.encode() + b"\r\nContent-Length: 0\r\n\r\n"
    )
    with listener(says(text)) as elsewhere, gateway(elsewhere) as way:
        found = way.call("x", b"<program/>", LONG)
    assert isinstance(found, Reply) and found.status == int(status[:3])


def test_proxies_of_the_environment_are_not_used(place, monkeypatch):
    url, ground = place
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with gateway(url) as way:
        assert isinstance(way.call("x", ground.desk.payload("bizh120205"), LONG), Reply)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@pytest.mark.parametrize(("url", "cause"), [
    ("http://127.0.0.1:{port}/x", "unreachable"),
    ("http://nowhere.invalid:8080/x", "address_unknown"),
])  # fmt: skip
def test_where_nobody_is_nothing_has_left(url, cause):
    address = url.format(port=free_port())
    with gateway(address) as way:
        found = way.call("x", b"<program/>", LONG)
        assert way.health().state == "failed"
    assert isinstance(found, Unsent)
    assert found.cause == cause and address in found.text


def test_a_silent_handshake_is_cut_and_nothing_has_left():
    with listener(until_gone) as url, gateway(url.replace("http:", "https:")) as way:
        found = way.call("x", b"<program/>", SHORT)
    assert isinstance(found, Unsent)
    assert found.cause == "connect_deadline"


def test_a_server_without_tls_gets_nothing():
    heard = []

    def listen(line: socket.socket) -> None:
        heard.append(line.recv(65536))
        line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listener(listen) as url, gateway(url.replace("http:", "https:")) as way:
        found = way.call("x", b"<program>secret</program>", LONG)
    assert isinstance(found, Unsent) and found.cause == "tls_failed"
    assert b"secret" not in heard[0]


def test_a_look_sends_nothing(place):
    url, ground = place
    before = len(ground.books.find("call"))
    with gateway(url) as way:
        found = way.health()
    assert (found.state, found.path) == ("ok", url)
    assert len(ground.books.find("call")) == before


def test_after_the_end_nothing_leaves(place):
    with gateway(place[0]) as way:
        way.close()
        found = way.call("x", b"<program/>", LONG)
        assert way.health().state == "failed"
    assert isinstance(found, Unsent) and found.cause == "closed"


def test_a_request_has_a_limit(place):
    with gateway(place[0]) as way:
        found = way.call("x", b"x" * (16 * 1024 * 1024 + 1), LONG)
    assert isinstance(found, Unsent) and found.cause == "bad_request"


def test_closing_ends_a_call_under_way(place, monkeypatch):
    monkeypatch.setattr("core.gateway.lane.GRACE_SECONDS", 0.05)
    url, ground = place
    ground.fault("hang", "bizh120205")
    found: list[object] = []
    begun, handle = threading.Event(), ground.platform.handle
    monkeypatch.setattr(ground.platform, "handle", lambda given: (begun.set(), handle(given))[1])
    with gateway(url) as way:
        payload = ground.desk.payload("bizh120205")
        thread = threading.Thread(target=lambda: found.append(way.call("x", payload, LONG)))
        thread.start()
        begun.wait()
        assert way.health().state == "ok"
        way.close()
        thread.join()
    assert isinstance(found[0], NoReply)


# --- relay ----------------------------------------------------------------------------------------


def test_the_relay_passes_programs_on(place):
    url, ground = place
    with gateway(url, relay=True) as way:
        found = way.call("bizh120205", ground.desk.payload("bizh120205", aaa100="aka130"), LONG)
    assert isinstance(found, Reply)
    assert [row["aaa102"] for row in parse(found.payload)["codeinfo"]] == ["41", "42"]


def test_an_answer_that_is_no_soap_comes_as_it_is(place):
    url, ground = place
    ground.fault("error_page", "bizh120205")
    with gateway(url, relay=True) as way:
        found = way.call("bizh120205", ground.desk.payload("bizh120205"), LONG)
    assert isinstance(found, Reply)
    assert "服务执行发生异常" in found.payload.decode()


def test_a_relay_cannot_carry_what_is_no_text(place):
    with gateway(place[0], relay=True) as way:
        found = way.call("x", b"\xff\xfe", LONG)
    assert isinstance(found, Unsent) and found.cause == "bad_request"


# --- TLS ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    from tests.helpers.certificates import write_certificate

    return write_certificate(tmp_path_factory.mktemp("tls"))


def test_a_server_with_our_own_certificate(certificate, tmp_path):
    with serving(certificate / "server.pem") as (server, ground):
        assert server.url.startswith("https://")
        payload = ground.desk.payload("bizh120205")
        with gateway(server.url, certificate, ca="ca.pem") as way:
            assert isinstance(way.call("x", payload, LONG), Reply)
            assert way.health().state == "ok"
        before = len(ground.books.find("call"))
        with gateway(server.url) as way:
            found = way.call("x", payload, LONG)
        assert isinstance(found, Unsent) and found.cause == "tls_failed"
        assert len(ground.books.find("call")) == before
        other = server.url.replace("127.0.0.1", "localhost")
        with gateway(other, certificate, ca="ca.pem") as way:
            found = way.call("x", payload, LONG)
        assert isinstance(found, Unsent) and found.cause == "tls_failed"


def test_a_missing_certificate_file_is_a_sentence(place, tmp_path):
    with gateway(place[0], tmp_path, ca="gone.pem") as way:
        found = way.call("x", b"<program/>", LONG)
        assert "gone.pem" in way.health().says
    assert isinstance(found, Unsent)
    assert found.cause == "ca_unreadable" and "gone.pem" in found.text


def test_a_client_of_the_wire_is_served_by_a_real_server(place):
    with gateway(place[0]) as way:
        client = Client(lambda payload: way.call("", payload, LONG))
        client.sign_in()
        assert client.done("bizh120205", aaa100="aac004")["codeinfo"]
