"""Sleep and resume, screens that come and go."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gui.operation import Operation
from gui.shell.vigil import SLEPT_SECONDS, reachable
from gui.theme import theme
from gui.widgets import icons
from tests.helpers.fake_desk import transaction

SCREEN = QRect(0, 0, 1920, 1040)


@pytest.fixture
def vigil(entered, desk):
    desk.session.signed_in, desk.compared = True, []
    desk.session.compare_clocks = lambda: desk.compared.append(True)
    return entered.frame.vigil


class TestSleep:
    def nap(self, vigil, desk, qtbot, seconds) -> None:
        desk.clock.advance(seconds)
        vigil.look()
        qtbot.waitUntil(Operation.none_left)

    def test_hours_lock_the_desk_and_compare_the_clocks(self, vigil, entered, desk, qtbot):
        self.nap(vigil, desk, qtbot, 8 * 3600)
        assert entered.frame.lock_panel().isVisible()
        assert desk.compared == [True]

    def test_the_sweeper_looks_at_once(self, vigil, entered, desk, qtbot):
        looked = []
        desk.resolve.look = looked.append
        desk.open_rows = (transaction("M-1"),)
        entered.frame.sweeper.stop()
        self.nap(vigil, desk, qtbot, 3600)
        entered.frame.sweeper._running.result(30)
        assert looked[-1] == "M-1"

    def test_a_few_minutes_lock_nothing_but_compare(self, vigil, entered, desk, qtbot):
        self.nap(vigil, desk, qtbot, SLEPT_SECONDS + 60)
        assert entered.frame.lock_panel() is None
        assert desk.compared == [True]

    def test_a_clock_that_was_set_back_is_compared(self, vigil, desk, qtbot):
        self.nap(vigil, desk, qtbot, -7200)
        assert desk.compared == [True]

    def test_an_ordinary_tick_does_nothing(self, vigil, entered, desk, qtbot):
        self.nap(vigil, desk, qtbot, 5)
        assert desk.compared == [] and entered.frame.lock_panel() is None

    def test_it_is_said_once(self, vigil, desk, qtbot):
        self.nap(vigil, desk, qtbot, 3600)
        self.nap(vigil, desk, qtbot, 5)
        assert desk.compared == [True]

    def test_without_a_sign_in_the_next_one_compares(self, vigil, desk, qtbot):
        desk.session.signed_in = False
        self.nap(vigil, desk, qtbot, 3600)
        assert desk.compared == []

    def test_the_tick_looks(self, vigil, desk, qtbot):
        desk.clock.advance(3600)
        vigil._timer.timeout.emit()
        qtbot.waitUntil(lambda: desk.compared == [True])


class TestScreens:
    @pytest.mark.parametrize(
        ("frame", "seen"),
        [
            (QRect(0, 0, 1366, 768), True),
            (QRect(1800, 500, 1366, 768), True),
            (QRect(1900, 500, 1366, 768), False),
            (QRect(-1350, 0, 1366, 768), False),
            (QRect(100, -700, 1366, 768), False),
            (QRect(100, 1035, 1366, 768), False),
            (QRect(5000, 5000, 1366, 768), False),
        ],
    )
    def test_a_title_bar_can_be_taken_hold_of(self, frame, seen):
        assert reachable(frame, [SCREEN]) is seen
        assert not reachable(frame, [])

    def test_a_window_on_a_screen_that_is_gone_comes_back(self, vigil, entered):
        room = QGuiApplication.primaryScreen().availableGeometry()
        entered.move(9000, 9000)
        vigil.bring_back()
        assert reachable(entered.frameGeometry(), [room])
        assert entered.width() <= room.width() and entered.height() <= room.height()

    def test_one_that_is_seen_stays(self, vigil, entered):
        entered.move(40, 30)
        vigil.bring_back()
        assert (entered.x(), entered.y()) == (40, 30)

    def test_a_screen_that_goes_away_brings_it_back(self, vigil, entered, qtbot):
        entered.move(9000, 9000)
        app = QGuiApplication.instance()
        app.screenRemoved.emit(QGuiApplication.primaryScreen())
        qtbot.waitUntil(lambda: entered.x() < 9000)

    def test_another_ratio_draws_anew(self, vigil, entered, qtbot):
        with qtbot.waitSignal(theme.changed):
            QApplication.sendEvent(entered, QEvent(QEvent.Type.DevicePixelRatioChange))

    def test_icons_are_drawn_for_the_ratio_of_the_moment(self, vigil, monkeypatch):
        before = icons.icon("refund")
        monkeypatch.setattr(icons, "_ratio", lambda: 2.0)
        after = icons.icon("refund")
        assert after is not before
        assert after.pixmap(20, 20).devicePixelRatio() == 2.0


def test_stopped_it_watches_no_more(vigil, entered, desk):
    entered.frame.stop()
    assert not vigil._timer.isActive()
    entered.move(9000, 9000)
    QGuiApplication.instance().screenRemoved.emit(QGuiApplication.primaryScreen())
    QApplication.processEvents()
    assert entered.x() == 9000
