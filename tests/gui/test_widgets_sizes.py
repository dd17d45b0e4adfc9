"""Both letter sizes: what a card, steps, strip, rail and money panel show, hide and say aloud."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.domain import Amounts
from core.words import say
from gui.screens.outpatient.facts import masked
from gui.theme import theme
from gui.widgets.labels import ElidedLabel, Label
from gui.widgets.money_panel import NARROWEST, WIDTH, MoneyCheck, MoneyPanel
from gui.widgets.patient_card import Fact, PatientCard
from gui.widgets.rail import NARROW, WIDE, Rail, RailItem
from gui.widgets.stage_pill import LOOKS, StagePill
from gui.widgets.status_strip import StatusItem, StatusStrip
from gui.widgets.step_line import Step, StepLine

LONG = "欧阳娜仁图雅·阿不都热依木·买买提江"
ID_NO = "99010119900101999A"
PAID = Amounts(total=1234567890, fund=1234500000, personal=67890)


@pytest.fixture(params=[100, 200])
def scale(qapp, request):
    theme.apply("light", request.param)
    yield request.param
    theme.apply()


@pytest.fixture
def shown(scale, qtbot):
    """Shows a widget inside a sheet of a given width in units."""
    sheets = []

    def show(widget, wide, high=120):
        sheet = QWidget()
        sheets.append(sheet)
        column = QVBoxLayout(sheet)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(widget)
        qtbot.addWidget(sheet)
        sheet.resize(theme.u(wide), theme.u(high))
        sheet.show()
        qtbot.waitExposed(sheet)
        return widget

    return show


def facts(name=LONG):
    return (
        Fact("患者", f"{name}　女　34 岁", "strong", 4),
        Fact("证件号", masked(ID_NO), "strong", 4, keep=False),
        Fact("单位", "第九十九区虚构重型机械制造有限责任公司第三分厂", "strong", 2, keep=False),
        Fact("资格认定", "肢体残 · 左手第二掌骨骨折", "link", 4),
        Fact("待遇", "可以享受", "done", 3),
    )


def words(card):
    labels = card.findChildren(ElidedLabel)
    return [label for label in labels if label.isVisible()]


def test_a_masked_number_shows_head_and_tail_only():
    assert masked(ID_NO) == "990101********999A"
    assert masked("1234567890") == "*" * 10
    assert masked("") == ""
    assert len(masked(ID_NO)) == len(ID_NO)


def test_the_card_shows_every_fact_when_there_is_room(shown):
    card = shown(PatientCard("按 F3 读卡"), 2400)
    card.show_facts(LONG, facts())
    assert [label.whole() for label in words(card)] == [
        text for fact in facts() for text in (fact.label, fact.value)
    ]
    assert card.hint.isHidden()
    assert card.initial._text == "欧"


def test_the_card_never_says_the_whole_number(shown):
    card = shown(PatientCard(), 1200)
    card.show_facts("张三", facts("张三"))
    seen = card.accessibleName() + "".join(w.text() + w.toolTip() for w in words(card))
    assert ID_NO not in seen
    assert masked(ID_NO) in seen
    assert "资格认定 肢体残" in card.accessibleName()


@pytest.mark.parametrize("wide", [300, 480, 640, 900, 1400])
def test_long_names_end_in_dots_and_are_never_cut(shown, wide):
    card = shown(PatientCard(), wide)
    card.show_facts(LONG, facts())
    card.layout().activate()
    for label in words(card):
        text = label.text()
        assert text == label.whole() or text.endswith("…")
        assert label.fontMetrics().horizontalAdvance(text) <= label.contentsRect().width() + 1
        assert label.toolTip() == label.accessibleName() == label.whole()


def test_lesser_facts_go_first_and_come_back(shown, qtbot):
    card = shown(PatientCard(), 480)
    card.show_facts(LONG, facts())
    kept = [fact.label for fact in facts() if fact.keep]
    seen = {label.whole() for label in words(card)}
    assert set(kept) <= seen
    assert "单位" not in seen
    card.window().resize(theme.u(2400), theme.u(120))
    qtbot.waitUntil(lambda: "单位" in {label.whole() for label in words(card)})
    assert card.initial.isVisible()


def test_without_a_patient_the_card_says_what_to_press(shown):
    card = shown(PatientCard("按 F3 读卡"), 900)
    card.show_facts("张三", facts("张三"))
    card.show_facts("", (), "请读下一张卡")
    assert card.hint.text() == card.accessibleName() == "请读下一张卡"
    assert words(card) == []
    assert card.initial._text == ""
    assert not card.grab().isNull()


@pytest.fixture
def panel(shown):
    return shown(MoneyPanel(), 400, 600)


@pytest.mark.parametrize("refund", [False, True])
def test_great_amounts_are_seen_in_full(panel, refund):
    panel.show_amounts(PAID, refund=refund)
    panel.layout().activate()
    for label in (panel._total, panel._fund, panel._personal):
        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())
    assert panel._total.text() == ("退 -12,345,678.90" if refund else "12,345,678.90")


def test_the_panel_keeps_its_width(panel):
    assert panel.accessibleName() == say("money.panel")
    assert panel.minimumWidth() == theme.u(NARROWEST)
    assert panel.sizeHint().width() == theme.u(WIDTH)
    assert panel.width() <= theme.u(WIDTH)
    assert panel.received.accessibleName() == say("money.received")


def test_no_amounts_are_noughts_of_another_colour(panel):
    panel.show_amounts(PAID)
    panel.show_amounts(None)
    for label in (panel._total, panel._fund, panel._personal, panel._change):
        assert label.text() == say("money.none")
        assert label.property("role").endswith("-none")
    assert panel.amounts() is None


def test_a_refund_names_every_line_as_one(panel):
    panel.show_amounts(PAID, refund=True)
    names = (panel._total_name, panel._fund_name, panel._personal_name)
    assert all("退" in name.text() for name in names)
    assert all(label.text().startswith("退 -") for label in (panel._total, panel._fund))
    assert panel.property("refund") is True


def test_a_negative_charge_is_red_too(panel):
    panel.show_amounts(Amounts(total=-100, fund=0, personal=-100))
    assert panel.shown_personal() == "-1.00"
    assert panel._personal.property("role") == "amount-big-danger"
    assert panel._fund.property("role") == "amount-fund"


@pytest.mark.parametrize(
    ("received", "change", "text", "name"),
    [
        ("700", 2110, "21.10", "money.change"),
        ("678.90", 0, "0.00", "money.change"),
        ("600", -7890, "78.90", "money.short"),
        ("", None, "—", "money.change"),
        ("1.234", None, "—", "money.change"),
    ],
)
def test_received_and_change(panel, received, change, text, name):
    panel.show_amounts(PAID)
    panel.received.setText(received)
    assert panel.change() == change
    assert panel._change.text() == text
    assert panel._change_name.text() == say(name)


def test_only_the_cashiers_typing_is_told(panel, qtbot):
    heard = []
    panel.received_changed.connect(lambda: heard.append(1))
    panel.received.set_fen(100)
    assert heard == []
    qtbot.keyClicks(panel.received, "5")
    assert heard == [1]


def test_checks_are_words_with_a_sign(panel):
    checks = [MoneyCheck("合计相符", True), MoneyCheck("明细不符", False), MoneyCheck("待核对")]
    panel.set_checks(checks)
    lines = [panel._checks.itemAt(place).widget() for place in range(3)]
    roles = [line.findChild(Label).property("role") for line in lines]
    assert roles == ["done", "danger", "faint"]
    marks = [line.findChildren(QLabel)[0].pixmap().toImage() for line in lines]
    assert marks[0] != marks[1] != marks[2] != marks[0]
    panel.set_checks(())
    assert panel._checks.count() == 0


def test_the_received_line_can_be_left_out(shown):
    panel = shown(MoneyPanel(with_received=False), 400, 500)
    assert not panel.received.isVisible()
    panel.set_caption("退费摘要")
    assert panel._caption.isVisible()
    panel.set_caption("")
    assert not panel._caption.isVisible()


STEPS = (
    Step("登记", "done"),
    Step("上传费用", "now"),
    Step("预结算", "next", "请先上传费用。"),
    Step("结算", "later", "请先预结算。"),
    Step("打印", "unknown"),
)


@pytest.mark.parametrize("wide", [150, 300, 500, 1200])
def test_the_present_step_keeps_its_word(shown, wide):
    line = shown(StepLine(STEPS), wide, 60)
    assert line.states() == tuple(step.state for step in STEPS)
    now = next(pill for pill in line._pills if pill.state == "now")
    assert now.text == "2　上传费用"
    assert all(pill.accessibleName() for pill in line._pills)
    assert not line.grab().isNull()


def test_steps_say_why_they_are_not_allowed(shown):
    line = shown(StepLine(STEPS), 1200, 60)
    assert "预结算 请先上传费用。" in line.accessibleName()
    assert [pill.toolTip() for pill in line._pills][2:4] == ["请先上传费用。", "请先预结算。"]
    line.set_steps(STEPS[:2])
    assert line.states() == ("done", "now")


@pytest.mark.parametrize("state", LOOKS)
def test_a_pill_is_wide_enough_for_its_word(shown, state):
    pill = shown(StagePill("预结算已过期", state, "理由"), 400, 60)
    font = theme.font(strong=state == "now")
    assert pill.sizeHint().width() > QFontMetrics(font).horizontalAdvance(pill.text)
    assert pill.sizeHint().height() >= QFontMetrics(font).height()
    assert pill.accessibleDescription() == "理由"
    pill.show_state("", state, "只有图")
    assert pill.accessibleName() == "只有图"


@pytest.mark.parametrize("state", ["ok", "warning", "failed", "none"])
def test_a_state_of_the_strip_is_said_aloud(shown, state):
    strip = shown(StatusStrip("F1 按键表"), 1400, 40)
    strip.show_state("centre", state, "中心 35 毫秒", "最近一次交易")
    item = strip.items["centre"]
    assert item.accessibleName() == f"中心 35 毫秒：{say('strip.state_' + state)} 最近一次交易"
    assert item.text() == "中心 35 毫秒"
    assert not strip.grab().isNull()


def test_an_item_has_a_name_before_anything_is_known(shown):
    assert StatusItem("中心").accessibleName() == "中心"
    strip = shown(StatusStrip("F1 按键表"), 1400, 40)
    assert all(item.accessibleName() for item in strip.items.values())


@pytest.mark.parametrize("wide", [240, 360, 600, 1400])
def test_centre_and_pending_stay_at_every_width(shown, qapp, wide):
    strip = shown(StatusStrip("F1 按键表"), wide, 40)
    strip.set_day("营业日 2026-11-22")
    strip.set_time("中心时间 09:30")
    qapp.processEvents()
    assert strip.items["centre"].isVisible()
    assert strip.items["pending"].isVisible()
    assert strip._help.isVisible() == (wide == 1400)
    assert strip.height() == theme.u(32)


def test_a_long_hint_gives_way_and_is_whole_in_the_tip(shown):
    strip = shown(StatusStrip("F1"), 700, 40)
    strip.hint("请先上传费用，再预结算。" * 9)
    assert strip._hint.text().endswith("…") or strip._hint.text() == ""
    assert strip._hint.toolTip() == strip.hinted() == "请先上传费用，再预结算。" * 9


ITEMS = (
    RailItem("outpatient", "门诊收费", "Ctrl+1", "outpatient"),
    RailItem("pending", "待处理", "Ctrl+3", "pending"),
    RailItem("settings", "设置", "", "settings", foot=True),
)


@pytest.fixture
def rail(shown):
    made = shown(Rail("工伤结算台", "第九十九虚构医院" * 3, training=True), 300, 500)
    made.set_items(ITEMS)
    return made


@pytest.mark.parametrize("count", [0, 1, 99, 100, 12345])
@pytest.mark.parametrize("narrow", [False, True])
def test_a_count_is_painted_and_said(rail, count, narrow):
    rail.set_narrow(narrow)
    rail.set_count("pending", count)
    button = rail._buttons["pending"]
    assert button.count == count
    said = say("rail.count", label="待处理", count=count) if count else "待处理"
    assert button.accessibleName() == said
    assert not button.grab().isNull()


def test_the_rail_is_wide_or_narrow(rail):
    assert rail.accessibleName() == say("rail.name")
    assert rail.width() == theme.u(WIDE)
    rail.set_narrow(True)
    assert rail.minimumWidth() == rail.maximumWidth() == theme.u(NARROW)
    assert rail._badge.text() == say("product.training_short")
    assert rail._who.isHidden()
    rail.set_narrow(False)
    assert rail._badge.text() == say("product.training")


def test_the_rail_asks_and_lights_one_screen(rail, qtbot):
    asked = []
    rail.asked.connect(asked.append)
    qtbot.mouseClick(rail._buttons["pending"], Qt.MouseButton.LeftButton)
    assert asked == ["pending"]
    rail.choose("outpatient")
    rail.choose("nowhere")
    rail.set_count("nowhere", 3)
    assert [b.isChecked() for b in rail._buttons.values()] == [True, False, False]


def test_no_badge_on_a_real_desk(shown):
    assert shown(Rail("工伤结算台", "医院", training=False), 300, 300)._badge.isHidden()
