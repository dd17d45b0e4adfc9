"""The locked desk over the frame: who may open it, what it hides, how the idle time counts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from core.errors import Refused, fault
from gui.operation import Operation
from gui.shell.lock import ACTIVITY, IdleClock, focus_is_inside
from gui.theme import theme
from tests.helpers.fakedesk import Gate


@pytest.fixture
def locked(entered):
    entered.lock()
    return entered.frame.lock_panel()


def attempt(panel, qtbot, word):
    panel.password.clear()
    qtbot.keyClicks(panel.password, word)
    qtbot.keyClick(panel.password, Qt.Key.Key_Return)
    qtbot.waitUntil(Operation.none_left)


def test_it_names_who_may_open_it(locked):
    assert "培训收费员（trainer）" in locked._who.text()
    assert "不受影响" in locked._who.text()


def test_the_panel_is_made_when_it_is_first_needed(entered):
    assert entered.frame.lock_panel() is None
    entered.lock()
    panel = entered.frame.lock_panel()
    panel.close_overlay()
    entered.lock()
    assert entered.frame.lock_panel() is panel


def test_it_covers_the_whole_frame_and_grows_with_it(locked, entered):
    assert locked.geometry() == entered.frame.rect()
    entered.resize(1500, 900)
    QApplication.processEvents()
    assert locked.geometry() == entered.frame.rect()


def test_nothing_behind_can_be_read(locked):
    picture = locked.grab().toImage()
    corner = picture.pixelColor(2, 2)
    assert corner == theme.colour("ground")
    assert corner.alpha() == 255


def test_an_empty_password_asks_nobody(locked, qtbot):
    attempt(locked, qtbot, "")
    assert locked.isVisible()
    assert not locked._fault.isVisible()


def test_wrong_then_right(locked, qtbot):
    attempt(locked, qtbot, "falsch")
    assert locked.isVisible()
    assert "密码不对" in locked._fault.text()
    assert locked.password.hasFocus()
    assert locked.password.selectedText()
    attempt(locked, qtbot, "peixun")
    assert not locked.isVisible()


def test_locked_again_nothing_of_before_stands_there(locked, entered, qtbot):
    attempt(locked, qtbot, "falsch")
    attempt(locked, qtbot, "peixun")
    entered.lock()
    assert locked.password.text() == ""
    assert locked._fault.isHidden()
    assert locked.password.toolTip() == ""


def test_the_lock_out_of_the_log_in_counts_here_too(locked, desk, qtbot):
    def refuse(*_):
        raise Refused(fault("operators.locked", "password", until="09:15"))

    desk.operators.verify = refuse
    attempt(locked, qtbot, "peixun")
    assert "09:15" in locked._fault.text()
    assert locked.isVisible()


def test_the_button_opens_it_too(locked, qtbot):
    locked.password.setText("peixun")
    (button,) = [one for one in locked.findChildren(QPushButton) if one.text() == "解锁"]
    button.click()
    qtbot.waitUntil(lambda: not locked.isVisible())


def test_another_operator_may_take_over(locked, entered, desk):
    (button,) = [one for one in locked.findChildren(QPushButton) if one.text() == "换人登录"]
    button.click()
    assert entered.frame is None
    assert desk.session.operator is None


def test_not_while_a_call_is_on_its_way(locked, entered, desk, qtbot):
    gate = Gate()
    Operation(entered.frame.pages.current(), gate, asks="费用结算").run()
    (button,) = [one for one in locked.findChildren(QPushButton) if one.text() == "换人登录"]
    button.click()
    assert entered.frame is not None
    assert locked.isVisible()
    gate.open()
    qtbot.waitUntil(Operation.none_left)


def test_the_focus_comes_back_to_where_it_was(entered, qtbot):
    field = entered.frame.pages.current().form("centre").fields["centre.function"].editor
    field.setFocus()
    entered.lock()
    attempt(entered.frame.lock_panel(), qtbot, "peixun")
    assert field.hasFocus()


def test_the_key_table_goes_away_first(entered):
    entered.frame.show_keys()
    entered.lock()
    assert not entered.frame.key_table.isVisible()
    assert entered.frame.lock_panel().isVisible()


def test_locking_twice_is_locking_once(locked, entered, qtbot):
    locked.password.setText("pei")
    entered.lock()
    assert locked.password.text() == "pei"
    attempt(locked, qtbot, "peixun")
    assert not locked.isVisible()
    assert not entered.frame.keys.locked()


class TestIdle:
    @pytest.fixture
    def clock(self, qapp, qtbot):
        host = QWidget()
        qtbot.addWidget(host)
        self.idle = []
        yield IdleClock(10, lambda: self.idle.append(True), host)

    def test_the_timer_locks_the_window(self, entered):
        entered.idle._timer.timeout.emit()
        assert entered.frame.lock_panel().isVisible()

    def test_the_timer_before_the_log_in_does_nothing(self, window):
        window.idle._timer.timeout.emit()
        assert window.frame is None

    def test_minutes_are_minutes(self, clock):
        assert clock._timer.interval() == 600_000
        assert clock._timer.isSingleShot()

    def test_the_settings_say_how_many(self, window, desk):
        assert window.idle._timer.interval() == desk.settings.desk.lock_minutes * 60_000

    @pytest.mark.parametrize("kind", sorted(ACTIVITY, key=lambda item: item.value))
    def test_keys_buttons_and_wheel_are_activity(self, clock, kind):
        clock._timer.stop()
        assert clock.eventFilter(clock, QEvent(kind)) is False
        assert clock.remaining() > 0

    @pytest.mark.parametrize("kind", [QEvent.Type.Paint, QEvent.Type.MouseMove, QEvent.Type.Timer])
    def test_other_events_are_not(self, clock, kind):
        clock._timer.stop()
        assert clock.eventFilter(clock, QEvent(kind)) is False
        assert clock.remaining() == -1

    def test_a_key_to_the_window_counts(self, entered):
        entered.idle._timer.stop()
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
        QApplication.sendEvent(entered.windowHandle(), key)
        assert entered.idle.remaining() > 0


def test_focus_inside_is_itself_or_below(locked, entered):
    assert focus_is_inside(locked)
    assert focus_is_inside(locked.password)
    assert not focus_is_inside(entered.frame.rail)


@pytest.mark.parametrize("scale", [100, 125, 150, 200])
def test_nothing_is_cut_at_any_size(entered, scale):
    theme.apply("light", scale)
    entered.lock()
    panel = entered.frame.lock_panel()
    QApplication.processEvents()
    for button in panel.findChildren(QPushButton):
        assert button.width() >= button.minimumSizeHint().width(), button.text()
    assert panel.card.geometry().right() <= panel.width()
    assert panel.card.geometry().bottom() <= panel.height()
    assert panel._who.height() >= panel._who.heightForWidth(panel._who.width())
