"""The flows at the cashier's desk: outpatient, refund, recovery."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from core.domain import Stage
from core.money import line_amount, show, yuan
from core.words import say
from gui.tour import Tour

OPERATOR, PASSWORD = "tour", "Tour-2026-desk"
LINES = 6
GIVEN_ROUND = 100_00  # the patient hands over whole hundreds


def log_in(tour: Tour, who: tuple[str, str]) -> None:
    """Into the window: the training key, or number and password typed."""
    cashier = tour.cashier
    if tour.desk.settings.training:
        tour.step("login", lambda: cashier.act("trainer"))
    else:
        tour.step("login", lambda: _type_login(tour, who))
    cashier.wait(lambda: cashier.window.frame is not None, "the frame after the log-in")


def _type_login(tour: Tour, who: tuple[str, str]) -> None:
    cashier = tour.cashier
    first = tour.desk.operators.first_start
    number, password = who if who[0] else (OPERATOR, PASSWORD)
    words = [number, OPERATOR, password, password] if first else [number, password]
    cashier.page.form.first().setFocus()
    for word in words:
        cashier.press("Ctrl+A")
        cashier.type(word)
        cashier.press("Return")


# -- parts of flows


def read_card(tour: Tour) -> None:
    """F6 on the visit box; then the visit, scanned where it did not come by itself."""
    cashier = tour.cashier
    _lay_card(tour)
    tour.step("read_card", lambda: cashier.act("patient"))
    tour.need(tour.case.person is not None, "tour.no_person")
    if tour.case.visit is None:
        number = _visit_number(tour)
        tour.step("visit", lambda: _scan(tour, number))
    tour.need(tour.case.visit is not None, "tour.no_visit")
    if not tour.case.visit.lines:
        tour.step("import", lambda: import_fees(tour))
    tour.need(bool(tour.case.visit.lines), "tour.no_lines")


def _lay_card(tour: Tour) -> None:
    """The card of the first waiting patient whom the simulated centre entitles."""
    from core.simulator.world import persons

    entitled = {
        person.id_no: person
        for person in persons()
        if person.qualifications and not person.refused_reason and not person.in_hospital
    }
    for row in tour.desk.hospital.waiting():
        person = entitled.get(row.id_no)
        if tour.control is not None and person is not None and person.name == row.person_name:
            tour.control.card(person.key)
            return


def _visit_number(tour: Tour) -> str:
    person = tour.case.person
    waiting = [item for item in tour.desk.hospital.waiting() if item.id_no == person.id_no]
    stamp = f"T{tour.desk.clock.now():%y%m%d%H%M%S}"
    return str(waiting[0].visit_no) if waiting else stamp


def _scan(tour: Tour, number: str) -> None:
    cashier = tour.cashier
    if not cashier.page.sheet.box.hasFocus():
        cashier.act("patient")
    cashier.press("Ctrl+A")
    cashier.type(number)
    cashier.press("Return")


def import_fees(tour: Tour) -> None:
    """Ctrl+O: a file written for the occasion, as a hospital without connection would bring it."""
    cashier, page = tour.cashier, tour.cashier.page
    path = _fee_file(tour, tour.case.visit.visit_no)
    cashier.act("import_fees")
    cashier.wait(lambda: page.importer.path.hasFocus(), "the import page")
    cashier.type(str(path))
    cashier.press("Return")
    cashier.idle()
    cashier.tab_to(page.importer.yes)
    cashier.press("Space")


def _fee_file(tour: Tour, visit_no: str) -> Path:
    from core.simulator.world import catalogue

    path = tour.out / "fees.csv"
    heads = say("tour.file_heads").split(",")
    at = f"{tour.desk.clock.now():%Y-%m-%d %H:%M:%S}"
    with path.open("w", encoding="gbk", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(heads)
        for number, item in enumerate(catalogue()[:LINES], 1):
            amount = yuan(line_amount(item.price, _one()))
            writer.writerow([visit_no, "RX1", f"L{number}", item.hosp_code, item.centre_code,
                             item.name, item.price, 1, amount, at, "D00012", "K0102"])  # fmt: skip
    return path


def _one() -> Any:
    from decimal import Decimal

    return Decimal(1)


def register(tour: Tour) -> None:
    """The qualification where there are several, the form where it is empty, then F3."""
    cashier = tour.cashier
    if tour.case.qualification is None:
        tour.step("qualification", lambda: _pick(tour))
    tour.need(tour.case.qualification is not None, "tour.no_qualification")
    _fill(tour)
    tour.step("register", lambda: cashier.act("register"))
    tour.need(tour.case.registered, "tour.not_registered")


def _pick(tour: Tour) -> None:
    tour.cashier.act("qualification")
    tour.cashier.press("Return")


def _fill(tour: Tour) -> None:
    cashier, form = tour.cashier, tour.cashier.page.sheet.form
    samples = {"diagnosis_code": "S62.601", "dept_code": "K0102", "doctor_code": "D00012"}
    for name, part in form.fields.items():
        if part.spec.required and not part.editor.text():
            cashier.tab_to(part.editor)
            if part.spec.choices:
                cashier.press("Down")
            else:
                cashier.type(samples.get(name, "1"))


def presettle(tour: Tour) -> None:
    """F5: upload what is missing and ask for the amounts; they have to add up."""
    note = tour.step("presettle", lambda: tour.cashier.act("presettle"))
    tour.need(tour.case.stage is Stage.PRESETTLED, "tour.not_presettled")
    _compare_lines(tour)
    shown = note.amounts or {}
    parts = shown.get("fund", 0) + shown.get("personal", 0)
    tour.expect(shown.get("total") == parts, "tour.identity")


def _compare_lines(tour: Tour) -> None:
    visit = tour.case.visit
    ours = sum(line.amount for line in visit.lines)
    shown = visit.presettlement.total
    tour.expect(ours == shown, "tour.sums", ours=show(ours), theirs=show(shown))


def pay(tour: Tour, wanted: str = "accepted") -> None:
    """What the patient gives, F2, F2."""
    cashier = tour.cashier
    personal = tour.case.shown.personal
    given = -(-personal // GIVEN_ROUND) * GIVEN_ROUND
    cashier.wait(lambda: cashier.page.money.received.hasFocus(), "the cursor in the received field")
    cashier.type(show(given).replace(",", ""))
    tour.step("confirm", lambda: cashier.act("settle"))
    tour.need(tour.case.armed, "tour.not_armed")
    tour.expect(cashier.page.money.change() == given - personal, "tour.change")
    tour.step("settle", lambda: cashier.act("settle"), wanted)


def settled(tour: Tour, before: Any) -> None:
    """Settled as shown, once, in the journal and in the centre's books; the slip is out."""
    case = tour.case
    tour.need(case.stage is Stage.SETTLED, "tour.not_settled")
    paid = case.visit.settlement
    tour.expect(_same(paid.amounts, before), "tour.differs")
    rows = tour.books("settlement", case.visit.visit_no)
    if rows is not None:
        live = [row for row in rows if not row["cancelled_by"] and not row["reversed_by"]]
        live = [row for row in live if not row.get("refund_of")]
        tour.expect(len(live) == 1, "tour.books_count", count=len(live))
        for row in live:
            tour.expect(_in_books(row, paid), "tour.books_differ", bill=row["bill_no"])
    tour.cashier.wait(lambda: case.printed, "the slip")
    tour.keep_slip(paid.msgid, f"slip-{len(tour.slips) + 1}")
    personal = show(paid.amounts.personal)
    tour.expect(personal in tour.slip_text(tour.slips[-1]), "tour.slip_amount", amount=personal)


def _same(one: Any, other: Any) -> bool:
    names = ("total", "fund", "personal")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _in_books(row: dict[str, Any], paid: Any) -> bool:
    wanted = (paid.amounts.total, paid.amounts.fund, paid.amounts.personal)
    ours = row["msgid"] in ("", paid.msgid) or "refund_of" in row
    return ours and (row["total"], row["fund"], row["personal"]) == wanted


# -- flows


def outpatient(tour: Tour) -> None:
    """From the card to the slip, and on to the next patient."""
    charge(tour)
    tour.step("next_patient", lambda: tour.cashier.act("next_patient"))
    tour.expect(tour.case.visit is None, "tour.not_empty")


def charge(tour: Tour) -> None:
    """From the card to the slip."""
    read_card(tour)
    register(tour)
    presettle(tour)
    before = tour.case.shown
    pay(tour)
    settled(tour, before)


def refund(tour: Tour) -> None:
    """A settlement and its registration undone, with a reason, F2 twice, the red slip."""
    charge(tour)
    undo_settled(tour)


def undo_settled(tour: Tour) -> None:
    """The settled visit on the page, settlement and registration."""
    visit, cashier = tour.case.visit, tour.cashier
    paid = visit.settlement
    tour.step("refund", lambda: cashier.act("refund"))
    page = cashier.page
    tour.need(page.presenter.row is not None, "tour.not_found")
    if len(page.presenter.rows) > 1:
        cashier.tab_to(page.table)
        cashier.press("Return")
    cashier.wait(lambda: page.reason.hasFocus(), "the cursor in the reason")
    tour.step("reason", lambda: cashier.press("Down"))
    tour.step("confirm_refund", lambda: cashier.act("confirm_refund"))
    tour.need(page.presenter.armed, "tour.not_armed")
    tour.expect(page.no.hasFocus(), "tour.focus_on_cancel")
    tour.step("undo", lambda: cashier.act("confirm_refund"))
    _undone(tour, visit.visit_no, paid)


def _undone(tour: Tour, visit_no: str, paid: Any) -> None:
    undone = tour.cashier.page.presenter.undone
    tour.need(bool(undone), "tour.not_undone")
    visit = tour.desk.history.visit(visit_no)
    tour.expect(visit.stage is Stage.CANCELLED, "tour.not_cancelled", stage=visit.stage)
    for row in tour.books("settlement", visit_no) or ():
        over = row["cancelled_by"] or row.get("refund_of")
        tour.expect(bool(over), "tour.books_live", bill=row["bill_no"])
    for row in tour.books("visit", visit_no) or ():
        tour.expect(row["state"] == "cancelled", "tour.books_visit", visit=visit_no)
    tour.cashier.wait(lambda: tour.desk.documents.prints(undone) > 0, "the red slip")
    tour.keep_slip(undone, f"slip-{len(tour.slips) + 1}-red")
    back = show(-paid.amounts.personal)
    tour.expect(back in tour.slip_text(tour.slips[-1]), "tour.slip_amount", amount=back)


def recovery(tour: Tour) -> None:
    """The answer to the settlement is lost; the tray finds it, and the slip comes out after all."""
    tour.need(tour.control is not None, "tour.no_control")
    assert tour.control is not None
    read_card(tour)
    register(tour)
    presettle(tour)
    before, visit_no = tour.case.shown, tour.case.visit.visit_no
    query = tour.code(tour.desk.centre.rule("settle").query_step)
    tour.control.fault("reply_lost", tour.code("settle"), ending="status")
    tour.control.fault("request_lost", query, 1000, ending="status")
    pay(tour, "unknown")
    tour.expect(tour.case.open, "tour.not_open")
    tour.step("pending", lambda: tour.cashier.press(rail_key_of(tour, "pending")))
    rows = tour.cashier.page.presenter.rows()
    tour.need([row.patient for row in rows] != [], "tour.tray_empty")
    tour.control.clear()
    tour.step("ask_now", lambda: tour.cashier.act("ask_now"))
    _found(tour, visit_no, before)


def _found(tour: Tour, visit_no: str, before: Any) -> None:
    presenter = tour.cashier.page.presenter
    tour.cashier.wait(lambda: not presenter.rows(), "the tray empty again")
    tour.step("back", lambda: tour.cashier.press(rail_key_of(tour, "outpatient")))
    tour.cashier.wait(lambda: tour.case.stage is Stage.SETTLED, "the visit settled")
    tour.expect(tour.case.visit.visit_no == visit_no, "tour.other_visit")
    settled(tour, before)
    tour.step("slip", lambda: None)


def rail_key_of(tour: Tour, name: str) -> str:
    """The rail's key of a screen for this operator."""
    from gui.screens.registry import rail_key

    frame = tour.cashier.window.frame
    assert frame is not None
    return rail_key([spec.name for spec in frame.specs].index(name))
