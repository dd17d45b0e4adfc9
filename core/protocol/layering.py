"""Laying a local profile over the shipped one, and spelling out what the tables leave implicit.

All of it on plain TOML trees: merge, additions that need an explanation, elements into fields,
dropped rows. The result is what ``core.protocol.profile.Profile`` validates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.protocol.mistakes import Mistakes, Path, did_you_mean
from core.protocol.profile import Profile

Tree = dict[str, Any]
TOP = (*Profile.model_fields, "elements")
NAMED = {
    "transactions": "unknown_transaction",
    "elements": "unknown_element",
    "codes": "unknown_codes",
}
FIXED = {"transactions": ("step", "stay", "key"), "elements": ("name",), "codes": ()}
NEEDED = {"transactions": "step", "elements": "label", "codes": "label"}


def lay(base: Mapping[str, Any], over: Mapping[str, Any]) -> Tree:
    """``over`` on ``base``: tables are merged, anything else (lists too) is replaced."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        result[key] = lay(below, value) if both and isinstance(below, Mapping) else value
    return result


def without(tree: Mapping[str, Any], paths: Iterable[Path]) -> Tree:
    """``tree`` without the values at ``paths``; where a key is missing, without its whole table."""
    for path in dict.fromkeys(paths):
        tree = _pruned(tree, path)
    return dict(tree)


def _pruned(tree: Mapping[str, Any], path: Path) -> Tree:
    head, rest = path[0], path[1:]
    if head not in tree:
        return dict(tree) if rest else {}
    left = {key: value for key, value in tree.items() if key != head}
    below = _pruned(tree[head], rest) if rest and isinstance(tree[head], Mapping) else {}
    return {**left, head: below} if below else left


def take_additions(
    shipped: Mapping[str, Any], local: Mapping[str, Any], mistakes: Mistakes
) -> Tree:
    """``local`` without what only looks like an addition; each such slip is a mistake.

    A new transaction needs a step, a new element, code list or field a label, a new request field
    a source as well; whatever lacks that is taken for a misspelt name.
    """
    kept: Tree = {}
    for key, value in local.items():
        if key not in TOP or key == "local_file":
            mistakes.add((key,), "unknown_table", hint=did_you_mean(key, TOP))
        elif key in NAMED:
            kept[key] = _take_named(key, shipped, value, mistakes)
        elif key == "envelope":
            kept[key] = _take_sides((key,), _table(shipped.get(key)), value, mistakes)
        else:
            kept[key] = value
    return kept


def _take_named(name: str, shipped: Mapping[str, Any], local: Any, mistakes: Mistakes) -> Any:
    if not isinstance(local, Mapping):
        return local
    known, kept = _table(shipped.get(name)), {}
    for key, row in local.items():
        if key not in known and NEEDED[name] not in _table(row):
            mistakes.add((name, key), NAMED[name], word=key, hint=did_you_mean(key, known))
        else:
            row = _unfixed((name, key), known, row, FIXED[name], mistakes)
            sides = name == "transactions"
            before = _table(known.get(key))
            kept[key] = _take_sides((name, key), before, row, mistakes) if sides else row
    return kept


def _unfixed(
    path: Path, known: Mapping[str, Any], row: Any, fixed: Iterable[str], mistakes: Mistakes
) -> Any:
    """``row`` without the keys by which the program knows a shipped row."""
    if path[-1] not in known or not isinstance(row, Mapping):
        return row
    for key in fixed:
        if key in row:
            mistakes.add((*path, key), "fixed_key")
            row = {name: value for name, value in row.items() if name != key}
    return row


def _take_sides(path: Path, known: Mapping[str, Any], row: Any, mistakes: Mistakes) -> Any:
    if not isinstance(row, Mapping):
        return row
    kept = dict(row)
    for side in ("request", "reply"):
        if side in kept:
            kept[side] = _take_fields((*path, side), _table(known.get(side)), kept[side], mistakes)
    return kept


def _take_fields(path: Path, known: Mapping[str, Any], local: Any, mistakes: Mistakes) -> Any:
    if not isinstance(local, Mapping):
        return local
    kept = {}
    for key, row in local.items():
        if key not in known and "label" not in _table(row):
            mistakes.add((*path, key), "unknown_field", word=key, hint=did_you_mean(key, known))
        elif key not in known and path[-1] == "request" and "source" not in _table(row):
            mistakes.add((*path, key), "no_source", word=key)
        else:
            row = _unfixed((*path, key), known, row, ("name", "key"), mistakes)
            kept[key] = _take_nested((*path, key), _table(known.get(key)), row, mistakes)
    return kept


def _take_nested(path: Path, known: Mapping[str, Any], row: Any, mistakes: Mistakes) -> Any:
    if not isinstance(row, Mapping) or "fields" not in row or not known:
        return row
    below = _table(known.get("fields"))
    return {**row, "fields": _take_fields((*path, "fields"), below, row["fields"], mistakes)}


def spell_out(tree: Tree) -> Tree:
    """Elements into fields, keys into rows, dropped rows out; conditions by domain name."""
    elements = _table(tree.get("elements"))
    result = {key: value for key, value in tree.items() if key != "elements"}
    result["envelope"] = _owner(_table(tree.get("envelope")), elements)
    rows = _kept(_table(tree.get("transactions")))
    result["transactions"] = {
        key: {"code": key, **_owner(row, elements), "key": key} if isinstance(row, Mapping) else row
        for key, row in rows.items()
    }
    return result


def _owner(owner: Mapping[str, Any], elements: Mapping[str, Any]) -> Tree:
    result = {key: value for key, value in owner.items() if key != "drop"}
    for side in ("request", "reply"):
        if isinstance(result.get(side), Mapping):
            result[side] = _fields(result[side], elements)
    return result


def _fields(table: Mapping[str, Any], elements: Mapping[str, Any]) -> Tree:
    rows = {key: _field(key, row, elements) for key, row in _kept(table).items()}
    names = {key: row["name"] for key, row in rows.items() if isinstance(row, Mapping)}
    for row in rows.values():
        when = row.get("when") if isinstance(row, Mapping) else None
        if isinstance(when, Mapping):
            row["when"] = {**when, "field": names.get(str(when.get("field")), when.get("field"))}
    return rows


def _field(key: str, row: Any, elements: Mapping[str, Any]) -> Any:
    if not isinstance(row, Mapping):
        return row
    full = {**_table(elements.get(key)), **row}
    full = {"key": key, "wire": key, "name": key, **full}
    full.pop("drop", None)
    if isinstance(full.get("fields"), Mapping):
        full["fields"] = _fields(full["fields"], elements)
    return full


def _kept(table: Mapping[str, Any]) -> Tree:
    return {key: row for key, row in table.items() if _table(row).get("drop") is not True}


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
