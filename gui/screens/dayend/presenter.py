"""日终对账: two parts on one screen, the books and the cuts; which part a key is meant for."""

from __future__ import annotations

from typing import Any

from core.domain import Role
from core.errors import Fault, fault
from gui.messages import Message
from gui.screens.dayend.books import BooksPresenter
from gui.screens.dayend.cuts import CutsPresenter
from gui.screens.dayend.pairs import PairsPresenter

BOOKS, CUTS = "books", "cuts"
SECTIONS = (BOOKS, CUTS)
OF_BOOKS = ("compare_day", "match_day", "repair_class")
OF_CUTS = ("print_day", "preview_day", "hand_over_day")


class DayEndPresenter:
    """``section`` is the part that is shown; the parts share the page."""

    def __init__(self, desk: Any, page: Any) -> None:
        self.desk, self.page = desk, page
        self.books = BooksPresenter(desk, page)
        self.pairs = PairsPresenter(desk, page, self.books)
        self.cuts = CutsPresenter(desk, page)
        self.section = BOOKS

    @property
    def busy(self) -> str:
        """What is under way in any part."""
        return self.books.busy or self.pairs.busy or self.cuts.busy

    def show(self, section: str) -> None:
        """The other part."""
        self.section = section
        self.books.disarm()
        self.cuts.disarm()
        self.page.hush()
        self.read()
        self.page.refresh()

    def switch(self) -> None:
        """F6: the other part."""
        self.show(CUTS if self.section == BOOKS else BOOKS)

    def read(self) -> None:
        """Read what the shown part shows, behind the scenes."""
        if not self.busy:
            (self.books if self.section == BOOKS else self.cuts).read()

    def compare(self) -> None:
        """F5."""
        if self._may("compare_day"):
            self.books.compare()

    def match(self) -> None:
        """F3."""
        if self._may("match_day"):
            self.pairs.match()

    def confirm(self) -> None:
        """F2 where there is no pair to repair: confirm the day, or cut."""
        if self._may("confirm_day"):
            (self.books if self.section == BOOKS else self.cuts).confirm()

    def repairs(self) -> bool:
        """Is F2 meant for the chosen pair?"""
        matched = self.pairs.sheet is not None and bool(self.pairs.counts()["open"])
        return self.section == BOOKS and matched

    def _may(self, action: str) -> bool:
        """Says why not."""
        reason = self.why_not(action)
        if reason is not None and not self.busy:
            self.page.tell(Message("warning", reason.text, key="why"))
        return reason is None and not self.busy

    def why_not(self, action: str) -> Fault | None:
        """Why an action of the table cannot be taken now."""
        if action in OF_BOOKS and self.section != BOOKS:
            return fault("dayend.view.why.in_books")
        if action in OF_CUTS and self.section != CUTS:
            return fault("dayend.view.why.in_cuts")
        if self.section == CUTS:
            return self.cuts.why_not(action)
        if action == "confirm_day" and self.repairs():
            return self.pairs.why_not("repair_day")
        return self.pairs.why_not(action) or self.books.why_not(action)

    def disarm(self) -> bool:
        """Esc; says whether there was anything to take back."""
        was = self.books.disarm() or self.cuts.disarm()
        if was:
            self.page.refresh()
        return was

    def changed(self, event: object) -> None:
        """The journal changed: read again unless something is asked."""
        self.read()

    def is_supervisor(self) -> bool:
        """May the operator at the desk decide alone what needs a supervisor?"""
        operator = self.desk.session.operator
        return operator is not None and operator.role is Role.SUPERVISOR
