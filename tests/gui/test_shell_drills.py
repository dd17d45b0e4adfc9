"""Drills, key table, page of trouble, pages, small views: parts of the frame by themselves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from core.errors import Refused, fault
from core.simulator.control import ControlError
from gui.actions import EVERYWHERE, ActionTable
from gui.operation import Operation
from gui.screens.pending.presenter import TimelineRow
from gui.screens.registry import MOST_RAIL_KEYS
from gui.screens.slips import shortened
from gui.screens.timeline_view import TONES, moments
from gui.shell.drills import drills, order
from gui.shell.trouble import Trouble
from gui.theme import theme, tokens


@pytest.fixture
def panel(entered):
    entered.frame.show_drills()
    return entered.frame._late["drills"]


def texts(widget):
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


class TestDrills:
    def test_names_are_unique_and_each_has_words(self):
        assert len({drill.name for drill in drills()}) == len(drills())
        for drill in drills():
            assert drill.label
            assert drill.hint
            assert 1 <= drill.times <= 10

    @pytest.mark.parametrize("drill", drills(), ids=lambda item: item.name)
    def test_an_order_is_kind_code_times_and_options(self, desk, drill):
        order(desk, drill)
        ((words, options),) = desk.orders
        call = (drill.kind, f"<{drill.step}>" if drill.step else "", drill.times)
        assert words == ((drill.kind,) if drill.books else call)
        assert options == dict(drill.options)

    def test_books_without_a_settlement_cannot_drift(self, panel, desk, entered, qtbot):
        def nothing(*_, **__):
            raise ControlError("nothing there")

        desk.training.control.mismatch = nothing
        place = [drill.books for drill in drills()].index(True)
        panel.choose(place)
        qtbot.waitUntil(lambda: bool(entered.context.messages.of("settings")))
        (said,) = entered.context.messages.of("settings")
        assert said.kind == "warning" and "先结算一笔" in said.text

    def test_the_list_shows_all_and_the_way_back_last(self, panel):
        lines = [panel.list.item(row).text() for row in range(panel.list.count())]
        assert lines[:-1] == [f"{drill.label}\n{drill.hint}" for drill in drills()]
        assert lines[-1] == "结束演练，恢复正常"
        assert panel.list.hasFocus()
        assert panel.list.currentRow() == 0

    def test_what_was_ordered_is_said_on_the_page(self, panel, entered, qtbot):
        panel.choose(1)
        qtbot.waitUntil(lambda: bool(entered.context.messages.of("settings")))
        (said,) = entered.context.messages.of("settings")
        assert said.kind == "info"
        assert drills()[1].label in said.text
        assert drills()[1].hint in said.text

    def test_a_click_orders_once(self, panel, desk, qtbot):
        place = panel.list.visualItemRect(panel.list.item(2)).center()
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.waitUntil(lambda: bool(desk.orders))
        panel.choose(2)
        qtbot.waitUntil(Operation.none_left)
        assert len(desk.orders) == 1
        assert not panel.isVisible()

    def test_a_real_desk_has_no_drills(self, desk, context, qtbot):
        from gui.shell.frame import Frame

        changed = desk.settings.centre.model_copy(update={"library": "x.dll"})
        desk.settings = desk.settings.model_copy(update={"centre": changed})
        frame = Frame(context, desk.operators.list()[0], lambda: None)
        qtbot.addWidget(frame)
        frame.show()
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        qtbot.keyClick(frame, Qt.Key.Key_D, both)
        assert "drills" not in frame._late
        frame.stop()
        qtbot.waitUntil(Operation.none_left)

    def test_a_centre_that_does_not_hear_promises_nothing(self, panel, entered, desk, qtbot):
        def refuse(*_, **__):
            raise Refused(fault("operators.too_many", limit=3))

        desk.training.control.fault = refuse
        panel.choose(0)
        qtbot.waitUntil(Operation.none_left)
        assert not [m for m in entered.context.messages.of("settings") if "已就绪" in m.text]


class TestKeyTable:
    @pytest.fixture
    def table(self, entered):
        entered.frame.show_keys()
        return entered.frame.key_table

    def test_every_key_of_the_page_and_of_everywhere_stands_there(self, table, entered):
        seen = texts(table)
        actions = entered.context.actions
        for row in (*actions.of("settings"), *actions.of(EVERYWHERE)):
            if row.key:
                assert row.key in seen
                assert row.label in seen

    def test_keys_of_other_pages_do_not(self, table, entered):
        here = {row.label for row in entered.context.actions.of("settings")}
        others = {row.label for row in entered.context.actions.of("refund")} - here
        everywhere = {row.label for row in entered.context.actions.of(EVERYWHERE)}
        assert not (others - everywhere) & set(texts(table))

    def test_the_screens_stand_with_their_digits(self, table, entered):
        seen = texts(table)
        assert "Alt+1" in seen
        for spec in entered.frame.specs[:MOST_RAIL_KEYS]:
            assert spec.label in seen

    def test_the_desks_own_key_is_shown(self, entered):
        entered.frame.key_table.show_keys(
            ActionTable({"lock": "Ctrl+F11"}), "settings", entered.frame.specs
        )
        assert "Ctrl+F11" in texts(entered.frame.key_table)

    def test_an_emptied_key_is_left_out(self, entered):
        actions = ActionTable({"lock": ""})
        entered.frame.key_table.show_keys(actions, "settings", entered.frame.specs)
        assert actions["lock"].label not in texts(entered.frame.key_table)


class TestTrouble:
    @pytest.fixture
    def trouble(self, dressed, qtbot):
        self.closed = []
        made = Trouble("日志无法打开：磁盘已满。", lambda: self.closed.append(True))
        qtbot.addWidget(made)
        made.resize(900, 600)
        made.show()
        return made

    def button(self, page, word):
        return next(one for one in page.findChildren(QPushButton) if one.text() == word)

    def test_the_sentence_stands_there(self, trouble):
        assert "日志无法打开：磁盘已满。" in texts(trouble)
        assert any("没有任何交易受到影响" in text for text in texts(trouble))

    def test_it_can_be_copied(self, trouble):
        self.button(trouble, "复制").click()
        assert QGuiApplication.clipboard().text() == "日志无法打开：磁盘已满。"

    def test_it_can_be_closed(self, trouble):
        self.button(trouble, "关闭").click()
        assert self.closed == [True]


class TestPages:
    def test_left_and_entered_are_told_in_order(self, entered, monkeypatch):
        pages, told = entered.frame.pages, []
        entered.frame.navigate("selfcheck")
        old, new = pages.current(), pages.page("settings")
        monkeypatch.setattr(old, "left", lambda: told.append("left"))
        monkeypatch.setattr(new, "entered", lambda argument: told.append(("in", argument)))
        entered.frame.navigate("settings", 7)
        assert told == ["left", ("in", 7)]

    def test_shown_again_it_was_not_left(self, entered, monkeypatch):
        told = []
        monkeypatch.setattr(entered.frame.pages.current(), "left", lambda: told.append("left"))
        entered.frame.navigate("settings")
        assert told == []

    def test_an_unknown_page_raises(self, entered):
        with pytest.raises(KeyError):
            entered.frame.pages.show_page("no such page")

    def test_forgotten_they_are_made_anew(self, entered, qtbot):
        pages = entered.frame.pages
        old = pages.current()
        qtbot.waitUntil(Operation.none_left)
        pages.forget()
        assert pages.all() == ()
        entered.frame.navigate("settings")
        assert pages.current() is not old


class TestSmallViews:
    def test_each_kind_of_entry_has_its_dot(self):
        rows = [TimelineRow(at="09:00", text=kind, kind=kind, payload="") for kind in TONES]
        assert [moment.tone for moment in moments(rows)] == list(TONES.values())

    def test_a_new_kind_is_grey(self):
        row = SimpleNamespace(at="09:00", text="x", kind="new", payload="{***}")
        (moment,) = moments([row])
        assert moment.tone == "muted"
        assert moment.payload == "{***}"

    def test_every_tone_is_a_colour(self):
        assert set(TONES.values()) <= set(tokens()["light"])

    def test_a_file_at_home_is_named_from_there(self, tmp_path):
        assert shortened(str(tmp_path / "slips" / "a.pdf"), tmp_path) == "slips/a.pdf"
        assert shortened("窗口一打印机", tmp_path) == "窗口一打印机"


@pytest.mark.parametrize("scale", [100, 125, 150, 200])
@pytest.mark.parametrize("name", ["drills", "keys"])
def test_nothing_is_cut_at_any_size(context, desk, qtbot, name, scale):
    from gui.shell.frame import Frame

    theme.apply("light", scale)
    operator = desk.operators.list()[0]
    desk.session.take_over(operator)
    frame = Frame(context, operator, lambda: None)
    qtbot.addWidget(frame)
    frame.resize(1366, 768)
    frame.show()
    frame.navigate("settings")
    frame.show_drills() if name == "drills" else frame.show_keys()
    QApplication.processEvents()
    overlay = frame._late["drills"] if name == "drills" else frame.key_table
    assert overlay.card.geometry().right() <= frame.width()
    assert overlay.card.geometry().bottom() <= frame.height()
    area = overlay.list if name == "drills" else overlay._area
    assert area.horizontalScrollBar().maximum() == 0
    frame.stop()
    qtbot.waitUntil(Operation.none_left)


def test_a_drill_that_drifts_is_refused_while_there_is_nothing_to_drift(desk, monkeypatch) -> None:
    """Drills that are ordered as faults and happen at once say it too."""

    def nothing(*_, **__):
        raise ControlError("没有结算")

    monkeypatch.setattr(desk.training.control, "fault", nothing)
    monkeypatch.setattr(desk.training.control, "mismatch", nothing)
    for drill in drills():
        with pytest.raises(Refused):
            order(desk, drill)
