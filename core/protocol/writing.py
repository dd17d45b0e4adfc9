"""Strict writing: domain values to the wire by a field table, each field compiled once.

``RowWriter.text`` is the fast road and raises at the first doubt; ``RowWriter.faults`` walks the
same fields slowly and says everything that is wrong, by domain name. Lengths are bytes of the
wire encoding; amounts are fen, prices and quantities ``Decimal``; nothing passes through a float.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any

from core.errors import Fault, fault
from core.protocol.mistakes import shown
from core.protocol.profile import CodeList, FieldRule
from core.protocol.tokens import Bad, Quote, Token, token_of, unencodable
from core.protocol.wirejson import quote as quoted

Values = Mapping[str, Any]
Member = Callable[[Any], str]
MOST_KNOWN = 4096
LONGEST_KNOWN = 64
REMEMBERED = (str, datetime, date, NoneType)


def is_absent(value: Any) -> bool:
    """Nothing to send: zero and False are something."""
    return value is None or value == "" or value == [] or value == ()


class Known(dict[Any, str]):
    """Members already written, so that a value that recurs (a doctor, a price) is checked once.

    Only texts and moments are remembered: among those, equal values are written alike.
    """

    def __init__(self, make: Member) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> str:
        made = self._make(value)
        if len(self) >= MOST_KNOWN:
            self.clear()
        if type(value) in REMEMBERED:
            self[value] = made
        return made


def _remembering(rule: FieldRule, member: Member) -> Member:
    """The same member, faster for values that recur."""
    if rule.type in ("price", "quantity"):
        known = Known(lambda text: member(Decimal(text)))
        return lambda value: known[str(value)] if type(value) is Decimal else member(value)
    short = rule.type in ("text", "digits", "code", "flag") and 0 < rule.length <= LONGEST_KNOWN
    return Known(member).__getitem__ if short or rule.type in ("moment", "day") else member


class FieldWriter:
    """One compiled field: ``member(value)`` is ``"wire":token``, or empty when it is left out."""

    def __init__(
        self, rule: FieldRule, codes: Mapping[str, CodeList], encoding: str, quote: Quote = quoted
    ) -> None:
        self.rule = rule
        self.codes = codes.get(rule.codes)
        self.encoding = encoding
        rows = RowWriter(rule.fields, codes, encoding, quote) if rule.type == "rows" else None
        self.rows = rows
        self.token: Token = self._nested if rows else token_of(rule, self.codes, encoding, quote)
        self.member = self._compile()
        self.fast = _remembering(rule, self.member)
        self.quick = _remembering(rule, self.token)

    def _compile(self) -> Member:
        prefix, token, required = f"{quoted(self.rule.wire)}:", self.token, self.rule.required
        blank = "" if self.rule.omitted else f'{prefix}""'

        def member(value: Any) -> str:
            if not value and is_absent(value):
                if required:
                    raise Bad("required")
                return blank
            return prefix + token(value)

        return member

    def _nested(self, value: Any) -> str:
        assert self.rows is not None
        return "[" + ",".join(map(self.rows.text, self.rows_in(value))) + "]"

    def rows_in(self, value: Any) -> Sequence[Values]:
        """The rows of a list's value, not too many; raises ``Bad``."""
        if not isinstance(value, list | tuple) or not all(
            isinstance(row, Mapping) for row in value
        ):
            raise Bad("not_rows")
        if len(value) > self.rule.most:
            raise Bad("too_many_rows", count=len(value), most=self.rule.most)
        return value

    def faults(self, value: Any) -> list[Fault]:
        """Everything that is wrong with ``value``; empty when it can be written."""
        if isinstance(value, str) and (strange := unencodable(value, self.encoding)):
            return [self.fault("unencodable", characters=strange, encoding=self.encoding.upper())]
        try:
            self.member(value)
        except Bad as bad:
            return self._nested_faults(value) or [
                self.fault(bad.key, value=shown(value), **bad.holes)
            ]
        return self._nested_faults(value)

    def _nested_faults(self, value: Any) -> list[Fault]:
        if self.rows is None or not isinstance(value, list | tuple):
            return []
        found: list[Fault] = []
        for number, row in enumerate(value[: self.rule.most], 1):
            if isinstance(row, Mapping):
                found += [in_row(number, item) for item in self.rows.faults(row)]
        return found

    def fault(self, key: str, **holes: object) -> Fault:
        """A fault of this field."""
        return fault(f"profile.write.{key}", self.rule.name, label=self.rule.label, **holes)


class RowWriter:
    """A table of fields, compiled for one encoding."""

    def __init__(
        self, fields: Mapping[str, FieldRule], codes: Mapping[str, CodeList], encoding: str,
        quote: Quote = quoted,
    ) -> None:  # fmt: skip
        self.writers = [FieldWriter(rule, codes, encoding, quote) for rule in fields.values()]
        self._members = [(writer.rule.name, writer.fast) for writer in self.writers]
        self._conditional = [writer for writer in self.writers if writer.rule.when is not None]
        self._labels = {writer.rule.name: writer for writer in self.writers}
        self._leaves_out = any(writer.rule.omitted for writer in self.writers)

    def text(self, values: Values) -> str:
        """The object's JSON text; raises ``Bad`` at the first doubt."""
        self.demand(values)
        get = values.get
        members = [member(get(name)) for name, member in self._members]
        return "{" + ",".join(filter(None, members) if self._leaves_out else members) + "}"

    def demand(self, values: Values) -> None:
        """Raise ``Bad`` where a field lacks that a condition asks for."""
        for writer in self._conditional:
            if self._lacks(writer, values):
                raise Bad("required")

    def members(self, values: Values) -> str:
        """The same without the braces."""
        return self.text(values)[1:-1]

    def faults(self, values: Values) -> list[Fault]:
        """Everything that is wrong, in the order of the fields."""
        found: list[Fault] = []
        for writer in self.writers:
            if self._lacks(writer, values):
                found.append(self._condition_fault(writer, values))
            else:
                found += writer.faults(values.get(writer.rule.name))
        return found

    def _lacks(self, writer: FieldWriter, values: Values) -> bool:
        when = writer.rule.when
        return when is not None and is_absent(values.get(writer.rule.name)) and when.holds(values)

    def _condition_fault(self, writer: FieldWriter, values: Values) -> Fault:
        when = writer.rule.when
        assert when is not None
        other, value = self._labels[when.field], str(values.get(when.field, ""))
        shown_value = other.codes.values.get(value, value) if other.codes else shown(value)
        return writer.fault("required_when", other=other.rule.label, value=shown_value)


def in_row(number: int, item: Fault) -> Fault:
    """The same fault, its sentence naming the row (counted from 1)."""
    return Fault(
        item.key, fault("profile.write.in_row", row=number, text=item.text).text, item.field
    )
