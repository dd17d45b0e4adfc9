"""The flow of medical records: a settled visit's and a stay's, from hospital to centre."""

from __future__ import annotations

import json
from typing import Any

from core.domain.centrefacts import PartState
from core.domain.record import INPATIENT, OUTPATIENT, RecordState
from gui.flows.cashier import charge, rail_key_of
from gui.flows.inpatient import inpatient
from gui.tour import Tour

WHOLE = {"present_illness": "A", "examination": "B", "complaint": "C", "disposal": "D"}


def records(tour: Tour) -> None:
    """Settle; fetch the record; complete it from a file; upload, withdraw; then a stay's."""
    tour.need(tour.control is not None, "tour.no_control")
    if tour.able("records:parts"):
        inpatient(tour)
        parts(tour)
        disease_data(tour)
        return
    charge(tour)
    visit_no = tour.case.visit.visit_no
    tour.step("records", lambda: tour.cashier.press(rail_key_of(tour, "records")))
    page = tour.cashier.page
    chosen(tour, page, visit_no)
    tour.cashier.act("fetch_record")
    tour.cashier.idle()
    tour.cashier.page.quiet()
    tour.step("import", lambda: _complete(tour, page, visit_no))
    tour.expect(page.presenter.sheet.gaps == (), "tour.records.gaps", visit=visit_no)
    tour.step("upload", lambda: tour.cashier.act("upload_record"))
    _uploaded(tour, page, visit_no, OUTPATIENT, count=1)
    tour.step("withdraw", lambda: _withdraw(tour, page))
    tour.expect(
        page.presenter.sheet.row.state is RecordState.WITHDRAWN, "tour.records.state",
        state=page.presenter.sheet.row.state,
    )  # fmt: skip
    _stay(tour, page)


def chosen(tour: Tour, page: Any, visit_no: str) -> None:
    """The record of a visit, by the search box."""
    cashier = tour.cashier
    cashier.act("find_record")
    cashier.type(visit_no)
    cashier.press("Return")
    cashier.idle()
    found = page.presenter.sheet
    cashier.wait(lambda: page.presenter.chosen == visit_no, "the record in the list")
    tour.need(found is not None or page.presenter.chosen == visit_no, "tour.not_found")


def _complete(tour: Tour, page: Any, visit_no: str) -> None:
    """The same record with every required text, from a file."""
    values = dict(page.presenter.sheet.record.values)
    path = tour.out / "records.json"
    whole = WHOLE | values | {"visit_no": visit_no}
    path.write_text(json.dumps([whole], ensure_ascii=False), "utf-8")
    cashier = tour.cashier
    cashier.act("import_records")
    cashier.wait(lambda: page.path.edit.hasFocus(), "the cursor in the path")
    cashier.type(str(path))
    cashier.press("Return")


def _withdraw(tour: Tour, page: Any) -> None:
    cashier = tour.cashier
    cashier.act("withdraw_record")
    cashier.wait(lambda: page.question.no.hasFocus(), "the focus on cancel")
    cashier.tab_to(page.question.reason)
    cashier.type("wrong record")
    cashier.tab_to(page.question.yes)
    cashier.press("Space")
    cashier.idle()


def _uploaded(tour: Tour, page: Any, visit_no: str, step: str, count: int) -> None:
    """The centre's books hold as many versions as were sent, the newest with our number."""
    assert tour.control is not None
    rows = [
        row for row in tour.control.books("record")["records"]
        if row["visit_no"] == visit_no and row["code"] == tour.code(step)
    ]  # fmt: skip
    tour.need(len(rows) == count, "tour.records.booked", count=len(rows))
    tour.cashier.wait(lambda: page.presenter.sheet.row.record_no, "the centre's number")
    number = page.presenter.sheet.row.record_no
    tour.expect(number == rows[-1]["rec_sn"], "tour.records.number", number=number)


def _stay(tour: Tour, page: Any) -> None:
    """A stay that is at the centre: its record with the course of treatment (1107)."""
    visit_no = _admitted(tour)
    tour.desk.records.fetch(visit_no)
    chosen(tour, page, visit_no)
    tour.step("stay", lambda: tour.cashier.act("fetch_record"))
    if page.presenter.sheet.gaps:
        tour.step("stay_import", lambda: _complete(tour, page, visit_no))
    tour.step("stay_upload", lambda: tour.cashier.act("upload_record"))
    _uploaded(tour, page, visit_no, INPATIENT, count=1)


def _admitted(tour: Tour) -> str:
    """A stay registered behind the scenes: admission has a flow of its own."""
    from core.outcome import Accepted

    desk, control = tour.desk, tour.control
    assert control is not None
    for stay in desk.hospital.stays():
        known = stay.registration
        control.card(known.person_name)
        outcome, person = desk.identify.read_card()
        if not isinstance(outcome, Accepted) or person is None:
            continue
        for qualification in person.qualifications:
            if desk.register.problems(known, person, qualification):
                continue
            result = desk.stays.admit(known, person, qualification)
            if isinstance(result.outcome, Accepted):
                return str(known.visit_no)
    tour.need(False, "tour.records.no_stay")
    raise AssertionError


def parts(tour: Tour) -> None:
    """The record of a settled stay in parts: fetched, then every part sent in order."""
    cashier = tour.cashier
    tour.step("records", lambda: cashier.press(rail_key_of(tour, "records")))
    page = cashier.page
    cashier.wait(lambda: page.presenter.record is not None, "a settled stay in the list")
    tour.step("fetch_parts", lambda: cashier.act("fetch_record"))
    tour.step("import_parts", lambda: _rarer_parts(tour, page))
    cashier.wait(lambda: page.presenter.record and page.presenter.record.next, "a part to send")
    first = page.presenter.record.next
    tour.step("upload_part", lambda: cashier.act("upload_record"))
    cashier.wait(lambda: page.presenter.record.next != first, "the next part")
    tour.step("upload_parts", lambda: cashier.act("upload_records"))
    states = [part.state for part in page.presenter.record.parts]
    tour.expect(set(states) == {PartState.UPLOADED}, "tour.records.state", state=states[-1])


def _rarer_parts(tour: Tour, page: Any) -> None:
    """Births and tumour treatment come from a file: the invented hospital has neither."""
    path = tour.out / "parts.json"
    births = [{"place": 1, "sex": "1", "weight": 3200}]
    treatments = [{"place": 1, "on": "2026-11-02", "drugs": "A 100mg"}]
    record = {"visit_no": page.presenter.chosen, "births": births, "treatments": treatments}
    path.write_text(json.dumps([record]), "utf-8")
    cashier = tour.cashier
    cashier.act("import_records")
    cashier.wait(lambda: page.path.edit.hasFocus(), "the cursor in the path")
    cashier.type(str(path))
    cashier.press("Return")


def disease_data(tour: Tour) -> None:
    """What was kept back of the settled stay, sent afterwards."""
    cashier = tour.cashier
    tour.step("disease_data", lambda: cashier.act("disease_data"))
    card = cashier.page.disease
    cashier.wait(lambda: card.presenter.rows, "a visit whose disease data wait")
    tour.need(card.table.hasFocus(), "tour.no_lines")
    tour.step("disease_sent", lambda: cashier.press("Return"))
    cashier.wait(lambda: card.presenter.rows[0].sent, "the disease data at the centre")
    cashier.press("Escape")
    cashier.idle()
