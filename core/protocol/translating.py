"""Pydantic's complaints about a profile, said in Chinese with the key that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from core.protocol.mistakes import Mistakes, Path, did_you_mean, listed, shown
from core.protocol.profile import (
    CapabilityRule,
    CentreTexts,
    CodeList,
    Condition,
    Envelope,
    FieldRule,
    MessageRule,
    Paging,
    Profile,
    ResolveRule,
    Table,
    TransactionRule,
)

WANTED = {
    "int_type": "int",
    "int_from_float": "int",
    "float_type": "float",
    "bool_type": "bool",
    "string_type": "string",
    "tuple_type": "list",
    "list_type": "list",
    "dict_type": "table",
    "model_type": "table",
    "model_attributes_type": "table",
}
SINGLE: dict[str, type[Table]] = {
    "message": MessageRule,
    "envelope": Envelope,
    "texts": CentreTexts,
    "resolve": ResolveRule,
    "capabilities": CapabilityRule,
}


def explain(error: ValidationError, tree: Mapping[str, Any], mistakes: Mistakes) -> list[Path]:
    """Add every complaint of ``error`` about ``tree`` to ``mistakes``; returns the places named."""
    items = error.errors(include_url=False)
    return [_explain_one(item, _cut(tree, item["loc"]), mistakes) for item in items]


def _explain_one(item: Any, path: Path, mistakes: Mistakes) -> Path:
    kind, value = item["type"], shown(item.get("input", ""))
    if kind == "extra_forbidden":
        return mistakes.add(path, "unknown_key", hint=did_you_mean(path[-1], known_keys(path[:-1])))
    if kind == "missing":
        return mistakes.add(path, "missing_key", word=path[-1])
    if kind == "literal_error":
        return _explain_choice(item, path, mistakes)
    if kind in WANTED:
        return mistakes.add(path, f"want_{WANTED[kind]}", value=value)
    return mistakes.add(path, _range(item), value=value, **_bounds(item))


def _explain_choice(item: Any, path: Path, mistakes: Mistakes) -> Path:
    choices = [
        word.strip("'") for word in item["ctx"]["expected"].replace(" or ", ", ").split(", ")
    ]
    hint = did_you_mean(str(item["input"]), choices)
    allowed = listed(word for word in choices if word)
    return mistakes.add(path, "bad_choice", value=shown(item["input"]), allowed=allowed, hint=hint)


def _range(item: Any) -> str:
    known = {"greater_than": "over", "greater_than_equal": "at_least", "less_than_equal": "at_most"}
    return known.get(item["type"], "bad_value")


def _bounds(item: Any) -> dict[str, object]:
    context = item.get("ctx", {})
    bound = next((context[key] for key in ("gt", "ge", "le") if key in context), "")
    return {"bound": bound, "error": item["msg"]}


def _cut(tree: Any, loc: Iterable[int | str]) -> Path:
    """The part of pydantic's location that exists as keys in the files."""
    path: list[str] = []
    for part in loc:
        if not isinstance(tree, Mapping):
            break
        path.append(str(part))
        tree = tree.get(str(part))
    return tuple(path)


def known_keys(path: Path) -> list[str]:
    """The keys that may stand in the table ``path``."""
    model = _model_of(path)
    if model is None:
        return []
    drop = ["drop"] if model in (FieldRule, TransactionRule) else []
    return [info.alias or name for name, info in model.model_fields.items()] + drop


def _model_of(path: Path) -> type[BaseModel] | None:
    if not path:
        return Profile
    last: dict[str, type[Table]] = {"when": Condition, "paging": Paging}
    if path[-1] in last:
        return last[path[-1]]
    if len(path) == 1:
        return SINGLE.get(path[0])
    return _row_model(path)


def _row_model(path: Path) -> type[BaseModel] | None:
    if path[0] == "codes":
        return CodeList
    if path[0] == "transactions" and len(path) == 2:
        return TransactionRule
    return FieldRule
