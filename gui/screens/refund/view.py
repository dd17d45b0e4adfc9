"""退费撤销 on screen: find, choose, say why, look at the red amounts, press F2 twice."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QRadioButton,
    QStackedWidget,
    QWidget,
)

from core.domain import Amounts
from core.money import show
from core.words import say
from gui.forms.editors import ChoiceBox
from gui.screens.refund.presenter import MOST_REASON, RefundPresenter
from gui.screens.refund.rows import RefundRow
from gui.screens.side import SideBySide, bring_into_sight
from gui.screens.working import WorkingScreen
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.buttons import push
from gui.widgets.empty_state import EmptyState
from gui.widgets.fields import Edit
from gui.widgets.labels import Card, Label, wrapped
from gui.widgets.money_panel import WIDTH as MONEY_WIDTH
from gui.widgets.money_panel import MoneyPanel
from gui.widgets.search_box import SearchBox
from gui.widgets.table import Column, DataTable

STACKED_BELOW = 700
PLAN_STEPS = ("cancel_settlement", "cancel_registration")


def _column(name: str, width: float, align: str = "left", *, stretch: bool = False) -> Column:
    title = say(f"refund.column.{name}")
    return Column(name, title, lambda row: getattr(row, name), width, align, stretch)


def refund_columns() -> tuple[Column, ...]:
    """What is shown of a settlement that may be undone."""
    return (
        _column("settled_at", 10),
        _column("name", 8),
        _column("visit_no", 14, stretch=True),
        _column("bill_no", 14, stretch=True),
        _column("total", 10, "right"),
        _column("personal", 10, "right"),
        _column("state", 9),
    )


class RefundView(WorkingScreen):
    """Shows the presenter; the dangerous button stays at the end of the Tab order."""

    name = "refund"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = RefundPresenter(context.desk, self)
        self._filled: tuple[RefundRow, ...] | None = None
        self._was_armed = False
        self._followed: RefundRow | None = None
        self.part_card: Any = None
        self._bind_keys()
        self._build()
        context.bridge.transaction_changed.connect(self.presenter.changed)
        self.refresh()

    def _bind_keys(self) -> None:
        presenter = self.presenter
        self.bind("find_refund", self._to_box)
        self.bind("cancel_settlement", lambda: self._scope(False))
        self.bind("cancel_registration", lambda: self._scope(True))
        self.bind("refund_part", self._part)
        self.bind("confirm_refund", self._confirm)
        self.bind("print_refund", lambda: self.print_slip(presenter.undone))

    def _build(self) -> None:
        self.top.addWidget(Label(say("refund.title"), "title"))
        self.top.addWidget(wrapped(say("refund.intro"), "muted"))
        self._row = SideBySide(self._left(), self._right(), MONEY_WIDTH, STACKED_BELOW)
        self.body.addLayout(self._row, 1)
        self.home_field = self.box

    def _left(self) -> QWidget:
        card = Card(gap=10)
        head = QHBoxLayout()
        name = Label(say("refund.find"), "muted")
        self.box = SearchBox(say("refund.find_hint"))
        self.box.setAccessibleName(say("refund.find"))
        self.box.submitted.connect(self._find)
        name.setBuddy(self.box)
        head.addWidget(name)
        head.addWidget(self.box, 1)
        card.column.addLayout(head)
        self.table = DataTable(refund_columns(), "refund", self.context.memory, self.context.user)
        self.table.setAccessibleName(say("refund.title"))
        self.table.chosen.connect(self.presenter.choose)
        self.table.opened.connect(lambda _: self.reason.setFocus())
        self.table.setMinimumHeight(theme.u(160))
        self.empty = EmptyState(say("refund.empty"), say("refund.empty_hint"), "refund")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        card.column.addWidget(self._stack, 1)
        card.column.addWidget(self._why_box())
        return card

    def _why_box(self) -> QWidget:
        self.why = QWidget()
        column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self.why)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(8))
        column.addWidget(Label(say("refund.plan"), "heading"))
        self.plan = wrapped("", "danger")
        self.period = wrapped("", "muted")
        column.addWidget(self.plan)
        column.addWidget(self.period)
        column.addLayout(self._scopes())
        column.addLayout(self._reason_row())
        return self.why

    def _scopes(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(16))
        self.only, self.whole = QRadioButton(), QRadioButton()
        self._name_scopes()
        self.whole.setChecked(True)
        self.whole.toggled.connect(self.presenter.whole)
        row.addWidget(self.whole)
        row.addWidget(self.only)
        row.addStretch(1)
        row.addWidget(self.keys.button("refund_part"))
        return row

    def _name_scopes(self) -> None:
        keys = self.context.actions
        pairs = (
            (self.only, "only", "cancel_settlement"),
            (self.whole, "whole", "cancel_registration"),
        )
        for button, key, action in pairs:
            button.setText(f"{say(f'refund.{key}')}　{keys[action].key}")
            button.setAccessibleName(say(f"refund.{key}"))

    def _scope_text(self, key: str) -> str:
        press = self.context.actions["cancel_registration"].key
        return f"{say(f'refund.{key}')}　{press}"

    def _reason_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        self.reason = ChoiceBox(dict(self.presenter.reasons()))
        self.reason.setAccessibleName(say("refund.reason_name"))
        self.words = Edit(advance=True)
        self.words.setMaxLength(MOST_REASON)
        self.words.setAccessibleName(say("refund.words"))
        self.words.setPlaceholderText(say("refund.words"))
        name = Label(say("refund.reason_name"), "muted")
        name.setBuddy(self.reason)
        self.reason.currentIndexChanged.connect(lambda _: self._because())
        self.words.textEdited.connect(lambda _: self._because())
        row.addWidget(name)
        row.addWidget(self.reason, 1)
        row.addWidget(self.words, 2)
        return row

    def _right(self) -> MoneyPanel:
        self.money = MoneyPanel(with_received=False)
        self.no = push(f"{say('refund.cancel')}　Esc", self._cancel)
        self.no.setAccessibleName(say("refund.cancel"))
        self.money.buttons.addWidget(self.no)
        self.yes = self.keys.button("confirm_refund", kind="danger")
        self.money.buttons.addWidget(self.yes)
        self.money.buttons.addWidget(self.keys.button("print_refund"))
        return self.money

    # what is pressed

    def _to_box(self) -> None:
        self.box.setFocus()
        self.box.selectAll()

    def _find(self, text: str) -> None:
        self.presenter.find(text)

    def _scope(self, whole: bool) -> None:
        (self.whole if whole else self.only).setChecked(True)
        self.reason.setFocus()

    def _because(self) -> None:
        self.presenter.because(self.reason.text(), self.words.text())

    def _confirm(self) -> None:
        self.presenter.confirm()

    def _part(self) -> None:
        """Some lines only."""
        visit = self.presenter.visit
        if visit is not None and not self.presenter.busy:
            if self.part_card is None:
                from gui.screens.refund.part_card import PartCard

                self.part_card = PartCard(self, self.presenter.look_again)
            self.part_card.ask(visit.visit_no, visit.registration.person_name)

    def _cancel(self) -> None:
        if not self.presenter.disarm():
            self._to_box()

    def back(self) -> None:
        """Esc: cancel."""
        self._cancel()

    def parked(self) -> None:
        """The undoing goes on by itself; the page is free."""
        self.presenter.clear()
        self._forget_reason()
        self._to_box()

    def entered(self, argument: Any = None) -> None:
        """Shown; perhaps for a visit."""
        if isinstance(argument, str) and argument:
            self.box.setText(argument)
            self._forget_reason()
            self.presenter.show_visit(argument)

    def _forget_reason(self) -> None:
        self.reason.setText("")
        self.words.clear()

    def closing_fault(self) -> str:
        """An undoing under way must be seen to its end."""
        return say("outpatient.closing") if self.presenter.busy else ""

    # showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        presenter = self.presenter
        self._render_rows()
        plan = presenter.plan()
        self.plan.setText("\n".join(_plan_line(n, step) for n, step in enumerate(plan, 1)))
        self.why.setVisible(bool(plan))
        self._render_period()
        self._render_money()
        self.allow(presenter.why_not)
        self._render_confirm()
        self._follow()

    def _render_rows(self) -> None:
        presenter = self.presenter
        if presenter.rows != self._filled:
            self._filled = presenter.rows
            self.table.set_rows(presenter.rows)
            if presenter.row in presenter.rows:
                self.table.choose(presenter.rows.index(presenter.row))
            elif presenter.rows:
                self.table.setFocus()
        self._stack.setCurrentWidget(self.table if presenter.rows else self.empty)
        name = "none" if presenter.searched else "empty"
        self.empty.show_words(say(f"refund.{name}"), say(f"refund.{name}_hint"), "refund")

    def _render_period(self) -> None:
        """When the settlement was made, seen from now; and which scope the presenter has."""
        period = self.presenter.period
        self.period.setText(period.text)
        self.period.set_role("danger" if period.refused else "muted")
        self.period.setVisible(bool(period.text))
        chosen = self.whole if self.presenter.wholly else self.only
        if not chosen.isChecked():
            chosen.setChecked(True)
        self.whole.setText(self._scope_text("whole_stay" if self.presenter.stay else "whole"))

    def _render_money(self) -> None:
        paid = self.presenter.row.settlement if self.presenter.row else None
        amounts: Amounts | None = paid.amounts if paid else None
        face = self.presenter.money()
        self.money.show_amounts(amounts, refund=True)
        self._render_deposit()
        self.money.ask(face.headline if self.presenter.armed else "")
        self.money.set_caption("" if self.presenter.armed else face.headline)

    def _render_deposit(self) -> None:
        """A stay: what was returned of the deposit is to collect again, and the other way round."""
        balance = self.presenter.balance
        if balance is None:
            self.money.show_deposit(None)
        else:
            self.money.show_deposit(balance.deposit, balance.to_return - balance.to_collect)

    def _render_confirm(self) -> None:
        armed = self.presenter.armed
        self.no.setVisible(armed)
        if armed and not self._was_armed:
            self.no.setFocus()
            bring_into_sight(self.yes)
        self._was_armed = armed

    def _follow(self) -> None:
        """A single hit needs no choosing: on to the reason, once."""
        row, busy = self.presenter.row, self.presenter.busy
        found = row is not None and self.presenter.visit is not None and not busy
        if found and row is not self._followed and self.may_focus():
            alone = len(self.presenter.rows) == 1 and not self.presenter.undone
            self._followed = row
            if alone and self.presenter.plan():
                self.reason.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._row.fit(self.width())


def _plan_line(number: int, step: Any) -> str:
    amount = say("refund.plan_amount", amount=show(step.amount)) if step.amount is not None else ""
    return f"{number}. {step.title}　{amount}".rstrip("　")
