"""统计 without a window: periods, groupings, what charts and table show, the sheet."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.clock import ManualClock
from core.errors import InvalidInput, SetupError, fault
from core.service.statistics import GROUPINGS, Figure, Report
from gui.screens.days import read_day, read_period
from gui.screens.statistics.figures import (
    BY_NAME,
    LOWER,
    MOST_GROUPS,
    PARTS,
    lower,
    short_label,
    upper,
)
from gui.screens.statistics.presenter import PRESETS, StatisticsPresenter
from tests.helpers.fake_desk import FakePage

ROW = Figure("2026-03-02", "2026-03-02", settlements=2, total=15_000, fund=13_000, personal=2_000,
             refunds=1, refunded=5_000, doubted=1, deducted=300)  # fmt: skip


class Desk:
    """A desk whose statistics are what a test says."""

    def __init__(self, home: Path, *rows: Figure, strays: tuple[int, int] = (0, 0)) -> None:
        self.home, self.clock = home, ManualClock()
        self.rows, self.strays = rows, strays
        self.asked: list[tuple[str, date, date]] = []
        self.statistics = SimpleNamespace(report=self.report)

    def report(self, by: Any, begin: date, end: date) -> Report:
        """The same rows for every question."""
        self.asked.append((by, begin, end))
        whole = Figure("", "合计", settlements=sum(row.settlements for row in self.rows),
                       total=sum(row.total for row in self.rows))  # fmt: skip
        return Report(by, begin, end, self.rows, whole, self.strays)


def made(tmp_path: Path, *rows: Figure, **more: Any) -> tuple[StatisticsPresenter, Desk, FakePage]:
    """A presenter that has read once."""
    desk, page = Desk(tmp_path, *rows, **more), FakePage()
    presenter = StatisticsPresenter(desk, page)
    presenter.again()
    return presenter, desk, page


def test_it_begins_with_this_month_by_day(tmp_path: Path) -> None:
    presenter, desk, _ = made(tmp_path, ROW)
    assert desk.asked == [("day", date(2026, 3, 1), date(2026, 3, 2))]
    assert presenter.rows() == (ROW, presenter.report.sum) and not presenter.reading
    assert "2026-03-01" in presenter.head() and "按日" in presenter.head()


@pytest.mark.parametrize("by", GROUPINGS[1:])
def test_another_grouping_is_asked_once(tmp_path: Path, by: str) -> None:
    presenter, desk, _ = made(tmp_path, ROW)
    presenter.group(by)
    presenter.group(by)
    assert [asked[0] for asked in desk.asked] == ["day", by]


@pytest.mark.parametrize(
    ("name", "begin", "end"),
    [
        ("month", date(2026, 3, 1), date(2026, 3, 2)),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("year", date(2026, 1, 1), date(2026, 3, 2)),
    ],
)
def test_presets(tmp_path: Path, name: str, begin: date, end: date) -> None:
    presenter, desk, _ = made(tmp_path, ROW)
    presenter.preset(name)
    assert desk.asked[-1][1:] == (begin, end) and name in PRESETS


def test_typed_periods_and_their_faults(tmp_path: Path) -> None:
    presenter, desk, page = made(tmp_path, ROW)
    presenter.on_period("2026-01-01", "20260131")
    assert desk.asked[-1][1:] == (date(2026, 1, 1), date(2026, 1, 31)) and page.said == []
    presenter.on_period("昨天", "2026-01-31")
    assert "昨天" in page.text and len(desk.asked) == 2


def test_a_refused_question_ends_the_reading(tmp_path: Path) -> None:
    presenter, desk, page = made(tmp_path)

    def report(*_: Any) -> Report:
        raise SetupError(fault("statistics.why.nothing"))

    desk.statistics.report = report
    presenter.again()
    assert not presenter.reading and page.kinds == ["warning"]


def test_while_it_reads_it_says_so(tmp_path: Path) -> None:
    desk, page = Desk(tmp_path), FakePage(hold=True)
    presenter = StatisticsPresenter(desk, page)
    presenter.again()
    assert presenter.reading and "正在" in presenter.empty()[0]
    page.finish()
    assert "没有结算" in presenter.empty()[0] and presenter.rows() == () == presenter.drawn()
    assert presenter.note() == ""


def test_only_the_largest_groups_are_drawn_and_the_rest_is_told(tmp_path: Path) -> None:
    many = tuple(Figure(f"K{n}", f"科{n}", settlements=1, total=100) for n in range(20))
    presenter, _, _ = made(tmp_path, *many, strays=(2, 500))
    assert len(presenter.drawn()) == 20
    presenter.group("dept")
    assert len(presenter.drawn()) == MOST_GROUPS
    assert "8 项" in presenter.note() and "5.00" in presenter.note()


@pytest.mark.parametrize("name", ["export_statistics", "export_picture"])
def test_nothing_is_taken_along_of_nothing(tmp_path: Path, name: str) -> None:
    presenter, _, page = made(tmp_path)
    assert presenter.why_not(name) is not None and presenter.why_not("statistics_again") is None
    presenter.export()
    assert page.said == [] and not (tmp_path / "exports").exists()


def test_the_table_goes_out_with_its_sum(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    presenter, _, page = made(tmp_path, ROW)
    presenter.export()
    (path,) = (tmp_path / "exports").glob("*.xlsx")
    sheet = load_workbook(path).worksheets[0]
    head, row, whole = (list(cells) for cells in sheet.iter_rows(values_only=True))
    assert head[0] == "日" and head[1:] == [part.title for part in PARTS]
    assert row[:4] == ["2026-03-02", 2, 150, 130] and whole[0] == "合计"
    assert row[head.index("扣款率")] == pytest.approx(0.02)
    assert path.name in page.text


def test_a_picture_that_was_not_written_is_told(tmp_path: Path) -> None:
    presenter, _, page = made(tmp_path, ROW)
    assert presenter.place("png").suffix == ".png"
    presenter.untaken(tmp_path / "x.png")
    assert page.kinds == ["warning"] and "x.png" in page.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [("settlements", "2"), ("total", "150.00"), ("net", "100.00"), ("fund_share", "86.67%"),
     ("unresolved_rate", "33.33%"), ("deduction_rate", "2.00%"), ("refunded", "50.00")],
)  # fmt: skip
def test_figures_in_words(name: str, shown: str) -> None:
    assert BY_NAME[name].words(ROW) == shown
    assert BY_NAME["fund_share"].words(Figure("", "")) == "无"


@pytest.mark.parametrize("name", LOWER)
@pytest.mark.parametrize("by", GROUPINGS)
def test_every_drawing_names_known_figures(name: Any, by: str) -> None:
    for drawing in (upper(), lower(name, by)):
        measures = {BY_NAME[part].measure for part, _ in drawing.parts}
        unit = {"amount": "yuan", "count": "count", "rate": "rate"}[measures.pop()]
        assert not measures and unit == drawing.unit and drawing.title
    wanted = "lines" if name == "rates" and by in ("day", "month") else "bars"
    assert lower(name, by).shape == wanted


def test_days_lose_their_year_beside_each_other() -> None:
    assert short_label("day", "2026-03-02") == "03-02"
    assert short_label("month", "2026-03") == "2026-03"


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-03-02", date(2026, 3, 2)), (" 2026/3/2 ", date(2026, 3, 2)),
     ("2026.03.02", date(2026, 3, 2)), ("20260302", date(2026, 3, 2)), ("2026-02-30", None),
     ("0000-01-01", None), ("", None), ("3月2日", None), ("2026-3-2x", None)],
)  # fmt: skip
def test_days_as_they_are_typed(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_both_ends_of_a_period_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_period("甲", "乙")
    assert [item.field for item in refused.value.faults] == ["begin", "end"]
    today = date(2026, 3, 2)
    assert read_period("20260302", "20260302") == (today, today)
    with pytest.raises(InvalidInput, match="晚于"):
        read_period(f"{today}", f"{today - timedelta(days=1)}")
