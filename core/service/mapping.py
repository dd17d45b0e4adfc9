"""目录对照: which item of the hospital goes to the centre under which code.

Reads are pictures of the moment (``table``); every change is a new record with its author. Fee
lines without a code of the centre take it from here before they are checked and uploaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from core.catalogue.entries import Entry, key_of
from core.catalogue.kinds import CENTRE, ITEM
from core.catalogue.mappings import MappingBook, Met, Record, Written, in_force
from core.catalogue.similar import Suggester, Suggestion, compared, scores
from core.clock import Clock
from core.domain import FeeLine, Operator
from core.errors import Fault, InvalidInput, Refused, fault
from core.events import Events, Progress
from core.service.catalogue import Catalogue, guard_change

State = Literal["unmapped", "suggested", "mapped", "disabled"]
STATES: tuple[State, ...] = ("unmapped", "suggested", "mapped", "disabled")
BATCH = 200
MOST_AT_ONCE = 50_000
LONGEST_CODE = 50
LONGEST_NOTE = 200
LEAST_BULK, SURE = 85, 90
LEAD = 3  # points before the second best that make a suggestion clear


@dataclass(frozen=True, slots=True)
class MappingRow:
    """An item of the hospital and where it stands.

    ``centre`` is the row of the code in the centre's list, ``lost`` that a mapped code is no longer
    in it; ``best`` the best suggestion (code, score), ``clear`` that no other comes near it;
    ``met`` the visit it blocks or blocked; ``listed`` that the hospital's own list has the item.
    """

    item: Entry
    state: State
    record: Record | None = None
    centre: Entry | None = None
    lost: bool = False
    best: tuple[str, int] | None = None
    clear: bool = False
    met: Met | None = None
    listed: bool = True

    @property
    def key(self) -> str:
        """What makes the item unique."""
        return key_of(self.item.code)

    @property
    def centre_code(self) -> str:
        """The code in force, or nothing."""
        mapped = self.record is not None and self.record.state == "mapped"
        return self.record.centre_code if mapped and self.record else ""

    @property
    def blocks(self) -> bool:
        """A fee line came with it and could not go."""
        return self.met is not None and self.state in ("unmapped", "suggested")


class Mappings:
    """The service behind the screen 目录对照; all methods may be called from any thread."""

    def __init__(
        self, catalogue: Catalogue, book: MappingBook, clock: Clock, events: Events
    ) -> None:
        self._catalogue = catalogue
        self._book = book
        self._clock = clock
        self._events = events
        self._cache: tuple[object, dict[str, list[Record]]] = (None, {})

    # looking

    def table(self) -> tuple[MappingRow, ...]:
        """Every item with its state today: those that block first, then by code."""
        index = self._catalogue.load(ITEM)
        centre = self._catalogue.load(CENTRE)
        records, today = self._records(), self._catalogue.today
        best, met = self._book.suggestions(), self._book.met()
        items = {key_of(entry.code): entry for entry in index.entries}
        unlisted = {key: one.entry for key, one in met.items() if key not in items}
        for key, history in records.items():
            if key not in items:
                unlisted.setdefault(key, Entry(history[-1].hosp_code, ""))
        rows = []
        for key, entry in (*items.items(), *unlisted.items()):
            record = in_force(records.get(key, ()), today)
            row = _row(entry, record, best.get(key, ()), met.get(key), key in items)
            rows.append(_with_centre(row, centre.entry(row.centre_code), bool(len(centre))))
        return tuple(sorted(rows, key=lambda row: (not row.blocks, row.item.code)))

    def history(self, hosp_code: str) -> tuple[Record, ...]:
        """All records of an item, newest first."""
        return tuple(reversed(self._records().get(key_of(hosp_code), ())))

    def suggestions(self, item: Entry) -> tuple[Suggestion, ...]:
        """The kept suggestions for an item, compared with it as both are today."""
        kept = self._book.suggestions().get(key_of(item.code), ())
        centre = self._catalogue.load(CENTRE)
        found = ((centre.entry(code), score) for code, score in kept)
        return tuple(_again(item, entry, score) for entry, score in found if entry is not None)

    # suggesting

    def suggest(
        self, items: Sequence[Entry] | None = None, stop: Callable[[], bool] = lambda: False
    ) -> int:
        """Work out suggestions for ``items`` (all that are not mapped where none are given).

        Announces ``Progress("suggest", "", done, total)`` after every batch, then asks ``stop``.
        Gives how many items have one. Raises ``Refused`` where the centre's list is not there.
        """
        centre = self._catalogue.load(CENTRE)
        if not len(centre):
            raise Refused(fault("codes.mapping.no_centre_list"))
        if items is None:
            items = [row.item for row in self.table() if row.state in ("unmapped", "suggested")]
        items = items[:MOST_AT_ONCE]
        suggester, found = Suggester(centre.entries), 0
        for start in range(0, len(items), BATCH):
            batch = items[start : start + BATCH]
            ranked = {key_of(one.code): scores(suggester.suggest(one)) for one in batch}
            self._book.keep_suggestions(ranked)
            found += sum(map(bool, ranked.values()))
            self._events.announce(Progress("suggest", "", start + len(batch), len(items)))
            if stop():
                break
        return found

    # changing

    def map(
        self, hosp_code: str, centre_code: str, valid_from: date, by: Operator | None,
        score: int | None = None, note: str = "",
    ) -> None:  # fmt: skip
        """From ``valid_from`` on the item goes under ``centre_code``.

        Raises ``Refused`` for a cashier, ``InvalidInput`` with every fault: a code that the
        centre's list (where there is one) does not have, an empty or too long one.
        """
        self._change(hosp_code, centre_code, "mapped", valid_from, by, score, note)

    def disable(self, hosp_code: str, valid_from: date, by: Operator | None, note: str) -> None:
        """From ``valid_from`` on lines with this item are not to be uploaded; needs a reason."""
        self._change(hosp_code, "", "disabled", valid_from, by, None, note)

    def unmap(self, hosp_code: str, valid_from: date, by: Operator | None, note: str) -> None:
        """From ``valid_from`` on the item has no code again; needs a reason."""
        self._change(hosp_code, "", "unmapped", valid_from, by, None, note)

    def _change(
        self, hosp_code: str, centre_code: str, state: Written, valid_from: date,
        by: Operator | None, score: int | None, note: str,
    ) -> None:  # fmt: skip
        guard_change(by)
        note = note.strip()[:LONGEST_NOTE]
        faults = list(self.faults_of(hosp_code, centre_code, state, note))
        if faults:
            raise InvalidInput(faults)
        author = by.name if by else ""
        now = self._clock.now()
        record = Record(
            hosp_code.strip(), centre_code.strip(), state, valid_from, author, now, score, note
        )
        self._book.write([record])

    def faults_of(
        self, hosp_code: str, centre_code: str, state: Written, note: str = "-"
    ) -> Iterable[Fault]:
        """What is wrong with a record before it is written."""
        if not hosp_code.strip():
            yield fault("codes.mapping.no_item", "hosp_code")
        if state != "mapped":
            if not note:
                yield fault("codes.mapping.no_note", "note")
            return
        code = centre_code.strip()
        if not code or len(code) > LONGEST_CODE:
            yield fault("codes.mapping.no_code", "centre_code", limit=LONGEST_CODE)
        elif len(index := self._catalogue.load(CENTRE)) and index.entry(code) is None:
            yield fault("codes.mapping.strange_code", "centre_code", code=code)

    def above(self, least: int, rows: Sequence[MappingRow] | None = None) -> list[MappingRow]:
        """Items that nobody has mapped and whose best suggestion is clear and reaches ``least``."""
        rows = self.table() if rows is None else rows
        return [
            row
            for row in rows
            if row.state == "suggested" and row.clear and row.best and row.best[1] >= least
        ]

    def accept(self, least: int, valid_from: date, by: Operator | None) -> int:
        """Map all items of ``above(least)`` to their best suggestion; gives how many.

        Raises ``Refused`` for a cashier, or below ``LEAST_BULK``.
        """
        guard_change(by)
        if least < LEAST_BULK:
            raise Refused(fault("codes.mapping.too_bold", least=LEAST_BULK))
        author, now = by.name if by else "", self._clock.now()
        records = [
            Record(row.item.code, row.best[0], "mapped", valid_from, author, now, row.best[1])
            for row in self.above(least)
            if row.best
        ]
        return self._book.write(records) if records else 0

    def write_all(self, records: Sequence[Record], by: Operator | None) -> int:
        """Write checked records of a file, all or none; gives how many."""
        guard_change(by)
        return self._book.write(records) if records else 0

    # fee lines

    def translate(self, lines: Sequence[FeeLine]) -> tuple[FeeLine, ...]:
        """The lines, with the centre's code where only the hospital's is known and mapped.

        A code that the hospital gave stays. The list type is that of the centre's list, where it
        says one.
        """
        if all(line.centre_code or not line.hosp_code for line in lines):
            return tuple(lines)
        records = self._records()
        types: dict[str, str] = {}
        return tuple(self._translated(line, records, types) for line in lines)

    def _translated(
        self, line: FeeLine, records: Mapping[str, list[Record]], types: dict[str, str]
    ) -> FeeLine:
        if line.centre_code or not line.hosp_code:
            return line
        record = in_force(records.get(key_of(line.hosp_code), ()), line.occurred_at.date())
        if record is None or record.state != "mapped":
            return line
        code = record.centre_code
        if code not in types:
            found = self._catalogue.lists.newest(CENTRE, code)
            types[code] = found.list_type if found else ""
        kind = types[code] or line.list_type
        return line.model_copy(update={"centre_code": code, "list_type": kind})

    def stopped(self, lines: Iterable[FeeLine]) -> dict[str, str]:
        """Items among ``lines`` that are disabled on their day: hospital's code to that day."""
        found: dict[str, str] = {}
        open_lines = [line for line in lines if line.hosp_code and not line.centre_code]
        records = self._records() if open_lines else {}
        for line in open_lines:
            record = in_force(records.get(key_of(line.hosp_code), ()), line.occurred_at.date())
            if record is not None and record.state == "disabled":
                found[line.hosp_code] = record.valid_from.isoformat()
        return found

    def meet(self, lines: Iterable[FeeLine]) -> None:
        """Put items that block an upload onto the screen's list."""
        blocked = [line for line in lines if line.hosp_code and not line.centre_code]
        if blocked:
            self._book.meet(blocked)

    def _records(self) -> dict[str, list[Record]]:
        """The history, read again only when the file has changed."""
        self._catalogue.ensure()
        store = self._catalogue.store
        stamp = store.stamp() if store.exists else None
        if stamp is None or self._cache[0] != stamp:
            self._cache = (stamp, self._book.records())
        return self._cache[1]


def _row(
    entry: Entry, record: Record | None, ranked: Sequence[tuple[str, int]], met: Met | None,
    listed: bool,
) -> MappingRow:  # fmt: skip
    best = ranked[0] if ranked else None
    clear = best is not None and (len(ranked) == 1 or best[1] - ranked[1][1] >= LEAD)
    state: State = "suggested" if best else "unmapped"
    if record is not None and record.state != "unmapped":
        state = record.state
    return MappingRow(entry, state, record, best=best, clear=clear, met=met, listed=listed)


def _with_centre(row: MappingRow, centre: Entry | None, known: bool) -> MappingRow:
    if not row.centre_code:
        return row
    return replace(row, centre=centre, lost=known and centre is None)


def _again(item: Entry, entry: Entry, score: int) -> Suggestion:
    """A kept suggestion with its comparison; the score is the one that was kept."""
    seen = compared(item, entry, score)
    return Suggestion(entry, score, seen.name, seen.spec, seen.unit, seen.list_type)
