"""Sheets of closings on the printing lane: printed, counted, looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import DeskError
from core.words import say
from gui.messages import Message
from gui.operation import Operation
from gui.screens.dayend.sheets import sheet_of
from gui.screens.slips import shortened
from gui.sheet_form import Sheet, sheet_forms
from gui.sheet_printing import print_sheet, sheet_pdf


def print_on_lane(page: Any, number: int, printed: Callable[[], None]) -> bool:
    """Print the sheet of a closing or void; a failure becomes a banner of ``page``."""
    desk = page.context.desk

    def done(where: str) -> None:
        page.tell(Message("info", say("dayend.view.printed", where=where), key="printed"))
        printed()

    def failed(error: DeskError) -> bool:
        text = say("dayend.view.print_failed", error=error)
        page.tell(Message("warning", text, key="printed"))
        return True

    name = f"sheet {number}"
    operation = Operation(page, lambda: _print(desk, number), name=name, lane="io").silent()
    return operation.on_success(done).on_refused(failed).run()


def numbered(desk: Any, number: int) -> Sheet:
    """The sheet as it would be printed now: a reprint says so."""
    before = desk.closings.prints(number)
    who = desk.session.operator
    name = who.name if who else ""
    note = say("sheet.reprint", count=before, name=name).strip() if before else ""
    return sheet_of(desk.closings.sheet(number), note)


def _print(desk: Any, number: int) -> str:
    sheet, before = numbered(desk, number), desk.closings.prints(number)
    place = print_sheet(desk, sheet, f"{number:06d}-{before + 1}")
    desk.closings.printed(number, place)
    return shortened(place, Path(desk.home))


def pdf_of(desk: Any, number: int) -> bytes:
    """The sheet as it would be printed now, for looking at."""
    form = sheet_forms(desk.home)[desk.settings.printer.paper]
    return sheet_pdf(numbered(desk, number), form)
