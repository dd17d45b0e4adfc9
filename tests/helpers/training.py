"""The real window over a real desk in training mode: library process, journal, simulated centre."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.app import open_desk
from core.service.trainers import training_password
from gui.application import make_window
from gui.cashier import Cashier
from gui.operation import Operation
from gui.theme import theme

WIDTH, HEIGHT = 1366, 768
CASHIER, SUPERVISOR = "trainer", "trainboss"


@contextmanager
def at_the_desk(
    home: Path, *, scale: int = 100, who: str = CASHIER, more: str = ""
) -> Iterator[Cashier]:
    """A cashier who has logged in (``who`` empty: who has not yet); all is quiet at the end.

    ``more``: other settings.
    """
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(f"{more}\n[look]\nscale = {scale}\n", "utf-8")
    with open_desk(home) as desk:
        window = make_window(desk)
        window.resize(WIDTH, HEIGHT)
        window.show()
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        cashier = Cashier(window)
        if who:
            enter(cashier, who)
        try:
            yield cashier
        finally:
            leave(cashier)


def enter(cashier: Cashier, who: str) -> None:
    """Log in with the training password."""
    if who == CASHIER:
        cashier.act("trainer")
    else:
        cashier.page.form.first().setFocus()
        for word in (who, training_password()):
            cashier.press("Ctrl+A")
            cashier.type(word)
            cashier.press("Return")
    cashier.wait(lambda: cashier.window.frame is not None, "the frame")
    cashier.idle()


def leave(cashier: Cashier) -> None:
    """Let everything end, then take the window away."""
    window = cashier.window
    if window.frame is not None:
        window.frame.stop()
    control(cashier).clear()
    cashier.idle()
    window.context.bridge.detach()
    window.hide()
    window.deleteLater()
    QApplication.processEvents()
    Operation._alive.clear()
    theme.apply()


def control(cashier: Cashier) -> Any:
    """The simulated centre's hand."""
    return cashier.window.context.desk.training.control


def desk_of(cashier: Cashier) -> Any:
    """The desk behind the window."""
    return cashier.window.context.desk


def code(cashier: Cashier, step: str) -> str:
    """The transaction code of a step."""
    return str(desk_of(cashier).centre.rule(step).code)


def fault(cashier: Cashier, kind: str, step: str = "", times: int = 1, **more: Any) -> None:
    """The next calls of a step go wrong."""
    control(cashier).fault(kind, code(cashier, step) if step else "", times, **more)


def case(cashier: Cashier) -> Any:
    """The patient on the page of 门诊收费."""
    frame = cashier.window.frame
    assert frame is not None
    return frame.pages.page("outpatient").presenter.case


def card(cashier: Cashier, person: str) -> None:
    """Lay the card of ``person`` into the reader and read it, with the visit that waits."""
    control(cashier).card(person)
    box = cashier.page.sheet.box
    if not box.hasFocus():
        cashier.act("patient")
    cashier.do("patient")


def scan(cashier: Cashier, number: str) -> None:
    """Scan a visit number: letters and Enter into the visit box."""
    box = cashier.page.sheet.box
    if not box.hasFocus():
        cashier.act("patient")
    cashier.press("Ctrl+A")
    cashier.type(number)
    cashier.press("Return")
    cashier.idle()


def waiting_number(cashier: Cashier, person: str, place: int = 0) -> str:
    """A waiting visit of a person of the invented hospital."""
    rows = desk_of(cashier).hospital.waiting()
    return str([row.visit_no for row in rows if row.person_name == person][place])


def presettled(cashier: Cashier, person: str = "沈建国") -> None:
    """From the card to the amounts, by keys."""
    card(cashier, person)
    if case(cashier).visit is None:
        scan(cashier, waiting_number(cashier, person))
    if case(cashier).qualification is None:
        cashier.act("qualification")
        cashier.press("Return")
    cashier.do("register")
    cashier.do("presettle")
    assert case(cashier).shown is not None, cashier.banners()


def settle(cashier: Cashier) -> None:
    """F2, F2."""
    cashier.do("settle")
    cashier.do("settle")


def printed(cashier: Cashier) -> None:
    """Wait for the slip of the patient on the page."""
    cashier.wait(lambda: case(cashier).printed, "the slip")


def live_settlements(cashier: Cashier, visit_no: str) -> list[dict[str, Any]]:
    """What the centre's books hold of a visit."""
    rows = control(cashier).books("settlement")["settlements"]
    return [
        row
        for row in rows
        if row["visit_no"] == visit_no and not row["cancelled_by"] and not row["reversed_by"]
    ]


def go(cashier: Cashier, screen: str) -> Any:
    """To another screen by the rail's key; gives its page."""
    from gui.screens.registry import rail_key

    frame = cashier.window.frame
    assert frame is not None
    cashier.press(rail_key([spec.name for spec in frame.specs].index(screen)))
    cashier.idle()
    assert cashier.page.name == screen
    return cashier.page


def nameless(page: QWidget) -> list[str]:
    """Visible widgets that take the focus by Tab and have no name for a screen reader."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QAbstractButton, QLineEdit

    found = []
    for widget in page.findChildren(QWidget):
        takes = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
        if not takes or not widget.isVisible() or widget.metaObject().className() == "QScrollArea":
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or text) and not isinstance(widget.parent(), QLineEdit):
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def messages_of(path: Path) -> Any:
    """A JSON file as values."""
    return json.loads(path.read_text("utf-8"))
