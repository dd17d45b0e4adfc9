"""Thousands of random keys never crash the window, settle twice or leave a dead screen.

``GSDESK_MONKEY=10000`` presses more, ``GSDESK_SEED=7`` other ones.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gui.shell.lock import focus_is_inside
from tests.helpers.agreement import assert_agree, live_settlements
from tests.helpers.monkey import KEPT, Monkey, tame, watched
from tests.helpers.training import (
    at_the_desk,
    case,
    control,
    desk_of,
    presettled,
    printed,
    settle,
)

KEYS = int(os.environ.get("GSDESK_MONKEY", "600"))
OUTSIDE = 60  # keys at the log-in
SEED = int(os.environ.get("GSDESK_SEED", "4"))


def test_a_monkey_finds_nothing(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, strays
) -> None:  # type: ignore[no-untyped-def]
    strays.expected = ("",)  # warnings of drilled faults are no finding; errors are
    tame(monkeypatch)
    with at_the_desk(tmp_path / "home", who="") as cashier:
        monkey = Monkey(cashier, SEED)
        with watched(monkey):
            monkey.knock(OUTSIDE)
            monkey.run(KEYS)
            monkey.come_home()
            try:
                books_agree(cashier)
                the_screen_lives(monkey)
            except Exception:
                monkey.tell(traceback.format_exc())
            assert not monkey.errors, monkey.errors
        count = len(control(cashier).books("settlement")["settlements"])
        sys.stdout.write(f"settlements: {count}; keys by page: {dict(monkey.seen)}\n")


def books_agree(cashier) -> None:  # type: ignore[no-untyped-def]
    """At most one live settlement a visit; journal = books wherever nothing is open."""
    desk, books = desk_of(cashier), control(cashier).books()
    pending = {row.visit for row in desk.resolve.pending()}
    visits = {row["visit_no"] for row in books["visits"]} | {
        row.visit for row in desk.journal.all()
    }
    for number in sorted(visits - {""}):
        assert len(live_settlements(books, number)) <= 1, number
        if number not in pending:
            rows = [row for row in books["settlements"] if row["visit_no"] == number]
            steps = [(row.step, row.state, row.amount) for row in desk.journal.of_visit(number)]
            try:
                assert_agree(desk, books, number)
            except AssertionError as error:
                raise AssertionError(f"{number}: {rows}\n{steps}") from error


def the_screen_lives(monkey: Monkey) -> None:
    """门诊收费 has the focus and charges a patient."""
    cashier = monkey.cashier
    assert monkey.overlays() == []
    locked = cashier.page.keys.locked(), cashier.window.frame.keys.locked()
    assert cashier.page.name == "outpatient", (locked, cashier.window.isActiveWindow())
    assert focus_is_inside(cashier.page), QApplication.focusWidget()
    cashier.do("next_patient")
    presettled(cashier, KEPT)
    settle(cashier)
    printed(cashier)
    number = case(cashier).visit.visit_no
    assert len(live_settlements(control(cashier).books(), number)) == 1
