"""Slips on the printing lane: from the stored reply, on paper or as PDF, counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import DeskError
from core.words import say
from gui.messages import Message
from gui.operation import Operation


def print_on_lane(page: Any, msgid: str, printed: Callable[[str, str], bool]) -> bool:
    """Print the slip of ``msgid``; ``printed`` hears of it, a failure becomes a banner of ``page``.

    Printing never touches the settlement: what did not come out waits in the list to print.
    """
    desk = page.context.desk
    name = f"print {msgid}"
    operation = Operation(page, lambda: _print(desk, msgid), name=name, lane="io").silent()

    def done(where: str) -> None:
        if not printed(msgid, where):
            page.tell(Message("info", say("work.printed", where=where), key="printed"))

    return operation.on_success(done).on_refused(lambda error: _failed(page, error)).run()


def sheet_on_lane(page: Any, sheet: Any, name: str) -> bool:
    """Print a ``gui.sheet_form.Sheet`` beside the window; says where it went or why it did not."""
    desk = page.context.desk
    operation = Operation(
        page, lambda: _print_sheet(desk, sheet, name), name=f"print {name}", lane="io"
    ).silent()

    def done(where: str) -> None:
        page.tell(Message("info", say("work.sheet_printed", where=where), key="printed"))

    def failed(error: DeskError) -> bool:
        text = say("work.sheet_failed", error=error)
        page.tell(Message("warning", text, key="printed"))
        return True

    return operation.on_success(done).on_refused(failed).run()


def _print_sheet(desk: Any, sheet: Any, name: str) -> str:
    from gui.sheet_printing import print_sheet

    return shortened(str(print_sheet(desk, sheet, name)), Path(desk.home))


def _print(desk: Any, msgid: str) -> str:
    from gui.printing import print_slip

    return shortened(str(print_slip(desk, msgid)), Path(desk.home))


def shortened(where: str, home: Path) -> str:
    """A file below the home folder by its name there; a printer as it is."""
    path = Path(where)
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else where


def _failed(page: Any, error: DeskError) -> bool:
    page.tell(Message("warning", say("work.print_failed", error=error), key="printed"))
    return True
