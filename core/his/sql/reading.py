"""Rows of an answer to visits, stays, fee lines and records; what is wrong is said with its row.

Columns are found by their names (``fee_headers.toml``, ``visit_headers.toml``) or as the settings
map them. A database gives typed cells, so that only what is text is read as people write it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.clock import CHINA
from core.domain import FeeLine, Registration
from core.domain.stay import HospitalStay
from core.errors import Fault, InvalidInput, fault
from core.his import lines as assembly
from core.his import visitrows
from core.his.cells import is_empty, shown
from core.his.columns import Table, quoted, read_columns
from core.his.headers import checked, guess
from core.his.port import RejectedRow
from core.his.sql.gate import Answer
from core.his.tables import Column, lacking, tables
from core.his.visitrows import Words

MOST_FAULTS = 20  # sentences of one answer
LONGEST_TEXT = 20_000  # characters of a cell of a record


@dataclass(frozen=True, slots=True)
class Reading:
    """How an answer is read: ``columns`` {field: column} for each query, ``words`` by field."""

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: Words = field(default_factory=dict)

    def mapping(
        self, query: str, names: Sequence[str], known: Mapping[str, Column]
    ) -> Mapping[str, str]:
        """{field: column}: what the settings say, the rest by the columns' names."""
        said = {
            name: _as_named(column, names) for name, column in self.columns.get(query, {}).items()
        }
        chosen = checked(names, said, known)
        taken = set(chosen.values())
        free = [name for name in names if name not in taken]
        others = {name: column for name, column in known.items() if name not in chosen}
        return guess(free, others) | chosen


def _as_named(column: str, names: Sequence[str]) -> str:
    """Databases change the case of names: the column as the answer has it."""
    if column in names:
        return column
    return next((name for name in names if name.lower() == column.lower()), column)


# -- fee lines


@dataclass(frozen=True, slots=True)
class Lines:
    """The fee lines of an answer; ``rejected`` rows are none."""

    lines: tuple[FeeLine, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    mapping: tuple[tuple[str, str], ...] = ()


def fee_lines(answer: Answer, reading: Reading, visit_no: str) -> Lines:
    """The lines of a visit; raises ``InvalidInput`` where a needed column is missing."""
    mapping = reading.mapping("fee_lines", answer.names, tables().columns)
    _refuse_missing("fee_lines", answer, mapping, tables().columns)
    if not answer.rows:
        return Lines(mapping=tuple(mapping.items()))
    table = read_columns(_cells(answer, mapping, reading.words), len(answer.rows))
    assembly.complete(table, visit_no, judged_later=True)
    assembly.blame_duplicates(table, range(1, table.height + 1))
    _blame_others(table, visit_no)
    good = [index for index in range(table.height) if index not in table.faults]
    return Lines(
        assembly.fee_lines(table, good), tuple(_rejected(answer, table)), tuple(mapping.items())
    )


def _cells(answer: Answer, mapping: Mapping[str, str], words: Words) -> dict[str, Sequence[Any]]:
    """The mapped columns by field, the hospital's words replaced by ours."""
    columns = list(zip(*answer.rows, strict=True))
    found: dict[str, Sequence[Any]] = {
        name: columns[answer.names.index(column)] for name, column in mapping.items()
    }
    for name, known in words.items():
        if name in found:
            found[name] = [known.get(shown(cell), cell) for cell in found[name]]
    return found


def _blame_others(table: Table, visit_no: str) -> None:
    """A query that gives lines of somebody else is a wrong query."""
    found = table.columns["visit_no"]
    if found.count(visit_no) == len(found):
        return
    for index, given in enumerate(found):
        if given != visit_no:
            table.blame(index, "sql.row.other_visit", "visit_no", given=given, visit=visit_no)


def _rejected(answer: Answer, table: Table) -> Iterator[RejectedRow]:
    for index in sorted(table.faults):
        yield RejectedRow(index + 1, quoted(answer.rows[index]), tuple(table.faults[index]))


def all_of(found: Lines) -> tuple[FeeLine, ...]:
    """The lines when every row became one; raises ``InvalidInput`` naming the rows that did not."""
    if found.rejected:
        said = [
            fault("sql.row.wrong", each.field, row=row.number, why=each.text)
            for row in found.rejected
            for each in row.faults
        ]
        raise InvalidInput(said[:MOST_FAULTS])
    return found.lines


# -- visits and stays


def registrations(answer: Answer, reading: Reading, query: str) -> tuple[Registration, ...]:
    """The visits of an answer; raises ``InvalidInput`` with what is wrong, or missing."""
    return tuple(visitrows.registration(values) for values in _visits(answer, reading, query))


def stays(answer: Answer, reading: Reading, query: str) -> tuple[HospitalStay, ...]:
    """The stays of an answer; as ``registrations``."""
    return tuple(visitrows.stay(values) for values in _visits(answer, reading, query))


def _visits(answer: Answer, reading: Reading, query: str) -> Iterator[dict[str, Any]]:
    """Values by field of every row, empty cells left out."""
    known = visitrows.visit_columns()
    mapping = reading.mapping(query, answer.names, known)
    _refuse_missing(query, answer, mapping, known)
    places = {name: answer.names.index(column) for name, column in mapping.items()}
    faults: list[Fault] = []
    for number, row in enumerate(answer.rows, 1):
        values, wrong = visitrows.values_of(visitrows.cells_of(row, places), reading.words)
        faults += [fault("sql.row.wrong", each.field, row=number, why=each.text) for each in wrong]
        if not faults:
            yield values
        elif len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise InvalidInput(faults[:MOST_FAULTS])


def _refuse_missing(
    query: str, answer: Answer, mapping: Mapping[str, str], known: Mapping[str, Column]
) -> None:
    if missing := lacking(known.values(), mapping):
        have = "、".join(answer.names)[:200]
        raise InvalidInput([
            fault("sql.column.missing", column.field, query=query, label=column.label, have=have)
            for column in missing
        ])  # fmt: skip


# -- medical records


def record(answer: Answer) -> dict[str, Any] | None:
    """The first row by the columns' names in lower case, which are the record's field names."""
    if not answer.rows:
        return None
    cells = zip(answer.names, answer.rows[0], strict=True)
    return {name.lower(): _text(cell) for name, cell in cells if not is_empty(cell)}


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=cell.tzinfo or CHINA).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    words = str(cell.normalize()) if isinstance(cell, Decimal) else shown(cell)
    return words[:LONGEST_TEXT]
