"""The hospital's system names a visit: it is shown where it belongs, unless the page is busy."""

from __future__ import annotations

from typing import Any

from core.words import say
from gui.messages import Message
from gui.operation import Operation

OF_STAYS = "inpatient"


def show(frame: Any, number: str, first: str) -> None:
    """A stay on its own page, every other number on ``first``; what nobody knows, too: that page
    says so. A page that waits for the centre, or lies below a card, is left as it is."""
    desk = frame.context.desk

    def known() -> bool:
        return bool(desk.visits.head(number).registration.is_inpatient)

    def ended(stay: bool) -> None:
        _go(frame, OF_STAYS if stay and _is_there(frame, OF_STAYS) else first, number)

    asked = Operation(frame, known, name=f"called {number}", lane="io").silent()
    asked.on_success(ended).on_refused(lambda _: ended(False) or True).run()


def _is_there(frame: Any, name: str) -> bool:
    return name in {spec.name for spec in frame.specs}


def _go(frame: Any, screen: str, number: str) -> None:
    page = frame.pages.current()
    if page is not None and page.keys.locked():
        text = say("calling.busy", visit=number)
        page.tell(Message("info", text, key="called", leads=(screen, number)))
    else:
        frame.navigate(screen, number)
