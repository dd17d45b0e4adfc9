"""The columns of the previews and of the outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.money import show
from core.words import say
from gui.screens.connect.wording import moment
from gui.widgets.table import Column, amount_column


def _text(name: str, width: float, show_it: Callable[[Any], str], **more: Any) -> Column:
    return Column(name, say(f"connect.column.{name}"), show_it, width, **more)


def visits() -> tuple[Column, ...]:
    """Visits as the desk would read them."""
    return (
        _text("visit_no", 14, lambda row: row.visit_no),
        _text("name", 7, lambda row: row.person_name),
        _text("id_no", 15, lambda row: _masked(row.id_no)),
        _text("med_type", 6, lambda row: row.med_type),
        _text("dept", 9, lambda row: row.dept_name or row.dept_code),
        _text("doctor", 7, lambda row: row.doctor_name or row.doctor_code),
        _text("diagnosis", 14, lambda row: _named(row.diagnosis_code, row.diagnosis_name),
              stretch=True),
        _text("at", 12, lambda row: moment(row.admitted_at)),
    )  # fmt: skip


def _masked(number: str) -> str:
    """All but the last four signs hidden."""
    return "*" * max(0, len(number) - 4) + number[-4:]


def _named(code: str, name: str) -> str:
    return f"{code} {name}".strip()


def lines() -> tuple[Column, ...]:
    """Fee lines as the desk would upload them."""
    return (
        _text("line_id", 11, lambda row: row.line_id),
        _text("rx_no", 9, lambda row: row.rx_no),
        _text("item", 14, lambda row: _named(row.hosp_code, row.name), stretch=True),
        _text("centre_code", 12, lambda row: row.centre_code),
        _text("price", 8, lambda row: f"{row.price:f}", align="right"),
        _text("quantity", 6, lambda row: f"{row.quantity:f}", align="right"),
        amount_column("amount", say("connect.column.amount"), lambda row: row.amount, 8),
        _text("at", 12, lambda row: moment(row.occurred_at)),
    )


def rejected() -> tuple[Column, ...]:
    """Rows that became nothing, with the reason."""
    return (
        _text("row", 6, lambda row: str(row.number), align="right"),
        _text("why", 40, lambda row: "；".join(item.text for item in row.faults), stretch=True,
              tone=lambda row: "danger"),
        _text("cells", 30, lambda row: " | ".join(row.raw)),
    )  # fmt: skip


def letters() -> tuple[Column, ...]:
    """What the hospital has still to be told."""
    return (
        _text("state", 8, _state, tone=_tone),
        _text("visit_no", 16, lambda row: row.told.visit_no),
        _text("step", 7, lambda row: say(f"outbox.title_{row.told.step}")),
        _text("amount", 8, lambda row: show(row.told.amounts.total) if row.told.amounts else "",
              align="right"),
        _text("made", 13, lambda row: moment(row.made)),
        _text("error", 12, lambda row: row.error, stretch=True, tip=lambda row: row.error),
    )  # fmt: skip


def _state(row: Any) -> str:
    behind = row.behind and row.state == "waiting"
    return say("connect.outbox.state.behind" if behind else f"connect.outbox.state.{row.state}")


def _tone(row: Any) -> str | None:
    return {"dead": "danger", "waiting": "amber"}.get(row.state)


COLUMNS = {"visits": visits, "lines": lines, "rejected": rejected}
