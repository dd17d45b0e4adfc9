"""Journal and the centre's own books must say the same of a visit, to the fen."""

from __future__ import annotations

from typing import Any

from core.app import Desk

Books = dict[str, list[dict[str, Any]]]


def live_visits(books: Books, visit_no: str) -> list[dict[str, Any]]:
    """The registrations of a visit that the centre holds for valid."""
    return [
        row for row in books["visits"] if row["visit_no"] == visit_no and row["state"] == "live"
    ]


def live_settlements(books: Books, visit_no: str) -> list[dict[str, Any]]:
    """Its settlements that are neither cancelled nor reversed."""
    return [
        row for row in books["settlements"]
        if row["visit_no"] == visit_no and not row["cancelled_by"] and not row["reversed_by"]
    ]  # fmt: skip


def live_lines(books: Books, visit_no: str) -> list[str]:
    """Ids of its lines at the centre, in order, doubles included."""
    ids = {row["id"] for row in live_visits(books, visit_no)}
    rows = [row for row in books["lines"] if row["visit_id"] in ids and not row["removed_by"]]
    return sorted(row["line_id"] for row in rows)


def assert_agree(desk: Desk, books: Books, visit_no: str) -> None:
    """Everything the desk holds for done is at the centre, once, and the other way round."""
    theirs = [
        (row["msgid"], row["total"], row["fund"], row["personal"], row["cancelled_by"])
        for row in books["settlements"]
        if row["visit_no"] == visit_no and not row["reversed_by"]
    ]
    ours = [
        (row.msgid, row.amounts.total, row.amounts.fund, row.amounts.personal, row.cancelled_by)
        for row in desk.history.settlements(visit_no)
    ]
    assert sorted(theirs) == sorted(ours)
    assert len(live_settlements(books, visit_no)) <= 1
    assert len(live_visits(books, visit_no)) <= 1
    assert bool(live_visits(books, visit_no)) == bool(
        desk.journal.ledger.visit(visit_no).registered_by
    )
    assert live_lines(books, visit_no) == sorted(desk.journal.ledger.uploaded_ids(visit_no))
    assert desk.journal.verify() is None
