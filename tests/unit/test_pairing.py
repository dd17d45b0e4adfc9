"""What a cluster of records is, and the one repair it is offered: the whole table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.dayend import MatchSheet, Pair, PairClass, Period, Proposal, Side, Sum
from core.domain.pairing import View, judge
from core.words import texts
from tests.helpers.journals import moment

DAY = Period(begin=moment(0), end=moment(0, day=3) - timedelta(seconds=1))
OURS = Side("MZ1", "B1", "own", 900, 700, 200, False, moment(), "P1", "", "0101", "11", "settled")
BACK = OURS._replace(refund=True, total=-900, fund=-700, personal=-200, msgid="own-back")
THEIRS = OURS._replace(state="")
TAKEN = THEIRS._replace(refund=True, total=-900, fund=-700, personal=-200, msgid="own-back")
OTHER = {"total": 901, "personal": 201}
LATE = moment(1, day=3)
VIEW = View(
    period=DAY, today=DAY, hospital=frozenset({"MZ1"}), limit=500,
    whose=lambda msgid: msgid.split("-")[0] if msgid else "strange",
)  # fmt: skip
LIVE = replace(VIEW, live=frozenset({("MZ1", "B1")}))


def state(name: str) -> Side:
    """Our record in another state."""
    return OURS._replace(state=name)


CASES = {
    "all three the same": (OURS, THEIRS, THEIRS, VIEW, None),
    "the hospital was not told": (OURS, None, THEIRS, VIEW, "centre_only post"),
    "its answer was lost": (state("unknown"), None, THEIRS, VIEW, "centre_only complete"),
    "a supervisor has it": (state("manual"), None, THEIRS, VIEW, "centre_only complete"),
    "the process died": (state("intent"), None, THEIRS, VIEW, "centre_only complete"),
    "a fence is under way": (state("voiding"), None, THEIRS, VIEW, "centre_only reverse"),
    "booked after the fence": (state("void"), None, THEIRS, VIEW, "centre_only reverse"),
    "booked though refused": (state("rejected"), None, THEIRS, VIEW, "centre_only reverse"),
    "nobody here knows it": (None, None, THEIRS, VIEW, "centre_only reverse"),
    "its reversal was refused": (
        None, None, THEIRS, replace(VIEW, fenced=frozenset({"own"})), "centre_only cancel",
    ),
    "the journal lost it": (None, THEIRS, THEIRS, VIEW, "centre_only complete"),
    "cancelled elsewhere": (None, None, TAKEN, LIVE, "centre_only complete"),
    "cancelled, of nothing": (None, None, TAKEN, VIEW, "centre_only ask"),
    "of a strange program": (
        None, None, THEIRS._replace(msgid="strange"), VIEW, "centre_only ask",
    ),
    "without a visit": (None, None, THEIRS._replace(visit_no=""), VIEW, "centre_only ask"),
    "of another window": (None, None, THEIRS._replace(msgid="other"), VIEW, "other_desk none"),
    "of another window, told": (
        None, THEIRS._replace(msgid="other"), THEIRS._replace(msgid="other"), VIEW,
        "other_desk none",
    ),
    "of another window, there only": (
        None, THEIRS._replace(msgid="other"), None, VIEW, "other_desk none",
    ),
    "twice at the centre": (
        None, None, THEIRS, replace(VIEW, counted=frozenset({("MZ1", "B1", False)})),
        "doubled ask",
    ),
    "lost by the centre": (OURS, THEIRS, None, LIVE, "hospital_only settle_again"),
    "lost, another day": (
        OURS, THEIRS, None, replace(LIVE, today=Period(begin=LATE, end=LATE)),
        "hospital_only void",
    ),
    "lost, and cancelled since": (OURS, THEIRS, None, VIEW, "hospital_only void"),
    "the hospital alone, ready": (
        None, THEIRS, None, replace(VIEW, ready=frozenset({"MZ1"})), "hospital_only settle_again",
    ),
    "the hospital alone": (None, THEIRS, None, VIEW, "hospital_only void"),
    "given back there alone": (None, TAKEN, None, LIVE, "hospital_only cancel"),
    "given back there, of nothing": (None, TAKEN, None, VIEW, "hospital_only void"),
    "void here, kept there": (state("void"), THEIRS, None, VIEW, "hospital_only void"),
    "ours alone, open": (state("unknown"), None, None, VIEW, "journal_only reverse"),
    "ours alone, fenced": (state("voiding"), None, None, VIEW, "journal_only reverse"),
    "ours alone": (OURS, None, None, LIVE, "journal_only settle_again"),
    "ours alone, not live": (OURS, None, None, VIEW, "journal_only void"),
    "a cancellation that never arrived": (BACK, TAKEN, None, VIEW, "hospital_only cancel"),
    "the same, no hospital": (BACK, None, None, VIEW, "journal_only cancel"),
    "other amounts at the centre": (
        OURS, THEIRS, THEIRS._replace(**OTHER), LIVE, "amount_differs settle_again",
    ),
    "other amounts, cancelled": (
        OURS, THEIRS, THEIRS._replace(**OTHER), VIEW, "amount_differs ask",
    ),
    "other amounts in the hospital": (
        OURS, THEIRS._replace(**OTHER), THEIRS, LIVE, "amount_differs post",
    ),
    "booked on the next day": (
        OURS, THEIRS, THEIRS._replace(at=LATE), VIEW, "across_midnight take_moment",
    ),
    "a hospital that knows no such visit": (
        OURS, None, THEIRS, replace(VIEW, hospital=frozenset()), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_cluster_has_its_class_and_one_proposal(name):
    journal, hospital, centre, view, wanted = CASES[name]
    matched, pairs = judge([[journal, hospital, centre]], view)
    if wanted is None:
        assert (matched, pairs) == (1, ())
        return
    (pair,) = pairs
    assert (matched, f"{pair.kind} {pair.proposal}") == (0, wanted)


def test_every_proposal_that_can_come_has_its_sentence():
    seen = {case[-1] for case in CASES.values() if case[-1]}
    seen |= {f"refund_pair {name}" for name in ("none", "void", "complete")}
    for pair in seen:
        assert texts()[f"dayend.says.{pair.replace(' ', '.')}"]
    for kind in PairClass:
        assert texts()[f"dayend.class.{kind}"]
    for proposal in Proposal:
        assert texts()[f"dayend.proposal.{proposal}"]


@pytest.mark.parametrize(
    ("clusters", "wanted"),
    [
        ([[OURS, THEIRS, None], [BACK, TAKEN, None]], ["void", "none"]),
        ([[BACK, None, None], [OURS, None, None]], ["void", "none"]),
        ([[None, None, TAKEN], [None, None, THEIRS]], ["complete", "complete"]),
        ([[None, THEIRS, None], [None, TAKEN, None]], ["none", "none"]),
        (
            [
                [OURS, THEIRS, THEIRS._replace(**OTHER)],
                [BACK, TAKEN, TAKEN._replace(total=-901, personal=-201)],
            ],
            ["none", "none"],
        ),
    ],
)
def test_what_adds_up_to_nothing_in_every_book_is_one_case(clusters, wanted):
    _, pairs = judge(clusters, VIEW)
    assert [pair.kind for pair in pairs] == [PairClass.REFUND_PAIR] * 2
    assert [str(pair.proposal) for pair in pairs] == wanted
    assert [pair.first.refund for pair in pairs] == [False, True]


def test_what_does_not_add_up_or_is_uncertain_is_no_refund_pair():
    short = TAKEN._replace(total=-899, personal=-199)
    for clusters in (
        [[None, None, THEIRS], [None, None, short]],
        [[state("unknown"), None, None], [BACK, None, None]],
        [[None, None, THEIRS._replace(msgid="other")], [None, None, TAKEN]],
    ):
        _, pairs = judge(clusters, VIEW)
        assert PairClass.REFUND_PAIR not in {pair.kind for pair in pairs}


def test_only_the_period_is_shown_and_counted():
    elsewhere = [[OURS._replace(at=LATE), None, THEIRS._replace(at=LATE)]]
    assert judge(elsewhere, VIEW) == (0, ())
    same = [OURS._replace(at=LATE), THEIRS._replace(at=LATE), THEIRS._replace(at=LATE)]
    assert judge([same], VIEW) == (0, ())


@pytest.mark.parametrize(("limit", "second"), [(899, True), (900, False)])
def test_above_the_limit_two_people_decide(limit, second):
    _, (pair,) = judge([[None, None, THEIRS]], replace(VIEW, limit=limit))
    assert pair.needs_second is second
    _, (told,) = judge([[OURS, None, THEIRS]], replace(VIEW, limit=0))
    assert not told.needs_second


def test_a_sheet_counts_its_classes():
    pairs = (Pair(PairClass.DOUBLED, centre=THEIRS), Pair(PairClass.MATCHED, OURS))
    sheet = MatchSheet(listed=9, matched=7, pairs=pairs)
    assert sheet.count()[PairClass.DOUBLED] == 1
    assert sheet.count()[PairClass.MATCHED] == 8
    assert sheet.open == ()
    assert pairs[0].difference == -900
    assert pairs[1].key == "MZ1|B1|0|own"


def test_sums_are_the_same_where_no_number_is_told():
    ours = Sum(count=3, total=5, fund=4, personal=1)
    assert ours.same(Sum(count=None, total=5, fund=4, personal=1))
    assert not ours.same(Sum(count=2, total=5, fund=4, personal=1))
    assert not ours.same(Sum(count=3, total=5, fund=3, personal=2))
