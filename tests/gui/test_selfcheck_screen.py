"""The self-check page: every check with its state and sentence, again, copied, refused."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from core.errors import Refused, fault
from gui.operation import Operation
from gui.screens.selfcheck.presenter import MARKS, SelfCheckPresenter
from gui.screens.selfcheck.view import LOOKS, SelfCheckView
from gui.theme import theme
from tests.helpers.fakedesk import Gate


def check(name, state="ok", says="一切正常", title=""):
    return SimpleNamespace(name=name, state=state, says=says, title=title or f"{name} 项")


ALL = (
    check("library"),
    check("clock", "warning", "本机时钟慢 90 秒，请校时。"),
    check("disk", "failed", "磁盘已满，请清理后再开窗。"),
)


@pytest.fixture
def checks(context, qtbot):
    made = SelfCheckView(context)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    qtbot.waitExposed(made)
    yield made
    qtbot.waitUntil(Operation.none_left)


def run(page, qtbot, found=ALL):
    page.context.desk.checks = lambda: found
    page.run()
    qtbot.waitUntil(lambda: not page.presenter.running)


def test_every_check_has_its_state_and_its_sentence(checks, qtbot):
    run(checks, qtbot)
    assert [row.check for row in checks.rows()] == list(ALL)
    for row, word in zip(checks.rows(), ("正常", "留意", "不可用"), strict=True):
        texts = [label.text() for label in row.findChildren(QLabel)]
        assert row.check.title in texts
        assert word in texts
        assert row.check.says in texts
        assert row.accessibleName() == f"{row.check.title}：{word}。{row.check.says}"


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (ALL[:1], "全部正常，可以开窗。"),
        (ALL[:2], "可以开窗，有 1 项需要留意。"),
        (ALL, "有 1 项不可用，1 项需要留意。"),
        ((), "尚未检查。"),
    ],
)
def test_the_sentence_above(checks, qtbot, found, sentence):
    run(checks, qtbot, found)
    assert checks._summary.text() == sentence


def test_the_first_look_is_free_the_second_is_not(checks, qtbot):
    rounds = []
    checks.context.desk.checks = lambda: rounds.append(1) or ALL
    checks.entered()
    qtbot.waitUntil(lambda: not checks.presenter.running)
    checks.entered()
    assert Operation.none_left()
    assert len(rounds) == 1


def test_f5_looks_again_and_shows_only_the_new(checks, qtbot):
    run(checks, qtbot)
    checks.context.desk.checks = lambda: ALL[:1]
    checks.activateWindow()
    checks.home_field.setFocus()
    qtbot.keyClick(checks.home_field, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: len(checks.rows()) == 1)
    qtbot.waitUntil(lambda: not checks.presenter.running)


def test_while_it_runs_it_is_not_started_again(checks, qtbot):
    gate = Gate(ALL)
    checks.context.desk.checks = gate
    checks.run()
    for _ in range(20):
        checks.run()
    assert "正在检查" in checks._summary.text()
    gate.open()
    qtbot.waitUntil(lambda: not checks.presenter.running)
    assert gate.calls == 1
    assert len(checks.rows()) == 3


def test_copied_text_names_the_desk_and_every_check(checks, desk, qtbot):
    run(checks, qtbot)
    checks.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert desk.settings.hospital.name in lines[0]
    assert "1 号窗" in lines[0]
    assert lines[2:] == [f"{MARKS[item.state]} {item.title}：{item.says}" for item in ALL]
    assert checks.context.messages.of("selfcheck")[0].text == "自检结果已复制。"


def test_a_refusal_is_a_banner_and_the_round_is_over(checks, qtbot):
    def refuse():
        raise Refused(fault("operators.too_many", limit=3))

    checks.context.desk.checks = refuse
    checks.run()
    qtbot.waitUntil(lambda: not checks.presenter.running)
    assert "3" in checks.context.messages.of("selfcheck")[0].text
    run(checks, qtbot)
    assert len(checks.rows()) == 3


def test_the_lift_button_comes_with_the_block_and_goes_with_it(checks, qtbot):
    run(checks, qtbot, (*ALL, check("settling", "failed")))
    assert checks.lift_button.isVisible()
    run(checks, qtbot)
    assert not checks.lift_button.isVisible()


def test_the_window_says_whether_chinese_can_be_read(checks, desk):
    state, says = desk.health.font()
    assert state == "ok"
    assert "中文" in says


class TestPresenter:
    @pytest.fixture
    def presenter(self, desk):
        return SelfCheckPresenter(desk)

    def test_an_older_round_is_not_heard(self, presenter):
        presenter.begin(lambda *_: None)
        presenter.begin(lambda *_: None)
        assert not presenter.hear(1, ALL[0])
        assert presenter.hear(2, ALL[1])
        assert presenter.found == (ALL[1],)

    def test_checks_are_heard_one_by_one(self, presenter, desk):
        desk.checks, heard = (lambda: ALL), []
        presenter.begin(lambda number, item: heard.append((number, item)))()
        assert heard == [(1, item) for item in ALL]

    @pytest.mark.parametrize(
        ("found", "state"), [(0, "ok"), (1, "ok"), (2, "warning"), (3, "failed")]
    )
    def test_the_worst_counts(self, presenter, found, state):
        presenter.found = ALL[:found]
        assert presenter.state() == state

    def test_only_a_failed_settling_blocks(self, presenter):
        presenter.found = (check("settling", "warning"), check("disk", "failed"))
        assert not presenter.blocked()
        presenter.found = (check("settling", "failed"),)
        assert presenter.blocked()

    def test_every_state_has_a_mark_and_a_look(self):
        assert MARKS.keys() == LOOKS.keys()


@pytest.mark.parametrize("scale", [100, 125, 150, 200])
def test_nothing_is_cut_at_any_size(context, desk, qtbot, scale):
    theme.apply("light", scale)
    page = SelfCheckView(context)
    qtbot.addWidget(page)
    page.resize(1366, 768)
    page.show()
    qtbot.waitExposed(page)
    run(page, qtbot, (*ALL, check("long", "warning", "很长的说明，" * 20)))
    for row in page.rows():
        word = row.findChildren(QLabel)[2]
        assert word.width() >= word.sizeHint().width(), word.text()
        says = row.findChildren(QLabel)[3]
        assert says.height() >= says.heightForWidth(says.width())
        assert row.mapTo(page, row.rect().topRight()).x() <= page.width()
