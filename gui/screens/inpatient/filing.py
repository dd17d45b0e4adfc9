"""特殊备案 1102: the form's values, the files beside it, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.clock import CHINA
from core.domain.stay import Filing
from core.errors import Fault, InvalidInput, fault
from core.outcome import Accepted
from core.words import say
from gui.screens.inpatient.admission import APPROVED, Admission

ATTACHMENTS = "attachments"
MOST_FILES = 20
BASE64 = (3, 4)  # three bytes are four letters
KINDS = ("jpg", "jpeg", "png", "pdf")
MOMENT, DAY = "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"
KB = 1024
RENAMED = {"filing_kind": "kind", "begin": "begins", "end": "ends"}
TIMES = ("injured_at", "begins", "ends")


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file that goes along; ``size`` in bytes."""

    name: str
    data: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)


def size_text(size: int) -> str:
    """A size as people read it: whole kilobytes, at least one."""
    return say("inpatient.filing.size", size=max(1, round(size / KB)))


def moment_of(text: str) -> datetime | None:
    """A moment or a day of a form, in China's time; nothing when empty."""
    if not text:
        return None
    form = MOMENT if len(text) > len("2026-01-01") else DAY
    return datetime.strptime(text, form).replace(tzinfo=CHINA)


def filing_of(values: Mapping[str, str]) -> Filing:
    """The form's texts as a filing; a day as end lasts to its last second."""
    plain: dict[str, Any] = {RENAMED.get(name, name): text for name, text in values.items()}
    for name in TIMES:
        plain[name] = moment_of(plain.get(name, ""))
    ends = plain["ends"]
    if ends is not None and (ends.hour, ends.minute, ends.second) == (0, 0, 0):
        plain["ends"] = ends.replace(hour=23, minute=59, second=59)
    known = {name: value for name, value in plain.items() if name in Filing.model_fields}
    return Filing(**known)


class Filings(Admission):
    """``files`` are those chosen for the filing on the form, in order."""

    def __init__(self, desk: Any, page: Any, med_types: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(desk, page, med_types)
        self.files: tuple[FileRow, ...] = ()

    def largest(self) -> int:
        """Bytes a file may have, as the profile's base64 field allows; nought: no limit."""
        views = self.desk.centre.fields("special_filing")
        parts = next((view.fields for view in views if view.name == ATTACHMENTS), ())
        length = next((part.length for part in parts if part.name == "content"), 0)
        return int(length) * BASE64[0] // BASE64[1]

    def begin_filing(self) -> dict[str, str]:
        """The form as it starts: who the patient is, from the card or the hospital."""
        case = self.case
        if case is None or case.visit is None:
            return {}
        if case.filing_draft:
            return dict(case.filing_draft)
        self.files = ()
        known, person = case.draft or case.visit.registration, case.person
        now = self.desk.clock.now().astimezone(CHINA)
        admitted = (known.admitted_at or now).astimezone(CHINA)
        return {
            "name": person.name if person else known.person_name,
            "id_kind": (person.id_kind if person else "") or "01",
            "id_no": person.id_no if person else known.id_no,
            "employer": person.employer if person else "",
            "med_type": known.med_type,
            "diagnosis_code": known.diagnosis_code,
            "phone": known.phone,
            "injured_at": f"{admitted:{MOMENT}}",
            "begin": f"{admitted:{MOMENT}}",
        }

    def _unseen(self) -> dict[str, str]:
        """What goes along without being on the form."""
        case = self.case
        person, chosen = (case.person, case.qualification) if case else (None, None)
        return {
            "person_no": person.number if person else "",
            "qualification_id": chosen.id if chosen else "",
        }

    def add_file(self, path: str) -> None:
        """Read a file and put it beside the form."""
        wanted = path.strip().strip('"')
        if wanted:
            self.start("read_file", lambda: self._read(Path(wanted)), self._added, lane="io")

    def _read(self, path: Path) -> FileRow:
        reason = self._why_not_file(path)
        if reason is not None:
            raise InvalidInput(reason)
        try:
            return FileRow(path.name, path.read_bytes())
        except OSError as error:
            raise InvalidInput(
                fault("inpatient.filing.unreadable", "path", path=path, error=error.strerror)
            ) from error

    def _why_not_file(self, path: Path) -> Fault | None:
        kind = path.suffix.lstrip(".").lower()
        if len(self.files) >= MOST_FILES:
            return fault("inpatient.filing.too_many", "path", most=MOST_FILES)
        if not path.is_file():
            return fault("inpatient.filing.no_file", "path", path=path)
        if kind not in KINDS:
            return fault("inpatient.filing.kind", "path", name=path.name, kinds=" ".join(KINDS))
        size, largest = path.stat().st_size, self.largest()
        if not size or (largest and size > largest):
            holes = {"name": path.name, "size": size_text(size), "most": size_text(largest)}
            return fault("inpatient.filing.too_large", "path", **holes)
        if any(item.name == path.name for item in self.files):
            return fault("inpatient.filing.twice", "path", name=path.name)
        return None

    def _added(self, row: FileRow) -> None:
        self.files = (*self.files, row)

    def remove_file(self, row: FileRow) -> None:
        """Leave a file out again."""
        self.files = tuple(item for item in self.files if item is not row)
        self.page.refresh()

    def file(self, values: Mapping[str, str]) -> None:
        """Send the filing with its files."""
        if self.busy or self.blocked("special_filing"):
            return
        assert self.case is not None
        self.case.filing_draft = dict(values)
        filing = filing_of({**self._unseen(), **values})
        files = [(item.name, item.data) for item in self.files]
        self.start("special_filing", lambda: self.desk.stays.file(filing, files), self._filed)

    def _filed(self, result: Any) -> None:
        self.told(result.outcome, result.msgid)
        if not isinstance(result.outcome, Accepted) or self.case is None:
            return
        self.case.filing_draft, self.files = {}, ()
        person, find = self.case.person, self.desk.stays.filings
        number, msgid = (person.number if person else ""), result.msgid
        self.start("filings", lambda: find(number), lambda found: self._made(found, msgid),
                   lane="io")  # fmt: skip

    def _made(self, filings: tuple[Filing, ...], msgid: str) -> None:
        case = self.case
        if case is None:
            return
        case.filings = filings
        made = next((item for item in filings if item.made_by == msgid), None)
        if made is None:
            return
        ends = f"{made.ends:%Y-%m-%d}" if made.ends else say("inpatient.filing.endless")
        approved = made.state == APPROVED
        key = "inpatient.filing.approved" if approved else "inpatient.filing.waits"
        self.tell("done" if approved else "info", key, number=made.number, ends=ends)
        if approved and made.qualification_id:
            self.pick(made.qualification_id)
