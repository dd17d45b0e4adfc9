"""What the slip of a stay says beside every slip: ward and days, discharge, and the deposit.

Everything is as it stood when the settlement was made: a discharge taken back later does not change
a slip (domain.md §2.1, §1.6).
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from core.clock import CHINA
from core.domain import Registration, Settlement
from core.domain.stay import days_of_stay
from core.journal import Ledger
from core.money import Fen


class Words(Protocol):
    """The Chinese word of a code."""

    def label(self, code_list: str, code: str) -> str:
        """The word, or the code itself."""
        ...


def stay_head(
    ledger: Ledger, words: Words, known: Registration, paid: Settlement, made: datetime
) -> dict[str, str]:
    """The rows of a stay; ``made``: when the settlement's message was."""
    end = ledger.stays.discharge_at(known.visit_no, made)
    until = end.discharged_at if end else paid.settled_at
    begun = known.admitted_at
    return {
        "inpatient_no": known.inpatient_no, "ward": known.ward_name, "bed": known.bed,
        "admitted_at": _when(begun) if begun else "",
        "discharged_at": _when(end.discharged_at) if end else "",
        "days": str(days_of_stay(begun, until)) if begun else "",
        "outcome": words.label("dscg_trt_rslt", end.outcome_code) if end else "",
        "discharge_diagnosis": end.diagnosis_name or end.diagnosis_code if end else "",
    }  # fmt: skip


def deposit_rows(ledger: Ledger, paid: Settlement, made: datetime) -> dict[str, Fen]:
    """Deposit, and what was collected or returned beside it; empty without a deposit."""
    deposit = ledger.stays.deposit_at(paid.visit_no, made)
    if not deposit:
        return {}
    left = deposit - paid.amounts.personal
    return {"deposit": deposit, **({"to_return": left} if left > 0 else {"to_collect": -left})}


def _when(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
