"""The journal's record of stays: filings, append-only discharges and deposits, worklist rows."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from core.domain import Discharge, Registration, State
from core.domain.stay import Attachment, Filing
from core.errors import SetupError
from core.journal import Journal
from core.journal.stays import ROWS
from tests.helpers.journals import amounts, begin, bring, line, moment, result, settlement

END = Discharge(discharged_at=moment(8), outcome_code="01", diagnosis_code="S61.801")


def registration(visit_no="ZY1", **changes):
    values = {"med_type": "21", "inpatient_no": "BA1", "person_name": "石宝珍", **changes}
    return Registration(visit_no=visit_no, **values)


def plan(journal, visit_no="ZY1", registered="M0", **changes):
    with journal.commit():
        journal.ledger.plan_visit(registration(visit_no, **changes), None, None)
        if registered:
            journal.ledger.registered(visit_no, registered)


def filing(made_by="M1", **changes):
    values = {
        "person_no": "P1", "name": "贾云鹏", "id_no": "990101", "med_type": "21", "kind": "1",
        "injured_at": moment(1), "begins": moment(2), "reason": "急诊抢救", "number": "BA1",
        "state": "1", "made_at": moment(9), "made_by": made_by, **changes,
    }  # fmt: skip
    return Filing(**values)


def known(journal, visit_no="", since=None):
    return journal.ledger.stays.known(since, visit_no)


# -- filings


def test_a_filing_comes_back_as_it_was_kept(journal):
    kept = filing(
        ends=moment(3, day=20), attachments=(Attachment(file_name="a.pdf", digest="d", size=3),)
    )
    with journal.commit():
        journal.ledger.stays.add_filing(kept)
    assert journal.ledger.stays.filing("BA1") == kept
    assert journal.ledger.stays.filings("P1") == (kept,)
    assert journal.ledger.stays.filings("P2") == ()
    assert journal.ledger.stays.filing("BA2") is None


def test_the_same_message_is_one_filing_and_the_newest_comes_first(journal):
    with journal.commit():
        journal.ledger.stays.add_filing(filing(state="0"))
        journal.ledger.stays.add_filing(filing(state="1"))
        journal.ledger.stays.add_filing(filing("M2", number="BA2", made_at=moment(10)))
    assert [(item.made_by, item.state) for item in journal.ledger.stays.filings()] == [
        ("M2", "1"), ("M1", "1"),
    ]  # fmt: skip
    assert len(journal.ledger.stays.filings(limit=1)) == 1


def test_a_filing_without_a_number_is_not_found_by_an_empty_one(journal):
    with journal.commit():
        journal.ledger.stays.add_filing(filing(number=""))
    assert journal.ledger.stays.filing("") is None
    assert len(journal.ledger.stays.filings("P1")) == 1


# -- notes


def test_the_last_note_counts_and_all_are_kept(journal, clock):
    stays = journal.ledger.stays
    assert stays.discharge("ZY1") is None and stays.notes("ZY1") == ()
    for end, reason in ((END, ""), (None, "病情反复"), (END, "")):
        with journal.commit():
            stays.note_discharge("ZY1", end, "0101", reason)
        clock.advance(60)
    assert stays.discharge("ZY1") == END and stays.discharge("ZY2") is None
    assert [(bool(note.discharge), note.reason) for note in stays.notes("ZY1")] == [
        (True, ""), (False, "病情反复"), (True, ""),
    ]  # fmt: skip
    assert {note.operator for note in stays.notes("ZY1")} == {"0101"}


def test_what_stood_at_a_moment_can_be_asked(journal, clock):
    stays, begun = journal.ledger.stays, clock.now()
    clock.advance(60)
    for end, deposit in ((END, 100), (None, 200)):
        with journal.commit():
            stays.note_discharge("ZY1", end, "0101")
            stays.note_deposit("ZY1", deposit, "0101")
        clock.advance(60)
    assert (stays.discharge_at("ZY1", begun), stays.deposit_at("ZY1", begun)) == (None, 0)
    between = begun + timedelta(seconds=90)
    assert (stays.discharge_at("ZY1", between), stays.deposit_at("ZY1", between)) == (END, 100)
    assert (stays.discharge_at("ZY1", clock.now()), stays.deposit_at("ZY1", clock.now())) == (
        None, 200,
    )  # fmt: skip
    assert [note.discharge for note in stays.notes("ZY1")] == [END, None]


@pytest.mark.parametrize("sql", ["DELETE FROM stay_note", "UPDATE stay_note SET value = ''"])
def test_notes_only_grow(journal, sql):
    with journal.commit():
        journal.ledger.stays.note_discharge("ZY1", END, "0101")
    with pytest.raises((sqlite3.DatabaseError, SetupError)), journal.commit():
        journal.db.conn.execute(sql)
    assert journal.ledger.stays.discharge("ZY1") == END


# -- rows


def test_only_stays_are_rows(journal):
    plan(journal, "MZ1", med_type="11", inpatient_no="")
    plan(journal, "ZY1")
    plan(journal, "ZY2", med_type="22", inpatient_no="")
    plan(journal, "ZY3", med_type="", inpatient_no="BA3", registered="")
    rows = {row.visit_no: row for row in known(journal)}
    assert rows.keys() == {"ZY1", "ZY2", "ZY3"}
    assert rows["ZY1"].registered and not rows["ZY3"].registered
    assert rows["ZY1"].registration == registration()
    assert [row.visit_no for row in known(journal, "ZY2")] == ["ZY2"]


def test_a_row_has_lines_amounts_and_what_blocks(journal):
    plan(journal)
    with journal.commit():
        journal.ledger.add_uploaded("ZY1", "M2", [result("L1", amount=5), result("L2", amount=7)])
        journal.ledger.presettled("ZY1", "M3", amounts())
        journal.ledger.stays.note_discharge("ZY1", END, "0101")
    open_one = begin(journal, "ZY1", blocks=True)
    [row] = known(journal)
    assert (row.uploaded, row.uploaded_total, row.lines, row.amount) == (2, 12, None, None)
    assert row.presettlement == amounts() and row.discharge == END
    assert row.open_msgid == open_one.msgid and row.settlement == "" and not row.printed


def test_imported_lines_are_counted_where_there_are_any(journal):
    plan(journal)
    with journal.commit():
        journal.ledger.keep_lines("ZY1", [line("L1", "ZY1"), line("L2", "ZY1")])
    [row] = known(journal)
    assert (row.lines, row.amount) == (2, 2 * line("L1", "ZY1").amount)


def test_a_settlement_and_its_print(journal):
    plan(journal)
    with journal.commit():
        journal.ledger.add_settlement(settlement("M5", "ZY1"), {})
    [row] = known(journal)
    assert (row.settlement, row.settled_total, row.printed) == ("M5", 10_000, False)
    with journal.commit():
        journal.ledger.add_print("M5", "desk")
        journal.ledger.add_print("M5", "desk")
    [row] = known(journal)
    assert row.printed
    with journal.commit():
        journal.ledger.settlement_cancelled("M5", "M6")
    [row] = known(journal)
    assert row.settlement == "" and row.settled_total is None and not row.printed


def test_old_settled_and_cancelled_stays_are_left_out(journal, clock):
    for visit_no in ("ZY1", "ZY2", "ZY3"):
        plan(journal, visit_no)
    gone = bring(journal, "ZY3", State.SETTLED)
    with journal.commit():
        journal.ledger.add_settlement(settlement("M5", "ZY1"), {})
        journal.ledger.registration_cancelled("ZY3", gone.msgid)
    assert {row.visit_no for row in known(journal)} == {"ZY1", "ZY2", "ZY3"}
    later = clock.now() + timedelta(days=1)
    assert {row.visit_no for row in known(journal, since=later)} == {"ZY2"}
    earlier = clock.now() - timedelta(days=40)
    assert {row.visit_no for row in known(journal, since=earlier)} == {"ZY1", "ZY2", "ZY3"}


def test_the_rows_never_read_all_visits_of_the_journal(journal: Journal):
    sql = f"EXPLAIN QUERY PLAN {ROWS}"
    plan_of = journal.db.conn.execute(sql, {"since": "", "visit": ""}).fetchall()
    scans = [row[3] for row in plan_of if row[3].startswith("SCAN")]
    assert [scan for scan in scans if "visit_of_stay" not in scan and "json_each" not in scan] == []
