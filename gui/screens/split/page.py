"""The workbench as a card over a page: chips, lines, both sums, and the reason of a change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.domain.split import SplitPart
from core.words import say
from gui.screens.split.faces import FILTERS, SplitFace, part_word
from gui.screens.split.presenter import SplitDesk
from gui.screens.working_card import WorkingCard
from gui.theme import theme
from gui.widgets.buttons import LOW, foot, push
from gui.widgets.chips import Chips
from gui.widgets.fields import Edit
from gui.widgets.labels import Label, wrapped
from gui.widgets.many_lines import ManyLines
from gui.widgets.table import Column, amount_column

WIDTH = 1060
LONGEST_REASON = 200


class SplitPage(WorkingCard):
    """``ask`` opens it for a visit."""

    def __init__(self, host: Any, changed: Callable[[], None]) -> None:
        super().__init__(host, WIDTH)
        self._changed = changed
        self.presenter = SplitDesk(host.context.desk, self, "")
        self._shown: tuple[SplitFace, ...] | None = None
        self.title = Label("", "heading")
        column = self.card.column
        column.addWidget(self.title)
        column.addWidget(wrapped(say("split_page.hint"), "muted"))
        self.chips = Chips([(name, say(f"split_page.filter.{name}")) for name in FILTERS])
        self.chips.chosen.connect(lambda name: self.presenter.only(name))
        column.addWidget(self.chips)
        self._build_table()
        self.sums = Label("", "strong")
        column.addWidget(self.sums)
        column.addWidget(self._reason_row())
        column.addWidget(self.said)
        column.addLayout(self._buttons())

    def _build_table(self) -> None:
        context = self._screen.context
        self.table = ManyLines(split_columns(), "split", context.memory, context.user)
        self.table.setAccessibleName(say("split_page.title"))
        self.table.setMinimumHeight(theme.u(130))
        self.table.picked.connect(lambda faces: self.presenter.choose(faces))
        self.table.pressed.connect(lambda _: self.presenter.turn())
        self.table.opened.connect(lambda _: self.presenter.confirm())
        self.card.column.addWidget(self.table, 1)

    def _reason_row(self) -> QWidget:
        self.turning = QWidget()
        row = QHBoxLayout(self.turning)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.u(8))
        self.question = Label("", "strong")
        self.reason = Edit(advance=False)
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setAccessibleName(say("question.reason"))
        self.reason.setPlaceholderText(say("split_page.reason_hint"))
        self.question.setBuddy(self.reason)
        self.reason.submitted.connect(lambda text: self.presenter.apply(text))
        text = say("split_page.apply")
        self.yes = push(text, lambda: self.presenter.apply(self.reason.text()), "primary", LOW)
        row.addWidget(self.question)
        row.addWidget(self.reason, 1)
        row.addWidget(self.yes)
        return self.turning

    def _buttons(self) -> QHBoxLayout:
        slots: dict[str, Callable[[], object]] = {
            "flip": lambda: self.presenter.turn(),
            "later": lambda: self.presenter.turn(SplitPart.LATER),
            "confirm": lambda: self.presenter.confirm_all(),
            "close": self.close_overlay,
        }
        self.flip, self.later, self.confirm, self.close_button = made = tuple(
            push(say(f"split_page.{name}"), slot, high=LOW) for name, slot in slots.items()
        )
        return foot(made[-1], left=made[:-1])

    def ask(self, visit_no: str, name: str) -> None:
        """Open it for a visit."""
        self.presenter = SplitDesk(self._screen.context.desk, self, visit_no, self._changed)
        self.title.setText(say("split_page.head", name=name))
        self.setAccessibleName(self.title.text())
        self._shown = None
        self.chips.choose("all")
        self.open(self.table)
        self.presenter.load()

    def refresh(self) -> None:
        """Show the sheet, its sums, and what is being changed."""
        presenter = self.presenter
        rows = presenter.rows()
        if rows != self._shown:
            self._shown = rows
            self.table.set_rows(rows)
            if rows and not self.table.currentIndex().isValid():
                self.table.choose(0)
        self.chips.set_counts(presenter.counts())
        self.sums.setText(presenter.sums())
        self.said.setVisible(bool(self.said.text()))
        self._show_turning()
        self.confirm.setVisible(any(not (f.decided or f.fixed) for f in presenter.faces))
        reason = presenter.why_not_turn()
        for button in (self.flip, self.later):
            button.setEnabled(reason is None)
            button.setToolTip(reason.text if reason else "")
        waits = presenter.sheet is not None and presenter.sheet.may_wait
        self.later.setVisible(waits)
        self.chips.chips["later"].setVisible(waits)

    def _show_turning(self) -> None:
        text = self.presenter.question()
        begins = bool(text) and self.turning.isHidden()
        self.question.setText(text)
        had = self.turning.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.turning.setVisible(bool(text))
        if begins:
            self.reason.clear()
            self.reason.setFocus()
        elif had and not text:
            self.table.setFocus()


def split_columns() -> tuple[Column, ...]:
    """Day, item, amount, whose it is, what the hospital says, who decided and why."""

    def title(name: str) -> str:
        return say(f"split_page.column.{name}")

    return (
        Column("day", title("day"), lambda face: face.day, 6),
        Column("code", title("code"), lambda face: face.code, 9),
        Column("item", title("item"), lambda face: face.name, 12, stretch=True),
        Column("quantity", title("quantity"), lambda face: face.quantity, 5, "right"),
        amount_column("amount", title("amount"), lambda face: face.amount, 9),
        Column("part", title("part"), lambda face: part_word(face.part), 7, tone=_part_tone),
        Column("given", title("given"), lambda face: part_word(face.given), 9,
               tone=lambda face: "muted"),
        Column("who", title("who"), lambda face: face.who, 10,
               tone=lambda face: None if face.decided else "muted"),
        Column("says", title("says"), lambda face: face.says, 14, stretch=True,
               tone=lambda face: "muted" if face.fixed else None),
    )  # fmt: skip


def _part_tone(face: SplitFace) -> str | None:
    return None if face.part is SplitPart.INJURY else "link"
