"""Tolerant reading: wire objects to domain values by a field table, each field compiled once.

Keys are found whatever their case, numbers and texts are taken alike, what is missing stays
missing, unknown fields are left to the kept envelope. Only what would have to be guessed is
``Unreadable``: an amount that is no exact fen, a required field that is not there, keys that differ
only in case and disagree (protocol-zjs.md §2.2 "Quirks", SEEN).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.errors import Fault, fault
from core.protocol.mistakes import did_you_mean, shown
from core.protocol.profile import FieldRule, Kind
from core.protocol.values import ABSENT, EXACT, Odd, Read, reader_of
from core.protocol.wirejson import Unreadable, parse

MOST_ROWS = 20_000
MOST_KNOWN = 4096
LONGEST_KNOWN = 40
MOST_PLANS = 64
UNKNOWN = object()
PLAIN = (str, int)  # never bool: True is no amount, but equals 1
ALIKE: dict[Kind, tuple[type, ...]] = {
    "money": (str, int, Decimal),
    "text": PLAIN,
    "code": PLAIN,
    "digits": PLAIN,
    "flag": PLAIN,
    "integer": PLAIN,
    "moment": PLAIN,
    "day": PLAIN,
    "price": (str,),
    "quantity": (str,),
}


def folded(value: Mapping[str, Any]) -> dict[str, Any]:
    """The same object with lower-case keys; raises ``Unreadable`` when two of them disagree."""
    lower = {key.lower(): item for key, item in value.items()}
    if len(lower) != len(value):
        for key, item in value.items():
            if lower[key.lower()] != item:
                raise Unreadable("twice", name=shown(key))
    return lower


def meaning_of(rule: FieldRule) -> Read:
    """The reader of a field: its type's, then the program's word for the code."""
    read, means = reader_of(rule.type), rule.means
    if not means:
        return read

    def word(value: Any) -> Any:
        found = read(value)
        return means.get(found, found)

    return word


class FieldReader:
    """One compiled field; ``known``: values understood before, of the types ``alike``."""

    def __init__(self, rule: FieldRule) -> None:
        self.rule = rule
        self.key = rule.wire.lower()
        self._rows = RowReader(rule.fields) if rule.type == "rows" else None
        self._read = self._nested if self._rows else meaning_of(rule)
        self.alike = ALIKE.get(rule.type, ())
        self.known: dict[Any, Any] = {}

    def value(self, value: Any) -> Any:
        """The domain value or ``ABSENT``; raises ``Unreadable`` where guessing would be needed."""
        found = self._understand(value)
        if type(value) in self.alike and (type(value) is not str or len(value) <= LONGEST_KNOWN):
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            self.known[value] = found
        return found

    def _understand(self, value: Any) -> Any:
        if value is None:
            return self.missing()
        try:
            result = self._read(value)
        except Odd:
            return self._odd(value)
        return self.missing() if result is ABSENT and self.rule.required is True else result

    def _nested(self, value: Any) -> Any:
        assert self._rows is not None
        found = rows_of(value or None, self._rows)
        return [self._rows.values(row) for row in found] or ABSENT

    def missing(self) -> Any:
        """``ABSENT``, unless the field is required."""
        if self.rule.required:
            raise Unreadable("missing", label=self.rule.label)
        return ABSENT

    def _odd(self, value: Any) -> Any:
        if self.rule.required or self.rule.type in EXACT:
            raise Unreadable("bad_field", label=self.rule.label, value=shown(value))
        return ABSENT


Plan = list[tuple[str, str, FieldReader]]


class RowReader:
    """A table of reply fields, compiled; rows with the same keys are matched to it once."""

    def __init__(self, fields: Mapping[str, FieldRule]) -> None:
        self._readers = [FieldReader(rule) for rule in fields.values()]
        self._plans: dict[tuple[str, ...], Plan] = {}
        self.keys = frozenset(reader.key for reader in self._readers)

    def values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Domain values of one object; what is absent has no key."""
        found: dict[str, Any] = {}
        for name, key, reader in self._plan(row):
            value = row[key]
            known = reader.known.get(value, UNKNOWN) if type(value) in reader.alike else UNKNOWN
            if known is UNKNOWN:
                known = reader.value(value)
            if known is not ABSENT:
                found[name] = known
        return found

    def _plan(self, row: Mapping[str, Any]) -> Plan:
        """Which key of rows like this one holds which field."""
        shape = tuple(row)
        plan = self._plans.get(shape)
        if plan is None:
            plan = self._match(row)
            if len(folded(row)) == len(row) and len(self._plans) < MOST_PLANS:
                self._plans[shape] = plan
        return plan

    def _match(self, row: Mapping[str, Any]) -> Plan:
        there = {key.lower(): key for key in row}
        for reader in self._readers:
            if reader.key not in there:
                reader.missing()
        found = [reader for reader in self._readers if reader.key in there]
        return [(reader.rule.name, there[reader.key], reader) for reader in found]

    def knows(self, row: Mapping[str, Any]) -> bool:
        """Whether any field of ``row`` is in the table."""
        return any(key.lower() in self.keys for key in row)


def unwrapped(value: Any) -> Any:
    """``None`` for nothing at all; a text that holds JSON is parsed once more."""
    if isinstance(value, str):
        return parse(value) if value.strip()[:1] in ("{", "[") else (value.strip() or None)
    return value


def object_of(value: Any) -> Mapping[str, Any]:
    """The one object of an output: itself, the only element of an array, or empty."""
    if isinstance(value, list) and len(value) <= 1:
        value = value[0] if value else None
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Unreadable("bad_shape")
    return value


def rows_of(value: Any, reader: RowReader | None = None) -> list[Mapping[str, Any]]:
    """The rows of an output: an array, one bare row, an object around one array, or nothing."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        value = _inner_rows(value, reader)
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise Unreadable("bad_shape")
    if len(value) > MOST_ROWS:
        raise Unreadable("bad_shape")
    return value


def _inner_rows(value: Mapping[str, Any], reader: RowReader | None) -> Any:
    if not value:
        return []
    if reader is None or reader.knows(value):
        return [value]
    lists = [item for item in value.values() if isinstance(item, list)]
    if len(lists) != 1:
        raise Unreadable("bad_shape")
    return lists[0]


class BodyReader:
    """A request body by wire names to domain values; strict about names, for ``from_wire``."""

    def __init__(self, fields: Mapping[str, FieldRule]) -> None:
        self._rules = {rule.wire: rule for rule in fields.values()}
        self._nested = {
            rule.wire: BodyReader(rule.fields) for rule in fields.values() if rule.fields
        }

    def values(self, body: Mapping[str, Any], title: str) -> tuple[dict[str, Any], list[Fault]]:
        """Domain values and every fault, by domain name where the field is known."""
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for key, value in body.items():
            if key not in self._rules:
                hint = did_you_mean(key, self._rules)
                faults.append(fault("profile.body.unknown", key, title=title, word=key, hint=hint))
                continue
            faults += self._take(key, value, title, values)
        return values, faults

    def _take(self, key: str, value: Any, title: str, values: dict[str, Any]) -> list[Fault]:
        rule = self._rules[key]
        faults: list[Fault] = []
        try:
            found = self._read(key, value, title, faults)
        except (Odd, Unreadable):
            return [
                fault("profile.body.bad_value", rule.name, label=rule.label, value=shown(value))
            ]
        if found is not ABSENT:
            values[rule.name] = found
        return faults

    def _read(self, key: str, value: Any, title: str, faults: list[Fault]) -> Any:
        if value is None:
            return ABSENT
        if key not in self._nested:
            return meaning_of(self._rules[key])(value)
        pairs = [self._nested[key].values(row, title) for row in rows_of(value)]
        faults += [item for _, found in pairs for item in found]
        return [row for row, _ in pairs] or ABSENT
