"""What the centre's lists say (9103, 9104, 9105) beside ours, and why a line is not paid."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from core.domain.base import Model
from core.domain.fees import FeeLine
from core.money import Fen

Here = Literal["same", "differs", "missing", "cancelled"]
Mark = Literal["same", "differs", "missing_there", "missing_here", "not_sent"]
Place = Literal["here", "elsewhere"]
Standing = Literal["settled", "open", "staying"]


class CentreSettlement(Model):
    """A row of 9103, amounts in fen; a cancellation is a row of its own with negative amounts.

    ``here``: what our journal says of that message id: the same amounts, others, nothing, or that
    it was cancelled since.
    """

    visit_no: str
    bill_no: str = ""
    total: Fen
    fund: Fen
    personal: Fen
    msgid: str = ""
    med_type: str = ""
    person_no: str = ""
    person_name: str = ""
    settled_at: datetime | None = None
    operator: str = ""
    here: Here = "missing"


class CentreLine(Model):
    """A row of 9104; amounts in fen, ``price`` yuan, ``price_limit`` fen a unit (0: none)."""

    line_id: str
    rx_no: str = ""
    bill_no: str = ""
    centre_code: str = ""
    list_type: str = ""
    price: Decimal | None = None
    quantity: Decimal | None = None
    amount: Fen
    self_paid: Fen | None = None
    over_limit: Fen | None = None
    price_limit: Fen | None = None
    level: str = ""
    memo: str = ""
    occurred_at: datetime | None = None


class ComparedLine(Model):
    """Our line beside the centre's. ``differs`` names what is not equal: amount, price, quantity.

    ``not_sent``: ours, and our journal says it was never uploaded; ``missing_there``: uploaded, and
    the centre does not list it; ``missing_here``: the centre lists it, and we do not know it.
    """

    line_id: str
    name: str
    mark: Mark
    ours: FeeLine | None = None
    our_amount: Fen | None = None
    theirs: CentreLine | None = None
    differs: tuple[str, ...] = ()


class RecentVisit(Model):
    """A row of 9105; ``total`` fen. ``place``: at this hospital or another; ``standing`` of it.

    ``known``: this desk's journal or hospital knows the visit.
    """

    visit_no: str
    hospital_code: str = ""
    hospital_name: str = ""
    med_type: str = ""
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    diagnosis: str = ""
    total: Fen | None = None
    place: Place = "here"
    standing: Standing = "settled"
    known: bool = False


class Reason(Model):
    """One reason why a part is not paid: ``amount`` fen of it, or ``None`` where it has none."""

    key: str
    text: str
    amount: Fen | None = None


class Unpaid(Model):
    """Why a line (or a part of it) is not paid by the fund; ``None`` amounts: nobody said."""

    line_id: str
    name: str
    amount: Fen
    fund: Fen | None = None
    personal: Fen | None = None
    reasons: tuple[Reason, ...] = ()
