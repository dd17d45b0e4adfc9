"""What a centre's data of a visit, a batch and a stay prove, told by answers alone."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from core.clock import ManualClock
from core.domain import Amounts, Person, Registration, State, Transaction
from core.outcome import Accepted, NotSent, Rejected, Unknown
from core.service.endings import Absent, Gone, Happened, NoEvidence
from core.service.evidence_visits import LOOKS

NOW = ManualClock().now()
DONE = Rejected("-1", "已经办理过退费，不能重复退费", None, b"")
SHOWN = Amounts(total=500, fund=400, personal=100)


class Facts:
    """The centre's numbers of visits."""

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known

    def visit_of(self, number: str) -> str:
        """Ours."""
        return self.known.get(number, "")


class Ledger:
    """One visit, and replies of settlements."""

    def __init__(self, **replies: dict[str, Any]) -> None:
        self.replies = replies
        self.shown: Amounts | None = SHOWN
        self.inpatient_no = ""
        self.centrefacts = Facts({"99001": "MZ9"})

    def visit(self, visit_no: str) -> Any:
        """The visit as registered."""
        known = Registration(visit_no=visit_no, inpatient_no=self.inpatient_no)
        return SimpleNamespace(
            registration=known, presettlement=self.shown, person=Person(number="P1", name="x")
        )

    def settlement_reply(self, msgid: str) -> dict[str, Any]:
        """What a settlement was answered."""
        return self.replies.get(msgid, {})


class Road:
    """Answers the looks one after another, and keeps what was asked."""

    def __init__(self, *answers: Any, ledger: Ledger | None = None, others: tuple = ()) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any], bool]] = []
        self.centre = SimpleNamespace(is_already_done=lambda outcome: outcome is DONE)
        self.journal = SimpleNamespace(
            ledger=ledger or Ledger(), of_visit=lambda visit: list(others)
        )

    def travel(self, step: str, values: dict[str, Any], **more: Any) -> Any:
        """One look."""
        self.asked.append((step, values, more["stay"]))
        answer = self.answers.pop(0)
        rows = answer if isinstance(answer, list) else None
        return SimpleNamespace(outcome=answer if rows is None else Accepted(rows=tuple(rows)))


def row(step: str, **changes: Any) -> Transaction:
    """A transaction whose ending nobody knows."""
    facts = {"centre_visit_no": "99002", "person_no": "P1"} | changes.pop("facts", {})
    return Transaction(**{
        "msgid": "H2", "step": step, "code": "x", "visit": "MZ1", "state": State.UNKNOWN,
        "made": NOW, "facts": facts, "amount": 500, **changes,
    })  # fmt: skip


def look(query: str, step: str, road: Road, **changes: Any) -> Any:
    """What the look comes to."""
    return LOOKS[query, step](road, row(step, **changes))


@pytest.mark.parametrize("answer", [Unknown("x", ""), NotSent("x", ""), Rejected("-1", "?")])
@pytest.mark.parametrize(("query", "step"), list(LOOKS))
def test_no_answer_proves_nothing(query, step, answer):
    assert isinstance(look(query, step, Road(answer, answer)), NoEvidence)


# -- registrations


def test_a_registration_is_known_by_the_hospitals_number():
    road = Road([{"centre_visit_no": "1", "visit_no": "MZ7"},
                 {"centre_visit_no": "2", "visit_no": "MZ1"}])  # fmt: skip
    found = look("visit_data", "register", road)
    assert found == Happened({"centre_visit_no": "2"})
    assert road.asked == [
        ("visit_data", {"identify_by": "computer_no", "identify_value": "P1"}, False)
    ]


def test_an_admission_is_known_by_the_inpatient_number():
    ledger = Ledger()
    ledger.inpatient_no = "BA5"
    rows = [{"centre_visit_no": "3", "inpatient_no": "BA5"}]
    road = Road(rows, ledger=ledger)
    assert look("stay_data", "register", road, facts={"stay": True}).values == {
        "centre_visit_no": "3"
    }
    assert road.asked[0][0] == "stay_data" and road.asked[0][2] is True
    assert isinstance(look("stay_data", "register", Road([]), facts={"stay": True}), Absent)


@pytest.mark.parametrize(("number", "day", "found"), [
    ("99009", 0, True), ("99001", 0, False), ("99009", 1, False),
])  # fmt: skip
def test_without_the_hospitals_number_a_strange_visit_of_that_day_is_ours(number, day, found):
    rows = [{"centre_visit_no": number, "admitted_at": NOW - timedelta(days=day)}]
    seen = look("visit_data", "register", Road(rows))
    assert isinstance(seen, Happened if found else Absent)


@pytest.mark.parametrize("query", ["visit_data", "stay_data"])
def test_a_cancelled_registration_is_one_that_is_not_shown(query):
    facts = {"stay": query == "stay_data"}
    there = [{"centre_visit_no": "99002"}]
    assert isinstance(look(query, "cancel_registration", Road(there), facts=facts), Absent)
    assert isinstance(look(query, "cancel_registration", Road([]), facts=facts), Gone)


# -- batches


LINES = [{"line_id": "1", "rx_no": "1", "amount": 300}, {"line_id": "2", "rx_no": "1",
                                                         "amount": 200}]  # fmt: skip


def batch(number: int, sign: int = -1, **amounts: int) -> list[dict[str, Any]]:
    """The lines of a batch as they would be refunded."""
    given = amounts or {"1": 300, "2": 200}
    return [
        {"fee_batch": number, "line_id": name, "amount": sign * amount}
        for name, amount in given.items()
    ]


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_settlement_is_known_by_its_lines(sign):
    found = look("refund_data", "settle", Road(batch(4, sign)), facts={"lines": LINES})
    assert found == Happened({"fee_batch": 4, "total": 500, "fund": 400, "personal": 100})


def test_a_batch_of_another_settlement_or_other_lines_is_not_it():
    others = (row("settle", msgid="H1"),)
    ledger = Ledger(H1={"fee_batch": "4"})
    road = Road(batch(4), ledger=ledger, others=others)
    assert isinstance(look("refund_data", "settle", road, facts={"lines": LINES}), Absent)
    road = Road(batch(4, **{"1": 300}))
    assert isinstance(look("refund_data", "settle", road, facts={"lines": LINES}), Absent)
    assert isinstance(look("refund_data", "settle", Road([]), facts={"lines": LINES}), Absent)


def test_batches_are_counted_anew_for_another_registration():
    earlier = row("settle", msgid="H1", facts={"centre_visit_no": "99001"})
    ledger = Ledger(H1={"fee_batch": "4"})
    road = Road(batch(4), ledger=ledger, others=(earlier,))
    assert isinstance(look("refund_data", "settle", road, facts={"lines": LINES}), Happened)


def test_amounts_that_were_not_shown_are_not_invented():
    ledger = Ledger()
    ledger.shown = SHOWN.model_copy(update={"total": 499, "personal": 99})
    found = look("refund_data", "settle", Road(batch(4), ledger=ledger), facts={"lines": LINES})
    assert found == Happened({"fee_batch": 4})
    ledger.shown = None
    found = look("refund_data", "settle", Road(batch(4), ledger=ledger), facts={"lines": LINES})
    assert found == Happened({"fee_batch": 4})


def test_a_long_id_is_known_by_what_travelled():
    lines = [{"line_id": "far too long", "sent_as": "1", "rx_no": "1", "amount": 300}, LINES[1]]
    assert isinstance(
        look("refund_data", "settle", Road(batch(4)), facts={"lines": lines}), Happened
    )


def test_a_refund_is_known_by_the_centres_own_word():
    ledger = Ledger(H1={"fee_batch": "4"})
    road = Road(DONE, ledger=ledger)
    assert isinstance(look("refund_data", "cancel_settlement", road, corrects="H1"), Happened)
    assert road.asked[0][1] == {"visit_no": "MZ1", "fee_batch": "4"}
    road = Road(batch(4), ledger=ledger)
    assert isinstance(look("refund_data", "cancel_settlement", road, corrects="H1"), Absent)
    road = Road([], ledger=ledger)
    assert isinstance(look("refund_data", "cancel_settlement", road, corrects="H1"), NoEvidence)
    assert isinstance(look("refund_data", "settle", Road(DONE), facts={"lines": LINES}), Absent)


# -- stays


def test_a_stay_is_settled_when_it_is_among_the_settled():
    road = Road([{"settled": "1"}])
    assert look("stay_data", "settle", road).values == SHOWN.model_dump(exclude_none=True)
    assert road.asked[0][1] == {"visit_no": "MZ1", "settled": "1"}
    told = {"settled": "1", "total": 700, "fund": 600, "personal": 100}
    assert look("stay_data", "settle", Road([told])).values == {
        "total": 700, "fund": 600, "personal": 100,
    }  # fmt: skip
    assert isinstance(look("stay_data", "settle", Road([])), Absent)


def test_a_stay_is_unsettled_only_when_it_is_shown_so():
    still, open_again = [{"settled": "1"}], [{"settled": "0"}]
    assert isinstance(look("stay_data", "cancel_settlement", Road(still)), Absent)
    assert isinstance(look("stay_data", "cancel_settlement", Road([], open_again)), Happened)
    assert isinstance(look("stay_data", "cancel_settlement", Road([], [])), NoEvidence)


@pytest.mark.parametrize(("finished", "step", "ending"), [
    ("1", "discharge", Happened), ("0", "discharge", Absent), ("", "discharge", Absent),
    ("1", "undo_discharge", Absent), ("0", "undo_discharge", Happened),
])  # fmt: skip
def test_a_discharge_is_what_the_stay_says(finished, step, ending):
    assert isinstance(look("stay_data", step, Road([{"finished": finished}])), ending)
    assert isinstance(look("stay_data", step, Road([])), NoEvidence)
