"""A program asks for money to be moved: a bar says so, a card shows what, F2 agrees.

The bar never takes the focus, and the card opens only by its own key: whoever is about to press F2
for the patient on the page cannot agree to something else by it.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QWidget

from core.errors import DeskError
from core.money import show
from core.words import say
from gui.messages import Message, of_refusal
from gui.operation import Operation
from gui.theme import theme
from gui.widgets.keys import ActionButton, PageKeys
from gui.widgets.labels import ElidedLabel, Label, wrapped
from gui.widgets.overlay import Overlay

WIDTH = 480
KINDS = {"accepted": "done", "unknown": "unknown"}
MONEY = ("settle", "cancel_settlement")


class ConsentBar(QFrame):
    """One line above the page; takes no room while nobody asks."""

    def __init__(self, button: ActionButton) -> None:
        super().__init__()
        self.setProperty("banner", "warning")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.u(16), theme.u(6), theme.u(10), theme.u(6))
        row.setSpacing(theme.u(12))
        self.text = ElidedLabel("", "banner-warning")
        self.text.setFont(theme.font(strong=True))
        self.left = Label("", "amber")
        row.addWidget(self.text, 1)
        row.addWidget(self.left)
        row.addWidget(button)
        self.hide()


class ConsentCard(Overlay):
    """What is asked, large; ``agree`` is the key of 结算, Esc leaves it for later."""

    def __init__(self, host: QWidget, agree: str, answered: Any) -> None:
        super().__init__(host, WIDTH)
        self.asked: Any = None
        self._agree, self._answered = QKeySequence(agree)[0], answered
        self._title, self._who = Label("", "title"), wrapped("", "muted")
        self._reason, self._left = wrapped("", "text"), Label("", "muted")
        self.card.column.addWidget(self._title)
        self.card.column.addWidget(self._who)
        self.card.column.addLayout(self._figures())
        self._once = wrapped("", "muted")
        for part in (self._reason, self._once, self._left):
            self.card.column.addWidget(part)
        self.card.column.addLayout(self._buttons(agree))

    def _figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(theme.u(6))
        grid.setColumnStretch(0, 1)
        self._amounts: dict[str, Label] = {}
        roles = {"total": "amount", "fund": "amount-fund", "personal": "amount-big"}
        for row, (name, role) in enumerate(roles.items()):
            amount = self._amounts[name] = Label("", role)
            amount.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(Label(say(f"consent.{name}"), "muted"), row, 0)
            grid.addWidget(amount, row, 1)
        return grid

    def _buttons(self, agree: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.no = QPushButton(say("consent.no"))
        self.later = QPushButton(say("consent.later"))
        self.yes = QPushButton(say("consent.yes", press=agree))
        self.no.setProperty("kind", "danger")
        self.yes.setProperty("kind", "primary")
        self.no.clicked.connect(lambda: self._answered(False))
        self.later.clicked.connect(self.close_overlay)
        self.yes.clicked.connect(lambda: self._answered(True))
        row.addWidget(self.no)
        row.addStretch(1)
        for button in (self.later, self.yes):
            row.addWidget(button)
        for button in (self.no, self.later, self.yes):
            button.setMinimumHeight(theme.u(38))
        return row

    def show_asked(self, asked: Any, left: str) -> None:
        """Show one request; it is open from now on."""
        self.asked = asked
        self._title.setText(say("consent.title", step=say(f"consent.step.{asked.step}")))
        holes = {"caller": asked.caller, "name": asked.name, "visit": asked.visit_no}
        self._who.setText(say("consent.who", **holes))
        for name, label in self._amounts.items():
            fen = getattr(asked.amounts, name) if asked.amounts else None
            label.setText(show(fen) or "–")
        self._reason.setText(say("consent.reason", reason=asked.reason) if asked.reason else "")
        self._reason.setVisible(bool(asked.reason))
        self._once.setText(say(f"consent.once.{asked.step}"))
        self._left.setText(left)
        self.setAccessibleName(f"{self._title.text()} {self._who.text()}")
        if self.isHidden():
            self.open()

    def event(self, event: QEvent) -> bool:
        """The key of 结算 is meant for this card while it is open, not for the page below."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.keyCombination() == self._agree:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.keyCombination() == self._agree and not event.isAutoRepeat():
            self._answered(True)
            event.accept()
            return
        super().keyPressEvent(event)


class Consent(QObject):
    """Watches what programs ask and what became of it; lives as long as the frame."""

    def __init__(self, frame: Any, keys: PageKeys) -> None:
        super().__init__(frame)
        self._frame, self._context = frame, frame.context
        self._errands = frame.context.desk.outside.errands
        keys.bind("consent", self.look)
        self.bar = ConsentBar(keys.button("consent"))
        self.card = ConsentCard(frame, frame.context.actions["settle"].key, self._answer)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self.refresh)
        self._context.bridge.errand_changed.connect(self._changed)
        self.refresh()

    def stop(self) -> None:
        """No more ticking: the frame goes away."""
        self._second.stop()

    def refresh(self) -> None:
        """Show what waits now."""
        waiting = self._errands.consents.waiting()
        self.bar.setVisible(bool(waiting))
        if not waiting:
            self._second.stop()
            if self.card.isVisible():
                self.card.close_overlay()
            return
        if not self._second.isActive():
            self._second.start()
        first = waiting[0]
        amounts = show(first.amounts.personal) if first.amounts else ""
        step = say(f"consent.step.{first.step}")
        holes = {"caller": first.caller, "name": first.name, "visit": first.visit_no}
        self.bar.text.setText(
            say("consent.bar", step=step, personal=amounts, count=len(waiting), **holes)
        )
        self.bar.left.setText(self._left(first))
        if self.card.isVisible():
            self._follow(waiting)

    def _follow(self, waiting: tuple[Any, ...]) -> None:
        """The open card counts on; it closes when its request is gone."""
        same = [one for one in waiting if one.number == self.card.asked.number]
        if same:
            self.card.show_asked(same[0], self._left(same[0]))
        else:
            self.card.close_overlay()

    def _left(self, asked: Any) -> str:
        seconds = max(0, round((asked.until - self._context.desk.clock.now()).total_seconds()))
        return say("consent.left", minutes=seconds // 60, seconds=f"{seconds % 60:02}")

    def look(self) -> None:
        """Open the card of the oldest request."""
        waiting = self._errands.consents.waiting()
        if waiting:
            self.card.show_asked(waiting[0], self._left(waiting[0]))

    def _answer(self, accepted: bool) -> None:
        asked, operator = self.card.asked, self._context.desk.session.operator
        self.card.close_overlay()
        try:
            self._errands.consents.answer(asked.number, accepted, operator)
        except DeskError as error:
            self._frame.tell(of_refusal(error))
        self.refresh()

    def _changed(self, event: Any) -> None:
        self.refresh()
        if event.state == "ended":
            read = Operation(self._frame, lambda: self._errands.told(event.number), lane="io")
            read.silent().on_success(self._ended).run()

    def _ended(self, errand: Any) -> None:
        """Money that a program had moved is told on the page that is shown."""
        wish, answer = errand.wish, errand.answer
        if wish.step not in MONEY or answer is None:
            return
        step = say(f"consent.step.{wish.step}")
        holes = {"caller": errand.caller, "step": step, "visit": wish.visit_no}
        text = say(f"consent.ended.{answer.ending}", text=answer.text, **holes)
        kind = KINDS.get(answer.ending, "info")
        leads = ("outpatient", wish.visit_no) if answer.ending == "accepted" else ("", "")
        self._frame.tell(
            Message(kind, text, msgid=answer.msgid, key=f"errand {wish.visit_no}", leads=leads)
        )
