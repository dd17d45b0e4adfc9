"""The compiled libraries, once a session, and a gateway over each."""

from __future__ import annotations

from functools import partial

import pytest

from core.gateway.dll import process
from tests.helpers.gateways import bench
from tests.helpers.native import build_library


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """The library that misbehaves on request."""
    return build_library("hostile", tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="session")
def zjs(tmp_path_factory):
    """The library that forwards to a centre."""
    return build_library("zjs", tmp_path_factory.mktemp("zjs"))


@pytest.fixture
def over(tmp_path):
    """``over(library, environment, **settings)``: an open gateway with a home of its own."""
    return partial(bench, tmp_path / "home")


@pytest.fixture(params=["the system's own line", "pipes"])
def line(request, monkeypatch):
    """The line to the worker: this system's, and the pipes that Windows uses."""
    if request.param == "pipes":
        monkeypatch.setattr(process, "LINE", process.PipeLine)
    return request.param


@pytest.fixture
def desk(line, over, hostile):
    """A gateway over the hostile library."""
    with over(hostile) as made:
        yield made
