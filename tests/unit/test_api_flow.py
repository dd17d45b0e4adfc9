"""A hospital's program drives the desk over the API: hand over, every step, follow, and undo."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.domain import State
from core.domain.errand import Wish
from core.errors import SetupError, fault
from core.service import probes
from tests.helpers.api import LINE, Program, enabled, serving, visit_of
from tests.helpers.inprocess import CASHIER, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    enabled(tmp_path / "home")
    return World(tmp_path / "home")


@pytest.fixture
def both(world: World) -> Iterator[tuple[Any, Program]]:
    with serving(world) as made:
        yield made


def lines_of(desk: Any, *more: dict[str, Any]) -> dict[str, Any]:
    """Lines of an item that the centre knows."""
    inner = desk.hospital.ways[-1]
    known = inner.fee_lines(inner.waiting()[0].visit_no)[0]
    first = {**LINE, "centre_code": known.centre_code, "hosp_code": known.hosp_code}
    return {"lines": [first, *({**first, **one} for one in more)]}


def given(world: World, desk: Any, program: Program, number: str = "HIS001") -> None:
    """A visit with one line, handed over."""
    assert program.post("/v1/visits", visit_of(world, desk, number))[0] == 200
    assert program.post(f"/v1/visits/{number}/lines", lines_of(desk))[0] == 200


def presettled(world: World, desk: Any, program: Program, number: str = "HIS001") -> Any:
    """Up to the amounts; gives them."""
    given(world, desk, program, number)
    for word in ("register", "upload", "presettle"):
        status, found = program.step(number, word)
        assert status == 200, found
    return found["amounts"]


def settlements(world: World) -> list[Any]:
    """The centre's books."""
    return world.books()["settlements"]


def test_a_known_key_is_answered_while_the_hospital_is_away(
    world: World, both: tuple[Any, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise SetupError(fault("folder.gone", path="HIS"))

    desk, program = both
    given(world, desk, program)
    first = program.step("HIS001", "register", key="one-and-for-all")
    monkeypatch.setattr(desk.hospital, "visit", away)
    monkeypatch.setattr(desk.hospital, "fee_lines", away)
    assert program.step("HIS001", "register", key="one-and-for-all") == first
    assert first[0] == 200 and program.step("HIS001", "upload", key="another-key")[0] == 503
    assert not desk.outside.errands.knows("his", "another-key")


def test_a_visit_goes_from_the_program_to_the_settlement_and_back(
    world: World, both: tuple[Any, Program]
) -> None:
    desk, program = both
    shown = presettled(world, desk, program)
    assert shown == {"total": "25.00", "fund": "25.00", "personal": "0.00"}
    status, paid = program.step("HIS001", "settle", shown)
    assert (status, paid["ending"], paid["amounts"]) == (200, "accepted", shown)
    assert paid["bill_no"] and paid["look"][0] == f"/v1/errands/{paid['number']}"
    status, state = program.get("/v1/visits/HIS001")
    assert (state["stage"], state["settlement"]["msgid"]) == ("settled", paid["msgid"])
    status, row = program.get(f"/v1/transactions/{paid['msgid']}")
    assert (row["step"], row["open"], row["amount"]) == ("settle", False, "25.00")
    texts = [entry.text for entry in desk.history.timeline(paid["msgid"])]
    assert any("his" in text and "委托" in text for text in texts)
    desk.outbox.round()
    assert [side.total for side in desk.given.settled(world.clock.now(), world.clock.now())] == [
        2500
    ]
    for word in ("cancel-settlement", "cancel-registration"):
        status, found = program.step("HIS001", word, {"reason": "退费"})
        assert (status, found["ending"]) == (200, "accepted")
    assert program.get("/v1/visits/HIS001")[1]["stage"] == "cancelled"


def test_the_same_key_is_answered_the_same_and_never_taken_twice(
    world: World, both: tuple[Any, Program]
) -> None:
    desk, program = both
    shown = presettled(world, desk, program)
    first = program.step("HIS001", "settle", shown, "settle-key-1")
    sent = len(world.gateway.sent)
    assert program.step("HIS001", "settle", shown, "settle-key-1") == first
    assert len(world.gateway.sent) == sent and len(settlements(world)) == 1
    status, refused = program.step("HIS001", "settle", {**shown, "fund": "1"}, "settle-key-1")
    assert (status, refused["code"]) == (409, "errands.key_reused")
    status, refused = program.step("HIS001", "presettle", key="settle-key-1")
    assert (status, refused["code"]) == (409, "errands.key_reused")
    status, again = program.step("HIS001", "settle", shown, "settle-key-2")
    assert (status, again["code"]) == (409, "lifecycle.settle.settled")
    assert len(settlements(world)) == 1
    other = Program(str(program.line.base_url), desk.outside.callers.admit("other"))
    assert other.get(first[1]["look"][0])[0] == 404  # another caller's errands are not shown
    assert other.step("HIS001", "settle", shown, "settle-key-1")[0] == 409  # its keys are its own
    other.line.close()


def test_many_at_the_same_time_under_one_key_are_one(
    world: World, both: tuple[Any, Program]
) -> None:
    desk, program = both
    shown = presettled(world, desk, program)
    found: list[tuple[int, Any]] = []

    def ask() -> None:
        found.append(program.step("HIS001", "settle", shown, "one-key-only"))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {json.dumps(body, sort_keys=True) for _, body in found} == {
        json.dumps(found[0][1], sort_keys=True)
    }
    assert [status for status, _ in found] == [200] * 6
    assert len(settlements(world)) == 1


def test_the_key_counts_after_a_restart(world: World) -> None:
    with serving(world) as (desk, program):
        shown = presettled(world, desk, program)
        first = program.step("HIS001", "settle", shown)
        token = program.token
    with serving(world, caller="second") as (_, program):
        again = Program(str(program.line.base_url), token)
        assert again.step("HIS001", "settle", shown) == first
        assert again.step("HIS001", "settle", {**shown, "total": "1"})[0] == 409
        again.line.close()
    assert len(settlements(world)) == 1


def test_an_unknown_ending_is_202_and_is_cleared_up_under_the_same_key(
    world: World, both: tuple[Any, Program]
) -> None:
    desk, program = both
    shown = presettled(world, desk, program)
    world.fault("reply_lost", desk.centre.rule("settle").code)
    status, found = program.step("HIS001", "settle", shown)
    assert (status, found["ending"]) == (202, "unknown")
    assert f"/v1/transactions/{found['msgid']}" in found["look"]
    row = program.get(f"/v1/transactions/{found['msgid']}")[1]
    assert row["open"] and program.get("/v1/visits/HIS001")[1]["open_msgid"] == found["msgid"]
    status, refused = program.step("HIS001", "settle", shown, "impatient-key")
    assert (status, refused["code"]) == (409, "lifecycle.open")
    world.resolve(desk)
    status, known = program.step("HIS001", "settle", shown)
    assert (status, known["ending"], known["amounts"]) == (200, "accepted", shown)
    assert known["msgid"] == found["msgid"] and len(settlements(world)) == 1


def test_what_never_arrived_is_void_under_its_key_and_may_be_asked_anew(
    world: World, both: tuple[Any, Program]
) -> None:
    desk, program = both
    shown = presettled(world, desk, program)
    world.fault("request_lost", desk.centre.rule("settle").code)
    assert program.step("HIS001", "settle", shown)[0] == 202
    world.resolve(desk)
    status, found = program.step("HIS001", "settle", shown)
    assert (status, found["code"]) == (409, "errands.void")
    assert program.get(found["look"][0])[1]["ending"] == "void"
    assert program.step("HIS001", "settle", shown, "a-new-key-01")[0] == 200
    assert len([one for one in settlements(world) if not one["reversed_by"]]) == 1


def test_a_refusal_names_its_reasons_and_sends_nothing(
    world: World, both: tuple[Any, Program]
) -> None:
    desk, program = both
    given(world, desk, program)
    sent = len(world.gateway.sent)
    status, found = program.step("HIS001", "presettle")
    assert (status, found["code"]) == (409, "lifecycle.presettle.new") and found["msgid"] == ""
    amounts = {"total": "1.00", "fund": "1.00", "personal": "0.00"}
    assert program.step("HIS001", "settle", amounts)[0] == 409
    assert len(world.gateway.sent) == sent
    world.gateway.unsent = True
    status, found = program.step("HIS001", "register")
    assert (status, found["look"][1]) == (424, "/v1/visits/HIS001")
    world.gateway.unsent = False
    assert program.step("HIS001", "register")[0] == 424  # its answer stays; a new key tries anew
    assert program.step("HIS001", "register", key="another-key")[0] == 200


def test_what_the_centre_rejects_comes_with_its_words(
    world: World, both: tuple[Any, Program]
) -> None:
    desk, program = both
    given(world, desk, program)
    assert program.post("/v1/visits/HIS001/lines", lines_of(desk, {
        "line_id": "L2", "centre_code": "NOSUCH",
    }))[1]["new"] == 1  # fmt: skip
    assert program.step("HIS001", "register")[0] == 200
    status, found = program.step("HIS001", "upload")
    assert (status, found["code"]) == (409, "errands.rejected")
    assert found["msgid"] and found["centre_code"] == "-1"


def test_lines_are_taken_once_and_stay_when_the_centre_has_them(
    world: World, both: tuple[Any, Program]
) -> None:
    desk, program = both
    given(world, desk, program)
    known = lines_of(desk)
    path = "/v1/visits/HIS001/lines"
    assert program.post(path, known)[1]["known"] == 1
    dearer = {"lines": [{**known["lines"][0], "price": "13.00", "amount": "26.00"}]}
    assert program.post(path, dearer)[1]["changed"] == 1
    assert program.post(path, known)[1]["changed"] == 1
    for word in ("register", "upload"):
        assert program.step("HIS001", word)[0] == 200
    status, found = program.post(path, dearer)
    assert (status, found["code"]) == (409, "incoming.at_centre")
    assert found["errors"][0]["field"] == "lines.0.amount" and "26.00" in found["detail"]
    twice = {"lines": known["lines"] * 2}
    assert program.post(path, twice)[1]["code"] == "incoming.twice"
    strange = {"lines": [{**known["lines"][0], "line_id": "L9", "centre_code": "",
                          "hosp_code": "ZZZ"}]}  # fmt: skip
    remarks = program.post(path, strange)[1]["remarks"]
    assert [one["line_id"] for one in remarks] == ["L9"] and remarks[0]["text"]
    assert program.post("/v1/visits/NOPE/lines", known)[0] == 404


def test_what_happens_is_followed_by_number(world: World, both: tuple[Any, Program]) -> None:
    desk, program = both
    begin = program.get("/v1/events")[1]["last"]
    presettled(world, desk, program)
    found = program.get("/v1/events", after=begin, limit=3)[1]
    assert [one["step"] for one in found["notices"]][:2] == ["register", "register"]
    rest = program.get("/v1/events", after=found["last"])[1]
    assert rest["notices"][0]["number"] > found["last"]
    assert program.get("/v1/events", after=rest["last"])[1]["notices"] == []
    late: list[Any] = []
    waiting = threading.Thread(
        target=lambda: late.append(program.get("/v1/events", after=rest["last"], wait=30))
    )
    waiting.start()
    desk.charge.remove("HIS001")  # at the window: the program hears it as well
    waiting.join()
    assert late[0][1]["notices"][0]["step"] == "cancel_fees"


def test_a_stream_goes_on_where_it_was_left(world: World, both: tuple[Any, Program]) -> None:
    desk, program = both
    begin = program.get("/v1/events")[1]["last"]
    presettled(world, desk, program)

    def read(last: int) -> list[int]:
        headers = {"Last-Event-ID": str(last)}
        with program.line.stream(
            "GET", "/v1/events/stream", params={"seconds": 0}, headers=headers
        ) as line:
            assert line.headers["content-type"].startswith("text/event-stream")
            text = "".join(line.iter_text())
        blocks = [part for part in text.split("\n\n") if "data:" in part]
        return [int(part.splitlines()[0].removeprefix("id: ")) for part in blocks]

    whole = read(begin)
    assert len(whole) > 4 and whole == sorted(set(whole))
    assert read(whole[2]) == whole[3:]


def test_money_waits_for_a_cashier_only_where_it_could_be_moved(tmp_path: Path) -> None:
    """Wrong amounts, a wrong stage, a second request for the same visit: nobody is asked."""
    enabled(tmp_path / "home", needs=True)
    world = World(tmp_path / "home")
    with serving(world) as (desk, program):
        consents = desk.outside.errands.consents
        given(world, desk, program)
        asked = {"total": "25.00", "fund": "25.00", "personal": "0.00"}
        assert program.step("HIS001", "settle", asked)[1]["code"] == "lifecycle.settle.new"
        for word in ("register", "upload", "presettle"):
            assert program.step("HIS001", word)[0] == 200
        wrong = {**asked, "fund": "20.00", "personal": "5.00"}
        assert program.step("HIS001", "settle", wrong, "wrong-sums")[1]["code"] == "errands.amounts"
        path = "/v1/visits/HIS001/settle"
        status, waiting = program.post(path, asked, "waits-for-f2", wait=0)
        assert (status, waiting["ending"]) == (202, "")
        seen = consents.waiting
        for _ in range(2000):
            if seen():
                break
            program.get(waiting["look"][0])
        assert [one.amounts.total for one in seen()] == [2500]
        assert program.post(path, asked, "second-one")[1]["code"] == "errands.consent.twice"
        assert settlements(world) == []
        consents.answer(waiting["number"], True, CASHIER)
        status, done = program.post(path, asked, "waits-for-f2", wait=30)
        assert (status, done["ending"]) == (200, "accepted") and len(settlements(world)) == 1


class Died(BaseException):
    """The desk is gone: nobody writes anything any more."""


@pytest.mark.parametrize("place", [probes.INTENT_WRITTEN, probes.CALL_RETURNED])
def test_a_desk_that_died_over_an_errand_reads_it_back_from_the_journal(
    world: World, place: str
) -> None:
    """The answer was never written: asked again after the restart, it is found, not repeated."""

    def die(name: str) -> None:
        if name == place:
            raise Died

    with serving(world) as (desk, program):
        shown, token = presettled(world, desk, program), program.token
        desk.road._probe = die
        status, lost = program.step("HIS001", "settle", shown)
        assert status == 202 and lost["msgid"], lost
    with serving(world, caller="second") as (desk, program):
        again = Program(str(program.line.base_url), token)
        assert again.get(f"/v1/errands/{lost['number']}")[1]["ending"] == "unknown"
        assert again.step("HIS001", "settle", shown)[0] == 202
        world.resolve(desk)
        status, found = again.step("HIS001", "settle", shown)
        arrived = place == probes.CALL_RETURNED
        assert (status, found["msgid"]) == (200 if arrived else 409, lost["msgid"])
        assert found.get("code", "") == ("" if arrived else "errands.void")
        assert again.step("HIS001", "settle", shown, "a-new-key-01")[0] == (409 if arrived else 200)
        again.line.close()
    live = [one for one in settlements(world) if not one["reversed_by"]]
    assert len(live) == 1


def test_a_desk_that_died_before_anything_was_sent_takes_the_errand_now(world: World) -> None:
    with serving(world) as (desk, program):
        shown = presettled(world, desk, program)
        table = desk.journal.ledger.errands
        amounts = _three(desk.history.visit("HIS001").presettlement)
        wish = Wish(step="settle", visit_no="HIS001", amounts=amounts)
        with desk.journal.commit():
            errand = table.add("his", "died-before", wish, world.clock.now())
            table.begun(errand.number, table.last_notice())
        status, found = program.step("HIS001", "settle", shown, "died-before")
        assert (status, found["number"]) == (200, errand.number)
        rows = [row for row in desk.journal.of_visit("HIS001") if row.step == "settle"]
        assert [row.state for row in rows] == [State.SETTLED]


def _three(amounts: Any) -> Any:
    return type(amounts)(total=amounts.total, fund=amounts.fund, personal=amounts.personal)
