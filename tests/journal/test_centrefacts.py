"""What some centres give or need beside the transactions, in the journal's own tables."""

from __future__ import annotations

import sqlite3

import pytest

from core.clock import ManualClock
from core.domain import State
from core.domain.centrefacts import PartialStage
from core.domain.dayend import Period
from core.journal import Journal
from core.journal.centrefacts import ANEW, CHARGE, REFUND
from core.service.partial_stage import told, waiting
from tests.helpers.journals import bring


@pytest.fixture
def journal(tmp_path):
    """An empty journal."""
    made = Journal(tmp_path / "journal.db", ManualClock())
    yield made
    made.close()


@pytest.fixture
def facts(journal):
    """Its centre's facts."""
    return journal.ledger.centrefacts


def begun(journal, visit="MZ1", kept=("2", "3"), gone=("1",)) -> int:
    """A refund in part that is on disk and has not left."""
    with journal.commit():
        return journal.ledger.centrefacts.begin_partial(
            visit, "H1", kept, gone, 500, "退药", "0101"
        )


def test_the_centres_number_is_that_of_the_last_registration(journal, facts):
    assert facts.centre_visit_no("MZ1") == "" and facts.visit_of("9") == ""
    with journal.commit():
        facts.numbered("MZ1", "99001", "H1")
        facts.numbered("MZ1", "99002", "H2")
        facts.numbered("MZ2", "99003", "H3")
    assert facts.centre_visit_no("MZ1") == "99002"
    assert (facts.visit_of("99001"), facts.visit_of("99003")) == ("MZ1", "MZ2")


def test_a_refund_in_part_goes_through_its_stages(journal, facts):
    number = begun(journal)
    (one,) = facts.partials("MZ1")
    assert (one.kept, one.gone, one.kept_total) == (("2", "3"), ("1",), 500)
    assert told(journal, one).stage is PartialStage.FAILED, "nothing ever left"
    assert facts.gone_lines("MZ1") == frozenset() and waiting(journal.ledger, "MZ1") == 0
    with journal.commit():
        facts.partial_did(number, REFUND, "H2")
    assert told(journal, one).stage is PartialStage.REFUNDED
    assert facts.gone_lines("MZ1") == {"1"} and waiting(journal.ledger, "MZ1") == number
    with journal.commit():
        facts.partial_did(number, CHARGE, "H3")
    done = told(journal, one)
    assert (done.stage, done.refund, done.charge) == (PartialStage.DONE, "H2", "H3")
    assert waiting(journal.ledger, "MZ1") == 0 and facts.gone_lines("MZ1") == {"1"}


def test_a_new_registration_begins_without_what_was_refunded_before(journal, facts):
    number = begun(journal)
    with journal.commit():
        facts.partial_did(number, REFUND, "H2")
        facts.begins_anew("MZ1", "H4")
    assert facts.gone_lines("MZ1") == frozenset()
    assert facts.partial_done(number) == {REFUND: "H2", ANEW: "H4"}
    assert told(journal, facts.partials("MZ1")[0]).stage is PartialStage.LEFT
    assert waiting(journal.ledger, "MZ1") == 0


def test_a_person_may_end_it_and_the_first_word_counts(journal, facts):
    number = begun(journal)
    with journal.commit():
        facts.partial_did(number, REFUND, "H2")
        facts.leave_partial(number, "0201", "全部退费")
        facts.leave_partial(number, "0201", "再说一次")
    assert facts.left_partial(number) == "全部退费" and facts.left_partial(99) == ""
    assert waiting(journal.ledger, "MZ1") == 0
    one = told(journal, facts.partials()[0])
    assert one.stage is PartialStage.LEFT and "全部退费" in one.says


def test_of_several_the_newest_comes_first(journal, facts):
    numbers = [begun(journal), begun(journal, "MZ2"), begun(journal)]
    assert [one.number for one in facts.partials()] == numbers[::-1]
    assert [one.number for one in facts.partials("MZ1")] == [numbers[2], numbers[0]]


@pytest.mark.parametrize("sql", ["UPDATE partial_refund SET reason = 'x'",
                                 "DELETE FROM partial_refund"])  # fmt: skip
def test_what_was_begun_is_never_changed(journal, sql):
    begun(journal)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), journal.commit():
        journal.db.conn.execute(sql)


def test_data_of_a_settlement_are_kept_each_time_and_the_last_is_shown(journal, facts):
    assert facts.settlement_data("H1") == {}
    with journal.commit():
        facts.keep_settlement_data("H1", {"total": 100})
        facts.keep_settlement_data("H1", {"total": 200, "shares": [{"item": "现金"}]})
    assert facts.settlement_data("H1") == {"total": 200, "shares": [{"item": "现金"}]}


def test_visits_that_were_tried_are_those_whose_message_left(journal):
    bring(journal, "MZ1", State.REJECTED, operator="0101")
    bring(journal, "MZ2", State.NOT_SENT, operator="0101")
    bring(journal, "MZ3", State.UNKNOWN, operator="0101", step="cancel_settlement")
    bring(journal, "MZ4", State.REJECTED, operator="0101", step="register")
    now = journal.clock.now()
    day = Period(begin=now, end=now)
    assert journal.ledger.daybook.visits_tried(day) == ["MZ1", "MZ3"]
    assert journal.ledger.daybook.visits_tried(day, "0999") == []
