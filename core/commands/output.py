"""How commands answer: exit codes, one JSON value, rows of a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from core.domain import Transaction
from core.protocol.wirejson import laid_out, to_json

CODES = {"accepted": 0, "rejected": 1, "invalid": 2, "unknown": 3, "not_sent": 4}


def write_json(value: Any, indent: int | None = None) -> None:
    """Exactly one JSON value on standard output; numbers keep the digits they came with."""
    sys.stdout.write((laid_out(value) if indent else to_json(value)) + "\n")


def write_rows(rows: Sequence[Sequence[object]]) -> None:
    """Tab-separated lines for a person or ``cut``."""
    for row in rows:
        sys.stdout.write("\t".join("" if item is None else str(item) for item in row) + "\n")


def row_of(row: Transaction) -> dict[str, Any]:
    """A journal row as ``journal list`` gives it."""
    return {
        "msgid": row.msgid, "code": row.code, "visit": row.visit, "state": str(row.state),
        "amount": row.amount, "corrects": row.corrects, "made": row.made.isoformat(),
    }  # fmt: skip


def pending_of(row: Transaction) -> dict[str, Any]:
    """An open row as ``pending`` gives it."""
    return {
        "msgid": row.msgid, "code": row.code, "visit": row.visit, "state": str(row.state),
        "attempts": row.attempts,
        "next_try": row.next_try.isoformat() if row.next_try else None, "known": row.known,
    }  # fmt: skip
