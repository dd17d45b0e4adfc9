"""A desk after years: nothing a cashier waits for looks at every row of the journal.

Counted in steps of SQLite's virtual machine with few and with many rows, not in seconds.
``GSDESK_ROWS=1000000`` counts with a million.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.app import Desk
from core.journal import inspection, search
from tests.helpers import flows
from tests.helpers.inprocess import CASHIER, World
from tests.helpers.many_rows import Steps, counted, fill

FEW, MANY = 10_000, int(os.environ.get("GSDESK_ROWS", "100000"))
GROWTH, SLACK = 3, 2_000  # a tree is a level deeper; a short question is all beginning


def yesterday(desk: Desk) -> Any:
    return desk.clock.now().date() - timedelta(days=1)


def one_settlement(desk: Desk) -> None:
    assert flows.settled(desk)


def day(desk: Desk) -> Any:
    return desk.dayend.period(yesterday(desk))


QUESTIONS: dict[str, Callable[[Desk], Any]] = {
    "pending": lambda desk: desk.resolve.pending(),
    "recover": lambda desk: desk.resolve.recover(),
    "newest transactions": lambda desk: desk.history.find(),
    "transactions of a day": lambda desk: desk.history.find(day=yesterday(desk)),
    "transactions of a visit": lambda desk: desk.history.find("OLD0000007"),
    "part of a number": lambda desk: desk.history.find("0000007"),
    "what is nowhere": lambda desk: desk.history.find("no such thing"),
    "timeline": lambda desk: desk.history.timeline(desk.journal.of_visit("OLD0000007")[0].msgid),
    "newest settlements": lambda desk: desk.history.settlements(),
    "settlements of a day": lambda desk: desk.history.settlements(day=yesterday(desk)),
    "settlement of a bill": lambda desk: desk.history.settlements("OLD0000007-1"),
    "settlements of a name": lambda desk: desk.history.settlements("旧患者"),
    "settlement of nobody": lambda desk: desk.history.settlements("no such name"),
    "slips not printed": lambda desk: desk.documents.to_print(),
    "totals of a day": lambda desk: desk.dayend.totals(day(desk)),
    "unresolved of a day": lambda desk: desk.dayend.unresolved(day(desk)),
    "what a closing takes": lambda desk: desk.closings.preview(CASHIER),
    "statistics of a day": lambda desk: desk.statistics.report(
        "operator", yesterday(desk), yesterday(desk)
    ),
    "statistics by department": lambda desk: desk.statistics.report(
        "dept", yesterday(desk), yesterday(desk)
    ),
    "worklist of stays": lambda desk: desk.journal.ledger.stays.known(None),
    "an old visit": lambda desk: desk.history.visit("OLD0000007"),
    "one settlement": one_settlement,
}


@contextmanager
def grown(home: Path, count: int) -> Iterator[tuple[Desk, Steps, int]]:
    """A desk with that many rows, the counter, and the steps of its opening."""
    world = World(home)
    with world.desk() as desk:
        path = desk.journal.path
    fill(path, count, world.clock.now())
    world.desk().close()  # the day's copy is taken once
    with counted() as steps, pytest.MonkeyPatch.context() as patch:
        patch.setattr(inspection, "_damage", lambda *_: "")  # reads the file whole, by design
        patch.setattr(search, "NEAR", 2_000)  # few rows reach this bound as well as many
        before = steps.ticks
        with world.desk() as desk:
            yield desk, steps, (steps.ticks - before) * 10


def costs(home: Path, count: int) -> dict[str, tuple[int, float]]:
    """Steps and seconds of every question."""
    with grown(home, count) as (desk, steps, opening):
        found = {"opening": (opening, 0.0)}
        for name, ask in QUESTIONS.items():
            began = time.monotonic()
            taken = steps.of(lambda ask=ask: ask(desk))
            found[name] = (taken, time.monotonic() - began)
    return found


def test_nothing_asked_every_day_looks_at_every_row(tmp_path: Path) -> None:
    few, many = costs(tmp_path / "few", FEW), costs(tmp_path / "many", MANY)
    for name, (taken, seconds) in many.items():
        line = f"{name:26} {few[name][0]:9} {taken:9} {seconds:7.3f} s"
        sys.stdout.write(line + "\n")
    grew = {
        name: (few[name][0], taken)
        for name, (taken, _) in many.items()
        if taken > GROWTH * few[name][0] + SLACK
    }
    assert grew == {}


def test_the_chain_of_many_rows_is_whole(tmp_path: Path) -> None:
    with grown(tmp_path, 2_000) as (desk, _, _):
        assert desk.journal.verify() is None
        assert desk.journal.entry_count() == 2_000
        assert desk.dayend.totals(day(desk)).net.count == 250


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with grown(tmp_path_factory.mktemp("old"), 12_000) as (desk, _, _):
        yield desk  # 3 000 settlements, of which the newest 2 000 are near


class TestWhatIsFound:
    @pytest.mark.parametrize("text", ["OLD0000007", "OLD000000", "OLD0000007-1"])
    def test_an_old_number_by_its_beginning(self, desk: Desk, text: str) -> None:
        assert "OLD0000007" in {row.visit_no for row in desk.history.settlements(text)}

    def test_an_old_transaction_by_its_beginning(self, desk: Desk) -> None:
        assert len(desk.history.find("OLD0000007")) == 4
        (row,) = desk.history.find(desk.history.find("OLD0000007")[0].msgid)
        assert row.visit == "OLD0000007"

    def test_a_part_of_a_new_number(self, desk: Desk) -> None:
        assert [row.visit_no for row in desk.history.settlements("D0002999")] == ["OLD0002999"]
        assert len(desk.history.find("D0002999")) == 4

    def test_a_part_of_an_old_number_with_its_day(self, desk: Desk) -> None:
        old = desk.history.settlements("OLD0000007")[0].settled_at.date()
        assert desk.history.settlements("D0000007") == ()
        assert desk.history.settlements("D0000007", old)[0].visit_no == "OLD0000007"
        assert len(desk.history.find("D0000007", old)) == 4

    def test_a_name_newest_first_up_to_the_limit(self, desk: Desk) -> None:
        rows = desk.history.settlements("旧患")
        assert len(rows) == 500 and rows[0].visit_no == "OLD0002999"
        assert list(rows) == sorted(rows, key=lambda row: row.settled_at, reverse=True)

    def test_another_day_holds_none_of_it(self, desk: Desk) -> None:
        assert desk.history.settlements("OLD0000007", yesterday(desk)) == ()
        assert desk.history.find("OLD0000007", yesterday(desk)) == ()
