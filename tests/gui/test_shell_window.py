"""The window's frame: log-in to frame, navigation, key table, lock, closing while a call runs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QStatusTipEvent
from PySide6.QtWidgets import QApplication, QWidget

from core.domain import Role, State
from core.events import CentreAnswered, LibraryState, TransactionChanged
from gui.operation import Operation
from gui.screens.registry import on_rail, screens
from gui.shell.drills import drills
from gui.shell.frame import Frame
from gui.shell.lock import IdleClock, focus_is_inside
from gui.shell.memory import MOST_ENTRIES, Memory
from gui.shell.opening import Opening, look_of
from gui.shell.trouble import Trouble
from gui.theme import theme
from tests.helpers.fakedesk import FakeDesk, Gate

WAITING = SimpleNamespace(state=State.MANUAL)


def press(qtbot, widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget() or widget, key, modifier)


def test_one_key_lets_the_training_cashier_in(window, desk, qtbot):
    press(qtbot, window, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: window.frame is not None)
    assert desk.session.operator.id == "trainer"
    assert window.frame.pages.current().name == "settings"


def test_the_title_names_training_hospital_and_desk(window, desk):
    title = window.windowTitle()
    assert "培训模式" in title
    assert desk.settings.hospital.name in title


def test_alt_and_a_digit_show_the_screens(entered, qtbot):
    specs = entered.frame.specs
    place = [spec.name for spec in specs].index("pending")
    key = Qt.Key(Qt.Key.Key_1.value + place)
    press(qtbot, entered, key, Qt.KeyboardModifier.AltModifier)
    assert entered.frame.pages.current().name == "pending"
    assert entered.frame.rail._buttons["pending"].isChecked()


def test_the_rail_shows_a_screen_too(entered, qtbot):
    entered.frame.rail._buttons["selfcheck"].click()
    assert entered.frame.pages.current().name == "selfcheck"


def test_a_page_is_made_once_and_keeps_its_focus(entered, qtbot):
    page = entered.frame.pages.current()
    field = page.form("centre").fields["centre.function"].editor
    field.setFocus()
    entered.frame.navigate("selfcheck")
    entered.frame.navigate("settings")
    assert entered.frame.pages.current() is page
    assert field.hasFocus()


def test_a_screen_that_does_not_exist_is_left_alone(entered):
    entered.frame.navigate("no such screen")
    assert entered.frame.pages.current().name == "settings"


@pytest.mark.parametrize("role", list(Role))
def test_it_cannot_settle(role):
    names = {spec.name for spec in on_rail(screens().values(), role)}
    assert "settings" in names
    assert ("outpatient" in names) is (role is not Role.IT)


def test_f1_shows_the_keys_and_takes_them_away(entered, qtbot):
    press(qtbot, entered, Qt.Key.Key_F1)
    table = entered.frame.key_table
    assert table.isVisible()
    press(qtbot, entered, Qt.Key.Key_F1)
    assert not table.isVisible()
    press(qtbot, entered, Qt.Key.Key_F1)
    press(qtbot, entered, Qt.Key.Key_Escape)
    assert not table.isVisible()


def test_below_the_key_table_no_screen_key_works(entered, qtbot):
    press(qtbot, entered, Qt.Key.Key_F1)
    press(qtbot, entered, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert entered.frame.pages.current().name == "settings"
    assert entered.frame.key_table.isVisible()


class TestLock:
    def test_a_key_locks_and_the_password_opens(self, entered, qtbot):
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        press(qtbot, entered, Qt.Key.Key_L, both)
        panel = entered.frame.lock_panel()
        assert panel.isVisible()
        assert panel.password.hasFocus()
        qtbot.keyClicks(panel.password, "peixun")
        qtbot.keyClick(panel.password, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not panel.isVisible())

    def test_a_wrong_password_stays_locked_and_says_so(self, entered, qtbot):
        entered.lock()
        panel = entered.frame.lock_panel()
        panel.password.setText("falsch")
        panel._try("falsch")
        qtbot.waitUntil(lambda: bool(panel.password.toolTip()))
        assert panel.isVisible()

    def test_locked_nothing_else_answers(self, entered, qtbot):
        entered.lock()
        panel = entered.frame.lock_panel()
        for key in (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_Escape):
            press(qtbot, entered, key)
        press(qtbot, entered, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
        assert panel.isVisible()
        assert not entered.frame.key_table.isVisible()
        assert entered.frame.pages.current().name == "settings"

    def test_tab_stays_inside(self, entered, qtbot):
        entered.lock()
        panel = entered.frame.lock_panel()
        for _ in range(5):
            press(qtbot, entered, Qt.Key.Key_Tab)
            assert focus_is_inside(panel)

    def test_a_call_under_way_goes_on(self, entered, qtbot):
        page, heard, gate = entered.frame.pages.current(), [], Gate(7)
        Operation(page, gate, name="long").on_success(heard.append).run()
        entered.lock()
        gate.open()
        qtbot.waitUntil(lambda: heard == [7])
        assert entered.frame.lock_panel().isVisible()

    def test_the_idle_time_locks(self, qapp, qtbot):
        idle, host = [], QWidget()
        qtbot.addWidget(host)
        clock = IdleClock(10, lambda: idle.append(True), host)
        assert 0 < clock.remaining() <= 660_000  # a coarse timer
        clock._timer.setInterval(0)
        qtbot.waitUntil(lambda: bool(idle))

    def test_a_key_restarts_the_idle_time(self, entered, qtbot):
        entered.idle._timer.stop()
        assert entered.idle.remaining() == -1
        qtbot.keyClick(entered.windowHandle(), Qt.Key.Key_Shift)
        assert entered.idle.remaining() > 0

    def test_nobody_logged_in_nothing_to_lock(self, window):
        window.lock()
        assert window.frame is None


class TestClosing:
    def test_a_running_call_keeps_the_window_and_says_why(self, entered, qtbot):
        page, gate = entered.frame.pages.current(), Gate()
        Operation(page, gate, name="settle", asks="费用结算").run()
        assert not entered.close()
        (message,) = entered.context.messages.of("settings")
        assert "费用结算" in message.text
        gate.open()
        qtbot.waitUntil(lambda: not Operation.under_way())
        assert entered.close()

    def test_a_parked_call_keeps_it_too(self, entered, qtbot):
        page, gate = entered.frame.pages.current(), Gate()
        work = Operation(page, gate, asks="登记").on_parked(lambda: None)
        work.run()
        work.park()
        assert not entered.close()
        gate.open()
        qtbot.waitUntil(lambda: not Operation.under_way())

    def test_a_page_may_have_a_reason(self, entered, monkeypatch):
        page = entered.frame.pages.current()
        monkeypatch.setattr(page, "closing_fault", lambda: "打印还没有结束。")
        assert not entered.close()
        assert entered.context.messages.of("settings")[0].text == "打印还没有结束。"

    def test_nobody_logged_in_it_closes(self, window):
        assert window.close()

    def test_leaving_gives_the_desk_to_the_next(self, entered, desk):
        entered.leave()
        assert entered.frame is None
        assert desk.session.operator is None
        assert entered.login.form.isVisible() or entered.login.isVisibleTo(entered)

    def test_leaving_waits_for_a_running_call(self, entered, desk, qtbot):
        gate = Gate()
        Operation(entered.frame.pages.current(), gate, asks="结算").run()
        entered.leave()
        assert desk.session.operator is not None
        gate.open()
        qtbot.waitUntil(lambda: not Operation.under_way())


class TestStatus:
    def test_the_centres_answer_is_shown(self, entered, desk, qtbot):
        item = entered.frame.strip.items["centre"]
        desk.events.announce(CentreAnswered("1800", 32, ok=True))
        qtbot.waitUntil(lambda: "32" in item.text())
        desk.events.announce(CentreAnswered("1800", 0, ok=False))
        qtbot.waitUntil(lambda: "未答复" in item.text())

    @pytest.mark.parametrize("state", ["starting", "ready", "replaced", "failed"])
    def test_the_library_process_is_shown(self, entered, desk, qtbot, state):
        item = entered.frame.strip.items["library"]
        desk.events.announce(LibraryState(state, "说明"))
        qtbot.waitUntil(lambda: item.toolTip() == "说明")
        assert "接口进程" in item.text()

    def test_open_transactions_are_counted_at_every_change(self, entered, desk, qtbot):
        desk.open_rows = (WAITING, WAITING)
        desk.events.announce(TransactionChanged("H1", "MZ1", "unknown"))
        qtbot.waitUntil(lambda: "2" in entered.frame.strip.items["pending"].text())
        assert entered.frame.rail._buttons["pending"].count == 2
        assert "2" in entered.frame.rail._buttons["pending"].accessibleName()

    def test_the_card_reader_lights_after_a_card(self, entered, desk, qtbot):
        desk.events.announce(CentreAnswered("<read_card>", 5, ok=True))
        dot = entered.frame.strip.items["reader"]._dot
        qtbot.waitUntil(lambda: dot.state == "ok")

    def test_why_something_is_grey_stands_in_the_strip(self, entered):
        page = entered.frame.pages.current()
        QApplication.sendEvent(page, QStatusTipEvent("尚未登记，不能结算。"))
        assert entered.frame.strip.hinted() == "尚未登记，不能结算。"


class TestDrills:
    def test_the_table_has_the_bad_days_that_ux_names(self):
        kinds = {drill.kind for drill in drills()}
        assert {"reply_lost", "slow", "crash", "request_lost", "wrong_amounts"} <= kinds

    @pytest.mark.parametrize("place", range(len(drills())))
    def test_each_reaches_the_simulated_centre(self, entered, desk, qtbot, place):
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        press(qtbot, entered, Qt.Key.Key_D, both)
        for _ in range(place):
            press(qtbot, entered, Qt.Key.Key_Down)
        press(qtbot, entered, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(desk.orders))
        drill = drills()[place]
        code = f"<{drill.step}>" if drill.step else ""
        asked = (drill.kind,) if drill.books else (drill.kind, code, drill.times)
        assert desk.orders == [(asked, dict(drill.options))]
        qtbot.waitUntil(lambda: bool(entered.context.messages.of("settings")))

    def test_ordinary_days_come_back(self, entered, desk, qtbot):
        entered.frame.show_drills()
        panel = entered.frame._late["drills"]
        panel.choose(panel.list.count() - 1)
        qtbot.waitUntil(lambda: desk.orders == ["clear"])

    def test_escape_orders_nothing(self, entered, desk, qtbot):
        entered.frame.show_drills()
        press(qtbot, entered, Qt.Key.Key_Escape)
        assert not entered.frame._late["drills"].isVisible()
        assert desk.orders == []


def test_f7_switches_the_search(entered, qtbot):
    press(qtbot, entered, Qt.Key.Key_F7)
    assert entered.context.search_mode == "wubi"
    press(qtbot, entered, Qt.Key.Key_F7)
    assert entered.context.search_mode == "pinyin"


@pytest.mark.parametrize("palette", ["light", "dark", "contrast"])
@pytest.mark.parametrize("scale", [100, 125, 150, 200])
@pytest.mark.parametrize("name", ["settings", "selfcheck"])
def test_it_fits_a_small_screen(context, qtbot, palette, scale, name):
    theme.apply(palette, scale)
    operator = context.desk.operators.list()[0]
    context.desk.session.take_over(operator)
    frame = Frame(context, operator, lambda: None)
    qtbot.addWidget(frame)
    frame.resize(1366, 768)
    frame.show()
    frame.navigate(name)
    qtbot.waitExposed(frame)
    assert (frame.width(), frame.height()) == (1366, 768)
    assert frame.minimumSizeHint().width() <= 1366
    assert frame.minimumSizeHint().height() <= 768
    assert frame.pages.current().grab().width() > 0


class TestMemory:
    def test_values_are_kept_per_user(self, tmp_path):
        memory = Memory(tmp_path / "window.json")
        memory.keep("a", "widths/t", {"x": 3})
        memory.save()
        again = Memory(tmp_path / "window.json")
        assert again.get("a", "widths/t") == {"x": 3}
        assert again.get("b", "widths/t", 7) == 7

    @pytest.mark.parametrize("text", ["", "{", "[1]", "\x00"])
    def test_a_damaged_file_costs_nothing(self, tmp_path, text):
        (tmp_path / "window.json").write_text(text)
        assert Memory(tmp_path / "window.json").get("a", "x") is None

    def test_there_is_a_limit(self):
        memory = Memory()
        for number in range(MOST_ENTRIES + 10):
            memory.keep("a", str(number), number)
        assert memory.get("a", "0") is None
        assert memory.get("a", str(MOST_ENTRIES + 9)) is not None

    def test_a_folder_that_is_gone_loses_the_widths_only(self, tmp_path):
        memory = Memory(tmp_path / "gone" / "window.json")
        memory.keep("a", "x", 1)
        memory.save()
        assert memory.get("a", "x") == 1
        assert list(tmp_path.iterdir()) == []
        (tmp_path / "gone").mkdir()
        memory.save()
        assert Memory(tmp_path / "gone" / "window.json").get("a", "x") == 1


class TestOpening:
    def opening(self, window, call, heard):
        bridge = window.context.bridge
        ready = lambda desk: heard.append(("ready", desk))  # noqa: E731
        return Opening(call, bridge, window, ready, lambda text: heard.append(("failed", text)))

    def test_the_desk_comes_in_the_window_thread(self, window, qtbot):
        heard = []
        opening = self.opening(window, lambda: "desk", heard)
        opening.start()
        opening.start()
        qtbot.waitUntil(lambda: bool(heard))
        assert heard == [("ready", "desk")]
        assert opening.wait() == "desk"

    def test_a_known_trouble_is_its_sentence(self, window, qtbot):
        def refuse():
            from core.errors import SetupError, fault

            raise SetupError(fault("form.required", label="动态库"))

        heard = []
        opening = self.opening(window, refuse, heard)
        opening.start()
        qtbot.waitUntil(lambda: bool(heard))
        assert heard[0][0] == "failed"
        assert "动态库" in heard[0][1]
        assert opening.wait() is None

    def test_a_bug_is_logged_and_named(self, window, qtbot, strays):
        strays.expected = ("could not be opened",)
        heard = []
        self.opening(window, lambda: 1 // 0, heard).start()
        qtbot.waitUntil(lambda: bool(heard))
        assert "ZeroDivisionError" in heard[0][1]

    def test_never_started_there_is_no_desk(self, window):
        assert self.opening(window, lambda: "desk", []).wait() is None

    def test_trouble_takes_the_window(self, window):
        window.trouble("日志无法打开。")
        page = window._stack.currentWidget()
        assert isinstance(page, Trouble)
        assert page.sentence == "日志无法打开。"
        assert window.troubled

    @pytest.mark.parametrize(
        ("text", "look"),
        [
            ("", ("light", 100)),
            ("[look]\npalette = 'dark'\nscale = 150", ("dark", 150)),
            ("[look]\npalette = 'pink'\nscale = 9000", ("light", 100)),
            ("[look", ("light", 100)),
        ],
    )
    def test_the_look_is_read_before_all_else(self, tmp_path, text, look):
        file = tmp_path / "settings.toml"
        file.write_text(text, "utf-8")
        assert look_of(file) == look
        assert look_of(tmp_path / "absent.toml") == ("light", 100)


def test_the_frame_ends_quietly(entered, desk):
    entered.end()
    desk.events.announce(CentreAnswered("1800", 32, ok=True))
    QApplication.processEvents()
    assert "未询问" in entered.frame.strip.items["centre"].text()


def test_a_resize_makes_the_rail_narrow(entered):
    entered.resize(800, 600)
    QApplication.sendEvent(entered.frame, QEvent(QEvent.Type.LayoutRequest))
    assert entered.frame.rail.width() < theme.u(100)
    entered.resize(1366, 768)


def test_a_desk_without_a_library_badge(tmp_path, qapp):
    made = FakeDesk(tmp_path)
    assert made.settings.training
    made.close()
