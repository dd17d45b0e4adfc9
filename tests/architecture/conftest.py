"""The program's syntax trees are many: they go when these tests have read them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.architecture import source


@pytest.fixture(scope="package", autouse=True)
def forgotten() -> Iterator[None]:
    """Else every later test would carry them through each of its collections."""
    yield
    for kept in (source.tree, source.nodes, source.functions):
        kept.cache_clear()
