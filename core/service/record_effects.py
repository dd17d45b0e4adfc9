"""What an accepted upload of a medical record leaves in the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.clock import Clock
from core.domain import Transaction
from core.domain.record import INPATIENT, OUTPATIENT, RecordUpload
from core.journal import Ledger

Values = Mapping[str, Any]
Rows = Sequence[Values]


def _recorded(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    ledger.casenotes.uploaded(RecordUpload(
        msgid=row.msgid, visit_no=row.visit, step=row.step, at=clock.now(),
        record_no=str(values.get("record_no") or ""),
        version=int(row.facts.get("version") or 0), valid=row.facts.get("valid") != "0",
    ))  # fmt: skip


def _part_taken(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    ledger.centrefacts.part_sent(row.msgid, int(row.facts.get("version") or 0))


PARTS = (
    "record_patient", "record_diagnoses", "record_operations", "record_births", "record_tumour",
    "record_summary",
)  # fmt: skip
RECORD_EFFECTS = {OUTPATIENT: _recorded, INPATIENT: _recorded, **dict.fromkeys(PARTS, _part_taken)}
