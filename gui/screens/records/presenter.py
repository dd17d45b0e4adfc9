"""病历上传: the worklist with its deadlines, one record with its gaps, uploading, withdrawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.record import RecordRow, RecordSheet, RecordState
from core.errors import Fault, fault
from core.outcome import Accepted
from core.words import say
from gui.messages import Message, of_outcome
from gui.screens.records.faces import ListRow, ValueRow, due_of, list_row, value_rows
from gui.screens.work import Page, Presenter

ALL = "all"
FILTERS = (ALL, "missing", "incomplete", "ready", "changed", "unknown", "uploaded", "withdrawn")
SENDABLE = frozenset({RecordState.READY, RecordState.CHANGED, RecordState.UNKNOWN})
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Listed:
    """The worklist and the chosen record, read together."""

    items: tuple[RecordRow, ...]
    sheet: RecordSheet | None


class RecordsPresenter(Presenter):
    """``rows`` of the list under ``filter``; ``sheet`` the chosen record."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.items: tuple[RecordRow, ...] = ()
        self.rows: tuple[ListRow, ...] = ()
        self.sheet: RecordSheet | None = None
        self.filter, self.text, self.chosen = ALL, "", ""
        self.loaded = False
        self._stop = False

    # the list

    def find(self, text: str | None = None) -> None:
        """Read the worklist again."""
        if text is not None:
            self.text = text.strip()
        self.reread(self._found, self._listed)

    def only(self, name: str) -> None:
        """Another chip."""
        self.filter = name
        self._show()
        self.page.refresh()

    def _found(self) -> Listed:
        items = self.desk.records.worklist(self.text)
        chosen = self.chosen if self.chosen in {row.visit_no for row in items} else ""
        return Listed(items, self.desk.records.sheet(chosen) if chosen else None)

    def _listed(self, found: Listed) -> None:
        self.items, self.loaded = found.items, True
        self.sheet = found.sheet if found.sheet else self.sheet
        self._show()

    def _show(self) -> None:
        self.rows = tuple(
            list_row(row) for row in self.items if self.filter in (ALL, str(row.state))
        )
        numbers = [row.visit_no for row in self.rows]
        if self.chosen not in numbers:
            self.chosen, self.sheet = (numbers[0] if numbers else ""), None
            if self.chosen:
                self.look()

    def counts(self) -> dict[str, int]:
        """How many records stand behind each chip."""
        found = Counter(str(row.state) for row in self.items)
        return {ALL: len(self.items)} | {name: found.get(name, 0) for name in FILTERS[1:]}

    def pressing(self) -> str:
        """How many are overdue or end within a day, or nothing."""
        near = [row for row in self.items if due_of(row)[1]]
        return say("records_page.pressing", count=len(near)) if near else ""

    def empty(self) -> tuple[str, str]:
        """What an empty list says."""
        if self.filter != ALL or self.text:
            return say("records_page.nothing_found"), say("records_page.nothing_found_hint")
        return say("records_page.nothing"), say("records_page.nothing_hint")

    # one record

    def choose(self, visit_no: str) -> None:
        """Look at one record."""
        if visit_no and visit_no != self.chosen:
            self.chosen = visit_no
            self.look()

    def look(self) -> None:
        """Read the chosen record."""
        number = self.chosen
        self.aside("look_record", lambda: self.desk.records.sheet(number), self._looked)

    def _looked(self, sheet: RecordSheet) -> None:
        if sheet.row.visit_no == self.chosen:
            self.sheet = sheet
            self.page.refresh()

    def head(self) -> str:
        """Whose record it is."""
        row = self.sheet.row if self.sheet else None
        if row is None:
            return ""
        kind = say(f"records_page.kind.{row.step}")
        return say("records_page.head", name=row.name, visit=row.visit_no, kind=kind)

    def state(self) -> str:
        """Where it stands, with the centre's number."""
        row = self.sheet.row if self.sheet else None
        if row is None:
            return ""
        text = say(f"records_page.state.{row.state}")
        return say("records_page.numbered", state=text, number=row.record_no) if (
            row.record_no
        ) else text  # fmt: skip

    def score(self) -> int:
        """0…100 of the chosen record."""
        return self.sheet.row.score if self.sheet else 0

    def values(self) -> tuple[ValueRow, ...]:
        """The fields of the chosen record; none where there is no record yet."""
        if self.sheet is None or self.sheet.record is None:
            return ()
        return value_rows(self.sheet, self.desk.records.fields(self.sheet.row.step))

    def source(self) -> str:
        """Where the newest version came from."""
        record = self.sheet.record if self.sheet else None
        if record is None:
            return say("records_page.no_record")
        place = record.source or say("records_page.from_hospital")
        return say("records_page.source", source=place, at=f"{record.at:%Y-%m-%d %H:%M}")

    # what may be pressed

    def why_not(self, action: str) -> Fault | None:
        """Why an action of the table cannot be taken now."""
        if action == "upload_records":
            ready = any(row.state in SENDABLE for row in self.items)
            return None if ready else fault("records_page.why.none_ready")
        if action in ("import_records", "find_record"):
            return None
        if self.sheet is None:
            return fault("records_page.why.choose")
        return self._against(action, self.sheet)

    def _against(self, action: str, sheet: RecordSheet) -> Fault | None:
        state = sheet.row.state
        if action == "upload_record" and state not in SENDABLE:
            return fault(f"records_page.why.{state}")
        if action == "withdraw_record" and state is not RecordState.UPLOADED:
            return fault("records_page.why.not_uploaded")
        return None

    # collecting

    def fetch(self) -> None:
        """F5: the chosen visit's record from the hospital's system."""
        number = self.chosen
        if number:
            call = self.desk.records.fetch
            self.start("fetch_record", lambda: call(number), self._fetched, lane="io")

    def _fetched(self, sheet: RecordSheet) -> None:
        self.sheet = sheet
        gaps = "、".join(gap.label for gap in sheet.gaps[:MOST_NAMED])
        if gaps:
            self.tell("warning", "records_page.fetched_gaps", name=sheet.row.name, gaps=gaps)
        else:
            self.tell("done", "records_page.fetched", name=sheet.row.name)
        self.find()

    def take_file(self, path: str) -> None:
        """Ctrl+O: the records of a file; what cannot be read is named, the rest is kept."""
        if path.strip():
            self.start("import_records", lambda: self._read(Path(path.strip())), self._taken,
                       lane="io")  # fmt: skip

    def _read(self, path: Path) -> tuple[Any, Sequence[str]]:
        file = self.desk.records.read_file(path.expanduser())
        return file, self.desk.records.take(file)

    def _taken(self, result: tuple[Any, Sequence[str]]) -> None:
        file, changed = result
        self.tell("done", "records_page.taken", count=len(file.records), changed=len(changed))
        if file.faults:
            lines = [item.text for item in file.faults[:MOST_NAMED]]
            more = len(file.faults) - len(lines)
            lines += [say("records_page.more_faults", count=more)] if more else []
            self.page.tell(Message("warning", "\n".join(lines), key="records.faults"))
        if changed:
            self.chosen, self.sheet = changed[0], None
            self.look()
        self.find()

    # sending

    def upload(self) -> None:
        """F2: the chosen record to the centre."""
        number = self.chosen
        if number and self.why_not("upload_record") is None:
            call = self.desk.records.upload
            self.start("upload_record", lambda: call(number), self._uploaded, visit=number)

    def _uploaded(self, result: Any) -> None:
        message = of_outcome(result.outcome, result.msgid)
        if message is not None:
            self.page.tell(message)
        elif isinstance(result.outcome, Accepted):
            number = str(result.outcome.values.get("record_no") or "")
            self.tell("done", "records_page.uploaded", number=number)
        self.look()
        self.find()

    def withdraw(self, reason: str) -> None:
        """F8: declare the uploaded version invalid."""
        number, call = self.chosen, self.desk.records.withdraw
        self.start("withdraw_record", lambda: call(number, reason), self._withdrawn, visit=number)

    def _withdrawn(self, result: Any) -> None:
        message = of_outcome(result.outcome, result.msgid)
        if message is not None:
            self.page.tell(message)
        else:
            self.tell("done", "records_page.withdrawn")
        self.look()
        self.find()

    def upload_all(self) -> None:
        """Ctrl+U: every complete record, k of n."""
        self._stop = False
        call = self.desk.records.upload_all
        self.start("records", lambda: call(lambda: self._stop), self._all_sent,
                   stop=self._ask_stop)  # fmt: skip

    def _ask_stop(self) -> None:
        self._stop = True

    def _all_sent(self, sent: Sequence[Any]) -> None:
        good = sum(isinstance(item.outcome, Accepted) for item in sent)
        bad = [item.visit_no for item in sent if not isinstance(item.outcome, Accepted)]
        self.tell("done", "records_page.all_sent", count=good)
        if bad:
            names = "、".join(bad[:MOST_NAMED])
            self.tell("warning", "records_page.not_sent", count=len(bad), visits=names)
        self.look()
        self.find()
