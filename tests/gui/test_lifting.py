"""The block after a damaged journal, lifted in the window: compare, supervisor, reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.app import open_desk
from core.service.trainers import training_password
from gui.cashier import Cashier
from tests.helpers.flows import settled
from tests.helpers.training import CASHIER, SUPERVISOR, at_the_desk, desk_of


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A home with one settlement whose journal was spoilt; gives the home."""
    with open_desk(tmp_path) as desk:
        settled(desk)
        path = desk.journal.path
    path.write_bytes(b"spoilt" * 999)
    return tmp_path


@pytest.fixture
def cashier(damaged: Path, qapp) -> Iterator[Cashier]:
    """At the self-check of the damaged home."""
    with at_the_desk(damaged) as found:
        found.window.context.navigate("selfcheck")
        found.idle()
        yield found


def fill(cashier: Cashier, *words: str) -> None:
    """Type into the card field by field; Enter in the last one lifts."""
    cashier.page.lift_card.form.first().setFocus()
    for word in words:
        cashier.press("Ctrl+A")
        cashier.type(word)
        cashier.press("Return")
    cashier.idle()


def test_a_supervisor_lifts_the_block_after_the_comparison(cashier: Cashier) -> None:
    page, desk = cashier.page, desk_of(cashier)
    assert page.lift_button.isVisible()
    page.lift_button.click()
    cashier.idle()
    assert page.lift_card.isVisible()
    assert "1" in page.lift_card.text.text()
    fill(cashier, "已逐笔核对", SUPERVISOR, training_password())
    assert not page.lift_card.isVisible()
    assert desk.safekeeping.blocked == ""
    assert not page.lift_button.isVisible()
    assert "已逐笔核对" in desk.journal.entries("", False)[-1].text


def test_anybody_else_is_refused_in_the_card(cashier: Cashier) -> None:
    page, desk = cashier.page, desk_of(cashier)
    page.lift_button.click()
    cashier.idle()
    fill(cashier, "我来", CASHIER, training_password())
    assert page.lift_card.isVisible()
    assert "主管" in page.lift_card.form.fields["password"].fault()
    assert desk.safekeeping.blocked
    assert page.lift_card.form.values()["password"] == ""
    cashier.press("Escape")
    assert not page.lift_card.isVisible()


def test_without_a_block_there_is_no_button(tmp_path: Path, qapp) -> None:
    with at_the_desk(tmp_path) as cashier:
        cashier.window.context.navigate("selfcheck")
        cashier.idle()
        assert cashier.page.presenter.found
        assert not cashier.page.lift_button.isVisible()
