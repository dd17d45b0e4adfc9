"""Settings: every fault at its field, nothing half written, what counts after a restart."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt

from core.domain import Operator, Role
from core.errors import InvalidInput
from core.settings import CentreSettings, Settings, load_settings
from gui.operation import Operation
from gui.screens.settings.presenter import LIBRARY, PIN, SettingsPresenter
from gui.screens.settings.table import all_rows, sections
from gui.screens.settings.view import SettingsView
from gui.theme import theme

SUPERVISOR = Operator(id="0001", name="王示例", role=Role.SUPERVISOR)


@pytest.fixture
def presenter(desk):
    return SettingsPresenter(desk)


@pytest.fixture
def view(context, desk, qtbot):
    desk.session.take_over(SUPERVISOR)
    made = SettingsView(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def changed(presenter, **texts):
    return presenter.texts() | {name.replace("__", "."): text for name, text in texts.items()}


@pytest.mark.parametrize("row", all_rows().values(), ids=lambda row: row.name)
def test_every_row_is_a_real_setting(row):
    table, key = row.place
    if row.secret:
        assert row.kind == "secret"
        return
    assert key in type(getattr(Settings(), table)).model_fields


def test_the_settings_as_shipped_have_no_fault(presenter):
    assert presenter.faults(presenter.texts()) == ()
    assert presenter.changes(presenter.texts()) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hospital.code", "123"),
        ("hospital.code", ""),
        ("desk.number", "10"),
        ("desk.number", "x"),
        ("desk.number", "1.5"),
        ("desk.lock_minutes", "0"),
        ("look.scale", "70"),
        ("printer.offset_x", "51"),
        ("centre.library", "nowhere/at/all.dll"),
        ("centre.profile", "no.toml"),
        ("centre.library_sha256", "abc"),
        ("centre.encoding", "ebcdic"),
        ("keys.settle", "F5"),
        ("keys.settle", "F1"),
        ("keys.settle", "Alt+1"),
    ],
)
def test_each_wrong_text_is_told_at_its_field(presenter, name, text):
    found = presenter.faults(presenter.texts() | {name: text})
    assert name in {item.field for item in found}
    assert len(found) <= 2


def test_all_faults_come_at_once(presenter):
    texts = changed(presenter, desk__number="x", hospital__code="1", look__scale="1")
    assert {item.field for item in presenter.faults(texts)} == {
        "desk.number", "hospital.code", "look.scale",
    }  # fmt: skip


def test_only_what_changed_is_written_and_typed(presenter, desk):
    texts = changed(presenter, desk__number="3", printer__offset_x="1.5", keys__settle="F10")
    assert presenter.changes(texts) == {
        "desk": {"number": 3}, "printer": {"offset_x": 1.5}, "keys": {"settle": "F10"},
    }  # fmt: skip
    saved = presenter.save(texts)()
    again = load_settings(desk.home)
    assert (again.desk.number, again.printer.offset_x, again.keys) == (3, 1.5, {"settle": "F10"})
    assert "窗口号" in saved.restart
    assert "按键" in saved.restart
    assert set(saved.changed) == {"desk.number", "printer.offset_x", "keys.settle"}


def test_nothing_is_half_written(presenter, desk):
    texts = changed(presenter, desk__number="3", hospital__code="1")
    with pytest.raises(InvalidInput):
        presenter.save(texts)()
    assert load_settings(desk.home).desk.number == 1


def test_the_fingerprint_of_a_library(presenter, desk):
    (desk.home / "a.dll").write_bytes(b"library")
    assert presenter.fingerprint("a.dll")() == hashlib.sha256(b"library").hexdigest()
    for absent in ("", "b.dll"):
        with pytest.raises(InvalidInput) as caught:
            presenter.fingerprint(absent)()
        assert caught.value.faults[0].field == LIBRARY


@pytest.mark.parametrize("role", list(Role))
def test_the_sections_have_owners(desk, role):
    desk.settings = Settings(centre=CentreSettings(library="x.dll"))
    desk.session.take_over(Operator(id="1", name="示例", role=role))
    presenter = SettingsPresenter(desk)
    may = {section.name for section in sections() if presenter.may_change(section)}
    assert ("centre" in may) is (role is not Role.CASHIER)
    assert {"printer", "look"} <= may
    centre = next(section for section in sections() if section.name == "centre")
    assert all(spec.read_only is (role is Role.CASHIER) for spec in presenter.specs(centre))


def test_printers_that_are_known_can_be_chosen(presenter):
    presenter.set_printers(("HP", "Epson"))
    printer = next(section for section in sections() if section.name == "printer")
    assert presenter.specs(printer)[0].choices == {"HP": "HP", "Epson": "Epson"}


def test_a_wrong_field_in_another_section_is_shown(view):
    view.form("desk").set_values({"desk.number": "12", "hospital.code": "1"})
    view.show_section(0)
    view.save()
    place = [one.name for one in sections()].index("desk")
    assert view._list.currentRow() == place
    assert view.form("desk").fields["desk.number"].fault()
    assert view.form("desk").fields["hospital.code"].editor.hasFocus()
    assert "2" in view._list.item(place).text()
    assert view.context.messages.of("settings")


def test_saving_tells_what_counts_later(view, desk, qtbot):
    view.form("desk").set_values({"desk.number": "7"})
    view.keys.trigger("save_settings")
    qtbot.waitUntil(lambda: not Operation.under_way())
    assert load_settings(desk.home).desk.number == 7
    texts = [item.text for item in view.context.messages.of("settings")]
    assert any("下次启动" in text for text in texts)


def test_nothing_changed_nothing_written(view, desk, qtbot):
    view.save()
    qtbot.waitUntil(lambda: not Operation.under_way())
    assert not (desk.home / "settings.toml").exists()


def test_a_palette_counts_at_once(view, qtbot):
    view.form("look").set_values({"look.palette": "dark"})
    view.save()
    qtbot.waitUntil(lambda: theme.palette_name == "dark")


def test_the_pin_button_fills_the_field(view, desk, qtbot):
    (desk.home / "a.dll").write_bytes(b"library")
    view.form("centre").set_values({LIBRARY: "a.dll"})
    view.keys.trigger("pin_library")
    qtbot.waitUntil(lambda: len(view.form("centre").values()[PIN]) == 64)
    view.form("centre").set_values({LIBRARY: "b.dll"})
    view.keys.trigger("pin_library")
    qtbot.waitUntil(lambda: bool(view.form("centre").fields[LIBRARY].fault()))


def test_a_key_is_changed_by_pressing_it(view, qtbot, desk):
    form = view.form("keys")
    view.show_section(view._list.count() - 2)
    field = form.fields["keys.settle"].editor
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_F10)
    view.save()
    qtbot.waitUntil(lambda: not Operation.under_way())
    assert load_settings(desk.home).keys == {"settle": "F10"}


def test_the_machines_printers_are_looked_up(view, qtbot):
    view.form("printer")
    view._printers_known(("HP", "Epson", "HP"))
    box = view.form("printer").fields["printer.name"].editor
    assert [box.itemData(place) for place in range(box.count())] == ["", "HP", "Epson"]
    view.entered()
    qtbot.waitUntil(lambda: not Operation._alive)


class TestOperators:
    @pytest.fixture
    def page(self, view, qtbot):
        view.show_section(view._list.count() - 1)
        qtbot.waitUntil(lambda: len(view.operators.table.rows.rows()) == 1)
        return view.operators

    def test_a_cashier_does_not_see_it(self, context, desk, view, qtbot):
        everything = view._list.count()
        desk.session.take_over(Operator(id="2", name="示例", role=Role.CASHIER))
        view = SettingsView(context)
        qtbot.addWidget(view)
        assert view._list.count() == everything - 1

    def test_a_new_one(self, page, desk, qtbot):
        page.form.set_values(
            {"id": "0007", "name": "李示例", "role": "cashier", "password": "Dong-hu-2026"}
        )
        page.add()
        qtbot.waitUntil(lambda: len(page.table.rows.rows()) == 2)
        assert desk.operators.known["0007"].role is Role.CASHIER
        assert page.form.values()["password"] == ""

    def test_an_empty_form_makes_nobody(self, page, desk):
        page.add()
        assert page.form.fields["id"].fault()
        assert len(desk.operators.known) == 1

    def test_reset_and_disable_need_a_row(self, page, desk, qtbot):
        assert not page.reset_button.isEnabled()
        done = []
        desk.operators.reset_password = lambda *given: done.append(("reset", *given[:2]))
        desk.operators.disable = lambda number: done.append(("disable", number))
        page.switch()
        page.reset()
        page.table.choose(0)
        page.form.set_values({"password": "Neu-2026-xx"})
        page.reset()
        qtbot.waitUntil(lambda: len(done) == 1)
        page.table.choose(0)
        qtbot.waitUntil(lambda: not Operation._alive)
        page.switch()
        qtbot.waitUntil(lambda: len(done) == 2)
        assert done == [("reset", "trainer", "Neu-2026-xx"), ("disable", "trainer")]
        qtbot.waitUntil(lambda: not Operation._alive)


def test_a_password_goes_to_the_keyring_and_never_into_the_file(presenter, desk):
    kept: dict[str, str] = {}
    desk.secrets = SimpleNamespace(keep=kept.__setitem__)
    assert presenter.texts()["secrets.centre"] == ""
    saved = presenter.save(changed(presenter, secrets__centre="geheim-1"))()
    assert kept == {"centre": "geheim-1"}
    assert saved.changed == ("secrets.centre",) and "平台密码" in saved.restart
    assert not (desk.home / "settings.toml").exists()
