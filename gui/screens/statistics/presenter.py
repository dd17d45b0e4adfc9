"""统计: a period, a grouping, the figures, and taking them along as table or picture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from core.errors import DeskError, Fault, fault
from core.service.sheets import Sheet, SheetColumn, write_book
from core.service.statistics import GROUPINGS, month_of
from core.words import say
from gui.screens.days import read_period
from gui.screens.statistics.figures import IN_TIME, LOWER, MOST_GROUPS, PARTS, Lower
from gui.screens.work import Page, Presenter

PRESETS = ("month", "last_month", "year")


class StatisticsPresenter(Presenter):
    """``report`` is the last one read; ``lower`` which figures the second chart shows."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        today: date = desk.clock.now().date()
        self.begin, self.end = today.replace(day=1), today
        self.by: str = GROUPINGS[0]
        self.lower: Lower = LOWER[0]
        self.report: Any = None
        self.reading = False

    # what is asked

    def again(self) -> None:
        """Ask the journal once more."""
        self.reading = True
        by, begin, end, call = self.by, self.begin, self.end, self.desk.statistics.report
        self.reread(lambda: call(by, begin, end), self._read)
        self.page.refresh()

    def _read(self, report: Any) -> None:
        self.report, self.reading = report, False

    def refused(self, error: DeskError) -> None:
        """Nothing is being read any more."""
        self.reading = False
        super().refused(error)

    def group(self, by: str) -> None:
        """Another grouping."""
        if by != self.by:
            self.by = by
            self.again()

    def show_lower(self, name: Lower) -> None:
        """Other figures in the second chart."""
        self.lower = name
        self.page.refresh()

    def on_period(self, begin: str, end: str) -> None:
        """The days as typed."""
        self.page.hush()
        try:
            self.begin, self.end = read_period(begin, end)
        except DeskError as error:
            self.refused(error)
            return
        self.again()

    def preset(self, name: str) -> None:
        """This month, the last one, this year."""
        today: date = self.desk.clock.now().date()
        first = today.replace(day=1)
        periods = {
            "month": (first, today),
            "last_month": month_of(first - timedelta(days=1)),
            "year": (today.replace(month=1, day=1), today),
        }
        self.begin, self.end = periods[name]
        self.page.hush()
        self.again()

    # what is shown

    @property
    def busy_days(self) -> bool:
        """Is there anything but empty days?"""
        whole = self.report.sum if self.report else None
        return bool(whole and (whole.settlements or whole.refunds or whole.doubted))

    def rows(self) -> tuple[Any, ...]:
        """The groups, and their sum at the end."""
        return (*self.report.rows, self.report.sum) if self.busy_days else ()

    def drawn(self) -> tuple[Any, ...]:
        """The groups that the charts show: all in time, else the largest."""
        if not self.busy_days:
            return ()
        rows: tuple[Any, ...] = self.report.rows
        return rows if self.report.by in IN_TIME else rows[:MOST_GROUPS]

    def head(self) -> str:
        """Period and grouping in words; stands on the picture too."""
        by = self.report.by if self.report else self.by
        return say(
            "statistics.head", begin=self.begin, end=self.end, by=say(f"statistics.by.{by}")
        )  # fmt: skip

    def note(self) -> str:
        """What the figures leave out."""
        if not self.busy_days:
            return ""
        count, deducted = self.report.strays
        left = len(self.report.rows) - len(self.drawn())
        from core.money import show

        parts = [say("statistics.left_out", count=left) if left else "",
                 say("statistics.strays", count=count, amount=show(deducted)) if count else "",
                 say("statistics.meaning")]  # fmt: skip
        return "　".join(part for part in parts if part)

    def empty(self) -> tuple[str, str]:
        """Nothing to show, and what to do; or that it is being read."""
        name = "reading" if self.reading else "none"
        return say(f"statistics.empty.{name}"), say(f"statistics.empty.{name}_hint")

    def why_not(self, action: str) -> Fault | None:
        """Why an action of the table cannot be taken now."""
        if action in ("export_statistics", "export_picture") and not self.busy_days:
            return fault("statistics.why.nothing")
        return None

    # taking it along

    def place(self, ending: str) -> Path:
        """A new file of exports, named by grouping and moment."""
        now = self.desk.clock.now()
        name = say(
            "statistics.file", by=say(f"statistics.by.{self.report.by}"),
            stamp=f"{now:%Y%m%d-%H%M%S}",
        )  # fmt: skip
        return Path(self.desk.home) / "exports" / f"{name}.{ending}"

    def export(self) -> None:
        """Ctrl+E: the table as XLSX."""
        if self.why_not("export_statistics") is None:
            path, sheet = self.place("xlsx"), self._sheet()
            call: Callable[[], Path] = lambda: write_book(path, [sheet])  # noqa: E731
            self.start("export_table", call, self.taken, lane="io")

    def _sheet(self) -> Sheet:
        by = say(f"statistics.by.{self.report.by}")
        heads = [SheetColumn(by, "text", 22)]
        heads += [SheetColumn(part.title, part.measure) for part in PARTS]
        rows = [(row.label, *(part.of(row) for part in PARTS)) for row in self.rows()]
        return Sheet(self.head(), heads, rows)

    def taken(self, path: Path) -> None:
        """Say where it is."""
        shown = path.relative_to(self.desk.home).as_posix()
        self.tell("done", "statistics.exported", path=shown)

    def untaken(self, path: Path) -> None:
        """The picture could not be written."""
        self.tell("warning", "statistics.not_exported", path=path)
