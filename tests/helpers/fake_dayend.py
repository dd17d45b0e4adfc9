"""A desk of plain Python with ``dayend`` and ``closings``, for the presenters of 日终对账.

A test sets what the centre says (``desk.dayend.centre``), which pairs a match finds
(``desk.dayend.pairs``) and how a repair ends (``desk.dayend.repaired``); ``desk.calls`` are the
services asked, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from core.clock import CHINA, ManualClock
from core.domain import Operator
from core.domain.dayend import (
    Closing,
    ClosingSheet,
    Comparison,
    Confirmation,
    HandOver,
    MatchSheet,
    Pair,
    PairClass,
    Part,
    Period,
    Proposal,
    Repaired,
    SheetSum,
    Side,
    Sum,
    Totals,
    Unresolved,
)
from core.domain.slip import SlipRow
from core.errors import Refused, fault
from core.events import Events
from core.outcome import Accepted, Outcome
from tests.helpers.fake_desk import CASHIER, CHIEF, FakePage

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)
SETTLED = Sum(count=3, total=30000, fund=24000, personal=6000)
REFUNDED = Sum(count=1, total=-5000, fund=-4000, personal=-1000)
NET = SETTLED.plus(REFUNDED)
OURS = Totals(
    settled=SETTLED, refunded=REFUNDED,
    by_operator=(Part(key="001", name="王示例", settled=SETTLED, refunded=REFUNDED),),
    by_kind=(
        Part(key="11", name="11", settled=SETTLED),
        Part(key="12", name="12", refunded=REFUNDED),
    ),
)  # fmt: skip


def side(visit: str = "MZ-1", total: int = 10000, **more: Any) -> Side:
    """One record; a fifth of it is personal."""
    values: dict[str, Any] = {
        "bill_no": f"{visit}-1", "msgid": f"M-{visit}", "fund": total - total // 5,
        "personal": total // 5, "refund": False, "at": NOON, "person_name": "沈示例",
    }  # fmt: skip
    return Side(visit_no=visit, total=total, **{**values, **more})


def pair(kind: PairClass, proposal: Proposal, visit: str = "MZ-1", **more: Any) -> Pair:
    """A pair of a class; its sides as that class has them, unless named."""
    record = side(visit)
    sides = {
        PairClass.CENTRE_ONLY: {"centre": record},
        PairClass.HOSPITAL_ONLY: {"journal": record, "hospital": record},
        PairClass.AMOUNT_DIFFERS: {"journal": record, "hospital": record,
                                   "centre": side(visit, 9000)},
    }.get(kind, {"journal": record, "centre": record})  # fmt: skip
    return Pair(kind=kind, proposal=proposal, says="一句说明", **{**sides, **more})


class FakeDayEnd:
    """``desk.dayend``."""

    may_confirm = True

    def __init__(self, desk: FakeDayEndDesk) -> None:
        self.desk, self.centre = desk, NET
        self.pairs: tuple[Pair, ...] = ()
        self.kept: tuple[Confirmation, ...] = ()
        self.repaired: Callable[[Pair], Repaired] = lambda _: Repaired(done=True, says="已补记")
        self.outcome: Outcome = Accepted()
        self.unresolved = 0
        self.ours = OURS

    def period(self, day: date | None = None) -> Period:
        """A whole day."""
        whole = day or NOON.date()
        begin, end = time(0, 0, 0), time(23, 59, 59)
        return Period(
            begin=datetime.combine(whole, begin, CHINA), end=datetime.combine(whole, end, CHINA)
        )

    def totals(self, period: Period, operator: str = "", sign_no: str = "") -> Totals:
        """What our journal holds."""
        self.desk.calls.append(("totals", period.begin.date(), operator, sign_no))
        return self.ours

    def compare(self, period: Period, operator: str = "", sign_no: str = "") -> Comparison:
        """1320."""
        self.desk.calls.append(("compare", period.begin.date(), operator, sign_no))
        standing = [item for item in self.kept if not item.undone_by and item.period == period]
        return Comparison(
            period=period, operator=operator, sign_no=sign_no, ours=self.ours, centre=self.centre,
            equal=self.ours.net.same(self.centre), unresolved=self.unresolved,
            confirmed=standing[0] if standing else None,
        )  # fmt: skip

    def match(self, comparison: Comparison) -> Comparison:
        """9103 and the rest."""
        self.desk.calls.append(("match", len(self.pairs)))
        sheet = MatchSheet(listed=9, matched=7, pairs=self.pairs, hospital=True)
        return comparison.model_copy(update={"sheet": sheet})

    def repair(
        self, wanted: Pair, reason: str, by: Operator, second: Operator | None = None
    ) -> Repaired:
        """Once; the pair is gone afterwards when it was done."""
        self.desk.calls.append(("repair", wanted.key, reason, by.id, second and second.id))
        result = self.repaired(wanted)
        if result.done:
            self.pairs = tuple(item for item in self.pairs if item.key != wanted.key)
        return result

    def confirm(self, comparison: Comparison) -> tuple[Outcome, Confirmation | None]:
        """1322."""
        self.desk.calls.append("confirm")
        if not isinstance(self.outcome, Accepted):
            return self.outcome, None
        made = Confirmation(
            msgid=f"C-{len(self.kept) + 1}", number="DZ1", period=comparison.period,
            operator=comparison.operator, sign_no=comparison.sign_no,
            sums=comparison.ours.net, at=NOON,
        )  # fmt: skip
        self.kept = (made, *self.kept)
        return self.outcome, made

    def undo_confirmation(self, msgid: str, reason: str, by: Operator) -> Outcome:
        """1323."""
        self.desk.calls.append(("undo", msgid, reason, by.id))
        if isinstance(self.outcome, Accepted):
            self.kept = tuple(
                item.model_copy(update={"undone_by": "U-1"}) if item.msgid == msgid else item
                for item in self.kept
            )
        return self.outcome

    def confirmations(self, limit: int = 100) -> tuple[Confirmation, ...]:
        """Newest first."""
        return self.kept


class FakeClosings:
    """``desk.closings``."""

    def __init__(self, desk: FakeDayEndDesk) -> None:
        self.desk = desk
        self.rows: tuple[Closing, ...] = ()
        self.open: tuple[Unresolved, ...] = ()
        self.handed: tuple[HandOver, ...] = ()
        self.prints_of: dict[int, int] = {}

    def preview(self, operator: Operator, end: datetime | None = None) -> Closing:
        """A cut of this moment."""
        self.desk.calls.append(("preview", operator.id, end))
        period = Period(begin=NOON - timedelta(hours=4), end=end or NOON)
        return Closing(
            number=0, period=period, operator_id=operator.id, operator_name=operator.name,
            made_at=NOON, totals=OURS, unresolved=self.open,
        )  # fmt: skip

    def close(
        self, operator: Operator, by: Operator | None = None, counted: int | None = None,
        note: str = "", end: datetime | None = None,
    ) -> Closing:  # fmt: skip
        """Append one."""
        self.desk.calls.append(("close", operator.id, by and by.id, counted, note, end))
        number = {"number": len(self.rows) + 1, "counted": counted, "note": note}
        made = self.preview(operator, end).model_copy(update=number)
        self.rows = (made, *self.rows)
        return made

    def void(self, number: int, reason: str, by: Operator) -> Closing:
        """Append a void."""
        self.desk.calls.append(("void", number, reason, by.id))
        if by.id == "nobody":
            raise Refused(fault("dayend.view.why.is_void"))
        old = next(item for item in self.rows if item.number == number)
        made = old.model_copy(update={"number": len(self.rows) + 1, "voids": number})
        struck = old.model_copy(update={"voided_by": made.number})
        self.rows = (made, *(struck if item is old else item for item in self.rows))
        return made

    def closings(self, limit: int = 200) -> tuple[Closing, ...]:
        """Newest first."""
        return self.rows

    def hand_overs(self, limit: int = 100) -> tuple[HandOver, ...]:
        """Newest first."""
        return self.handed

    def hand_over(self, to_id: str, password: str, by: Operator, note: str = "") -> HandOver:
        """Accepted on the spot with the right password."""
        taker = self.desk.operators.verify(to_id, password)
        made = HandOver(
            number=1, given_by=by.id, given_name=by.name, taken_by=taker.id,
            taken_name=taker.name, at=NOON, note=note,
            msgids=tuple(item.msgid for item in self.open),
        )  # fmt: skip
        self.handed = (made, *self.handed)
        self.open = tuple(item.model_copy(update={"held_by": taker.name}) for item in self.open)
        return made

    def sheet(self, number: int) -> ClosingSheet:
        """The sheet of a line."""
        row = next(item for item in self.rows if item.number == number)
        sums = (SheetSum(name="settled", label="结算", sums=SETTLED),)
        return ClosingSheet(
            number=str(number), title="作废单" if row.voids else "轧账单", hospital="示例医院",
            code=f"closing-{number}", head=(SlipRow(name="number", label="编号", value="1"),),
            sums=sums, by_kind=sums, cash=(SlipRow(name="due", label="应交现金", value="50.00"),),
            unresolved=(), signatures=("收费员签字",), foot=(), void=bool(row.voids),
        )  # fmt: skip

    def prints(self, number: int) -> int:
        """How often a sheet came out."""
        return self.prints_of.get(number, 0)

    def printed(self, number: int, place: str) -> int:
        """Count one."""
        self.prints_of[number] = self.prints(number) + 1
        return self.prints_of[number]


class FakeDayEndDesk:
    """Everything that the presenters of 日终对账 ask."""

    def __init__(self, operator: Operator = CASHIER) -> None:
        self.calls: list[Any] = []
        self.clock, self.events = ManualClock(NOON), Events()
        self.dayend, self.closings = FakeDayEnd(self), FakeClosings(self)
        self.session = SimpleNamespace(operator=operator, centre_now=self.clock.now)
        self.operators = SimpleNamespace(verify=self._verify, list=lambda: (CASHIER, CHIEF))
        self.centre = SimpleNamespace(
            label=lambda which, code: {"11": "门诊肢体残"}.get(code, code),
            rule=lambda step: SimpleNamespace(code="2207", title="结算"),
        )

    def _verify(self, operator_id: str, password: str) -> Operator:
        if password != "right":
            raise Refused(fault("outpatient.not_supervisor", name=operator_id))
        return CHIEF if operator_id == CHIEF.id else CASHIER

    def asked(self, name: str) -> list[Any]:
        """The calls of one service."""
        return [call for call in self.calls if call == name or call[0] == name]


@dataclass
class DayEndPage(FakePage):
    """A page that also prints sheets."""

    sheets: list[int] = field(default_factory=list)

    def print_sheet(self, number: int) -> None:
        """Remember."""
        self.sheets.append(number)


def open_case(msgid: str = "M-9") -> Unresolved:
    """A settlement that nobody knows the end of."""
    return Unresolved(
        msgid=msgid, step="settle", visit_no="MZ-9", amount=6170, since=NOON, known="中心未答复"
    )
