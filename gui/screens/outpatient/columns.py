"""The fee table's columns: what there is room for, and reasons when there are any."""

from __future__ import annotations

from core.words import say
from gui.screens.outpatient.fees import FeeRow
from gui.widgets.table import Column

MARKS = {"accepted": "done", "faulty": "danger", "waiting": None}
WIDE_FROM, MIDDLE_FROM = 930, 640  # width of the sheet in units


def _title(name: str) -> str:
    return say(f"outpatient.column.{name}")


def _red(row: FeeRow) -> str | None:
    return "danger" if row.refund else None


def _state(row: FeeRow) -> str:
    held = row.held and row.state != "faulty"
    return say(f"outpatient.line.{row.state}{'_held' if held else ''}")


def _tone(row: FeeRow) -> str | None:
    return MARKS[row.state]


def _alarm(row: FeeRow) -> str | None:
    return "danger" if row.state == "faulty" else None


def _source(row: FeeRow) -> str:
    return " ".join(part for part in (row.rx_no, row.line_id) if part)


def _all() -> dict[str, Column]:
    made = (
        Column("rx_no", _title("rx_no"), lambda row: row.rx_no, 14, tip=_source),
        Column("code", _title("code"), lambda row: row.code, 9, tip=_source),
        Column("name", _title("name"), lambda row: row.name, 10, stretch=True),
        Column("spec", _title("spec"), lambda row: row.spec, 9),
        Column("price", _title("price"), lambda row: row.price, 9, "right"),
        Column("quantity", _title("quantity"), lambda row: row.quantity, 6, "right"),
        Column("amount", _title("amount"), lambda row: row.amount, 9, "right", tone=_red),
        Column("self_paid", _title("self_paid"), lambda row: row.self_paid, 8, "right"),
        Column("level", _title("level"), lambda row: row.level, 4, "centre"),
        Column("state", _title("state"), _state, 8, tone=_tone, tip=lambda row: row.says),
        Column("says", _title("says"), lambda row: row.says, 12, stretch=True, tone=_alarm),
    )
    return {column.name: column for column in made}


LAYOUTS = {
    ("wide", False): ("rx_no", "code", "name", "spec", "price", "quantity", "amount", "self_paid",
                      "level", "state"),
    ("wide", True): ("code", "name", "price", "quantity", "amount", "self_paid", "level", "state",
                     "says"),
    ("middle", False): ("code", "name", "price", "quantity", "amount", "self_paid", "level",
                        "state"),
    ("middle", True): ("code", "name", "price", "quantity", "amount", "self_paid", "state",
                       "says"),
    ("narrow", False): ("name", "quantity", "amount", "state"),
    ("narrow", True): ("name", "amount", "state", "says"),
}  # fmt: skip


def room(units: float) -> str:
    """wide, middle or narrow, for a sheet of so many units."""
    return "wide" if units >= WIDE_FROM else "middle" if units >= MIDDLE_FROM else "narrow"


def fee_columns(width: str, says: bool) -> tuple[Column, ...]:
    """The columns for ``room``; ``says``: some line has a reason or a memo to read."""
    made = _all()
    return tuple(made[name] for name in LAYOUTS[width, says])
