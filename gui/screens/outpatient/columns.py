"""The fee table's columns; on a narrow page the dispensable ones go."""

from __future__ import annotations

from core.words import say
from gui.screens.outpatient.fees import FeeRow
from gui.widgets.table import Column

MARKS = {"accepted": "done", "faulty": "danger", "waiting": None}


def _title(name: str) -> str:
    return say(f"outpatient.column.{name}")


def _red(row: FeeRow) -> str | None:
    return "danger" if row.refund else None


def _state(row: FeeRow) -> str:
    return say(f"outpatient.line.{row.state}")


def _tone(row: FeeRow) -> str | None:
    return MARKS[row.state]


def fee_columns(narrow: bool) -> tuple[Column, ...]:
    """All columns, or the ones that a narrow page has room for."""
    wide = (
        Column("spec", _title("spec"), lambda row: row.spec, 9),
        Column("self_paid", _title("self_paid"), lambda row: row.self_paid, 8, "right"),
        Column("level", _title("level"), lambda row: row.level, 5, "centre"),
    )
    spec, self_paid, level = () if narrow else wide[:1], () if narrow else wide[1:2], wide[2:]
    return (
        Column("rx_no", _title("rx_no"), lambda row: row.rx_no, 7),
        Column("code", _title("code"), lambda row: row.code, 10),
        Column("name", _title("name"), lambda row: row.name, 14, stretch=True),
        *spec,
        Column("price", _title("price"), lambda row: row.price, 9, "right"),
        Column("quantity", _title("quantity"), lambda row: row.quantity, 6, "right"),
        Column("amount", _title("amount"), lambda row: row.amount, 9, "right", tone=_red),
        *self_paid,
        *(() if narrow else level),
        Column("state", _title("state"), _state, 7, tone=_tone, tip=lambda row: row.says),
        Column("says", _title("says"), lambda row: row.says, 8, stretch=True, tone=_tone),
    )
