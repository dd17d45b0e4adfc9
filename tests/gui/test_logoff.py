"""A log-off or a shutdown takes the road of closing the window; signals of Qt's own manager."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMetaObject, QTimer
from PySide6.QtGui import QSessionManager
from PySide6.QtWidgets import QApplication

from core.commands.main import _home_of
from gui import application
from gui.logoff import LogOff
from gui.operation import Operation
from gui.theme import theme
from tests.helpers.fakedesk import Gate
from tests.helpers.session_manager import (
    COMMIT_DATA,
    SAVE_STATE,
    emit,
    session_manager,
    why_not,
)

own = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")


class Manager:
    """One that may ask: Qt makes none without a session of the platform behind it."""

    def __init__(self, interaction: bool = True) -> None:
        self.interaction, self.cancelled = interaction, False

    def allowsInteraction(self) -> bool:  # noqa: N802 - Qt's name
        return self.interaction

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def ends() -> list[bool]:
    """Grows when the last moment has come."""
    return []


@pytest.fixture
def logoff(entered: Any, ends: list[bool], tmp_path: Path) -> LogOff:
    return LogOff(entered, tmp_path / "desk", lambda: ends.append(True))


@contextmanager
def call(entered: Any, qtbot: Any) -> Iterator[None]:
    """A call is on its way."""
    gate = Gate()
    Operation(entered.frame.pages.current(), gate, asks="费用结算").run()
    yield
    gate.open()
    qtbot.waitUntil(Operation.none_left)


def test_a_running_call_asks_for_time_and_says_why(
    logoff: LogOff, entered: Any, qtbot: Any
) -> None:
    manager = Manager()
    entered.showMinimized()
    with call(entered, qtbot):
        logoff.session_ends(manager)
    assert manager.cancelled and not entered.isMinimized()
    assert "费用结算" in entered.context.messages.of("settings")[0].text


def test_where_nobody_may_ask_the_journal_has_it(logoff: LogOff, entered: Any, qtbot: Any) -> None:
    manager = Manager(interaction=False)
    with call(entered, qtbot):
        logoff.session_ends(manager)
    assert not manager.cancelled


def test_a_page_that_must_not_be_left_is_asked_as_when_closing(
    logoff: LogOff, entered: Any, monkeypatch: Any
) -> None:
    manager, page = Manager(), entered.frame.pages.current()
    monkeypatch.setattr(page, "closing_fault", lambda: "先处理完这一页")
    logoff.session_ends(manager)
    assert manager.cancelled
    assert "先处理完这一页" in entered.context.messages.of("settings")[0].text


def test_a_second_request_after_the_call_has_ended_is_granted(
    logoff: LogOff, entered: Any, qtbot: Any
) -> None:
    first, second = Manager(), Manager()
    with call(entered, qtbot):
        logoff.session_ends(first)
    logoff.session_ends(second)
    assert first.cancelled and not second.cancelled


@own
def test_nothing_under_way_nothing_in_the_way(
    logoff: LogOff, entered: Any, monkeypatch: Any
) -> None:
    saved: list[bool] = []
    monkeypatch.setattr(entered.context.memory, "save", lambda: saved.append(True))
    with session_manager() as manager:
        emit(COMMIT_DATA, manager)
    assert saved == [True] and entered.isVisible()


@own
def test_it_is_heard_before_the_log_in_too(window: Any, tmp_path: Path, monkeypatch: Any) -> None:
    saved: list[bool] = []
    monkeypatch.setattr(window.context.memory, "save", lambda: saved.append(True))
    LogOff(window, tmp_path, lambda: None)
    with session_manager() as manager:
        emit(COMMIT_DATA, manager)
    assert saved == [True] and window.frame is None and window.isVisible()


@own
def test_it_comes_back_over_the_same_home(logoff: LogOff, tmp_path: Path) -> None:
    with session_manager() as manager:
        manager.setRestartHint(QSessionManager.RestartHint.RestartAnyway)
        emit(SAVE_STATE, manager)
        assert manager.restartHint() == QSessionManager.RestartHint.RestartIfRunning
        words = manager.restartCommand()
    assert Path(words[0]).is_absolute()
    assert _home_of(words[words.index("--home") :]) == (tmp_path / "desk", [])


def test_it_is_the_last_moment_of_any_end(
    logoff: LogOff, qapp: QApplication, ends: list[bool]
) -> None:
    QMetaObject.invokeMethod(qapp, "aboutToQuit")
    assert ends == [True]


@own
def test_a_window_that_the_log_off_kills_has_ended_by_itself(
    tmp_path: Path, qapp: QApplication, monkeypatch: Any
) -> None:
    """As Windows does it: asked, told, and killed with the event loop still running."""
    windows, left, closed = [], [], []
    make = application._window
    monkeypatch.setattr(
        application, "_window", lambda *given: windows.append(make(*given)) or windows[-1]
    )

    def logged_off() -> None:
        (window,) = windows
        if window.context.desk is None:
            QTimer.singleShot(5, logged_off)
            return
        journal = window.context.desk.journal
        monkeypatch.setattr(journal, "close", _noting(journal.close, closed))
        window.context.memory.keep("", "screen", "outpatient")
        with session_manager() as manager:
            emit(COMMIT_DATA, manager)
        before = (tmp_path / "window.running").exists()
        QMetaObject.invokeMethod(qapp, "aboutToQuit")
        left.append((before, (tmp_path / "window.running").exists(), list(closed)))
        window.close()

    QTimer.singleShot(0, logged_off)
    assert application.run(tmp_path) == 0
    theme.apply()
    assert left == [(True, False, [True])] and closed == [True]
    assert json.loads((tmp_path / "window.json").read_text("utf-8"))["/screen"] == "outpatient"


def _noting(close: Any, closed: list[bool]) -> Any:
    def noted() -> None:
        closed.append(True)
        close()

    return noted
