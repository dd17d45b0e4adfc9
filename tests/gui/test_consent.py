"""A program of the hospital asks the real window for money: nothing moves before F2."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from core.api.server import Server
from gui.cashier import Cashier
from tests.helpers.api import LINE, Program
from tests.helpers.training import at_the_desk, desk_of, live_settlements

API = "[api]\nenabled = true\nneeds_cashier = true\nport = 18999\n"


@pytest.fixture
def cashier(tmp_path: Path, qapp: QApplication) -> Iterator[Cashier]:
    with at_the_desk(tmp_path / "home", more=API) as made:
        yield made


class Asking(threading.Thread):
    """The program waits for its answer beside the window."""

    def __init__(self, call: Any) -> None:
        super().__init__(daemon=True)
        self._call, self.answer = call, (0, {})
        self.start()

    def run(self) -> None:
        self.answer = self._call()


def driven(cashier: Cashier, program: Program) -> Any:
    """A visit up to its amounts, by the program alone."""
    desk = desk_of(cashier)
    inner = desk.hospital.ways[-1]
    known = next(one for one in inner.waiting() if one.person_name == "沈建国")
    line = inner.fee_lines(known.visit_no)[0]
    body = known.model_dump(
        include={"person_name", "id_no", "dept_code", "doctor_code", "diagnosis_code", "phone",
                 "med_type"}
    )  # fmt: skip
    assert program.post("/v1/visits", {**body, "visit_no": "HIS001"})[0] == 200
    lines = {"lines": [{**LINE, "centre_code": line.centre_code, "list_type": line.list_type}]}
    assert program.post("/v1/visits/HIS001/lines", lines)[0] == 200
    for word in ("register", "upload", "presettle"):
        status, found = program.step("HIS001", word)
        assert status == 200, found
    return found["amounts"]


@pytest.fixture
def program(cashier: Cashier) -> Iterator[Program]:
    """A program of the hospital that the desk knows."""
    desk = desk_of(cashier)
    server = Server(desk, 0)
    made = Program(server.address, desk.outside.callers.admit("门诊系统"))
    yield made
    made.line.close()
    server.close()


def test_a_settlement_waits_for_the_cashier_and_f2_of_the_card_lets_it_go(
    cashier: Cashier, program: Program
) -> None:
    consent = cashier.window.frame.consent
    prepared = Asking(lambda: driven(cashier, program))
    cashier.wait(lambda: not prepared.is_alive(), "the amounts")
    shown = prepared.answer
    asking = Asking(lambda: program.step("HIS001", "settle", shown))
    cashier.wait(consent.bar.isVisible, "the request")
    assert "沈建国" in consent.bar.text.whole() and "门诊系统" in consent.bar.text.whole()
    assert cashier.page.sheet.box.hasFocus()  # nobody's typing is disturbed
    cashier.act("settle")
    cashier.act("settle")
    assert live_settlements(cashier, "HIS001") == [] and asking.is_alive()
    cashier.act("consent")
    assert consent.card.isVisible() and consent.card._amounts["total"].text() == "25.00"
    cashier.press("Escape")
    assert not consent.card.isVisible() and consent.bar.isVisible()
    cashier.act("consent")
    cashier.act("settle")
    cashier.wait(lambda: not asking.is_alive(), "the answer")
    assert asking.answer[0] == 200 and len(live_settlements(cashier, "HIS001")) == 1
    cashier.wait(lambda: "done" in cashier.kinds(), "the banner")
    assert not consent.bar.isVisible()
    assert cashier.banners()[0].leads == ("outpatient", "HIS001")

    undo = {"reason": "退费"}
    asking = Asking(lambda: program.step("HIS001", "cancel-settlement", undo))
    cashier.wait(consent.bar.isVisible, "the second request")
    cashier.act("consent")
    assert "退费" in consent.card._reason.text()
    consent.card.no.click()
    cashier.wait(lambda: not asking.is_alive(), "the refusal")
    status, refused = asking.answer
    assert (status, refused["code"]) == (409, "errands.consent.refused")
    assert len(live_settlements(cashier, "HIS001")) == 1
    cashier.idle()
