"""因病数据补传: settled visits whose disease lines were kept back, and sending them."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from core.clock import CHINA
from core.domain.split import DiseaseRow
from core.outcome import Accepted
from core.words import say
from gui.messages import of_outcome
from gui.screens.work import Presenter
from gui.screens.working_card import WorkingCard
from gui.theme import theme
from gui.widgets.buttons import foot, push
from gui.widgets.labels import Label, wrapped
from gui.widgets.table import Column, DataTable, amount_column

WIDTH = 860


class DiseaseDesk(Presenter):
    """``rows`` of the worklist; ``row`` the one under the cursor."""

    READS = "disease_reread"

    def __init__(self, desk: Any, page: Any) -> None:
        super().__init__(desk, page)
        self.rows: tuple[DiseaseRow, ...] = ()
        self.row: DiseaseRow | None = None
        self.read = False

    def load(self) -> None:
        """Read the worklist."""
        self.start("disease_data", self.desk.split.worklist, self._listed, lane="io")

    def _listed(self, rows: tuple[DiseaseRow, ...]) -> None:
        self.rows, self.read = rows, True

    def why_not(self) -> str:
        """Why the chosen visit's data cannot be sent, or nothing."""
        row = self.row
        if row is None:
            return say("disease_card.choose")
        if row.open_msgid:
            return say("disease_card.open")
        return say("split.nothing_left") if row.sent == row.lines else ""

    def send(self) -> None:
        """Enter: the disease data of the chosen visit to the centre."""
        row, call = self.row, self.desk.split.send
        if row is not None and not self.why_not():
            number = row.visit_no
            self.start("disease_part", lambda: call(number), self._sent, visit=number)

    def _sent(self, result: Any) -> None:
        message = of_outcome(result.outcome, result.msgid)
        if message is not None:
            self.page.tell(message)
        elif isinstance(result.outcome, Accepted) and self.row is not None:
            self.tell("done", "disease_card.sent", name=self.row.name, count=self.row.lines)
        self.reread(self.desk.split.worklist, self._listed)


class DiseaseCard(WorkingCard):
    """``ask`` opens it."""

    def __init__(self, host: Any) -> None:
        super().__init__(host, WIDTH)
        self.presenter = DiseaseDesk(host.context.desk, self)
        self._filled: tuple[DiseaseRow, ...] | None = None
        title = say("disease_card.title")
        self.setAccessibleName(title)
        column, context = self.card.column, host.context
        column.addWidget(Label(title, "heading"))
        column.addWidget(wrapped(say("disease_card.hint"), "muted"))
        self.table = DataTable(_columns(), "disease-data", context.memory, context.user)
        self.table.setAccessibleName(title)
        self.table.setMinimumHeight(theme.u(130))
        self.table.chosen.connect(self._chose)
        self.table.opened.connect(lambda _: self.presenter.send())
        self.empty = wrapped(say("disease_card.none"), "muted")
        for part in (self.table, self.empty, self.said):
            column.addWidget(part)
        column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.no = push(say("disease_card.close"), self.close_overlay)
        self.yes = push(say("disease_card.send"), self.presenter.send, "primary")
        return foot(self.no, self.yes)

    def ask(self) -> None:
        """Open it with the visits that wait."""
        self.hush()
        self.open(self.table)
        self.presenter.load()

    def _chose(self, row: DiseaseRow | None) -> None:
        self.presenter.row = row
        self._render_button()

    def refresh(self) -> None:
        """Show the worklist."""
        rows = self.presenter.rows
        if rows != self._filled:
            self._filled = rows
            self.table.set_rows(rows)
            if rows and not self.table.currentIndex().isValid():
                self.table.choose(0)
            self.table.setVisible(bool(rows))
            if rows and self.isVisible():
                self.table.setFocus()
        self.table.setVisible(bool(rows))
        self.empty.setVisible(self.presenter.read and not rows)
        if self.presenter.read and not rows and self.isVisible():
            self.no.setFocus()
        self._render_button()

    def _render_button(self) -> None:
        reason = self.presenter.why_not()
        self.yes.setEnabled(not reason)
        self.yes.setToolTip(reason)


def _columns() -> tuple[Column, ...]:
    def title(name: str) -> str:
        return say(f"disease_card.column.{name}")

    return (
        Column("name", title("name"), lambda row: row.name, 8),
        Column("visit_no", title("visit_no"), lambda row: row.visit_no, 16, stretch=True),
        Column("settled", title("settled"), _settled, 11),
        Column("lines", title("lines"), lambda row: str(row.lines), 6, "right"),
        amount_column("amount", title("amount"), lambda row: row.amount, 9),
        Column("state", title("state"), _state, 10,
               tone=lambda row: "done" if row.sent == row.lines else None),
    )  # fmt: skip


def _settled(row: DiseaseRow) -> str:
    return f"{row.settled_at.astimezone(CHINA):%m-%d %H:%M}" if row.settled_at else ""


def _state(row: DiseaseRow) -> str:
    if row.open_msgid:
        return say("records_page.state.unknown")
    if row.sent == row.lines:
        return say("disease_card.state_sent")
    return say("disease_card.state_due", left=row.lines - row.sent)
