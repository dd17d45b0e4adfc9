"""The flow of a stay: filing, admission, change, daily fees, discharge, settlement, and one undone.

Every amount is compared with the hospital's lines and with the centre's books.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.domain import Stage
from core.domain.stay import StayRow
from core.money import show
from core.words import say
from gui.flows.cashier import rail_key_of, settled
from gui.tour import Tour

BED = "99"
GIVEN_ROUND = 100_00  # the patient hands over whole hundreds
PAPER = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def inpatient(tour: Tour) -> None:
    """Two stays: one from filing to slip, the other admitted, uploaded with all, taken back."""
    tour.need(tour.control is not None, "tour.no_control")
    tour.step("stays", lambda: tour.cashier.press(rail_key_of(tour, "inpatient")))
    first, other = _stays(tour)
    _open(tour, first)
    _lay_card(tour, first)
    if tour.able("special_filing"):
        file_specially(tour)
    admit(tour)
    change(tour)
    if tour.able("split:optional", "split:required"):
        divide(tour)
    fees(tour)
    leave(tour)
    pay(tour)
    if tour.desk.settlement_data.offered:
        sheet(tour)
    if tour.able("discharge_is_sent:true"):
        back_and_again(tour)
    undo(tour, other)


def _stays(tour: Tour) -> tuple[StayRow, StayRow]:
    """One whose card shows no injury where that can be filed, and one that is simply admitted."""
    from core.simulator.world import persons

    known = {item.name: item for item in persons()}
    plain: list[StayRow] = []
    filed: list[StayRow] = []
    for row in tour.desk.stays.worklist("", "waiting"):
        person = known.get(row.name)
        if person is None or person.refused_reason or person.in_hospital or _faulty(tour, row):
            continue
        (plain if person.qualifications else filed).append(row)
    plain.sort(key=lambda row: row.line_count)
    first = filed if tour.able("special_filing") else plain[1:]
    tour.need(bool(plain and first), "tour.no_stays")
    return first[0], plain[0]


def _faulty(tour: Tour, row: StayRow) -> bool:
    lines = tour.desk.stays.open(row.visit_no).visit.lines
    return bool(tour.desk.charge.check(lines)) or not all(line.centre_code for line in lines)


def _lay_card(tour: Tour, row: StayRow) -> None:
    """The patient's card into the reader, and F6."""
    from core.simulator.world import persons

    assert tour.control is not None
    tour.control.card(next(item.key for item in persons() if item.name == row.name))
    tour.step("card", lambda: tour.cashier.act("stay_card"))
    tour.need(tour.case.person is not None, "tour.no_person")


def _open(tour: Tour, row: StayRow) -> None:
    """Type the number into the search box; Enter opens the one it can mean."""
    cashier = tour.cashier

    def seek() -> None:
        if not cashier.page.list.box.hasFocus():
            cashier.act("stay_card")
        cashier.press("Ctrl+A")
        cashier.type(row.visit_no)
        cashier.press("Return")

    tour.step("open", seek)
    opened = tour.case is not None and tour.case.visit_no == row.visit_no
    tour.need(opened, "tour.no_visit")


# -- before the fees


def file_specially(tour: Tour) -> None:
    """1102 with one file, typed into the form."""
    cashier, path = tour.cashier, _paper(tour)
    tour.step("filing_form", lambda: cashier.act("special_filing"))
    card = cashier.page.overlays.card("filing")
    _fill(tour, card)
    cashier.tab_to(card.path)
    cashier.type(str(path))
    tour.step("filing_file", lambda: cashier.press("Return"))
    tour.expect(len(cashier.page.presenter.files) == 1, "tour.no_file")
    tour.step("filing", lambda: _press(tour, card.yes))
    filing = tour.case.filing
    tour.need(filing is not None and bool(filing.number), "tour.no_filing")
    for row in tour.rows("filing", "rec_no", filing.number):
        tour.expect(row["qualification_id"] == filing.qualification_id, "tour.books_filing")


def _paper(tour: Tour) -> Path:
    path = tour.out / "filing.pdf"
    path.write_bytes(PAPER)
    return path


def _fill(tour: Tour, card: Any) -> None:
    """Whatever is required and still empty: the first choice, or a sentence."""
    cashier = tour.cashier
    for part in card.form.fields.values():
        if part.spec.required and not part.editor.text():
            cashier.tab_to(part.editor)
            if part.spec.choices:
                cashier.press("Down")
            else:
                cashier.type(say("tour.filing_reason"))


def _press(tour: Tour, button: Any) -> None:
    tour.cashier.tab_to(button)
    tour.cashier.press("Space")


def admit(tour: Tour) -> None:
    """F4 where several injuries are on the card, then F3."""
    case, cashier = tour.case, tour.cashier
    if case.qualification is None and case.filing is None:
        cashier.act("stay_qualification")
        cashier.press("Return")
        cashier.idle()
    tour.step("admit", lambda: cashier.act("admit"))
    tour.need(tour.case.registered, "tour.not_registered")


def change(tour: Tour) -> None:
    """2203: another bed."""
    cashier = tour.cashier
    tour.step("change_form", lambda: cashier.act("stay_change"))
    card = cashier.page.overlays.card("change")
    cashier.tab_to(card.form.fields["bed"].editor)
    cashier.press("Ctrl+A")
    cashier.type(BED)
    tour.step("change", lambda: _press(tour, card.yes))
    tour.expect(tour.case.visit.registration.bed == BED, "tour.not_changed")
    for row in tour.books("visit", tour.case.visit_no) or ():
        tour.expect(row["bed"] == BED, "tour.not_changed")


# -- fees


def fees(tour: Tour) -> None:
    """2204, the centre's list beside ours, 2205 of one line, 2204 again."""
    cashier = tour.cashier
    tour.step("upload", lambda: cashier.act("stay_upload"))
    tour.need(tour.case.missing == 0, "tour.not_uploaded", count=tour.case.missing)
    _compare(tour)
    tour.step("differences", lambda: cashier.act("stay_differences"))
    tour.expect(cashier.page.presenter.sums().differing == 0, "tour.lines_differ")
    remove(tour)
    tour.step("upload_again", lambda: cashier.act("stay_upload"))
    tour.need(tour.case.missing == 0, "tour.not_uploaded", count=tour.case.missing)
    _compare(tour)


def remove(tour: Tour) -> None:
    """The last line, or all where a centre deletes nothing less."""
    cashier, page = tour.cashier, tour.cashier.page
    wanted = len(tour.case.visit.uploaded) if tour.able("delete_fees:whole") else 1
    cashier.tab_to(page.sheet.table)
    cashier.press("Ctrl+End")
    tour.step("remove_form", lambda: cashier.act("remove_fees"))
    card = page.overlays.card("remove")
    tour.expect(card.no.hasFocus(), "tour.focus_on_cancel")
    cashier.tab_to(card.reason)
    cashier.type(say("tour.remove_reason"))
    tour.step("remove", lambda: _press(tour, card.yes))
    tour.expect(tour.case.missing == wanted, "tour.not_removed", count=tour.case.missing)


def _compare(tour: Tour) -> None:
    """Hospital, desk and books hold the same sum."""
    visit = tour.case.visit
    ours = sum(line.amount for line in visit.lines)
    sent = sum(item.amount or 0 for item in visit.uploaded)
    tour.expect(ours == sent, "tour.sums", ours=show(ours), theirs=show(sent))
    for known in tour.books("visit", visit.visit_no) or ():
        rows = tour.rows("line", "visit_id", known["id"])
        theirs = sum(row["amount"] for row in rows if not row["removed_by"])
        tour.expect(ours == theirs, "tour.sums", ours=show(ours), theirs=show(theirs))


def divide(tour: Tour) -> None:
    """The last line belongs to a disease and goes afterwards; the rest is as the hospital says."""
    cashier, page = tour.cashier, tour.cashier.page
    count = len(tour.case.visit.lines)
    tour.step("split", lambda: cashier.act("stay_split"))
    card = page.overlays.card("split")
    cashier.press("Ctrl+End")
    _press(tour, card.later)
    cashier.type(say("tour.split_reason"))
    tour.step("split_later", lambda: cashier.press("Return"))
    tour.expect(card.presenter.sheet.sums.later_count == 1, "tour.not_divided")
    tour.step("split_confirmed", lambda: _press(tour, card.confirm))
    tour.expect(card.presenter.sheet.undecided == 0, "tour.not_divided")
    cashier.press("Escape")
    cashier.idle()
    tour.expect(len(tour.case.visit.lines) == count - 1, "tour.not_divided")


# -- the end of the stay


def sheet(tour: Tour) -> None:
    """The centre's data of the settlement, printed."""
    before = len(list(tour.desk.home.rglob("settlement-*.pdf")))
    tour.step("settlement_sheet", lambda: tour.cashier.act("stay_sheet"))

    def printed() -> bool:
        return len(list(tour.desk.home.rglob("settlement-*.pdf"))) > before

    tour.cashier.wait(printed, "the sheet of the settlement")


def back_and_again(tour: Tour) -> None:
    """Settlement and discharge taken back one after the other, and both made again."""
    for name in ("cancel_settlement", "undo_discharge"):
        step_back(tour, name)
    leave(tour)
    pay(tour)


def step_back(tour: Tour, name: str) -> None:
    """The next step of the way back, which is the only one that is offered."""
    cashier = tour.cashier
    overlays = cashier.page.overlays
    if not (overlays.has("way") and overlays.card("way").isVisible()):
        tour.step(f"way-{name}", lambda: cashier.act("cancel_admission"))
    card = overlays.card("way")
    tour.expect(card.offered == name, "tour.other_step", step=card.offered)
    tour.expect(card.no.hasFocus(), "tour.focus_on_cancel")
    cashier.tab_to(card.reason)
    cashier.type(say("tour.cancel_reason"))
    tour.step(name, lambda: _press(tour, card.yes))
    if name == "undo_discharge":
        cashier.press("Escape")
        cashier.idle()


def leave(tour: Tour) -> None:
    """2206 while the patient is in bed, discharge, 2206 again: the same lines, the same sum."""
    cashier = tour.cashier
    trial = tour.step("trial", lambda: cashier.act("stay_presettle")).amounts
    tour.need(trial is not None, "tour.not_presettled")
    tour.expect(not cashier.page.keys.action("stay_settle").isEnabled(), "tour.settles_early")
    tour.step("discharge_form", lambda: cashier.act("discharge"))
    card = cashier.page.overlays.card("discharge")
    _fill(tour, card)
    tour.step("discharge", lambda: _press(tour, card.yes))
    tour.need(tour.case.discharge is not None, "tour.not_discharged")
    last = tour.step("presettle", lambda: cashier.act("stay_presettle")).amounts
    tour.expect(last == trial, "tour.differs")


def pay(tour: Tour) -> None:
    """What is to collect, F2, F2; books and slip are compared."""
    cashier, case = tour.cashier, tour.case
    before, due = case.shown, case.due or 0
    if due > 0:
        given = -(-due // GIVEN_ROUND) * GIVEN_ROUND
        cashier.wait(lambda: cashier.page.money.received.hasFocus(), "the received field")
        cashier.type(show(given).replace(",", ""))
        tour.expect(cashier.page.money.change() == given - due, "tour.change")
    tour.step("confirm", lambda: cashier.act("stay_settle"))
    tour.need(tour.case.armed, "tour.not_armed")
    tour.step("settle", lambda: cashier.act("stay_settle"))
    settled(tour, before)


def undo(tour: Tour, other: StayRow) -> None:
    """Another stay: admitted, uploaded with the whole list, then 2205 and 2202."""
    cashier = tour.cashier
    tour.step("list", lambda: cashier.act("next_stay"))
    _open(tour, other)
    _lay_card(tour, other)
    admit(tour)
    cashier.act("next_stay")
    cashier.idle()
    tour.step("upload_all", lambda: cashier.act("upload_all"))
    report = cashier.page.presenter.report
    tour.need(report is not None and report.whole, "tour.not_uploaded", count=other.line_count)
    cashier.press("Escape")
    _open(tour, other)
    _take_back(tour)


def _take_back(tour: Tour) -> None:
    cashier = tour.cashier
    if tour.able("discharge_is_sent:true"):
        step_back(tour, "cancel_fees")
        step_back(tour, "cancel_registration")
        _cancelled(tour)
        return
    tour.step("way_back", lambda: cashier.act("cancel_admission"))
    card = cashier.page.overlays.card("way")
    tour.expect(card.no.hasFocus(), "tour.focus_on_cancel")
    cashier.tab_to(card.reason)
    cashier.type(say("tour.cancel_reason"))
    tour.step("cancel_admission", lambda: _press(tour, card.yes))
    _cancelled(tour)


def _cancelled(tour: Tour) -> None:
    visit = tour.case.visit
    tour.need(visit.stage is Stage.CANCELLED, "tour.not_cancelled", stage=visit.stage)
    for row in tour.books("visit", visit.visit_no) or ():
        tour.expect(row["state"] == "cancelled", "tour.books_visit", visit=visit.visit_no)
