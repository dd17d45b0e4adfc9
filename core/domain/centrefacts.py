"""What only some centres have: refunds in part, open admissions elsewhere, records in parts, and
answers shown as they come. Amounts in fen, moments aware."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.domain.base import Model
from core.domain.record import Gap
from core.money import Fen


class PartialStage(StrEnum):
    """How far a refund in part is; ``left``: a person ended it after the whole refund."""

    REFUNDING = "refunding"
    REFUNDED = "refunded"
    CHARGING = "charging"
    DONE = "done"
    LEFT = "left"
    FAILED = "failed"


class PartialRefund(Model):
    """A whole refund and the charge of the lines that are kept, under one number.

    ``settlement``: the message id of the settlement that is refunded; ``kept``, ``gone``: line ids;
    ``kept_total``: the sum of the kept lines in fen; ``refund`` and ``charge``: message ids, empty
    until the centre has them; ``says``: what is to be done next, or how it ended.
    """

    number: int
    visit_no: str
    settlement: str
    kept: tuple[str, ...]
    gone: tuple[str, ...]
    kept_total: Fen
    reason: str
    operator: str
    at: datetime
    refund: str = ""
    charge: str = ""
    stage: PartialStage = PartialStage.REFUNDING
    says: str = ""


class OpenAdmission(Model):
    """An admission that the centre has open for a person; another hospital's, or one of ours.

    ``ours``: the visit number here, or empty; ``here``: it is this hospital's; ``why`` is the
    sentence that explains what it stands in the way of and who can take it back.
    """

    centre_visit_no: str
    hospital_code: str = ""
    hospital_name: str = ""
    visit_no: str = ""
    ours: str = ""
    here: bool = False
    admitted_on: date | None = None
    ward: str = ""
    bed: str = ""
    why: str = ""


class Fact(Model):
    """One field of an answer: what people call it, and its value as it is shown."""

    name: str
    label: str
    value: str


class FundState(Model):
    """One fund of a person: ``frozen`` nothing is paid from it, ``reason`` the centre's word."""

    fund: str
    name: str
    state: str
    frozen: bool
    reason: str = ""


class CodeTable(Model):
    """A code table as it was fetched last: how many versions there are and how old this one is."""

    kind: str
    name: str
    count: int
    version: int
    fetched_at: datetime
    days: int
    added: int = 0
    changed: int = 0
    gone: int = 0


class CodeRow(Model):
    """One code of a table; ``new``: it was not there in the version before."""

    code: str
    name: str
    new: bool = False


class PartState(StrEnum):
    """Where one part of a record stands.

    ``not_needed``: the record has nothing of it; ``waiting``: an earlier part goes first.
    """

    MISSING = "missing"
    NOT_NEEDED = "not_needed"
    INCOMPLETE = "incomplete"
    WAITING = "waiting"
    READY = "ready"
    UPLOADED = "uploaded"
    CHANGED = "changed"
    UNKNOWN = "unknown"


class RecordPart(Model):
    """One part of a stay's medical record, in the order the parts are sent.

    ``step`` names it, ``title`` as people do; ``filled`` of ``fields`` have a value; ``rows``: how
    many lines (diagnoses, operations …) it has, ``None`` where it has none by its nature;
    ``version``: number of the newest content, 0 without; ``says``: why it cannot be sent now.
    """

    step: str
    title: str
    place: int
    required: bool
    state: PartState
    fields: int = 0
    filled: int = 0
    rows: int | None = None
    version: int = 0
    source: str = ""
    gaps: tuple[Gap, ...] = ()
    sent_at: datetime | None = None
    msgid: str = ""
    says: str = ""


class RecordParts(Model):
    """The record of one stay: its parts in order; ``next``: the step to send now, or empty;
    ``score``: percent of the needed parts that are whole; ``deadline`` of the upload, ``days_left``
    negative once it is over, both ``None`` before the settlement."""

    visit_no: str
    name: str = ""
    parts: tuple[RecordPart, ...] = ()
    next: str = ""
    score: int = 0
    settled_at: datetime | None = None
    deadline: date | None = None
    days_left: int | None = None


class PartVersion(Model):
    """One version of a part: values by domain name; rows of a part with lines under its list."""

    number: int
    visit_no: str
    step: str
    values: dict[str, Any]
    source: str
    at: datetime
