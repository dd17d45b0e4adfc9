"""Special filings (1102, PROPOSED): made with their files, kept with number and validity, and used.

A filing gives a qualification to somebody whose card shows none yet: an emergency, a recognition
that is still pending, a change of hospital (protocol-zjs.md §3.2, domain.md §1.2).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from core.clock import CHINA
from core.domain import Person, Qualification, Registration, Visit
from core.domain.stay import Attachment, Filing
from core.errors import Fault, InvalidInput, Refused, fault
from core.journal import Journal
from core.service.result import StepResult
from core.service.transact import Road
from core.words import say

APPROVED = "1"  # of the code list rec_stas; an answer without a state is taken as approved
MOST_FILES = 20
LARGEST_FILE = 512 * 1024  # bytes; the field takes 700 000 characters of base64
LARGEST_TOGETHER = 700 * 1024  # bytes; one message holds a mebibyte
KINDS = frozenset({"pdf", "jpg", "jpeg", "png"})
STARTS = {"pdf": b"%PDF", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG"}
LONGEST_NAME = 200  # bytes of the wire encoding
Files = Sequence[tuple[str, bytes]]


class Filings:
    """Makes filings and says which of them may carry a registration."""

    def __init__(self, journal: Journal, road: Road) -> None:
        self._journal = journal
        self._road = road

    def file(self, filing: Filing, files: Files = ()) -> StepResult:
        """Send a filing with its files (name, bytes); they are archived before anything leaves.

        Raises ``Refused`` or ``InvalidInput`` with every fault. ``StepResult.visit`` is empty.
        """
        problems = (*self.problems(filing), *file_faults(files))
        if problems:
            raise InvalidInput(problems)
        kept = [
            Attachment(file_name=name, digest=self._journal.archive.keep(data), size=len(data))
            for name, data in files
        ]
        done = self._road.travel("special_filing", self._values(filing, files, kept))
        empty = Visit(registration=Registration(visit_no=""))
        return StepResult(done.outcome, empty, done.msgid, ms=done.ms)

    def problems(self, filing: Filing) -> tuple[Fault, ...]:
        """Why it may not be sent as it is; lengths and codes are checked when it is written."""
        found: list[Fault] = []
        now = self._road.clock.now()
        for name in ("name", "id_no", "med_type", "kind", "diagnosis_code", "reason"):
            if not str(getattr(filing, name)).strip():
                found.append(fault("stays.filing.empty", name, label=say(f"stays.filing.{name}")))
        if filing.injured_at > now:
            found.append(fault("stays.filing.injured_ahead", "injured_at"))
        if filing.ends and filing.ends < filing.begins:
            found.append(fault("stays.filing.ends_before", "ends"))
        if _day(filing.begins) < _day(filing.injured_at):
            found.append(fault("stays.filing.begins_before", "begins"))
        return tuple(found)

    def _values(self, filing: Filing, files: Files, kept: Sequence[Attachment]) -> dict[str, Any]:
        return {
            "person_no": filing.person_no, "id_kind": filing.id_kind, "id_no": filing.id_no,
            "name": filing.name, "employer": filing.employer, "med_type": filing.med_type,
            "filing_kind": filing.kind, "injured_at": filing.injured_at,
            "injured_part": filing.injured_part, "diagnosis_code": filing.diagnosis_code,
            "begin": filing.begins, "end": filing.ends or "", "phone": filing.phone,
            "reason": filing.reason, "qualification_id": filing.qualification_id,
            "attachments": [_wire_file(name, data) for name, data in files],
            "kept_files": [item.model_dump() for item in kept],
            "qualifications_before": self._before(filing),
        }  # fmt: skip

    def _before(self, filing: Filing) -> str | None:
        """What the person's card showed before, so that a later read may prove the filing."""
        person = self._journal.ledger.last_person()
        if person is None or person.id_no != filing.id_no:
            return None
        return " ".join(item.id for item in person.qualifications)

    # -- what is known

    def all(self, person_no: str = "") -> tuple[Filing, ...]:
        """Filings of a person (of all when empty), newest first."""
        return self._journal.ledger.stays.filings(person_no)

    def of(self, number: str) -> Filing | None:
        """The filing of the centre's number, or nothing."""
        return self._journal.ledger.stays.filing(number.strip())

    def usable(self, number: str, person: Person, at: datetime) -> Filing:
        """The filing that may carry a registration at ``at``; ``Refused`` says why it may not."""
        found = self.of(number)
        if found is None:
            raise Refused(fault("stays.filing.strange", "filing_no", number=number))
        if {found.person_no, person.number} - {""} != {person.number} or not _same_id(
            found, person
        ):
            raise Refused(fault("stays.filing.other", "filing_no", number=number, name=found.name))
        if found.state not in ("", APPROVED):
            state = self._road.centre.label("rec_stas", found.state)
            raise Refused(fault("stays.filing.state", "filing_no", number=number, state=state))
        if not found.qualification_id:
            raise Refused(fault("stays.filing.no_qualification", "filing_no", number=number))
        if not _day(found.begins) <= _day(at) <= _day(found.ends or at):
            raise Refused(
                fault("stays.filing.not_valid", "filing_no", number=number, **_span(found))
            )
        return found

    def person(self, number: str) -> Person:
        """The person of a filing, with the qualification it gives: for one without a card."""
        found = self.of(number)
        if found is None or not found.person_no:
            raise Refused(fault("stays.filing.no_person", "filing_no", number=number))
        return Person(
            number=found.person_no, name=found.name, id_kind=found.id_kind, id_no=found.id_no,
            employer=found.employer, qualifications=(qualification_of(found),),
        )  # fmt: skip

    def warning(self, registration: Registration) -> str:
        """What is the matter with the filing a registration stands on, or an empty text."""
        found = self.of(registration.filing_no) if registration.filing_no else None
        if found is None or found.ends is None:
            return ""
        left = (_day(found.ends) - _day(self._road.clock.now())).days
        holes = {"number": found.number, **_span(found)}
        if left < 0:
            return say("stays.filing.over", **holes)
        days = self._road.centre.capabilities.filing_warning
        return say("stays.filing.soon", days=left, **holes) if left < days else ""


def _day(moment: datetime) -> date:
    """A filing counts by days: its first and last day are whole."""
    return moment.astimezone(CHINA).date()


def _same_id(found: Filing, person: Person) -> bool:
    return not person.id_no or found.id_no.upper() == person.id_no.upper()


def _span(found: Filing) -> dict[str, str]:
    ends = f"{found.ends.astimezone(CHINA):%Y-%m-%d}" if found.ends else say("stays.filing.open")
    return {"begins": f"{found.begins.astimezone(CHINA):%Y-%m-%d}", "ends": ends}


def qualification_of(found: Filing) -> Qualification:
    """The qualification that a filing gives."""
    text = say("stays.filing.qualification", number=found.number, part=found.injured_part)
    return Qualification(id=found.qualification_id, text=text)


def with_filing(person: Person, found: Filing) -> tuple[Person, Qualification]:
    """The person with the filing's qualification, which a new card read may show already."""
    shown = [item for item in person.qualifications if item.id == found.qualification_id]
    if shown:
        return person, shown[0]
    given = qualification_of(found)
    more = (*person.qualifications, given)
    return person.model_copy(update={"qualifications": more}), given


def file_faults(files: Files) -> tuple[Fault, ...]:
    """What is wrong with files before they are archived or sent: count, size, kind, name."""
    found: list[Fault] = []
    if len(files) > MOST_FILES:
        found.append(fault("stays.file.many", "attachments", count=len(files), most=MOST_FILES))
    for name, data in files:
        found += _file_fault(name, data)
    total = sum(len(data) for _, data in files)
    if total > LARGEST_TOGETHER:
        holes = {"size": _kib(total), "most": _kib(LARGEST_TOGETHER)}
        found.append(fault("stays.file.together", "attachments", **holes))
    return tuple(found)


def _file_fault(name: str, data: bytes) -> list[Fault]:
    kind, holes = kind_of(name), {"name": name, "size": _kib(len(data)), "most": _kib(LARGEST_FILE)}
    if not data:
        return [fault("stays.file.empty", "attachments", **holes)]
    if len(data) > LARGEST_FILE:
        return [fault("stays.file.large", "attachments", **holes)]
    if kind not in KINDS or not data.startswith(STARTS[kind]):
        return [fault("stays.file.kind", "attachments", **holes)]
    if len(name.encode("gbk", "replace")) > LONGEST_NAME:
        return [fault("stays.file.name", "attachments", **holes)]
    return []


def kind_of(name: str) -> str:
    """A file name's ending in small letters, without the dot."""
    return PurePath(name).suffix.lstrip(".").lower()


def _wire_file(name: str, data: bytes) -> dict[str, str]:
    content = base64.b64encode(data).decode("ascii")
    return {"file_name": name, "file_type": kind_of(name), "content": content}


def _kib(size: int) -> str:
    return f"{-(-size // 1024)} KB"
