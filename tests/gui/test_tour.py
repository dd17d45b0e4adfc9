"""The tour: every flow ends well and leaves pictures, slips and a report; differences show."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from core.commands import tour as command
from core.commands.main import main
from core.errors import SetupError
from gui import flows, tour
from gui.cashier import Cashier
from gui.flows import cashier as cashier_flows
from gui.operation import Operation


@pytest.fixture(autouse=True)
def quiet(qapp: QApplication):  # type: ignore[no-untyped-def]
    yield
    Operation._alive.clear()


IN_TRAINING = ("outpatient", "refund", "recovery")  # all: tests/native/test_whole_desk.py


def report(out: Path) -> dict[str, object]:
    return dict(json.loads((out / "tour.json").read_text("utf-8")))


def test_the_command_knows_every_flow() -> None:
    assert (*flows.FLOWS, command.ALL) == command.FLOWS


@pytest.mark.thorough
@pytest.mark.parametrize("flow", IN_TRAINING)
def test_a_flow_ends_as_it_should(flow: str, tmp_path: Path) -> None:
    out = tmp_path / flow
    assert main(["tour", "--out", str(out), "--flow", flow]) == 0
    found = report(out)
    assert found["ok"] is True and found["differences"] == []
    steps: Any = found["steps"]
    assert isinstance(steps, list) and len(steps) >= 6
    for step in steps:
        picture = out / step["picture"]
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert step["ms"] >= 0
    slips = found["slips"]
    assert isinstance(slips, list) and all((out / name).stat().st_size > 1000 for name in slips)
    amounts = [step["amounts"] for step in steps if step["amounts"]]
    assert amounts[0]["fund"] + amounts[0]["personal"] == amounts[0]["total"]
    expected = "unknown" if flow == "recovery" else "accepted"
    assert {step["name"]: step["outcome"] for step in steps}["settle"] == expected


def test_what_differs_is_said_and_the_code_is_not_zero(tmp_path: Path, monkeypatch) -> None:
    def wrong(walk: tour.Tour) -> None:
        assert walk.control is not None
        walk.control.fault("wrong_amounts", walk.code("settle"))
        cashier_flows.charge(walk)

    monkeypatch.setattr(flows, "flow", lambda name: wrong)
    monkeypatch.setattr(tour, "Cashier", partial(Cashier, limit=15.0))  # the slip never comes
    assert tour.run(tmp_path / "out") == tour.DIFFERS
    found = report(tmp_path / "out")
    assert found["ok"] is False and found["differences"]
    assert (tmp_path / "out" / "stopped.png").exists()


def test_a_real_centre_is_never_toured(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv(tour.ADDRESS, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.toml").write_text('[centre]\nlibrary = "no.dll"\n', "utf-8")
    with pytest.raises(SetupError, match="真实"):
        tour.run(tmp_path / "out", home=home)


def test_a_tour_may_be_taken_twice_in_one_home(tmp_path: Path) -> None:
    for number in range(2):
        out = tmp_path / f"out{number}"
        assert main(["--home", str(tmp_path / "home"), "tour", "--out", str(out)]) == 0
        assert report(out)["ok"] is True
