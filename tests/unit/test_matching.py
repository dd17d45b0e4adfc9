"""The matcher: random books whose answer is known, and books that collide on purpose."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.dayend import Side
from core.domain.matching import CENTRE, HOSPITAL, JOURNAL, join, match, without_corrections
from tests.helpers.journals import moment

PLACES = (JOURNAL, HOSPITAL, CENTRE)
LOOKS = ("same", "amount", "no_visit", "no_names", "far", "other_bill")


def side(number: int, **changes: object) -> Side:
    """A record of its own: no two numbers share visit, bill, id, person or amount."""
    made = Side(
        f"MZ{number}", f"MZ{number}-1", f"M{number}", 1_000 + number, 800, 200 + number, False,
        moment(), f"P{number}", str(number), "0101",
    )  # fmt: skip
    return made._replace(**changes)


@dataclass(frozen=True)
class Fact:
    """One settlement: in which books it stands, and how it looks at the centre."""

    books: frozenset[int]
    look: str

    def row(self, number: int, place: int) -> Side:
        """The record as the book of ``place`` has it."""
        plain = side(number)
        if place != CENTRE:
            return plain
        nameless = {"visit_no": "", "bill_no": "", "msgid": ""}
        looks = {
            "same": {},
            "amount": {"total": 1, "fund": 1, "personal": 0},
            "no_visit": {"visit_no": "", "bill_no": ""},
            "no_names": {**nameless, "at": plain.at + timedelta(minutes=4)},
            "far": {**nameless, "at": plain.at + timedelta(minutes=6)},
            "other_bill": {"bill_no": "X"},
        }
        return plain._replace(**looks[self.look])

    def answer(self, number: int) -> list[frozenset[int]]:
        """Which books' records belong together."""
        if self.look == "far" and CENTRE in self.books and len(self.books) > 1:
            return [self.books - {CENTRE}, frozenset({CENTRE})]
        return [self.books]


facts = st.lists(
    st.builds(
        Fact, st.frozensets(st.sampled_from(PLACES), min_size=1), st.sampled_from(LOOKS)
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=50)
@given(facts, st.randoms(use_true_random=False))
def test_random_books_come_together_as_they_were_made(made, chance):
    books = {place: [] for place in PLACES}
    for number, fact in enumerate(made):
        for place in fact.books:
            books[place].append(fact.row(number, place))
    for rows in books.values():
        chance.shuffle(rows)
    same, clusters = match(books[JOURNAL], books[CENTRE], books[HOSPITAL])
    wanted = Counter(
        (number, together) for number, fact in enumerate(made) for together in fact.answer(number)
    )
    whole = [n for n, f in enumerate(made) if f.look == "same" and len(f.books) == 3]
    assert same == len(whole)
    found = Counter(map(answer_of, clusters))
    assert found + Counter((number, frozenset(PLACES)) for number in whole) == wanted


def answer_of(cluster):
    """(number, places) of a cluster, all of whose records must be the same number."""
    (number,) = {int(row.person_name) for row in cluster if row}
    return number, frozenset(place for place in PLACES if cluster[place])


crowded = st.lists(
    st.builds(
        lambda visit, bill, msgid, total, refund, person: Side(
            visit, bill, msgid, total, total, 0, refund, moment(), person
        ),
        st.sampled_from(["", "A", "B"]), st.sampled_from(["1", "2"]),
        st.sampled_from(["", "m", "n"]), st.sampled_from([0, 5]), st.booleans(),
        st.sampled_from(["", "p"]),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=50)
@given(crowded, crowded, st.none() | crowded)
def test_every_record_is_counted_once_however_they_collide(journal, centre, hospital):
    same, clusters = match(journal, centre, hospital)
    for place, book in ((JOURNAL, journal), (CENTRE, centre), (HOSPITAL, hospital or [])):
        rest = [cluster[place] for cluster in clusters if cluster[place] is not None]
        counted = 0 if place == HOSPITAL and hospital is None else same
        assert len(rest) + counted == len(book)
        assert Counter(rest) <= Counter(book)
    assert all(any(cluster) for cluster in clusters)


def test_two_books_are_enough():
    assert match([side(1), side(2)], [side(2)]) == (1, [[side(1), None, None]])


def test_nothing_matches_nothing():
    assert match([], [], []) == (0, [])
    assert match([], []) == (0, [])


def test_a_second_record_of_the_same_settlement_stays_alone():
    same, clusters = match([side(1)], [side(1), side(1)], [side(1)])
    assert same == 0
    assert sorted(sum(map(bool, cluster)) for cluster in clusters) == [1, 3]


def test_of_two_on_one_bill_the_message_id_decides():
    ours, other = side(1), side(1, msgid="X")
    _, clusters = match([other, ours], [ours._replace(total=7)])
    assert [other, None, None] in clusters
    assert [ours, None, ours._replace(total=7)] in clusters


def test_a_cancellation_never_meets_the_settlement():
    back = side(1, refund=True, total=-1_001, fund=-800, personal=-201)
    _, clusters = match([side(1)], [back])
    assert len(clusters) == 2


def test_the_nearest_in_time_is_taken_and_two_visits_are_never_one():
    early, late = side(1), side(1, at=moment(minute=3), msgid="", visit_no="", bill_no="")
    theirs = side(1, at=moment(minute=4), msgid="", visit_no="", bill_no="")
    _, clusters = match([early, late], [theirs])
    assert [late, None, theirs] in clusters
    strange = side(1, visit_no="MZ9", bill_no="MZ9-1", msgid="M9")
    _, clusters = match([early], [strange])
    assert len(clusters) == 2


def test_what_is_found_elsewhere_joins_only_where_its_book_is_missing():
    clusters = [[None, None, side(1)], [side(2), None, side(2)]]
    rest = join(clusters, JOURNAL, [side(1), side(2), side(3)])
    assert rest == [side(2), side(3)]
    assert clusters[0] == [side(1), None, side(1)]


def test_an_id_joins_a_chain_of_three_books():
    """The hospital knows the bill, the centre only the id; the journal knows both."""
    by_id = side(1, visit_no="", bill_no="", person_no="")
    by_bill = side(1, msgid="", person_no="")
    assert match([side(1)], [by_id], [by_bill]) == (0, [[side(1), by_bill, by_id]])


# -- what a book has corrected by itself


def opposite(row: Side, msgid: str) -> Side:
    """The record that takes ``row`` back."""
    amounts = {"total": -row.total, "fund": -row.fund, "personal": -row.personal}
    return row._replace(msgid=msgid, refund=True, **amounts)


def test_a_wrong_record_and_its_opposite_fall_out_together():
    right, wrong = side(1), side(1, total=7, fund=7, personal=0)
    cluster = [right, wrong, right]
    again = right._replace(msgid="M1-R")
    rest = without_corrections([cluster], HOSPITAL, [opposite(wrong, "M1-V"), again])
    assert cluster == [right, None, right]
    assert rest == [again]


def test_corrections_of_corrections_fall_out_too():
    right, wrong = side(1), side(1, total=7, fund=7, personal=0)
    cluster = [right, None, right]
    loose = [wrong, opposite(wrong, "V1"), wrong._replace(msgid="R"), opposite(wrong, "V2")]
    assert without_corrections([cluster], HOSPITAL, [*loose, right]) == [right]


def test_a_true_cancellation_and_other_bills_stay():
    paid, back = side(1), opposite(side(1), "M1R")
    other = side(2)
    clusters = [[paid, paid, paid], [back, None, back]]
    assert without_corrections(clusters, HOSPITAL, [back, other]) == [back, other]
    assert clusters[0] == [paid, paid, paid]


def test_a_wrong_record_that_nobody_took_back_stays_where_it_is():
    right, wrong = side(1), side(1, total=7, fund=7, personal=0)
    clusters = [[right, wrong, right]]
    nothing = side(1, total=0, fund=0, personal=0)
    assert without_corrections(clusters, HOSPITAL, [nothing, nothing]) == [nothing, nothing]
    assert clusters == [[right, wrong, right]]
