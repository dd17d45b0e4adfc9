"""Which column of an export is which field: found by aliases, or as somebody on site has said.

A mapping is a table {field: header of the file}; the fields are those of a table of columns, the
fee line's where none is given. What is saved is kept for the exact set of headers, so a changed
export is looked at anew.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InvalidInput, fault
from core.files import whole
from core.his.cells import is_empty, shown
from core.his.tables import Column, bare, tables
from core.words import say

SEARCHED = 30  # rows among which the header row is looked for
LEAST_KNOWN = 3  # recognised headers that make a row a header row
SAVED = 1000  # what a header row with a saved mapping is worth
MOST_KEPT = 500  # saved mappings of one desk
LARGEST_KEPT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """The header row: its place among the rows (from 0) and its unique column names."""

    index: int
    names: tuple[str, ...]


class MappingBook:
    """Mappings saved on site, one small file for every set of headers."""

    def __init__(self, folder: Path, columns: Mapping[str, Column] | None = None) -> None:
        self._folder = folder
        self.columns = tables().columns if columns is None else columns

    def _path(self, names: Sequence[str]) -> Path:
        joined = "\x1f".join(bare(name) for name in names)
        return self._folder / f"{hashlib.sha256(joined.encode()).hexdigest()[:24]}.toml"

    def find(self, names: Sequence[str]) -> dict[str, str] | None:
        """The saved mapping of these headers; one that no longer reads or fits counts as absent."""
        path = self._path(names)
        try:
            if path.stat().st_size > LARGEST_KEPT:
                return None
            columns = tomllib.loads(path.read_text("utf-8"))["columns"]
            return checked(names, columns, self.columns)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, InvalidInput):
            return None

    def keep(self, names: Sequence[str], mapping: Mapping[str, str]) -> None:
        """Save a mapping for these headers; raises ``InvalidInput`` when it does not fit them."""
        import tomlkit  # loaded late: the start needs none of it

        document = tomlkit.document()
        document["headers"] = list(names)
        document["columns"] = checked(names, mapping, self.columns)
        self._folder.mkdir(parents=True, exist_ok=True)
        with whole(self._path(names)) as fresh:
            fresh.write_text(tomlkit.dumps(document), "utf-8")
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        kept = sorted(self._folder.glob("*.toml"), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[:-MOST_KEPT]:
            path.unlink(missing_ok=True)


def checked(
    names: Sequence[str], mapping: Any, columns: Mapping[str, Column] | None = None
) -> dict[str, str]:
    """The mapping itself when all its fields and headers exist, each header used once."""
    known = tables().columns if columns is None else columns
    used: set[str] = set()
    for field, name in dict(mapping).items():
        if field not in known:
            raise InvalidInput(fault("import.mapping.field", field, given=field))
        if name not in names:
            label = known[field].label
            raise InvalidInput(fault("import.mapping.header", field, label=label, header=name))
        if name in used:
            raise InvalidInput(fault("import.mapping.twice", field, header=name))
        used.add(name)
    return dict(mapping)


def unique_names(row: Sequence[Any]) -> tuple[str, ...]:
    """Column names of a header row: an empty one is named by its number, a second one numbered."""
    found: list[str] = []
    for number, cell in enumerate(row, 1):
        name = " ".join(shown(cell).split()) or say("import.column", number=number)
        found.append(name if name not in found else f"{name} #{number}")
    return tuple(found)


def trimmed(row: Sequence[Any]) -> Sequence[Any]:
    """A row without its empty cells at the end."""
    end = len(row)
    while end and is_empty(row[end - 1]):
        end -= 1
    return row[:end]


class HeaderFinder:
    """Finds the header row, with the help of what has been saved; ``least`` recognised headers
    make a row one."""

    def __init__(self, book: MappingBook, least: int = LEAST_KNOWN) -> None:
        self._book = book
        self._least = least
        self._known = frozenset(
            alias for column in book.columns.values() for alias in column.aliases
        )

    def score(self, rows: Sequence[Sequence[Any]]) -> int:
        """How sure it is that one of the first rows is a header; 0 where none looks like one."""
        return max((self._worth(row) for row in rows[:SEARCHED]), default=0)

    def _worth(self, row: Sequence[Any]) -> int:
        texts = {bare(cell) for cell in row if isinstance(cell, str)}
        known = len(texts & self._known)
        if len(texts) > 1 and self._book.find(unique_names(trimmed(row))):
            return SAVED + known
        return known

    def find(self, rows: Sequence[Sequence[Any]]) -> Header:
        """The best header row; where none is recognised, the first row that is words only."""
        worths = [self._worth(row) for row in rows[:SEARCHED]]
        best = max(worths, default=0)
        if best >= self._least:
            index = worths.index(best)
        else:
            like = (n for n, row in enumerate(rows[:SEARCHED]) if _is_words(row, self._least))
            index = next(like, -1)
        if index < 0:
            raise InvalidInput(fault("import.file.no_header"))
        return Header(index, unique_names(trimmed(rows[index])))

    def mapping(self, header: Header) -> dict[str, str]:
        """The saved mapping of a header, or what its aliases say."""
        return self._book.find(header.names) or guess(header.names, self._book.columns)


def _is_words(row: Sequence[Any], least: int) -> bool:
    words = [cell for cell in row if isinstance(cell, str) and bare(cell)]
    return len(words) >= least and not any(bare(word).isdigit() for word in words)


def guess(names: Sequence[str], columns: Mapping[str, Column] | None = None) -> dict[str, str]:
    """The mapping that the aliases give: each field takes the best header that is still free."""
    free: dict[str, str] = {}
    for name in names:
        free.setdefault(bare(name), name)
    mapping = {}
    for field, column in (tables().columns if columns is None else columns).items():
        alias = next((alias for alias in column.aliases if alias in free), None)
        if alias is not None:
            mapping[field] = free.pop(alias)
    return mapping
