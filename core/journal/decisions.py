"""What the journal learns without sending: an entry with what it changes, in one commit."""

from __future__ import annotations

from collections.abc import Callable

from core.domain import Transaction
from core.journal.ledger import Ledger
from core.journal.store import Journal

Effect = Callable[[Ledger], None]


def decide(journal: Journal, msgid: str, text: str, effect: Effect) -> None:
    """Somebody has decided ``text`` about ``msgid`` (or empty); ``effect`` changes the ledger."""
    with journal.commit():
        journal.append(msgid, "decision", text)
        effect(journal.ledger)


def adopt(journal: Journal, row: Transaction, text: str, effect: Effect) -> None:
    """A transaction that the centre has and this journal lost: it stands from now on.

    Raises ``sqlite3.IntegrityError`` for a message id that the journal has.
    """
    with journal.commit():
        journal.insert(row)
        journal.append(row.msgid, "decision", text)
        effect(journal.ledger)
