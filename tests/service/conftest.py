"""One desk a family for each module: the same services, the same tests, another centre."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.app import Desk
from tests.helpers.inprocess import World

FAMILIES = ("zjs", "gd")


@pytest.fixture(scope="module", params=FAMILIES)
def world(request, tmp_path_factory) -> World:
    """A centre of the family, with a home."""
    return World(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module")
def desk(world) -> Iterator[Desk]:
    """A desk over it."""
    with world.desk() as opened:
        yield opened


@pytest.fixture(scope="module")
def platform(tmp_path_factory) -> World:
    """The centre without lists and without a fence."""
    return World(tmp_path_factory.mktemp("platform"), "gd")
