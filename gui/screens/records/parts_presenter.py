"""病历上传 where records go in parts: the worklist, the parts in order, one part with its gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.centrefacts import PartState, RecordPart, RecordParts
from core.errors import Fault, fault
from core.outcome import Accepted
from core.words import say
from gui.messages import Message, of_outcome
from gui.screens.records.parts_faces import (
    FieldRow,
    PartRow,
    StayRow,
    field_rows,
    part_row,
    stay_row,
)
from gui.screens.work import Page, Presenter

ALL = "all"
GROUPS = (ALL, "missing", "incomplete", "ready", "done")
SENDABLE = (PartState.READY, PartState.CHANGED, PartState.UNKNOWN)
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Read:
    """The worklist and the chosen record with the values of its parts, read together."""

    items: tuple[RecordParts, ...]
    record: RecordParts | None
    values: dict[str, dict[str, Any]]


class PartsPresenter(Presenter):
    """``rows`` under ``filter``; ``record`` the chosen stay's, ``step`` the part looked at."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.items: tuple[RecordParts, ...] = ()
        self.rows: tuple[StayRow, ...] = ()
        self.record: RecordParts | None = None
        self.values: dict[str, dict[str, Any]] = {}
        self.filter, self.text, self.chosen, self.step = ALL, "", "", ""
        self.wanted, self.loaded, self.due = "filled", False, 0
        self._stop = False

    # the list

    def find(self, text: str | None = None) -> None:
        """Read the worklist again."""
        if text is not None:
            self.text = text.strip()
        self.reread(self._read, self._listed)

    def _read(self) -> Read:
        service = self.desk.record_parts
        items = service.worklist(self.text)
        numbers = [item.visit_no for item in items]
        chosen = self.chosen if self.chosen in numbers else (numbers[0] if numbers else "")
        found = next((item for item in items if item.visit_no == chosen), None)
        values = {step: service.values(chosen, step) for step in service.steps} if found else {}
        return Read(items, found, values)

    def _listed(self, read: Read) -> None:
        self.items, self.loaded = read.items, True
        self._show(read.record, read.values)
        self.rows = self._under()

    def _under(self) -> tuple[StayRow, ...]:
        rows = (stay_row(item) for item in self.items)
        return tuple(row for row in rows if self.filter in (ALL, row.group))

    def _show(self, record: RecordParts | None, values: dict[str, dict[str, Any]]) -> None:
        other = record is None or record.visit_no != self.chosen
        self.record, self.values = record, values
        self.chosen = record.visit_no if record else ""
        if record is not None and (other or not self.step):
            self.step = record.next or record.parts[0].step

    def only(self, name: str) -> None:
        """Another chip."""
        self.filter = name
        self.rows = self._under()
        self.page.refresh()

    def counts(self) -> dict[str, int]:
        """How many stays stand behind each chip."""
        found = Counter(stay_row(item).group for item in self.items)
        return {ALL: len(self.items)} | {name: found.get(name, 0) for name in GROUPS[1:]}

    def empty(self) -> tuple[str, str]:
        """What an empty list says."""
        name = "nothing_found" if self.filter != ALL or self.text else "nothing"
        place = "records_page" if name == "nothing_found" else "record_parts_page"
        return say(f"{place}.{name}"), say(f"{place}.{name}_hint")

    def choose(self, visit_no: str) -> None:
        """Look at one stay's record."""
        if visit_no and visit_no != self.chosen:
            self.chosen, self.record, self.step = visit_no, None, ""
            self.find()

    # one record

    def head(self) -> str:
        """Whose record it is."""
        record = self.record
        return f"{record.name}　{record.visit_no}" if record else ""

    def parts(self) -> tuple[PartRow, ...]:
        """The parts in the order they are sent."""
        return tuple(part_row(part) for part in self.record.parts) if self.record else ()

    def look(self, step: str) -> None:
        """Another part of the record."""
        if step and step != self.step:
            self.step = step
            self.page.refresh()

    @property
    def part(self) -> RecordPart | None:
        """The part looked at."""
        parts = self.record.parts if self.record else ()
        return next((part for part in parts if part.step == self.step), None)

    def fields(self) -> tuple[FieldRow, ...]:
        """The fields of the part looked at."""
        part = self.part
        if part is None:
            return ()
        views = self.desk.record_parts.fields(part.step)
        return field_rows(part, self.values.get(part.step, {}), views, self.wanted)

    def show(self, wanted: str) -> None:
        """Fields with a value, with a gap, or all."""
        self.wanted = wanted
        self.page.refresh()

    def source(self) -> str:
        """Where the part came from, and how whole it is."""
        part = self.part
        if part is None or not part.version:
            return say("record_parts_page.no_content")
        place = part.source or say("records_page.from_hospital")
        return say(
            "record_parts_page.source", source=place, filled=part.filled, fields=part.fields,
            gaps=len(part.gaps),
        )  # fmt: skip

    # what may be pressed

    def why_not(self, action: str) -> Fault | None:
        """Why an action of the table cannot be taken now."""
        if action in ("import_records", "find_record", "disease_data"):
            return None
        if self.record is None:
            return fault("records_page.why.choose")
        if action == "upload_records":
            return None if self.record.next else fault("record_parts_page.why.none_ready")
        part = self.part
        if action == "upload_record" and part is not None and part.state not in SENDABLE:
            return fault(f"record_parts.why.{part.state}", title=part.title)
        return None

    # collecting

    def fetch(self) -> None:
        """F5: the stay's record from the hospital's system."""
        number, call = self.chosen, self.desk.record_parts.fetch
        if number:
            self.start("fetch_record", lambda: call(number), self._fetched, lane="io")

    def _fetched(self, record: RecordParts) -> None:
        gaps = "、".join(gap.label for part in record.parts for gap in part.gaps)
        if gaps:
            self.tell("warning", "records_page.fetched_gaps", name=record.name, gaps=gaps[:120])
        else:
            self.tell("done", "records_page.fetched", name=record.name)
        self.step = ""
        self.find()

    def take_file(self, path: str) -> None:
        """Ctrl+O: the records of a file; what cannot be read is named, the rest is kept."""
        if path.strip():
            self.start("import_records", lambda: self._file(Path(path.strip())), self._taken,
                       lane="io")  # fmt: skip

    def _file(self, path: Path) -> tuple[Any, Sequence[str]]:
        file = self.desk.record_parts.read_file(path.expanduser())
        return file, self.desk.record_parts.take(file)

    def _taken(self, result: tuple[Any, Sequence[str]]) -> None:
        file, changed = result
        self.tell("done", "records_page.taken", count=len(file.records), changed=len(changed))
        if file.faults:
            lines = [item.text for item in file.faults[:MOST_NAMED]]
            more = len(file.faults) - len(lines)
            lines += [say("records_page.more_faults", count=more)] if more else []
            self.page.tell(Message("warning", "\n".join(lines), key="records.faults"))
        if changed:
            self.chosen, self.step = changed[0], ""
        self.find()

    # sending

    def upload(self) -> None:
        """F2: the part looked at to the centre."""
        number, step = self.chosen, self.step
        if number and self.why_not("upload_record") is None:
            call = self.desk.record_parts.upload
            self.start("upload_record", lambda: call(number, step), self._uploaded, visit=number)

    def _uploaded(self, result: Any) -> None:
        message = of_outcome(result.outcome, result.msgid)
        if message is not None:
            self.page.tell(message)
        elif self.part is not None:
            self.tell("done", "record_parts_page.uploaded", title=self.part.title)
            self.step = ""
        self.find()

    def upload_all(self) -> None:
        """Ctrl+U: every part that can be sent, in order."""
        number, call = self.chosen, self.desk.record_parts.upload_all
        self._stop = False
        if number and self.why_not("upload_records") is None:
            self.start("records", lambda: call(number, lambda: self._stop), self._all_sent,
                       visit=number, stop=self._ask_stop)  # fmt: skip

    def _ask_stop(self) -> None:
        self._stop = True

    def _all_sent(self, sent: Sequence[Any]) -> None:
        good = sum(isinstance(item.outcome, Accepted) for item in sent)
        self.tell("done", "record_parts_page.all_sent", count=good)
        for item in sent:
            message = of_outcome(item.outcome, item.msgid)
            if message is not None:
                self.page.tell(message)
        self.step = ""
        self.find()
