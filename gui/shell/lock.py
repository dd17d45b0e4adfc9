"""The locked desk: the operator's password opens it again; the idle time locks it by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget

from core.words import say
from gui.operation import Operation
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.fields import PasswordEdit
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay

ACTIVITY = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel})


class LockPanel(Overlay):
    """Hides everything; calls under way go on. ``leave`` hands the desk to another operator."""

    def __init__(self, host: QWidget, context: Context, leave: Callable[[], None]) -> None:
        super().__init__(host, 380, firm=True)
        self.context, self.name = context, "lock"
        self._who, self._fault = wrapped("", "muted"), wrapped("", "fault")
        self.password = PasswordEdit(advance=False)
        self.password.setPlaceholderText(say("lock.password"))
        self.password.setAccessibleName(say("lock.password"))
        self.password.submitted.connect(self._try)
        self.card.column.addWidget(Label(say("lock.title"), "title"))
        for part in (self._who, self.password, self._fault):
            self.card.column.addWidget(part)
        self.card.column.addLayout(self._buttons(leave))

    def _buttons(self, leave: Callable[[], None]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        other, unlock = QPushButton(say("lock.other")), QPushButton(say("lock.open"))
        other.setProperty("kind", "quiet")
        unlock.setProperty("kind", "primary")
        other.clicked.connect(leave)
        unlock.clicked.connect(lambda: self._try(self.password.text()))
        for button in (other, unlock):
            button.setMinimumHeight(theme.u(36))
            row.addWidget(button, 1)
        return row

    def lock(self) -> None:
        """Lock now."""
        operator = self.context.desk.session.operator
        if operator is None or self.isVisible():
            return
        self._who.setText(say("lock.who", name=operator.name, id=operator.id))
        self._complain("")
        self.password.clear()
        self.open(self.password)

    def _try(self, password: str) -> None:
        operator = self.context.desk.session.operator
        if operator is None or not password:
            return
        verify = self.context.desk.operators.verify
        Operation(self, lambda: verify(operator.id, password), name="unlock", lane="io").on_success(
            lambda _: self.close_overlay()
        ).on_refused(self._refused).run()

    def _refused(self, error: Exception) -> bool:
        self._complain(str(error))
        self.password.selectAll()
        self.password.setFocus()
        return True

    def _complain(self, text: str) -> None:
        self._fault.setText(text)
        self._fault.setVisible(bool(text))
        self.password.set_fault(text)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        QPainter(self).fillRect(self.rect(), theme.colour("ground"))


class IdleClock(QObject):
    """Calls ``idle`` when nobody has touched the desk for ``minutes``."""

    def __init__(self, minutes: int, idle: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=minutes * 60_000, singleShot=True)
        self._timer.timeout.connect(idle)
        self._timer.start()

    def watch(self, window: QWidget) -> None:
        """Count what reaches ``window`` as activity."""
        window.windowHandle().installEventFilter(self)

    def touched(self) -> None:
        """Somebody is here."""
        self._timer.start()

    def remaining(self) -> int:
        """Milliseconds until the desk locks itself."""
        return self._timer.remainingTime()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in ACTIVITY:
            self.touched()
        return False


def focus_is_inside(widget: QWidget) -> bool:
    """Whether the keyboard is within ``widget``."""
    focus = QApplication.focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))
