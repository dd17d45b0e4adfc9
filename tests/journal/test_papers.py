"""Slips of the centre and jobs at printers, as the journal keeps them."""

from __future__ import annotations

import sqlite3

import pytest

from core.clock import ManualClock
from core.domain.papers import CentreSlip, PaperStanding
from core.journal import Journal
from core.journal.papers import Papers
from tests.helpers.journals import moment


def papers(journal: Journal) -> Papers:
    return journal.ledger.papers


def slip(digest: str = "a" * 64, **more: object) -> CentreSlip:
    """A slip of the settlement M1."""
    known = {"msgid": "M1", "size": 12, "file_name": "结算单.pdf", "file_type": "pdf",
             "fetched_at": moment(), "operator": "0101"} | more  # fmt: skip
    return CentreSlip(digest=digest, **known)


def rows(journal: Journal, table: str) -> int:
    return int(journal.db.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_the_same_bytes_are_kept_once(journal: Journal) -> None:
    with journal.commit():
        papers(journal).keep_slip(slip())
        papers(journal).keep_slip(slip(fetched_at=moment(11), file_name="又一次.pdf"))
    assert papers(journal).slip("M1") == slip()
    assert rows(journal, "centre_slip") == 1


def test_other_bytes_stand_beside_the_first_and_count(journal: Journal) -> None:
    with journal.commit():
        for digest in ("a" * 64, "b" * 64, "a" * 64):
            papers(journal).keep_slip(slip(digest))
    assert papers(journal).slip("M1") == slip("a" * 64)
    assert rows(journal, "centre_slip") == 3
    assert papers(journal).slip("M2") is None


def test_prints_of_the_centres_slip_are_counted_by_settlement(journal: Journal) -> None:
    with journal.commit():
        assert papers(journal).add_slip_print("M1", "窗口", "0101") == 1
        assert papers(journal).add_slip_print("M1", "窗口", "0102") == 2
        assert papers(journal).add_slip_print("M2", "窗口", "0101") == 1
    assert [papers(journal).slip_prints(msgid) for msgid in ("M1", "M2", "M3")] == [2, 1, 0]


def test_jobs_wait_until_they_have_ended(journal: Journal, clock: ManualClock) -> None:
    with journal.commit():
        first = papers(journal).add_job("M1", "slip", "窗口一", 41, "0101")
        second = papers(journal).add_job("M2", "centre", "窗口一", 42, "0102")
    waiting = papers(journal).waiting_jobs()
    assert [(job.number, job.msgid, job.job) for job in waiting] == [
        (first, "M1", 41), (second, "M2", 42),
    ]  # fmt: skip
    assert waiting[0].at == clock.now() and waiting[0].state == "waiting"
    assert [job.msgid for job in papers(journal).waiting_jobs("M2")] == ["M2"]
    with journal.commit():
        papers(journal).change_job(first, "gone", "已从队列删除")
    assert [job.number for job in papers(journal).waiting_jobs()] == [second]
    assert papers(journal).waiting_jobs("M1") == ()


@pytest.mark.parametrize(("kind", "state"), [("invoice", "waiting"), ("slip", "burnt")])
def test_strange_kinds_and_states_are_not_written(journal: Journal, kind: str, state: str) -> None:
    with pytest.raises(sqlite3.IntegrityError), journal.commit():
        number = papers(journal).add_job("M1", kind, "窗口一", 1, "")  # type: ignore[arg-type]
        papers(journal).change_job(number, state, "")
    assert papers(journal).waiting_jobs() == ()


def test_the_standing_of_many_is_one_question(journal: Journal) -> None:
    with journal.commit():
        journal.ledger.add_print("M1", "窗口", "0101")
        journal.ledger.add_print("M1", "窗口", "0101")
        papers(journal).add_slip_print("M1", "窗口", "0101")
        papers(journal).add_job("M2", "slip", "窗口二", 7, "0101")
        ended = papers(journal).add_job("M3", "slip", "窗口二", 8, "0101")
        papers(journal).change_job(ended, "gone", "")
        journal.ledger.add_print("M4", "窗口", "0101")
    assert papers(journal).standing(["M1", "M2", "M3", "M404"]) == {
        "M1": PaperStanding(prints=2, centre_prints=1),
        "M2": PaperStanding(waits_at="窗口二"),
    }
    assert papers(journal).standing([]) == {}


def test_the_standing_of_thousands_needs_no_thousand_holes(journal: Journal) -> None:
    with journal.commit():
        journal.ledger.add_print("M4999", "窗口", "0101")
    found = papers(journal).standing([f"M{n}" for n in range(5000)])
    assert found == {"M4999": PaperStanding(prints=1)}
