"""From the services' values to the API's answers: visits, lines, errands and their statuses."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from core.api import problems
from core.api.models import (
    ErrandOut,
    LinesOut,
    ReasonOut,
    RemarkOut,
    SettlementOut,
    TransactionOut,
    VisitOut,
    amounts_out,
    money,
)
from core.domain import Transaction, Visit
from core.domain.errand import Errand, ErrandAnswer, Reason
from core.errors import Fault, fault
from core.service.incoming import Taken

STATUS = {"accepted": 200, "unknown": 202, "rejected": 409, "refused": 409, "void": 409,
          "not_sent": 424}  # fmt: skip


def visit_out(visit: Visit) -> VisitOut:
    """How far a visit is."""
    known, paid = visit.registration, visit.settlement
    settlement = None
    if paid is not None and (found := amounts_out(paid.amounts)):
        settlement = SettlementOut(
            msgid=paid.msgid, bill_no=paid.bill_no, settled_at=paid.settled_at.isoformat(),
            amounts=found,
        )  # fmt: skip
    return VisitOut(
        visit_no=visit.visit_no, person_name=known.person_name, inpatient=known.is_inpatient,
        stage=visit.stage.value, open_msgid=visit.open_msgid, lines=len(visit.lines),
        uploaded=len(visit.uploaded), total=money(sum(line.amount for line in visit.lines)),
        presettlement=amounts_out(visit.presettlement), settlement=settlement,
    )  # fmt: skip


def lines_out(visit_no: str, taken: Taken) -> LinesOut:
    """What became of lines, and what would stop their upload."""
    remarks = [
        RemarkOut(line_id=one.line_id, code=one.fault.key, field=one.fault.field,
                  text=one.fault.text)
        for one in taken.remarks[: problems.MOST_ERRORS]
    ]  # fmt: skip
    return LinesOut(
        visit_no=visit_no, new=taken.new, changed=taken.changed, known=taken.known, remarks=remarks
    )


def transaction_out(row: Transaction) -> TransactionOut:
    """A journal row."""
    return TransactionOut(
        msgid=row.msgid, step=row.step, visit_no=row.visit, state=row.state.value,
        open=row.is_open, amount=None if row.amount is None else money(row.amount),
        known=row.known, made=row.made.isoformat(),
    )  # fmt: skip


def errand_out(errand: Errand) -> ErrandOut:
    """An errand as it stands."""
    ended = errand.answer or ErrandAnswer(ending="unknown")
    there = errand.answer is not None
    return ErrandOut(
        number=errand.number, step=errand.wish.step, visit_no=errand.wish.visit_no,
        state=errand.state.value if not there else "ended", ending=ended.ending if there else "",
        msgid=ended.msgid, text=ended.text, centre_code=ended.centre_code, bill_no=ended.bill_no,
        amounts=amounts_out(ended.amounts), reasons=[_reason(one) for one in ended.reasons],
        look=look(errand),
    )  # fmt: skip


def look(errand: Errand) -> list[str]:
    """Where to ask further."""
    found = [f"/v1/errands/{errand.number}", f"/v1/visits/{errand.wish.visit_no}"]
    if errand.answer is not None and errand.answer.msgid:
        found.append(f"/v1/transactions/{errand.answer.msgid}")
    return found


def _reason(one: Reason) -> ReasonOut:
    return ReasonOut(code=one.code, field=one.field, text=one.text)


def errand_answer(errand: Errand) -> JSONResponse:
    """200 done, 202 not known yet (never a failure), else a problem that says why."""
    ended = errand.answer
    status = STATUS[ended.ending] if ended else 202
    if status in (200, 202):
        return JSONResponse(errand_out(errand).model_dump(), status)
    assert ended is not None
    document = problems.problem(
        status, _faults(ended), msgid=ended.msgid, centre_code=ended.centre_code, look=look(errand)
    )
    return problems.answer(document)


def _faults(ended: ErrandAnswer) -> list[Fault]:
    if ended.ending in ("rejected", "void") or not ended.reasons:
        found = fault(f"errands.{ended.ending}")
        return [Fault(found.key, f"{found.text}{ended.text}" if ended.text else found.text)]
    return [Fault(one.code, one.text, one.field) for one in ended.reasons]
