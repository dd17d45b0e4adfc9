"""Errands without the wire: each step by the same services, for visits of a day and for stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.domain import Amounts, Role, Stage, State
from core.domain.errand import Errand, ErrandState, Wish
from core.errors import InvalidInput, Refused
from core.events import ErrandChanged, VisitGiven
from core.service.errand_answers import from_row
from core.service.errands import KeyReused
from tests.helpers.api import enabled
from tests.helpers.flows import brought, lay_card, straight_visit
from tests.helpers.inprocess import World

SECONDS = 60.0


@pytest.fixture
def world(tmp_path: Path) -> World:
    enabled(tmp_path / "home")
    return World(tmp_path / "home")


@pytest.fixture
def desk(world: World) -> Iterator[Any]:
    """A desk whose visits are the invented hospital's."""
    with world.desk() as made:
        yield made


def ask(desk: Any, step: str, number: str, key: str = "", **more: Any) -> Errand:
    wish = Wish(step=step, visit_no=number, **more)
    found: Errand = desk.outside.errands.ask("his", key or f"{number}-{step}", wish, SECONDS)
    assert found.state is ErrandState.ENDED and found.answer is not None
    return found


def ending(errand: Errand) -> str:
    assert errand.answer is not None
    return errand.answer.ending


def first_of(desk: Any, name: str = "沈建国") -> str:
    """A waiting visit of a person, whose card lies in the reader."""
    lay_card(desk, name)
    return next(str(one.visit_no) for one in desk.hospital.waiting() if one.person_name == name)


def test_a_visit_of_a_day_from_card_to_settlement_and_back(desk: Any) -> None:
    number = first_of(desk)
    for step in ("register", "upload_fees", "presettle"):
        done = ask(desk, step, number)
        assert ending(done) == "accepted", done.answer
    shown = done.answer.amounts
    assert shown == desk.history.visit(number).presettlement
    three = Amounts(total=shown.total, fund=shown.fund, personal=shown.personal)
    paid = ask(desk, "settle", number, amounts=three)
    assert ending(paid) == "accepted" and paid.answer.bill_no == f"{number}-1"
    undone = ask(desk, "cancel_settlement", number, reason="退费")
    assert ending(undone) == "accepted" and undone.answer.amounts is None
    back = ask(desk, "cancel_registration", number, reason="退号")
    assert ending(back) == "accepted"
    assert desk.history.visit(number).stage is Stage.CANCELLED


def test_everybody_hears_of_an_errand(desk: Any) -> None:
    heard: list[Any] = []
    desk.events.listen(heard.append)
    number = first_of(desk)
    done = ask(desk, "register", number)
    desk.outside.errands.close()
    mine = [event for event in heard if isinstance(event, ErrandChanged)]
    assert [(one.number, one.visit, one.state) for one in mine] == [(done.number, number, "ended")]


def test_who_has_several_injuries_must_name_one(desk: Any) -> None:
    waiting = desk.hospital.waiting()
    for name in dict.fromkeys(one.person_name for one in waiting):
        number = first_of(desk, name)
        _, person = desk.identify.read_card()
        if person and len(person.qualifications) > 1 and not person.refused_reason:
            break
    done = ask(desk, "register", number)
    assert ending(done) == "refused"
    reason = done.answer.reasons[0]
    assert (reason.code, reason.field) == ("errands.qualification", "qualification_id")
    assert all(item.id in reason.text for item in person.qualifications)
    wrong = ask(desk, "register", number, "wrong-one", qualification_id="NOSUCH")
    assert ending(wrong) == "refused"


def test_without_a_card_nothing_is_registered(world: World, desk: Any) -> None:
    number = first_of(desk)
    world.fault("refuse", desk.centre.rule("read_card").code, text="没有卡")
    done = ask(desk, "register", number)
    assert ending(done) == "not_sent" and done.answer.msgid == ""
    assert [row.step for row in desk.journal.of_visit(number)] == []


def test_the_card_of_somebody_else_is_refused(desk: Any) -> None:
    number = first_of(desk)
    lay_card(desk, next(
        one.person_name for one in desk.hospital.waiting() if one.person_name != "沈建国"
    ))  # fmt: skip
    done = ask(desk, "register", number)
    assert ending(done) == "refused" and done.answer.reasons
    assert desk.history.visit(number).stage is Stage.NEW


def test_a_number_that_nobody_knows_is_refused(desk: Any) -> None:
    done = ask(desk, "upload_fees", "NOSUCH")
    assert done.answer.reasons[0].code == "visits.strange"


def test_undoing_needs_a_reason_and_settling_its_amounts(desk: Any) -> None:
    number = brought(desk, "settle")
    assert ending(ask(desk, "settle", number)) == "refused"
    bare = ask(desk, "settle", number, "wrong", amounts=Amounts(total=1, fund=1, personal=0))
    assert bare.answer.reasons[0].code == "settle.shown_is_old"
    shown = desk.history.visit(number).presettlement
    assert ending(ask(desk, "settle", number, "right", amounts=shown)) == "accepted"
    assert ask(desk, "cancel_settlement", number).answer.reasons[0].field == "reason"


def test_fees_go_on_where_they_stopped(world: World, desk: Any) -> None:
    number = brought(desk, "upload_fees")
    world.fault("reply_lost", desk.centre.rule("upload_fees").code)
    first = ask(desk, "upload_fees", number)
    assert ending(first) == "unknown" and first.answer.msgid
    world.resolve(desk)
    assert ending(desk.outside.errands.told(first.number)) == "accepted"
    again = ask(desk, "upload_fees", number, "once-more")
    visit = desk.history.visit(number)
    assert ending(again) == "accepted" and len(visit.uploaded) == len(visit.lines)


def test_a_stay_is_driven_as_a_stay(desk: Any) -> None:
    stay = next(
        one for one in desk.hospital.stays()
        if one.registration.is_inpatient and one.discharge is None
    )  # fmt: skip
    number = stay.registration.visit_no
    lay_card(desk, stay.registration.person_name)
    done = ask(desk, "register", number)
    if ending(done) == "accepted":
        assert desk.history.visit(number).stage is Stage.REGISTERED
        assert ending(ask(desk, "cancel_registration", number, reason="退院")) == "accepted"
    else:  # this person has several injuries or a filing: the program must say which
        assert done.answer.reasons
    early = ask(desk, "settle", number, amounts=Amounts(total=1, fund=1, personal=0))
    assert early.answer.reasons[0].code.startswith("lifecycle_stay.settle")


def test_a_key_is_never_two_things(desk: Any) -> None:
    number = first_of(desk)
    first = ask(desk, "register", number, "the-key")
    assert ask(desk, "register", number, "the-key") == first
    for wish in (
        Wish(step="upload_fees", visit_no=number),
        Wish(step="register", visit_no="OTHER"),
        Wish(step="register", visit_no=number, qualification_id="Q"),
    ):
        with pytest.raises(KeyReused):
            desk.outside.errands.ask("his", "the-key", wish, SECONDS)
    assert desk.outside.errands.of(first.number, "other") is None
    assert desk.outside.errands.of(first.number, "his") == first
    assert desk.outside.errands.of(999, "his") is None


def test_a_row_is_read_back_by_its_state(desk: Any) -> None:
    number = brought(desk, "presettle")
    row = desk.journal.of_visit(number)[-1]
    expected = {
        State.SETTLED: "accepted", State.ACCEPTED: "accepted", State.REJECTED: "rejected",
        State.NOT_SENT: "not_sent", State.VOID: "void", State.INTENT: "unknown",
        State.UNKNOWN: "unknown", State.VOIDING: "unknown", State.MANUAL: "unknown",
    }  # fmt: skip
    assert set(expected) == set(State)
    for state, wanted in expected.items():
        found = from_row(desk.journal, row.model_copy(update={"state": state}))
        assert found.ending == wanted and found.msgid == row.msgid and found.text


def test_nothing_is_taken_where_the_api_is_off(tmp_path: Path) -> None:
    with World(tmp_path / "off").desk() as desk:
        assert desk.given is None and desk.api.start() == ""
        with pytest.raises(Refused) as refused:
            desk.outside.incoming.take_visit(desk.hospital.stays()[0], "his")
        assert refused.value.faults[0].key == "incoming.off"


def test_lines_come_in_once_and_are_announced(desk: Any) -> None:
    heard: list[Any] = []
    number = straight_visit(desk).visit_no
    lines = desk.hospital.fee_lines(number)
    known = desk.hospital.visit(number).model_copy(update={"visit_no": "HIS1"})
    stay = desk.hospital.stays()[0].model_copy(update={"registration": known, "discharge": None})
    desk.events.listen(heard.append)
    fresh, visit = desk.outside.incoming.take_visit(stay, "his")
    assert fresh and visit.stage is Stage.NEW
    mine = [one.model_copy(update={"visit_no": "HIS1"}) for one in lines]
    taken = desk.outside.incoming.take_lines("HIS1", mine)
    assert (taken.new, taken.changed, taken.known) == (len(lines), 0, 0)
    assert [event for event in heard if isinstance(event, VisitGiven)] == [VisitGiven("HIS1")] * 2
    with pytest.raises(InvalidInput) as twice:
        desk.outside.incoming.take_lines("HIS1", [mine[0], mine[0]])
    assert mine[0].line_id in str(twice.value)
    assert desk.session.operator.role is Role.CASHIER
