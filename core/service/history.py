"""What happened: transactions, timelines with masked messages, settlements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core.domain import Entry, Settlement, Transaction, Visit
from core.journal import Journal
from core.service.visits import Visits


class History:
    """Reads the journal for the screens; never shows an unmasked message."""

    def __init__(self, journal: Journal, visits: Visits, mask: Callable[[str], str]) -> None:
        self._journal = journal
        self._visits = visits
        self._mask = mask

    def find(
        self, text: str = "", day: date | None = None, limit: int = 500
    ) -> tuple[Transaction, ...]:
        """Transactions, newest first; ``text`` is part of a visit or message id, or a code."""
        return tuple(self._journal.find(text.strip(), day.isoformat() if day else "", limit))

    def timeline(self, msgid: str) -> tuple[Entry, ...]:
        """Every entry of a transaction and of the looks and fences for it, messages masked."""
        return tuple(
            entry.model_copy(update={"payload": self._mask(entry.payload)})
            if entry.payload
            else entry
            for entry in self._journal.entries(msgid)
        )

    def settlements(self, text: str = "", day: date | None = None) -> tuple[Settlement, ...]:
        """Settlements, newest first; ``text`` is part of visit, bill, message id or name."""
        return self._journal.ledger.settlements(text.strip(), day.isoformat() if day else "")

    def visit(self, visit_no: str) -> Visit:
        """The visit as it stands."""
        return self._visits.read(visit_no)

    def person_name(self, visit_no: str) -> str:
        """The patient's name of a visit that the desk has worked on, else empty; cheap."""
        row = self._journal.ledger.visit(visit_no) if visit_no else None
        known = row.registration if row else None
        return (known.person_name if known else "") or (
            row.person.name if row and row.person else ""
        )
