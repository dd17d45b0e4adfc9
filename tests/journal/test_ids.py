"""Message ids: unique across desks, restarts and clocks that are set back."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import ManualClock
from core.domain import State
from core.journal import Journal
from core.journal.store import COUNTERS
from tests.helpers.journals import begin, bring

DESKS = 3
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, DESKS - 1), st.integers(1, 6)),
        st.tuples(st.just("restart"), st.integers(0, DESKS - 1), st.just(0)),
        st.tuples(st.just("clock"), st.integers(0, DESKS - 1), st.integers(-90, 90)),
    ),
    max_size=25,
)


class Desks:
    """Desks with journals and wrong clocks of their own, whose ids meet at one centre."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clocks = [ManualClock() for _ in range(DESKS)]
        self.journals = [self._open(desk) for desk in range(DESKS)]
        self.sent: list[str] = []

    def _open(self, desk: int) -> Journal:
        return Journal(self.folder / f"{desk}.db", self.clocks[desk])

    def send(self, desk: int, count: int) -> None:
        for _ in range(count):
            row = begin(self.journals[desk], visit="", desk=desk, blocks=False)
            self.sent.append(row.msgid)

    def restart(self, desk: int, _: int) -> None:
        self.journals[desk].close()
        self.journals[desk] = self._open(desk)

    def clock(self, desk: int, seconds: int) -> None:
        self.clocks[desk].advance(seconds)

    def close(self) -> None:
        for journal in self.journals:
            journal.close()


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_no_id_is_ever_used_twice(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desks = Desks(Path(folder))
        for name, desk, amount in steps:
            getattr(desks, name)(desk, amount)
        desks.close()
    assert len(set(desks.sent)) == len(desks.sent)
    assert all(len(msgid) == 30 for msgid in desks.sent)


def test_the_counter_goes_on_after_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    first = Journal(tmp_path / "j.db", clock)
    counted = [begin(first, f"A{n}").msgid[-3:] for n in range(3)]
    first.close()
    again = Journal(tmp_path / "j.db", clock)
    counted += [begin(again, f"B{n}").msgid[-3:] for n in range(2)]
    again.close()
    assert counted == ["000", "001", "002", "003", "004"]


def test_the_counter_begins_anew_after_the_last(journal: Journal) -> None:
    with journal.commit():
        journal._remember_counter(COUNTERS - 1)
    assert [begin(journal, f"A{n}").msgid[-3:] for n in range(2)] == ["999", "000"]


def test_a_clock_set_back_into_a_used_second_skips_what_is_taken(
    journal: Journal, clock: ManualClock
) -> None:
    taken = {bring(journal, f"A{n}", State.REJECTED).msgid for n in range(4)}
    with journal.commit():
        journal._remember_counter(0)
    fresh = begin(journal, "B").msgid
    assert fresh not in taken
    assert fresh.endswith("004")


def test_an_id_that_was_refused_is_not_counted(journal: Journal) -> None:
    first = begin(journal, "A")
    try:
        begin(journal, "A")
    except Exception:
        second = begin(journal, "B")
    assert (first.msgid[-3:], second.msgid[-3:]) == ("000", "001")
