"""The log-in over a real book of operators: first supervisor, lock-out, a new password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.app import open_desk
from core.domain import Role
from core.service.operators import FAILURES
from core.service.trainers import training_password
from gui.cashier import Cashier
from tests.helpers.training import CASHIER, SUPERVISOR, at_the_desk, desk_of, enter


@pytest.fixture
def cashier(tmp_path: Path, qapp) -> Iterator[Cashier]:
    """A training desk at its log-in page."""
    with at_the_desk(tmp_path / "home") as found:
        found.window.leave()
        found.idle()
        yield found


def attempt(cashier: Cashier, number: str, password: str) -> str:
    """Type both; gives what stands at the password afterwards."""
    page = cashier.page
    page.form.first().setFocus()
    for word in (number, password):
        cashier.press("Ctrl+A")
        cashier.type(word)
        cashier.press("Return")
    cashier.idle()
    return "" if cashier.window.frame else page.form.fields["password"].fault()


@pytest.mark.parametrize("who", [CASHIER, SUPERVISOR])
def test_the_training_password_lets_them_in(cashier: Cashier, who: str) -> None:
    assert attempt(cashier, who, training_password()) == ""
    assert desk_of(cashier).session.operator.id == who


def test_an_unknown_number_is_refused_with_the_same_words(cashier: Cashier) -> None:
    unknown = attempt(cashier, "nobody", "falsch")
    assert unknown == attempt(cashier, CASHIER, "falsch")
    assert "工号或密码不对" in unknown


def test_five_wrong_ones_lock_even_the_right_password_out(cashier: Cashier) -> None:
    for _ in range(FAILURES):
        attempt(cashier, CASHIER, "falsch")
    said = attempt(cashier, CASHIER, training_password())
    assert "已锁定到" in said
    assert cashier.window.frame is None
    assert desk_of(cashier).session.operator is None


def test_a_supervisor_gives_a_new_password_and_lifts_the_lock(cashier: Cashier) -> None:
    book = desk_of(cashier).operators
    for _ in range(FAILURES):
        attempt(cashier, CASHIER, "falsch")
    boss = next(one for one in book.list() if one.role is Role.SUPERVISOR)
    book.reset_password(CASHIER, "Neues-Wort-2026", boss)
    assert attempt(cashier, CASHIER, "Neues-Wort-2026") == ""


def test_a_disabled_operator_stays_outside(cashier: Cashier) -> None:
    desk_of(cashier).operators.disable(CASHIER)
    assert attempt(cashier, CASHIER, training_password())
    assert cashier.window.frame is None


def test_the_number_of_the_last_one_stands_there(cashier: Cashier) -> None:
    enter(cashier, SUPERVISOR)
    cashier.window.leave()
    assert cashier.page.form.values()["id"] == SUPERVISOR
    assert cashier.page.form.values()["password"] == ""


def test_passwords_are_nowhere_in_the_home(tmp_path: Path, qapp) -> None:
    with open_desk(tmp_path) as desk:
        desk.operators.create("900", "赵主管", Role.SUPERVISOR, "Sehr-geheim-9")
        assert desk.operators.verify("900", "Sehr-geheim-9").name == "赵主管"
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert b"Sehr-geheim-9" not in file.read_bytes(), file.name
