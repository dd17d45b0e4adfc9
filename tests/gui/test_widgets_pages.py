"""Banners, questions, search, timeline, empty states."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from core.outcome import Rejected, Unknown
from gui.messages import Advice, Message, Messages, of_outcome
from gui.widgets.banner import SHOWN_AT_ONCE, BannerArea
from gui.widgets.empty_state import EmptyState
from gui.widgets.keys import COVERED
from gui.widgets.question import Question
from gui.widgets.search_box import SHOWN_HITS, Choice, SearchBox
from gui.widgets.timeline import MOST_ROWS, Moment, Timeline


@pytest.fixture
def host(qtbot, dressed):
    made = QWidget()
    QVBoxLayout(made)
    made.resize(600, 400)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def area(host):
    made = BannerArea(Messages(), "refund")
    host.layout().addWidget(made)
    return made


def test_no_banner_takes_no_room(area):
    assert not area.isVisible()


def test_the_centres_words_and_our_advice(area):
    area._messages.say("refund", of_outcome(Rejected("-1", "待遇不可享受"), "H1"))
    (banner,) = area.banners()
    assert area.isVisible()
    assert "待遇不可享受" in banner.accessibleName()
    banner.copy()
    text = QGuiApplication.clipboard().text()
    assert "待遇不可享受" in text
    assert "H1" in text
    assert "资金" in text


def test_only_the_newest_are_shown(area):
    for number in range(SHOWN_AT_ONCE + 3):
        area._messages.say("refund", Message("info", str(number)))
    assert [item.message.text for item in area.banners()] == ["5", "4", "3"]


def test_a_banner_can_be_put_away(area, qtbot):
    area._messages.say("refund", Message("done", "完成"))
    close = area.banners()[0].layout().itemAt(2).layout().itemAt(0).widget()
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert area.banners() == ()
    assert not area.isVisible()


@pytest.mark.parametrize("kind", ["info", "done", "warning", "danger", "unknown"])
def test_every_kind_is_painted(area, kind):
    area._messages.say(
        "refund", Message(kind, "一句话", Advice("发生了什么", "资金", "怎么办", "找谁"))
    )
    assert not area.grab().isNull()


def test_unknown_looks_different_from_a_warning(area):
    area._messages.say("refund", of_outcome(Unknown("timeout", "没有答复")))
    assert area.banners()[0].property("banner") == "unknown"


class TestQuestion:
    @pytest.fixture
    def question(self, host):
        return Question(host)

    def test_the_focus_is_on_no(self, question):
        question.ask("撤销结算", "将退回 134.50 元。", "撤销", lambda _: None, reason=True)
        assert question.no.hasFocus()
        assert question.isVisible()

    def test_enter_on_no_changes_nothing(self, question, qtbot):
        agreed = []
        question.ask("撤销结算", "", "撤销", agreed.append)
        qtbot.keyClick(question.no, Qt.Key.Key_Return)
        qtbot.keyClick(question.no, Qt.Key.Key_Space)
        assert agreed == []
        assert not question.isVisible()

    def test_a_reason_is_needed(self, question, qtbot):
        agreed = []
        question.ask("撤销结算", "", "撤销", agreed.append, reason=True)
        question.yes.click()
        assert agreed == []
        assert question.reason.hasFocus()
        question.reason.setText("  录错费用 ")
        question.yes.click()
        assert agreed == ["录错费用"]

    def test_escape_is_no(self, question, qtbot, host):
        agreed = []
        question.ask("撤销结算", "", "撤销", agreed.append)
        assert host.property(COVERED) == 1
        qtbot.keyClick(question, Qt.Key.Key_Escape)
        assert agreed == []
        assert host.property(COVERED) == 0

    def test_the_focus_comes_back(self, question, host, qtbot):
        field = QLineEdit()
        host.layout().addWidget(field)
        field.show()
        field.setFocus()
        question.ask("撤销结算", "", "撤销", lambda _: None)
        question.close_overlay()
        assert field.hasFocus()

    def test_it_covers_its_page_at_every_size(self, question, host):
        question.ask("撤销结算", "", "撤销", lambda _: None, danger=False)
        host.resize(320, 240)
        QApplication.processEvents()
        assert question.size() == host.size()
        assert question.card.width() < 320


class TestSearch:
    @pytest.fixture
    def box(self, host):
        names = {"S62.0": "腕舟骨骨折", "S62.1": "腕骨骨折", "T92.2": "腕骨骨折后遗症"}

        def find(text):
            return [Choice(code, name, code) for code, name in names.items() if text in code + name]

        made = SearchBox("诊断", find)
        host.layout().addWidget(made)
        made.show()
        made.setFocus()
        return made

    def test_hits_appear_while_typing(self, box, qtbot):
        qtbot.keyClicks(box, "S62")
        assert [choice.key for choice in box.hits()] == ["S62.0", "S62.1"]

    def test_enter_takes_the_first(self, box, qtbot):
        chosen = []
        box.chosen.connect(chosen.append)
        qtbot.keyClicks(box, "S62")
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert chosen[0].key == "S62.0"
        assert box.text() == "腕舟骨骨折"
        assert box.hits() == ()

    def test_arrows_choose_and_stop_at_the_ends(self, box, qtbot):
        chosen = []
        box.chosen.connect(chosen.append)
        qtbot.keyClicks(box, "S62")
        for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
            qtbot.keyClick(box, key)
        assert chosen[0].key == "S62.1"

    def test_a_click_takes_a_hit(self, box, qtbot):
        chosen = []
        box.chosen.connect(chosen.append)
        qtbot.keyClicks(box, "T92")
        hits = box._list
        place = hits.visualItemRect(hits.item(0)).center()
        qtbot.mouseClick(hits.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert chosen[0].key == "T92.2"

    def test_escape_closes_the_list_only(self, box, qtbot):
        qtbot.keyClicks(box, "S62")
        qtbot.keyClick(box, Qt.Key.Key_Escape)
        assert box.hits() == ()
        assert box.text() == "S62"

    def test_what_is_no_hit_is_submitted(self, box, qtbot):
        said = []
        box.submitted.connect(said.append)
        qtbot.keyClicks(box, "MZ20260302")
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert said == ["MZ20260302"]

    def test_the_list_is_short_and_goes_with_the_focus(self, box, qtbot, host):
        box.set_finder(lambda text: [Choice(str(n), f"项 {n}") for n in range(100)])
        qtbot.keyClicks(box, "x")
        assert len(box.hits()) == SHOWN_HITS
        host.resize(500, 300)
        QApplication.processEvents()
        assert box.hits() == ()
        qtbot.keyClicks(box, "y")
        box.clearFocus()
        assert box.hits() == ()


def test_a_timeline_tells_in_order(host, qtbot):
    line, chosen = Timeline(), []
    host.layout().addWidget(line)
    line.show()
    line.chosen.connect(chosen.append)
    line.set_moments(
        [
            Moment("09:30:41.118", "写入日志", "muted"),
            Moment("09:31:01.402", "未答复 " * 30, "amber"),
        ]
    )
    assert len(line.moments()) == 2
    line.setCurrentIndex(line.model().index(1, 0))
    assert chosen[-1].time == "09:31:01.402"
    assert not line.grab().isNull()
    one, two = (line.sizeHintForIndex(line.model().index(row, 0)).height() for row in (0, 1))
    assert two > one


def test_a_timeline_has_a_limit(qtbot, dressed):
    line = Timeline()
    qtbot.addWidget(line)
    line.set_moments([Moment("09:00", str(n)) for n in range(MOST_ROWS + 10)])
    assert len(line.moments()) == MOST_ROWS
    assert line.moments()[-1].text == str(MOST_ROWS + 9)


def test_an_empty_state_says_what_to_press(qtbot, dressed):
    empty = EmptyState("没有待处理的交易", "按 Alt+1 回到门诊收费")
    qtbot.addWidget(empty)
    assert "Alt+1" in empty.accessibleName()
    empty.show_words("另一句")
    assert not empty._hint.isVisibleTo(empty)
    assert not empty.grab().isNull()
