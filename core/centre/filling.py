"""What the profile itself puts into a message beside the values it is given.

Constants, settings, who sends, a password, the place of a row, and values that stand in for others;
compiled once for every transaction, because fee lines come by the thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import Fault, fault
from core.protocol.envelope import constants
from core.protocol.profile import FieldRule, TransactionRule
from core.protocol.writing import Values, is_absent
from core.settings import Settings

OURS = ("constant", "setting", "header", "secret")


class TableFiller:
    """One table of fields."""

    def __init__(self, fields: Mapping[str, FieldRule], settings: Settings) -> None:
        self._fixed = constants(fields, settings)
        rules = fields.values()
        self._header = [rule.name for rule in rules if rule.source == "header"]
        self._secrets = {rule.name: rule.secret for rule in rules if rule.source == "secret"}
        self._numbers = [rule.name for rule in rules if rule.source == "number"]
        self._stand_in = [
            (rule.name, rule.instead, rule.default)
            for rule in rules
            if rule.instead or rule.default
        ]
        self.ours = {rule.name: rule for rule in rules if rule.source in OURS}
        self.secret = next(iter(self._secrets.values()), "")

    def fixed(self, header: Any, secret: str) -> dict[str, Any]:
        """What is the same in every row of a message."""
        found = dict(self._fixed)
        for name in self._header:
            found[name] = getattr(header, name)
        for name in self._secrets:
            found[name] = secret
        return found

    def values(self, given: Values, fixed: Values, number: int = 0) -> dict[str, Any]:
        """``given`` and ``fixed`` together, with what stands in for what is missing."""
        found = {**given, **fixed}
        for name, instead, default in self._stand_in:
            if is_absent(found.get(name)):
                other = found.get(instead) if instead else None
                found[name] = default if is_absent(other) else other
        for name in self._numbers:
            if is_absent(found.get(name)):
                found[name] = str(number)
        return found


class Filler:
    """One transaction: its own fields, and those of the rows it carries."""

    def __init__(self, row: TransactionRule, settings: Settings) -> None:
        self._rows = row.rows
        self._table = TableFiller(row.request, settings)
        lists = [rule for rule in row.request.values() if rule.name == row.rows]
        self._lines = TableFiller(lists[0].fields, settings) if lists else None
        self.secret = self._table.secret

    def values(
        self, given: Values, header: Any, rows: Sequence[Values], secret: str
    ) -> dict[str, Any]:
        """Everything that the message needs, by domain name; the rows under their list's name."""
        found = self._table.values(given, self._table.fixed(header, secret))
        if self._lines is not None:
            fixed = self._lines.fixed(header, secret)
            lines = self._lines.values
            found[self._rows] = [lines(line, fixed, n) for n, line in enumerate(rows, 1)]
        return found

    def without_fixed(self, values: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
        """``values`` without what the profile gives; a fault for each that says otherwise."""
        ours, faults = self._table.ours, list[Fault]()
        for name, rule in ours.items():
            if rule.source == "constant" and str(values.get(name, rule.value)) != rule.value:
                faults.append(fault("profile.body.fixed", name, label=rule.label, value=rule.value))
        found = {name: value for name, value in values.items() if name not in ours}
        if self._lines is not None and found.get(self._rows):
            lines = self._lines.ours
            found[self._rows] = [
                {name: value for name, value in line.items() if name not in lines}
                for line in found[self._rows]
            ]
        return found, faults
