"""An invented past month in empty books: something for queries, statements and appeals to show.

The history is made by the centre itself: a teller of the past sends real messages while the
centre's clock is put back. Nothing is written when the books already hold a visit.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.clock import stamp
from core.money import line_amount, yuan
from core.simulator.audits import deduct
from core.simulator.centre import SimulatedCentre
from core.simulator.office import INPATIENT
from core.simulator.settling import OCCUPATIONAL
from core.simulator.teller import Teller
from core.simulator.world import InsuredPerson, catalogue, persons, read_table
from core.words import say

DAYS = 30
LINES = 4
CANCEL_EVERY, DEDUCT_EVERY = 7, 5


def write_history(centre: SimulatedCentre, days: int = DAYS) -> int:
    """One settled outpatient visit a day for ``days`` days up to yesterday; gives how many."""
    if centre.books.find("visit"):
        return 0
    offset = centre.offset
    try:
        for day in range(days, 0, -1):
            centre.offset = offset - timedelta(days=day)
            _one_day(centre, day)
    finally:
        centre.offset = offset
    return days


def _one_day(centre: SimulatedCentre, day: int) -> None:
    teller = Teller(centre.handle, centre.now, operator="0900")
    teller.sign_in()
    fit = [one for one in persons() if _may_settle(one)]
    visit, bill = _settled_visit(teller, fit[day % len(fit)], day)
    if day % CANCEL_EVERY == 0:
        body = {"ipt_otp_no": visit, "mdtrt_id": bill, "setl_time": stamp(teller.now())}
        teller.done("2208", body | {"keep_tp_type": "0"})
    elif day % DEDUCT_EVERY == 0:
        _deduct(centre, visit, bill)


def _may_settle(person: InsuredPerson) -> bool:
    elsewhere = person.in_hospital or person.inpatient
    return bool(person.qualifications) and not person.refused_reason and not elsewhere


def _settled_visit(teller: Teller, person: InsuredPerson, day: int) -> tuple[str, str]:
    now = stamp(teller.now())
    visit, bill = f"LS{now[:8]}{day:03d}", f"LP{now[:8]}{day:03d}"
    common = _common(person, visit)
    qualification = {"adm_time": now, "qualification_id": person.qualifications[0].id}
    teller.done("2201", common | qualification)
    teller.done("2204", [_line(visit, n, day, now) for n in range(LINES)])
    times = {"setl_time": now, "dscg_time": now, "dscg_trt_rslt": "04", "mdtrt_id": bill}
    teller.done("2207", common | times)
    return visit, bill


def _common(person: InsuredPerson, visit: str) -> dict[str, Any]:
    first = person.qualifications[0]
    med_type = _med_type(first.kind)
    return {
        "ipt_otp_no": visit, "psn_no": person.number, "med_type": med_type,
        "adm_diag_dscr": first.diagnosis_code, "diag_code": first.diagnosis_code,
        "diag_dscr": first.diagnosis_name, "adm_dept_codg": "K010", "atddr_no": "D0101",
        "occupationalType": "1" if med_type.endswith(OCCUPATIONAL) else "",
    }  # fmt: skip


def _med_type(kind: str) -> str:
    kinds: dict[str, str] = read_table("simulator_fields")["kinds"]
    fit = (code for code, wanted in kinds.items() if wanted == kind)
    return next(code for code in fit if not code.startswith(INPATIENT))


def _line(visit: str, n: int, day: int, now: str) -> dict[str, Any]:
    items = catalogue()
    item = items[(day * LINES + n * 17) % len(items)]
    quantity = Decimal(1 + (day + n) % 3)
    return {
        "ipt_otp_no": visit, "list_type": item.list_type, "rxno": f"CF{day:03d}",
        "feedetl_sn": f"{visit}-{n}", "fee_ocur_time": now, "med_list_codg": item.centre_code,
        "pric": item.price, "cnt": quantity, "umamt": yuan(line_amount(item.price, quantity)),
        "bilg_dr_codg": "D0101", "bilg_dept_codg": "K010",
    }  # fmt: skip


def _deduct(centre: SimulatedCentre, visit: str, bill: str) -> None:
    settlement = centre.books.find("settlement", visit_no=visit, bill_no=bill)[0]
    line = centre.books.find("line", settlement_id=settlement["id"])[0]
    reason = say("simulator.deduct_reason")
    deduct(centre.office, settlement, line, line["amount"], reason, stamp(centre.now()))
