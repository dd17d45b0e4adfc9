"""The test HIS over each database, begun when it is first needed, and a desk connected to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.helpers.hishouse import House
from tests.helpers.postgres import Cluster, session_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The one PostgreSQL of the test process."""
    made = session_cluster()
    yield made
    made.remove()


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A hospital whose database is a file."""
    with closing(House(tmp_path_factory.mktemp("house"), None)) as house:
        yield house


@pytest.fixture(scope="session")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[House]:
    """A hospital with a server."""
    with closing(House(tmp_path_factory.mktemp("house"), cluster)) as house:
        yield house


@pytest.fixture
def house(request: pytest.FixtureRequest) -> House:
    """``request.param``: sqlite or postgresql."""
    found: House = request.getfixturevalue(f"on_{request.param}")
    return found
