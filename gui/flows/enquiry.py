"""The flow of questions: what the centre has, why a line is not paid, the centre's own slip."""

from __future__ import annotations

import hashlib
from typing import Any

from gui.flows.cashier import charge, rail_key_of
from gui.flows.codes import tables
from gui.tour import Tour


def enquiry(tour: Tour) -> None:
    """Settle one, ask 9103, 9104, 9105 and 1800 for it, print why, fetch and print 6101."""
    charge(tour)
    paid, key = tour.case.visit.settlement, tour.case.person.number
    if not tour.able("settlement_list"):
        answers(tour, key)
        tables(tour)
        return
    tour.step("enquiry", lambda: tour.cashier.press(rail_key_of(tour, "enquiry")))
    _settlements(tour, paid)
    _lines(tour, paid)
    _visits(tour, paid, key)
    _time(tour)
    tour.step("history", lambda: tour.cashier.press(rail_key_of(tour, "history")))
    _centre_slip(tour, paid)
    _reprint(tour, paid)


def answers(tour: Tour, number: str) -> None:
    """Fund state, sums of the year and open admissions of a person, where the centre says them."""
    cashier = tour.cashier
    tour.step("enquiry", lambda: cashier.press(rail_key_of(tour, "enquiry")))
    for name in ("fund", "accumulated", "admissions"):
        cashier.act(f"enquiry_{name}")
        _type_question(tour, name, number)
        tour.step(name, lambda: cashier.act("ask_enquiry"))
        listing = _presenter(tour).listings.get(name)
        tour.expect(listing is not None and listing.whole, "tour.no_answer", what=name)


def _type_question(tour: Tour, name: str, number: str) -> None:
    cashier, page = tour.cashier, tour.cashier.page
    page.person.box.setFocus()
    cashier.press("Ctrl+A")
    cashier.type(number)
    if name == "accumulated":
        person = tour.desk.identify.last_person()
        page.year.region.setFocus()
        cashier.press("Ctrl+A")
        cashier.type(person.region if person and person.region else "990100")


def _presenter(tour: Tour) -> Any:
    return tour.cashier.page.presenter


def _settlements(tour: Tour, paid: Any) -> None:
    tour.step("settlements", lambda: tour.cashier.act("ask_enquiry"))
    rows = [face.value for face in _presenter(tour).rows() if face.value.msgid == paid.msgid]
    tour.need(len(rows) == 1, "tour.not_listed", bill=paid.bill_no)
    tour.expect(rows[0].here == "same", "tour.listed_differs", bill=paid.bill_no)
    faces = [face.value.msgid for face in _presenter(tour).rows()]
    tour.cashier.tab_to(tour.cashier.page.table)
    for _ in range(faces.index(paid.msgid)):
        tour.cashier.press("Down")


def _lines(tour: Tour, paid: Any) -> None:
    tour.step("fee_lines", lambda: tour.cashier.press("Return"))
    rows = [face.value for face in _presenter(tour).rows()]
    tour.need(bool(rows), "tour.no_lines")
    for row in rows:
        tour.expect(row.mark == "same", "tour.line_differs", name=row.name, mark=row.mark)
    total = sum(row.theirs.amount for row in rows if row.theirs)
    tour.expect(total == paid.amounts.total, "tour.listed_differs", bill=paid.bill_no)
    explained = [tour.desk.enquiry.why_not_paid(row) for row in rows]
    personal = sum(line.personal or 0 for line in explained)
    tour.expect(personal == paid.amounts.personal, "tour.listed_differs", bill=paid.bill_no)
    tour.cashier.tab_to(tour.cashier.page.table)
    unpaid = next((n for n, line in enumerate(explained) if line.personal), 0)
    for _ in range(unpaid):
        tour.cashier.press("Down")
    tour.step("why_not_paid", lambda: tour.cashier.act("print_unpaid"))


def _visits(tour: Tour, paid: Any, person: str) -> None:
    tour.cashier.act("enquiry_person")
    tour.step("visits", lambda: tour.cashier.act("enquiry_person"))
    presenter = _presenter(tour)
    tour.expect(presenter.person_no == person, "tour.no_person")
    listed = {face.value.visit_no for face in presenter.rows()}
    tour.expect(paid.visit_no in listed, "tour.not_listed", bill=paid.visit_no)


def _time(tour: Tour) -> None:
    tour.step("centre_time", lambda: tour.cashier.act("enquiry_time"))
    time = _presenter(tour).time
    tour.need(time is not None and time.theirs is not None, "tour.no_time")
    tour.expect(time.problem is None, "tour.no_time")


def _centre_slip(tour: Tour, paid: Any) -> None:
    cashier, documents = tour.cashier, tour.desk.documents
    cashier.wait(lambda: _presenter(tour).papers.of == paid.msgid, "the settlement in the list")
    tour.step("centre_slip", lambda: cashier.act("centre_slip"))
    kept = documents.centre_slip(paid.msgid)
    tour.need(kept is not None, "tour.no_centre_slip")
    content = documents.slip_content(kept)
    tour.expect(hashlib.sha256(content).hexdigest() == kept.digest, "tour.no_centre_slip")
    tour.expect(cashier.page.card.view.count() > 0, "tour.no_centre_slip")
    (tour.out / "centre-slip.pdf").write_bytes(content)
    tour.slips.append("centre-slip.pdf")
    tour.expect(paid.bill_no in tour.slip_text("centre-slip.pdf"), "tour.no_centre_slip")
    tour.step("print_centre", lambda: cashier.act("reprint"))
    tour.expect(documents.prints(paid.msgid, "centre") == 1, "tour.not_printed", msgid=paid.msgid)
    cashier.press("Escape")


def _reprint(tour: Tour, paid: Any) -> None:
    before = tour.desk.documents.prints(paid.msgid)
    tour.step("reprint", lambda: tour.cashier.act("reprint"))
    now = tour.desk.documents.prints(paid.msgid)
    tour.expect(now == before + 1, "tour.not_printed", msgid=paid.msgid)
