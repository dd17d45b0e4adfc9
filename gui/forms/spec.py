"""What a form needs to know of a field, and what is wrong with values; Qt-free.

Specs come from the profile's field views (``from_views``) or from a table (the settings screen).
Lengths are bytes of the wire encoding, as the profile counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import Fault, fault
from core.money import to_fen

DIGITS = "0123456789"
MOST_DECIMALS = 4
LISTED = "listed"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a form.

    ``kind``: text · code · digits · money · decimal · day · moment · choice · flag · secret ·
    number · key · listed (a code of the desk's list ``catalogue``; ``beyond``: others are allowed).
    ``length``: bytes in ``encoding`` (0: unlimited); ``choices``: value → word; ``low``/``high``
    for numbers.
    """

    name: str
    label: str
    kind: str = "text"
    length: int = 0
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    encoding: str = "gbk"
    low: float | None = None
    high: float | None = None
    read_only: bool = False
    catalogue: str = ""
    beyond: bool = True


TIMES = ("day", "moment")
KINDS = {
    "text": "text",
    "digits": "digits",
    "money": "money",
    "price": "decimal",
    "quantity": "decimal",
    "day": "day",
    "moment": "moment",
    "flag": "flag",
    "code": "code",
}


def from_views(
    views: Iterable[Any], encoding: str = "gbk", asked_only: bool = False
) -> tuple[FieldSpec, ...]:
    """Specs of the profile's ``FieldView`` rows;
    ``asked_only``: those a local profile wants asked."""
    return tuple(
        _from_view(view, encoding) for view in views if not asked_only or view.source == "ask"
    )


def _from_view(view: Any, encoding: str) -> FieldSpec:
    kind = "choice" if view.codes else KINDS.get(view.type, "text")
    kind = LISTED if view.catalogue else kind
    return FieldSpec(
        name=view.name,
        label=view.label,
        kind=kind,
        length=0 if kind in TIMES else view.length,  # a form writes moments with signs between
        required=view.required,
        choices=dict(view.codes),
        hint=view.note,
        encoding=encoding,
        catalogue=view.catalogue,
        beyond=view.beyond_catalogue,
    )


def faults_of(specs: Sequence[FieldSpec], values: Mapping[str, str]) -> tuple[Fault, ...]:
    """Everything that is wrong with the texts of a form, all at once, each at its field."""
    found = (fault_of(spec, values.get(spec.name, "").strip()) for spec in specs)
    return tuple(item for item in found if item is not None)


def fault_of(spec: FieldSpec, text: str) -> Fault | None:
    """What is wrong with one field's text, or nothing."""
    if not text:
        return fault("form.required", spec.name, label=spec.label) if spec.required else None
    if spec.kind == "choice" and spec.choices and text not in spec.choices:
        return fault("form.not_in_list", spec.name, label=spec.label, value=text)
    return _kind_fault(spec, text) or _length_fault(spec, text)


def _kind_fault(spec: FieldSpec, text: str) -> Fault | None:
    check = _CHECKS.get(spec.kind)
    if check is None or check(text):
        return _range_fault(spec, text)
    return fault(f"form.not_{spec.kind}", spec.name, label=spec.label, value=text)


def _range_fault(spec: FieldSpec, text: str) -> Fault | None:
    if spec.kind != "number" or (spec.low is None and spec.high is None):
        return None
    value = Decimal(text)
    low = spec.low is None or value >= Decimal(str(spec.low))
    high = spec.high is None or value <= Decimal(str(spec.high))
    if low and high:
        return None
    return fault("form.out_of_range", spec.name, label=spec.label, low=spec.low, high=spec.high)


def _length_fault(spec: FieldSpec, text: str) -> Fault | None:
    try:
        size = len(text.encode(spec.encoding))
    except UnicodeEncodeError as error:
        sign = text[error.start]
        return fault("form.not_encodable", spec.name, label=spec.label, sign=sign)
    if spec.length and size > spec.length:
        return fault("form.too_long", spec.name, label=spec.label, size=size, length=spec.length)
    return None


def _is_amount(text: str) -> bool:
    try:
        to_fen(text.replace(",", ""))
    except ValueError:
        return False
    return True


def _is_decimal(text: str) -> bool:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    exponent = value.as_tuple().exponent
    return value.is_finite() and isinstance(exponent, int) and exponent >= -MOST_DECIMALS


def _is_time(form: str, size: int) -> Any:
    def check(text: str) -> bool:
        try:
            datetime.strptime(text, form)
        except ValueError:
            return False
        return len(text) == size

    return check


_CHECKS = {
    "digits": lambda text: all(sign in DIGITS for sign in text),
    "number": _is_decimal,
    "money": _is_amount,
    "decimal": _is_decimal,
    "day": _is_time("%Y-%m-%d", 10),
    "moment": _is_time("%Y-%m-%d %H:%M:%S", 19),
}
