"""What a cluster of records is, and the one repair it is offered (domain.md §3.2). Pure, no I/O."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from core.domain.dayend import Pair, PairClass, Period, Proposal, Side
from core.domain.matching import Cluster
from core.domain.transaction import State
from core.money import Fen

BOOKED: frozenset[str] = frozenset({State.SETTLED, State.ACCEPTED})
WAITING: frozenset[str] = frozenset({State.INTENT, State.UNKNOWN, State.MANUAL})
MOVES_MONEY = frozenset(
    {Proposal.REVERSE, Proposal.CANCEL, Proposal.SETTLE_AGAIN, Proposal.VOID}
)  # what needs a second person above the limit
Whose = Literal["own", "other", "strange"]
Bill = tuple[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """What a judgement needs to know beside the records.

    ``hospital``: visits whose results the hospital takes; ``whose``: the desk of a message id;
    ``counted``: (visit, bill, refund) that our sums of the period hold already; ``live``: bills
    with a settlement that stands; ``ready``: visits that could be settled now; ``fenced``: ids
    whose reversal the centre has refused; ``today``: the day on which one settles; ``limit`` fen
    above which a second person is needed.
    """

    period: Period
    today: Period
    hospital: frozenset[str]
    whose: Callable[[str], Whose]
    limit: Fen
    counted: frozenset[tuple[str, str, bool]] = frozenset()
    live: frozenset[Bill] = frozenset()
    ready: frozenset[str] = frozenset()
    fenced: frozenset[str] = frozenset()


Judged = tuple[PairClass, Proposal]


def judge(clusters: Iterable[Cluster], view: View) -> tuple[int, tuple[Pair, ...]]:
    """How many are simply ``matched``, and the other pairs of the period; refund pairs are seen
    together."""
    found = [_pair(cluster, view) for cluster in clusters]
    pairs = [pair for pair in found if pair.kind is not PairClass.MATCHED]
    matched = sum(_concerns(pair, view.period) for pair in found) - sum(
        _concerns(pair, view.period) for pair in pairs
    )
    inside = (pair for pair in _refund_pairs(pairs) if _concerns(pair, view.period))
    return matched, tuple(replace(pair, needs_second=_second(pair, view.limit)) for pair in inside)


def _pair(cluster: Cluster, view: View) -> Pair:
    journal, hospital, centre = cluster
    kind, proposal = _judged(journal, hospital, centre, view)
    return Pair(kind, journal, hospital, centre, proposal)


def _judged(journal: Side | None, hospital: Side | None, centre: Side | None, view: View) -> Judged:
    if centre is None:
        if journal is None:
            assert hospital is not None
            return _only_hospital(hospital, view)
        return _not_there(journal, hospital, view)
    if journal is None:
        return _not_ours(hospital, centre, view)
    if journal.state not in BOOKED:
        wait = journal.state in WAITING
        return PairClass.CENTRE_ONLY, Proposal.COMPLETE if wait else Proposal.REVERSE
    return _both(journal, hospital, centre, view)


def _both(journal: Side, hospital: Side | None, centre: Side, view: View) -> Judged:
    if not same_amounts(journal, centre):
        again = not journal.refund and _bill(journal) in view.live
        return PairClass.AMOUNT_DIFFERS, Proposal.SETTLE_AGAIN if again else Proposal.ASK
    if hospital is not None and not same_amounts(hospital, centre):
        return PairClass.AMOUNT_DIFFERS, Proposal.POST
    if hospital is None and centre.visit_no in view.hospital:
        return PairClass.CENTRE_ONLY, Proposal.POST
    if view.period.holds(journal.at) != view.period.holds(centre.at):
        return PairClass.ACROSS_MIDNIGHT, Proposal.TAKE_MOMENT
    return PairClass.MATCHED, Proposal.NONE


def _not_ours(hospital: Side | None, centre: Side, view: View) -> Judged:
    """The centre has it, the journal knows nothing of it."""
    if (centre.visit_no, centre.bill_no, centre.refund) in view.counted:
        return PairClass.DOUBLED, Proposal.ASK
    whose = view.whose(centre.msgid)
    if whose == "other":
        return PairClass.OTHER_DESK, Proposal.NONE
    if hospital is not None and whose == "own":
        return PairClass.CENTRE_ONLY, Proposal.COMPLETE
    if whose == "strange" or not centre.visit_no:
        return PairClass.CENTRE_ONLY, Proposal.ASK
    if centre.refund:
        known = _bill(centre) in view.live
        return PairClass.CENTRE_ONLY, Proposal.COMPLETE if known else Proposal.ASK
    refused = centre.msgid in view.fenced
    return PairClass.CENTRE_ONLY, Proposal.CANCEL if refused else Proposal.REVERSE


def _not_there(journal: Side, hospital: Side | None, view: View) -> Judged:
    """The journal knows of it, the centre has nothing."""
    kind = PairClass.HOSPITAL_ONLY if hospital else PairClass.JOURNAL_ONLY
    if journal.state not in BOOKED:
        open_still = journal.state in WAITING or journal.state == State.VOIDING
        return kind, Proposal.REVERSE if open_still else Proposal.VOID
    if journal.refund:
        return kind, Proposal.CANCEL
    again = view.today.holds(journal.at) and _bill(journal) in view.live
    return kind, Proposal.SETTLE_AGAIN if again else Proposal.VOID


def _only_hospital(hospital: Side, view: View) -> Judged:
    if view.whose(hospital.msgid) == "other":
        return PairClass.OTHER_DESK, Proposal.NONE
    kind, live = PairClass.HOSPITAL_ONLY, _bill(hospital) in view.live
    if hospital.refund:
        return kind, Proposal.CANCEL if live else Proposal.VOID
    ready = hospital.visit_no in view.ready and view.today.holds(hospital.at)
    return kind, Proposal.SETTLE_AGAIN if ready else Proposal.VOID


def _bill(side: Side) -> Bill:
    return side.visit_no, side.bill_no


def same_amounts(one: Side, other: Side) -> bool:
    """The same to the fen, part by part."""
    return (one.total, one.fund, one.personal) == (other.total, other.fund, other.personal)


def _second(pair: Pair, limit: Fen) -> bool:
    sides = (pair.journal, pair.hospital, pair.centre)
    largest = max(abs(side.total) for side in sides if side is not None)
    return pair.proposal in MOVES_MONEY and largest > limit


def _concerns(pair: Pair, period: Period) -> bool:
    sides = (pair.journal, pair.hospital, pair.centre)
    return any(period.holds(side.at) for side in sides if side is not None)


# -- a settlement and its cancellation


def _refund_pairs(pairs: list[Pair]) -> list[Pair]:
    """Settlements and cancellations of one bill that add up to nothing in every book."""
    groups: defaultdict[Bill, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[_bill(pair.first)].append(pair)
    return [pair for group in groups.values() for pair in _seen_together(group)]


def _seen_together(group: list[Pair]) -> list[Pair]:
    both = {pair.first.refund for pair in group} == {True, False}
    plain = all(pair.kind is not PairClass.OTHER_DESK and _certain(pair) for pair in group)
    if not (both and plain and all(map(_nothing, _books(group)))):
        return group
    proposal = _of_refund_pair(group)
    ordered = sorted(group, key=lambda pair: pair.first.refund)
    return [replace(pair, kind=PairClass.REFUND_PAIR, proposal=proposal(pair)) for pair in ordered]


def _certain(pair: Pair) -> bool:
    return pair.journal is None or pair.journal.state in BOOKED


def _books(group: list[Pair]) -> list[list[Side]]:
    columns = zip(*((pair.journal, pair.hospital, pair.centre) for pair in group), strict=True)
    return [[side for side in column if side is not None] for column in columns]


def _nothing(sides: list[Side]) -> bool:
    return not any(
        sum(amounts)
        for amounts in zip(*((s.total, s.fund, s.personal) for s in sides), strict=True)
    )


def _of_refund_pair(group: list[Pair]) -> Callable[[Pair], Proposal]:
    """Only ours: out of our sums, both at once. Only the centre's: into our sums, one by one."""
    journal, _, centre = _books(group)
    if journal and not centre:
        return lambda pair: Proposal.NONE if pair.first.refund else Proposal.VOID
    if centre and not journal:
        return lambda pair: Proposal.COMPLETE
    return lambda pair: Proposal.NONE
