"""Which step back is next, and how the books of a day are put together from visits."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from core.centre.port import Capabilities
from core.domain import (
    Amounts,
    Discharge,
    FeeLine,
    LineResult,
    Registration,
    Settlement,
    Stage,
    Visit,
)
from core.service.charge import counter_lines, nothing_left
from core.service.way_back import BACKWARDS, FIRST, way_back

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
END = Discharge(discharged_at=NOON, outcome_code="01", diagnosis_code="S00")
PAID = Settlement(
    visit_no="ZY1", bill_no="1", msgid="H1", settled_at=NOON,
    amounts=Amounts(total=300, fund=300, personal=0),
)  # fmt: skip


def line(number: str, amount: int = 300) -> FeeLine:
    """One line of one piece."""
    return FeeLine(
        visit_no="ZY1", line_id=number, rx_no="1", price=Decimal(amount) / 100,
        quantity=Decimal(1), amount=amount, occurred_at=NOON,
    )  # fmt: skip


def sent(number: str, amount: int = 300) -> LineResult:
    """The same at the centre."""
    return LineResult(rx_no="1", line_id=number, amount=amount)


def visit(**known: Any) -> Visit:
    """A stay as far as it came."""
    registration = Registration(visit_no="ZY1", inpatient_no="BA1")
    return Visit(registration=registration, **{"stage": Stage.UPLOADED, **known})


UPLOADED = {"lines": (line("1"),), "uploaded": (sent("1"),)}
PLACES = {
    "cancel_settlement": UPLOADED | {"stage": Stage.SETTLED, "settlement": PAID, "discharge": END},
    "undo_discharge": UPLOADED | {"stage": Stage.DISCHARGED, "discharge": END},
    "cancel_fees": UPLOADED,
    "cancel_registration": {"stage": Stage.REGISTERED},
}


@pytest.mark.parametrize("step", BACKWARDS)
def test_one_step_is_next_and_the_others_say_what_goes_first(step):
    way = way_back(visit(**PLACES[step]), Capabilities())
    assert [item.step for item in way] == list(BACKWARDS)
    assert [item.step for item in way if item.next] == [step]
    place = BACKWARDS.index(step)
    assert all(item.done and not item.why for item in way[:place])
    names = way[place].text
    assert all(names in item.why and not item.done for item in way[place + 1 :])


def test_nothing_is_left_of_a_stay_that_is_gone():
    for stage in (Stage.NEW, Stage.CANCELLED):
        assert all(item.done for item in way_back(visit(stage=stage), Capabilities()))


def test_settlement_and_discharge_go_before_everything_else():
    assert FIRST == ("cancel_settlement", "undo_discharge")


def test_where_nothing_may_be_deleted_the_step_is_one_of_lines():
    by_lines = way_back(visit(**UPLOADED), Capabilities(delete_fees="counter_entry"))
    plain = way_back(visit(**UPLOADED), Capabilities(delete_fees="whole"))
    step = BACKWARDS.index("cancel_fees")
    assert by_lines[step].next and by_lines[step].text != plain[step].text
    assert by_lines[step].text in by_lines[step + 1].why


def test_where_a_city_forbids_both_the_step_says_so():
    way = way_back(visit(**UPLOADED), Capabilities(delete_fees="forbidden"))
    step = way[BACKWARDS.index("cancel_fees")]
    assert not step.next and "经办机构" in step.why


def test_lines_of_the_opposite_sign_take_back_what_is_there():
    here = visit(lines=(line("1"), line("2"), line("3")), uploaded=(sent("1"), sent("2")))
    (first, second) = counter_lines(here)
    assert (first.line_id, first.ref_line_id) == ("1-R", "1")
    assert (first.quantity, first.amount, second.ref_line_id) == (-1, -300, "2")
    some = here.model_copy(update={"uploaded": (*here.uploaded, sent("1-R", -300))})
    assert [one.ref_line_id for one in counter_lines(some)] == ["2"] and not nothing_left(some)
    both = some.model_copy(update={"uploaded": (*some.uploaded, sent("2-R", -300))})
    assert counter_lines(both) == [] and nothing_left(both)
    way = way_back(both, Capabilities(delete_fees="counter_entry"))
    assert [item.step for item in way if item.next] == ["cancel_registration"]


def test_another_amount_takes_nothing_back():
    here = visit(lines=(line("1"),), uploaded=(sent("1"), sent("1-R", -299)))
    assert not nothing_left(here)


# -- a day by visits


class Daybook:
    """Movements of a day, and visits that were tried."""

    def __init__(self, *moved: Any, tried: tuple[str, ...] = ()) -> None:
        self.moved, self.tried = list(moved), list(tried)

    def movements(self, *asked: Any) -> list[Any]:
        """Ours."""
        return self.moved

    def visits_tried(self, *asked: Any) -> list[str]:
        """Where money may have moved."""
        return self.tried


def books(daybook: Daybook, rows: dict[str, Any], *answers: Any) -> Any:
    """The books over a journal of ``rows`` and a centre of ``answers``."""
    from core.outcome import Accepted
    from core.service.books_by_visit import VisitBooks

    left = list(answers)

    def travel(step: str, values: dict[str, Any], **more: Any) -> Any:
        answer = left.pop(0)
        return SimpleNamespace(
            outcome=Accepted(rows=tuple(answer)) if isinstance(answer, list) else answer
        )

    paid = {name: one for name, one in rows.items() if one.step == "settle"}
    ledger = SimpleNamespace(
        daybook=daybook, centrefacts=SimpleNamespace(centre_visit_no=lambda visit: "99001"),
        visit=lambda visit: SimpleNamespace(registration=None, presettlement=None),
        settlement=lambda msgid: paid.get(msgid),
        settlement_reply=lambda msgid: {"fee_batch": paid[msgid].batch} if msgid in paid else {},
    )  # fmt: skip
    journal = SimpleNamespace(
        ledger=ledger, transaction=lambda msgid: rows[msgid],
        of_visit=lambda visit: list(rows.values()), open_for=lambda visit: None,
        clock=SimpleNamespace(now=lambda: NOON),
    )  # fmt: skip
    centre = SimpleNamespace(is_already_done=lambda outcome: True)
    return VisitBooks(journal, SimpleNamespace(travel=travel, centre=centre))


def settle(batch: str = "1", cancelled: str = "") -> Any:
    """A settlement of ours."""
    return SimpleNamespace(
        step="settle", msgid="H1", corrects="", batch=batch, cancelled_by=cancelled,
        facts={"centre_visit_no": "99001"}, made=NOON,
    )  # fmt: skip


def side(msgid: str = "H1", total: int = 500, refund: bool = False) -> Any:
    """A movement of ours."""
    from core.domain.dayend import Side

    return Side("MZ1", "MZ1-1", msgid, total, total, 0, refund, NOON, state="settled")


def test_what_stands_there_is_a_record_of_its_own():
    found = books(Daybook(side()), {"H1": settle()}, [{"fee_batch": 1, "amount": -500}]).sides(None)
    assert [(one.msgid, one.total, one.state) for one in found] == [("H1", 500, "")]


def test_what_does_not_stand_there_is_missing():
    assert books(Daybook(side()), {"H1": settle()}, []).sides(None) == []


def test_another_total_is_theirs_to_say():
    (one,) = books(Daybook(side()), {"H1": settle()}, [{"fee_batch": 1, "amount": -700}]).sides(
        None
    )
    assert (one.total, one.fund, one.personal) == (700, 500, 200)


def test_a_refund_that_happened_is_there_and_one_that_did_not_is_not():
    refund = SimpleNamespace(
        step="cancel_settlement", msgid="H2", corrects="H1", facts={"centre_visit_no": "99001"}
    )
    rows = {"H1": settle(cancelled="H2"), "H2": refund}
    both = Daybook(side(), side("H2", -500, refund=True))
    assert [one.msgid for one in books(both, rows, []).sides(None)] == ["H1", "H2"]
    there = [{"fee_batch": 1, "amount": -500}]
    assert [one.msgid for one in books(both, rows, there).sides(None)] == ["H1"]


def test_what_nobody_here_knows_is_shown_without_an_id():
    (one,) = books(Daybook(tried=("MZ1",)), {}, [{"fee_batch": 7, "amount": -900}]).sides(None)
    assert (one.visit_no, one.bill_no, one.msgid, one.total) == ("MZ1", "7", "", 900)


def test_one_visit_without_an_answer_leaves_no_books():
    from core.outcome import Unknown

    assert books(Daybook(tried=("MZ1",)), {}, Unknown("x", "")).sides(None) is None
