"""A whole desk against an in-process centre, for the tests of services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.app import Desk
from tests.helpers.inprocess import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Centre, books, clock and home."""
    return World(tmp_path)


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    """The desk of that world, closed at the end."""
    with world.desk() as made:
        yield made
