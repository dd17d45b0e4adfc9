"""A monkey at the keys of the real window: seeded, tireless, with some habits of a cashier.

It types over calls under way, locks, hands over, logs in again, and orders the bad days of the
drills. What it did is replayed by its seed; the last keys are told when something was found.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget

from core.service.trainers import training_password
from core.simulator.control import DRIFTS, ControlError
from gui.cashier import Cashier
from gui.shell import drills
from gui.widgets.overlay import Overlay
from tests.helpers.training import CASHIER, control, desk_of

TOLD = 50
PATIENCE = 0.9  # how often a habit waits until an answer has come
PLAIN = ("Tab", "Shift+Tab", "Return", "Escape", "Up", "Down", "Left", "Right", "Space", "Home",
         "End", "PgUp", "PgDown", "Delete", "Backspace", "Ctrl+A", "Ctrl+Z", "Ctrl+V")  # fmt: skip
FUNCTION = tuple(f"F{number}" for number in range(1, 13))
RAIL = tuple(f"Alt+{number}" for number in range(10))
LETTERS = "0123456789abcdefmzx.-%_'\"工伤；"
CHARGING = ("Escape", "Alt+1", "Ctrl+N", "card", "F4", "Return", "F3", "F5", "F2", "F2")
SCANNING = (*CHARGING[:4], "scan", *CHARGING[4:])
UNDOING = ("Escape", "Alt+3", "F6", "Return", "Down", "Tab", "Down", "F2", "F2")
HABITS = (CHARGING, SCANNING, SCANNING, UNDOING)
TAME = {"wrong_amounts"}  # the reply itself lies: the books then differ by design
NOISE = ("propagateSizeHints", "This plugin does not support")
ENTERING = ("F2", "Return", "Space")
KEPT = "沈建国"  # a patient that the monkey leaves alone


class Found(AssertionError):
    """What the monkey found, with its seed and its last keys."""


class Monkey:
    """``run`` presses that many keys; ``Found`` tells what went wrong on the way."""

    def __init__(self, cashier: Cashier, seed: int) -> None:
        self.cashier, self.seed, self.random = cashier, seed, Random(seed)
        self.pressed: deque[str] = deque(maxlen=TOLD)
        self.errors: list[str] = []
        self.seen: Counter[str] = Counter()
        self.count = 0
        self._doing: list[str] = []
        self._number = "MZ0"
        self._outside = False
        control(cashier).card("")  # not the one of whom it leaves alone

    # what it does

    def run(self, count: int) -> None:
        while self.count < count:
            self.step()
            if self.errors:
                self.tell(self.errors[0])

    def knock(self, count: int) -> None:
        """That many keys before anybody logs in, unless one of them does."""
        self._outside = True
        while self.count < count and self.cashier.window.frame is None:
            self.step()
        self._outside = False

    def tell(self, what: str) -> None:
        """Give up with everything needed to see it again."""
        keys = " ".join(self.pressed)
        raise Found(f"{what}\nseed {self.seed}, after {self.count} keys; the last ones: {keys}")

    def step(self) -> None:
        """One key, or one scan, and perhaps a pause."""
        try:
            calm = PATIENCE if self._doing else 0.12
            self._do(self._next())
            QApplication.processEvents()
            if self.random.random() < calm:
                self.cashier.idle()
        except Exception:
            self.tell(traceback.format_exc())
        self.seen[self.cashier.page.name if self.cashier.page else ""] += 1

    def _next(self) -> str:
        if self._doing and self.random.random() < 0.97:
            return self._doing.pop(0)
        dice = self.random.random()
        for share, choose in self._shares():
            if dice < share:
                return choose()
            dice -= share
        return self.random.choice(PLAIN)

    def _shares(self) -> tuple[tuple[float, Callable[[], str]], ...]:
        choice = self.random.choice
        return (
            (0.03, self._habit), (0.18, self._here), (0.12, lambda: choice(FUNCTION)),
            (0.06, lambda: choice(RAIL)), (0.16, lambda: f"type {choice(LETTERS)}"),
            (0.03, lambda: "scan"), (0.02, lambda: "card"), (0.01, lambda: "Ctrl+Alt+L"),
            (0.005, lambda: "Ctrl+Alt+O"), (0.01, lambda: "Ctrl+Alt+D"), (0.005, lambda: "event"),
        )  # fmt: skip

    def _habit(self) -> str:
        self._doing = list(self.random.choice(HABITS))
        return self._doing.pop(0)

    def _here(self) -> str:
        """A key of the screen that is shown."""
        table = self.cashier.window.context.actions
        page = self.cashier.page
        keys = [row.key for row in table.of(page.name if page else "") if row.key]
        return self.random.choice(keys or list(FUNCTION))

    def _do(self, what: str) -> None:
        if self._outside and what in ENTERING and self.random.random() < 0.95:
            what = "Tab"  # stays outside a while
        self.count += 1
        self.pressed.append(what)
        if self._away():
            return
        special = {"scan": self._scan, "card": self._card, "event": self._event}
        if what in special:
            special[what]()
        elif what.startswith("type "):
            self.cashier.type(what[5:])
        else:
            self._press(what)

    def _press(self, keys: str) -> None:
        combination = QKeySequence(keys)[0]
        target = QApplication.activePopupWidget() or self.cashier.focus()
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())

    def _scan(self) -> None:
        number = self.random.choice([self._number, self._number, "MZ0", "9" * 40])
        self.cashier.type(number)
        self._press("Return")

    def _card(self) -> None:
        """The card of somebody who waits, but not of the one who is kept for the end."""
        rows = [row for row in desk_of(self.cashier).hospital.waiting() if row.person_name != KEPT]
        row = self.random.choice(rows)
        self._number = row.visit_no
        try:
            control(self.cashier).card(row.person_name)
        except ControlError:  # somebody whom the centre does not know
            control(self.cashier).card("")
        box = getattr(getattr(self.cashier.page, "sheet", None), "box", None)
        if box is not None and not box.hasFocus():
            self._press("F6")
        self._press("F6")

    def _event(self) -> None:
        """Something that is no key: another size, a close in between, the front again."""
        window = self.cashier.window
        wide, high = self.random.choice([(1366, 768), (1024, 600), (1920, 1000), (640, 480)])
        window.resize(wide, high)
        if self.random.random() < 0.2:
            window.showMinimized()
            QApplication.processEvents()
        self._to_front()

    def _to_front(self) -> None:
        self.cashier.window.showNormal()
        self.cashier.window.activateWindow()
        QTest.qWaitForWindowActive(self.cashier.window)

    # locked, or logged out

    def _away(self) -> bool:
        """Whoever stands before a lock or the log-in comes in again, sooner or later."""
        if self._outside or self.random.random() < 0.6:
            return False
        window = self.cashier.window
        if window.frame is None:
            self._come_in()
            return True
        panel = window.frame.lock_panel()
        if panel is not None and panel.isVisible():
            self.cashier.idle()
            panel.password.setFocus()
            self._press("Ctrl+A")
            self.cashier.type(training_password())
            self._press("Return")
            self.cashier.idle()
            return True
        return False

    def _come_in(self) -> None:
        self.cashier.idle()
        if self.cashier.window.frame is None:
            form = self.cashier.page.form
            form.first().setFocus()
            for word in (CASHIER, training_password()):
                self._press("Ctrl+A")
                self.cashier.type(word)
                self._press("Return")
            self.cashier.wait(lambda: self.cashier.window.frame is not None, "the frame")
        self.cashier.idle()

    # afterwards

    def come_home(self) -> None:
        """Log in, unlock, let everything end, take away what lies over the page, go to Alt+1."""
        try:
            control(self.cashier).clear()
            self.cashier.idle()
            window = self.cashier.window
            self._to_front()
            window.resize(1366, 768)
            self._sure_to_be_in()
            window.frame.sweeper.stop()
            for key in (*["Escape"] * 4, "Alt+1", *["Escape"] * 3):
                self._press(key)
                self.cashier.idle()
            self._last_look()
        except Exception:
            self.tell(traceback.format_exc())

    def _last_look(self) -> None:
        """Books and journal are compared when the centre's lane is empty.

        A look that an earlier frame began goes on after the log-out, and may still fence off what
        the books show.
        """
        behind = desk_of(self.cashier).lanes.centre(lambda: None)
        self.cashier.wait(behind.done, "the last look")
        self.cashier.idle()

    def _sure_to_be_in(self) -> None:
        for _ in range(200):
            window = self.cashier.window
            panel = window.frame.lock_panel() if window.frame else None
            if window.frame is not None and not (panel and panel.isVisible()):
                return
            self._away()
        self.tell("nobody gets in any more")

    def overlays(self) -> list[QWidget]:
        """What lies over the page."""
        found = self.cashier.window.findChildren(Overlay)
        return [widget for widget in found if widget.isVisible()]


@contextmanager
def watched(monkey: Monkey) -> Iterator[None]:
    """Every exception that nobody caught, every message of Qt, every logged error is found."""
    handler = _Handler(monkey.errors)
    before, sys.excepthook = sys.excepthook, lambda *what: monkey.errors.append(_text(what))
    earlier = qInstallMessageHandler(lambda kind, _, text: _heard(monkey.errors, kind, text))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        qInstallMessageHandler(earlier)
        sys.excepthook = before


class _Handler(logging.Handler):
    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.append(f"{record.getMessage()}\n{_text(record.exc_info)}")


def _text(what: Any) -> str:
    return "".join(traceback.format_exception(*what)) if what and what[0] else ""


def _heard(errors: list[str], kind: QtMsgType, text: str) -> None:
    if kind is not QtMsgType.QtDebugMsg and not any(part in text for part in NOISE):
        errors.append(f"Qt says: {text}")


def tame(patch: pytest.MonkeyPatch) -> None:
    """No dialogs of the system; drills that cost no time and leave the books alone."""
    patch.setattr(QFileDialog, "open", lambda self, *_: self.done(QDialog.DialogCode.Rejected))
    patch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: ("", ""))
    patch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: ("", ""))
    order = drills.order

    def quick(desk: Any, drill: drills.Drill) -> None:
        if drill.books or drill.kind in TAME | set(DRIFTS):
            return
        options = dict(drill.options)
        options |= {"seconds": 0.05} if drill.kind == "slow" else {}
        options |= {"ending": "status"} if drill.kind.endswith("_lost") else {}
        order(desk, replace(drill, options=options))

    patch.setattr(drills, "order", quick)
