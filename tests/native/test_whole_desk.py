"""The whole desk over the compiled C library: real window, real worker, real books.

One centre hears all flows; together they send every transaction of the profile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.protocol.loading import load_profile
from gui.flows import FLOWS
from tests.helpers.centre import RunningCentre
from tests.helpers.native import build_library

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("library tour")
SENT: set[str] = set()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_library("zjs", tmp_path_factory.mktemp("library"))


@pytest.fixture
def centre() -> Iterator[RunningCentre]:
    with RunningCentre() as running:
        yield running


@pytest.mark.parametrize("flow", FLOWS)
def test_the_tour_passes_over_the_compiled_library(tmp_path, library, centre, flow):
    home = tmp_path / "home"
    home.mkdir()
    settings = f'[centre]\nlibrary = "{library.as_posix()}"\n[desk]\nnumber = 3\n'
    (home / "settings.toml").write_text(settings, "utf-8")
    environment = os.environ | {"GSDESK_CENTRE": centre.address}
    done = subprocess.run(
        [sys.executable, "-m", "core", "tour", "--home", str(home), "--flow", flow,
         "--out", str(tmp_path / "out")],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    report = json.loads((tmp_path / "out" / "tour.json").read_text("utf-8"))
    assert report["differences"] == []
    assert not report["training"]
    assert done.returncode == 0, done.stderr
    SENT.update(row["code"] for row in centre.control.books("call")["calls"])


def test_together_they_send_every_transaction():
    if len(SENT) < 2:
        pytest.skip("the flows were not run in this process")
    assert {code for code in load_profile("zjs").transactions} == SENT
