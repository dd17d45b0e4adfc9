"""The wait panel and the keys of a page: seconds by a clock of ours, swallowed keys, park, stop."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.errors import Fault
from core.words import say
from gui.actions import ActionTable
from gui.theme import theme
from gui.widgets.keys import COVERED, LOCKED, ActionButton, PageKeys, cover
from gui.widgets.wait_panel import SHOWN_AFTER_MS, TICK_MS, WaitPanel


class Clock:
    """Milliseconds that pass when a test says so."""

    def __init__(self):
        self.now = 0

    def start(self):
        self.now = 0

    def elapsed(self):
        return self.now


@pytest.fixture(params=[100, 200])
def scale(qapp, request):
    theme.apply("light", request.param)
    yield request.param
    theme.apply()


@pytest.fixture
def page(scale, qtbot):
    """A page with a field and a button; the field has the focus."""
    made = QWidget()
    column = QVBoxLayout(made)
    made.field, made.press = QLineEdit(), QPushButton("按")
    column.addWidget(made.field)
    column.addWidget(made.press)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    made.field.setFocus()
    qtbot.waitUntil(made.field.hasFocus)
    return made


@pytest.fixture
def panel(page, monkeypatch):
    made = WaitPanel.of(page)
    monkeypatch.setattr(made, "_clock", Clock())
    yield made
    made.end()


def passed(panel, ms):
    """So many milliseconds later the ticking timer fires."""
    panel._clock.now += ms
    panel._tick.timeout.emit()


def test_a_page_has_one_panel(page, panel):
    assert WaitPanel.of(page) is panel
    assert panel.isHidden()


def test_the_page_is_locked_before_the_card_is_seen(page, panel):
    panel.begin("结算")
    assert page.property(LOCKED) is True
    assert panel.isVisible()
    assert panel.card.isHidden()
    assert panel._late.isActive() and panel._late.isSingleShot()
    assert panel._late.interval() == SHOWN_AFTER_MS
    panel._late.timeout.emit()
    assert panel.card.isVisible()


def test_seconds_are_counted_by_the_clock(panel):
    panel.begin("结算")
    assert panel._tick.interval() == TICK_MS
    assert panel._seconds.text() == say("wait.seconds", seconds=0)
    passed(panel, 999)
    assert panel.seconds() == 0
    passed(panel, 1)
    assert panel._seconds.text() == say("wait.seconds", seconds=1)
    passed(panel, 58_000)
    assert panel._seconds.text() == say("wait.seconds", seconds=59)


def test_the_next_wait_counts_from_nought(panel):
    panel.begin("结算")
    passed(panel, 7000)
    panel.end()
    panel.begin("登记")
    assert panel.seconds() == 0
    assert panel._asks.text() == panel.accessibleName() == "登记"


def test_nothing_ticks_after_the_end(page, panel):
    panel.begin("结算")
    panel.end()
    assert not panel._tick.isActive()
    assert not panel._late.isActive()
    assert page.property(LOCKED) is False
    assert panel.isHidden()


def test_a_wait_without_words_has_the_ordinary_ones(panel):
    panel.begin("")
    assert panel._asks.text() == say("wait.asks")


def test_keys_and_clicks_are_swallowed(page, panel, qtbot):
    pressed = []
    page.press.clicked.connect(lambda: pressed.append(1))
    panel.begin("结算")
    qtbot.keyClicks(page.field, "123")
    qtbot.mouseClick(page.press, Qt.MouseButton.LeftButton)
    qtbot.keyClick(panel, Qt.Key.Key_F2)
    assert page.field.text() == ""
    assert pressed == []
    panel.end()
    qtbot.keyClicks(page.field, "123")
    qtbot.mouseClick(page.press, Qt.MouseButton.LeftButton)
    assert page.field.text() == "123"
    assert pressed == [1]


def test_a_key_does_not_go_through_the_panel_to_the_page(page, panel):
    panel.begin("结算")
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        key = QKeyEvent(kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
        key.ignore()
        panel.event(key)
        assert key.isAccepted()


def test_the_wheel_turns_nothing(page, panel):
    panel.begin("结算")
    wheel = QWheelEvent(
        QPoint(5, 5),
        page.field.mapToGlobal(QPoint(5, 5)),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    assert panel.eventFilter(page.field, wheel)
    assert not panel.eventFilter(page.field, QEvent(QEvent.Type.Paint))


def test_the_focus_comes_back(page, panel):
    panel.begin("结算")
    assert panel.hasFocus()
    panel.end()
    assert page.field.hasFocus()


def test_a_widget_that_went_meanwhile_does_no_harm(page, panel, qapp):
    panel.begin("结算")
    page.press.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    panel.end()
    assert page.field.hasFocus()


def test_park_is_offered_only_when_it_is_given(panel):
    panel.begin("结算")
    assert panel._park_button.isHidden()
    assert not panel._park.isEnabled()
    assert panel._note.text() == say("wait.note")
    panel.end()
    panel.begin("结算", park=lambda: None)
    assert not panel._park_button.isHidden()
    assert panel._note.text() == say("wait.note_park")


def test_park_by_button_calls_once_and_only_the_newest(panel):
    calls = []
    panel.begin("结算", park=lambda: calls.append("old"))
    panel.end()
    panel.begin("结算", park=lambda: calls.append("new"))
    panel._park_button.click()
    assert calls == ["new"]


def test_park_works_by_its_key(page, panel, qtbot):
    calls = []
    panel.begin("结算", park=lambda: calls.append(1))
    qtbot.keyClick(panel, Qt.Key.Key_F12)
    assert calls == [1]


def test_stop_ends_with_the_batch_under_way(panel):
    calls = []
    panel.begin("上传费用", stop=lambda: calls.append(1))
    panel._stop_button.click()
    panel.stopping()
    panel._stop_button.click()
    assert calls == [1]
    assert not panel._stop.isEnabled()
    assert panel._note.text() == say("wait.stopping")


def test_progress_says_how_much_and_how_long(panel):
    panel.begin("上传费用")
    assert panel._bar.isHidden()
    panel.progress(0, 10)
    assert panel._counts.text() == say("wait.counts_first", done=0, total=10)
    panel._clock.now = 4000
    panel.progress(2, 10)
    assert panel._counts.text() == say("wait.counts", done=2, total=10, left=16)
    assert (panel._bar.value(), panel._bar.maximum()) == (2, 10)
    panel.progress(0, 0)
    assert panel._bar.maximum() == 1


def test_the_next_wait_has_no_old_progress(panel):
    panel.begin("上传费用")
    panel.progress(3, 4)
    panel.end()
    panel.begin("结算")
    assert panel._bar.isHidden()
    assert panel._counts.isHidden()


def test_the_panel_covers_the_page_at_every_size(page, panel):
    panel.begin("结算")
    panel._late.timeout.emit()
    page.resize(1200, 800)
    assert panel.geometry() == page.rect()
    assert panel.card.width() == theme.u(380)
    assert not panel.grab().isNull()


@pytest.fixture
def keys(page):
    return PageKeys(page, ActionTable())


def test_a_bound_key_calls_its_slot(page, keys, qtbot):
    calls = []
    keys.bind("settle", lambda: calls.append(1))
    qtbot.keyClick(page, Qt.Key.Key_F2)
    keys.trigger("settle")
    assert calls == [1, 1]


def test_a_locked_page_does_nothing(page, keys):
    calls = []
    keys.bind("settle", lambda: calls.append(1))
    page.setProperty(LOCKED, True)
    keys.trigger("settle")
    assert keys.locked()
    assert calls == []


def test_covers_are_counted_up_to_the_window(page, keys):
    inner = PageKeys(page.field, ActionTable())
    cover(page, +1)
    cover(page, +1)
    cover(page, -1)
    assert page.property(COVERED) == 1
    assert keys.locked() and inner.locked()
    cover(page, -1)
    assert not keys.locked() and not inner.locked()


def test_what_works_always_works_below_an_overlay(page, keys):
    calls = []
    keys.bind("settle", lambda: calls.append(1), always=True)
    cover(page, +1)
    keys.trigger("settle")
    assert calls == [1]


def test_a_grey_action_says_why_and_is_not_called(page, keys):
    calls = []
    keys.bind("settle", lambda: calls.append(1))
    button = keys.button("settle", primary=True)
    page.layout().addWidget(button)
    keys.allow("settle", Fault("x", "请先预结算。"))
    keys.trigger("settle")
    button.click()
    assert calls == []
    assert not button.isEnabled()
    assert button.toolTip() == button.statusTip() == "请先预结算。"
    keys.allow("settle")
    assert button.isEnabled()
    assert button.toolTip() == ""
    button.click()
    assert calls == [1]
    keys.allow("settle", allowed=False)
    assert not button.isEnabled()


def test_a_button_shows_label_and_key_and_says_the_label(page, keys):
    keys.bind("settle", lambda: None)
    button = keys.button("settle", primary=True)
    page.layout().addWidget(button)
    assert button.text() == "结算　F2"
    assert button.accessibleName() == "结算"
    assert button.property("kind") == "primary"
    assert button.minimumHeight() == theme.u(38)
    button.set_kind("danger")
    assert button.property("kind") == "danger"
    keys.action("settle").setText("确认结算")
    assert button.text().startswith("确认结算")


def test_a_key_of_the_desks_own_stands_on_the_button(page):
    keys = PageKeys(page, ActionTable({"settle": "F9"}))
    button = ActionButton(keys.bind("settle", lambda: None), "quiet")
    page.layout().addWidget(button)
    assert button.text() == "结算　F9"
    assert not keys.action("settle").autoRepeat()
    assert button.height() >= button.fontMetrics().height()
