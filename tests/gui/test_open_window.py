"""The window stays open while things around it go: the printer, and the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication

from core.service.trainers import training_password
from gui.cashier import Cashier
from tests.helpers.training import (
    at_the_desk,
    case,
    control,
    desk_of,
    live_settlements,
    presettled,
    printed,
    settle,
)

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def cashier(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Iterator[Cashier]:
    with at_the_desk(tmp_path_factory.mktemp("open") / "home") as made:
        yield made


def choose_printer(cashier: Cashier, name: str) -> None:
    """As 系统设置 does it."""
    desk = desk_of(cashier)
    printer = desk.settings.printer.model_copy(update={"name": name})
    desk.settings = desk.settings.model_copy(update={"printer": printer})


def test_a_printer_that_is_gone_costs_only_paper(cashier: Cashier) -> None:
    presettled(cashier)
    choose_printer(cashier, "收费处二号")
    settle(cashier)
    cashier.idle()
    said = "\n".join(message.text for message in cashier.banners())
    assert "收费处二号" in said and not case(cashier).printed
    assert len(live_settlements(cashier, case(cashier).visit.visit_no)) == 1
    assert [row.msgid for row in desk_of(cashier).documents.to_print()] == [case(cashier).to_print]
    choose_printer(cashier, "")
    cashier.do("print_slip")
    printed(cashier)
    assert desk_of(cashier).documents.to_print() == ()


def test_a_new_day_locks_the_desk_and_signs_in_anew(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, frame = desk_of(cashier), cashier.window.frame
    yesterday, now = desk.session.sign_no(), desk.clock.now
    assert yesterday and frame is not None
    monkeypatch.setattr(desk.clock, "now", lambda: now() + DAY)
    control(cashier).clock(int(DAY.total_seconds()))
    frame.vigil.look()
    cashier.idle()
    assert frame.lock_panel().isVisible() and not desk.session.signed_in
    cashier.type(training_password())
    cashier.press("Return")
    cashier.wait(lambda: not frame.lock_panel().isVisible(), "the desk behind the lock")
    cashier.do("next_patient")
    presettled(cashier, "马德福")
    settle(cashier)
    printed(cashier)
    paid = case(cashier).visit.settlement
    assert desk.session.sign_no() not in ("", yesterday)
    assert desk.journal.transaction(paid.msgid).business_day == (now() + DAY).date().isoformat()
    days = [row["day"] for row in control(cashier).books("sign_in")["sign_ins"]]
    assert len(days) == len(set(days)) == 2
