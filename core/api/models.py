"""What goes over the API: bodies and answers, with the shapes that the OpenAPI document shows.

Amounts are yuan as text with two decimals at most; there is no floating-point number anywhere.
Moments are ISO 8601; one without an offset is China Standard Time.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.calling import LONGEST, VISIT_PATTERN
from core.clock import CHINA
from core.domain import Amounts, FeeLine, Registration
from core.domain.stay import Discharge, HospitalStay
from core.money import Fen, to_fen, yuan

MOST_LINES = 2000  # of one request
FIRST_YEAR, LAST_YEAR = 2000, 2099
MONEY = r"^-?[0-9]{1,9}(\.[0-9]{1,2})?$"
FINE = r"^-?[0-9]{1,9}(\.[0-9]{1,4})?$"
DAY, TIME = r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?"
MOMENT = rf"^{DAY}[T ]{TIME}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?$"
PLAIN = r"^[^\x00-\x1f\x7f]*$"


def _moment(text: str) -> str:
    moment_of(text)
    return text


def moment_of(text: str) -> datetime:
    """Aware; raises ``ValueError`` for a day that is none or another century."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        found = found.replace(tzinfo=CHINA)
    if not FIRST_YEAR < found.year < LAST_YEAR:
        raise ValueError("year")
    return found.astimezone(CHINA)


VisitNo = Annotated[str, Field(pattern=VISIT_PATTERN, max_length=LONGEST)]
Short = Annotated[str, Field(max_length=50, pattern=PLAIN)]
Long = Annotated[str, Field(max_length=200, pattern=PLAIN)]
Named = Annotated[str, Field(min_length=1, max_length=100, pattern=PLAIN)]
Yuan = Annotated[str, Field(pattern=MONEY)]
Fine = Annotated[str, Field(pattern=FINE)]
Moment = Annotated[str, Field(pattern=MOMENT, max_length=25), AfterValidator(_moment)]


class Body(BaseModel):
    """What a caller sends: nothing but what is named here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DischargeIn(Body):
    """How a stay ended."""

    discharged_at: Moment
    outcome_code: Short
    diagnosis_code: Short
    diagnosis_name: Long = ""


class VisitIn(Body):
    """A visit of a day, or a stay (with ``inpatient_no``)."""

    visit_no: VisitNo
    person_name: Named
    med_type: Short = ""
    sex: Short = ""
    age: Short = ""
    id_no: Short = ""
    dept_code: Short = ""
    dept_name: Long = ""
    doctor_code: Short = ""
    doctor_name: Long = ""
    diagnosis_code: Short = ""
    diagnosis_name: Long = ""
    phone: Short = ""
    admitted_at: Moment | None = None
    inpatient_no: Short = ""
    ward_name: Long = ""
    bed: Short = ""
    deposit: Yuan = "0"
    discharge: DischargeIn | None = None

    def stay(self) -> HospitalStay:
        """As the hospital's port has it."""
        plain = self.model_dump(exclude={"deposit", "discharge", "admitted_at"})
        moment = moment_of(self.admitted_at) if self.admitted_at else None
        return HospitalStay(
            registration=Registration(**plain, admitted_at=moment),
            deposit=to_fen(self.deposit),
            discharge=self._ended(),
        )

    def _ended(self) -> Discharge | None:
        if self.discharge is None:
            return None
        ended = self.discharge
        moment = moment_of(ended.discharged_at)
        return Discharge(**{**ended.model_dump(), "discharged_at": moment})


class LineIn(Body):
    """One fee line; ``line_id`` never changes, a refund is negative and names its original."""

    line_id: Annotated[str, Field(min_length=1, max_length=50, pattern=PLAIN)]
    rx_no: Annotated[str, Field(min_length=1, max_length=50, pattern=PLAIN)]
    name: Named
    price: Fine
    quantity: Fine
    amount: Yuan
    occurred_at: Moment
    list_type: Short = "1"
    hosp_code: Short = ""
    centre_code: Short = ""
    spec: Long = ""
    unit: Short = ""
    doctor_code: Short = ""
    doctor_name: Long = ""
    dept_code: Short = ""
    category: Short = ""
    full_self_pay: bool = False
    limited_use: bool = False
    min_unit: bool = False
    is_disease: bool = False
    ref_line_id: Short = ""

    def line(self, visit_no: str) -> FeeLine:
        """As the desk has it."""
        return FeeLine(**{
            **self.model_dump(), "visit_no": visit_no, "price": Decimal(self.price),
            "quantity": Decimal(self.quantity), "amount": to_fen(self.amount),
            "occurred_at": moment_of(self.occurred_at),
        })  # fmt: skip


class LinesIn(Body):
    """Lines of one visit; a line known before is taken again."""

    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MOST_LINES)]


class NothingIn(Body):
    """A step that needs no more than its visit."""


class RegisterIn(Body):
    """The card is read at the desk; ``qualification_id`` where the patient has several injuries."""

    qualification_id: Short = ""


class SettleIn(Body):
    """The amounts as the pre-settlement gave them and the patient was shown."""

    total: Yuan
    fund: Yuan
    personal: Yuan

    def amounts(self) -> Amounts:
        """In fen."""
        return Amounts(
            total=to_fen(self.total), fund=to_fen(self.fund), personal=to_fen(self.personal)
        )


class UndoIn(Body):
    """Why something is undone; it is kept."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]


# -- answers


class AmountsOut(BaseModel):
    """total = fund + personal, in yuan."""

    total: str
    fund: str
    personal: str


def money(fen: Fen) -> str:
    """Fen as yuan with two decimals."""
    return str(yuan(fen))


def amounts_out(found: Amounts | None) -> AmountsOut | None:
    """The three amounts, or nothing."""
    if found is None:
        return None
    return AmountsOut(
        total=money(found.total), fund=money(found.fund), personal=money(found.personal)
    )


class ReasonOut(BaseModel):
    """One thing that is wrong: our code, the field, a sentence with the remedy."""

    code: str
    field: str
    text: str


class Problem(BaseModel):
    """An error as RFC 9457 has it, with our code and sentences."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[ReasonOut] = []
    msgid: str = ""
    centre_code: str = ""
    look: list[str] = []


class SettlementOut(BaseModel):
    """What the centre has paid."""

    msgid: str
    bill_no: str
    settled_at: str
    amounts: AmountsOut


class VisitOut(BaseModel):
    """How far a visit is. ``open_msgid``: the transaction of unknown ending that blocks it."""

    visit_no: str
    person_name: str
    inpatient: bool
    stage: Literal[
        "new", "registered", "uploaded", "presettled", "discharged", "settled", "cancelled"
    ]
    open_msgid: str
    lines: int
    uploaded: int
    total: str
    presettlement: AmountsOut | None
    settlement: SettlementOut | None


class RemarkOut(ReasonOut):
    """What would stop a line from being uploaded."""

    line_id: str


class LinesOut(BaseModel):
    """What became of the lines of a request."""

    visit_no: str
    new: int
    changed: int
    known: int
    remarks: list[RemarkOut]


class ErrandOut(BaseModel):
    """One step asked for. ``state``: waiting (for a cashier) · begun · ended; ``ending`` is empty
    until then. ``look``: where to ask further."""

    number: int
    step: str
    visit_no: str
    state: Literal["waiting", "begun", "ended"]
    ending: Literal["", "accepted", "rejected", "not_sent", "unknown", "refused", "void"]
    msgid: str
    text: str
    centre_code: str
    bill_no: str
    amounts: AmountsOut | None
    reasons: list[ReasonOut]
    look: list[str]


class TransactionOut(BaseModel):
    """One transaction of the journal. ``open``: its ending is not certain yet."""

    msgid: str
    step: str
    visit_no: str
    state: str
    open: bool
    amount: str | None
    known: str
    made: str


class NoticeOut(BaseModel):
    """One thing that happened to a visit, whoever did it."""

    number: int
    at: str
    kind: str
    msgid: str
    step: str
    visit_no: str
    state: str
    text: str


class NoticesOut(BaseModel):
    """Notices after a number; ask again with ``last``."""

    last: int
    notices: list[NoticeOut]


class DeskOut(BaseModel):
    """Who answers."""

    product: str
    version: str
    hospital: str
    desk: int
    training: bool
    caller: str
    needs_cashier: bool
    time: str
