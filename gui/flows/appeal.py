"""The flow at the insurance office's desk: a deduction is fetched, answered with evidence, sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.domain.deduction import AppealState
from core.words import say
from gui.flows.cashier import charge, rail_key_of
from gui.tour import Tour

SCAN = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"0" * 20_000 + b"\n%%EOF\n"


def appeal(tour: Tour) -> None:
    """Settle, be deducted, fetch, write with an attachment, send, fetch again, export, count."""
    tour.need(tour.control is not None, "tour.no_control")
    charge(tour)
    ded_id, amount = _deduct(tour)
    tour.step("appeals", lambda: tour.cashier.press(rail_key_of(tour, "appeals")))
    tour.step("fetch", lambda: tour.cashier.act("fetch_deductions"))
    page = tour.cashier.page
    rows = [row.ded_id for row in page.presenter.rows]
    tour.need(ded_id in rows, "tour.appeal.not_listed", ded_id=ded_id)
    page.list.table.setFocus()
    tour.cashier.press("Home")
    for _ in range(rows.index(ded_id)):
        tour.cashier.press("Down")
    tour.cashier.idle()
    tour.need(page.presenter.chosen == ded_id, "tour.appeal.not_chosen", ded_id=ded_id)
    _write(tour, page)
    _send(tour, page, ded_id, amount)
    _take_along(tour, page)


def _deduct(tour: Tour) -> tuple[str, int]:
    """The audit takes the dearest line's whole amount off."""
    visit = tour.case.visit
    line = max(visit.lines, key=lambda one: one.amount)
    paid = visit.settlement
    reason = say("simulator.deduct_reason")
    assert tour.control is not None
    bill = paid.bill_no
    return tour.control.deduct(visit.visit_no, bill, line.line_id, line.amount, reason), line.amount


def _write(tour: Tour, page: Any) -> None:
    """A template, a line of the visit, a scan."""
    cashier = tour.cashier
    tour.step("lines", lambda: cashier.act("appeal_lines"))
    tour.expect(any(line.deducted for line in page.lines.table.rows.rows()), "tour.appeal.no_line")
    tour.step("template", lambda: _take_template(tour, page))
    tour.expect(bool(page.editor.text.toPlainText()), "tour.appeal.no_text")
    scan = tour.out / say("tour.appeal.scan")
    scan.write_bytes(SCAN)
    tour.step("attach", lambda: _attach(tour, page, scan))
    appeal_files = page.presenter.writing.appeal().attachments
    tour.expect(len(appeal_files) == 1, "tour.appeal.no_file")


def _take_template(tour: Tour, page: Any) -> None:
    cashier = tour.cashier
    cashier.act("write_appeal")
    cashier.tab_to(page.editor.template)
    cashier.press("Down")
    cashier.press("Return")
    cashier.tab_to(page.editor.use)
    cashier.press("Space")


def _attach(tour: Tour, page: Any, scan: Path) -> None:
    cashier = tour.cashier
    cashier.act("attach_file")
    cashier.wait(lambda: page.editor.path.hasFocus(), "the cursor in the path")
    cashier.type(str(scan))
    cashier.press("Return")


def _send(tour: Tour, page: Any, ded_id: str, amount: int) -> None:
    """F2, F2; the centre's books hold it; the list says so after another fetch."""
    cashier, presenter = tour.cashier, page.presenter
    tour.step("confirm_appeal", lambda: cashier.act("send_appeal"))
    tour.need(presenter.armed, "tour.not_armed")
    tour.step("send", lambda: cashier.act("send_appeal"))
    assert tour.control is not None
    booked = [row for row in tour.control.books("appeal")["appeals"] if row["ded_id"] == ded_id]
    tour.need(len(booked) == 1, "tour.appeal.not_booked", count=len(booked))
    found = booked[0]
    same = (found["amount"], found["attachments"]) == (amount, 1)
    tour.expect(same, "tour.appeal.books_differ")
    item = tour.desk.appeals.item(ded_id)
    tour.expect(item.appeal_no == found["appeal_no"], "tour.appeal.books_differ")
    tour.step("fetch_again", lambda: cashier.act("fetch_deductions"))
    state = tour.desk.appeals.item(ded_id).state
    tour.expect(state is AppealState.WAITING, "tour.appeal.state", state=state)


def _take_along(tour: Tour, page: Any) -> None:
    """The sums as bars, the list as a sheet, and the month's figures."""
    from openpyxl import load_workbook

    cashier = tour.cashier
    tour.step("sums", lambda: cashier.act("appeal_sums"))
    tour.step("export", lambda: cashier.act("export_appeals"))
    books = sorted((tour.desk.home / "exports").glob("*.xlsx"))
    tour.need(bool(books), "tour.appeal.no_book")
    book = load_workbook(books[-1])
    rows = [row for sheet in book.worksheets[:1] for row in sheet.iter_rows(values_only=True)]
    book.close()
    tour.expect(len(rows) == 1 + len(page.presenter.rows), "tour.appeal.book_rows")
    tour.step("statistics", lambda: cashier.press(rail_key_of(tour, "statistics")))
    report = cashier.page.presenter.report
    tour.expect(bool(report and report.sum.settlements), "tour.appeal.no_figures")
