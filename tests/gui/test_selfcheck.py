"""Self-check: each check as it comes, the worst named on top, all of it to copy."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QGuiApplication

from gui.operation import Operation
from gui.screens.selfcheck.presenter import SelfCheckPresenter
from gui.screens.selfcheck.view import SelfCheckView


def check(name, state):
    return SimpleNamespace(name=name, title=f"项目{name}", state=state, says=f"{name} 的说明")


@pytest.fixture
def view(context, desk, qtbot):
    made = SelfCheckView(context)
    qtbot.addWidget(made)
    made.show()
    return made


def done(view, qtbot):
    qtbot.waitUntil(lambda: not view.presenter.running)


@pytest.mark.parametrize(
    ("states", "worst", "part"),
    [
        (["ok", "ok"], "ok", "全部正常"),
        (["ok", "warning"], "warning", "1 项需要留意"),
        (["failed", "warning", "failed"], "failed", "2 项不可用"),
    ],
)
def test_the_summary_names_the_worst(desk, states, worst, part):
    presenter = SelfCheckPresenter(desk)
    presenter.begin(lambda *_: None)
    for number, state in enumerate(states):
        assert presenter.hear(1, check(str(number), state))
    presenter.end()
    assert presenter.state() == worst
    assert part in presenter.summary()
    assert all(f"项目{number}" in presenter.as_text() for number in range(len(states)))


def test_an_older_round_is_not_heard(desk):
    presenter = SelfCheckPresenter(desk)
    presenter.begin(lambda *_: None)
    presenter.begin(lambda *_: None)
    assert not presenter.hear(1, check("a", "ok"))
    assert presenter.found == ()


def test_before_the_first_round(desk):
    presenter = SelfCheckPresenter(desk)
    assert presenter.summary()
    assert presenter.state() == "ok"


def test_checks_appear_as_they_come(view, desk, qtbot):
    second = threading.Event()

    def checks():
        yield check("a", "ok")
        assert second.wait(30)
        yield check("b", "failed")

    desk.checks = checks
    view.entered()
    qtbot.waitUntil(lambda: len(view.rows()) == 1)
    assert view.presenter.running
    view.run()
    second.set()
    done(view, qtbot)
    assert [row.check.state for row in view.rows()] == ["ok", "failed"]
    assert "不可用" in view._summary.text()
    assert "b 的说明" in view.rows()[1].accessibleName()


def test_it_runs_once_by_itself_and_again_by_key(view, desk, qtbot):
    rounds = []
    desk.checks = lambda: rounds.append(True) or (check("a", "ok"),)
    view.entered()
    done(view, qtbot)
    view.entered()
    assert len(rounds) == 1
    view.keys.trigger("check_again")
    qtbot.waitUntil(lambda: len(rounds) == 2)
    done(view, qtbot)
    assert len(view.rows()) == 1


def test_it_locks_nothing(view, desk, qtbot):
    go = threading.Event()
    desk.checks = lambda: go.wait(30) and ()
    view.run()
    assert not view.keys.locked()
    assert Operation.under_way() == ()
    go.set()
    done(view, qtbot)


def test_a_refusal_is_a_banner(view, desk, qtbot):
    from core.errors import SetupError, fault

    def refuse():
        raise SetupError(fault("form.required", label="动态库"))

    desk.checks = refuse
    view.run()
    done(view, qtbot)
    assert "动态库" in view.context.messages.of("selfcheck")[0].text


def test_the_result_can_be_copied(view, desk, qtbot):
    desk.checks = lambda: (check("a", "warning"),)
    view.run()
    done(view, qtbot)
    view.keys.trigger("copy_checks")
    text = QGuiApplication.clipboard().text()
    assert desk.settings.hospital.name in text
    assert "a 的说明" in text


def test_the_window_hands_in_its_font(view, desk):
    state, sentence = desk.health.font()
    assert state == "ok"
    assert "中文" in sentence
