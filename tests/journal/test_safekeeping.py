"""A journal that is damaged, lost or set back: nothing deleted, settling blocked until compared."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.domain import Operator, Role, State
from core.errors import Refused, SetupError
from core.journal import Lease
from core.journal.operators import Account, OperatorStore
from core.journal.safekeeping import Safekeeping, why_blocked
from core.journal.watermark import mark_file
from tests.conftest import Strays
from tests.helpers.journals import begin, bring, opened, written

CHIEF = Operator(id="9900", name="主管乙", role=Role.SUPERVISOR)
CASHIER = Operator(id="9901", name="收费员甲")


def damage_page(path: Path) -> None:
    """Overwrite the middle of the file, as a failing disk does."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xee" * 4096
    path.write_bytes(bytes(data))


def spoil_head(path: Path) -> None:
    path.write_bytes(b"this is no database" * 400)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_other(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE letters (text)")
        conn.commit()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def drop_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("DROP TABLE uploaded")
        conn.commit()


DAMAGES = [damage_page, spoil_head, empty, replace_by_other, cut, drop_table]


def test_a_fresh_folder_gives_a_journal_that_settles(tmp_path: Path) -> None:
    with opened(tmp_path / "new" / "home") as (keeping, journal):
        assert keeping.blocked == ""
        assert why_blocked(journal) is None
        assert [item.kind for item in keeping.backups.all()] == ["start"]
        begin(journal)


def test_a_whole_journal_opens_again_as_it_was(tmp_path: Path) -> None:
    with written(tmp_path), opened(tmp_path) as (keeping, journal):
        assert [row.visit for row in journal.all()] == ["MZ0", "MZ1", "MZ2"]
        assert keeping.blocked == ""


@pytest.mark.parametrize("spoil", DAMAGES)
def test_a_damaged_file_is_moved_aside_and_settling_is_blocked(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    with written(tmp_path, 30) as path:
        spoil(path)
        wreck = path.read_bytes()
    with opened(tmp_path) as (keeping, journal):
        assert journal.all() == []
        assert journal.verify() is None
        (aside,) = tmp_path.glob("journal-damaged-*.db")
        assert aside.read_bytes() == wreck
        assert aside.name in keeping.blocked
        reason = why_blocked(journal)
        assert reason is not None
        assert reason.key == "safekeeping.blocked"
        begin(journal)


@pytest.mark.parametrize("spoil", DAMAGES)
def test_the_block_outlives_restarts_and_nothing_more_is_moved(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    with written(tmp_path, 30) as path:
        spoil(path)
    reasons = []
    for _ in range(3):
        with opened(tmp_path) as (keeping, _journal):
            reasons.append(keeping.blocked)
    assert reasons[0]
    assert len(set(reasons)) == 1
    assert len(list(tmp_path.glob("journal-damaged-*.db"))) == 1


def test_log_and_index_of_a_damaged_file_go_with_it(tmp_path: Path) -> None:
    with written(tmp_path) as path:
        spoil_head(path)
        Path(f"{path}-wal").write_bytes(b"what was not yet in the file")
        Path(f"{path}-shm").write_bytes(b"index")
    with opened(tmp_path):
        names = sorted(item.name.split(".db")[1] for item in tmp_path.glob("journal-damaged-*"))
        (log,) = tmp_path.glob("journal-damaged-*-wal")
    assert names == ["", "-shm", "-wal"]
    assert log.read_bytes() == b"what was not yet in the file"


def test_damage_twice_in_a_second_keeps_both_files(tmp_path: Path) -> None:
    for _ in range(2):
        with written(tmp_path) as path:
            spoil_head(path)
    with opened(tmp_path):
        pass
    assert len(list(tmp_path.glob("journal-damaged-*.db"))) == 2


def test_a_journal_that_was_deleted_is_missed(tmp_path: Path) -> None:
    with written(tmp_path) as path:
        path.unlink()
    with opened(tmp_path) as (keeping, journal):
        assert "backups" in keeping.blocked
        assert journal.all() == []


def test_a_deleted_journal_without_any_trace_is_a_first_start(tmp_path: Path) -> None:
    with written(tmp_path) as path:
        path.unlink()
        for item in (tmp_path / "backups").iterdir():
            item.unlink()
        mark_file(path).unlink()
    with opened(tmp_path) as (keeping, _):
        assert keeping.blocked == ""


def test_the_mark_alone_tells_of_a_deleted_journal(tmp_path: Path) -> None:
    with written(tmp_path) as path:
        path.unlink()
        for item in (tmp_path / "backups").iterdir():
            item.unlink()
    with opened(tmp_path) as (keeping, _):
        assert "不见了" in keeping.blocked


def test_a_journal_behind_its_mark_is_noticed(tmp_path: Path) -> None:
    with opened(tmp_path) as (keeping, journal):
        bring(journal, "MZ1", State.SETTLED)
        older = keeping.path.with_name("older.db")
        older.write_bytes(keeping.backup().read_bytes())
        bring(journal, "MZ2", State.SETTLED)
        last = journal.entry_count()
    keeping.path.write_bytes(older.read_bytes())
    with opened(tmp_path) as (keeping, _):
        assert f"第 {last} 条" in keeping.blocked


def test_a_mark_nobody_can_read_is_no_mark(tmp_path: Path) -> None:
    with written(tmp_path) as path:
        mark_file(path).write_bytes(b"\xff\xfe rubbish")
    with opened(tmp_path) as (keeping, _):
        assert keeping.blocked == ""


def test_a_first_start_that_died_while_making_the_file_is_still_a_first_start(
    tmp_path: Path,
) -> None:
    (tmp_path / "journal.db").touch()
    with opened(tmp_path) as (keeping, journal):
        assert keeping.blocked == ""
        begin(journal)


def test_a_death_between_moving_aside_and_beginning_anew_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "journal-damaged-20260302-090000-000.db").write_bytes(b"moved")
    with opened(tmp_path) as (keeping, _):
        assert keeping.blocked


def test_a_log_left_by_a_deleted_journal_is_not_read_into_the_new_one(tmp_path: Path) -> None:
    with opened(tmp_path) as (keeping, journal):
        bring(journal, "MZ1", State.SETTLED)
        log = Path(f"{keeping.path}-wal").read_bytes()
    keeping.path.unlink()
    Path(f"{keeping.path}-wal").write_bytes(log)
    with opened(tmp_path) as (keeping, journal):
        assert journal.all() == []
        (aside,) = tmp_path.glob("journal-damaged-*-wal")
        assert aside.read_bytes() == log


def test_an_older_copy_in_the_place_of_the_journal_is_noticed(tmp_path: Path) -> None:
    with opened(tmp_path) as (keeping, journal):
        bring(journal, "MZ1", State.SETTLED)
        older = keeping.backup()
        bring(journal, "MZ2", State.SETTLED)
        newest = keeping.backup()
    keeping.path.write_bytes(older.read_bytes())
    with opened(tmp_path) as (keeping, journal):
        assert newest.name in keeping.blocked
        assert [row.visit for row in journal.all()] == ["MZ1"]
        assert journal.verify() is None


def test_the_chain_is_followed_when_asked_for(tmp_path: Path) -> None:
    with written(tmp_path) as path, closing(sqlite3.connect(path)) as conn:
        conn.execute("DROP TRIGGER entry_is_append_only_u")
        conn.execute("UPDATE entry SET text = 'x' WHERE number = 3")
        conn.commit()
    with opened(tmp_path) as (keeping, _):
        assert keeping.blocked == ""
    with opened(tmp_path, deep=True) as (keeping, journal):
        assert "3" in keeping.blocked
        assert journal.all() == []


def test_a_file_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    with written(tmp_path) as path, closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(SetupError, match="99"), opened(tmp_path):
        pass
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("journal-damaged-*"))


def test_a_file_that_cannot_be_opened_now_is_not_moved(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir(parents=True)
    with pytest.raises(SetupError), opened(tmp_path):
        pass
    assert (tmp_path / "journal.db").is_dir()


@pytest.mark.parametrize("spoil", [spoil_head, Path.unlink])
def test_nothing_is_moved_while_another_window_works(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    with written(tmp_path) as path:
        spoil(path)
    other = Lease(tmp_path / "leases")
    with pytest.raises(SetupError, match="关闭其他窗口"), opened(tmp_path):
        pass
    assert not list(tmp_path.glob("journal-damaged-*"))
    other.release()
    with opened(tmp_path) as (keeping, _):
        assert keeping.blocked


# -- who may work here


def test_operators_and_memories_come_over_from_the_newest_copy(tmp_path: Path) -> None:
    with opened(tmp_path) as (keeping, journal):
        store = OperatorStore(journal)
        store.add(Account(CHIEF, "$argon2id$x", journal.clock.now()))
        journal.ledger.remember("operator", CHIEF.model_dump_json())
        keeping.backup()
    spoil_head(keeping.path)
    with opened(tmp_path) as (keeping, journal):
        assert [item.operator for item in OperatorStore(journal).all()] == [CHIEF]
        assert journal.ledger.last_operator() == CHIEF
        assert keeping.compared_at() is None


def test_a_copy_that_cannot_be_read_helps_nobody_but_stops_nobody(tmp_path: Path) -> None:
    with written(tmp_path) as path:
        spoil_head(path)
        for item in (tmp_path / "backups").iterdir():
            item.write_bytes(b"rubbish" * 1000)
    with opened(tmp_path) as (keeping, _):
        assert keeping.blocked


# -- lifting the block


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    """A folder whose journal was damaged."""
    with written(tmp_path) as path:
        spoil_head(path)
    return tmp_path


def test_the_block_is_lifted_by_a_supervisor_after_comparing(blocked: Path) -> None:
    with opened(blocked) as (keeping, journal):
        keeping.compared(["M1", "M2"])
        assert keeping.compared_at() == journal.clock.now()
        keeping.lift(CHIEF, "已与中心逐笔核对")
        assert keeping.blocked == ""
        texts = [item.text for item in journal.entries("")]
        assert "M1、M2" in texts[-2]
        assert "主管乙（9900）" in texts[-1]
        assert "已与中心逐笔核对" in texts[-1]
        assert journal.verify() is None
    for _ in range(2):
        with opened(blocked) as (keeping, journal):
            assert keeping.blocked == ""


def test_the_block_lifted_after_an_older_copy_does_not_come_back(tmp_path: Path) -> None:
    with opened(tmp_path) as (keeping, journal):
        older = keeping.backup()
        bring(journal, "MZ2", State.SETTLED)
        keeping.backup()
    keeping.path.write_bytes(older.read_bytes())
    with opened(tmp_path) as (keeping, _):
        keeping.compared([])
        keeping.lift(CHIEF, "核对无误")
    with opened(tmp_path) as (keeping, _):
        assert keeping.blocked == ""


@pytest.mark.parametrize(
    ("who", "reason", "key"),
    [
        (CASHIER, "核对", "safekeeping.supervisor_only"),
        (CHIEF, "  ", "safekeeping.reason_needed"),
        (CHIEF, "核对", "safekeeping.compare_first"),
    ],
)
def test_the_block_is_not_lifted_otherwise(
    blocked: Path, who: Operator, reason: str, key: str
) -> None:
    with opened(blocked) as (keeping, _):
        if key != "safekeeping.compare_first":
            keeping.compared([])
        with pytest.raises(Refused) as refused:
            keeping.lift(who, reason)
        assert refused.value.faults[0].key == key
        assert keeping.blocked


def test_a_comparison_of_an_earlier_block_does_not_count(blocked: Path) -> None:
    with opened(blocked) as (keeping, _):
        keeping.compared([])
    spoil_head(keeping.path)
    with opened(blocked) as (keeping, _):
        assert keeping.compared_at() is None


def test_very_many_strange_ids_are_counted_and_some_named(blocked: Path) -> None:
    with opened(blocked) as (keeping, journal):
        keeping.compared(f"M{number}" for number in range(500))
        text = journal.entries("")[-1].text
    assert "500" in text
    assert len(text) < 1000


# -- copies


def test_one_copy_at_the_first_opening_of_a_day(tmp_path: Path, clock: ManualClock) -> None:
    for _ in range(3):
        for _ in range(2):
            with opened(tmp_path, clock) as (keeping, _journal):
                pass
        clock.advance(86_400)
    assert [item.kind for item in keeping.backups.all()] == ["start"] * 3


def test_a_copy_that_fails_does_not_stop_the_desk(tmp_path: Path, strays: Strays) -> None:
    strays.expected = ("no backup",)
    (tmp_path / "backups").write_text("a file in the way")
    with opened(tmp_path) as (keeping, journal):
        assert "backups" in keeping.trouble
        begin(journal)
        (tmp_path / "backups").unlink()
        keeping.backup()
        assert keeping.trouble == ""


def test_the_copy_holds_everything_while_the_desk_works(tmp_path: Path) -> None:
    with opened(tmp_path) as (keeping, journal):
        row = begin(journal)
        with closing(sqlite3.connect(keeping.backup("end"))) as copy:
            assert copy.execute("SELECT msgid FROM txn").fetchall() == [(row.msgid,)]
            assert copy.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
        newest = keeping.last_backup()
        assert newest is not None
        assert newest.kind == "end"


def test_the_journal_is_there_only_after_opening(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(AssertionError):
        _ = Safekeeping(tmp_path, clock).journal


@pytest.mark.parametrize("suffixes", [("", "-wal"), ("", "-wal", "-shm")])
def test_what_only_the_log_holds_after_a_crash_is_still_there(
    tmp_path: Path, suffixes: tuple[str, ...]
) -> None:
    with opened(tmp_path / "a") as (keeping, journal):
        bring(journal, "MZ1", State.SETTLED)
        (tmp_path / "b").mkdir()
        for suffix in suffixes:
            data = Path(f"{keeping.path}{suffix}").read_bytes()
            Path(f"{tmp_path / 'b' / keeping.path.name}{suffix}").write_bytes(data)
    with opened(tmp_path / "b") as (keeping, journal):
        assert [row.visit for row in journal.all()] == ["MZ1"]
        assert keeping.blocked == ""
