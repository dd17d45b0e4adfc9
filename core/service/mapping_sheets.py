"""目录对照 out to a workbook and back: what was corrected in a spreadsheet becomes new records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.catalogue.entries import key_of
from core.catalogue.kinds import CENTRE
from core.catalogue.mappings import Record
from core.catalogue.sheets import SheetPreview, Wish, read_sheet
from core.clock import Clock
from core.domain import Operator
from core.errors import Fault, Refused, fault
from core.service.catalogue import Catalogue, guard_change
from core.service.mapping import MappingRow, Mappings
from core.service.sheets import Sheet, SheetColumn, write_book
from core.words import say

COLUMNS = (
    "hosp_code", "name", "spec", "unit", "price", "state", "centre_code", "centre_name",
    "centre_spec", "valid_from", "author", "best_code", "best_name", "score", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A sheet with what it would change; ``records`` may be written when nothing is faulty."""

    preview: SheetPreview
    records: tuple[Record, ...]


class MappingSheets:
    """Writes and reads the sheets of ``mappings``."""

    def __init__(self, mappings: Mappings, catalogue: Catalogue, clock: Clock) -> None:
        self._mappings = mappings
        self._catalogue = catalogue
        self._clock = clock

    def write(self, path: Path, rows: Iterable[MappingRow]) -> Path:
        """The rows as an XLSX; raises ``SetupError`` where it cannot be written."""
        columns = [SheetColumn(say(f"codes.sheet.column.{name}")) for name in COLUMNS]
        cells = (self._cells(row) for row in rows)
        return write_book(path, [Sheet(say("codes.sheet.title"), columns, cells)])

    def _cells(self, row: MappingRow) -> tuple[str, ...]:
        item, record = row.item, row.record
        code, score = row.best or ("", 0)
        best = self._catalogue.name_of(CENTRE, code) if code else ""
        return (
            item.code, item.name, item.spec, item.unit, item.price,
            say(f"codes.state.{row.state}"), row.centre_code,
            row.centre.name if row.centre else "", row.centre.spec if row.centre else "",
            record.valid_from.isoformat() if record else "", record.author if record else "",
            code, best, str(score) if code else "", record.note if record else "",
        )  # fmt: skip

    def read(self, path: Path, today: date, by: Operator | None) -> SheetRead:
        """What the sheet at ``path`` would change; writes nothing.

        Raises ``Refused`` for a cashier, ``InvalidInput`` when the file is no such sheet.
        """
        guard_change(by)
        preview = read_sheet(path, self._faults)
        rows = {row.key: row for row in self._mappings.table()}
        author = by.name if by else ""
        records = tuple(self._records(preview, rows, today, author))
        return SheetRead(preview, records)

    def take(self, read: SheetRead, by: Operator | None) -> int:
        """Write what was read; gives how many records. Raises ``Refused`` while rows are faulty."""
        if read.preview.faulty:
            raise Refused(fault("codes.wrong_rows", count=len(read.preview.faulty)))
        return self._mappings.write_all(read.records, by)

    def _faults(self, wish: Wish) -> Iterator[Fault]:
        yield from self._mappings.faults_of(wish.hosp_code, wish.centre_code, wish.state)

    def _records(
        self, preview: SheetPreview, rows: dict[str, MappingRow], today: date, author: str
    ) -> Iterator[Record]:
        now, source = self._clock.now(), say("codes.sheet.from_file", source=preview.source)
        for wish in preview.wishes:
            if _differs(wish, rows.get(key_of(wish.hosp_code))):
                yield Record(
                    wish.hosp_code, wish.centre_code, wish.state, wish.valid_from or today, author,
                    now, None, wish.note or source,
                )  # fmt: skip


def _differs(wish: Wish, row: MappingRow | None) -> bool:
    """Whether the wish is another state or code than what is in force."""
    if row is None or row.record is None:
        return wish.state != "unmapped"
    return (wish.state, key_of(wish.centre_code)) != (
        row.record.state, key_of(row.record.centre_code),
    )  # fmt: skip
