"""The list of who waits: read again by itself, searched while typing, calm when the hospital is
away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.errors import DeskError
from core.service.waiting import MOST, WaitingRow, matches
from core.words import say
from gui.screens.work import Page, Work

LEAST_LETTERS = 2  # fewer are not searched for in the hospital's system
ID_HEAD, ID_TAIL = 6, 4


def short_id(number: str) -> str:
    """An identity number as a narrow column has room for: its ends, and that something is hidden
    between."""
    if len(number) <= ID_HEAD + ID_TAIL:
        return "*" * len(number)
    return f"{number[:ID_HEAD]}****{number[-ID_TAIL:]}"


def state_of(row: WaitingRow) -> str:
    """How far it is, in words."""
    return say("waiting.state.open" if row.open_msgid else f"waiting.state.{row.stage}")


class Waiting:
    """``rows`` as read last, ``at`` when; ``trouble`` the sentence of a hospital that is away."""

    def __init__(self, desk: Any, page: Page) -> None:
        self._desk, self._page = desk, page
        self.rows: tuple[WaitingRow, ...] = ()
        self.at: datetime | None = None
        self.trouble = ""
        self._loading = False
        self._found: tuple[str, tuple[WaitingRow, ...]] = ("", ())
        self._asked = ""

    def load(self) -> None:
        """Read the list behind the scenes; one reading at a time."""
        if self._loading:
            return
        call = self._desk.waiting.rows
        work = Work("waiting_list", "", call, self._loaded, self._failed, "io", quiet=True)
        self._loading = True
        self._loading = self._page.run(work) and self._loading

    def _loaded(self, rows: Sequence[WaitingRow]) -> None:
        self.rows, self.at, self.trouble = tuple(rows), self._desk.clock.now(), ""
        self._loading = False
        self._page.refresh()

    def _failed(self, error: DeskError) -> None:
        self.trouble, self._loading = str(error), False
        self._page.refresh()

    # searching

    def shown(self, text: str) -> tuple[WaitingRow, ...]:
        """The rows for what is typed; where nobody waiting fits, what the hospital found."""
        wanted = text.strip()
        if not wanted:
            return self.rows[:MOST]
        found = tuple(row for row in self.rows if matches(row, wanted))
        exact = [row for row in found if row.registration.visit_no == wanted]
        if found:
            return (*exact, *(row for row in found if row not in exact))
        return self._found[1] if self._found[0] == wanted else ()

    def seek(self, text: str) -> None:
        """Nobody waiting fits: ask the hospital's system, once for each text."""
        wanted = text.strip()
        if len(wanted) < LEAST_LETTERS or wanted == self._asked or self.shown(wanted):
            return
        self._asked = wanted
        call = self._desk.waiting.search
        done = lambda rows: self._sought(wanted, rows)  # noqa: E731 - it knows what was asked
        work = Work(
            f"waiting_search {wanted}", "", lambda: call(wanted), done, lambda _: None, "io",
            quiet=True,
        )  # fmt: skip
        self._page.run(work)

    def _sought(self, text: str, rows: Sequence[WaitingRow]) -> None:
        if text == self._asked:  # an answer to earlier letters may come late
            self._found = (text, tuple(rows))
            self._page.refresh()

    # words

    def headline(self, text: str) -> str:
        """How many wait, and since when that is known."""
        if self.at is None:
            return say("waiting.away") if self.trouble else say("waiting.reading")
        if text.strip():
            return say("waiting.found", count=len(self.shown(text)))
        key = "waiting.many" if len(self.rows) > MOST else "waiting.count"
        return say(key, count=min(len(self.rows), MOST), at=f"{self.at:%H:%M:%S}")

    def remark(self) -> str:
        """Why the list may be old, or empty."""
        if not self.trouble:
            return ""
        if self.at is None:
            return self.trouble
        minutes = int((self._desk.clock.now() - self.at).total_seconds() // 60)
        age = say("waiting.age", minutes=minutes) if minutes else say("waiting.just_now")
        return say("waiting.old", at=f"{self.at:%H:%M}", age=age, why=self.trouble)
