"""What must hold at the end of every run, checked against the centre's own books.

Each finding is one line; an empty tuple means that the journal, the hospital and the centre say the
same of everything that is closed, and that everything else is in view.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.domain import State, Transaction, Visit
from core.domain.writeback import LetterState
from core.prove.centres import Kind
from core.prove.world import ProvedDesk, World
from core.service.outbox import POSTED

Row = dict[str, Any]
MOST_LETTERS = 100_000
NOTHING_DONE = frozenset({State.REJECTED, State.NOT_SENT, State.VOID})


def findings(world: World, late_may_differ: bool = False) -> tuple[str, ...]:
    """Everything that is wrong now.

    ``late_may_differ``: a message without a fence came after the centre's own limit; what it did
    shows at the next step of its visit and is looked at then.
    """
    books = world.centre.books.dump()
    found = [
        *world.line.watch.wrong, *_one_settlement(world.kind, books), *_signed(books),
        *_sums(books),
    ]  # fmt: skip
    for home in range(max(world.homes) + 1):
        desks = [one for one in world.desks if world.homes[one.number - 1] == home]
        found += _home(world, books, desks, late_may_differ)
    return tuple(found)


def _home(
    world: World, books: dict[str, list[Row]], desks: list[ProvedDesk], late: bool
) -> Iterator[str]:
    desk = desks[0]
    yield from _chain(desk)
    rows = desk.journal.all()
    yield from _in_view(desks, rows)
    opened = {row.visit for row in desk.resolve.pending()}
    for row in rows:
        if row.visit not in opened and row.state in (*NOTHING_DONE, State.SETTLED):
            yield from _closed(world.kind, books, row, late)
    for visit_no in sorted({row.visit for row in rows if row.visit} - opened):
        yield from _visit(world, desk, books, visit_no, late)
    yield from _told(world, desk, rows)


def _chain(desk: ProvedDesk) -> Iterator[str]:
    broken = desk.journal.verify()
    if broken is not None:
        yield f"chain: broken at {broken}"


def _one_settlement(kind: Kind, books: dict[str, list[Row]]) -> Iterator[str]:
    for visit_no in {row["visit_no"] for row in books["settlements"]}:
        count = len(kind.live(books, visit_no))
        if count > 1:
            yield f"settled_twice: {visit_no}"


def _signed(books: dict[str, list[Row]]) -> Iterator[str]:
    """Every booking carries a number that the centre gave: to that operator, or to his house."""
    given = {(row["operator"], row["sign_no"]) for row in books["sign_ins"]}
    given |= {("", row["sign_no"]) for row in books["sign_ins"] if row.get("hospital")}
    for row in books["settlements"]:
        if not {(row["operator"], row["sign_no"]), ("", row["sign_no"])} & given:
            yield f"sign_no: {row['msgid']}"
        back = (row["cancel_operator"], row.get("cancel_sign_no"))
        if row["cancelled_by"] and back[1] is not None and back not in given:
            yield f"sign_no: {row['cancelled_by']}"


def _sums(books: dict[str, list[Row]]) -> Iterator[str]:
    for row in books["settlements"]:
        if row["total"] != row["fund"] + row["personal"]:
            yield f"sum: {row['msgid']}"
        if row["cancelled_by"] or row["reversed_by"]:
            continue
        lines = [one for one in books["lines"] if one["settlement_id"] == row["id"]]
        if sum(one["amount"] for one in lines) != row["total"]:
            yield f"sum of lines: {row['msgid']}"


def _in_view(desks: list[ProvedDesk], rows: list[Transaction]) -> Iterator[str]:
    """Whatever blocks a visit is on the list of the open, at every desk of the home."""
    desk = desks[0]
    pending = {row.msgid for row in desk.resolve.pending()}
    for row in rows:
        if row.is_open and (row.blocks or row.step == "settle") and row.msgid not in pending:
            yield f"open and out of sight: {row.msgid}"
    for other in desks[1:]:
        if {row.msgid for row in other.resolve.pending()} != pending:
            yield "two desks see different open cases"


# -- one transaction


def _closed(kind: Kind, books: dict[str, list[Row]], row: Transaction, late: bool) -> Iterator[str]:
    if row.step not in DONE or (kind.held and row.step == "register"):
        return  # a centre that knows no message ids has the visit, whichever message made it
    if late and row.step not in kind.certain:
        return
    at_the_centre = DONE[row.step](books, row)
    if at_the_centre is None:
        return
    if row.state is State.SETTLED and not at_the_centre:
        yield f"only here: {row.step} {row.msgid}"
    if row.state in NOTHING_DONE and at_the_centre:
        yield f"only there: {row.step} {row.msgid} ({row.state})"


def _settled(books: dict[str, list[Row]], row: Transaction) -> bool:
    found = [one for one in books["settlements"] if one["msgid"] == row.msgid]
    live = [one for one in found if not one["reversed_by"]]
    return bool(live) and (row.state is not State.SETTLED or live[0]["total"] == row.amount)


def _cancelled(books: dict[str, list[Row]], row: Transaction) -> bool | None:
    return any(one["cancelled_by"] == row.msgid for one in books["settlements"]) or (
        None if row.state is State.SETTLED and _cancelled_by_another(books, row) else False
    )


def _cancelled_by_another(books: dict[str, list[Row]], row: Transaction) -> bool:
    """An earlier message of ours had done it, and the desk has found that out."""
    return any(one["msgid"] == row.corrects and one["cancelled_by"] for one in books["settlements"])


def _registered(books: dict[str, list[Row]], row: Transaction) -> bool:
    return any(one["msgid"] == row.msgid and one["state"] != "reversed" for one in books["visits"])


DONE = {"settle": _settled, "cancel_settlement": _cancelled, "register": _registered}


# -- one visit


def _visit(
    world: World, desk: ProvedDesk, books: dict[str, list[Row]], visit_no: str, late: bool
) -> Iterator[str]:
    ours = desk.visits.read(visit_no)
    theirs = world.kind.live(books, _their_number(world.kind, ours))
    if [one["msgid"] for one in theirs] != ([ours.settlement.msgid] if ours.settlement else []):
        yield f"settlements differ: {visit_no}"
    if ours.settlement and theirs:
        yield from _amounts(world, ours, theirs[0])
    if late:
        return
    number = _their_number(world.kind, ours)
    visits = [
        one for one in books["visits"] if one["visit_no"] == number and one["state"] == "live"
    ]
    if bool(visits) != bool(desk.journal.ledger.visit(visit_no).registered_by):
        yield f"registration differs: {visit_no}"
    numbers = {one["id"] for one in visits}
    lines = [one for one in books["lines"] if one["visit_id"] in numbers and not one["removed_by"]]
    if world.kind.held and not ours.registration.is_inpatient:
        settled = {one["id"] for one in theirs}
        lines = [one for one in lines if one["settlement_id"] in settled]
        ours = ours if ours.settlement else ours.model_copy(update={"uploaded": ()})
    if sorted(one["line_id"] for one in lines) != sorted(one.line_id for one in ours.uploaded):
        yield f"lines differ: {visit_no}"


def _their_number(kind: Kind, visit: Visit) -> str:
    """What the centre's books call the hospital's number of the visit."""
    stay = kind.held and visit.registration.is_inpatient
    return visit.registration.inpatient_no if stay else visit.visit_no


def _amounts(world: World, visit: Visit, theirs: Row) -> Iterator[str]:
    settled = visit.settlement
    assert settled is not None
    ours = (settled.amounts.total, settled.amounts.fund, settled.amounts.personal)
    if ours != (theirs["total"], theirs["fund"], theirs["personal"]):
        yield f"amounts differ: {visit.visit_no}"
    gone = world.desk.journal.ledger.centrefacts.gone_lines(visit.visit_no)
    charged = [one for one in world.ward.fee_lines(visit.visit_no) if one.line_id not in gone]
    if sum(one.amount for one in charged) != theirs["total"]:
        yield f"not what the hospital charges: {visit.visit_no}"


def _told(world: World, desk: ProvedDesk, all_rows: list[Transaction]) -> Iterator[str]:
    """The hospital was told of what is closed and no longer in the outbox, of each visit in its
    order, and of nothing else."""
    rows = {row.msgid: row for row in all_rows if row.step in POSTED}
    done = {msgid for msgid, row in rows.items() if row.state is State.SETTLED}
    letters = desk.outbox.open()
    waiting = {letter.told.msgid for letter in letters if letter.state is LetterState.WAITING}
    if len(waiting) < len(letters):
        yield "a letter that a person must look at"
    for msgid in done - world.ward.told.keys() - waiting:
        yield f"the hospital was not told: {msgid}"
    for msgid in world.ward.told.keys() & rows.keys() - done:
        yield f"the hospital was told too much: {msgid}"
    order = [letter.told.msgid for letter in reversed(desk.outbox.closed(MOST_LETTERS))]
    for visit_no in {row.visit for row in rows.values()}:
        told = [key for key, one in world.ward.told.items() if one.visit_no == visit_no]
        ours = [key for key in order if key in told]
        if ours != [key for key in told if key in ours]:
            yield f"the hospital was told in another order: {visit_no}"
