"""Which settlements and registrations may be undone: found by bill, visit, message id or name."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain import Settlement, Stage
from core.money import show
from core.words import say
from gui.screens.refund.rows import RefundRow
from gui.screens.work import Presenter

UNSETTLED = (Stage.REGISTERED, Stage.UPLOADED, Stage.PRESETTLED, Stage.DISCHARGED)


class Finding(Presenter):
    """``rows`` are what was found; ``clear`` and ``choose`` are the page's."""

    rows: tuple[RefundRow, ...] = ()
    searched = False

    def clear(self) -> None:
        """Nothing found, nothing chosen."""

    def choose(self, row: RefundRow | None) -> None:
        """Take one row."""

    def find(self, text: str) -> None:
        """Settlements whose bill, visit, message id or name contains ``text``; empty: today's."""
        self.clear()
        wanted = text.strip()
        self.start("find", lambda: self._found(wanted), self._listed, lane="io")

    def _found(self, text: str) -> tuple[RefundRow, ...]:
        history = self.desk.history
        day = None if text else self.desk.clock.now().date()
        rows = [self._row(item) for item in history.settlements(text, day)]
        return (*rows, *self._unsettled(text, rows))

    def _unsettled(self, text: str, rows: Iterable[RefundRow]) -> Iterable[RefundRow]:
        if not text or any(row.visit_no == text for row in rows):
            return ()
        visit = self.desk.history.visit(text)
        if visit.stage in UNSETTLED:
            state = say("refund.state.registered")
            return (RefundRow(text, "", visit.registration.person_name, "", "", "", state),)
        return ()

    def _row(self, item: Settlement) -> RefundRow:
        key = "refund.state.cancelled" if item.cancelled_by else "refund.state.settled"
        return RefundRow(
            item.visit_no,
            item.bill_no,
            self.desk.history.person_name(item.visit_no),
            f"{item.settled_at:%m-%d %H:%M}",
            show(item.amounts.total),
            show(item.amounts.personal),
            say(key),
            item,
        )

    def _listed(self, rows: tuple[RefundRow, ...]) -> None:
        self.rows, self.searched = rows, True
        if len(rows) == 1:
            self.choose(rows[0])
