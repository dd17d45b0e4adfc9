"""The in-page wait: seconds, what is being asked, 「放到待处理」; it swallows the page's keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QPainter
from PySide6.QtWidgets import QApplication, QHBoxLayout, QProgressBar, QWidget

from core.words import say
from gui.actions import ActionTable
from gui.bridge import lives
from gui.theme import theme
from gui.widgets.keys import LOCKED, ActionButton
from gui.widgets.labels import Card, Label, centred, wrapped

SHOWN_AFTER_MS = 100
TICK_MS = 200
SWALLOWED = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.Wheel,
    }
)


class WaitPanel(QWidget):
    """Covers one page from the first moment, shows its card after a tenth of a second."""

    def __init__(self, page: QWidget, table: ActionTable | None = None) -> None:
        super().__init__(page)
        self.setObjectName("wait-panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._page, self._table = page, table or ActionTable()
        self._before: QWidget | None = None
        self._watched: list[QWidget] = []
        self._clock = QElapsedTimer()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._count)
        self._late = QTimer(self, interval=SHOWN_AFTER_MS, singleShot=True)
        self._late.timeout.connect(self._appear)
        self._build()
        page.installEventFilter(self)
        self.hide()

    @classmethod
    def of(cls, page: QWidget, table: ActionTable | None = None) -> WaitPanel:
        """The page's one panel."""
        option = Qt.FindChildOption.FindDirectChildrenOnly
        found = page.findChild(QWidget, "wait-panel", option)
        return found if isinstance(found, WaitPanel) else cls(page, table)

    def _build(self) -> None:
        self.card = Card(self)
        self.card.setProperty("raised", True)
        self._asks = wrapped("", "heading")
        self._seconds = Label("", "wait-seconds")
        self._note = wrapped(say("wait.note"), "muted")
        self._bar = QProgressBar(textVisible=False)
        self._counts = Label("", "muted")
        for part in (self._asks, self._seconds, self._bar, self._counts, self._note):
            self.card.column.addWidget(part)
        self.card.column.addLayout(self._buttons())
        self.card.setFixedWidth(theme.u(380))
        self.setLayout(centred(self.card))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self._park, self._stop = self._action("park"), self._action("stop_batch")
        self._park_button, self._stop_button = ActionButton(self._park), ActionButton(self._stop)
        for button in (self._stop_button, self._park_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        return row

    def _action(self, name: str) -> QAction:
        row = self._table[name]
        action = QAction(row.label, self)
        action.setShortcut(QKeySequence(row.key))
        action.setAutoRepeat(False)
        self.addAction(action)
        return action

    def begin(
        self,
        asks: str,
        park: Callable[[], None] | None = None,
        stop: Callable[[], None] | None = None,
    ) -> None:
        """Lock the page; ``park`` and ``stop`` are offered when given."""
        self._asks.setText(asks or say("wait.asks"))
        self.setAccessibleName(self._asks.text())
        self._offer(self._park, self._park_button, park)
        self._offer(self._stop, self._stop_button, stop)
        self._bar.hide()
        self._counts.hide()
        self._note.setText(say("wait.note_park" if park else "wait.note"))
        self.card.hide()
        self._lock()
        self._clock.start()
        self._count()
        self._tick.start()
        self._late.start()

    def _offer(self, action: QAction, button: QWidget, call: Callable[[], None] | None) -> None:
        if getattr(action, "offered", False):
            action.triggered.disconnect()
        action.offered = call is not None
        if call is not None:
            action.triggered.connect(lambda: call())
        action.setEnabled(call is not None)
        button.setVisible(call is not None)

    def _lock(self) -> None:
        focus = QApplication.focusWidget()
        inside = focus is not None and self._page.isAncestorOf(focus)
        self._before = focus if inside else None
        self._page.setProperty(LOCKED, True)
        for widget in self._page.findChildren(QWidget):
            if _takes_keys(widget) and widget is not self and not self.isAncestorOf(widget):
                widget.installEventFilter(self)
                self._watched.append(widget)
        self.setGeometry(self._page.rect())
        self.show()
        self.raise_()
        if inside:
            self.setFocus()

    def end(self) -> None:
        """Unlock the page and give the focus back."""
        self._tick.stop()
        self._late.stop()
        for widget in self._watched:
            if lives(widget):
                widget.removeEventFilter(self)
        self._watched.clear()
        self._page.setProperty(LOCKED, False)
        mine = self.hasFocus()
        self.hide()
        if mine and self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self._before = None

    def progress(self, done: int, total: int) -> None:
        """k of n, and the time left as the pace so far gives it."""
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)
        left = self._clock.elapsed() / 1000 / done * (total - done) if done else None
        key = "wait.counts" if left is not None else "wait.counts_first"
        self._counts.setText(say(key, done=done, total=total, left=round(left or 0)))
        self._bar.show()
        self._counts.show()

    def stopping(self) -> None:
        """The batch under way is the last one."""
        self._stop.setEnabled(False)
        self._note.setText(say("wait.stopping"))

    def seconds(self) -> int:
        """Whole seconds of this wait."""
        return int(self._clock.elapsed() // 1000)

    def _count(self) -> None:
        self._seconds.setText(say("wait.seconds", seconds=self.seconds()))

    def _appear(self) -> None:
        self.card.show()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._page:
            if event.type() == QEvent.Type.Resize:
                self.setGeometry(self._page.rect())
            return False
        return event.type() in SWALLOWED

    def keyPressEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()

    def keyReleaseEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()

    def paintEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if self.card.isVisible():
            QPainter(self).fillRect(self.rect(), theme.veil())


def _takes_keys(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() != Qt.FocusPolicy.NoFocus)
