"""What the test button of the hospital's database shows: the way, each query, each statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from core.errors import DeskError
from core.his.port import Tested
from core.his.sql.settings import QUERIES
from core.words import say

if TYPE_CHECKING:
    from core.his.sql.hospital import SqlHospital

NEEDED = ("visit", "fee_lines")
NOBODY = "0"  # a visit number to try a query with where nobody waits


def trial(hospital: SqlHospital) -> tuple[Tested, ...]:
    """Every step; a way that is shut ends it, a wrong query does not."""
    steps = [_tried(say("sql.trial.way"), lambda: _reached(hospital))]
    if not steps[0].good:
        return tuple(steps)
    for name in QUERIES:
        title = say("sql.trial.query", query=say(f"sql.query.{name}"))
        if hospital.has(name):
            steps.append(_tried(title, partial(_asked, hospital, name)))
        elif name in NEEDED:
            steps.append(Tested(title, False, say("sql.trial.absent", name=name)))
    steps += _writing(hospital)
    return tuple(steps)


def _tried(title: str, work: Callable[[], str]) -> Tested:
    try:
        return Tested(title, True, work())
    except DeskError as error:
        return Tested(title, False, str(error))


def _reached(hospital: SqlHospital) -> str:
    hospital.gate.reach()
    return say("sql.trial.reached", dialect=hospital.gate.dialect.name)


def _asked(hospital: SqlHospital, name: str) -> str:
    """Ask as the desk does, with the first visit that waits."""
    number = _sample(hospital) if "visit_no" in QUERIES[name] else ""
    calls: dict[str, Callable[[], int]] = {
        "waiting": lambda: len(hospital.waiting()),
        "visit": lambda: int(hospital.visit(number) is not None),
        "fee_lines": lambda: len(hospital.fee_lines(number)),
        "stays": lambda: len(hospital.stays()),
        "stay": lambda: int(hospital.stay(number) is not None),
        "search": lambda: len(hospital.found(NOBODY)),
        "record": lambda: len(hospital.record(number) or ()),
    }
    count = calls[name]()
    return say("sql.trial.sampled" if number else "sql.trial.rows", count=count, visit=number)


def _sample(hospital: SqlHospital) -> str:
    """A number that is there, if any is."""
    try:
        found = [one.visit_no for one in hospital.waiting(1)]
        found += [one.registration.visit_no for one in hospital.stays()[:1]]
    except DeskError:
        return NOBODY
    return found[0] if found else NOBODY


def _writing(hospital: SqlHospital) -> Iterator[Tested]:
    title, writer = say("sql.trial.writing"), hospital.writer
    if writer is None:
        yield Tested(title, True, say("sql.trial.reads_only"))
        return

    def look() -> str:
        writer.prepare()
        return say("sql.trial.receipts", table=hospital.settings.write.receipts)

    yield _tried(title, look)
