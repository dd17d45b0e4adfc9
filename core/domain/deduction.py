"""What an audit at the centre took off, and the hospital's appeal against it (domain.md §4.2)."""

from datetime import datetime
from enum import StrEnum

from core.domain.base import Model
from core.money import Fen


class AppealState(StrEnum):
    """Where a deduction stands: ``open`` may be appealed, ``gone``: the centre lists it no more.

    ``returned``: it was sent once and the centre says again that it is not appealed.
    """

    OPEN = "open"
    WAITING = "waiting"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    RETURNED = "returned"
    OTHER = "other"
    GONE = "gone"


MAY_APPEAL = frozenset({AppealState.OPEN, AppealState.RETURNED})


class Deduction(Model):
    """One row of the centre's list (protocol-zjs.md §3.8 9106, PROPOSED), as last seen.

    ``amount`` and ``deducted`` in fen; moments aware; ``code`` is the centre's own word for the
    state; ``appeal_until`` may be missing. ``msgid`` · ``appeal_no`` · ``sent_at`` belong to the
    appeal the centre took from us, ``drafted``: something was written for it.
    """

    ded_id: str
    visit_no: str = ""
    bill_no: str = ""
    person_no: str = ""
    person_name: str = ""
    line_id: str = ""
    centre_code: str = ""
    amount: Fen | None = None
    deducted: Fen
    reason: str = ""
    audited_at: datetime | None = None
    appeal_until: datetime | None = None
    code: str = ""
    state: AppealState = AppealState.OPEN
    seen_at: datetime | None = None
    appeal_no: str = ""
    msgid: str = ""
    sent_at: datetime | None = None
    drafted: bool = False


class Attachment(Model):
    """A file of an appeal: ``digest`` is its name in the archive, ``size`` bytes, ``kind`` what its
    content says it is (pdf, png, jpg, tif)."""

    digest: str
    name: str
    kind: str
    size: int


class Appeal(Model):
    """What is written against a deduction: ``amount`` in fen, ``reason`` free text.

    ``attachments`` in the order they were added.
    """

    ded_id: str
    amount: Fen
    reason: str = ""
    phone: str = ""
    attachments: tuple[Attachment, ...] = ()
    saved_at: datetime | None = None


class DeductionEvent(Model):
    """One line of a deduction's history: ``kind`` is a key of the texts, ``text`` what it was."""

    at: datetime
    kind: str
    text: str = ""


class ReasonSum(Model):
    """Deductions of one reason: how many, taken off, appealed for, and won back; fen."""

    reason: str
    count: int
    deducted: Fen
    appealed: Fen
    upheld: Fen
