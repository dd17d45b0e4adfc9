"""Laying a local profile over the shipped one, and spelling out what the tables leave implicit.

All of it on plain TOML trees: merge, additions that need an explanation, elements into fields,
dropped rows. The result is what ``core.protocol.profile.Profile`` validates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.protocol.mistakes import Mistakes, Path, did_you_mean
from core.protocol.profile import Profile

Tree = dict[str, Any]
TOP = (*Profile.model_fields, "elements")
NAMED = {"transactions": "unknown_transaction", "elements": "unknown_element", "codes": "unknown_codes"}
NEEDED = {"transactions": "step", "elements": "label", "codes": "label"}


def lay(base: Mapping[str, Any], over: Mapping[str, Any]) -> Tree:
    """``over`` on ``base``: tables are merged, anything else (lists too) is replaced."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        result[key] = lay(below, value) if both and isinstance(below, Mapping) else value
    return result


def check_additions(shipped: Mapping[str, Any], local: Mapping[str, Any], mistakes: Mistakes) -> None:
    """What a local profile adds must say what it is; what only looks like a slip is a mistake."""
    for key in local:
        if key not in TOP or key == "local_file":
            mistakes.add((key,), "unknown_table", hint=did_you_mean(key, TOP))
    for name, sentence in NAMED.items():
        _check_named(name, sentence, shipped, local, mistakes)
    for path, table in _field_tables(local):
        _check_fields(path, table, _at(shipped, path), mistakes)


def _check_named(
    name: str, sentence: str, shipped: Mapping[str, Any], local: Mapping[str, Any], mistakes: Mistakes
) -> None:
    known = _table(shipped.get(name))
    for key, row in _table(local.get(name)).items():
        if key not in known and NEEDED[name] not in _table(row):
            mistakes.add((name, key), sentence, word=key, hint=did_you_mean(key, known))


def _field_tables(tree: Mapping[str, Any]) -> list[tuple[Path, Mapping[str, Any]]]:
    """Every request and reply table, envelope first, with its path."""
    owners = [(("envelope",), _table(tree.get("envelope")))]
    for code, row in _table(tree.get("transactions")).items():
        owners.append((("transactions", code), _table(row)))
    return [
        ((*path, side), _table(owner[side]))
        for path, owner in owners
        for side in ("request", "reply")
        if side in owner
    ]


def _check_fields(path: Path, local: Mapping[str, Any], known: Mapping[str, Any], mistakes: Mistakes) -> None:
    for key, row in local.items():
        if key in known:
            nested, below = _table(_table(row).get("fields")), _table(_table(known[key]).get("fields"))
            _check_fields((*path, key, "fields"), nested, below, mistakes)
        elif "label" not in _table(row):
            mistakes.add((*path, key), "unknown_field", word=key, hint=did_you_mean(key, known))
        elif "request" in path and "source" not in _table(row) and "fields" not in path:
            mistakes.add((*path, key), "no_source", word=key)


def spell_out(tree: Tree) -> Tree:
    """Elements into fields, keys into rows, dropped rows out; conditions by domain name."""
    elements = _table(tree.get("elements"))
    result = {key: value for key, value in tree.items() if key != "elements"}
    result["envelope"] = _owner(_table(tree.get("envelope")), elements)
    rows = _kept(_table(tree.get("transactions")))
    result["transactions"] = {
        code: {"code": code, **_owner(row, elements)} if isinstance(row, Mapping) else row
        for code, row in rows.items()
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
            row["when"] = {**when, "field": names.get(when.get("field"), when.get("field"))}
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


def _at(tree: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    for part in path:
        tree = _table(tree.get(part))
    return tree
