"""The words of hospital exports: column aliases, currency signs, truth values, footers.

Everything comes from ``resources/tables/fee_headers.toml``; this module reads it once.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

BRACKETS = re.compile(r"[(\[{].*?[)\]}]")
SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """What is known of one field of the fee line: how messages call it and how it is read."""

    field: str
    label: str
    kind: str
    required: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """``fee_headers.toml`` as values; aliases and words are already bare (``bare``)."""

    columns: dict[str, Column]
    currency: tuple[str, ...]
    yes: frozenset[str]
    no: frozenset[str]
    moment_words: tuple[tuple[str, str], ...]
    list_types: dict[str, str]
    footer: tuple[str, ...]
    sums: tuple[str, ...]


def bare(header: str) -> str:
    """A header without width, case, bracketed unit, spaces and punctuation, for comparing."""
    plain = unicodedata.normalize("NFKC", header).casefold()
    return SIGNS.sub("", BRACKETS.sub("", plain)) or SIGNS.sub("", plain)


@cache
def tables() -> Tables:
    """The tables, read once."""
    file = resources.files("resources") / "tables" / "fee_headers.toml"
    raw = tomllib.loads(file.read_text("utf-8"))
    cells = raw["cells"]
    return Tables(
        columns={name: column_of(name, row) for name, row in raw["fields"].items()},
        currency=tuple(unicodedata.normalize("NFKC", sign) for sign in cells["currency"]),
        yes=frozenset(cells["yes"]),
        no=frozenset(cells["no"]),
        moment_words=tuple(sorted(raw["moment"].items(), key=lambda pair: -len(pair[0]))),
        list_types={word: key for key, words in raw["list_types"].items() for word in words},
        footer=tuple(bare(word) for word in raw["footer"]["words"]),
        sums=tuple(bare(word) for word in raw["footer"]["sums"]),
    )


def column_of(name: str, row: Mapping[str, Any]) -> Column:
    """A row of such a table as a column."""
    aliases = tuple(dict.fromkeys(bare(alias) for alias in row["aliases"]))
    return Column(name, row["label"], row["kind"], row.get("required", False), aliases)


def lacking(columns: Iterable[Column], mapped: Mapping[str, str]) -> tuple[Column, ...]:
    """Required columns that nothing is mapped to."""
    return tuple(one for one in columns if one.required and one.field not in mapped)


def label(field: str) -> str:
    """What messages call a field of the fee line."""
    return tables().columns[field].label
