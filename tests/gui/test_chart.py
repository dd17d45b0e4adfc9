"""The chart: drawn late, in every palette, walked by keys, read aloud, hatched, without a menu."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.theme import theme
from gui.widgets.chart import PATTERNS, Chart, ChartData, Series, is_large, spoken, worded
from tests.helpers.journals import ROOT

DAYS = tuple(f"03-{day:02}" for day in range(1, 32))
MONEY = ChartData("费用构成", DAYS, (
    Series("基金", tuple(90_000 + day for day in range(31)), "primary"),
    Series("个人", tuple(30_000 for _ in DAYS), "muted"),
), "stacked")  # fmt: skip
RATES = ChartData("比率", DAYS[:3], (Series("未决率", (0, None, 120), "amber"),), "lines", "rate")
REASONS = ChartData("按原因", ("审核：与工伤部位无关的费用", "重复收费"), (
    Series("扣款", (123_450, 200)), Series("申诉", (1_000, 0), "muted"),
    Series("通过", (0, 0), "done"),
), "bars", "yuan", lying=True)  # fmt: skip
COUNTS = ChartData("笔数", ("骨科", "康复科"), (Series("结算", (12, 3)),), "bars", "count")


@pytest.fixture
def chart(dressed: None, qtbot) -> Chart:
    made = Chart()
    qtbot.addWidget(made)
    made.resize(560, 320)
    made.show()
    qtbot.waitExposed(made)
    return made


def colours(chart: Chart) -> set[str]:
    """The colours that are seen."""
    QApplication.processEvents()
    image = chart.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return {f"#{pixel & 0xFFFFFF:06x}" for pixel in set(memoryview(image.constBits()).cast("I"))}


def test_the_plotting_library_is_loaded_when_a_chart_is_seen() -> None:
    code = (
        "import sys; import gui.widgets.chart, gui.screens.appeals.view;"
        "print('pyqtgraph' in sys.modules or 'numpy' in sys.modules)"
    )
    run = [sys.executable, "-W", "error", "-c", code]
    said = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.strip() == "False"


@pytest.mark.parametrize("palette", ["light", "dark", "contrast"])
@pytest.mark.parametrize("data", [MONEY, RATES, REASONS, COUNTS], ids=lambda data: data.title)
def test_it_is_drawn_in_the_colours_of_the_palette(
    chart: Chart, palette: str, data: ChartData
) -> None:
    theme.apply(palette)
    chart.show_data(data)
    seen = colours(chart)
    assert {theme.hue(data.series[0].tone), theme.hue("card")} <= seen


def test_another_palette_redraws_what_is_shown(chart: Chart) -> None:
    chart.show_data(COUNTS)
    light = theme.hue("card")
    theme.apply("dark")
    assert theme.hue("card") in colours(chart) and light != theme.hue("card")


def test_keys_walk_the_groups_and_say_them(chart: Chart) -> None:
    chart.show_data(MONEY)
    chart.setFocus()
    said = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End,
                Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_Up, Qt.Key.Key_Down):  # fmt: skip
        QTest.keyClick(chart, key)
        said.append(chart.place)
    assert said == [0, 1, 0, 30, 30, 0, 0, 1]
    assert chart.caption.whole() == "03-02：基金 900.01 元，个人 300.00 元"
    assert chart.accessibleDescription().startswith(chart.caption.whole())


def test_a_walk_over_nothing_goes_nowhere(chart: Chart) -> None:
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.place == -1 and chart.caption.whole() == ""
    QTest.keyClick(chart, Qt.Key.Key_A)


@pytest.mark.parametrize(("data", "spot", "place"), [(COUNTS, 0.75, 1), (REASONS, 0.25, 0)])
def test_a_click_lights_the_group_below_it(
    chart: Chart, data: ChartData, spot: float, place: int
) -> None:
    chart.show_data(data)
    QApplication.processEvents()
    wide, tall = chart.width(), chart.height()
    down, across = (spot, 0.5) if data.lying else (0.5, spot)
    point = QPoint(round(wide * across), round(tall * down))
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=point)
    assert chart.place == place


def test_neither_wheel_nor_menu_nor_tab_enters_the_plot(chart: Chart) -> None:
    chart.show_data(COUNTS)
    QApplication.processEvents()
    policies = {one.focusPolicy() for one in chart.findChildren(QWidget)}
    assert policies == {Qt.FocusPolicy.NoFocus}
    plot = chart._plot
    assert plot is not None
    assert plot.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert not plot.getViewBox().menuEnabled()
    assert plot.getViewBox().mouseEnabled() == [False, False]


def test_it_reads_aloud_what_it_shows(chart: Chart) -> None:
    chart.show_data(REASONS)
    assert chart.accessibleName() == "按原因"
    assert "重复收费：扣款 2.00 元，申诉 0.00 元" in chart.accessibleDescription()
    long = tuple(str(number) for number in range(500))
    chart.show_data(ChartData("长", long, (Series("a", tuple(range(500))),)))
    assert len(chart.accessibleDescription()) < 3_000


def test_no_series_is_told_by_colour_alone() -> None:
    assert len(set(PATTERNS)) == len(PATTERNS) >= 3
    from gui.widgets.plot import DASHES, MARKS

    assert len(set(MARKS)) == len(MARKS) >= 3 and len(set(DASHES)) >= 3


def test_names_that_do_not_fit_beside_each_other_are_left_out(chart: Chart) -> None:
    chart.show_data(MONEY)
    QApplication.processEvents()
    plot = chart._plot
    assert plot is not None
    few = len(plot._named(MONEY))
    chart.resize(1400, 320)
    QApplication.processEvents()
    assert 1 <= few < len(plot._named(MONEY)) <= 31


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(123_450, "yuan", "1,234.50 元"), (12, "count", "12 笔"), (1_234, "rate", "12.34%"),
     (None, "yuan", "无"), (-5, "yuan", "-0.05 元")],
)  # fmt: skip
def test_values_in_words(value: int | None, unit: str, words: str) -> None:
    assert worded(value, unit) == words  # type: ignore[arg-type]


def test_large_amounts_are_read_in_ten_thousands(chart: Chart) -> None:
    large = ChartData("额", ("a", "b"), (Series("x", (2_000_000_000, 50)),))
    assert is_large(large) and not is_large(COUNTS) and not is_large(MONEY)
    chart.show_data(large)
    QApplication.processEvents()
    plot = chart._plot
    assert plot is not None and "万元" in chart._title.whole()
    axis = plot._across["left"]
    assert axis.tickStrings([0, 500_000_000], 1, 500_000_000) == ["0", "500"]
    assert spoken(large, 1) == "b：x 0.50 元"


def test_steps_are_one_two_five_and_never_below_one(chart: Chart) -> None:
    chart.show_data(COUNTS)
    QApplication.processEvents()
    assert chart._plot is not None
    axis = chart._plot._across["left"]
    for high in (1, 7, 12, 450, 99_999, 10**12):
        ((step, start),) = axis.tickSpacing(0, high, 300)
        assert step >= 1 and str(step).strip("0") in ("1", "2", "5") and start == 0
        assert high / step <= 300 / 30 + 1


def test_losses_are_drawn_below_nothing(chart: Chart) -> None:
    chart.show_data(ChartData("净额", ("a", "b"), (Series("x", (-500, 300), "danger"),)))
    QApplication.processEvents()
    assert chart._plot is not None
    (_, _), (low, high) = chart._plot.getViewBox().viewRange()
    assert low < -500 < 300 < high


def test_what_is_the_same_is_not_drawn_again(chart: Chart) -> None:
    chart.show_data(MONEY)
    chart.choose(4)
    chart.show_data(ChartData(**{name: getattr(MONEY, name) for name in MONEY.__slots__}))
    assert chart.place == 4
    chart.show_data(RATES)
    assert chart.place == -1
    chart.show_data(ChartData("leer"))
    chart.choose(0)
    assert chart.place == -1
