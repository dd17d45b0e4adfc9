"""Who may come in to the API: this machine, a token, no foreign page, not too much or often."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.api.guard import Bucket
from core.errors import SetupError
from core.settings import settings_file
from tests.helpers.api import LINE, Program, enabled, serving, visit_of
from tests.helpers.inprocess import World


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Program]]:
    home: Path = tmp_path_factory.mktemp("doors") / "home"
    enabled(home)
    world = World(home)
    with serving(world) as (desk, program):
        assert program.post("/v1/visits", visit_of(world, desk, "HIS001"))[0] == 200
        yield desk, program


@pytest.fixture
def program(both: tuple[Any, Program]) -> Program:
    return both[1]


def asked(program: Program, path: str = "/v1/desk", **headers: str) -> httpx.Response:
    """A request with other headers."""
    return program.line.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


def problem(answer: httpx.Response, status: int, code: str) -> Any:
    """It is refused in our own words."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["code"] == code and document["detail"] and document["title"]
    assert "access-control-allow-origin" not in answer.headers
    return document


def test_a_token_opens_the_door_and_its_caller_is_known(program: Program) -> None:
    status, found = program.get("/v1/desk")
    assert status == 200 and found["caller"] == "his" and found["training"]


@pytest.mark.parametrize("word", ["", "Bearer", "Bearer wrong", "Basic aGlzOmhpcw==", "gsdesk_x"])
def test_without_a_token_nothing_is_said(program: Program, word: str) -> None:
    for path in ("/v1/desk", "/v1/openapi.json", "/nothing", "/v1/events"):
        answer = asked(program, path, Authorization=word)
        problem(answer, 401, "api.token")
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:80", "[::1]:80"]
)
def test_another_name_for_this_machine_is_refused(program: Program, host: str) -> None:
    """A page whose name was bound anew to 127.0.0.1 sends its own name as Host."""
    problem(asked(program, Host=host), 403, "api.host")


def test_a_foreign_page_is_refused_even_with_a_token(program: Program) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "file://"):
        problem(asked(program, Origin=origin), 403, "api.origin")
    problem(asked(program, Sec_Fetch_Site="cross-site"), 403, "api.origin")
    own = str(program.line.base_url).rstrip("/")
    assert asked(program, Origin=own).status_code == 200


def test_no_page_is_ever_told_that_it_may(program: Program) -> None:
    answer = program.line.options(
        "/v1/visits", headers={"Access-Control-Request-Method": "POST", "Origin": "http://a.b"}
    )
    problem(answer, 403, "api.origin")


def test_a_form_of_a_page_is_no_json(program: Program) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = program.line.post("/v1/visits", content="{}", headers={"Content-Type": kind})
        problem(answer, 415, "api.media")


def test_too_much_is_refused_before_it_is_read(program: Program) -> None:
    big = b'{"visit_no": "' + b"1" * 17_000 + b'"}'
    kind = {"Content-Type": "application/json"}
    problem(program.line.post("/v1/visits", content=big, headers=kind), 413, "api.too_large")
    parts = (big[at : at + 4000] for at in range(0, len(big), 4000))  # chunked: no length is named
    problem(program.line.post("/v1/visits", content=parts, headers=kind), 413, "api.too_large")


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ({"Content-Type": "application/json"}, 413, "api.too_large"),
        ({"Content-Type": "text/plain"}, 415, "api.media"),
        ({"Authorization": "Bearer of-nobody"}, 401, "api.token"),
        ({"Origin": "http://elsewhere.example"}, 403, "api.origin"),
    ],
)
def test_who_is_refused_while_still_sending_hears_why(
    program: Program, header: dict[str, str], status: int, code: str
) -> None:
    more_than_any_buffer = b"1" * 3_000_000
    answer = program.line.post("/v1/visits", content=more_than_any_buffer, headers=header)
    problem(answer, status, code)


def test_with_broken_settings_nobody_is_known_and_hears_so(both: tuple[Any, Program]) -> None:
    desk, program = both
    file = settings_file(desk.home)
    kept = file.read_bytes()
    file.write_text("[api", "utf-8")
    try:
        kind = {"Content-Type": "application/json"}
        answer = program.line.post("/v1/visits", content=b"1" * 3_000_000, headers=kind)
        _cut_off(program, kind)
    finally:
        file.write_bytes(kept)
    problem(answer, 503, "settings.unreadable")


def test_a_refused_body_without_end_is_cut_off(program: Program) -> None:
    _cut_off(program, {"Content-Type": "text/plain"})
    assert program.get("/v1/visits/HIS001")[0] in (200, 404)


def _cut_off(program: Program, headers: dict[str, str]) -> None:
    """A body without end is not read for ever: reset while it is sent, or told before."""

    def endless() -> Iterator[bytes]:
        while True:
            yield b"1" * 65_536

    with suppress(httpx.TransportError):
        assert program.line.post("/v1/visits", content=endless(), headers=headers).is_error


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a": NaN}', b"[" * 9000, b"\xff\xfe", b'{"n": ' + b"9" * 9000 + b"}"]
)
def test_what_is_no_json_is_said_so(program: Program, body: bytes) -> None:
    answer = program.line.post(
        "/v1/visits", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "number",
    ["..%2F..%2Fetc", "%2e%2e", "a%00b", "HIS001%0d%0aX", "..", "a b", "%E5%BC%A0", "a..b"],
)
def test_path_tricks_are_no_visit_numbers(program: Program, number: str) -> None:
    status, found = program.get(f"/v1/visits/{number}")
    assert status in (404, 422) and found["status"] == status


def test_what_is_wrong_is_named_with_field_value_and_remedy(program: Program) -> None:
    line = {**LINE, "price": 12.5, "amount": "1,000", "occurred_at": "2026-02-30T10:00:00"}
    status, found = program.post("/v1/visits/HIS001/lines", {"lines": [line], "more": 1})
    assert status == 422
    said = {one["field"]: one["text"] for one in found["errors"]}
    assert set(said) == {"lines.0.price", "lines.0.amount", "lines.0.occurred_at", "more"}
    assert "1,000" in said["lines.0.amount"] and "128.50" in said["lines.0.amount"]
    assert "12.5" in said["lines.0.price"] and "2026-02-30" in said["lines.0.occurred_at"]


def test_a_key_is_needed_for_every_step(program: Program) -> None:
    for key in ("", "short", "with blank in it", "x" * 101):
        status, found = program.post("/v1/visits/HIS001/presettle", {}, key)
        assert status == 422 and found["errors"][0]["field"] == "Idempotency-Key"


def test_half_a_surrogate_is_refused_not_stored(program: Program) -> None:
    body = b'{"visit_no": "HIS009", "person_name": "\\ud800"}'
    kind = {"Content-Type": "application/json"}
    answer = program.line.post("/v1/visits", content=body, headers=kind)
    problem(answer, 422, "api.wrong.string_unicode")


def test_a_revoked_token_is_worth_nothing_at_once(both: tuple[Any, Program]) -> None:
    desk, program = both
    other = Program(str(program.line.base_url), desk.outside.callers.admit("other"))
    assert other.get("/v1/desk")[1]["caller"] == "other"
    desk.outside.callers.revoke("other")
    assert other.get("/v1/desk")[0] == 401
    other.line.close()


def test_the_port_is_this_machines_alone(both: tuple[Any, Program]) -> None:
    from core.api.server import Server

    desk, program = both
    port = program.line.base_url.port
    assert port
    with pytest.raises(SetupError) as refused:
        Server(desk, port)
    assert str(port) in str(refused.value)
    with socket.socket() as line, pytest.raises(OSError):
        line.settimeout(2)
        line.connect(("127.0.0.2", port))


def test_a_bucket_fills_again_with_time() -> None:
    bucket = Bucket(60)
    assert [bucket.take(10.0) for _ in range(60)] == [0] * 60
    assert bucket.take(10.0) == 1
    assert bucket.take(11.5) == 0 and bucket.take(11.5) == 1


def test_who_asks_too_often_waits_and_the_others_do_not(tmp_path: Path) -> None:
    enabled(tmp_path / "home", often=10)
    world = World(tmp_path / "home")
    with serving(world) as (desk, program):
        found = [program.get("/v1/desk")[0] for _ in range(11)]
        assert found == [200] * 10 + [429]
        late = program.line.get("/v1/desk")
        assert late.status_code == 429 and int(late.headers["retry-after"]) > 0
        other = Program(str(program.line.base_url), desk.outside.callers.admit("other"))
        assert other.get("/v1/desk")[0] == 200
        world.clock.advance(60)
        assert program.get("/v1/desk")[0] == 200
        strangers = {asked(program, Authorization="Bearer x").status_code for _ in range(70)}
        assert strangers == {401, 429}
        assert other.get("/v1/desk")[0] == 200  # a stranger who tries does not keep others out
        other.line.close()
