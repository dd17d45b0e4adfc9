"""Chips above a list: counts, the arrow keys, one Tab stop."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from gui.widgets.chips import Chips

NAMES = (("all", "全部"), ("in", "在院"), ("out", "出院"))


@pytest.fixture
def chips(qtbot, dressed):
    made = Chips(NAMES)
    qtbot.addWidget(made)
    made.show()
    return made


def test_each_chip_shows_its_count_where_it_is_known(chips):
    chips.set_counts({"all": 12, "in": 0})
    assert [chip.text() for chip in chips.chips.values()] == ["全部 12", "在院 0", "出院"]


def test_the_arrow_keys_go_round(chips, qtbot):
    heard = []
    chips.chosen.connect(heard.append)
    qtbot.keyClick(chips.chips["all"], Qt.Key.Key_Right)
    qtbot.keyClick(chips.chips["in"], Qt.Key.Key_Right)
    qtbot.keyClick(chips.chips["out"], Qt.Key.Key_Right)
    qtbot.keyClick(chips.chips["all"], Qt.Key.Key_Left)
    assert heard == ["in", "out", "all", "out"]
    assert chips.current == "out" and chips.chips["out"].isChecked()


def test_only_the_chosen_one_is_a_tab_stop(chips):
    chips.choose("in")
    stops = [name for name, chip in chips.chips.items()
             if chip.focusPolicy() == Qt.FocusPolicy.StrongFocus]  # fmt: skip
    assert stops == ["in"]


def test_a_click_takes_it(chips, qtbot):
    heard = []
    chips.chosen.connect(heard.append)
    qtbot.mouseClick(chips.chips["out"], Qt.MouseButton.LeftButton)
    assert heard == ["out"]


def test_arrows_pass_over_hidden_chips(chips, qtbot):
    chips.chips["in"].hide()
    qtbot.keyClick(chips.chips["all"], Qt.Key.Key_Right)
    assert chips.current == "out"
    chips.chips["out"].hide()
    qtbot.keyClick(chips.chips["out"], Qt.Key.Key_Left)
    assert chips.current == "all"
