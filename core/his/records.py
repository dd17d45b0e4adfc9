"""Medical records from a file: JSON, or a table with one record a row and a sheet for each list.

Keys and headers may be the field's domain name or its label (``FieldView``); unknown ones are named
and left out. Nothing is uploaded here; everything wrong is collected with the place it stands at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from python_calamine import CalamineError, CalamineWorkbook

from core.errors import Fault, InvalidInput, fault
from core.his.cells import BadCell, half_width, is_empty, moment, shown
from core.his.textfile import read_text
from core.his.workbook import check_archive, is_workbook
from core.words import say

LARGEST_FILE = 32 * 1024 * 1024
MOST_RECORDS = 5000
MOST_ROWS = 100_000
LONGEST_TEXT = 20_000
KEY = "visit_no"
Values = dict[str, Any]


class View(Protocol):
    """What is needed of ``core.centre.views.FieldView``."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def codes(self) -> Mapping[str, str]: ...
    @property
    def fields(self) -> Sequence[View]: ...


@dataclass(frozen=True, slots=True)
class RecordFile:
    """What a file holds: values by visit number, and every sentence about it."""

    source: str
    records: Mapping[str, Values]
    faults: tuple[Fault, ...] = ()


def read_records(path: Path, fields: Sequence[View]) -> RecordFile:
    """The records of a file; raises ``InvalidInput`` for a file that cannot be read at all."""
    data = _bytes(path)
    found: list[Fault] = []
    try:
        raw = _workbook(data, fields) if is_workbook(data) else _text(data, path)
        records = dict(_records(raw, fields, found))
    except (ValueError, CalamineError, RecursionError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(fault("records.file.unreadable", path=path, error=error)) from None
    if not records and not found:
        raise InvalidInput(fault("records.file.empty", path=path))
    return RecordFile(path.name, records, tuple(found))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InvalidInput(fault("records.file.large", most=LARGEST_FILE // 1024 // 1024))
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(fault("records.file.unreadable", path=path, error=error)) from error


def _text(data: bytes, path: Path) -> list[Mapping[str, Any]]:
    if data.lstrip()[:1] in (b"{", b"[") or path.suffix.lower() == ".json":
        value = json.loads(data.decode("utf-8-sig"))
        json.dumps(value, ensure_ascii=False).encode()  # half a sign can be kept nowhere
        return _objects(value if isinstance(value, list) else [value])
    rows = read_text(data, lambda head: len(head[0]) if head else 0, MOST_RECORDS).rows
    return _by_header(rows)


def _objects(values: list[Any]) -> list[Mapping[str, Any]]:
    if len(values) > MOST_RECORDS or not all(isinstance(value, dict) for value in values):
        raise InvalidInput(fault("records.file.shape", most=MOST_RECORDS))
    return values


def _by_header(rows: Sequence[Sequence[Any]]) -> list[Mapping[str, Any]]:
    filled = [row for row in rows if not all(is_empty(cell) for cell in row)]
    if not filled:
        return []
    head = [half_width(shown(cell)) for cell in filled[0]]
    return [
        {name: cell for name, cell in zip(head, row, strict=False) if name and not is_empty(cell)}
        for row in filled[1:]
    ]


def _workbook(data: bytes, fields: Sequence[View]) -> list[Mapping[str, Any]]:
    """The first sheet holds the records; a sheet named as a list holds its rows, joined by visit
    number."""
    check_archive(data, MOST_ROWS)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    sheets = {
        name.strip(): _by_header(book.get_sheet_by_name(name).to_python(nrows=MOST_ROWS))
        for name in book.sheet_names
    }
    main, *others = sheets
    records: list[dict[str, Any]] = [dict(row) for row in sheets[main][:MOST_RECORDS]]
    keys = _names(fields)
    for name in others:
        if name in keys:
            _joined(records, name, sheets[name], keys)
    return list(records)


def _joined(
    records: list[dict[str, Any]], name: str, rows: Sequence[Mapping[str, Any]],
    keys: Mapping[str, View],
) -> None:  # fmt: skip
    for record in records:
        number = _number_of(record, keys)
        record[name] = [row for row in rows if _number_of(row, keys) == number]


def _names(fields: Sequence[View]) -> dict[str, View]:
    named = {key: view for view in fields for key in (view.label, view.name)}
    short = {say("records.visit_no"): view for view in fields if view.name == KEY}
    return short | named


def _number_of(row: Mapping[str, Any], keys: Mapping[str, View]) -> str:
    for key, value in row.items():
        view = keys.get(key)
        if view is not None and view.name == KEY:
            return half_width(shown(value)).strip()
    return ""


def _records(
    raw: Sequence[Mapping[str, Any]], fields: Sequence[View], found: list[Fault]
) -> Iterator[tuple[str, Values]]:
    keys, seen = _names(fields), set[str]()
    for place, row in enumerate(raw, 1):
        number = _number_of(row, keys)
        if not number:
            found.append(fault("records.file.no_visit", KEY, place=place))
            continue
        if number in seen:
            found.append(fault("records.file.twice", KEY, place=place, where=number))
            continue
        seen.add(number)
        yield number, _values(row, keys, found, number)


def _values(
    row: Mapping[str, Any], keys: Mapping[str, View], found: list[Fault], where: str
) -> Values:
    values: Values = {}
    for key, cell in row.items():
        view = keys.get(half_width(str(key)).strip())
        if view is None:
            found.append(fault("records.file.strange", key, where=where, header=key))
        elif view.name != KEY and cell not in ("", None):
            try:
                values[view.name] = _value(view, cell, found, where)
            except (BadCell, ValueError):
                found.append(fault("records.file.value", view.name, where=where,
                                   label=view.label, value=str(cell)[:50]))  # fmt: skip
    return values


def _value(view: View, cell: Any, found: list[Fault], where: str) -> Any:
    if view.type == "rows":
        inner = _names(view.fields)
        rows = cell if isinstance(cell, list) else [cell]
        if not all(isinstance(row, Mapping) for row in rows):
            raise ValueError(view.name)
        return [_values(_without_number(row), inner, found, where) for row in rows]
    if isinstance(cell, list | Mapping):
        raise ValueError(view.name)
    if view.type in ("moment", "day"):
        at: datetime = moment(cell)
        return at.isoformat() if view.type == "moment" else at.date().isoformat()
    words = half_width(shown(cell)) if view.codes else str(shown(cell))
    if len(words) > LONGEST_TEXT:
        raise ValueError(view.name)
    return _code(view, words)


def _without_number(row: Mapping[str, Any]) -> dict[str, Any]:
    """The visit number of a joined row is no field of the list."""
    keys = {KEY, say("records.visit_no")}
    return {key: value for key, value in row.items() if half_width(str(key)).strip() not in keys}


def _code(view: View, words: str) -> str:
    """A code as itself, or given by its word."""
    if not view.codes or words in view.codes:
        return words
    return next((code for code, word in view.codes.items() if word == words), words)
