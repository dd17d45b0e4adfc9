"""The slip of a stay: ward, days, discharge and deposit, on every paper, unchanged by what comes
later."""

from __future__ import annotations

import pytest

from core.money import show
from core.words import say
from gui import printing
from gui.slip_form import forms
from tests.gui.test_printing import STAY
from tests.helpers import stays as ward
from tests.helpers.inprocess import World
from tests.helpers.paper import sheets


@pytest.fixture(scope="module")
def made(tmp_path_factory, qapp):
    """A desk, the settlement of a stay with its slip, and the red slip after it was undone."""
    world = World(tmp_path_factory.mktemp("stay"))
    with world.desk() as desk:
        visit_no = ward.settled(desk, ward.READY)
        world.clock.advance(60)
        balance = desk.stays.balance(visit_no)
        paid = desk.visits.read(visit_no).settlement
        slip = desk.documents.slip(paid.msgid)
        undone = desk.stays.cancel_settlement(visit_no, "费用有误")
        desk.stays.undo_discharge(visit_no, "继续治疗")
        desk.stays.change(visit_no, {"bed": "01-01"})
        yield desk, slip, balance, desk.documents.slip(undone.msgid)


@pytest.fixture
def slip(made):
    return made[1]


def head(slip):
    return {row.name: row.value for row in slip.head}


def test_the_slip_says_where_how_long_and_how_it_ended(slip):
    found = head(slip)
    assert slip.title == say("slip.stay_title") and "门诊" not in slip.title
    assert set(found) >= STAY and all(found[name] for name in STAY)
    assert (found["ward"], found["bed"], found["days"]) == ("手外科病区", "03-12", "9")
    assert (found["outcome"], found["discharge_diagnosis"]) == ("治愈", "手部皮肤撕脱伤")


def test_the_deposit_stands_below_the_payments(made, slip):
    balance = made[2]
    amounts = {item.name: item for item in slip.payments}
    assert list(amounts) == ["total", "fund", "personal", "deposit", "to_return"]
    assert amounts["deposit"].amount == balance.deposit == 800000
    assert amounts["to_return"].amount == balance.to_return
    assert amounts["to_return"].words.endswith(("整", "分"))


def test_what_comes_later_does_not_change_the_red_slip(made):
    red = made[3]
    found = head(red)
    assert red.refund and red.title == say("slip.stay_refund_title")
    assert (found["days"], found["outcome"]) == ("9", "治愈")
    assert [item.name for item in red.payments] == ["total", "fund", "personal"]


def test_without_a_deposit_there_is_no_row_for_it(made):
    desk = made[0]
    visit_no = ward.discharged(desk, ward.REHABILITATED)
    shown = desk.stays.presettle(visit_no).visit.presettlement
    paid = desk.settle.settle(visit_no, shown)
    names = [item.name for item in desk.documents.slip(paid.msgid).payments]
    assert names == ["total", "fund", "personal"]


@pytest.mark.parametrize("paper", ["A4", "A5", "roll"])
def test_everything_stands_on_one_page_of_every_paper(made, paper):
    slip, balance = made[1], made[2]
    [page] = sheets(printing.pdf(slip.model_copy(update={"copies": ("",)}), forms()[paper]))
    for value in ("".join(head(slip)[name].split()) for name in STAY):
        assert value in page.text
    assert show(balance.deposit) in page.text and show(balance.to_return) in page.text
    assert all(say(f"slip.sign_{name}") in page.text for name in ("patient", "checker"))
    assert page.ink()[3] <= page.height - 4  # nothing is cut off at the foot
