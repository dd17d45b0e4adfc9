"""The whole desk over the compiled C library: real window, real worker, real books.

Together the flows send every transaction of the profile.
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
STEPS = {  # what must leave in each flow, beside what every settlement sends
    "outpatient": "sign_in read_card centre_time register upload_fees presettle settle",
    "refund": "cancel_settlement cancel_registration",
    "recovery": "settlement_list",
    "inpatient": "special_filing change_registration cancel_fees fee_list",
    "appeal": "deduction_list appeal",
    "dayend": "totals details confirm_totals undo_confirmation reverse sign_out",
    "enquiry": "visit_list slip",
    "records": "outpatient_record inpatient_record",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_library("zjs", tmp_path_factory.mktemp("library"))


@pytest.fixture
def centre() -> Iterator[RunningCentre]:
    with RunningCentre() as running:
        yield running


@pytest.mark.parametrize("flow", STEPS)
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
    steps = load_profile("zjs").steps
    sent = {row["code"] for row in centre.control.books("call")["calls"]}
    assert {steps[name].code for name in STEPS[flow].split()} <= sent


def test_together_they_send_every_transaction():
    assert set(STEPS) == set(FLOWS) - {"part_refund", "whole"}  # what this family lacks
    assert {name for names in STEPS.values() for name in names.split()} == set(
        load_profile("zjs").steps
    )
