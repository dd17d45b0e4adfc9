"""Invented values for every field, to show what a message looks like; never real data."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.clock import CHINA
from core.protocol.profile import CodeList, FieldRule, Kind

MOMENT = datetime(2026, 3, 2, 9, 30, 0, tzinfo=CHINA)
VALUES: Mapping[Kind, Any] = {
    "integer": "1",
    "money": 12345,
    "price": Decimal("12.5"),
    "quantity": Decimal(2),
    "moment": MOMENT,
    "day": date(2026, 3, 2),
    "flag": "1",
    "base64": base64.b64encode(b"example").decode("ascii"),
    "conclusions": [{"id": "Q990001", "text": "S52", "kind": "1"}],
    "any": {},
}


def example_values(table: Mapping[str, FieldRule], codes: Mapping[str, CodeList]) -> dict[str, Any]:
    """One value for every field of a table by domain name, within type, length and code list."""
    return {rule.name: example_value(rule, codes) for rule in table.values()}


def example_value(rule: FieldRule, codes: Mapping[str, CodeList]) -> Any:
    """One value of a field."""
    if rule.type == "rows":
        return [example_values(rule.fields, codes)]
    if rule.codes in codes and rule.type not in ("integer", "flag"):
        return next(iter(codes[rule.codes].values))
    if rule.type == "digits":
        return "20260302093000"[: rule.length or None]
    return VALUES.get(rule.type, _word(rule))


def _word(rule: FieldRule) -> str:
    word = rule.name.upper()
    return word[: rule.length] if rule.length else word
