"""Frozen models in the cashier's words; no I/O, no wire names, no screen texts."""

from core.domain.fees import FeeLine, LineResult
from core.domain.operator import Operator, Role
from core.domain.person import Person, Qualification
from core.domain.settlement import Amounts, Settlement
from core.domain.transaction import (
    CLOSED_STATES,
    OPEN_STATES,
    Entry,
    State,
    Transaction,
)
from core.domain.visit import Discharge, Registration, Stage, Visit

__all__ = [
    "CLOSED_STATES",
    "OPEN_STATES",
    "Amounts",
    "Discharge",
    "Entry",
    "FeeLine",
    "LineResult",
    "Operator",
    "Person",
    "Qualification",
    "Registration",
    "Role",
    "Settlement",
    "Stage",
    "State",
    "Transaction",
    "Visit",
]
