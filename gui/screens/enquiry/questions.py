"""The fields above each list of 查询: days, visit and bill, person, and the clock's two faces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.words import say
from gui.theme import theme
from gui.widgets.buttons import LOW, push
from gui.widgets.fields import CodeEdit
from gui.widgets.labels import Label, wrapped
from gui.widgets.search_box import SearchBox

BACK = (("today", 0), ("week", 6), ("month", 30))
CLOCK = "%Y-%m-%d %H:%M:%S"


class Days(QWidget):
    """First and last day; ``wanted`` is called at Enter in the last, ``back`` by the buttons."""

    def __init__(self, wanted: Callable[[], None], back: Callable[[int], None]) -> None:
        super().__init__()
        row = _row(self)
        self.first, self.last = _day("first"), _day("last")
        for name, box in (("first", self.first), ("last", self.last)):
            label = Label(say(f"enquiry_view.{name}"), "muted")
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box)
        self.last.submitted.connect(lambda _: wanted())
        for name, days in BACK:
            text = say(f"enquiry_view.{name}")
            row.addWidget(push(text, lambda days=days: back(days), high=LOW))
        row.addStretch(1)

    def show_days(self, first: Any, last: Any) -> None:
        """The days that are asked for, unless one is being typed."""
        for box, day in ((self.first, first), (self.last, last)):
            if not box.hasFocus():
                box.setText(f"{day:%Y-%m-%d}")


class Visit(QWidget):
    """Visit and bill number; ``wanted`` gets both at Enter."""

    def __init__(
        self, wanted: Callable[[str, str], None], different: Callable[[bool], None]
    ) -> None:
        super().__init__()
        row = _row(self)
        self.visit = SearchBox(say("enquiry_view.visit_hint"), advance=False)
        self.bill = CodeEdit(advance=False)
        self.bill.setPlaceholderText(say("enquiry_view.bill_hint"))
        self.bill.setAccessibleName(say("enquiry_view.bill"))
        for name, box, part in (("visit", self.visit, 3), ("bill", self.bill, 2)):
            label = Label(say(f"enquiry_view.{name}"), "muted")
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box, part)
            box.submitted.connect(lambda _: wanted(self.visit.text(), self.bill.text()))
        text = say("enquiry_view.only")
        self.only = push(text, lambda: different(self.only.isChecked()), high=LOW)
        self.only.setCheckable(True)
        row.addWidget(self.only)

    def show_numbers(self, visit_no: str, bill_no: str) -> None:
        """What is asked for, unless it is being typed."""
        for box, text in ((self.visit, visit_no), (self.bill, bill_no)):
            if not box.hasFocus():
                box.setText(text)


class Person(QWidget):
    """A person's number (or a visit of this desk) and the card; ``wanted`` gets it at Enter."""

    def __init__(self, wanted: Callable[[str], None], card: QWidget) -> None:
        super().__init__()
        row = _row(self)
        self.box = SearchBox(say("enquiry_view.person_hint"), advance=False)
        self.box.submitted.connect(wanted)
        label = Label(say("enquiry_view.person"), "muted")
        label.setBuddy(self.box)
        self.name = Label("", "strong")
        row.addWidget(label)
        row.addWidget(self.box, 1)
        row.addWidget(card)
        row.addWidget(self.name)

    def show_person(self, number: str, name: str) -> None:
        """Whose visits are asked for."""
        if not self.box.hasFocus() or name:
            self.box.setText(number)
        self.name.setText(name)


class Year(QWidget):
    """Where the person is insured and which year; ``wanted`` gets both at Enter."""

    def __init__(self, wanted: Callable[[], None]) -> None:
        super().__init__()
        row = _row(self)
        self.region, self.year = CodeEdit(), CodeEdit(advance=False)
        for name, box, length in (("region", self.region, 6), ("year", self.year, 4)):
            label = Label(say(f"enquiry_view.{name}"), "muted")
            label.setBuddy(box)
            box.setAccessibleName(say(f"enquiry_view.{name}"))
            box.setMaxLength(length)
            box.setFixedWidth(theme.u(100))
            row.addWidget(label)
            row.addWidget(box)
        self.year.submitted.connect(lambda _: wanted())
        row.addStretch(1)

    def show_year(self, region: str, year: str) -> None:
        """What is asked for, unless it is being typed."""
        for box, text in ((self.region, region), (self.year, year)):
            if not box.hasFocus():
                box.setText(text)


class Clock(QWidget):
    """The centre's time and ours in large figures, and what their difference means."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setSpacing(theme.u(8))
        column.addStretch(1)
        self.faces: dict[str, Label] = {}
        for name in ("theirs", "ours", "offset"):
            column.addWidget(Label(say(f"enquiry_view.clock_{name}"), "muted"))
            self.faces[name] = Label("", "title")
            column.addWidget(self.faces[name])
        self.says = wrapped("", "muted")
        column.addWidget(self.says)
        column.addStretch(3)

    def show_time(self, time: Any) -> None:
        """A ``CentreTime``, or nothing yet."""
        known = time is not None and time.theirs is not None
        texts = {
            "theirs": f"{time.theirs:{CLOCK}}" if known else say("enquiry_view.clock_none"),
            "ours": f"{time.ours:{CLOCK}}" if known else say("enquiry_view.clock_none"),
            "offset": _offset(time.offset) if known else say("enquiry_view.clock_none"),
        }
        for name, text in texts.items():
            self.faces[name].setText(text)
        problem = time.problem.text if known and time.problem else ""
        self.says.setText(problem or say(f"enquiry_view.clock_{'well' if known else 'ask'}"))
        self.says.set_role("danger" if problem else "muted")


def _offset(seconds: float) -> str:
    whole = round(abs(seconds))
    key = "even" if not whole else "ahead" if seconds > 0 else "behind"
    return say(f"enquiry_view.clock_{key}", seconds=whole)


def _row(host: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.u(8))
    return row


def _day(name: str) -> CodeEdit:
    box = CodeEdit()
    box.setAccessibleName(say(f"enquiry_view.{name}"))
    box.setPlaceholderText("2026-03-02")
    box.setMaxLength(10)
    box.setFixedWidth(theme.u(118))
    return box
