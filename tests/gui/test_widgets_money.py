"""The money panel: figures, refunds, change, checks; and the card, steps, strip beside it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from core.domain import Amounts
from gui.theme import theme
from gui.widgets.labels import ElidedLabel
from gui.widgets.money_panel import MoneyCheck, MoneyPanel
from gui.widgets.patient_card import Fact, PatientCard
from gui.widgets.rail import Rail, RailItem
from gui.widgets.stage_pill import LOOKS, StagePill
from gui.widgets.status_strip import StatusStrip
from gui.widgets.step_line import Step, StepLine

PAID = Amounts(total=123450, fund=110000, personal=13450)


@pytest.fixture
def panel(qtbot, dressed):
    made = MoneyPanel()
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_figures_are_yuan_with_two_decimals(panel):
    panel.show_amounts(PAID)
    assert panel._total.text() == "1,234.50"
    assert panel._fund.text() == "1,100.00"
    assert panel.shown_personal() == "134.50"
    assert panel.amounts() is PAID


def test_a_refund_is_red_negative_and_says_so(panel):
    panel.show_amounts(PAID, refund=True)
    assert panel.shown_personal() == "退 -134.50"
    assert panel._personal.property("role").endswith("danger")
    assert "退" in panel._personal_name.text()
    panel.show_amounts(PAID)
    assert "退" not in panel._personal_name.text()


def test_change_follows_what_was_received(panel, qtbot):
    heard = []
    panel.received_changed.connect(lambda: heard.append(panel.change()))
    panel.show_amounts(PAID)
    assert panel.change() is None
    qtbot.keyClicks(panel.received, "150")
    assert panel.change() == 1550
    assert panel._change.text() == "15.50"
    assert heard[-1] == 1550


def test_too_little_is_said_in_words_and_red(panel):
    panel.show_amounts(PAID)
    panel.received.set_fen(10000)
    assert panel.change() == -3450
    assert panel._change_name.text() == "还差"
    assert panel._change.property("role") == "amount-danger"


def test_without_amounts_nothing_is_shown_as_settled(panel):
    panel.show_amounts(None)
    assert panel.amounts() is None
    assert panel._personal.property("role").endswith("none")
    panel.received.set_fen(100)
    assert panel.change() is None


def test_checks_and_prompt_come_and_go(panel):
    panel.set_checks([MoneyCheck("甲", True), MoneyCheck("乙", False), MoneyCheck("丙")])
    assert panel._checks.count() == 3
    panel.set_checks([])
    assert panel._checks.count() == 0
    panel.ask("再按 F2 确认结算")
    assert panel._prompt.isVisible()
    panel.ask()
    assert not panel._prompt.isVisible()
    panel.set_caption("张示例")
    assert panel._caption.isVisible()


def test_the_big_figure_is_big(panel):
    panel.show_amounts(PAID)
    panel.ensurePolished()
    assert 24 <= panel._personal.font().pointSizeF() <= 32


@pytest.mark.parametrize("state", LOOKS)
def test_a_pill_paints_every_state(qtbot, dressed, state):
    pill = StagePill("结算", state, "尚未登记")
    qtbot.addWidget(pill)
    assert not pill.grab().isNull()
    assert pill.toolTip() == pill.statusTip() == "尚未登记"
    assert pill.accessibleName() == "结算"


STEPS = [
    Step("读卡", "done"),
    Step("登记", "done"),
    Step("费用", "now"),
    Step("预结算", "next"),
    Step("结算", "later", "先预结算"),
    Step("打印", "later"),
]


@pytest.fixture
def steps(qtbot, dressed):
    host = QWidget()
    made = StepLine(STEPS)
    made.setParent(host)
    qtbot.addWidget(host)
    made.resize(900, 40)
    host.show()
    qtbot.waitExposed(host)
    yield made


def test_steps_say_why_not_yet(steps):
    assert steps.states() == tuple(step.state for step in STEPS)
    assert steps._pills[4].toolTip() == "先预结算"
    assert "先预结算" in steps.accessibleName()


def test_steps_give_way_but_keep_where_we_are(steps):
    assert steps._pills[0].text == "读卡"
    steps.resize(330, 40)
    assert steps._pills[0].text == ""
    assert "费用" in steps._pills[2].text
    steps.resize(900, 40)
    assert steps._pills[0].text == "读卡"


def test_another_visit_has_other_steps(steps):
    steps.set_steps(STEPS[:2])
    assert len(steps.states()) == 2
    steps.set_steps(STEPS)
    assert len(steps.states()) == 6
    assert not steps.grab().isNull()


FACTS = [
    Fact("参保人", "张示例　男　45 岁", weight=3),
    Fact("证件号", "990101********1234", weight=4),
    Fact("单位", "示例机械厂", weight=2, keep=False),
    Fact("工伤资格", "肢体残 · 左手　2026-03-12 至 2027-03-11", "link", 5),
    Fact("待遇", "可享受", "done"),
]


@pytest.fixture
def card(qtbot, dressed):
    made = PatientCard("按 F6 读卡")
    qtbot.addWidget(made)
    made.resize(1200, 70)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_an_empty_card_says_what_to_press(card):
    assert card.hint.isVisible()
    card.show_facts("张示例", FACTS)
    assert not card.hint.isVisible()
    assert "张示例" in card.accessibleName()
    card.show_facts("", (), "请读卡")
    assert card.hint.text() == "请读卡"


def test_a_narrow_card_lets_the_lesser_facts_go(card, qtbot):
    card.show_facts("张示例", FACTS)
    qtbot.waitUntil(lambda: card._cells[2][1].isVisible())
    card.resize(500, 70)
    assert not card._cells[2][1].isVisible()
    assert card._cells[0][1].isVisible()
    assert card.minimumSizeHint().width() <= 500 or card.minimumWidth() <= 500


def test_a_label_that_does_not_fit_ends_in_dots_and_is_whole_in_the_tip(qtbot, dressed):
    label = ElidedLabel("很长很长很长很长很长很长的一句话")
    qtbot.addWidget(label)
    label.show()
    label.resize(60, 20)
    assert label.text().endswith("…")
    assert label.toolTip() == label.whole()
    label.setText("短")
    assert label.text() == "短"


@pytest.fixture
def strip(qtbot, dressed):
    made = StatusStrip("F1 按键表")
    qtbot.addWidget(made)
    made.resize(1200, 32)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize("state", ["ok", "warning", "failed", "none"])
def test_a_state_is_a_shape_and_a_word(strip, state):
    strip.show_state("centre", state, "中心 32 毫秒", "1800")
    item = strip.items["centre"]
    assert item.text() == "中心 32 毫秒"
    assert "：" in item.accessibleName()
    assert not item.grab().isNull()


def test_shapes_differ_without_colour(strip):
    images = []
    for state in ("ok", "warning", "failed", "none"):
        strip.show_state("centre", state, "中心")
        image = (
            strip.items["centre"]
            ._dot.grab()
            .toImage()
            .convertToFormat(strip.grab().toImage().Format.Format_Mono)
        )
        images.append(bytes(image.constBits()))
    assert len(set(images)) >= 3


def test_a_narrow_strip_keeps_what_matters(strip):
    strip.set_day("营业日 03-02")
    strip.set_time("中心时间 09:00:00")
    strip.resize(420, 32)
    assert strip.items["centre"].isVisible()
    assert strip.items["pending"].isVisible()
    assert not strip._help.isVisible()
    strip.resize(1400, 32)
    assert strip._help.isVisible()


@pytest.fixture
def rail(qtbot, dressed):
    made = Rail("工伤结算台", "东湖示例医院", training=True)
    qtbot.addWidget(made)
    made.set_items(
        [
            RailItem("pending", "待处理", "Alt+4", "pending"),
            RailItem("settings", "设置", "Alt+5", "settings", True),
        ]
    )
    made.show()
    return made


def test_the_rail_counts_and_asks(rail, qtbot):
    asked = []
    rail.asked.connect(asked.append)
    rail._buttons["settings"].click()
    assert asked == ["settings"]
    for count in (0, 2, 1234):
        rail.set_count("pending", count)
        assert not rail.grab().isNull()
    assert "1234" in rail._buttons["pending"].accessibleName()
    rail.set_count("no such screen", 3)


def test_a_narrow_rail_still_says_everything_on_hover(rail):
    rail.set_narrow(True)
    assert rail.width() < theme.u(100)
    assert "待处理" in rail._buttons["pending"].toolTip()
    assert not rail.grab().isNull()


def test_the_deposit_is_set_against_the_personal_part(panel):
    panel.show_amounts(PAID)
    panel.show_deposit(10000, 3450)
    assert panel._deposit.text() == "100.00" and panel._due_figure.text() == "34.50"
    assert panel._due_name.text() == "应补收"
    panel.received.set_fen(5000)
    assert panel.change() == 1550 and panel.due() == 3450


def test_a_deposit_larger_than_the_bill_goes_back_in_red(panel):
    panel.show_amounts(PAID)
    panel.show_deposit(20000, -6550)
    assert panel._due_name.text() == "应退还" and panel._due_figure.text() == "退 65.50"
    assert panel._due_figure.property("role") == "amount-danger"
    assert panel.received.isHidden() or not panel.received.isVisible()
    panel.show_deposit(None)
    assert panel.due() == PAID.personal and not panel._deposit_box.isVisible()
