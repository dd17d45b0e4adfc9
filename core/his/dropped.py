"""One file that a hospital has dropped: fee lines or visits, known by its header row.

A visit of which one line is faulty is left out whole, for half a bill is a wrong bill; so is a
file whose own sum differs, or with a faulty line of which nobody can say whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain import FeeLine
from core.domain.stay import HospitalStay
from core.errors import Fault, InvalidInput, fault
from core.his import visitrows
from core.his.cells import is_empty
from core.his.columns import quoted
from core.his.headers import Header, HeaderFinder, MappingBook
from core.his.importer import FaultyLine, FeeImporter, ImportPreview, RawTable, raw_table
from core.his.port import RejectedRow

MONEY = frozenset({"price", "quantity"})  # a table with both is one of fee lines


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a file holds; ``rejected`` rows became nothing. ``kind``: lines · visits."""

    kind: str
    headers: tuple[str, ...]
    mapping: Mapping[str, str]
    stays: tuple[HospitalStay, ...] = ()
    lines: tuple[FeeLine, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    remarks: tuple[Fault, ...] = ()


class DroppedReader:
    """Reads files with the mappings saved in ``home``; at most ``most_rows`` rows."""

    def __init__(self, home: Path, most_rows: int) -> None:
        self._fees = FeeImporter(home, most_rows)
        book = MappingBook(home / "mappings", visitrows.visit_columns())
        self._visit_finder = HeaderFinder(book, 2)
        self._most_rows = most_rows

    def read(self, data: bytes, name: str) -> Dropped:
        """What the contents of a file called ``name`` hold; raises ``InvalidInput``."""
        raw = raw_table(data, self._score, self._most_rows)
        fees = self._fees.finder
        if fees.mapping(fees.find(raw.rows)).keys() >= MONEY:
            return _whole_visits(self._fees.preview_rows(raw, name))
        return self._visits(raw)

    def _score(self, rows: Sequence[Sequence[Any]]) -> int:
        return max(self._fees.finder.score(rows), self._visit_finder.score(rows))

    def _visits(self, raw: RawTable) -> Dropped:
        header = self._visit_finder.find(raw.rows)
        mapping = self._visit_finder.mapping(header)
        if lacking := visitrows.missing(mapping):
            raise InvalidInput([
                fault("import.mapping.missing", column.field, label=column.label)
                for column in lacking
            ])  # fmt: skip
        stays, rejected = _stays(raw.rows, header, mapping)
        return Dropped("visits", header.names, mapping, stays, rejected=rejected)


def _stays(
    rows: Sequence[Sequence[Any]], header: Header, mapping: Mapping[str, str]
) -> tuple[tuple[HospitalStay, ...], tuple[RejectedRow, ...]]:
    places = {field: header.names.index(name) for field, name in mapping.items()}
    found: dict[str, HospitalStay] = {}
    rejected: list[RejectedRow] = []
    for number, row in enumerate(rows[header.index + 1 :], header.index + 2):
        if all(map(is_empty, row)):
            continue
        values, faults = visitrows.values_of(visitrows.cells_of(row, places))
        if faults:
            rejected.append(RejectedRow(number, quoted(row), faults))
            continue
        stay = visitrows.stay(values)
        found[stay.registration.visit_no] = stay
    return tuple(found.values()), tuple(rejected)


def _whole_visits(found: ImportPreview) -> Dropped:
    if found.missing:
        raise InvalidInput(found.remarks)
    if found.stated_total not in (None, found.total) and not found.faulty:
        raise InvalidInput([one for one in found.remarks if one.key == "import.remark.sum"])
    faulty = {_visit_of(found, one) for one in found.faulty}
    if "" in faulty or not found.lines:
        raise _all_rejected(found)
    rejected = [RejectedRow(one.row_number, one.raw, one.faults) for one in found.faulty]
    return Dropped(
        "lines", found.headers, found.mapping,
        lines=tuple(line for line in found.lines if line.visit_no not in faulty),
        rejected=(*rejected, *_with_them(found, faulty)), remarks=found.remarks,
    )  # fmt: skip


def _visit_of(found: ImportPreview, one: FaultyLine) -> str:
    """Whose line it is, as far as the row itself says it."""
    place = found.headers.index(found.mapping["visit_no"])
    return one.raw[place].strip() if place < len(one.raw) else ""


def _with_them(found: ImportPreview, faulty: set[str]) -> tuple[RejectedRow, ...]:
    """Good lines that are left out because another one of their visit is faulty."""
    return tuple(
        RejectedRow(
            0, (line.visit_no, line.line_id, line.name),
            (fault("folder.with_another", visit=line.visit_no),),
        )
        for line in found.lines if line.visit_no in faulty
    )  # fmt: skip


class FaultyFile(InvalidInput):
    """Nothing of the file is taken; ``rejected`` says which rows are to blame."""

    def __init__(self, faults: Sequence[Fault], rejected: tuple[RejectedRow, ...]) -> None:
        super().__init__(faults)
        self.rejected = rejected


def _all_rejected(found: ImportPreview) -> FaultyFile:
    rejected = tuple(RejectedRow(one.row_number, one.raw, one.faults) for one in found.faulty)
    key = "folder.nothing_usable" if rejected else "import.remark.no_lines"
    return FaultyFile([fault(key, count=len(rejected))], rejected)
