"""Medical records as they go to the centre (1106, 1107: PROPOSED, protocol-zjs.md §3.7)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.domain.base import Model

OUTPATIENT, INPATIENT = "outpatient_record", "inpatient_record"


class RecordState(StrEnum):
    """Where a record stands; ``changed``: it was uploaded, and a newer version is here."""

    MISSING = "missing"
    INCOMPLETE = "incomplete"
    READY = "ready"
    UPLOADED = "uploaded"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class MedicalRecord(Model):
    """One version of the record of a visit.

    ``step`` is the business step that uploads it; ``values`` by domain name of that step's fields:
    text, moments as ISO text of China Standard Time, lists of such tables. ``source`` is where it
    came from (a file's name, or the hospital's system).
    """

    visit_no: str
    step: str
    values: dict[str, Any] = {}
    source: str = ""
    at: datetime


class RecordUpload(Model):
    """An upload the centre took: its ``record_no``; ``valid`` false: the version was withdrawn."""

    msgid: str
    visit_no: str
    step: str
    record_no: str = ""
    version: int = 0
    valid: bool = True
    at: datetime


class Gap(Model):
    """A field that is missing or wrong: ``label`` as people know it, ``says`` the sentence."""

    name: str
    label: str
    says: str


class RecordRow(Model):
    """One line of the worklist; ``score`` 0…100, ``days_left`` negative once the deadline is over.

    ``deadline`` is ``None`` while the visit is not settled and where no deadline is set.
    """

    visit_no: str
    name: str = ""
    step: str
    dept: str = ""
    settled_at: datetime | None = None
    deadline: date | None = None
    days_left: int | None = None
    state: RecordState
    score: int = 0
    record_no: str = ""
    open_msgid: str = ""


class RecordSheet(Model):
    """A record with everything a person wants to see of it: the row, the newest version, its gaps
    and what was uploaded, newest first."""

    row: RecordRow
    record: MedicalRecord | None = None
    gaps: tuple[Gap, ...] = ()
    uploads: tuple[RecordUpload, ...] = ()
