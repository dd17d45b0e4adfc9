"""Real files of every released version: they open, keep everything, and look like a new one.

``journal-version-N.db`` was written by the program that had version N; it is never written again.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.domain import State
from core.errors import SetupError
from core.journal import Journal, schema
from core.journal.operators import OperatorStore
from tests.helpers.journals import amounts, begin, line, opened

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("journal-version-*.db"))


def shape(path: Path) -> dict[str, str]:
    """Tables, indices and triggers of a file by name."""
    with closing(sqlite3.connect(path)) as conn:
        rows = conn.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: " ".join(sql.split()) for name, sql in rows}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A home with a journal of an old version."""
    shutil.copy(request.param, tmp_path / "journal.db")
    return tmp_path


def test_there_is_a_file_of_every_version() -> None:
    assert [path.stem for path in FILES] == [
        f"journal-version-{number + 1}" for number in range(schema.CURRENT)
    ]


def test_everything_of_an_old_file_is_still_there(home: Path) -> None:
    with opened(home) as (keeping, journal):
        assert keeping.blocked == ""
        assert journal.verify() is None
        assert {row.visit: row.state for row in journal.all() if row.step == "settle"} == {
            "MZ1": State.SETTLED, "MZ2": State.UNKNOWN, "MZ3": State.INTENT,
        }  # fmt: skip
        (settled,) = journal.ledger.settlements()
        assert settled.amounts == amounts(2468, 2000)
        assert journal.ledger.settlement_reply(settled.msgid) == {"remark": "备注"}
        assert journal.ledger.print_count(settled.msgid) == 1
        assert journal.ledger.kept_lines("MZ1") == (line("L1"), line("L2"))
        assert journal.ledger.uploaded_total("MZ1") == 2468
        assert journal.ledger.sign_no("9901", "2026-03-02") == "S1"
        assert [item.operator.name for item in OperatorStore(journal).all()] == ["主管乙"]


def test_what_was_settled_before_counts_in_the_sums_of_its_day(home: Path) -> None:
    with opened(home) as (_, journal):
        (settled,) = journal.ledger.settlements()
        moved = journal.ledger.daybook.movement(settled.msgid)
        assert moved is not None
        assert (moved.total, moved.fund, moved.visit_no) == (2468, 2000, settled.visit_no)
        assert moved.at == settled.settled_at.replace(microsecond=0)


def test_work_goes_on_in_an_old_file(home: Path) -> None:
    with opened(home) as (_, journal):
        assert [row.visit for row in journal.left_behind()] == ["MZ3"]
        assert begin(journal, "MZ4").state is State.INTENT
        assert journal.verify() is None


def test_an_upgraded_file_has_the_shape_of_a_new_one(home: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    for folder in (home, fresh):
        with opened(folder) as (_, journal):
            OperatorStore(journal)
    assert shape(home / "journal.db") == shape(fresh / "journal.db")


def test_a_file_is_copied_before_it_is_upgraded(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an upgrade that only this test knows."""
    steps = (*schema.UPGRADES, "CREATE TABLE novelty (a TEXT); INSERT INTO novelty VALUES ('x');")
    monkeypatch.setattr(schema, "UPGRADES", steps)
    monkeypatch.setattr(schema, "CURRENT", len(steps))
    old = version(home / "journal.db")
    with opened(home) as (keeping, journal):
        assert journal.db.execute("SELECT a FROM novelty").fetchall() == [("x",)]
        assert schema.version(journal.db) == len(steps)
        copies = {item.kind: item.path for item in keeping.backups.all()}
    assert version(copies["upgrade"]) == old
    assert "novelty" not in shape(copies["upgrade"])


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = (*schema.UPGRADES, "CREATE TABLE novelty (a TEXT); INSERT INTO nowhere VALUES (1);")
    monkeypatch.setattr(schema, "UPGRADES", steps)
    monkeypatch.setattr(schema, "CURRENT", len(steps))
    with pytest.raises(sqlite3.OperationalError), opened(home):
        pass
    assert "novelty" not in shape(home / "journal.db")  # the steps before it stand, it is undone
    assert version(home / "journal.db") == len(steps) - 1


def test_a_newer_file_is_refused_with_a_sentence(home: Path, clock: ManualClock) -> None:
    with closing(sqlite3.connect(home / "journal.db")) as conn:
        conn.execute(f"PRAGMA user_version = {schema.CURRENT + 1}")
    with pytest.raises(SetupError, match="请安装新版本"):
        Journal(home / "journal.db", clock)


def test_an_unreadable_file_is_a_sentence(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "journal.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(SetupError, match=r"journal\.db"):
        Journal(tmp_path / "journal.db", clock)


def version(path: Path) -> int:
    """Number of upgrades a file has seen."""
    with closing(sqlite3.connect(path)) as conn:
        return int(conn.execute("PRAGMA user_version").fetchone()[0])


@pytest.fixture
def clock() -> ManualClock:
    """A clock that only the test moves."""
    return ManualClock()
