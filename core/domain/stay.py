"""A stay in hospital as the admissions office and the cashier see it; all amounts in fen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from core.clock import CHINA
from core.domain.base import Model
from core.domain.fees import FeeLine
from core.domain.visit import Discharge, Registration, Visit
from core.money import Fen

__all__ = [
    "Attachment",
    "Balance",
    "CancelPeriod",
    "Cancellation",
    "ChangeField",
    "Difference",
    "Discharge",
    "Filing",
    "HospitalStay",
    "LineDifference",
    "Stay",
    "StayRow",
    "StayState",
    "UploadEnd",
    "UploadReport",
    "WayBack",
    "days_of_stay",
]


def days_of_stay(admitted_at: datetime, until: datetime) -> int:
    """Days by the calendar of China: the first counts, the last does not, at least one.

    Both moments aware. (domain.md §1.2)
    """
    first, last = admitted_at.astimezone(CHINA).date(), until.astimezone(CHINA).date()
    return max(1, (last - first).days)


class StayState(StrEnum):
    """Where a stay stands in the worklist.

    ``waiting``: in hospital, not registered at the centre; ``admitted``: registered, every line
    uploaded; ``to_upload``: registered, lines missing; ``presettled``: the amounts are known;
    ``discharged``: discharge recorded, to be settled; ``settled``: settled and printed;
    ``not_printed``: settled, slip never printed; ``cancelled``: registration taken back.
    """

    WAITING = "waiting"
    ADMITTED = "admitted"
    TO_UPLOAD = "to_upload"
    PRESETTLED = "presettled"
    DISCHARGED = "discharged"
    SETTLED = "settled"
    NOT_PRINTED = "not_printed"
    CANCELLED = "cancelled"


class Attachment(Model):
    """A file kept in the archive: its name, SHA-256 in hex, and size in bytes."""

    file_name: str
    digest: str
    size: int


class Filing(Model):
    """A special filing (1102, PROPOSED). What the desk gives: everything but the last block.

    ``kind`` of the code list ``rec_type``, ``state`` of ``rec_stas`` (0 pending, 1 approved,
    2 refused); moments aware, ``ends`` may be open. ``number`` is the centre's, ``made_by`` our
    message id; ``qualification_id`` is what a registration may use.
    """

    person_no: str = ""
    name: str
    id_kind: str = ""
    id_no: str
    employer: str = ""
    med_type: str
    kind: str
    injured_at: datetime
    injured_part: str = ""
    diagnosis_code: str = ""
    begins: datetime
    ends: datetime | None = None
    phone: str = ""
    reason: str
    qualification_id: str = ""

    number: str = ""
    state: str = ""
    memo: str = ""
    attachments: tuple[Attachment, ...] = ()
    made_by: str = ""
    made_at: datetime | None = None


class HospitalStay(Model):
    """What the hospital's system says of a stay: who, what was paid in advance, and how it ended.

    ``discharge`` is ``None`` while the patient is in bed; ``line_count`` and ``amount`` are the fee
    lines so far and their sum.
    """

    registration: Registration
    deposit: Fen = 0
    discharge: Discharge | None = None
    line_count: int = 0
    amount: Fen = 0


class StayRow(Model):
    """One line of the worklist.

    ``hospital``: sum of the hospital's lines; ``uploaded``: sum of the lines the centre took (its
    amounts); ``centre``: total of the live pre-settlement or settlement, or ``None``.
    ``filing_warning``: a sentence (filing ends soon, has ended), or empty; ``open_msgid``: the
    transaction of unknown ending that blocks the stay, or empty.
    """

    visit_no: str
    inpatient_no: str = ""
    name: str = ""
    ward: str = ""
    dept: str = ""
    bed: str = ""
    med_type: str = ""
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    days: int = 1
    state: StayState = StayState.WAITING
    hospital: Fen = 0
    uploaded: Fen = 0
    centre: Fen | None = None
    line_count: int = 0
    lines_missing: int = 0
    deposit: Fen = 0
    filing_warning: str = ""
    open_msgid: str = ""
    settlement_msgid: str = ""
    printed: bool = False


class Difference(StrEnum):
    """Why a line stands in the difference table; ``none``: it does not differ."""

    NONE = "none"
    NOT_UPLOADED = "not_uploaded"
    AMOUNT_CHANGED = "amount_changed"
    CENTRE_AMOUNT = "centre_amount"
    NOT_IN_HOSPITAL = "not_in_hospital"
    NOT_AT_CENTRE = "not_at_centre"
    NOT_OURS = "not_ours"


class LineDifference(Model):
    """One line at the hospital, as it was uploaded, and as the centre lists it (9104) now.

    ``line`` is ``None`` where the hospital no longer has it. ``why`` is a sentence, empty where
    nothing differs; ``memo`` the centre's own.
    """

    line_id: str
    rx_no: str
    line: FeeLine | None
    hospital: Fen | None
    uploaded: Fen | None
    centre: Fen | None
    kind: Difference = Difference.NONE
    why: str = ""
    memo: str = ""


class Balance(Model):
    """Deposit against the patient's own part; exactly one of the last two is above zero, or none.

    ``final``: from a settlement, not from a pre-settlement. ``personal`` is ``None`` before any.
    """

    deposit: Fen
    total: Fen | None = None
    fund: Fen | None = None
    personal: Fen | None = None
    to_collect: Fen = 0
    to_return: Fen = 0
    final: bool = False


class Stay(Model):
    """One stay, opened: the visit, its row, and what belongs to it.

    ``differences``: lines where hospital and upload differ, as far as this desk knows without
    asking the centre.
    """

    visit: Visit
    row: StayRow
    discharge: Discharge | None = None
    hospital_discharge: Discharge | None = None
    deposit: Fen = 0
    filing: Filing | None = None
    differences: tuple[LineDifference, ...] = ()


class ChangeField(Model):
    """One field of 2203 on the form: ``why`` says why it may not change (empty when it may).

    ``hospital``: what the hospital has now where it differs (a patient who was moved), or empty.
    Moments are text ``yyyy-MM-dd HH:mm:ss``.
    """

    field: str
    label: str
    value: str
    allowed: bool
    why: str = ""
    hospital: str = ""


class WayBack(Model):
    """One step of taking a stay back, in order; ``done``: nothing to do there (any more).

    ``next``: this one may be done now; where it is neither done nor next, ``why`` says why not.
    """

    step: str
    text: str
    done: bool
    next: bool = False
    why: str = ""


class CancelPeriod(StrEnum):
    """When a settlement is cancelled, seen from when it was made."""

    SAME_DAY = "same_day"
    LATER_DAY = "later_day"
    LATER_MONTH = "later_month"
    CONFIRMED = "confirmed"


class Cancellation(Model):
    """What cancelling a settlement means now; ``refused``: it may not, ``text`` names the way."""

    period: CancelPeriod
    text: str
    refused: bool = False


class UploadEnd(Model):
    """How the upload of one stay ended.

    ``ended``: sent · nothing (no line was missing) · stopped (after a batch) · refused (``text``
    says why) · unknown · not_sent · open (an unknown transaction blocks it) · left (not tried).
    ``lines``: taken by the centre now; ``missing``: still missing.
    """

    visit_no: str
    name: str
    ended: str
    lines: int = 0
    missing: int = 0
    text: str = ""
    msgid: str = ""


class UploadReport(Model):
    """The upload of a worklist, stay by stay, in the order tried; ``lines`` taken in all."""

    stays: tuple[UploadEnd, ...] = ()
    lines: int = 0
    stopped: bool = False

    @property
    def whole(self) -> bool:
        """Every stay is up to date now."""
        return all(item.ended in {"sent", "nothing"} for item in self.stays)
