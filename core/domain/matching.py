"""The three-way match of a day: journal, hospital and centre, record by record. Pure, no I/O.

Records that are the same in every book are found by sets, at the speed of the machine; only what is
left is looked at one by one: by (visit, bill), then message id, then (person, amount, ± 5 minutes).
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import compress
from operator import itemgetter, not_

from core.domain.dayend import Side

JOURNAL, HOSPITAL, CENTRE = range(3)
NEAR = timedelta(minutes=5)
Book = Sequence[Side]
Cluster = list[Side | None]
Key = Callable[[Side], Hashable | None]
SAME = itemgetter(0, 1, 3, 4, 5, 6)  # visit, bill, amounts, refund
VISIT = itemgetter(0)


def _bill_and_id(side: Side) -> Hashable | None:
    return (side.visit_no, side.bill_no, side.refund, side.msgid) if side.visit_no else None


def _bill(side: Side) -> Hashable | None:
    return (side.visit_no, side.bill_no, side.refund) if side.visit_no else None


def _msgid(side: Side) -> Hashable | None:
    return (side.msgid, side.refund) if side.msgid else None


KEYS: tuple[Key, ...] = (_bill_and_id, _bill, _msgid)


def match(journal: Book, centre: Book, hospital: Book | None = None) -> tuple[int, list[Cluster]]:
    """How many records are the same in all books, and what belongs together among the rest.

    Every record of every book is counted once or stands in exactly one cluster
    ``[journal, hospital, centre]``; without ``hospital`` two books are compared.
    """
    books = [journal, centre] if hospital is None else [journal, centre, hospital]
    keys = [list(map(SAME, book)) for book in books]
    sets = [set(found) for found in keys]
    same = set.intersection(*sets)
    for book, found, once in zip(books, keys, sets, strict=True):
        if len(once) < len(book):
            same -= {key for key, count in Counter(found).items() if count > 1}
    if "" in set(map(VISIT, journal)):
        same = {key for key in same if key[0]}
    rest = [_rest(book, found, same) for book, found in zip(books, keys, strict=True)]
    clusters: list[Cluster] = [[side, None, None] for side in rest[0]]
    for place, sides in zip((CENTRE, HOSPITAL), rest[1:], strict=False):
        clusters += _alone(place, join(clusters, place, sides))
    return len(same), clusters


def _rest(book: Book, keys: list[Hashable], same: set[Hashable]) -> Iterable[Side]:
    if len(same) == len(book):
        return ()
    return compress(book, map(not_, map(same.__contains__, keys)))


def _alone(place: int, sides: Iterable[Side]) -> Iterator[Cluster]:
    for side in sides:
        cluster: Cluster = [None, None, None]
        cluster[place] = side
        yield cluster


def join(clusters: list[Cluster], place: int, sides: Iterable[Side]) -> list[Side]:
    """Put each record into the first cluster that lacks its book and is the same; gives the rest.

    The keys are tried one after the other, the strictest first.
    """
    rest = list(sides)
    for key in KEYS:
        if rest:
            rest = _join_by(key, clusters, place, rest)
    return _join_near(clusters, place, rest) if rest else rest


def _join_by(key: Key, clusters: list[Cluster], place: int, sides: list[Side]) -> list[Side]:
    waiting: defaultdict[Hashable, deque[Cluster]] = defaultdict(deque)
    for cluster in clusters:
        if cluster[place] is None:
            for found in {key(side) for side in cluster if side is not None} - {None}:
                waiting[found].append(cluster)
    return [side for side in sides if not _took(waiting.get(key(side)), place, side)]


def _took(waiting: deque[Cluster] | None, place: int, side: Side) -> bool:
    while waiting:
        cluster = waiting.popleft()
        if cluster[place] is None:
            cluster[place] = side
            return True
    return False


def _join_near(clusters: list[Cluster], place: int, sides: list[Side]) -> list[Side]:
    """The same person and amount within five minutes, the nearest first, where nothing speaks
    against it."""
    waiting: defaultdict[Hashable, list[tuple[Side, Cluster]]] = defaultdict(list)
    for cluster in clusters:
        if cluster[place] is None:
            for side in cluster:
                if side is not None and side.person_no:
                    waiting[_person(side)].append((side, cluster))
    offers = sorted(
        (abs(other.at - side.at), number, id(cluster), cluster)
        for number, side in enumerate(sides)
        if side.person_no
        for other, cluster in waiting.get(_person(side), ())
        if abs(other.at - side.at) <= NEAR and not _against(side, other)
    )
    taken = set()
    for _, number, _, cluster in offers:
        if number not in taken and cluster[place] is None:
            cluster[place] = sides[number]
            taken.add(number)
    return [side for number, side in enumerate(sides) if number not in taken]


def _person(side: Side) -> Hashable:
    return side.person_no, side.total, side.refund


def _against(side: Side, other: Side) -> bool:
    """Two visits or two message ids are two records, however alike they are."""
    return any(
        mine and theirs and mine != theirs
        for mine, theirs in ((side.visit_no, other.visit_no), (side.msgid, other.msgid))
    )


def without_corrections(clusters: list[Cluster], place: int, sides: Iterable[Side]) -> list[Side]:
    """Takes wrong records of one book and their opposites out together; gives what is left of
    ``sides``, the records of that book that stand in no cluster.

    Wrong is what no other book of the same bill has; its opposite was booked to correct it.
    """
    groups: defaultdict[Hashable, list[Cluster]] = defaultdict(list)
    for cluster in clusters:
        groups[next(_where(side) for side in cluster if side is not None)].append(cluster)
    by_bill: defaultdict[Hashable, list[Side]] = defaultdict(list)
    for side in sides:
        by_bill[_where(side)].append(side)
    rest: list[Side] = []
    for bill, loose in by_bill.items():
        rest += _uncorrected(groups[bill], place, loose) if bill in groups else loose
    return rest


def _where(side: Side) -> Hashable:
    return side.visit_no, side.bill_no


def _uncorrected(group: list[Cluster], place: int, loose: list[Side]) -> list[Side]:
    others = {_amounts(s) for c in group for n, s in enumerate(c) if s is not None and n != place}
    held = [side for cluster in group if (side := cluster[place]) is not None]
    gone = _opposites(side for side in (*held, *loose) if _amounts(side) not in others)
    for cluster in group:
        if cluster[place] in gone:
            cluster[place] = None
    return [side for side in loose if side not in gone]


def _opposites(sides: Iterable[Side]) -> set[Side]:
    waiting: defaultdict[tuple[int, ...], list[Side]] = defaultdict(list)
    gone: set[Side] = set()
    for side in sides:
        amounts = _amounts(side)
        if found := waiting[tuple(-fen for fen in amounts)] if any(amounts) else []:
            gone |= {side, found.pop()}
        else:
            waiting[amounts].append(side)
    return gone


def _amounts(side: Side) -> tuple[int, ...]:
    return side.total, side.fund, side.personal
