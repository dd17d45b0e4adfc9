"""The whole desk over the simulated platform: real window, real HTTP, each function of it.

One walk calls each of them from a screen; what was called is read from the desk's own journal.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core.commands.tour import ALL, FLOWS
from core.protocol.loading import load_profile
from gui import flows

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(600)  # one walk through every screen


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("platform")
    done = subprocess.run(
        [sys.executable, "-m", "core", "tour", "--family", "gd", "--flow", "whole",
         "--out", str(out)],
        cwd=ROOT, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, capture_output=True,
        text=True, timeout=560,
    )  # fmt: skip
    report = json.loads((out / "tour.json").read_text("utf-8"))
    assert report["differences"] == [], done.stderr
    assert done.returncode == 0
    return out


def called(home: Path) -> set[str]:
    """The keys of all steps that left, from the journal; stays' variants apart."""
    with sqlite3.connect(home / "training" / "journal.db") as db:
        rows = db.execute("SELECT step, facts FROM txn").fetchall()
    return {f"{step}.stay" if json.loads(facts).get("stay") else step for step, facts in rows}


def test_each_function_is_called_from_a_screen(walked):
    steps = load_profile("gd").steps
    found = called(walked / "home")
    plain = {key.removesuffix(".stay") for key in found}
    missing = {key for key in steps if key not in found and key not in plain}
    assert missing == set()
    codes = {steps[key].code for key in (found | plain) & set(steps)}
    assert codes == {rule.code for rule in steps.values()}
    assert {"sys0001", "bizh110105", "bizh120109", "bizh120206", "bizh200106"} <= codes


def test_slips_and_pictures_are_there(walked):
    assert len(list(walked.glob("*.png"))) > 40
    assert list((walked / "home").rglob("settlement-*.pdf"))


def test_every_flow_of_the_command_is_one_of_the_window():
    assert [name for name in FLOWS if name != ALL] == list(flows.FLOWS)
    assert set(flows.NEEDS) <= set(flows.FLOWS)
