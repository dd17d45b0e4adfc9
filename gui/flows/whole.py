"""The whole desk in one window where records go in parts: each function of the centre is called."""

from __future__ import annotations

from gui.flows.cashier import charge, rail_key_of, undo_settled
from gui.flows.codes import tables
from gui.flows.enquiry import answers
from gui.flows.inpatient import inpatient
from gui.flows.part_refund import refund_one
from gui.flows.records import disease_data, parts
from gui.tour import Tour


def whole(tour: Tour) -> None:
    """An outpatient charged, refunded in part, then wholly; a stay with all it has; the office."""
    charge(tour)
    number = tour.case.person.number
    refund_one(tour)
    undo_settled(tour)
    tour.step("desk_again", lambda: tour.cashier.press(rail_key_of(tour, "outpatient")))
    inpatient(tour)
    parts(tour)
    disease_data(tour)
    answers(tour, number)
    tables(tour)
