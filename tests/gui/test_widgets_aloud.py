"""Banner, timeline, empty state, overlay and question at both sizes, and what they say."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QToolButton, QVBoxLayout, QWidget

from core.words import say
from gui.messages import Advice, Message
from gui.theme import theme
from gui.widgets.banner import MARKS, Banner
from gui.widgets.empty_state import EmptyState
from gui.widgets.keys import COVERED
from gui.widgets.labels import Label
from gui.widgets.overlay import Overlay
from gui.widgets.question import LONGEST_REASON, Question
from gui.widgets.timeline import Moment, Timeline

ADVICE = Advice("中心没有收到。", "资金不受影响。", "请再试一次。", "多次不成时联系信息科。")
WHOLE = Message("danger", "待遇不可享受", ADVICE, "-99", "H99-1")


@pytest.fixture(params=[100, 200])
def host(qapp, qtbot, request):
    theme.apply("light", request.param)
    made = QWidget()
    QVBoxLayout(made)
    qtbot.addWidget(made)
    made.resize(theme.u(700), theme.u(500))
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    yield made
    theme.apply()


def put(host, widget):
    host.layout().addWidget(widget)
    widget.show()
    return widget


def test_a_banner_shows_headline_advice_and_reference(host):
    banner = put(host, Banner(WHOLE))
    texts = [label.text() for label in banner.findChildren(Label)]
    assert texts == [
        "待遇不可享受",
        "　".join(ADVICE.sentences()),
        f"{say('banner.code', code='-99')}　{say('banner.msgid', msgid='H99-1')}",
    ]


def test_copy_takes_everything_line_by_line(host):
    put(host, Banner(WHOLE)).copy()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0] == "待遇不可享受"
    assert tuple(lines[1:5]) == ADVICE.sentences()
    assert "-99" in lines[5] and "H99-1" in lines[5]


def test_buttons_have_names_and_take_no_focus(host):
    closed = []
    banner = put(host, Banner(WHOLE, lambda: closed.append(1)))
    buttons = banner.findChildren(QToolButton)
    names = [button.accessibleName() for button in buttons]
    assert names == [say("banner.copy"), say("banner.close")]
    assert all(button.focusPolicy() == Qt.FocusPolicy.NoFocus for button in buttons)
    buttons[1].click()
    assert closed == [1]


@pytest.mark.parametrize("kind", MARKS)
def test_a_plain_banner_has_nothing_to_copy_or_close(host, kind):
    banner = put(host, Banner(Message(kind, "一句话")))
    assert banner.findChildren(QToolButton) == []
    assert banner.accessibleName() == f"{say('banner.' + kind)}：一句话"
    assert not banner.grab().isNull()


def test_a_long_sentence_of_the_timeline_takes_more_lines(host):
    line, heard = put(host, Timeline()), []
    line.chosen.connect(heard.append)
    short, long = Moment("09:30:41", "写入日志"), Moment("09:31:01", "未答复，" * 60, "amber")
    line.set_moments([short, long])
    model = line.model()
    assert line.sizeHintForRow(1) > 2 * line.sizeHintForRow(0) > 0
    assert model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole) == "09:30:41 写入日志"
    line.setCurrentIndex(model.index(1, 0))
    assert heard[-1] is long
    assert not line.grab().isNull()


def test_an_empty_state_says_both_sentences(host):
    empty = put(host, EmptyState("没有待处理的交易", "按 F5 再看一次"))
    assert empty.accessibleName() == "没有待处理的交易 按 F5 再看一次"
    empty.show_words("还没有记录")
    assert empty.accessibleName() == "还没有记录"
    assert empty._hint.isHidden()


@pytest.mark.parametrize("firm", [False, True])
def test_escape_closes_an_overlay_unless_it_is_firm(host, qtbot, firm):
    overlay = Overlay(host, firm=firm)
    overlay.open()
    overlay.open()
    assert host.property(COVERED) == 1
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert overlay.isVisible() is firm
    overlay.close_overlay()
    overlay.close_overlay()
    assert host.property(COVERED) == 0


def test_tab_stays_inside_an_overlay_whose_card_fits(host, qtbot):
    put(host, QLineEdit())
    overlay = Overlay(host, 2000)
    fields = [QLineEdit(), QLineEdit()]
    for field in fields:
        overlay.card.column.addWidget(field)
    overlay.open(fields[0])
    for place in (1, 0, 1):
        overlay.focusNextPrevChild(True)
        assert overlay.isAncestorOf(QWidget.window(host).focusWidget()), place
    assert overlay.card.width() <= host.width()


def test_a_question_says_what_it_asks(host):
    question = Question(host)
    question.ask("撤销结算", "将退回 134.50 元。", "撤销", lambda _: None, reason=True)
    assert question.accessibleName() == "撤销结算"
    assert question.accessibleDescription() == "将退回 134.50 元。"
    assert question.reason.accessibleName() == say("question.reason")
    assert question.reason.maxLength() == LONGEST_REASON
    question.yes.click()
    assert question._fault.text() == question.reason.toolTip() == say("question.reason_missing")
