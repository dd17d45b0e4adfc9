"""The centre's data of a stay's settlement as a printed slip; its layout is ``sheet.toml``."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain.slip import SlipRow
from core.service.settlement_data import Data
from core.words import say
from gui.sheet_form import Sheet, SheetTable

SIGNED = ("patient", "made", "checked")


def settlement_sheet(
    visit_no: str, msgid: str, data: Data, hospital: str, marks: Sequence[str]
) -> Sheet:
    """One slip; every fact by its name, the shares of the payers as a table."""
    heads = {f"share_{place}": label for place, label in enumerate(data.columns)}
    rows = tuple({f"share_{place}": text for place, text in enumerate(row)} for row in data.shares)
    table = SheetTable(
        "shares", say("settlement_sheet.shares"), heads, rows, say("settlement_sheet.none"),
        sums=1 if rows else 0,
    )  # fmt: skip
    return Sheet(
        number=visit_no, title=say("settlement_sheet.title"), hospital=hospital, code=msgid,
        head=tuple(SlipRow(name=f.name, label=f.label, value=f.value) for f in data.facts),
        tables=(table,), signatures=tuple(say(f"settlement_sheet.sign_{n}") for n in SIGNED),
        marks=tuple(marks), notes=(say("settlement_sheet.note"),),
    )  # fmt: skip
