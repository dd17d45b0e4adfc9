"""Fee lines: what the hospital charges, and what the centre said of each line."""

from datetime import datetime
from decimal import Decimal

from core.domain.base import Model
from core.money import Fen


class FeeLine(Model):
    """One line of a visit (domain.md §6, neutral contract).

    ``line_id`` is stable and unique within the visit, so that an upload may be repeated;
    ``price`` yuan with up to 4 decimals, ``quantity`` up to 4, ``amount`` fen as the hospital has
    it; a refund has negative quantity and amount and may name its original in ``ref_line_id``.
    ``limited_use``: the condition of a restricted item is met; ``is_disease``: not of the injury.
    """

    visit_no: str
    line_id: str
    rx_no: str
    list_type: str = "1"
    hosp_code: str = ""
    name: str = ""
    centre_code: str = ""
    spec: str = ""
    unit: str = ""
    price: Decimal
    quantity: Decimal
    amount: Fen
    occurred_at: datetime
    doctor_code: str = ""
    doctor_name: str = ""
    dept_code: str = ""
    category: str = ""
    full_self_pay: bool = False
    min_unit: bool = False
    is_disease: bool = False
    limited_use: bool = False
    ref_line_id: str = ""


class LineResult(Model):
    """The centre's answer for one uploaded line; amounts in fen, ``None`` where it said nothing."""

    rx_no: str
    line_id: str
    amount: Fen | None = None
    self_paid: Fen | None = None
    over_limit: Fen | None = None
    price_limit: Fen | None = None
    level: str = ""
    memo: str = ""
