"""The settings page: every fault beside its field, the file keeps its comments, what restarts."""

from __future__ import annotations

import hashlib
import tomllib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from core.domain import Operator, Role
from core.settings import settings_file
from gui.operation import Operation
from gui.screens.settings.presenter import LIBRARY, PIN
from gui.screens.settings.table import all_rows, sections
from gui.screens.settings.view import SettingsView
from gui.shell.frame import Frame
from gui.theme import theme

BAD = {
    "centre.library": "absent.dll",
    "centre.library_sha256": "abc",
    "centre.function": "",
    "centre.init_timeout": "0",
    "centre.profile": "absent.toml",
    "hospital.code": "H1",
    "hospital.name": "",
    "desk.number": "10",
    "desk.lock_minutes": "1.5",
    "printer.offset_x": "rechts",
    "printer.offset_y": "51",
    "look.scale": "79",
}
COMMENTED = "# 本窗口的设置\n[look]\n# 大小\nscale = 100  # 百分比\n\n[desk]\nnumber = 1\n"


@pytest.fixture
def settings(context, desk, qtbot):
    desk.session.take_over(Operator(id="900", name="赵主管", role=Role.SUPERVISOR))
    made = SettingsView(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitExposed(made)
    yield made
    qtbot.waitUntil(Operation.none_left)


def put(page, texts):
    """Write texts into the fields of whatever section they belong to."""
    for name, text in texts.items():
        field(page, name).editor.setText(text)


def field(page, name):
    section = next(s.name for s in sections() if name in {row.name for row in s.rows})
    return page.form(section).fields[name]


def save(page, qtbot):
    page.save()
    qtbot.waitUntil(Operation.none_left)


def file_of(page):
    return settings_file(page.context.desk.home)


def said(page):
    return {message.key: message for message in page.context.messages.of("settings")}


class TestFaults:
    @pytest.mark.parametrize(("name", "text"), sorted(BAD.items()))
    def test_each_stands_beside_its_field(self, settings, qtbot, name, text):
        put(settings, {name: text})
        save(settings, qtbot)
        assert all_rows()[name].label in field(settings, name).fault()
        assert not file_of(settings).exists()
        others = [s for s in all_rows() if s != name and field(settings, s).fault()]
        assert others == []

    def test_all_at_once_and_counted_at_their_sections(self, settings, qtbot):
        put(settings, BAD)
        save(settings, qtbot)
        assert [name for name in BAD if not field(settings, name).fault()] == []
        lines = [settings._list.item(row).text() for row in range(settings._list.count())]
        assert [line for line in lines if line.endswith("处")] == [
            "中心与动态库　5 处",
            "医院与窗口　4 处",
            "打印　2 处",
            "外观　1 处",
        ]
        assert "12 处" in said(settings)["settings"].text
        assert not file_of(settings).exists()

    def test_the_first_is_shown_and_has_the_focus(self, settings, qtbot):
        settings.activateWindow()
        put(settings, {"look.scale": "999", "hospital.code": "H1"})
        settings._list.setCurrentRow(3)
        save(settings, qtbot)
        assert settings._list.currentRow() == [one.name for one in sections()].index("desk")
        assert settings.focusWidget() is field(settings, "hospital.code").editor

    def test_mended_they_are_gone_and_it_is_saved(self, settings, qtbot):
        put(settings, {"desk.number": "10"})
        save(settings, qtbot)
        put(settings, {"desk.number": "3"})
        save(settings, qtbot)
        assert field(settings, "desk.number").fault() == ""
        assert not settings._list.item(1).text().endswith("处")
        assert tomllib.loads(file_of(settings).read_text("utf-8")) == {"desk": {"number": 3}}

    def test_a_section_never_looked_at_is_not_built_for_nothing(self, settings):
        assert list(settings.forms) == [sections()[0].name]


class TestSaving:
    def test_nothing_changed_nothing_written(self, settings, qtbot):
        save(settings, qtbot)
        assert "没有改动" in said(settings)["settings"].text
        assert not file_of(settings).exists() or file_of(settings).read_text("utf-8") == ""

    def test_comments_and_other_tables_stay(self, settings, qtbot):
        file_of(settings).write_text(COMMENTED, "utf-8")
        put(settings, {"look.scale": "125"})
        save(settings, qtbot)
        text = file_of(settings).read_text("utf-8")
        assert text == COMMENTED.replace("scale = 100", "scale = 125")
        assert "1 项" in said(settings)["settings"].text

    def test_numbers_are_written_as_numbers(self, settings, qtbot):
        changes = {"desk.number": "7", "centre.init_timeout": "12.5", "printer.offset_x": "-2"}
        put(settings, changes)
        save(settings, qtbot)
        found = tomllib.loads(file_of(settings).read_text("utf-8"))
        assert found["desk"] == {"number": 7}
        assert found["centre"] == {"init_timeout": 12.5}
        assert found["printer"] == {"offset_x": -2}

    def test_what_restarts_is_named(self, settings, qtbot):
        put(settings, {"desk.number": "7", "printer.paper": "A4"})
        save(settings, qtbot)
        text = said(settings)["restart"].text
        assert "窗口号" in text
        assert "纸张" not in text

    def test_what_counts_at_once_needs_no_restart(self, settings, qtbot):
        put(settings, {"printer.paper": "A4"})
        save(settings, qtbot)
        assert "restart" not in said(settings)

    def test_the_palette_is_worn_at_once(self, settings, qtbot):
        light = theme.colour("ground")
        put(settings, {"look.palette": "dark"})
        save(settings, qtbot)
        assert theme.colour("ground") != light

    def test_saved_twice_the_second_changes_nothing(self, settings, qtbot):
        put(settings, {"desk.number": "7"})
        save(settings, qtbot)
        save(settings, qtbot)
        assert "没有改动" in said(settings)["settings"].text

    def test_f2_saves(self, settings, qtbot):
        settings.activateWindow()
        put(settings, {"desk.number": "7"})
        target = settings.focusWidget() or settings
        qtbot.keyClick(target, Qt.Key.Key_F2)
        qtbot.waitUntil(lambda: file_of(settings).exists())
        qtbot.waitUntil(Operation.none_left)


class TestPin:
    def test_the_button_takes_the_fingerprint(self, settings, desk, qtbot):
        (desk.home / "centre.dll").write_bytes(b"library" * 1000)
        put(settings, {LIBRARY: "centre.dll"})
        settings.pin()
        qtbot.waitUntil(lambda: bool(field(settings, PIN).editor.text()))
        expected = hashlib.sha256(b"library" * 1000).hexdigest()
        assert field(settings, PIN).editor.text() == expected
        assert "指纹" in said(settings)["settings"].text
        assert not file_of(settings).exists()

    @pytest.mark.parametrize("library", ["", "absent.dll", "."])
    def test_without_a_file_it_is_said_at_the_library(self, settings, qtbot, library):
        put(settings, {LIBRARY: library})
        settings.pin()
        qtbot.waitUntil(lambda: bool(field(settings, LIBRARY).fault()))
        assert field(settings, PIN).editor.text() == ""

    @pytest.mark.parametrize("wrong", ["z" * 64, "a" * 63, "a" * 65])
    def test_what_is_no_fingerprint_is_refused(self, settings, qtbot, wrong):
        put(settings, {PIN: wrong})
        save(settings, qtbot)
        assert field(settings, PIN).fault()


class TestKeys:
    def test_a_new_key_is_pressed_and_saved(self, settings, qtbot):
        field = settings.form("keys").fields["keys.lock"].editor
        qtbot.keyClick(field, Qt.Key.Key_F11, Qt.KeyboardModifier.ControlModifier)
        save(settings, qtbot)
        found = tomllib.loads(file_of(settings).read_text("utf-8"))
        assert found == {"keys": {"lock": "Ctrl+F11"}}
        assert "按键" in said(settings)["restart"].text

    def test_a_key_that_is_taken_is_said_at_its_field(self, settings, qtbot):
        taken = settings.context.actions["keys"].key
        settings.form("keys").fields["keys.lock"].editor.setText(taken)
        save(settings, qtbot)
        faulty = [n for n, f in settings.form("keys").fields.items() if f.fault()]
        assert faulty
        assert any(taken in settings.form("keys").fields[name].fault() for name in faulty)
        assert not file_of(settings).exists()

    @pytest.mark.parametrize("digit", range(10))
    def test_the_rails_keys_are_not_given_away(self, settings, qtbot, digit):
        settings.form("keys").fields["keys.lock"].editor.setText(f"Alt+{digit}")
        save(settings, qtbot)
        assert "切换界面" in settings.form("keys").fields["keys.lock"].fault()


class TestWhoMayWhat:
    def test_a_cashier_reads_the_centres_section_only(self, context, desk, qtbot):
        desk.session.take_over(Operator(id="1", name="收", role=Role.CASHIER))
        changed = desk.settings.centre.model_copy(update={"library": "x.dll"})
        desk.settings = desk.settings.model_copy(update={"centre": changed})
        page = SettingsView(context)
        qtbot.addWidget(page)
        assert page.form("centre").fields[LIBRARY].editor.isReadOnly()
        assert not page.form("centre").fields["centre.encoding"].editor.isEnabled()
        assert page.form("printer").fields["printer.paper"].editor.isEnabled()
        assert "operators" not in [part.name for part in page._parts]

    def test_in_training_everybody_may_try(self, context, desk, qtbot):
        desk.session.take_over(Operator(id="1", name="收", role=Role.CASHIER))
        page = SettingsView(context)
        qtbot.addWidget(page)
        assert not page.form("centre").fields[LIBRARY].editor.isReadOnly()

    def test_a_supervisor_manages_operators(self, settings):
        assert settings._parts[-1].name == "operators"

    def test_printers_of_the_machine_come_to_the_list(self, settings):
        box = field(settings, "printer.name").editor
        settings._printers_known(("窗口一", "窗口二"))
        settings._printers_known(("窗口一",))
        assert [box.itemData(row) for row in range(box.count())] == ["", "窗口一", "窗口二"]


@pytest.mark.parametrize("scale", [100, 125, 150, 200])
def test_nothing_is_cut_in_any_section(context, desk, qtbot, scale):
    theme.apply("light", scale)
    operator = Operator(id="900", name="赵主管", role=Role.SUPERVISOR)
    desk.session.take_over(operator)
    frame = Frame(context, operator, lambda: None)
    qtbot.addWidget(frame)
    frame.resize(1366, 768)
    frame.show()
    qtbot.waitExposed(frame)
    frame.navigate("settings")
    page = frame.pages.current()
    for row in range(page._list.count()):
        page._list.setCurrentRow(row)
        QApplication.processEvents()
        inner = page._stack.currentWidget()
        assert inner.horizontalScrollBar().maximum() == 0, page._list.item(row).text()
        for button in inner.findChildren(QPushButton):
            assert button.width() >= button.minimumSizeHint().width(), button.text()
    qtbot.waitUntil(Operation.none_left)
    frame.stop()
