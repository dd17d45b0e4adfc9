"""The program itself: the window before the desk, trouble as a sentence, a clean end."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from core.errors import SetupError
from gui import application
from gui.shell.trouble import Trouble
from gui.shell.window import Window
from gui.theme import theme


@pytest.fixture
def windows(monkeypatch):
    """Every window that ``run`` makes."""
    made = []
    make = application._window

    def remember(home, *more):
        made.append(make(home, *more))
        return made[-1]

    monkeypatch.setattr(application, "_window", remember)
    yield made
    theme.apply()


def when(holds, then):
    """Call ``then`` in the event loop as soon as ``holds()``."""

    def look():
        if holds():
            then()
        else:
            QTimer.singleShot(5, look)

    QTimer.singleShot(0, look)


@pytest.mark.parametrize(
    ("platform", "environment", "screen"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, True),
        ("win32", {}, True),
    ],
)
def test_a_window_needs_a_screen(platform, environment, screen):
    assert application.has_screen(platform, environment) is screen


def test_without_a_screen_there_is_a_sentence(monkeypatch):
    monkeypatch.setattr(application.QApplication, "instance", staticmethod(lambda: None))
    monkeypatch.setattr(application, "has_screen", lambda *_: False)
    with pytest.raises(SetupError, match="显示器"):
        application.application()


def test_the_window_never_waits_long_for_its_turn(monkeypatch):
    turns = []
    made = SimpleNamespace(setApplicationName=lambda name: None)
    maker = type("Maker", (), {"instance": lambda: None, "__new__": lambda cls, words: made})
    monkeypatch.setattr(application, "QApplication", maker)
    policy = SimpleNamespace(setHighDpiScaleFactorRoundingPolicy=lambda policy: None)
    monkeypatch.setattr(application, "QGuiApplication", policy)
    monkeypatch.setattr(application, "has_screen", lambda *_: True)
    monkeypatch.setattr(application.sys, "setswitchinterval", turns.append)
    assert application.application() is made
    assert len(turns) == 1 and turns[0] < 0.001


def test_a_day_in_training_mode(tmp_path, windows, qapp):
    seen = []

    def cashier():
        (window,) = windows
        when(lambda: window.context.desk is not None, lambda: window.login.keys.trigger("trainer"))
        when(lambda: window.frame is not None, lambda: work(window))

    def work(window):
        seen.append(window.frame.pages.current().name)
        seen.append(window.context.desk.session.operator.id)
        when(window.close, lambda: None)

    QTimer.singleShot(0, cashier)
    assert application.run(tmp_path) == 0
    assert seen == ["outpatient", "trainer"]
    assert (tmp_path / "window.json").exists()


def test_the_look_of_the_home_is_there_from_the_first_moment(tmp_path, windows, qapp):
    (tmp_path / "settings.toml").write_text('[look]\npalette = "dark"\n', "utf-8")
    looks = []

    def look():
        looks.append(theme.palette_name)
        windows[0].close()

    QTimer.singleShot(0, look)
    assert application.run(tmp_path) == 0
    assert looks == ["dark"]


def test_a_desk_that_cannot_be_opened_says_why(tmp_path, windows, qapp):
    (tmp_path / "settings.toml").write_text("[desk]\nnumber = 99\n", "utf-8")
    said = []

    def read():
        page = windows[0]._stack.currentWidget()
        assert isinstance(page, Trouble)
        said.append(page.sentence)
        windows[0].close()

    QTimer.singleShot(0, lambda: when(lambda: windows[0].troubled, read))
    assert application.run(tmp_path) == 1
    assert "desk.number" in said[0]


def test_closing_before_the_desk_is_open_ends_cleanly(tmp_path, windows, qapp):
    QTimer.singleShot(0, lambda: windows[0].close())
    assert application.run(tmp_path) == 0
    QApplication.processEvents()
    assert windows[0].context.desk is None or isinstance(windows[0], Window)


def test_a_second_start_ends_at_once_and_says_where_it_went(tmp_path, monkeypatch, capsys):
    from gui import single
    from gui.single import SingleInstance

    first, seen = SingleInstance(tmp_path), []
    assert first.first()
    first.listen(seen.append)
    try:
        assert application.run(tmp_path, visit="MZ1") == 0
        assert seen == ["MZ1"] and "已经打开" in capsys.readouterr().out
        monkeypatch.setattr(single, "ANSWER_SECONDS", 0.0)
        monkeypatch.setattr(SingleInstance, "hand_over", lambda *_: False)
        assert application.run(tmp_path) == 1
        assert "没有响应" in capsys.readouterr().err
    finally:
        first.end()
