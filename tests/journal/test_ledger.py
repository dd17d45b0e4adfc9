"""The read models: visits, lines, settlements, prints, sign-ins, small memories."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import ManualClock
from core.domain import Operator, Person, Qualification, Registration, Role, State
from core.journal import Journal
from core.journal.feelines import LINES
from core.journal.ledger import Ledger, VisitRow
from tests.helpers.journals import amounts, begin, bring, line, moment, result, settlement


@pytest.fixture
def ledger(journal: Journal) -> Ledger:
    return journal.ledger


# -- visits


def test_a_visit_nobody_touched_is_empty(ledger: Ledger) -> None:
    assert ledger.visit("MZ1") == VisitRow(visit_no="MZ1")
    assert ledger.kept_lines("MZ1") is None
    assert ledger.uploaded("MZ1") == ()
    assert ledger.uploaded_total("MZ1") == 0
    assert ledger.live_settlement("MZ1") is None


def test_a_planned_visit_comes_back_whole(ledger: Ledger) -> None:
    registration = Registration(
        visit_no="MZ1", person_name="沈示例", admitted_at=moment(8), extra={"ward": "九"}
    )
    injury = Qualification(id="GS1", text="左手^压伤|2026", kind="肢体残")
    person = Person(number="990010001", name="沈示例", qualifications=(injury,))
    ledger.plan_visit(registration, person, injury)
    found = ledger.visit("MZ1")
    assert (found.registration, found.person, found.qualification) == (registration, person, injury)
    assert found.registered_by == ""


def test_registration_and_its_cancellation(ledger: Ledger) -> None:
    ledger.registered("MZ1", "M1")
    ledger.add_uploaded("MZ1", "M2", [result()])
    assert ledger.visit("MZ1").registered_by == "M1"
    ledger.registration_cancelled("MZ1", "M3")
    found = ledger.visit("MZ1")
    assert (found.registered_by, found.cancelled_by) == ("", "M3")
    assert ledger.uploaded("MZ1") == ()
    ledger.registered("MZ1", "M4")
    assert ledger.visit("MZ1").cancelled_by == ""


# -- lines

PRICES = st.decimals(min_value=0, max_value=99_999, places=4)
QUANTITIES = st.decimals(min_value=-999, max_value=999, places=4)
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=60, deadline=None)
@given(price=PRICES, quantity=QUANTITIES, name=TEXTS, flag=st.booleans(), fen=st.integers())
def test_imported_lines_come_back_exactly(
    price: Decimal, quantity: Decimal, name: str, flag: bool, fen: int
) -> None:
    changes = {"price": price, "quantity": quantity, "name": name, "amount": fen}
    one = line(**changes, is_disease=flag, min_unit=not flag)
    (again,) = LINES.validate_json(LINES.dump_json((one,)))
    assert again == one
    assert again.price.as_tuple() == price.as_tuple()


def test_imported_lines_replace_the_hospitals_and_each_other(ledger: Ledger) -> None:
    ledger.keep_lines("MZ1", [line("L1"), line("L2")])
    ledger.keep_lines("MZ2", [line("L9", "MZ2")])
    assert ledger.kept_lines("MZ1") == (line("L1"), line("L2"))
    ledger.keep_lines("MZ1", [])
    assert ledger.kept_lines("MZ1") == ()
    assert ledger.kept_lines("MZ2") == (line("L9", "MZ2"),)


def test_lines_that_another_window_imported_are_seen_here(journal: Journal) -> None:
    other = Journal(journal.path, journal.clock)
    with journal.commit():
        journal.ledger.keep_lines("MZ1", [line("L1")])
    assert other.ledger.kept_lines("MZ1") == (line("L1"),)
    with other.commit():
        other.ledger.keep_lines("MZ1", [line("L2")])
    assert journal.ledger.kept_lines("MZ1") == (line("L2"),)
    other.close()


def test_lines_whose_commit_failed_are_not_remembered(journal: Journal) -> None:
    with journal.commit():
        journal.ledger.keep_lines("MZ1", [line("L1")])
    with pytest.raises(ZeroDivisionError), journal.commit():
        journal.ledger.keep_lines("MZ1", [line("L2")])
        raise ZeroDivisionError
    assert journal.ledger.kept_lines("MZ1") == (line("L1"),)


def test_uploaded_lines_are_kept_once_with_the_last_answer(ledger: Ledger) -> None:
    ledger.add_uploaded("MZ1", "M1", [result("L1"), result("L2", amount=None)])
    ledger.add_uploaded("MZ1", "M2", [result("L1", amount=999, memo="乙类自付")])
    assert [(item.line_id, item.amount) for item in ledger.uploaded("MZ1")] == [
        ("L1", 999), ("L2", None),
    ]  # fmt: skip
    assert ledger.uploaded_ids("MZ1") == {"L1", "L2"}
    assert ledger.uploaded_total("MZ1") == 999
    assert ledger.uploaded("MZ1")[0].memo == "乙类自付"


def test_dropping_some_lines_or_all(ledger: Ledger) -> None:
    ledger.add_uploaded("MZ1", "M1", [result("L1"), result("L2"), result("L3")])
    ledger.drop_uploaded("MZ1", ["L1", "L9"])
    assert ledger.uploaded_ids("MZ1") == {"L2", "L3"}
    ledger.drop_uploaded("MZ1")
    assert ledger.uploaded_ids("MZ1") == frozenset()


# -- money


def test_what_was_shown_holds_until_the_lines_change(ledger: Ledger) -> None:
    def shown() -> object:
        return ledger.visit("MZ1").presettlement

    ledger.registered("MZ1", "M0")
    ledger.presettled("MZ1", "M1", amounts())
    assert shown() == amounts()
    assert ledger.visit("MZ1").presettled_by == "M1"
    ledger.add_uploaded("MZ1", "M2", [result()])
    assert shown() is None
    ledger.presettled("MZ1", "M3", amounts())
    ledger.drop_uploaded("MZ1", ["L1"])
    assert shown() is None
    assert ledger.visit("MZ1").registered_by == "M0"


def test_a_settlement_comes_back_whole_with_its_reply(ledger: Ledger) -> None:
    reply = {"total": 10_000, "drug": 4_000, "remark": "备注", "settled_at": moment()}
    ledger.add_settlement(settlement(), reply)
    found = ledger.settlement("M1")
    assert found is not None
    assert found.amounts == amounts().model_copy(update={"drug": 4_000})
    assert found.operator_name == "收费员甲"
    assert ledger.settlement_reply("M1")["remark"] == "备注"
    assert ledger.settlement_reply("M9") == {}
    assert ledger.settlement("M9") is None


def test_a_settlement_is_added_once(ledger: Ledger) -> None:
    ledger.add_settlement(settlement(), {})
    ledger.add_settlement(settlement(operator_name="别人"), {})
    (found,) = ledger.settlements()
    assert found.operator_name == "收费员甲"


def test_a_cancelled_settlement_stays_and_is_no_longer_live(ledger: Ledger) -> None:
    ledger.presettled("MZ1", "M0", amounts())
    ledger.add_settlement(settlement(), {})
    assert ledger.live_settlement("MZ1", "MZ1-1") == settlement()
    assert ledger.live_settlement("MZ1", "other") is None
    ledger.settlement_cancelled("M1", "M2")
    assert ledger.live_settlement("MZ1") is None
    assert ledger.settlement("M1") == settlement(cancelled_by="M2")
    assert ledger.visit("MZ1").presettlement is None
    ledger.settlement_cancelled("nobody", "M3")
    ledger.add_settlement(settlement("M4"), {})
    assert ledger.live_settlement("MZ1") == settlement("M4")


def test_settlements_are_found_by_anything_a_cashier_knows(ledger: Ledger) -> None:
    ledger.plan_visit(Registration(visit_no="MZ1", person_name="沈示例"), None, None)
    ledger.add_settlement(settlement(), {})
    later = moment() + timedelta(days=1)
    ledger.add_settlement(settlement("M2", "ZY2", settled_at=later), {})
    for text in ("MZ1", "Z1-1", "M1", "沈示"):
        assert [item.msgid for item in ledger.settlements(text)] == ["M1"], text
    assert [item.msgid for item in ledger.settlements()] == ["M2", "M1"]
    assert [item.msgid for item in ledger.settlements(day="2026-03-03")] == ["M2"]
    assert [item.msgid for item in ledger.settlements(limit=1)] == ["M2"]
    assert ledger.settlements("没有") == ()


def test_a_bill_number_that_may_have_left_is_not_used_again(journal: Journal) -> None:
    numbers = [journal.ledger.next_bill("MZ1")]
    for state in (State.REJECTED, State.NOT_SENT, State.VOID, State.SETTLED, State.UNKNOWN):
        bring(journal, "MZ1", state)
        numbers.append(journal.ledger.next_bill("MZ1"))
    assert numbers == ["MZ1-1", "MZ1-1", "MZ1-1", "MZ1-2", "MZ1-3", "MZ1-4"]
    assert journal.ledger.next_bill("MZ2") == "MZ2-1"


# -- prints, sign-ins, memories


def test_prints_are_counted_and_what_never_came_out_is_listed(ledger: Ledger) -> None:
    ledger.add_settlement(settlement("M1"), {})
    ledger.add_settlement(settlement("M2", "MZ2"), {})
    ledger.add_settlement(settlement("M3", "MZ3", cancelled_by="M4"), {})
    assert {item.msgid for item in ledger.not_printed()} == {"M1", "M2"}
    assert [ledger.add_print("M1", "PDF"), ledger.add_print("M1", "A5", "9901")] == [1, 2]
    assert (ledger.print_count("M1"), ledger.print_count("M2")) == (2, 0)
    assert {item.msgid for item in ledger.not_printed()} == {"M2"}


def test_sign_in_numbers_belong_to_an_operator_and_a_day(ledger: Ledger) -> None:
    ledger.signed_in("9901", "2026-03-02", "S1")
    ledger.signed_in("9902", "2026-03-02", "S2")
    ledger.signed_in("9901", "2026-03-02", "S3")
    assert ledger.sign_no("9901", "2026-03-02") == "S3"
    assert ledger.sign_no("9901", "2026-03-03") == ""
    ledger.signed_out("9901", "2026-03-02")
    assert ledger.sign_no("9901", "2026-03-02") == ""
    assert ledger.sign_no("9902", "2026-03-02") == "S2"


def test_small_memories(ledger: Ledger) -> None:
    assert ledger.recall("k") == ""
    ledger.remember("k", "一")
    ledger.remember("k", "二")
    assert ledger.recall("k") == "二"
    assert ledger.last_person() is None
    assert ledger.last_operator() is None
    person = Person(number="1", name="沈", qualifications=(Qualification(id="G"),))
    ledger.remember_person(person)
    who = Operator(id="9901", name="主管", role=Role.SUPERVISOR)
    ledger.remember_operator(who)
    assert ledger.last_person() == person
    assert ledger.last_operator() == who


def test_the_newest_moment_tells_a_clock_that_was_set_back(
    journal: Journal, clock: ManualClock
) -> None:
    assert journal.ledger.last_seen() is None
    begin(journal)
    seen = journal.ledger.last_seen()
    assert seen == clock.now()
    clock.advance(-3600)
    assert journal.ledger.last_seen() == seen > clock.now()


# -- finding transactions


def test_transactions_are_found_by_visit_id_code_and_day(
    journal: Journal, clock: ManualClock
) -> None:
    one = bring(journal, "MZ1", State.SETTLED)
    clock.advance(86_400)
    two = bring(journal, "ZY2", State.REJECTED, corrects=one.msgid)
    ids = lambda *args: [row.msgid for row in journal.find(*args)]  # noqa: E731
    assert ids() == [two.msgid, one.msgid]
    assert ids("ZY") == [two.msgid]
    assert ids(one.msgid[12:]) == [one.msgid]
    assert ids("2207") == [two.msgid, one.msgid]
    assert ids("220") == ids("220", "2026-03-09") == []
    assert ids("", "2026-03-02") == [one.msgid]
    assert ids("", "", 1) == [two.msgid]
    assert [row.msgid for row in journal.correcting(one.msgid)] == [two.msgid]
    assert [row.msgid for row in journal.of_visit("MZ1")] == [one.msgid]
    assert [row.msgid for row in journal.all()] == [one.msgid, two.msgid]


def test_a_timeline_holds_the_looks_that_belong_to_it(journal: Journal) -> None:
    row = begin(journal)
    look = begin(journal, blocks=False, corrects=row.msgid)
    cancel = begin(journal, "MZ2", corrects=row.msgid)
    journal.note(row.msgid, "look", "没有答复")
    found = journal.entries(row.msgid)
    assert [item.msgid for item in found] == [row.msgid, look.msgid, row.msgid]
    assert [item.msgid for item in journal.entries(row.msgid, False)] == [row.msgid, row.msgid]
    assert [item.msgid for item in journal.entries(cancel.msgid)] == [cancel.msgid]
    assert found[0].at == journal.clock.now()
    assert json.loads(found[0].payload) == {"body": "结算"}
