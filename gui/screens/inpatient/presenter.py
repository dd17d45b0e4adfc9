"""住院结算: the whole behaviour of the screen, list and stay, put together from its parts."""

from __future__ import annotations

from gui.screens.inpatient.closing import Closing


class InpatientPresenter(Closing):
    """Worklist · stay · admission · filing · fees · closing, each in its own file."""

    def next_stay(self) -> None:
        """Back to the list with an empty search, for the next patient."""
        self.text = ""
        self.close()

    def go(self, text: str) -> None:
        """Enter in the search box: open the stay that is meant, when it can be only one."""
        self.search(text)
        row = self.only(self.text)
        if row is not None:
            self.open(row.visit_no)
        elif self.text and not self.shown():
            self.open(self.text)
