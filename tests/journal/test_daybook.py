"""Movements, confirmations, closings and hand-overs as the journal keeps them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import ManualClock
from core.domain import State
from core.domain.dayend import Closing, Confirmation, HandOver, Period, Side, Sum
from core.journal import Journal
from core.journal.daybook import Daybook
from core.journal.decisions import adopt, decide
from core.journal.movements import MANY
from tests.helpers.journals import begin, bring, moment, opened, settlement

DAY = Period(begin=moment(0), end=moment(23, 59) + timedelta(seconds=59))
ANN, BEN = "0101", "0102"
MEMORY = Journal(Path(":memory:"), ManualClock())  # for what is tried again and again
OPERATORS = count()


@pytest.fixture
def journal(tmp_path) -> Iterator[Journal]:
    with opened(tmp_path) as (_, journal):
        yield journal


def book(journal: Journal) -> Daybook:
    """Its daybook."""
    return journal.ledger.daybook


def side(number: int, total: int = 100, at: datetime | None = None, **more: object) -> Side:
    """A settlement of Ann's; a negative total is the cancellation of the same bill."""
    back = total < 0
    return Side(
        f"MZ{number}", "B", f"M{number}{'R' * back}", total, total, 0, back, at or moment(),
        f"P{number}", "某某", ANN, "11",
    )._replace(**more)  # fmt: skip


def move(journal: Journal, *sides: Side, sign_no: str = "S1") -> None:
    """Let them count."""
    with journal.commit():
        for item in sides:
            name = "甲" if item.operator == ANN else "乙"
            book(journal).moved(item, item.msgid.rstrip("R"), name, sign_no)


# -- sums


def test_sums_are_by_operator_by_kind_and_refunds_apart(journal):
    move(journal, side(1), side(1, -100), side(2, 50, kind="12"), side(3, 7, operator=BEN))
    found = book(journal).totals(DAY)
    assert found.settled == Sum(count=3, total=157, fund=157)
    assert found.refunded == Sum(count=1, total=-100, fund=-100)
    assert found.net == Sum(count=4, total=57, fund=57)
    assert [(part.key, part.name, part.net.total) for part in found.by_operator] == [
        (ANN, "甲", 50), (BEN, "乙", 7),
    ]  # fmt: skip
    assert {part.key: part.settled.total for part in found.by_kind} == {"11": 107, "12": 50}


def test_sums_of_one_operator_or_one_sign_in(journal):
    move(journal, side(1), side(2, operator=BEN))
    move(journal, side(3, 5), sign_no="S2")
    assert book(journal).totals(DAY, ANN).net.count == 2
    assert book(journal).totals(DAY, ANN, "S2").net.total == 5
    assert book(journal).totals(DAY, BEN, "S2").net == Sum()


def test_both_ends_of_a_period_count_and_parts_of_a_second_are_cut(journal):
    late = DAY.end + timedelta(microseconds=999_999)
    move(journal, side(1, at=DAY.begin), side(2, at=late), side(3, at=late + timedelta(seconds=1)))
    assert [item.msgid for item in book(journal).movements(DAY)] == ["M1", "M2"]


def test_the_same_movement_counts_once(journal):
    move(journal, side(1))
    move(journal, side(1, 999))
    assert book(journal).totals(DAY).net.total == 100


def test_what_was_written_is_read_as_it_was(journal):
    move(journal, side(1))
    (found,) = book(journal).movements(DAY)
    assert found == side(1)._replace(state="settled")
    assert book(journal).movement("M1") == found
    assert book(journal).movement("M2") is None
    assert book(journal).movements_of(["MZ1", "MZ9"]) == [found]
    assert book(journal).first_movement(ANN) == moment()
    assert book(journal).first_movement(BEN) is None


def test_a_moment_of_the_centre_moves_it_to_another_day(journal):
    move(journal, side(1))
    with journal.commit():
        book(journal).take_moment("M1", moment(1, day=3))
    assert book(journal).totals(DAY).net == Sum()
    assert book(journal).movement("M1").at == moment(1, day=3)


def test_amounts_of_the_centre_replace_ours_in_sum_and_settlement(journal):
    with journal.commit():
        journal.ledger.add_settlement(settlement("M1", "MZ1"), {})
    move(journal, side(1))
    with journal.commit():
        book(journal).take_amounts("M1", 90, 60, 30)
    assert book(journal).totals(DAY).net == Sum(count=1, total=90, fund=60, personal=30)
    amounts = journal.ledger.settlement("M1").amounts
    assert (amounts.total, amounts.fund, amounts.personal) == (90, 60, 30)


def test_a_settlement_the_centre_never_had_goes_with_its_cancellation(journal):
    with journal.commit():
        journal.ledger.add_settlement(settlement("M1", "MZ1"), {})
    move(journal, side(1), side(1, -100), side(2))
    with journal.commit():
        book(journal).strike_settlement("M1", "FENCE")
    assert [item.msgid for item in book(journal).movements(DAY)] == ["M2"]
    assert journal.ledger.settlement("M1").cancelled_by == "FENCE"
    assert book(journal).movement("M1") is None


def test_a_cancellation_the_centre_never_had_lets_the_settlement_stand(journal):
    with journal.commit():
        journal.ledger.add_settlement(settlement("M1", "MZ1"), {})
        journal.ledger.settlement_cancelled("M1", "M1R")
    move(journal, side(1), side(1, -100))
    with journal.commit():
        book(journal).strike_refund("M1R", "M1R")
    assert [item.msgid for item in book(journal).movements(DAY)] == ["M1"]
    assert journal.ledger.live_settlement("MZ1") is not None


numbers = st.integers(min_value=0, max_value=7)


@settings(max_examples=50)
@given(st.dictionaries(numbers, st.tuples(st.integers(-500, 500), st.booleans()), max_size=8))
def test_the_parts_make_up_the_whole(rows):
    journal = MEMORY
    with journal.commit():
        journal.db.conn.execute("DELETE FROM movement")
    move(journal, *(
        side(number, total, operator=ANN if first else BEN)
        for number, (total, first) in rows.items()
    ))  # fmt: skip
    found = book(journal).totals(DAY)
    assert found.net.total == sum(total for total, _ in rows.values())
    assert found.net.count == len(rows)
    for parts in (found.by_operator, found.by_kind):
        assert sum(part.net.total for part in parts) == found.net.total


# -- many at once


def test_many_names_are_asked_in_parts(journal):
    many = MANY * 2 + 1
    move(journal, *(side(number) for number in range(many)))
    visits = [f"MZ{number}" for number in range(many)]
    assert len(book(journal).movements_of(visits)) == many
    assert book(journal).movements_of([]) == []


def test_what_is_asked_of_visits_and_messages(journal):
    row = bring(journal, "MZ1", State.SETTLED)
    fence = bring(journal, "MZ2", State.REJECTED, step="reverse", corrects=row.msgid, blocks=False)
    with journal.commit():
        journal.ledger.add_settlement(settlement("M1", "MZ1", bill_no="B7"), {})
        journal.ledger.registered("MZ2", "M2")
    found = book(journal)
    assert found.transactions([row.msgid, fence.msgid, "NONE", ""]).keys() == {
        row.msgid, fence.msgid,
    }  # fmt: skip
    assert found.live_bills(["MZ1", "MZ2"]) == {("MZ1", "B7")}
    assert found.registered_visits(["MZ1", "MZ2"]) == set()
    assert found.refused_fences([row.msgid, fence.msgid]) == {row.msgid}


# -- confirmations


def confirmation(msgid: str = "C1", period: Period = DAY, operator: str = "") -> Confirmation:
    """A period confirmed."""
    return Confirmation(
        msgid=msgid, number=f"DZ{msgid}", period=period, operator=operator, at=moment(20)
    )


def test_a_confirmation_holds_its_period_until_it_is_undone(journal):
    with journal.commit():
        book(journal).confirmed(confirmation())
    assert book(journal).is_confirmed(DAY.end, BEN)
    assert not book(journal).is_confirmed(DAY.end + timedelta(seconds=1))
    assert book(journal).confirmation_of(DAY, "") == confirmation()
    assert book(journal).confirmation_of(DAY, ANN) is None
    with journal.commit():
        book(journal).undone("C1", "U1")
    assert not book(journal).is_confirmed(DAY.end)
    assert book(journal).confirmation_of(DAY, "") is None
    assert book(journal).confirmation("C1").undone_by == "U1"
    assert book(journal).confirmation("C2") is None


def test_one_operators_confirmation_holds_only_his_movements(journal):
    with journal.commit():
        book(journal).confirmed(confirmation(operator=ANN))
        book(journal).confirmed(confirmation("C2", Period(begin=moment(9), end=moment(10)), BEN))
    assert book(journal).standing(moment(12), ANN).msgid == "C1"
    assert book(journal).standing(moment(12), BEN) is None
    assert [item.msgid for item in book(journal).confirmations()] == ["C2", "C1"]


# -- closings


def closing(operator: str = ANN, **more: object) -> Closing:
    """A closing that has no number yet."""
    return Closing(
        number=0, period=DAY, operator_id=operator, operator_name="甲", made_at=moment(20), **more
    )


def close(journal: Journal, operator: str, end: datetime) -> Closing:
    """As the service does it: summed and taken in one commit."""
    with journal.commit():
        made = book(journal).add_closing(
            closing(operator, totals=book(journal).takings(operator, end))
        )
        book(journal).close_movements(operator, end, made.number)
    return made


def void(journal: Journal, number: int, operator: str) -> None:
    """The void line of a closing."""
    with journal.commit():
        book(journal).reopen_movements(number)
        book(journal).add_closing(closing(operator, voids=number))


def test_closings_are_numbered_without_a_gap_for_all_operators(journal):
    with journal.commit():
        made = [book(journal).add_closing(closing(who)) for who in (ANN, BEN, ANN)]
    assert [item.number for item in made] == [1, 2, 3]
    assert book(journal).last_closing(ANN).number == 3
    assert book(journal).last_closing(BEN).number == 2
    assert book(journal).last_closing("0103") is None
    void(journal, 3, ANN)
    assert book(journal).last_closing(ANN).number == 1
    assert book(journal).closing(3).voided_by == 4
    assert book(journal).closing(9) is None


def test_a_closing_is_void_only_once(journal):
    with journal.commit():
        book(journal).add_closing(closing())
    void(journal, 1, ANN)
    with pytest.raises(sqlite3.IntegrityError):
        void(journal, 1, ANN)


steps = st.lists(
    st.tuples(st.sampled_from(["move", "late", "strike", "close", "void"]), numbers), max_size=25
)


@settings(max_examples=50)
@given(steps)
def test_every_movement_is_in_exactly_one_standing_closing_or_waits(done):
    """Whatever comes late, is struck, closed or made void: nothing is lost, nothing twice."""
    journal, who = MEMORY, f"op{next(OPERATORS)}"
    for minute, (step, number) in enumerate(done):
        at = moment(9, minute)
        if step in ("move", "late"):
            when = at if step == "move" else moment(8)
            named = {"msgid": f"{who}-{number}", "visit_no": f"{who}-{number}", "operator": who}
            move(journal, side(number, 10 ** (number % 4), when, **named))
        elif step == "strike":
            with journal.commit():
                book(journal).strike_settlement(f"{who}-{number}", "FENCE")
        elif step == "close":
            close(journal, who, at)
        elif last := book(journal).last_closing(who):
            void(journal, last.number, who)
    mine = (c for c in book(journal).closings(len(done)) if c.operator_id == who)
    standing = [c.totals.net for c in mine if not c.voids and not c.voided_by]
    known = [*standing, book(journal).takings(who, moment(23)).net]
    truth = book(journal).totals(DAY, who).net
    assert sum(item.total for item in known) == truth.total
    assert sum(item.count for item in known) == truth.count


# -- decisions and hand-overs


def test_a_decision_is_an_entry_with_what_it_changes(journal):
    row = begin(journal, "MZ1")
    decide(journal, row.msgid, "作废", lambda ledger: ledger.remember("a", "b"))
    assert journal.entries(row.msgid)[-1].kind == "decision"
    assert journal.ledger.recall("a") == "b"
    assert book(journal).anchor() == journal.entries(row.msgid)[-1].hash
    assert journal.verify() is None


def test_a_decision_whose_effect_fails_leaves_no_entry(journal):
    before = journal.entry_count()

    def fail(ledger):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        decide(journal, "", "作废", fail)
    assert journal.entry_count() == before


def test_an_adopted_transaction_stands_and_is_adopted_once(journal):
    row = bring(journal, "MZ1", State.SETTLED).model_copy(update={"msgid": "LOST"})
    adopt(journal, row, "补记", lambda ledger: ledger.remember("a", "b"))
    assert journal.transaction("LOST").state is State.SETTLED
    with pytest.raises(sqlite3.IntegrityError):
        adopt(journal, row, "补记", lambda ledger: ledger.remember("a", "c"))
    assert journal.ledger.recall("a") == "b"
    assert journal.verify() is None


def test_a_case_is_with_whom_it_was_given_last(journal):
    def give(taken_by: str, *msgids: str) -> HandOver:
        draft = HandOver(
            number=0, given_by=ANN, given_name="甲", taken_by=taken_by, taken_name=taken_by,
            at=moment(), msgids=msgids,
        )  # fmt: skip
        with journal.commit():
            return book(journal).add_hand_over(draft)

    assert book(journal).holders() == {}
    give(BEN, "M1", "M2")
    second = give("0201", "M2")
    holders = book(journal).holders()
    assert {msgid: item.taken_by for msgid, item in holders.items()} == {"M1": BEN, "M2": "0201"}
    assert holders["M2"] == second
    assert [item.number for item in book(journal).hand_overs()] == [2, 1]
