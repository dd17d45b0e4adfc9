"""The end of the day: sums, pairs of records, comparisons, confirmations, closings, hand-overs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from core.domain.base import Model
from core.domain.slip import SlipRow
from core.money import Fen


class Period(Model):
    """From ``begin`` to ``end``, both included, aware moments of China Standard Time."""

    begin: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Is the moment inside?"""
        return self.begin <= moment <= self.end


class Sum(Model):
    """Amounts in fen and how many records made them; ``count`` ``None``: it was not told."""

    count: int | None = 0
    total: Fen = 0
    fund: Fen = 0
    personal: Fen = 0

    def plus(self, other: Sum) -> Sum:
        """Both together."""
        return Sum(
            count=(self.count or 0) + (other.count or 0), total=self.total + other.total,
            fund=self.fund + other.fund, personal=self.personal + other.personal,
        )  # fmt: skip

    def same(self, other: Sum) -> bool:
        """Equal to the fen, and in number where both sides tell one."""
        amounts = (self.total, self.fund, self.personal) == (
            other.total, other.fund, other.personal,
        )  # fmt: skip
        return amounts and (None in (self.count, other.count) or self.count == other.count)


class Part(Model):
    """The sums of one operator or one kind: ``key`` its number or code, ``name`` for people.

    ``refunded`` is negative: what was cancelled in the period.
    """

    key: str
    name: str
    settled: Sum = Sum()
    refunded: Sum = Sum()

    @property
    def net(self) -> Sum:
        """Settlements and cancellations together."""
        return self.settled.plus(self.refunded)


class Totals(Model):
    """Sums of a period from our own journal, by the centre's moment of booking where known."""

    settled: Sum = Sum()
    refunded: Sum = Sum()
    by_operator: tuple[Part, ...] = ()
    by_kind: tuple[Part, ...] = ()

    @property
    def net(self) -> Sum:
        """Settlements and cancellations together: what 1320 is compared with."""
        return self.settled.plus(self.refunded)


class Side(NamedTuple):
    """One record of one book: journal, hospital or centre. A refund has negative amounts.

    ``at``: when it was booked there (aware); ``state``: the journal row's state, else empty.
    """

    visit_no: str
    bill_no: str
    msgid: str
    total: Fen
    fund: Fen
    personal: Fen
    refund: bool
    at: datetime
    person_no: str = ""
    person_name: str = ""
    operator: str = ""
    kind: str = ""
    state: str = ""


class PairClass(StrEnum):
    """What a pair of records is (domain.md §3.2, §3.3).

    ``centre_only``: the centre has it, the hospital's side (HIS or journal) lacks it;
    ``hospital_only``: the other way round; ``journal_only``: only this desk knows it;
    ``amount_differs``: same record, other amounts; ``across_midnight``: booked on the other side
    of the period's border; ``refund_pair``: settlement and cancellation that add up to nothing;
    ``doubled``: a second record of the same settlement; ``other_desk``: another window's.
    """

    MATCHED = "matched"
    CENTRE_ONLY = "centre_only"
    HOSPITAL_ONLY = "hospital_only"
    JOURNAL_ONLY = "journal_only"
    AMOUNT_DIFFERS = "amount_differs"
    ACROSS_MIDNIGHT = "across_midnight"
    REFUND_PAIR = "refund_pair"
    DOUBLED = "doubled"
    OTHER_DESK = "other_desk"


class Proposal(StrEnum):
    """The one repair that a pair is offered.

    ``complete``: take it into the journal from the stored reply or the centre's list, and tell the
    hospital; ``post``: tell the hospital again; ``take_moment``: count it on the centre's day;
    ``reverse`` 2209 with the original id; ``cancel`` 2208; ``settle_again``: undo what is there and
    settle anew; ``void``: take it out of our books, fenced at the centre; ``ask``: only the centre
    can say (export the case); ``none``: nothing to do.
    """

    NONE = "none"
    COMPLETE = "complete"
    POST = "post"
    TAKE_MOMENT = "take_moment"
    REVERSE = "reverse"
    CANCEL = "cancel"
    SETTLE_AGAIN = "settle_again"
    VOID = "void"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Pair:
    """What belongs together in the three books, and its one proposed repair.

    ``says``: why, as a sentence; ``needs_second``: above the limit of the settings, a second
    person must agree.
    """

    kind: PairClass
    journal: Side | None = None
    hospital: Side | None = None
    centre: Side | None = None
    proposal: Proposal = Proposal.NONE
    says: str = ""
    needs_second: bool = False

    @property
    def first(self) -> Side:
        """The record that names the pair: the journal's, else the centre's, else the hospital's."""
        found = self.journal or self.centre or self.hospital
        assert found is not None
        return found

    @property
    def key(self) -> str:
        """What a list remembers a pair by across comparisons."""
        side = self.first
        return f"{side.visit_no}|{side.bill_no}|{int(side.refund)}|{side.msgid}"

    @property
    def difference(self) -> Fen:
        """Journal (or hospital) minus centre, in fen."""
        ours = self.journal or self.hospital
        return (ours.total if ours else 0) - (self.centre.total if self.centre else 0)


class MatchSheet(Model):
    """The three-way match of a period: ``pairs`` are those that are not simply ``matched``.

    ``listed`` rows of the centre, ``matched`` pairs in number; ``hospital``: did the hospital's
    system give its list (else two books were compared).
    """

    listed: int
    matched: int
    pairs: tuple[Pair, ...] = ()
    hospital: bool = False

    @property
    def open(self) -> tuple[Pair, ...]:
        """The pairs that want a repair."""
        return tuple(pair for pair in self.pairs if pair.proposal is not Proposal.NONE)

    def count(self) -> dict[PairClass, int]:
        """How many pairs of each class, matched ones too."""
        found = dict.fromkeys(PairClass, 0) | {PairClass.MATCHED: self.matched}
        for pair in self.pairs:
            found[pair.kind] += 1
        return found


class Confirmation(Model):
    """A period that the centre has confirmed (1322); ``undone_by`` the 1323's id, or empty.

    ``number`` is the centre's (empty where its answer was lost); ``operator`` and ``sign_no``
    empty: all.
    """

    msgid: str
    number: str
    period: Period
    operator: str = ""
    sign_no: str = ""
    sums: Sum = Sum()
    at: datetime
    by: str = ""
    undone_by: str = ""


class Comparison(Model):
    """Our sums beside the centre's; ``sheet`` is there after a match.

    ``confirmed``: the standing confirmation of the very period; ``unresolved``: transactions of
    the period whose end nobody knows yet; ``untold``: results that the hospital has still to be
    told, of any period.
    """

    period: Period
    operator: str = ""
    sign_no: str = ""
    ours: Totals
    centre: Sum
    equal: bool
    confirmed: Confirmation | None = None
    unresolved: int = 0
    untold: int = 0
    sheet: MatchSheet | None = None


class Repaired(Model):
    """What a repair came to; ``done`` False: the centre did not (yet) do it, ``says`` why.

    ``msgid``: the transaction it sent last, or empty.
    """

    done: bool
    says: str
    msgid: str = ""


class Unresolved(Model):
    """An open case as a closing carries it over; ``held_by``: to whom it was handed, or empty."""

    msgid: str
    step: str
    visit_no: str
    amount: Fen | None = None
    since: datetime
    known: str = ""
    held_by: str = ""


class Closing(Model):
    """One numbered line of the closings: a cut of one operator's takings, or its void.

    Append-only. ``voids``: the number of the closing that this line takes back (else 0);
    ``voided_by``: the number of the line that took this one back (else 0). ``counted``: cash in
    fen as counted, ``None``: not counted. ``late``: what of the sums was booked before the period
    but came in after the last cut. ``anchor``: the journal's last hash at the cut.
    """

    number: int
    period: Period
    operator_id: str
    operator_name: str
    made_at: datetime
    made_by: str = ""
    totals: Totals = Totals()
    late: Sum = Sum()
    counted: Fen | None = None
    note: str = ""
    unresolved: tuple[Unresolved, ...] = ()
    anchor: str = ""
    voids: int = 0
    voided_by: int = 0

    @property
    def cash(self) -> Fen:
        """What the till must hold: the personal parts taken minus those given back."""
        return self.totals.net.personal

    @property
    def over(self) -> Fen | None:
        """Counted minus due, in fen; ``None`` where nobody counted."""
        return None if self.counted is None else self.counted - self.cash


class HandOver(Model):
    """Open cases given to a named operator who accepted with his password."""

    number: int
    given_by: str
    given_name: str
    taken_by: str
    taken_name: str
    at: datetime
    note: str = ""
    msgids: tuple[str, ...] = ()


class SheetSum(Model):
    """One line of sums on the closing's sheet."""

    name: str
    label: str
    sums: Sum


class ClosingSheet(Model):
    """The printed sheet of a closing, or of its void: everything on it, nothing left to compute.

    ``code``: what the square code carries; ``marks``: written across (已作废, 培训样张 无效).
    """

    number: str
    title: str
    hospital: str
    code: str
    head: tuple[SlipRow, ...]
    sums: tuple[SheetSum, ...]
    by_kind: tuple[SheetSum, ...]
    cash: tuple[SlipRow, ...]
    unresolved: tuple[SlipRow, ...]
    signatures: tuple[str, ...]
    foot: tuple[SlipRow, ...]
    marks: tuple[str, ...] = ()
    void: bool = False
