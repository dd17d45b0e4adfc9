"""The flow of the centre's code tables: fetched, kept, seen with their age."""

from __future__ import annotations

from gui.flows.cashier import rail_key_of
from gui.tour import Tour


def tables(tour: Tour) -> None:
    """All tables of the centre, and the codes of one."""
    tour.step("codes", lambda: tour.cashier.press(rail_key_of(tour, "codes")))
    tour.step("code_tables", lambda: tour.cashier.act("fetch_tables"))
    presenter = tour.cashier.page.tables
    tour.cashier.wait(lambda: presenter.rows, "the codes of a table")
    tour.expect(bool(presenter.tables), "tour.no_tables")
