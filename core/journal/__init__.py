"""The desk's memory of every transaction; the only package that knows the journal's SQLite."""

from core.journal.lease import Lease
from core.journal.ledger import Ledger
from core.journal.store import Draft, Journal, OpenTransaction

__all__ = ["Draft", "Journal", "Lease", "Ledger", "OpenTransaction"]
