"""Fee lines: what the hospital charges, and what the centre said of each line."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import repeat
from typing import Any

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


def lines_of(columns: Mapping[str, Sequence[Any]], height: int) -> tuple[FeeLine, ...]:
    """Lines out of columns of values that are of the fields' types already; they are not looked at
    again. Raises ``ValueError`` for a field that a line has not, or that is missing."""
    fields = FeeLine.model_fields
    missing = [name for name, field in fields.items() if field.is_required()]
    if not columns.keys() <= fields.keys() or not columns.keys() >= set(missing):
        raise ValueError(f"not the fields of a line: {sorted(columns)}")
    rest = {name: repeat(field.default, height) for name, field in fields.items()}
    make, keep = FeeLine.__new__, object.__setattr__
    given, lines = set(columns), []  # one set for all: a line never changes, a copy has its own
    for values in map(_named, *(columns.get(name, rest[name]) for name in fields)):
        line = make(FeeLine)
        keep(line, "__dict__", values)
        keep(line, "__pydantic_fields_set__", given)
        keep(line, "__pydantic_extra__", None)
        keep(line, "__pydantic_private__", None)
        lines.append(line)
    return tuple(lines)


def _named(
    visit_no: Any, line_id: Any, rx_no: Any, list_type: Any, hosp_code: Any, name: Any,
    centre_code: Any, spec: Any, unit: Any, price: Any, quantity: Any, amount: Any,
    occurred_at: Any, doctor_code: Any, doctor_name: Any, dept_code: Any, category: Any,
    full_self_pay: Any, min_unit: Any, is_disease: Any, limited_use: Any, ref_line_id: Any,
) -> dict[str, Any]:  # fmt: skip
    """The fields of a line in their order; written out, it takes half the time of any loop."""
    return {
        "visit_no": visit_no, "line_id": line_id, "rx_no": rx_no, "list_type": list_type,
        "hosp_code": hosp_code, "name": name, "centre_code": centre_code, "spec": spec,
        "unit": unit, "price": price, "quantity": quantity, "amount": amount,
        "occurred_at": occurred_at, "doctor_code": doctor_code, "doctor_name": doctor_name,
        "dept_code": dept_code, "category": category, "full_self_pay": full_self_pay,
        "min_unit": min_unit, "is_disease": is_disease, "limited_use": limited_use,
        "ref_line_id": ref_line_id,
    }  # fmt: skip


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
