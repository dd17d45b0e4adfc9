"""The one table: what a model answers, keys, widths that are kept, and a hundred thousand rows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gui.shell.memory import Memory
from gui.theme import theme
from gui.widgets.table import (
    CENTRE,
    KEPT_ROWS,
    LEFT,
    RIGHT,
    Column,
    DataTable,
    RowModel,
    amount_column,
)

ROWS = [("A1", "床位费", 12345), ("A2", "康复训练", -500), ("A3", "护理费", None)]


def full_name(row):
    return f"全名 {row[1]}"


def columns():
    return [
        Column("code", "编码", lambda row: row[0], 8, "centre"),
        Column("name", "名称", lambda row: row[1], 12, stretch=True, tip=full_name),
        amount_column("fen", "金额", lambda row: row[2]),
    ]


@pytest.fixture(params=[100, 200])
def scale(qapp, request):
    theme.apply("light", request.param)
    yield request.param
    theme.apply()


@pytest.fixture
def table(scale, qtbot):
    return shown(qtbot, DataTable(columns()))


def shown(qtbot, table, wide=800):
    qtbot.addWidget(table)
    table.resize(wide, 300)
    table.show()
    qtbot.waitExposed(table)
    return table


@pytest.fixture
def model(dressed):
    made = RowModel(columns())
    made.set_rows(ROWS)
    return made


def said(model, row, column, role=Qt.ItemDataRole.DisplayRole):
    return model.data(model.index(row, column), role)


def test_the_model_shows_the_text_of_every_cell(model):
    texts = [[said(model, row, column) for column in range(3)] for row in range(3)]
    assert texts == [
        ["A1", "床位费", "123.45"],
        ["A2", "康复训练", "-5.00"],
        ["A3", "护理费", ""],
    ]


def test_the_model_counts_rows_and_columns_at_the_top_only(model):
    assert (model.rowCount(), model.columnCount()) == (3, 3)
    inside = model.index(0, 0)
    assert (model.rowCount(inside), model.columnCount(inside)) == (0, 0)


@pytest.mark.parametrize(("place", "way"), [(0, CENTRE), (1, LEFT), (2, RIGHT)])
def test_the_header_is_aligned_with_its_column(model, place, way):
    role = Qt.ItemDataRole.TextAlignmentRole
    assert said(model, 0, place, role) == way
    assert model.headerData(place, Qt.Orientation.Horizontal, role) == way


def test_the_header_says_the_titles_and_only_across(model):
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    assert [model.headerData(place, across) for place in range(3)] == ["编码", "名称", "金额"]
    assert model.headerData(0, down) is None
    assert model.headerData(0, across, Qt.ItemDataRole.DecorationRole) is None


def test_a_negative_amount_is_red_and_has_its_minus(model):
    role = Qt.ItemDataRole.ForegroundRole
    assert said(model, 1, 2).startswith("-")
    assert said(model, 1, 2, role) == QColor(theme.colour("danger"))
    assert said(model, 0, 2, role) is None
    assert said(model, 2, 2, role) is None
    assert said(model, 1, 1, role) is None


def test_the_tip_is_the_columns_own_or_the_text(model):
    role = Qt.ItemDataRole.ToolTipRole
    assert said(model, 1, 1, role) == "全名 康复训练"
    assert said(model, 1, 0, role) == "A2"


def test_a_role_that_nobody_needs_is_not_answered(model):
    assert said(model, 0, 0, Qt.ItemDataRole.DecorationRole) is None
    assert said(model, 0, 0, Qt.ItemDataRole.EditRole) is None


def test_a_place_outside_has_no_row(model):
    assert model.row(-1) is None
    assert model.row(3) is None
    assert model.row(2) == ROWS[2]
    assert model.rows() == ROWS


def test_one_row_replaced_repaints_that_row_only(model, qtbot):
    said(model, 1, 1)
    with qtbot.waitSignal(model.dataChanged) as heard:
        model.replace_row(1, ("A2", "针灸", 800))
    first, last = heard.args[:2]
    assert (first.row(), first.column(), last.row(), last.column()) == (1, 0, 1, 2)
    assert said(model, 1, 1) == "针灸"
    assert said(model, 0, 1) == "床位费"
    assert ROWS[1][1] == "康复训练"


def test_texts_are_made_once_and_forgotten_with_the_rows(dressed):
    asked = []
    model = RowModel([Column("a", "甲", lambda row: asked.append(row) or str(row))])
    model.set_rows([1, 2])
    for _ in range(5):
        assert said(model, 0, 0) == "1"
    assert asked == [1]
    model.set_rows([3])
    assert said(model, 0, 0) == "3"


def test_kept_texts_have_a_limit(dressed):
    model = RowModel([Column("a", "甲", str)])
    model.set_rows(range(KEPT_ROWS * 2))
    for place in range(KEPT_ROWS * 2):
        said(model, place, 0)
    assert len(model._texts) <= KEPT_ROWS
    assert said(model, 0, 0) == "0"


def test_a_hundred_thousand_rows_are_not_walked_through(scale, qtbot):
    asked = []
    table = DataTable([Column("a", "甲", lambda row: asked.append(row) or f"第 {row} 行")])
    shown(qtbot, table)
    table.set_rows(range(100_000))
    table.grab()
    assert table.rows.rowCount() == 100_000
    assert len(asked) < 200
    table.choose(99_999)
    table.grab()
    assert table.current() == 99_999
    assert len(asked) < 400
    assert max(asked) == 99_999


def test_going_to_the_end_of_a_long_table_by_key(table, qtbot):
    table.set_rows([("A", "甲", place) for place in range(5000)])
    table.choose(0)
    qtbot.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert table.current()[2] == 4999
    qtbot.keyClick(table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert table.current()[2] == 0


def test_arrows_choose_whole_rows_one_at_a_time(table, qtbot):
    heard = []
    table.set_rows(ROWS)
    table.chosen.connect(heard.append)
    table.choose(0)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert heard == [ROWS[0], ROWS[1], ROWS[2], ROWS[1]]
    marked = table.selectionModel().selectedRows()
    assert [index.row() for index in marked] == [1]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_the_current_row(table, qtbot, key):
    opened = []
    table.opened.connect(opened.append)
    qtbot.keyClick(table, key)
    assert opened == []
    table.set_rows(ROWS)
    table.choose(2)
    qtbot.keyClick(table, key)
    assert opened == [ROWS[2]]


def test_a_double_click_opens_the_row_below_it(table):
    opened = []
    table.set_rows(ROWS)
    table.opened.connect(opened.append)
    table.doubleClicked.emit(table.rows.index(1, 2))
    assert opened == [ROWS[1]]


def test_tab_leaves_the_table(table):
    assert not table.tabKeyNavigation()
    assert table.editTriggers() == DataTable.EditTrigger.NoEditTriggers


def test_the_place_is_kept_when_the_rows_change(table):
    table.set_rows(ROWS)
    table.choose(2)
    table.set_rows(ROWS[:2])
    assert table.current() == ROWS[1]
    table.set_rows([])
    assert table.current() is None


def test_the_stretched_column_takes_the_rest(table, qtbot):
    fixed = (table.columnWidth(0), table.columnWidth(2))
    table.resize(1600, 300)
    total = sum(table.columnWidth(place) for place in range(3))
    assert total == table.viewport().width()
    assert (table.columnWidth(0), table.columnWidth(2)) == fixed


def test_a_narrow_table_scrolls_instead_of_crushing(table):
    least = table._letters(12)
    table.resize(200, 300)
    assert table.columnWidth(1) == least


def test_every_letter_of_an_amount_fits_its_column(table):
    wide = table.fontMetrics().horizontalAdvance("-999,999.99")
    assert table.columnWidth(2) >= wide
    assert table.verticalHeader().defaultSectionSize() >= table.fontMetrics().height()
    assert table.horizontalHeader().height() >= table.fontMetrics().height()


def test_widths_are_kept_per_user_and_table(scale, qtbot):
    memory = Memory()
    table = shown(qtbot, DataTable(columns(), "fees", memory, lambda: "u1"))
    table.setColumnWidth(0, theme.u(150))
    again = shown(qtbot, DataTable(columns(), "fees", memory, lambda: "u1"))
    other = shown(qtbot, DataTable(columns(), "fees", memory, lambda: "u2"))
    elsewhere = shown(qtbot, DataTable(columns(), "bills", memory, lambda: "u1"))
    assert abs(again.columnWidth(0) - theme.u(150)) <= 1
    assert other.columnWidth(0) == elsewhere.columnWidth(0) == other._letters(8)


def test_widths_are_kept_in_units_not_in_pixels(qapp, qtbot):
    memory = Memory()
    theme.apply("light", 100)
    shown(qtbot, DataTable(columns(), "fees", memory)).setColumnWidth(0, 120)
    theme.apply("light", 200)
    double = shown(qtbot, DataTable(columns(), "fees", memory))
    assert double.columnWidth(0) == 240
    theme.apply()


def test_the_stretched_width_is_not_remembered(table, qtbot):
    memory = Memory()
    made = shown(qtbot, DataTable(columns(), "fees", memory))
    made.resize(1200, 300)
    made.setColumnWidth(1, 400)
    assert memory.get("", "widths/fees") is None


def test_a_table_without_a_name_remembers_nothing(scale, qtbot):
    memory = Memory()
    shown(qtbot, DataTable(columns(), "", memory)).setColumnWidth(0, 300)
    assert memory._values == {}


def test_widths_come_back_from_the_file(scale, qtbot, tmp_path):
    path = tmp_path / "window.json"
    memory = Memory(path)
    shown(qtbot, DataTable(columns(), "fees", memory)).setColumnWidth(2, theme.u(180))
    memory.save()
    back = shown(qtbot, DataTable(columns(), "fees", Memory(path)))
    assert abs(back.columnWidth(2) - theme.u(180)) <= 1


def test_other_columns_for_the_same_rows(table):
    table.set_rows(ROWS)
    assert said(table.rows, 0, 0) != "床位费"  # the texts of the old columns are kept no longer
    table.set_columns(columns()[1:])
    assert table.rows.columnCount() == 2
    assert said(table.rows, 0, 0) == "床位费"
