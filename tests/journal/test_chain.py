"""The hash chain and the triggers: nothing that was written can be changed unseen."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock
from core.domain import State
from core.journal import Journal, chain
from core.journal.store import Change
from tests.helpers.journals import begin, bring

Row = tuple[int, str, str, str, str, str, str]
ALL = "SELECT number, msgid, kind, at, text, payload, hash FROM entry ORDER BY number"
TRIGGERS = ("entry_is_append_only_u", "entry_is_append_only_d", "txn_is_kept")


def fill(journal: Journal) -> list[Row]:
    """Some entries of every kind; gives them as rows."""
    for number in range(3):
        bring(journal, f"MZ{number}", State.SETTLED)
    row = begin(journal, "MZ9")
    notes = [("outcome", "结果未定：超时", '{"半个'), ("look", "没有答复", "")]
    journal.change(row.msgid, Change([State.UNKNOWN], notes))
    journal.note(row.msgid, "note", "收费员备注 ✓")
    return [tuple(found) for found in journal.db.conn.execute(ALL)]


def test_a_whole_chain_has_no_break(journal: Journal) -> None:
    rows = fill(journal)
    assert len(rows) == 7
    assert chain.first_break(rows) is None
    assert journal.verify() is None
    assert chain.first_break([]) is None


def test_every_change_of_a_single_character_is_found(journal: Journal) -> None:
    rows = fill(journal)
    tried = 0
    for index, row in enumerate(rows):
        for column in range(1, 7):
            text = str(row[column])
            for place in range(len(text)):
                other = "!" if text[place] != "!" else "?"
                changed = text[:place] + other + text[place + 1 :]
                forged = (*row[:column], changed, *row[column + 1 :])
                assert chain.first_break([*rows[:index], forged, *rows[index + 1 :]]) in {
                    index + 1, index + 2,
                }  # fmt: skip
                tried += 1
    assert tried > 500


@pytest.mark.parametrize("index", range(7))
def test_a_row_taken_out_moved_or_doubled_is_found(journal: Journal, index: int) -> None:
    rows = fill(journal)
    without = rows[:index] + rows[index + 1 :]
    if index < 6:
        assert chain.first_break(without) == index + 1
        swapped = [*rows[:index], rows[index + 1], rows[index], *rows[index + 2 :]]
        assert chain.first_break(swapped) == index + 1
    assert chain.first_break(rows[: index + 1] + rows[index:]) == index + 2


def test_rows_taken_from_the_end_are_not_seen_by_the_chain_alone(journal: Journal) -> None:
    """This is why the newest backup's last entry must be in the journal (safekeeping)."""
    assert chain.first_break(fill(journal)[:-1]) is None


def test_renumbering_after_taking_one_out_is_found(journal: Journal) -> None:
    rows = fill(journal)
    rest = [(number, *row[1:]) for number, row in enumerate(rows[1:], 1)]
    assert chain.first_break(rest) == 1


@given(st.lists(st.text(), min_size=2, max_size=4), st.lists(st.text(), min_size=2, max_size=4))
def test_different_parts_never_hash_alike(one: list[str], other: list[str]) -> None:
    assert (chain.link(chain.FIRST, *one) == chain.link(chain.FIRST, *other)) == (one == other)


@pytest.mark.parametrize("mark", ["\x1f", "|", "|1|", "\0"])
def test_no_part_can_lend_to_the_next(mark: str) -> None:
    assert chain.link("", f"a{mark}b", "c") != chain.link("", "a", f"b{mark}c")
    assert chain.link("", f"a{mark}", "") != chain.link("", "a", mark)


def test_half_a_character_of_a_torn_reply_can_be_hashed() -> None:
    assert len(chain.link(chain.FIRST, "\udc80")) == 64


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entry SET text = 'x'", "UPDATE entry SET hash = 'x' WHERE number = 1",
        "DELETE FROM entry WHERE number = 1", "DELETE FROM entry", "DELETE FROM txn",
    ],
)  # fmt: skip
def test_the_file_refuses_to_change_or_delete(journal: Journal, sql: str) -> None:
    fill(journal)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        journal.db.conn.execute(sql)
    assert journal.verify() is None


def test_replacing_a_row_breaks_the_chain_even_where_no_trigger_fires(journal: Journal) -> None:
    rows = fill(journal)
    forged = (rows[2][0], *rows[2][1:4], "改过的", *rows[2][5:])
    journal.db.conn.execute("PRAGMA recursive_triggers = OFF")
    journal.db.conn.execute("INSERT OR REPLACE INTO entry VALUES (?,?,?,?,?,?,?)", forged)
    assert journal.verify() == 3


FORGERIES: list[Callable[[sqlite3.Connection], object]] = [
    lambda conn: conn.execute("UPDATE entry SET payload = payload || ' ' WHERE number = 2"),
    lambda conn: conn.execute("DELETE FROM entry WHERE number = 2"),
    lambda conn: conn.execute("UPDATE entry SET at = '2026-03-02T09:00:01+08:00' WHERE number = 2"),
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_who_takes_the_triggers_away_is_found_by_the_chain(
    tmp_path: Path, clock: ManualClock, forge: Callable[[sqlite3.Connection], object]
) -> None:
    journal = Journal(tmp_path / "j.db", clock)
    fill(journal)
    journal.close()
    with closing(sqlite3.connect(tmp_path / "j.db", isolation_level=None)) as conn:
        for name in TRIGGERS:
            conn.execute(f"DROP TRIGGER {name}")
        forge(conn)
    again = Journal(tmp_path / "j.db", clock)
    assert again.verify() == 2
    again.close()


def test_the_chain_goes_on_over_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    for number in range(3):
        journal = Journal(tmp_path / "j.db", clock)
        bring(journal, f"A{number}", State.REJECTED)
        assert journal.verify() is None
        journal.close()


def test_holds_knows_its_own_entries_only(journal: Journal) -> None:
    rows = fill(journal)
    assert all(journal.holds(row[0], row[6]) for row in rows)
    assert journal.holds(0, "")
    assert not journal.holds(1, rows[1][6])
    assert not journal.holds(99, rows[1][6])
    assert journal.entry_count() == 7
    assert journal.quick_check() == "ok"
