"""Appeals against audit deductions: lists, deadlines, evidence, drafts kept by themselves, 3101."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.centre.views import FieldView
from core.domain.deduction import (
    MAY_APPEAL,
    Appeal,
    Deduction,
    DeductionEvent,
    ReasonSum,
)
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.journal.audits import MAY, Wanted, wanted
from core.money import Fen, show
from core.outcome import Outcome, Rejected, Unknown
from core.service import appeal_rules, deductions
from core.service.appeal_evidence import Evidence, evidence_of
from core.service.appeal_files import Templates, checked, file_faults
from core.service.appeal_rules import Deadline
from core.service.deductions import Fetched, day_start
from core.service.session import Session
from core.service.transact import Road
from core.service.visits import Visits
from core.settings import Settings

MOST_ROWS = 5_000
MOST_LETTERS = 10_000


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes left for the reason in the wire encoding (negative: too long, ``None``: no limit), and
    the characters that the encoding cannot carry."""

    left: int | None
    strange: str = ""


@dataclass(frozen=True, slots=True)
class Pressing:
    """How many deductions end soon, end today, or have ended without an appeal."""

    soon: int = 0
    today: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class AppealResult:
    """How sending ended; ``item`` is the deduction read anew."""

    outcome: Outcome
    item: Deduction
    msgid: str = ""
    ms: int = 0


class Appeals:
    """The desk of 扣款申诉; reading needs no centre. ``templates``: texts to begin with.

    ``fields`` of the appeal (3101) for their lengths, ``listed`` of the list (9106) for its words.
    """

    def __init__(
        self, journal: Journal, road: Road, visits: Visits, session: Session, settings: Settings,
        fields: Iterable[FieldView], listed: Iterable[FieldView],
    ) -> None:  # fmt: skip
        self._journal = journal
        self._audits = journal.ledger.audits
        self._settings = settings.appeals
        self.templates = Templates(journal)
        self._road = road
        self._visits = visits
        self._session = session
        self._encoding = settings.centre.encoding
        self._lengths = {view.name: view.length for view in fields}
        self._words = next((view.codes for view in listed if view.name == "appeal_state"), {})

    # -- lists

    def fetch(self, begin: date, end: date) -> Fetched:
        """Read the centre's list of a period of days (9106) and keep it; see ``deductions``."""
        return deductions.fetch(self._road, self._journal, begin, end)

    def find(
        self, text: str = "", state: str = "", due_within: int | None = None,
        begin: date | None = None, end: date | None = None,
    ) -> tuple[Deduction, ...]:  # fmt: skip
        """Kept deductions, the most pressing first, at most ``MOST_ROWS``.

        ``text``: part of number, visit, bill, name or reason; ``state``: an ``AppealState``, or
        ``may`` for all that may be appealed; ``due_within``: ending within so many days (today is
        0), ``-1``: ended already; ``begin`` and ``end``: days of the audit.
        """
        state = state if due_within is None else MAY
        found = self._audits.deductions(_asked(begin, end, state, text), MOST_ROWS)
        if due_within is None:
            return found
        return tuple(item for item in found if self._is_due(item, due_within))

    def _is_due(self, item: Deduction, within: int) -> bool:
        due = self.deadline(item)
        if within < 0:
            return due.urgency == "overdue"
        return due.days is not None and due.urgency != "overdue" and due.days <= within

    def deadline(self, item: Deduction) -> Deadline:
        """How pressing a deduction is, by the centre's clock."""
        return appeal_rules.deadline(item, self._session.centre_now(), self._settings)

    def pressing(self) -> Pressing:
        """What has to be done soon."""
        urgent = [self.deadline(item).urgency for item in self.find(state=MAY)]
        return Pressing(*(urgent.count(name) for name in ("soon", "today", "overdue")))

    def sums(
        self, text: str = "", state: str = "", begin: date | None = None, end: date | None = None
    ) -> tuple[ReasonSum, ...]:
        """The same by reason of deduction, the dearest first."""
        return self._audits.sums(_asked(begin, end, state, text))

    def item(self, ded_id: str) -> Deduction:
        """One deduction; raises ``Refused`` for a number that was never listed."""
        found = self._audits.deduction(ded_id)
        if found is None:
            raise Refused(fault("appeals.strange", ded_id=ded_id))
        return found

    def word(self, code: str) -> str:
        """The centre's own word for the code of a state; the code itself where it has none."""
        return self._words.get(code, code)

    def history(self, ded_id: str) -> tuple[DeductionEvent, ...]:
        """What became of a deduction, oldest first."""
        return self._audits.events(ded_id)

    def open_msgid(self, item: Deduction) -> str:
        """The message id of an appeal whose outcome nobody knows yet, or empty."""
        row = self._journal.open_for(item.visit_no) if item.visit_no else None
        mine = row and row.step == "appeal" and row.facts.get("deduction_id") == item.ded_id
        return row.msgid if row and mine else ""

    def evidence(self, item: Deduction) -> Evidence:
        """The visit's lines as hospital and journal have them, the deducted one marked."""
        return evidence_of(item, self._visits, self._journal)

    # -- what is written

    def draft(self, ded_id: str) -> Appeal:
        """What was written, else an empty appeal over the whole deduction."""
        item = self.item(ded_id)
        return self._audits.appeal(ded_id) or Appeal(
            ded_id=ded_id, amount=max(item.deducted, 0), phone=self._settings.phone
        )

    def save(self, ded_id: str, amount: Fen, reason: str, phone: str = "") -> Appeal:
        """Keep what is written so far, complete or not; raises ``Refused`` when it was sent."""
        self._editable(ded_id)
        draft = Appeal(
            ded_id=ded_id, amount=amount, reason=reason[:MOST_LETTERS], phone=phone.strip()[:50]
        )
        with self._journal.commit():
            self._audits.keep_appeal(draft)
        return self.draft(ded_id)

    def _editable(self, ded_id: str) -> Deduction:
        item = self.item(ded_id)
        if item.state not in MAY_APPEAL:
            raise Refused(fault(f"appeals.why.{item.state}"))
        if msgid := self.open_msgid(item):
            raise Refused(fault("appeals.why.unknown", msgid=msgid))
        return item

    def attach(self, ded_id: str, name: str, content: bytes) -> Appeal:
        """Add a file (its bytes go to the archive); raises ``Refused`` beyond the limits."""
        self._editable(ded_id)
        draft = self.draft(ded_id)
        made = checked(draft, name, content, self._settings)
        digest = self._journal.archive.keep(content)
        with self._journal.commit():
            if draft.saved_at is None:
                self._audits.keep_appeal(draft)
            self._audits.attach(ded_id, made.model_copy(update={"digest": digest}))
            self._audits.tell([(ded_id, "attached", made.name)])
        return self.draft(ded_id)

    def detach(self, ded_id: str, digest: str) -> Appeal:
        """Take a file off the draft."""
        self._editable(ded_id)
        names = [one.name for one in self.draft(ded_id).attachments if one.digest == digest]
        with self._journal.commit():
            self._audits.detach(ded_id, digest)
            self._audits.tell([(ded_id, "detached", name) for name in names])
        return self.draft(ded_id)

    def room(self, reason: str) -> Room:
        """How much of the field is left; lines end as one byte each."""
        strange = "".join(dict.fromkeys(sign for sign in reason if not self._carries(sign)))
        size = len(reason.encode(self._encoding, "replace"))
        most = self._lengths.get("reason", 0)
        return Room(most - size if most else None, strange[:10])

    def _carries(self, sign: str) -> bool:
        try:
            sign.encode(self._encoding)
        except UnicodeEncodeError:
            return False
        return True

    def faults(self, item: Deduction, appeal: Appeal) -> tuple[Fault, ...]:
        """Everything that stands against sending; empty when it may leave."""
        return (*self._stands(item), *self._writing(item, appeal), *self._files(appeal))

    def _files(self, appeal: Appeal) -> tuple[Fault, ...]:
        return file_faults(self._journal, appeal, self._settings)

    def _stands(self, item: Deduction) -> tuple[Fault, ...]:
        if item.state not in MAY_APPEAL:
            return (fault(f"appeals.why.{item.state}"),)
        due = self.deadline(item)
        if due.urgency == "overdue" and due.until:
            return (fault("appeals.why.overdue", until=f"{due.until:%Y-%m-%d %H:%M}"),)
        return ()

    def _writing(self, item: Deduction, appeal: Appeal) -> tuple[Fault, ...]:
        found: list[Fault] = []
        if not 0 < appeal.amount <= item.deducted:
            wrong = {"amount": show(appeal.amount), "most": show(item.deducted)}
            found.append(fault("appeals.why.amount", "amount", **wrong))
        room = self.room(appeal.reason.strip())
        if not appeal.reason.strip():
            found.append(fault("appeals.why.reason", "reason"))
        if room.left is not None and room.left < 0:
            found.append(fault("appeals.why.too_long", "reason", over=-room.left))
        if room.strange:
            found.append(fault("appeals.why.strange", "reason", signs=room.strange))
        return tuple(found)

    # -- sending

    def send(self, ded_id: str) -> AppealResult:
        """Send the kept draft with its attachments (3101).

        Raises ``Refused`` with every fault, ``SetupError`` when an attachment is damaged, or what a
        guard says (the visit has an open transaction); then nothing left the desk.
        """
        item, appeal = self._editable(ded_id), self.draft(ded_id)
        if found := self.faults(item, appeal):
            raise Refused(found)
        done = self._road.travel("appeal", self._values(item, appeal), amount=appeal.amount)
        self._tell(ded_id, done.outcome)
        return AppealResult(done.outcome, self.item(ded_id), done.msgid, done.ms)

    def _values(self, item: Deduction, appeal: Appeal) -> dict[str, Any]:
        files = [
            {"file_name": one.name, "file_type": one.kind,
             "content": base64.b64encode(self._journal.archive.read(one.digest)).decode("ascii")}
            for one in appeal.attachments
        ]  # fmt: skip
        return {
            "deduction_id": item.ded_id, "visit_no": item.visit_no, "bill_no": item.bill_no,
            "line_id": item.line_id, "amount": appeal.amount, "reason": appeal.reason.strip(),
            "appellant": self._session.acting().name, "phone": appeal.phone,
            "appealed_at": self._session.centre_now(), "attachments": files,
        }  # fmt: skip

    def _tell(self, ded_id: str, outcome: Outcome) -> None:
        """What did not succeed stands in the history too; success is told by the effect."""
        if isinstance(outcome, Rejected | Unknown):
            kind = "refused" if isinstance(outcome, Rejected) else "unknown"
            with self._journal.commit():
                self._audits.tell([(ded_id, kind, outcome.text)])


def _asked(begin: date | None, end: date | None, state: str, text: str) -> Wanted:
    first = day_start(begin) if begin else None
    last = day_start(end + timedelta(days=1)) if end else None
    return wanted(first, last, state, text.strip())
