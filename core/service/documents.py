"""The slip: built from the stored reply, never from anything computed; counted when it came out."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Protocol

from core.clock import CHINA, Clock
from core.domain import Registration, Settlement, Transaction
from core.domain.papers import CentreSlip, PaperKind
from core.domain.slip import Slip, SlipAmount, SlipRow
from core.errors import Refused, fault
from core.journal import Journal
from core.journal.ledger import VisitRow
from core.money import Fen, yuan
from core.service.centre_slips import CentreSlips, Fetched
from core.service.prints import Prints, head_key
from core.service.session import Session
from core.service.stay_slip import deposit_rows, stay_head
from core.service.transact import Road
from core.settings import Settings
from core.words import say

PARTS = ("drug", "service", "material")
PAID = ("total", "fund", "personal")
SIGNED = ("patient", "cashier", "checker")
COPIES = (1, 2, 3)
CHECK = 12  # digits of the journal's hash that stand on paper


class Words(Protocol):
    """What the slip needs of the centre: the Chinese word of a code."""

    def label(self, code_list: str, code: str) -> str:
        """The word, or the code itself."""
        ...


def in_words(fen: Fen) -> str:
    """大写金额: ``123450`` as 壹仟贰佰叁拾肆元伍角整, negative with 负.

    The library leaves out the 零 between 亿 and a thousand when there is no 万 (100 001 000.00).
    """
    import cn2an  # loaded late: the start needs none of it

    text = str(cn2an.an2cn(str(yuan(fen)), "rmb"))
    text = re.sub(say("slip.gap"), say("slip.filled"), text)
    return text + say("slip.whole") if text.endswith(say("slip.jiao")) else text


def masked(id_no: str) -> str:
    """First six and last four stay visible (domain.md §5)."""
    hidden = max(0, len(id_no) - 10)
    return id_no[:6] + "*" * hidden + id_no[-4:] if hidden else "*" * len(id_no)


class Documents:
    """Slips of settlements and cancellations, the centre's own, and how often they came out.

    ``jobs``: what went to a printer and has not come out yet.
    """

    def __init__(
        self, journal: Journal, road: Road, session: Session, centre: Words, settings: Settings,
        clock: Clock,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._session = session
        self._centre = centre
        self._settings = settings
        self._clock = clock
        self._centre_slips = CentreSlips(journal, road, session)
        self.jobs = Prints(journal, session, road.events, self._heads)

    def slip(self, msgid: str) -> Slip:
        """The slip of a settlement, or the red one of a cancellation.

        Raises ``Refused`` when the journal has no settlement under that message id.
        """
        row, settlement = self._found(msgid)
        refund = row.step == "cancel_settlement"
        return Slip(
            msgid=msgid, title=say(self._title(settlement, refund)),
            hospital=self._settings.hospital.name, code=msgid, refund=refund,
            head=self._head(settlement, row), categories=_parts(settlement, refund),
            payments=self._payments(settlement, refund), identity=_identity(settlement),
            signatures=tuple(say(f"slip.sign_{name}") for name in SIGNED),
            seal=say("slip.seal"), copies=tuple(say(f"slip.copy_{place}") for place in COPIES),
            foot=self._foot(row, settlement), marks=self._marks(settlement, refund),
            print_note=self._print_note(msgid),
        )  # fmt: skip

    def _found(self, msgid: str) -> tuple[Transaction, Settlement]:
        try:
            row = self._journal.transaction(msgid)
        except KeyError:
            raise Refused(fault("slip.unknown", msgid=msgid)) from None
        original = row.corrects if row.step == "cancel_settlement" else msgid
        settlement = self._journal.ledger.settlement(original)
        if settlement is None or (original != msgid and settlement.cancelled_by != msgid):
            raise Refused(fault("slip.unknown", msgid=msgid))
        return row, settlement

    def _head(self, paid: Settlement, row: Transaction) -> tuple[SlipRow, ...]:
        """As it was printed first: a visit registered anew does not change slips that are out."""
        printed = self._journal.ledger.recall(head_key(row.msgid))
        values = json.loads(printed) if printed else self._head_now(paid, row)
        return tuple(
            SlipRow(name=name, label=say(f"slip.{name}"), value=text)
            for name, text in values.items()
        )

    def _head_now(self, paid: Settlement, row: Transaction) -> dict[str, str]:
        visit = self._journal.ledger.visit(paid.visit_no)
        values = {
            **self._who(visit), "visit_no": paid.visit_no, "bill_no": paid.bill_no,
            **self._what(visit.registration), **self._stay(visit.registration, paid),
            "settled_at": _when(paid.settled_at),
        }  # fmt: skip
        if row.msgid != paid.msgid:
            values["cancelled_at"] = _when(row.made)
        return values

    def _who(self, visit: VisitRow) -> dict[str, str]:
        person, known, injury = visit.person, visit.registration, visit.qualification
        return {
            "name": person.name if person else known.person_name if known else "",
            "sex": self._sex(person.sex) if person else "",
            "age": person.age if person else "",
            "id_no": masked(person.id_no) if person else "",
            "employer": person.employer if person else "",
            "injury": " · ".join(filter(None, (injury.kind, injury.text))) if injury else "",
        }

    def _what(self, known: Registration | None) -> dict[str, str]:
        return {
            "med_type": self._centre.label("med_type", known.med_type) if known else "",
            "dept": known.dept_name or known.dept_code if known else "",
            "doctor": known.doctor_name or known.doctor_code if known else "",
            "diagnosis": known.diagnosis_name or known.diagnosis_code if known else "",
        }

    def _title(self, paid: Settlement, refund: bool) -> str:
        known = self._journal.ledger.visit(paid.visit_no).registration
        stay = "stay_" if known and known.is_inpatient else ""
        return f"slip.{stay}{'refund_title' if refund else 'title'}"

    def _stay(self, known: Registration | None, paid: Settlement) -> dict[str, str]:
        if known is None or not known.is_inpatient:
            return {}
        made = self._journal.transaction(paid.msgid).made
        return stay_head(self._journal.ledger, self._centre, known, paid, made)

    def _payments(self, paid: Settlement, refund: bool) -> tuple[SlipAmount, ...]:
        amounts = [(name, getattr(paid.amounts, name)) for name in PAID]
        made = self._journal.transaction(paid.msgid).made
        amounts += deposit_rows(self._journal.ledger, paid, made).items() if not refund else ()
        return tuple(_payment(name, _sign(fen, refund)) for name, fen in amounts)

    def _sex(self, code: str) -> str:
        return self._centre.label("gend", code)

    def _foot(self, row: Transaction, paid: Settlement) -> tuple[SlipRow, ...]:
        values = {
            "operator": str(row.facts.get("operator_name") or row.operator),
            "printed_at": _when(self._clock.now()),
            "original": paid.msgid if row.msgid != paid.msgid else "",
            "msgid": row.msgid,
            "check": self._check(row.msgid),
        }
        return tuple(
            SlipRow(name=name, label=say(f"slip.{name}"), value=text)
            for name, text in values.items()
            if text
        )

    def _check(self, msgid: str) -> str:
        """What ties the paper to the journal: the chained hash of the last answer's entry."""
        entries = self._journal.entries(msgid, with_related=False)
        answers = [entry for entry in entries if entry.kind == "outcome"] or entries
        return answers[-1].hash[:CHECK].upper()

    def _marks(self, paid: Settlement, refund: bool) -> tuple[str, ...]:
        void = bool(paid.cancelled_by) and not refund
        found = {"void": void, "training": self._settings.training}
        return tuple(say(f"slip.{name}") for name, holds in found.items() if holds)

    def _print_note(self, msgid: str) -> str:
        count = self._journal.ledger.print_count(msgid)
        who = self._session.acting()
        return say("slip.reprint", count=count, name=who.name or who.id) if count else ""

    def _heads(self, msgid: str) -> dict[str, str]:
        return {row.name: row.value for row in self.slip(msgid).head}

    def printed(self, msgid: str, place: str, kind: PaperKind = "slip") -> int:
        """Paper came out at ``place``; gives how many there are now."""
        return self.jobs.came_out(msgid, place, kind)

    def prints(self, msgid: str, kind: PaperKind = "slip") -> int:
        """How often the slip (or the centre's) was printed."""
        return self.jobs.count(msgid, kind)

    def to_print(self) -> tuple[Settlement, ...]:
        """Live settlements of which neither our slip nor the centre's ever came out."""
        return self._journal.ledger.not_printed()

    # -- the centre's own

    def fetch_slip(self, msgid: str) -> Fetched:
        """Download the centre's slip (6101) and keep its bytes; see ``CentreSlips.fetch``."""
        return self._centre_slips.fetch(msgid)

    def centre_slip(self, msgid: str) -> CentreSlip | None:
        """The centre's slip of a settlement as it was downloaded last, or nothing."""
        return self._centre_slips.kept(msgid)

    def slip_content(self, slip: CentreSlip) -> bytes:
        """Its bytes as they came; ``SetupError`` when they are gone or changed."""
        return self._centre_slips.content(slip)


def _sign(fen: Fen, refund: bool) -> Fen:
    return -fen if refund else fen


def _parts(paid: Settlement, refund: bool) -> tuple[SlipAmount, ...]:
    said = [(name, getattr(paid.amounts, name)) for name in PARTS]
    return tuple(
        SlipAmount(name=name, label=say(f"slip.{name}"), amount=_sign(fen, refund))
        for name, fen in said
        if fen is not None
    )


def _payment(name: str, fen: Fen) -> SlipAmount:
    return SlipAmount(name=name, label=say(f"slip.{name}"), amount=fen, words=in_words(fen))


def _identity(paid: Settlement) -> str:
    return say("slip.identity") if paid.amounts.adds_up else ""


def _when(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
