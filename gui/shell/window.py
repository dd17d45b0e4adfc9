"""The one window: log-in first, then the frame; closes only when nothing is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from core.words import say
from gui.messages import Advice, Message
from gui.operation import Operation
from gui.shell.context import Context
from gui.theme import theme

if TYPE_CHECKING:
    from core.app import Desk
    from core.domain.operator import Operator
    from gui.shell.frame import Frame
    from gui.shell.lock import IdleClock

WIDTH, HEIGHT = 1280, 720


class Window(QMainWindow):
    """``desk_ready`` when the desk is open, ``enter`` after a log-in, ``leave`` back to it."""

    painted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.frame: Frame | None = None
        self.idle: IdleClock | None = None
        self.troubled = self._was_painted = False
        self.last_end = self._visit = ""
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self.setProperty("ground", True)
        self.setWindowTitle(say("product.name"))
        self._size()
        self.show_login()
        if context.desk is not None:
            self.desk_ready(context.desk)

    def _size(self) -> None:
        screen = QGuiApplication.primaryScreen()
        room = screen.availableSize() if screen else None
        wide, high = theme.u(WIDTH), theme.u(HEIGHT)
        if room is not None:
            wide, high = min(wide, room.width()), min(high, room.height())
        self.resize(wide, high)

    def desk_ready(self, desk: Desk) -> None:
        """The desk is open: its name, its keys, its operators."""
        from gui.actions import ActionTable
        from gui.shell.lock import IdleClock

        self.context.desk = desk
        self.context.actions = ActionTable(desk.settings.keys, desk.centre)
        self.context.bridge.attach(desk.events)
        self.setWindowTitle(_title(desk))
        self.idle = IdleClock(desk.settings.desk.lock_minutes, self.lock, self)
        if self.windowHandle() is not None:
            self.idle.watch(self)
        self.login.desk_ready()

    def trouble(self, sentence: str) -> None:
        """The desk cannot be opened: say why, offer nothing else."""
        from gui.shell.trouble import Trouble

        self.troubled = True
        page = Trouble(sentence, self.close)
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)

    def show_login(self) -> None:
        """Who works here?"""
        from gui.screens.login.view import LoginView

        self.login = LoginView(self.context)
        self.login.entered_by.connect(self.enter)
        self._stack.addWidget(self.login)
        self._stack.setCurrentWidget(self.login)
        self.login.take_focus()

    def enter(self, operator: Operator) -> None:
        """``operator`` works here from now on."""
        from gui.shell.frame import Frame

        self.frame = Frame(self.context, operator, self.leave)
        self._stack.addWidget(self.frame)
        self._stack.setCurrentWidget(self.frame)
        self._drop(self.login)
        self.frame.navigate(self._first_screen())
        if self.last_end:
            self._tell(self.last_end, "")
            self.last_end = ""
        self.show_visit(self._visit)

    def called(self, number: str) -> None:
        """A second start: come to the front, and show the visit it names, if any."""
        self.come_forward()
        self.show_visit(number)

    def come_forward(self) -> None:
        """To the front, out of the task bar."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def show_visit(self, number: str) -> None:
        """Show a visit as soon as somebody is logged in; empty: nothing."""
        self._visit = number
        if number and self.frame is not None:
            from gui.shell.calling import show

            self._visit = ""
            show(self.frame, number, self._first_screen())

    def _first_screen(self) -> str:
        assert self.frame is not None
        names = [spec.name for spec in self.frame.specs]
        return names[0] if names else "settings"

    def leave(self) -> None:
        """交班: back to the log-in, unless something is on its way."""
        if self.frame is None or self._busy("closing.leave"):
            return
        self.context.memory.save()
        self.context.desk.session.leave()
        frame, self.frame = self.frame, None
        frame.stop()
        self.show_login()
        self.login.desk_ready()
        self._drop(frame)

    def _drop(self, widget: object) -> None:
        self._stack.removeWidget(widget)
        widget.deleteLater()

    def lock(self) -> None:
        """Lock the frame, if somebody works in it."""
        if self.frame is not None:
            self.frame.lock()

    def _busy(self, key: str) -> bool:
        """Whether a call is on its way or a page must not be left; says so in a banner."""
        running = Operation.under_way()
        if running:
            names = "、".join(dict.fromkeys(item.asks for item in running if item.asks))
            self._tell(say(f"{key}_head", asks=names or say("wait.asks")), say(f"{key}_text"))
            return True
        faults = [page.closing_fault() for page in self.frame.pages.all()] if self.frame else []
        for text in filter(None, faults):
            self._tell(text, "")
            return True
        return False

    def _tell(self, head: str, text: str) -> None:
        if self.frame is not None:
            self.frame.tell(Message("warning", head, Advice(do=text), key="closing"))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        if self._busy("closing.close"):
            event.ignore()
            return
        self.context.memory.save()
        event.accept()

    def end(self) -> None:
        """The window is gone: hear nothing more, keep what it remembers."""
        if self.frame is not None:
            self.frame.stop()
        self.context.bridge.detach()
        self.context.memory.save()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        if self.idle is not None:
            self.idle.watch(self)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)


def _title(desk: Desk) -> str:
    settings = desk.settings
    key = "product.title_training" if settings.training else "product.title"
    name, hospital = say("product.name"), settings.hospital.name
    return say(key, name=name, hospital=hospital, desk=settings.desk.number)
