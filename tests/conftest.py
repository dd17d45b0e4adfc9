"""What every test lives under: no display needed,
and no warning in the log that nobody expected; and a desk in a world of its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from core.app import Desk
    from tests.helpers.inprocess import World

# What holds must not depend on the speed of the machine.
# The same examples each time; GSDESK_SEARCH=1 looks for others.
settings.register_profile(
    "desk", deadline=None, suppress_health_check=[HealthCheck.too_slow],
    derandomize=not os.environ.get("GSDESK_SEARCH"),
)  # fmt: skip
settings.load_profile("desk")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


class Strays(logging.Handler):
    """Collects records of WARNING and above; ``expected`` are parts of messages that may come."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []
        self.expected: tuple[str, ...] = ()

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if not any(part in text for part in self.expected):
            self.records.append(f"{record.name}: {text}")


@pytest.fixture(autouse=True)
def strays(request: pytest.FixtureRequest) -> Iterator[Strays]:
    """A test fails on a warning it did not expect (``strays.expected = ("part",)``).

    A test that takes ``caplog`` looks at the log itself.
    """
    handler = Strays()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    assert "caplog" in request.fixturenames or handler.records == []


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Centre, books, clock and home, all in this process."""
    from tests.helpers.inprocess import World

    return World(tmp_path)


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    """A whole desk in that world, closed at the end."""
    with world.desk() as made:
        yield made
