"""Deductions and appeals in the journal's file: kept, overlaid, listed, summed, never lost."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import pytest

from core.domain.deduction import Appeal, AppealState, Attachment, Deduction
from core.journal import Journal
from core.journal.audits import Audits, Wanted, wanted
from tests.helpers.journals import moment

EVERYTHING = wanted()


def deduction(ded_id: str = "D1", **changes: object) -> Deduction:
    """An open deduction of 1.00."""
    known = {
        "visit_no": "MZ1", "bill_no": "MZ1-1", "person_no": "990010001", "person_name": "沈建国",
        "line_id": "L1", "centre_code": "F1", "amount": 500, "deducted": 100, "reason": "超范围",
        "audited_at": moment(8, 0, 2), "appeal_until": moment(8, 0, 20), "code": "0",
        "seen_at": moment(),
    }  # fmt: skip
    return Deduction(ded_id=ded_id, **{**known, **changes})  # type: ignore[arg-type]


def keep(journal: Journal, *rows: Deduction) -> Audits:
    """Keep rows; gives the store."""
    with journal.commit():
        journal.ledger.audits.keep_deductions(rows)
    return journal.ledger.audits


def ids(audits: Audits, asked: Wanted = EVERYTHING, limit: int = 100) -> list[str]:
    """What a list shows."""
    return [row.ded_id for row in audits.deductions(asked, limit)]


def test_a_deduction_comes_back_as_it_was(journal: Journal) -> None:
    audits = keep(journal, deduction())
    assert audits.deduction("D1") == deduction()
    assert audits.deduction("D2") is None


def test_what_the_centre_left_out_stays_empty(journal: Journal) -> None:
    bare = Deduction(ded_id="D1", deducted=1, seen_at=moment())
    assert keep(journal, bare).deduction("D1") == bare


def test_a_newer_look_overlays_the_centres_part_only(journal: Journal) -> None:
    audits = keep(journal, deduction())
    with journal.commit():
        audits.keep_appeal(Appeal(ded_id="D1", amount=80, reason="理由"))
        audits.appealed("D1", "M1", "SS1", moment(9))
    keep(journal, deduction(code="2", state=AppealState.UPHELD, deducted=90))
    found = audits.deduction("D1")
    assert found is not None
    assert (found.code, found.state, found.deducted) == ("2", AppealState.UPHELD, 90)
    assert (found.msgid, found.appeal_no, found.sent_at) == ("M1", "SS1", moment(9))
    assert found.drafted


def test_the_most_pressing_stands_first(journal: Journal) -> None:
    audits = keep(
        journal,
        deduction("late", appeal_until=moment(8, 0, 25)),
        deduction("done", state=AppealState.UPHELD, appeal_until=moment(8, 0, 1)),
        deduction("soon", appeal_until=moment(8, 0, 5)),
        deduction("again", appeal_until=moment(8, 0, 9), state=AppealState.RETURNED),
        deduction("never", appeal_until=None),
        deduction("newer", state=AppealState.DISMISSED, audited_at=moment(8, 0, 3)),
    )
    assert ids(audits) == ["soon", "again", "late", "never", "newer", "done"]
    assert ids(audits, limit=2) == ["soon", "again"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (wanted(text="沈建"), ["D1", "D2"]),
        (wanted(text="MZ2"), ["D2"]),
        (wanted(text="重复"), ["D2"]),
        (wanted(text="D1"), ["D1"]),
        (wanted(text="没有"), []),
        (wanted(state="waiting"), ["D2"]),
        (wanted(state="gone"), []),
        (wanted(begin=moment(0, 0, 5)), ["D2"]),
        (wanted(end=moment(0, 0, 5)), ["D1"]),
        (wanted(begin=moment(0, 0, 3), end=moment(0, 0, 5)), []),
        (wanted(state="may"), ["D1"]),
        (wanted(text="沈", state="may"), ["D1"]),
    ],
)
def test_lists_by_every_filter(journal: Journal, asked: Wanted, found: list[str]) -> None:
    other = {"visit_no": "MZ2", "reason": "重复收费", "state": AppealState.WAITING}
    audits = keep(journal, deduction(), deduction("D2", audited_at=moment(8, 0, 9), **other))
    assert ids(audits, asked) == found


def test_sums_follow_the_same_filter(journal: Journal) -> None:
    third = deduction("D3", reason="重复", deducted=400, state=AppealState.UPHELD)
    audits = keep(journal, deduction("D1"), deduction("D2", deducted=50), third)
    with journal.commit():
        for ded_id, amount, msgid in (("D1", 70, "M1"), ("D2", 20, ""), ("D3", 300, "M3")):
            audits.keep_appeal(Appeal(ded_id=ded_id, amount=amount))
            if msgid:
                audits.appealed(ded_id, msgid, "", moment())
    rows = [tuple(row.model_dump().values()) for row in audits.sums(EVERYTHING)]
    assert rows == [("重复", 1, 400, 300, 300), ("超范围", 2, 150, 70, 0)]
    assert [row.reason for row in audits.sums(wanted(text="重复"))] == ["重复"]


def test_a_period_is_half_open(journal: Journal) -> None:
    audits = keep(journal, deduction("in", audited_at=moment(0, 0, 2)),
                  deduction("out", audited_at=moment(0, 0, 3)))  # fmt: skip
    found = audits.listed_between(moment(0, 0, 2), moment(0, 0, 3))
    assert [row.ded_id for row in found] == ["in"]


def test_a_mark_changes_the_state_alone(journal: Journal) -> None:
    audits = keep(journal, deduction())
    with journal.commit():
        audits.mark("D1", AppealState.GONE)
    assert audits.deduction("D1") == deduction(state=AppealState.GONE)


def test_drafts_are_overwritten_and_keep_their_moment(journal: Journal) -> None:
    audits = keep(journal, deduction())
    for reason in ("一", "二"):
        with journal.commit():
            audits.keep_appeal(Appeal(ded_id="D1", amount=1, reason=reason, phone="0990"))
    draft = audits.appeal("D1")
    assert draft is not None and (draft.reason, draft.phone) == ("二", "0990")
    assert draft.saved_at == journal.clock.now() and audits.appeal("D2") is None


def test_attachments_keep_their_order_and_stand_once(journal: Journal) -> None:
    audits = keep(journal, deduction())
    first = Attachment(digest="a" * 64, name="一.pdf", kind="pdf", size=10)
    second = Attachment(digest="b" * 64, name="二.jpg", kind="jpg", size=20)
    with journal.commit():
        for item in (first, second, first.model_copy(update={"name": "三.pdf"})):
            audits.attach("D1", item)
    assert [one.name for one in audits.attachments("D1")] == ["三.pdf", "二.jpg"]
    with journal.commit():
        audits.detach("D1", first.digest)
    assert audits.attachments("D1") == (second,)


def test_histories_are_in_order_and_apart(journal: Journal) -> None:
    audits = keep(journal, deduction(), deduction("D2"))
    with journal.commit():
        audits.tell([("D1", "new", "1.00"), ("D2", "new", "2.00"), ("D1", "gone", "")])
    assert [(one.kind, one.text) for one in audits.events("D1")] == [("new", "1.00"), ("gone", "")]
    assert audits.events("D1")[0].at == journal.clock.now()
    assert audits.events("none") == ()


@pytest.mark.parametrize("broken", ["appeal", "attachment", "event"])
def test_nothing_hangs_on_a_deduction_that_is_not_there(journal: Journal, broken: str) -> None:
    audits = journal.ledger.audits
    item = Attachment(digest="a", name="a.pdf", kind="pdf", size=1)
    calls = {
        "appeal": lambda: audits.keep_appeal(Appeal(ded_id="none", amount=1)),
        "attachment": lambda: audits.attach("none", item),
        "event": lambda: audits.tell([("none", "new", "")]),
    }
    with pytest.raises(sqlite3.IntegrityError), journal.commit():
        calls[broken]()


def test_a_failed_commit_leaves_nothing(journal: Journal) -> None:
    audits = keep(journal, deduction())
    with pytest.raises(RuntimeError), journal.commit():
        audits.mark("D1", AppealState.GONE)
        raise RuntimeError("half-way")
    found = audits.deduction("D1")
    assert found is not None and found.state is AppealState.OPEN


def test_thousands_are_listed_with_a_limit(journal: Journal) -> None:
    many = [deduction(f"D{n:05}", audited_at=moment() + timedelta(seconds=n)) for n in range(3000)]
    audits = keep(journal, *many)
    assert len(ids(audits, limit=500)) == 500
    assert sum(row.count for row in audits.sums(EVERYTHING)) == 3000


def test_without_an_audit_the_first_sight_counts(journal: Journal) -> None:
    audits = keep(journal, deduction(audited_at=None, seen_at=moment(8, 0, 4)))
    assert ids(audits, wanted(begin=moment(0, 0, 4), end=moment(0, 0, 5))) == ["D1"]
    assert ids(audits, wanted(begin=moment(0, 0, 5))) == []


def test_what_is_asked_is_written_as_the_file_has_it() -> None:
    begin = datetime(2026, 3, 2, tzinfo=moment().tzinfo)
    assert wanted(begin, text="沈") == (begin.isoformat(), "", "", "%沈%")
