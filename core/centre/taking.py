"""What a reply of datasets says, by the profile: values, rows, and why a person is refused.

Amounts stand in a dataset or flat under the root, one row is a list all the same, and what belongs
together (a person's injuries) may be spread over several datasets (protocol-gd.md §4, §9).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.protocol.mistakes import listed
from core.protocol.profile import FieldRule, Profile, TransactionRule
from core.protocol.reading import RowReader, rows_of
from core.protocol.wirejson import Unreadable
from core.protocol.wirexml import Tree
from core.words import say

Rows = tuple[dict[str, Any], ...]


class Taker:
    """One transaction's reply, compiled."""

    def __init__(self, row: TransactionRule, reader: RowReader) -> None:
        self._node = row.node.lower()
        self._beside = {name.lower() for name in row.beside}
        self._rows = row.shape == "rows"
        self._reader = reader
        self._lists = [rule for rule in row.reply.values() if rule.type == "rows"]
        self._telling = [(f.wire.lower(), f.label) for f in row.reply.values() if f.required]

    def take(self, tree: Tree) -> tuple[dict[str, Any], Rows]:
        """Values or rows by domain names; raises ``Unreadable``, also where the rows of a reply
        that is about one thing are about different ones."""
        found = self._dataset(tree)
        if self._rows:
            return {}, tuple(self._reader.values(item) for item in found)
        self._agree(found)
        first = found[0] if found else {}
        flat = {**tree, **{key: value for key, value in first.items() if value != ""}}
        for rule in self._lists:
            flat[rule.wire.lower()] = _gathered(rule, tree, found)
        return self._reader.values(flat), ()

    def _agree(self, found: list[Mapping[str, Any]]) -> None:
        for wire, label in self._telling:
            if len({str(item.get(wire, "")) for item in found}) > 1:
                raise Unreadable("several", label=label)

    def _dataset(self, tree: Tree) -> list[Mapping[str, Any]]:
        if not self._node:
            return []
        there = _at(tree, self._node)
        if there is not None:
            return rows_of(there or None, self._reader)
        return self._only_one(tree) if self._rows else []

    def _only_one(self, tree: Tree) -> list[Mapping[str, Any]]:
        """The one dataset of a reply that calls it something else; none is none at all."""
        lists = [
            value for name, value in tree.items()
            if isinstance(value, list) and name not in self._beside
        ]  # fmt: skip
        if len(lists) > 1:
            raise Unreadable("bad_shape")
        return rows_of(lists[0]) if lists else []


def _at(tree: Tree, path: str) -> Any:
    """What stands at a dotted path, or ``None``."""
    found: Any = tree
    for name in path.lower().split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def _gathered(
    rule: FieldRule, tree: Tree, found: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The rows of a list from all its datasets; rows of the same first field are one."""
    wires = [field.wire.lower() for field in rule.fields.values()]
    together: dict[str, dict[str, Any]] = {}
    for node in (rule.wire, *rule.also):
        for item in _rows_at(tree, node):
            key = str(item.get(wires[0], ""))
            if key and _kept(rule, item):
                mine = together.setdefault(key, {})
                mine.update({w: item[w] for w in wires if item.get(w) and not mine.get(w)})
    return list(together.values())


def _rows_at(tree: Tree, path: str) -> list[Mapping[str, Any]]:
    """The rows of a dataset; something of another shape has none."""
    there = _at(tree, path)
    if isinstance(there, Mapping):
        return [there]
    return [row for row in there if isinstance(row, Mapping)] if isinstance(there, list) else []


def _kept(rule: FieldRule, item: Mapping[str, Any]) -> bool:
    return all(
        str(item.get(field.wire.lower(), "")) in ("", *field.keep)
        for field in rule.fields.values()
        if field.keep
    )


def refused_reason(profile: Profile, row: TransactionRule, values: Mapping[str, Any]) -> str:
    """Why the person of a reply has no benefit now, in the centre's words; empty: nothing said."""
    found = [
        _reason(profile, rule, str(values[rule.name]))
        for rule in row.reply.values()
        if rule.fine and values.get(rule.name, rule.fine[0]) not in rule.fine
    ]
    for rule in row.reply.values():
        for item in values.get(rule.name) or () if rule.type == "rows" else ():
            if _is_wrong(rule, item):
                found.append(_row_words(profile, rule, item))
    return say("profile.read.and_mark").join(dict.fromkeys(found))


def _is_wrong(rule: FieldRule, item: Mapping[str, Any]) -> bool:
    return any(
        item.get(field.name, field.fine[0]) not in field.fine
        for field in rule.fields.values()
        if field.fine
    )


def _reason(profile: Profile, rule: FieldRule, value: str) -> str:
    return say("profile.read.refused", label=rule.label, value=profile.label(rule.codes, value))


def _row_words(profile: Profile, rule: FieldRule, item: Mapping[str, Any]) -> str:
    words = [
        profile.label(field.codes, str(item[field.name]))
        for field in rule.fields.values()
        if item.get(field.name) and not field.keep
    ]
    return listed(words)
