"""Versions of medical records and their uploads: kept as they were, never changed."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.domain import Registration
from core.domain.record import INPATIENT, OUTPATIENT, MedicalRecord, RecordUpload
from core.journal import Journal
from core.journal.casenotes import CaseNotes
from tests.helpers.journals import moment, settlement

VALUES = {"complaint": "右手夹伤\n一小时 🩹", "diagnoses": [{"code": "S62.601", "main": "1"}]}


def notes(journal: Journal) -> CaseNotes:
    return journal.ledger.casenotes


def record(visit_no: str = "MZ1", **more: object) -> MedicalRecord:
    """A record from a file."""
    known = {"step": OUTPATIENT, "values": VALUES, "source": "病历.xlsx", "at": moment()} | more
    return MedicalRecord(visit_no=visit_no, **known)


def add(journal: Journal, *records: MedicalRecord) -> list[int]:
    with journal.commit():
        return [notes(journal).add(item) for item in records]


def upload(msgid: str, **more: object) -> RecordUpload:
    """An upload the centre took."""
    known = {"visit_no": "MZ1", "step": OUTPATIENT, "record_no": "BL1", "version": 1,
             "at": moment()} | more  # fmt: skip
    return RecordUpload(msgid=msgid, **known)


def test_a_version_comes_back_as_it_was_kept(journal: Journal) -> None:
    [number] = add(journal, record())
    assert notes(journal).newest("MZ1") == (number, record())
    assert notes(journal).version(number) == (number, record())
    text = journal.db.conn.execute("SELECT content FROM record").fetchone()[0]
    assert json.loads(text) == VALUES and "夹伤" in text


def test_the_newest_version_counts_and_the_older_ones_stay(journal: Journal) -> None:
    first, other, second = add(
        journal, record(), record("MZ2"), record(values={"complaint": "改"}, step=INPATIENT)
    )
    assert first < other < second
    newest = notes(journal).newest("MZ1")
    assert newest is not None and newest[0] == second and newest[1].step == INPATIENT
    assert notes(journal).version(first) == (first, record())
    assert notes(journal).version(other) == (other, record("MZ2"))


def test_what_is_not_there_is_nothing(journal: Journal) -> None:
    add(journal, record())
    assert notes(journal).newest("MZ404") is None
    assert notes(journal).version(404) is None
    assert notes(journal).uploads("MZ1") == ()
    assert notes(journal).known_visits(10) == ["MZ1"]
    assert notes(journal).settled_visits("", 10) == []


@pytest.mark.parametrize("sql", ["UPDATE record SET content = '{}'", "UPDATE record SET at = ''"])
def test_a_version_is_never_changed(journal: Journal, sql: str) -> None:
    add(journal, record())
    with pytest.raises(sqlite3.IntegrityError, match="never changed"), journal.commit():
        journal.db.conn.execute(sql)
    assert notes(journal).newest("MZ1") is not None


def test_uploads_are_newest_first_and_stand_once(journal: Journal) -> None:
    late = upload("M3", at=moment(10), valid=False, version=2)
    with journal.commit():
        for item in (upload("M1"), upload("M2"), late, upload("M1", record_no="BL9")):
            notes(journal).uploaded(item)
        notes(journal).uploaded(upload("M4", visit_no="MZ2"))
    assert notes(journal).uploads("MZ1") == (late, upload("M2"), upload("M1"))
    assert [item.msgid for item in notes(journal).uploads("MZ2")] == ["M4"]


def test_a_commit_that_fails_leaves_no_version(journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError), journal.commit():
        notes(journal).add(record())
        raise ZeroDivisionError
    assert notes(journal).newest("MZ1") is None
    assert add(journal, record()) == [1]


def test_visits_with_a_record_are_listed_by_their_last_version(journal: Journal) -> None:
    add(journal, *(record(f"MZ{n}") for n in (1, 2, 3, 1)))
    assert notes(journal).known_visits(10) == ["MZ1", "MZ3", "MZ2"]
    assert notes(journal).known_visits(2) == ["MZ1", "MZ3"]
    assert notes(journal).known_visits(0) == []


def test_only_what_stands_waits_for_a_record(journal: Journal, clock: ManualClock) -> None:
    with journal.commit():
        for number, day in ((1, 2), (2, 9), (3, 5)):
            who = Registration(visit_no=f"MZ{number}", person_name="某某")
            journal.ledger.plan_visit(who, None, None)
            paid = settlement(f"M{number}", f"MZ{number}", settled_at=moment(day=day))
            journal.ledger.add_settlement(paid, {})
        sql = "UPDATE settlement SET cancelled_by = 'R3' WHERE msgid = 'M3'"
        journal.db.conn.execute(sql)
    found = notes(journal).settled_visits("", 10)
    assert [row.visit_no for row in found] == ["MZ2", "MZ1"]
    assert json.loads(found[0].registration)["person_name"] == "某某"
    assert [row.visit_no for row in notes(journal).settled_visits("", 1)] == ["MZ2"]
    since = (moment(day=2) + timedelta(seconds=1)).isoformat()
    assert [row.visit_no for row in notes(journal).settled_visits(since, 10)] == ["MZ2"]
    assert len(notes(journal).settled_visits(moment(day=2).isoformat(), 10)) == 2
