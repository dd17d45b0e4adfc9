"""The log-in: first start, ordinary days, wrong passwords, training, the desk that comes later."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from core.domain import Role
from core.errors import Refused, fault
from core.settings import CentreSettings, Settings
from gui.bridge import Bridge
from gui.operation import Operation
from gui.screens.login.presenter import LoginPresenter
from gui.screens.login.view import LAST, LoginView
from gui.shell.context import Context
from gui.theme import theme
from tests.helpers.fakedesk import FakeDesk, Gate

REAL = Settings(centre=CentreSettings(library="C:/ZJS/ZJSInterface.dll"))


def shown(context, qtbot, width=1000, height=700):
    made = LoginView(context)
    qtbot.addWidget(made)
    made.resize(width, height)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    QTest.qWaitForWindowActive(made)
    if context.desk is not None:
        made.desk_ready()
    made.take_focus()
    return made


@pytest.fixture
def login(context, qtbot):
    """The ordinary log-in of a training desk."""
    return shown(context, qtbot)


@pytest.fixture
def first(context, desk, qtbot):
    """The very first start of a real desk."""
    desk.operators.known.clear()
    desk.settings = REAL
    return shown(context, qtbot)


def type_in(qtbot, *words):
    """Each word and Enter, from where the focus is."""
    for word in words:
        field = QApplication.focusWidget()
        field.clear()
        qtbot.keyClicks(field, word)
        qtbot.keyClick(field, Qt.Key.Key_Return)


def names(page):
    return list(page.form.fields)


def enters(page):
    heard = []
    page.entered_by.connect(heard.append)
    return heard


class TestFirstStart:
    def test_it_asks_for_a_supervisor(self, first):
        assert names(first) == ["id", "name", "password", "again"]
        assert first.presenter.heading() == "建立第一位操作员"
        assert first.form.first().hasFocus()

    def test_enter_goes_from_field_to_field_and_makes_the_supervisor(self, first, desk, qtbot):
        heard = enters(first)
        for number, word in enumerate(("900", "赵主管", "Sehr-geheim-9")):
            assert QApplication.focusWidget() is first.form.fields[names(first)[number]].editor
            QApplication.focusWidget().setText(word)
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        type_in(qtbot, "Sehr-geheim-9")
        qtbot.waitUntil(lambda: bool(heard))
        assert (heard[0].id, heard[0].name, heard[0].role) == ("900", "赵主管", Role.SUPERVISOR)
        assert desk.session.operator == heard[0]

    def test_everything_missing_is_said_at_once(self, first):
        first.log_in()
        assert [name for name in names(first) if first.form.fields[name].fault()] == names(first)

    def test_two_passwords_that_differ_make_nobody(self, first, desk):
        first.form.set_values({"id": "9", "name": "赵", "password": "one", "again": "two"})
        first.log_in()
        assert first.form.fields["again"].fault() == "两次输入的密码不一致。"
        assert Operation.none_left()
        assert desk.operators.known == {}

    def test_what_the_core_refuses_stands_at_its_field(self, first, desk, qtbot):
        def refuse(*_):
            raise Refused(fault("operators.short", "password", least=10))

        desk.operators.create = refuse
        first.form.set_values({"id": "9", "name": "赵", "password": "x", "again": "x"})
        first.log_in()
        qtbot.waitUntil(lambda: bool(first.form.fields["password"].fault()))
        assert "至少 10 位" in first.form.fields["password"].fault()
        assert first.form.values()["password"] == "x"
        assert not first._more.isVisible()


class TestOrdinaryDays:
    def test_number_and_password(self, login):
        assert names(login) == ["id", "password"]
        assert login.presenter.heading() == "登录"

    def test_enter_enter_logs_in(self, login, desk, qtbot):
        heard = enters(login)
        type_in(qtbot, "trainer", "peixun")
        qtbot.waitUntil(lambda: bool(heard))
        assert heard[0].id == "trainer"
        assert desk.session.operator == heard[0]

    def test_the_button_does_the_same(self, login, qtbot):
        heard = enters(login)
        login.form.set_values({"id": "trainer", "password": "peixun"})
        (button,) = [
            b for b in login._card.findChildren(QPushButton) if b.text().startswith("登录")
        ]
        button.click()
        qtbot.waitUntil(lambda: bool(heard))

    def test_an_empty_password_asks_nobody(self, login, qtbot):
        type_in(qtbot, "trainer", "")
        assert "密码" in login.form.fields["password"].fault()
        assert Operation.none_left()

    def test_twenty_enters_are_one_log_in(self, login, desk, qtbot):
        gate = Gate(desk.operators.known["trainer"])
        desk.operators.verify = lambda *_: gate()
        heard = enters(login)
        login.form.set_values({"id": "trainer", "password": "peixun"})
        for _ in range(20):
            login.log_in()
        gate.open()
        qtbot.waitUntil(lambda: bool(heard))
        assert gate.calls == len(heard) == 1

    def test_the_last_number_stands_there_next_time(self, login, context, qtbot):
        heard = enters(login)
        type_in(qtbot, "trainer", "peixun")
        qtbot.waitUntil(lambda: bool(heard))
        assert context.memory.get("", LAST, "") == "trainer"
        again = shown(context, qtbot)
        assert again.form.values()["id"] == "trainer"
        assert again.form.fields["password"].editor.hasFocus()

    def test_hospital_and_desk_are_named(self, login, desk):
        assert desk.settings.hospital.name in login._where.text()
        assert "1 号窗" in login._where.text()


class TestWrong:
    def wrong(self, login, qtbot, times=1):
        for _ in range(times):
            before = login.presenter.wrong
            login.form.set_values({"id": "trainer", "password": "falsch"})
            login.log_in()
            qtbot.waitUntil(lambda n=before: login.presenter.wrong == n + 1)
            qtbot.waitUntil(Operation.none_left)

    def test_the_sentence_stands_at_the_password_which_is_emptied(self, login, qtbot):
        heard = enters(login)
        self.wrong(login, qtbot)
        assert "工号或密码不对" in login.form.fields["password"].fault()
        assert login.form.values() == {"id": "trainer", "password": ""}
        assert login.form.fields["password"].editor.hasFocus()
        assert not login._more.isVisible()
        assert heard == []

    def test_from_the_second_on_they_are_counted(self, login, qtbot):
        self.wrong(login, qtbot, 3)
        assert login._more.isVisible()
        assert "3 次" in login._more.text()

    def test_typing_takes_the_count_away(self, login, qtbot):
        self.wrong(login, qtbot, 2)
        qtbot.keyClicks(login.form.fields["password"].editor, "p")
        assert not login._more.isVisible()
        assert login.form.fields["password"].fault() == ""

    def test_a_lock_out_is_its_sentence(self, login, desk, qtbot):
        def locked(*_):
            raise Refused(fault("operators.locked", "password", until="09:15"))

        desk.operators.verify = locked
        self.wrong(login, qtbot)
        assert "已锁定到 09:15" in login.form.fields["password"].fault()

    def test_a_refusal_without_a_field_is_a_banner(self, login, desk, qtbot):
        def refuse(*_):
            raise Refused(fault("operators.too_many", limit=1000))

        desk.operators.verify = refuse
        self.wrong(login, qtbot)
        (said,) = login.context.messages.of("login")
        assert "1000" in said.text

    def test_a_bug_is_a_banner_and_the_form_lives(self, login, desk, qtbot, strays):
        strays.expected = ("login failed",)
        desk.operators.verify = lambda *_: 1 // 0
        login.form.set_values({"id": "trainer", "password": "x"})
        login.log_in()
        qtbot.waitUntil(lambda: bool(login.context.messages.of("login")))
        assert login.form.isEnabled()


class TestTraining:
    def test_one_key_lets_the_trainer_in(self, login, desk, qtbot):
        heard = enters(login)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F2)
        qtbot.waitUntil(lambda: bool(heard))
        assert desk.session.operator.id == "trainer"

    def test_a_real_desk_has_no_such_key(self, context, desk, qtbot):
        desk.settings = REAL
        page = shown(context, qtbot)
        heard = enters(page)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F2)
        assert Operation.none_left()
        assert heard == []
        assert not [b for b in page.findChildren(QPushButton) if "培训" in b.text()]


class TestBeforeTheDesk:
    @pytest.fixture
    def early(self, dressed, qtbot):
        return shown(Context(None, Bridge()), qtbot)

    def test_the_form_stands_there_already(self, early):
        assert names(early) == ["id", "password"]
        assert "正在打开" in early._where.text()

    def test_what_was_typed_stays_and_so_does_the_focus(self, early, desk, qtbot):
        early.form.set_values({"id": "trainer"})
        early.form.fields["password"].editor.setFocus()
        early.context.desk = desk
        early.desk_ready()
        assert early.form.values()["id"] == "trainer"
        assert early.form.fields["password"].editor.hasFocus()

    def test_a_log_in_asked_for_is_done_when_it_comes(self, early, desk, qtbot):
        heard = enters(early)
        early.form.set_values({"id": "trainer", "password": "peixun"})
        early.log_in()
        assert heard == []
        early.context.desk = desk
        early.desk_ready()
        qtbot.waitUntil(lambda: bool(heard))
        assert heard[0].id == "trainer"

    def test_the_first_start_is_known_only_then(self, early, desk):
        desk.operators.known.clear()
        early.context.desk = desk
        early.desk_ready()
        assert names(early) == ["id", "name", "password", "again"]


class TestPresenter:
    def test_without_a_desk_it_is_the_ordinary_form(self):
        presenter = LoginPresenter(None)
        assert not presenter.first
        assert not presenter.training
        assert [spec.name for spec in presenter.specs()] == ["id", "password"]

    def test_only_the_first_start_compares_passwords(self, tmp_path: Path, qapp):
        desk = FakeDesk(tmp_path)
        assert LoginPresenter(desk).faults({"password": "a", "again": "b"}) == ()
        desk.close()

    def test_nothing_is_asked_before_the_call_is_made(self, tmp_path: Path, qapp):
        desk = FakeDesk(tmp_path)
        call = LoginPresenter(desk).asks({"id": "trainer", "password": "peixun"})
        assert desk.session.operator is None
        call()
        assert desk.session.operator.id == "trainer"
        desk.close()


@pytest.mark.parametrize("scale", [100, 125, 150, 200])
@pytest.mark.parametrize("kind", ["ordinary", "first"])
def test_nothing_is_cut_at_any_size(context, desk, qtbot, scale, kind):
    theme.apply("light", scale)
    if kind == "first":
        desk.operators.known.clear()
    page = shown(context, qtbot, 1366, 768)
    for button in page.findChildren(QPushButton):
        if button.isVisible():
            assert button.width() >= button.minimumSizeHint().width(), button.text()
    for field in page.form.fields.values():
        assert field.editor.isVisible()
        assert field.editor.height() >= field.editor.minimumSizeHint().height()
        assert field._label.width() >= field._label.minimumSizeHint().width()
    assert page._card.width() <= page.width()
