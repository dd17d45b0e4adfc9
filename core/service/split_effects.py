"""What an accepted sending of disease data leaves in the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.clock import Clock
from core.domain import Transaction
from core.journal import Ledger

Values = Mapping[str, Any]
Rows = Sequence[Values]


def _sent(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    ids = [str(line["line_id"]) for line in row.facts.get("lines", ())]
    ledger.centrefacts.diseases_sent(row.visit, ids, row.msgid)


SPLIT_EFFECTS = {"disease_part": _sent}
