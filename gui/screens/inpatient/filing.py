"""特殊备案 1102: the form's values, the files beside it, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.clock import CHINA
from core.domain.stay import Filing
from core.errors import InvalidInput, fault
from core.outcome import Accepted
from core.service.filing import LARGEST_FILE, file_faults
from core.words import say
from gui.screens.inpatient.admission import APPROVED, Admission
from gui.screens.inpatient.moments import MOMENT, moment_of
from gui.screens.work import Page

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

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.files: tuple[FileRow, ...] = ()

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
        if not path.is_file():
            raise InvalidInput(fault("inpatient.filing.no_file", "path", path=path))
        if any(item.name == path.name for item in self.files):
            raise InvalidInput(fault("inpatient.filing.twice", "path", name=path.name))
        try:
            with path.open("rb") as stream:
                row = FileRow(path.name, stream.read(LARGEST_FILE + 1))
        except OSError as error:
            holes = {"path": path, "error": error.strerror}
            raise InvalidInput(fault("inpatient.filing.unreadable", "path", **holes)) from error
        faults = file_faults([(item.name, item.data) for item in (*self.files, row)])
        if faults:
            raise InvalidInput(faults)
        return row

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
        msgid, id_no = result.msgid, self._id_no()
        self.start(
            "filings", lambda: self._filings_of(id_no), lambda found: self._made(found, msgid),
            lane="io",
        )  # fmt: skip

    def _id_no(self) -> str:
        case = self.case
        if case is None or case.visit is None:
            return ""
        return case.person.id_no if case.person else case.visit.registration.id_no

    def _made(self, filings: tuple[Filing, ...], msgid: str) -> None:
        case = self.case
        if case is None:
            return
        case.filings = filings
        made = next((item for item in filings if item.made_by == msgid), None)
        if made is None:
            return
        ends = f"{made.ends:%Y-%m-%d}" if made.ends else say("inpatient.filing.endless")
        approved = made.state in APPROVED
        key = "inpatient.filing.approved" if approved else "inpatient.filing.waits"
        self.tell("done" if approved else "info", key, number=made.number, ends=ends)
        if approved and made.qualification_id:
            self.pick(made.qualification_id)
