"""The whole desk over the compiled C library: real window, real worker, real books."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.centre import RunningCentre
from tests.helpers.native import build_library

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("flow", ["outpatient", "recovery"])
def test_the_tour_passes_over_the_compiled_library(tmp_path, flow):
    library = build_library("zjs", tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    settings = f'[centre]\nlibrary = "{library.as_posix()}"\n[desk]\nnumber = 3\n'
    (home / "settings.toml").write_text(settings, "utf-8")
    with RunningCentre() as centre:
        environment = os.environ | {"GSDESK_CENTRE": f"127.0.0.1:{centre.port}"}
        done = subprocess.run(
            [sys.executable, "-m", "core", "tour", "--home", str(home), "--flow", flow,
             "--out", str(tmp_path / "out")],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200,
        )  # fmt: skip
    report = json.loads((tmp_path / "out" / "tour.json").read_text("utf-8"))
    assert report["differences"] == []
    assert not report["training"]
    assert done.returncode == 0, done.stderr
