"""The money panel: total, fund, personal, received, change, checks;
the same on every money screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core import money
from core.domain import Amounts
from core.money import Fen
from core.words import say
from gui.theme import theme
from gui.widgets.fields import AmountEdit
from gui.widgets.icons import icon
from gui.widgets.labels import Card, ElidedLabel, Label, restyle, rule, wrapped
from gui.widgets.layouts import emptied

WIDTH, NARROWEST = 292, 220
LONG = 11  # letters of the big figure that still fit beside its name


@dataclass(frozen=True, slots=True)
class MoneyCheck:
    """One identity that was looked at: ``holds`` True, False, or None when not yet known."""

    text: str
    holds: bool | None = None


class MoneyPanel(Card):
    """Amounts in fen; ``received_changed`` when the cashier types;
    ``buttons`` takes the actions."""

    received_changed = Signal()

    def __init__(self, *, with_received: bool = True) -> None:
        super().__init__(margin=12, gap=5)
        self.setMinimumWidth(theme.u(NARROWEST))
        self.setMaximumWidth(theme.u(WIDTH))
        self.setAccessibleName(say("money.panel"))
        self._refund, self._with_received = False, with_received
        self._shown_checks: tuple[MoneyCheck, ...] = ()
        self._amounts: Amounts | None = None
        self._due: Fen | None = None
        self._caption = Label("", "heading")
        self._total, self._fund = Label("", "amount"), Label("", "amount-fund")
        self._personal, self._change = Label("", "amount-big"), Label("", "amount-change")
        self._build(with_received)
        self.show_amounts(None)

    def _build(self, with_received: bool) -> None:
        column = self.column
        self._caption.hide()
        column.addWidget(self._caption)
        self._total_name, self._fund_name = ElidedLabel("", "muted"), ElidedLabel("", "muted")
        self._personal_name = Label("", "muted")
        column.addLayout(_line(self._total_name, self._total))
        column.addLayout(_line(self._fund_name, self._fund))
        column.addWidget(rule())
        column.addLayout(_line(self._personal_name, self._personal))
        column.addWidget(self._build_deposit())
        column.addWidget(self._build_received())
        self._received_box.setVisible(with_received)
        self._checks = QVBoxLayout()
        self._checks.setSpacing(theme.u(4))
        column.addLayout(self._checks)
        self._prompt = wrapped("", "prompt")
        self._prompt.hide()
        column.addStretch(1)
        column.addWidget(self._prompt)
        self.buttons = QVBoxLayout()
        self.buttons.setSpacing(theme.u(6))
        column.addLayout(self.buttons)

    def _build_deposit(self) -> QWidget:
        self._deposit_box = QWidget()
        box = QVBoxLayout(self._deposit_box)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.u(5))
        self._deposit, self._due_figure = Label("", "amount"), Label("", "amount-change")
        self._due_name = Label("", "muted")
        box.addLayout(_line(ElidedLabel(say("money.deposit"), "muted"), self._deposit))
        box.addLayout(_line(self._due_name, self._due_figure))
        self._deposit_box.hide()
        return self._deposit_box

    def _build_received(self) -> QWidget:
        self._received_box = QWidget()
        box = QVBoxLayout(self._received_box)
        box.setContentsMargins(0, theme.u(2), 0, theme.u(2))
        box.setSpacing(theme.u(6))
        self.received = AmountEdit()
        self.received.setProperty("letters", "large")
        self.received.setMinimumHeight(theme.u(40))
        self.received.setAccessibleName(say("money.received"))
        self.received.textChanged.connect(self._show_change)
        self.received.textEdited.connect(lambda _: self.received_changed.emit())
        name = Label(say("money.received"), "muted")
        name.setBuddy(self.received)
        box.addLayout(_line(name, self.received, stretch=True))
        self._change_name = Label(say("money.change"), "muted")
        box.addLayout(_line(self._change_name, self._change))
        return self._received_box

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(theme.u(WIDTH), super().sizeHint().height())

    def show_amounts(self, amounts: Amounts | None, *, refund: bool = False) -> None:
        """Show them, or dashes; a refund is red, negative, and says 退."""
        self._amounts, self._refund = amounts, refund
        kind = "refund" if refund else "charge"
        for part, label in (("total", self._total_name), ("fund", self._fund_name)):
            label.setText(say(f"money.{kind}_{part}"))
        self._personal_name.setText(say(f"money.{kind}_personal"))
        self._fill(self._total, amounts.total if amounts else None, "amount")
        self._fill(self._fund, amounts.fund if amounts else None, "amount-fund")
        self._fill(self._personal, amounts.personal if amounts else None, "amount-big")
        restyle(self._personal, "letters", "long" if _letters(self._personal.text()) > LONG else "")
        restyle(self, "refund", refund)
        self._show_change()

    def show_deposit(self, deposit: Fen | None, due: Fen | None = None) -> None:
        """预交金 and what is to collect (positive) or to return (negative); ``None``: neither.

        From then on ``change`` counts from what is to collect, not from the personal part.
        """
        self._due = due
        self._deposit_box.setVisible(deposit is not None)
        self._deposit.setText(money.show(deposit))
        back = due is not None and due < 0
        self._due_name.setText(say("money.to_return" if back else "money.to_collect"))
        figure = say("money.none") if due is None else money.show(abs(due))
        self._due_figure.setText(say("money.refunded", amount=figure) if back else figure)
        self._due_figure.set_role("amount-none" if due is None else "amount-danger" if back
                                  else "amount-change")  # fmt: skip
        self._received_box.setVisible(self._with_received and not back)
        self._show_change()

    def due(self) -> Fen | None:
        """What is to collect (or, negative, to return) now; the personal part without deposit."""
        if self._due is not None:
            return self._due
        return self._amounts.personal if self._amounts else None

    def _fill(self, label: Label, amount: Fen | None, role: str) -> None:
        sign = -1 if self._refund else 1
        text = say("money.none") if amount is None else money.show(sign * amount)
        if self._refund and amount is not None:
            text = say("money.refunded", amount=text)
        label.setText(text)
        label.set_role(self._role(amount, role))

    def _role(self, amount: Fen | None, role: str) -> str:
        if amount is None:
            return f"{role}-none"
        return f"{role}-danger" if self._refund or amount < 0 else role

    def amounts(self) -> Amounts | None:
        """What is shown now: settle with exactly these."""
        return self._amounts

    def shown_personal(self) -> str:
        """The big figure as the cashier reads it."""
        return self._personal.text()

    def set_caption(self, text: str) -> None:
        """A heading above the amounts, or none."""
        self._caption.setText(text)
        self._caption.setVisible(bool(text))

    def set_checks(self, checks: Sequence[MoneyCheck]) -> None:
        """The identities below the amounts."""
        if tuple(checks) == self._shown_checks:
            return
        self._shown_checks = tuple(checks)
        emptied(self._checks)
        for check in checks:
            self._checks.addWidget(_check(check))

    def ask(self, text: str = "") -> None:
        """「再按 F2 确认结算」 above the buttons, or nothing."""
        self._prompt.setText(text)
        self._prompt.setVisible(bool(text))

    def change(self) -> Fen | None:
        """Received minus what is to collect, in fen; ``None`` while one of them is missing."""
        received, due = self.received.fen(), self.due()
        if received is None or due is None:
            return None
        return received - max(due, 0)

    def _show_change(self) -> None:
        change = self.change()
        short = change is not None and change < 0
        self._change_name.setText(say("money.short" if short else "money.change"))
        self._change.setText(say("money.none") if change is None else money.show(abs(change)))
        known = "amount-danger" if short else "amount-change"
        self._change.set_role("amount-none" if change is None else known)


def _letters(text: str) -> int:
    """How wide a figure is, in digits: 退 counts for two."""
    return sum(1 if sign.isascii() else 2 for sign in text)


def _line(name: QWidget, value: QWidget, *, stretch: bool = False) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.u(12))
    row.addWidget(name)
    if not stretch:
        row.addStretch(1)
    row.addWidget(value, 1 if stretch else 0)
    return row


def _check(check: MoneyCheck) -> QWidget:
    name, token = {True: ("check", "done"), False: ("close", "danger")}.get(
        check.holds, ("pending", "faint")
    )
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.u(6))
    mark = QLabel()
    mark.setPixmap(icon(name, token).pixmap(theme.u(15), theme.u(15)))
    row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    role = {True: "done", False: "danger"}.get(check.holds, "faint")
    row.addWidget(wrapped(check.text, role), 1)
    return line
