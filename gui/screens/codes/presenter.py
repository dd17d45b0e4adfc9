"""对照: the hospital's items with their state, one looked at, and what may be done. Qt-free.

The table is read as a whole and filtered here, so that chips and letters answer at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.catalogue.initials import plain
from core.catalogue.mappings import Record
from core.catalogue.similar import Suggestion
from core.errors import Fault, fault
from core.his.importer import FaultyLine
from core.service.catalogue import may_change
from core.service.mapping import SURE, MappingRow
from core.words import say
from gui.messages import Message
from gui.screens.days import read_day
from gui.screens.work import Page, Presenter

CHIPS = ("all", "blocks", "unmapped", "suggested", "mapped", "disabled", "lost")
LEASTS = (85, 90, 95, 100)
FOUND = 200
SHOWN_FAULTY = 5
CHANGES = ("map_item", "disable_item", "unmap_item", "accept_items", "suggest_items", "read_sheet")


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of the chosen item."""

    history: tuple[Record, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


class Heard:
    """「做完这一批停下」 for work that asks: a flag that the page sets."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        return self.asked

    def ask(self) -> None:
        """Stop after the batch under way."""
        self.asked = True


class MappingPresenter(Presenter):
    """``rows`` are all items, ``shown`` those of chip and text; ``chosen`` the key looked at."""

    READS = "read_mappings"

    def __init__(self, desk: Any, page: Page, mode: Callable[[], str] = lambda: "pinyin") -> None:
        super().__init__(desk, page)
        self._mode = mode
        self.rows: tuple[MappingRow, ...] = ()
        self.shown: tuple[MappingRow, ...] = ()
        self.read = False
        self.chip, self.text, self.chosen = "all", "", ""
        self.looked = Looked()
        self.least = SURE
        self.valid_from = f"{desk.clock.now():%Y-%m-%d}"
        self._texts: dict[str, str] = {}

    # reading

    def load(self) -> None:
        """Read all items again; what is looked at stays looked at."""
        self.reread(self._all, self._loaded)

    def _all(self) -> tuple[MappingRow, ...]:
        rows: tuple[MappingRow, ...] = self.desk.mappings.table()
        return rows

    def _loaded(self, rows: tuple[MappingRow, ...]) -> None:
        self.rows, self.read = rows, True
        self._texts = {row.key: _searched(row) for row in rows}
        self._filter()
        self.look()

    def show(self, chip: str) -> None:
        """Only the rows of a chip."""
        self.chip = chip
        self._filter()
        self.page.refresh()

    def find(self, text: str) -> None:
        """Only the rows that what was typed fits: code, name, initials."""
        self.text = text.strip()
        self._filter()
        self.page.refresh()

    def _filter(self) -> None:
        rows = [row for row in self.rows if _in_chip(row, self.chip)]
        if self.text:
            wanted = plain(self.text)
            hits = self.desk.catalogue.find("item", self.text, self._mode(), FOUND)
            keys = {plain(hit.entry.code) for hit in hits}
            rows = [row for row in rows if row.key in keys or wanted in self._texts[row.key]]
        self.shown = tuple(rows)
        if self.chosen not in {row.key for row in rows}:
            self.chosen, self.looked = (rows[0].key if rows else ""), Looked()
            self.look()

    def counts(self) -> dict[str, int]:
        """How many rows each chip has."""
        found: Counter[str] = Counter()
        for row in self.rows:
            found.update(chip for chip in CHIPS if _in_chip(row, chip))
        return {chip: found[chip] for chip in CHIPS}

    # one item

    @property
    def row(self) -> MappingRow | None:
        """The item looked at."""
        return next((row for row in self.shown if row.key == self.chosen), None)

    def choose(self, key: str) -> None:
        """Look at one item."""
        if key and key != self.chosen:
            self.chosen, self.looked = key, Looked()
            self.look()
            self.page.refresh()

    def look(self) -> None:
        """Read history and suggestions of the chosen item behind the scenes."""
        row = self.row
        if row is not None:
            self.aside("look_at_item", lambda: self._look(row), self._seen)

    def _look(self, row: MappingRow) -> tuple[str, Looked]:
        mappings = self.desk.mappings
        return row.key, Looked(mappings.history(row.item.code), mappings.suggestions(row.item))

    def _seen(self, found: tuple[str, Looked]) -> None:
        key, looked = found
        if key == self.chosen:
            self.looked = looked
            self.page.refresh()
        else:
            self.look()

    # what may be done

    def why_not(self, action: str) -> Fault | None:
        """Why an action cannot be taken now."""
        if action in CHANGES and not may_change(self.desk.session.operator):
            return fault("codes.role")
        if action in ("map_item", "disable_item", "unmap_item") and self.row is None:
            return fault("codes.mapping.no_item")
        if action == "unmap_item" and self.row and self.row.record is None:
            return fault("codes.screen.why.not_mapped")
        if action == "disable_item" and self.row and self.row.state == "disabled":
            return fault("codes.screen.why.disabled")
        if action == "accept_items" and not self.clear():
            return fault("codes.screen.why.no_suggestions", least=self.least)
        if action == "export_items" and not self.shown:
            return fault("codes.screen.why.no_rows")
        return None

    def blocked(self, action: str) -> bool:
        """Say why ``action`` cannot be taken; False when it can."""
        reason = self.why_not(action)
        if reason is not None:
            self.page.tell(Message("warning", reason.text, key="why"))
        return reason is not None

    def clear(self) -> list[MappingRow]:
        """The items that a bulk acceptance would map now."""
        found: list[MappingRow] = self.desk.mappings.above(self.least, self.rows)
        return found

    def day(self) -> date | None:
        """The day from which a change counts, or nothing where it cannot be read."""
        return read_day(self.valid_from)

    def _day(self) -> date | None:
        day = self.day()
        if day is None:
            self.tell("warning", "codes.screen.bad_day", day=self.valid_from)
        return day

    def map(self, centre_code: str) -> None:
        """The item looked at goes under ``centre_code``."""
        row, day = self.row, self._day()
        if self.blocked("map_item") or row is None or day is None:
            return
        score = next((one.score for one in self.looked.suggestions
                      if one.entry.code == centre_code), None)  # fmt: skip
        code, who = row.item.code, self.desk.session.operator
        call = self.desk.mappings.map
        holes = {"name": row.item.name or code, "code": centre_code}
        self._change(lambda: call(code, centre_code, day, who, score), "mapped", **holes)

    def disable(self, reason: str) -> None:
        """Lines with this item are not to be uploaded any more."""
        self._end("disable", "disabled", reason)

    def unmap(self, reason: str) -> None:
        """The item has no code again."""
        self._end("unmap", "unmapped", reason)

    def _end(self, verb: str, said: str, reason: str) -> None:
        row, day, who = self.row, self._day(), self.desk.session.operator
        if row is None or day is None:
            return
        code, call = row.item.code, getattr(self.desk.mappings, verb)
        self._change(lambda: call(code, day, who, reason), said, name=row.item.name or code)

    def _change(self, call: Callable[[], Any], said: str, **holes: object) -> None:
        self.start("change_mapping", call, lambda _: self._changed(said, **holes), lane="io")

    def _changed(self, said: str, **holes: object) -> None:
        self.tell("done", f"codes.screen.done.{said}", **holes)
        self._go_on()
        self.load()

    def _go_on(self) -> None:
        """The next item that waits stands under the cursor when this one is done."""
        keys = [row.key for row in self.shown]
        if self.chosen in keys and self.chip in ("blocks", "unmapped", "suggested"):
            place = keys.index(self.chosen)
            rest = keys[place + 1 :] or keys[:place]
            self.chosen = rest[0] if rest else self.chosen

    # many items

    def suggest(self) -> None:
        """Work out suggestions for everything that is not mapped."""
        if self.blocked("suggest_items"):
            return
        stop, call = Heard(), self.desk.mappings.suggest
        self.start("suggest", lambda: call(stop=stop), self._suggested, lane="io",
                   stop=stop.ask, job="suggest")  # fmt: skip

    def _suggested(self, found: int) -> None:
        self.tell("done", "codes.screen.done.suggested", count=found)
        self.load()

    def accept(self) -> None:
        """Map everything whose suggestion is clear and good enough."""
        day, who = self._day(), self.desk.session.operator
        if day is None or self.blocked("accept_items"):
            return
        call, least = self.desk.mappings.accept, self.least
        self.start("change_mapping", lambda: call(least, day, who), self._accepted, lane="io")

    def _accepted(self, count: int) -> None:
        self.tell("done", "codes.screen.done.accepted", count=count)
        self.load()

    # sheets

    def export(self, path: str) -> None:
        """The rows shown as a workbook."""
        rows, call = self.shown, self.desk.mapping_sheets.write
        if path:
            self.start("export_mappings", lambda: call(Path(path), rows), self._exported, lane="io")

    def _exported(self, path: Path) -> None:
        self.tell("done", "codes.screen.done.exported", path=path)

    def read_sheet(self, path: str, ask: Callable[[Any], None]) -> None:
        """Read a sheet that was corrected; ``ask`` gets what it would change."""
        day, who, call = self._day(), self.desk.session.operator, self.desk.mapping_sheets.read
        if path and day is not None:
            self.start("read_file", lambda: call(Path(path), day, who), ask, lane="io")

    def tell_faulty(self, faulty: tuple[FaultyLine, ...]) -> None:
        """What is wrong in the sheet: the first rows with their reasons, and how many there are."""
        lines = [
            say("codes.screen.faulty_row", row=one.row_number,
                says="；".join(item.text for item in one.faults))
            for one in faulty[:SHOWN_FAULTY]
        ]  # fmt: skip
        head = say("codes.screen.sheet_faulty", count=len(faulty))
        self.page.tell(Message("danger", "\n".join([head, *lines]), key="sheet"))

    def take_sheet(self, read: Any) -> None:
        """Write what the sheet wishes."""
        call, who = self.desk.mapping_sheets.take, self.desk.session.operator
        self.start("change_mapping", lambda: call(read, who), self._accepted, lane="io")

    # faces

    def empty(self) -> tuple[str, str]:
        """Nothing to show, and what to press next."""
        if not self.read:
            return "", ""
        name = "items" if not self.rows else "found" if self.text else "chip"
        return say(f"codes.screen.empty.{name}"), say(f"codes.screen.empty.{name}_hint")

    def sums(self) -> str:
        """How many rows are shown."""
        return say("codes.screen.count", shown=len(self.shown), all=len(self.rows))


def _in_chip(row: MappingRow, chip: str) -> bool:
    if chip in ("blocks", "lost"):
        return bool(getattr(row, chip))
    return chip in ("all", row.state)


def _searched(row: MappingRow) -> str:
    centre = row.centre.name if row.centre else ""
    return plain(f"{row.item.code} {row.item.name} {row.centre_code} {centre}")
