"""The test HIS by each database, once for a module, and a desk that is connected to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.hishouse import House
from tests.helpers.postgres import Cluster, session_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The one PostgreSQL of the test process."""
    made = session_cluster()
    yield made
    made.remove()


@pytest.fixture(scope="module")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A hospital with patients and a desk; ``request.param``: postgresql or sqlite."""
    folder: Path = tmp_path_factory.mktemp("house")
    server = request.getfixturevalue("cluster") if request.param == "postgresql" else None
    made = House(folder, server)
    yield made
    made.close()
