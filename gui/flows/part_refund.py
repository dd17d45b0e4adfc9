"""The flow of a refund in part: one line goes, the rest is charged again; the books know both."""

from __future__ import annotations

from core.domain.centrefacts import PartialStage
from gui.flows.cashier import charge, rail_key_of
from gui.tour import Tour


def part_refund(tour: Tour) -> None:
    """Charge, refund one line, charge the rest."""
    charge(tour)
    refund_one(tour)


def refund_one(tour: Tour) -> None:
    """From the settled visit on the page: F8, the first line marked, reason, both halves."""
    cashier, case = tour.cashier, tour.case
    visit_no, paid = case.visit.visit_no, case.visit.settlement
    gone = case.visit.lines[0].amount
    tour.step("refund", lambda: cashier.act("refund"))
    page = cashier.page
    tour.need(page.presenter.row is not None, "tour.not_found")
    tour.step("part", lambda: cashier.act("refund_part"))
    card = page.part_card
    cashier.press("Space")
    tour.need(len(card.presenter.gone) == 1, "tour.no_lines")
    cashier.tab_to(card.reason)
    cashier.type("-")
    cashier.tab_to(card.yes)
    tour.step("part_refunded", lambda: cashier.press("Space"))
    shown = card.presenter.shown
    tour.need(shown is not None, "tour.not_presettled")
    tour.expect(shown.total == paid.amounts.total - gone, "tour.differs")
    cashier.tab_to(card.yes)
    tour.step("part_charged", lambda: cashier.press("Space"))
    done = card.presenter.case
    tour.need(done is not None and done.stage is PartialStage.DONE, "tour.not_settled")
    cashier.press("Escape")
    cashier.idle()
    _booked(tour, visit_no, shown.total)


def _booked(tour: Tour, visit_no: str, total: int) -> None:
    """The centre holds exactly the new settlement."""
    rows = tour.books("settlement", visit_no) or []
    live = [row for row in rows if not row["cancelled_by"] and not row["refund_of"]]
    tour.expect([row["total"] for row in live] == [total], "tour.books_count", count=len(live))
    tour.step("desk", lambda: tour.cashier.press(rail_key_of(tour, "outpatient")))
