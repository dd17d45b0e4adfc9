"""What every test of the window shares: the dress, a small desk and a page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent

from gui.bridge import Bridge
from gui.operation import Operation
from gui.screens.screen import Screen
from gui.shell.context import Context
from gui.shell.memory import Memory
from gui.shell.window import Window
from gui.theme import theme
from tests.helpers.fakedesk import FakeDesk


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says of windows that it neither keeps size hints nor raises them."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)"))


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """What a test closed is really gone before the next one, which would else dress it anew."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def dressed(qapp) -> Iterator[None]:
    """The light palette at ordinary size."""
    theme.apply()
    yield
    theme.apply()


@pytest.fixture
def desk(tmp_path: Path, qapp) -> Iterator[FakeDesk]:
    """A small desk; whatever it still does has ended when the test ends."""
    made = FakeDesk(tmp_path)
    yield made
    made.close()
    qapp.processEvents()
    Operation._alive.clear()


@pytest.fixture
def context(desk: FakeDesk, dressed: None) -> Context:
    """What a page is given."""
    bridge = Bridge()
    bridge.attach(desk.events)
    return Context(desk, bridge, memory=Memory())


@pytest.fixture
def page(context: Context, qtbot) -> Screen:
    """An empty page on the screen, with the actions of 门诊收费."""

    class Page(Screen):
        name = "outpatient"

    made = Page(context)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def window(context: Context, qtbot, monkeypatch) -> Window:
    """The window at the log-in; the first screen after it is the settings' one."""
    monkeypatch.setattr(Window, "_first_screen", lambda self: "settings")
    made = Window(context)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def entered(window: Window, desk: FakeDesk) -> Iterator[Window]:
    """The window with the training cashier in it."""
    operator = desk.operators.list()[0]
    desk.session.take_over(operator)
    window.enter(operator)
    yield window
    window.end()
