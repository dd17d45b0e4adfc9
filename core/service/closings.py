"""Cuts of one operator's takings: append-only closings, their voids and sheets, hand-overs."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from core.clock import CHINA, Clock
from core.domain import Operator, Role, Transaction
from core.domain.dayend import (
    Closing,
    ClosingSheet,
    HandOver,
    Part,
    Period,
    SheetSum,
    Sum,
    Unresolved,
)
from core.domain.slip import SlipRow
from core.errors import Refused, SetupError, fault
from core.journal import Journal
from core.journal.decisions import decide
from core.journal.safekeeping import Safekeeping
from core.money import LARGEST, Fen, show
from core.service import probes
from core.service.dayend_repair import guard_reason
from core.service.documents import CHECK, Words
from core.service.operators import OperatorBook
from core.service.session import Session
from core.settings import Settings
from core.words import say

SECOND = timedelta(seconds=1)
LONGEST_NOTE = 200
SIGNED = ("cashier", "finance", "checker")


class Closings:
    """``desk.closings``. Needs no centre; raises ``DeskError``."""

    def __init__(
        self, journal: Journal, keeping: Safekeeping, session: Session, operators: OperatorBook,
        centre: Words, settings: Settings, clock: Clock, probe: probes.Probe = probes.quiet,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._keeping = keeping
        self._session = session
        self._operators = operators
        self._centre = centre
        self._settings = settings
        self._clock = clock
        self._probe = probe

    # -- cutting

    def preview(self, operator: Operator, end: datetime | None = None) -> Closing:
        """What a closing would hold: number 0, from the operator's last cut to ``end`` or now.

        Raises ``Refused`` for an end in the future or not after the last cut.
        """
        last = self._clock.now().astimezone(CHINA).replace(microsecond=0) - SECOND
        end = (end or last).astimezone(CHINA).replace(microsecond=0)
        if end > last:  # this very second may still bring a settlement
            raise Refused(fault("closing.future", "end"))
        begin = self._begin(operator)
        if end < begin:
            cut = _when(begin - SECOND)
            raise Refused(fault("closing.order", "end", last=cut))
        draft = Closing(
            number=0, period=Period(begin=begin, end=end), operator_id=operator.id,
            operator_name=operator.name, made_at=self._clock.now(), unresolved=self.unresolved(),
        )  # fmt: skip
        return self._summed(draft)

    def _summed(self, draft: Closing) -> Closing:
        daybook, who, period = self._journal.ledger.daybook, draft.operator_id, draft.period
        totals, late = daybook.takings(who, period.end), daybook.late(who, period.begin)
        return draft.model_copy(update={"totals": totals, "late": late})

    def _begin(self, operator: Operator) -> datetime:
        """A second after the last cut; for the first one the day of the first movement."""
        daybook = self._journal.ledger.daybook
        if last := daybook.last_closing(operator.id):
            return last.period.end + SECOND
        first = daybook.first_movement(operator.id) or self._clock.now()
        return datetime.combine(first.astimezone(CHINA).date(), time(), CHINA)

    def close(
        self, operator: Operator, by: Operator | None = None, counted: Fen | None = None,
        note: str = "", end: datetime | None = None,
    ) -> Closing:  # fmt: skip
        """Cut at ``end`` (now), append it with its number, then copy the journal.

        ``counted``: the cash in fen as counted before anything was shown; raises ``Refused``.
        """
        if counted is not None and abs(counted) >= LARGEST:
            raise Refused(fault("closing.counted", "counted", value=show(counted)))
        if len(note) > LONGEST_NOTE:
            raise Refused(fault("closing.note_long", "note", most=LONGEST_NOTE))
        draft = self.preview(operator, end).model_copy(update={
            "made_by": (by or operator).id, "counted": counted, "note": note.strip(),
            "anchor": self._journal.ledger.daybook.anchor(),
        })  # fmt: skip
        return self._append(draft)

    def _append(self, draft: Closing) -> Closing:
        kept: list[Closing] = []
        decide(self._journal, "", self._text(draft), lambda _: kept.append(self._kept(draft)))
        self._probe(probes.CLOSING_WRITTEN)
        self._copy()
        return kept[0]

    def _kept(self, draft: Closing) -> Closing:
        """Summed once more where nothing can come between, and its movements taken."""
        daybook = self._journal.ledger.daybook
        if draft.voids:
            daybook.reopen_movements(draft.voids)
            return daybook.add_closing(draft)
        made = daybook.add_closing(self._summed(draft))
        daybook.close_movements(made.operator_id, made.period.end, made.number)
        return made

    def _copy(self) -> None:
        """The closing stands whether or not the copy can be made; the self-check tells."""
        try:
            self._keeping.backup("end")
        except SetupError as error:
            self._keeping.trouble = str(error)

    def _text(self, draft: Closing) -> str:
        if draft.voids:
            return say("closing.voided", number=draft.voids, reason=draft.note)
        net = draft.totals.net
        return say(
            "closing.made", name=draft.operator_name, begin=_when(draft.period.begin),
            end=_when(draft.period.end), count=net.count, total=show(net.total),
            open=len(draft.unresolved),
        )  # fmt: skip

    def void(self, number: int, reason: str, by: Operator) -> Closing:
        """Take back an operator's last closing by a new line; he himself or a supervisor."""
        guard_reason(reason)
        daybook = self._journal.ledger.daybook
        found = daybook.closing(number)
        if found is None:
            raise Refused(fault("closing.unknown", number=number))
        if found.voids or found.voided_by:
            raise Refused(fault("closing.void_of_void", number=number))
        if by.id != found.operator_id and by.role is not Role.SUPERVISOR:
            raise Refused(fault("closing.not_allowed"))
        last = daybook.last_closing(found.operator_id)
        if last is None or last.number != number:
            raise Refused(fault("closing.not_last", last=last.number if last else 0))
        return self._append(found.model_copy(update={
            "number": 0, "made_at": self._clock.now(), "made_by": by.id, "voids": number,
            "note": reason.strip(), "anchor": self._journal.ledger.daybook.anchor(),
        }))  # fmt: skip

    def closings(self, limit: int = 200) -> tuple[Closing, ...]:
        """Newest first, voids too."""
        return self._journal.ledger.daybook.closings(limit)

    # -- open cases

    def unresolved(self) -> tuple[Unresolved, ...]:
        """Every open case with who holds it, oldest first."""
        holders = self._journal.ledger.daybook.holders()
        return tuple(_unresolved(row, holders.get(row.msgid)) for row in self._journal.open_rows())

    def hand_over(self, to_id: str, password: str, by: Operator, note: str = "") -> HandOver:
        """Give all open cases to a named operator, who accepts with his password.

        Raises ``Refused`` for a wrong password, for himself, or where nothing is open.
        """
        rows = self._journal.open_rows()
        if not rows:
            raise Refused(fault("closing.nothing_open"))
        if len(note) > LONGEST_NOTE:
            raise Refused(fault("closing.note_long", "note", most=LONGEST_NOTE))
        taker = self._operators.verify(to_id, password)
        if taker.id == by.id:
            raise Refused(fault("closing.to_self", "to"))
        draft = HandOver(
            number=0, given_by=by.id, given_name=by.name, taken_by=taker.id,
            taken_name=taker.name, at=self._clock.now(), note=note.strip(),
            msgids=tuple(row.msgid for row in rows),
        )  # fmt: skip
        kept: list[HandOver] = []
        daybook = self._journal.ledger.daybook
        text = say("closing.handed_over", given=by.name, taken=taker.name, count=len(rows))
        decide(self._journal, "", text, lambda _: kept.append(daybook.add_hand_over(draft)))
        return kept[0]

    def hand_overs(self, limit: int = 100) -> tuple[HandOver, ...]:
        """Newest first."""
        return self._journal.ledger.daybook.hand_overs(limit)

    # -- paper

    def sheet(self, number: int) -> ClosingSheet:
        """The printed sheet of a closing or of a void; raises ``Refused`` for a strange number."""
        found = self._journal.ledger.daybook.closing(number)
        if found is None:
            raise Refused(fault("closing.unknown", number=number))
        void = bool(found.voids)
        return ClosingSheet(
            number=f"{found.number:06d}",
            title=say("closing.sheet.void_title" if void else "closing.sheet.title"),
            hospital=self._settings.hospital.name, code=_paper(found.number), void=void,
            head=_head(found), sums=_sums(found), cash=_cash(found),
            by_kind=tuple(self._kind(part) for part in found.totals.by_kind),
            unresolved=tuple(_open_row(item) for item in found.unresolved),
            signatures=tuple(say(f"closing.sheet.sign_{name}") for name in SIGNED),
            foot=(_row("anchor", found.anchor[:CHECK].upper()),), marks=self._marks(found),
        )  # fmt: skip

    def prints(self, number: int) -> int:
        """How often the sheet of a closing or void came out."""
        return self._journal.ledger.print_count(_paper(number))

    def printed(self, number: int, place: str) -> int:
        """Count one print of a sheet; gives how many there are now."""
        who = self._session.acting().id
        with self._journal.commit():
            return self._journal.ledger.add_print(_paper(number), place, who)

    def _kind(self, part: Part) -> SheetSum:
        label = self._centre.label("med_type", part.key) if part.key else part.key
        return SheetSum(name=part.key, label=label, sums=part.net)

    def _marks(self, found: Closing) -> tuple[str, ...]:
        held = {"void_mark": bool(found.voided_by), "training": self._settings.training}
        return tuple(say(f"closing.sheet.{name}") for name, holds in held.items() if holds)


def _unresolved(row: Transaction, held: HandOver | None) -> Unresolved:
    return Unresolved(
        msgid=row.msgid, step=row.step, visit_no=row.visit, amount=row.amount,
        since=row.unknown_since or row.made, known=row.known,
        held_by=held.taken_name if held else "",
    )  # fmt: skip


def _paper(number: int) -> str:
    """What a sheet's square code carries, and what its prints are counted by."""
    return f"ZZ{number:06d}"


def _row(name: str, value: str) -> SlipRow:
    return SlipRow(name=name, label=say(f"closing.sheet.{name}"), value=value)


def _head(found: Closing) -> tuple[SlipRow, ...]:
    values = {
        "number": f"{found.number:06d}",
        "operator": say("closing.sheet.who", name=found.operator_name, id=found.operator_id),
        "begin": _when(found.period.begin),
        "end": _when(found.period.end),
        "made_at": _when(found.made_at),
        "made_by": found.made_by,
        "voids": f"{found.voids:06d}" if found.voids else "",
        "late": show(found.late.total) if found.late != Sum() else "",
        "note": found.note,
    }
    return tuple(_row(name, value) for name, value in values.items() if value)


def _sums(found: Closing) -> tuple[SheetSum, ...]:
    totals = found.totals
    parts: dict[str, Sum] = {
        "settled": totals.settled,
        "refunded": totals.refunded,
        "net": totals.net,
    }
    return tuple(
        SheetSum(name=name, label=say(f"closing.sheet.{name}"), sums=sums)
        for name, sums in parts.items()
    )


def _cash(found: Closing) -> tuple[SlipRow, ...]:
    counted = say("closing.sheet.not_counted") if found.counted is None else show(found.counted)
    rows = {"cash": show(found.cash), "counted": counted, "over": show(found.over)}
    return tuple(_row(name, value) for name, value in rows.items() if value)


def _open_row(item: Unresolved) -> SlipRow:
    held = say("closing.sheet.held_by", name=item.held_by) if item.held_by else ""
    value = " · ".join(filter(None, (
        item.visit_no, show(item.amount), item.known, held or say("closing.sheet.nobody"),
    )))  # fmt: skip
    return SlipRow(name=item.step, label=item.msgid, value=value)


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
