"""The list that fills itself, in the real window: steered, scanned, searched, read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from core.errors import SetupError, fault
from core.events import VisitGiven
from gui.cashier import Cashier
from tests.helpers.training import at_the_desk, case, desk_of


@pytest.fixture
def cashier(tmp_path: Path, qapp: QApplication) -> Iterator[Cashier]:
    with at_the_desk(tmp_path / "home") as made:
        yield made


def names(cashier: Cashier) -> list[str]:
    return [row.registration.person_name for row in cashier.page.sheet.waiting.rows()]


def number_at(cashier: Cashier, place: int) -> str:
    return str(cashier.page.sheet.waiting.rows()[place].registration.visit_no)


def test_the_list_is_steered_searched_scanned_and_reads_itself(cashier: Cashier) -> None:
    _steered(cashier)
    _typed_on_the_list(cashier)
    _read_again_under_the_fingers(cashier)
    _away(cashier)
    _a_stay_goes_to_its_own_page(cashier)


def _steered(cashier: Cashier) -> None:
    """Arrows in the visit box mark a row, Enter opens it; an empty Enter opens nobody."""
    waiting, box = cashier.page.sheet.waiting, cashier.page.sheet.box
    assert waiting.isVisible() and len(names(cashier)) >= 12 and box.hasFocus()
    cashier.press("Return")
    cashier.idle()
    assert case(cashier).visit is None
    second = number_at(cashier, 1)
    for key in ("Down", "Down", "Down", "Up"):
        cashier.press(key)
    assert box.hasFocus() and waiting.marked().registration.visit_no == second
    cashier.press("Return")
    cashier.idle()
    assert case(cashier).visit.visit_no == second and not waiting.isVisible()
    cashier.do("next_patient")
    assert waiting.isVisible() and waiting.marked() is None


def _typed_on_the_list(cashier: Cashier) -> None:
    """A scanner on the list itself: letters go to the box, Enter opens."""
    waiting, box = cashier.page.sheet.waiting, cashier.page.sheet.box
    wanted = number_at(cashier, 2)
    waiting.table.setFocus()
    waiting.table.choose(5)
    cashier.type(wanted)
    assert box.hasFocus() and box.text() == wanted and len(names(cashier)) == 1
    cashier.press("Return")
    cashier.idle()
    assert case(cashier).visit.visit_no == wanted
    cashier.do("next_patient")
    last = waiting.rows()[-1].registration
    cashier.type(last.id_no[-4:])
    assert last.person_name in names(cashier)
    cashier.press("Ctrl+A")
    cashier.press("Backspace")
    assert len(names(cashier)) >= 12


def _read_again_under_the_fingers(cashier: Cashier) -> None:
    """New visits come in while somebody types: the text, the focus and the mark stay."""
    page, desk = cashier.page, desk_of(cashier)
    waiting, box = page.sheet.waiting, page.sheet.box
    for _ in range(3):
        cashier.press("Down")
    marked = waiting.marked().registration.visit_no
    first = desk.waiting.rows()[0]
    new = first.registration.model_copy(update={"visit_no": "MZ000NEW", "person_name": "新来"})
    rows = (first.model_copy(update={"registration": new}), *desk.waiting.rows())
    desk.waiting.rows = lambda: rows
    desk.events.announce(VisitGiven("MZ000NEW"))
    cashier.wait(lambda: "新来" in names(cashier), "the new visit")
    assert waiting.marked().registration.visit_no == marked and box.hasFocus()
    cashier.type("xl")
    assert names(cashier) == ["新来"]
    waiting.stale.emit()
    cashier.idle()
    assert box.text() == "xl" and names(cashier) == ["新来"]
    cashier.press("Ctrl+A")
    cashier.press("Backspace")


def _away(cashier: Cashier) -> None:
    """The hospital is away: one calm line, no banner, the list as it was."""
    page, before = cashier.page, names(cashier)

    def away() -> Any:
        raise SetupError(fault("hospital.unreadable", path="HIS", error="连接超时"))

    desk_of(cashier).waiting.rows = away
    page.reload_waiting()
    cashier.idle()
    assert "连接超时" in page.sheet.waiting.remark.text() and names(cashier) == before
    assert cashier.banners() == ()


def _a_stay_goes_to_its_own_page(cashier: Cashier) -> None:
    """Called by the hospital's system, or found by the box: a stay opens where stays are."""
    desk = desk_of(cashier)
    stay = desk.hospital.stays()[0].registration
    cashier.type(stay.visit_no)
    cashier.wait(lambda: names(cashier) == [stay.person_name], "what the hospital found")
    cashier.press("Return")
    cashier.idle()
    assert cashier.page.name == "inpatient"
    visit = desk.hospital.waiting()[0]
    cashier.window.called(visit.visit_no)
    cashier.wait(lambda: cashier.page.name == "outpatient", "the visit's page")
    cashier.idle()
    assert case(cashier).visit.visit_no == visit.visit_no
    cashier.window.called(stay.visit_no)
    cashier.wait(lambda: cashier.page.name == "inpatient", "the stay's page")
    cashier.idle()
