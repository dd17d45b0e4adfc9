"""「为什么不报」 on paper: what the fund does not wholly pay, for patient and employer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.domain import Visit
from core.domain.enquiry import Unpaid
from core.domain.slip import SlipRow
from core.money import show
from core.words import say
from gui.sheet_form import Sheet, SheetTable

HEADS = ("name", "amount", "fund", "personal", "why")
AMOUNTS = ("amount", "fund", "personal")


def unpaid_sheet(
    visit: Visit, lines: Sequence[Unpaid], hospital: str, now: datetime, marks: Sequence[str]
) -> Sheet:
    """One sheet for a visit; ``lines`` are all of its lines, those wholly paid are left out."""
    shown = [line for line in lines if line.personal != 0 or len(line.reasons) > 1]
    rows = [_row(line) for line in shown]
    if shown:
        rows.append(_sums(shown))
    heads = {name: say(f"unpaid_sheet.{name}") for name in HEADS}
    table = SheetTable(
        "unpaid", say("unpaid_sheet.table", count=len(shown), all=len(lines)), heads, tuple(rows),
        say("unpaid_sheet.all_paid"), sums=1 if shown else 0,
    )  # fmt: skip
    return Sheet(
        number=visit.visit_no, title=say("unpaid_sheet.title"), hospital=hospital,
        code=visit.visit_no, head=_head(visit, now), tables=(table,),
        marks=tuple(marks), notes=(say("unpaid_sheet.note"),),
    )  # fmt: skip


def _head(visit: Visit, now: datetime) -> tuple[SlipRow, ...]:
    known = visit.registration
    values = {
        "number": visit.visit_no, "made_at": f"{now:%Y-%m-%d %H:%M}",
        "patient": known.person_name or (visit.person.name if visit.person else ""),
        "bill": visit.bill_no if visit.settlement else "",
    }  # fmt: skip
    return tuple(
        SlipRow(name=name, label=say(f"unpaid_sheet.head_{name}"), value=value)
        for name, value in values.items()
        if value
    )


def _row(line: Unpaid) -> dict[str, str]:
    why = say("unpaid_sheet.and").join(reason.text for reason in line.reasons)
    amounts = {name: show(getattr(line, name)) for name in AMOUNTS}
    return {"name": line.name, **amounts, "why": why}


def _sums(lines: Sequence[Unpaid]) -> dict[str, str]:
    sums: dict[str, Any] = {
        name: show(sum(getattr(line, name) or 0 for line in lines)) for name in AMOUNTS
    }
    return {"name": say("unpaid_sheet.sum"), **sums, "why": ""}
