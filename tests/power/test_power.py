"""The power fails after every write: what was acknowledged is there, the rest whole or absent.

A real process writes a real journal; a preloaded library records each write and sync; then the
disk is rebuilt as it may look at every moment, and the desk opens it.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.domain import State
from core.journal import Journal
from tests.helpers.journals import opened
from tests.helpers.native import compiler
from tests.power import worker
from tests.power.record import Disk, Operation, read_record

ROOT = Path(__file__).parents[2]
SEED = 20261122
ORDER = [State.INTENT, State.ACCEPTED]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="records by LD_PRELOAD")


@pytest.fixture(scope="module")
def operations(tmp_path_factory) -> list[Operation]:
    """All that the worker did to its journal; the copies it makes are not what must survive."""
    place = tmp_path_factory.mktemp("power")
    library, folder, record = place / "recorder.so", place / "home", place / "record"
    folder.mkdir()
    source = Path(__file__).parent / "recorder.c"
    subprocess.run(
        [
            compiler(),
            "-shared",
            "-fPIC",
            "-O2",
            "-Wall",
            "-Werror",
            str(source),
            "-o",
            str(library),
        ],
        check=True,
    )
    environment = os.environ | {
        "LD_PRELOAD": str(library), "GSDESK_FOLDER": str(folder), "GSDESK_RECORD": str(record),
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.power.worker", str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60)
    ours = ("journal.db", "journal.db-wal", "acknowledged")
    return [what for what in read_record(record) if what.name in ours]


def acknowledged(done: list[Operation]) -> dict[str, State]:
    """What the process had been told is safe, by message id."""
    text = b"".join(what.data for what in done if what.name == "acknowledged").decode()
    return {msgid: State(state) for msgid, state in (line.split() for line in text.splitlines())}


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def stands(folder: Path, promised: dict[str, State], deep: bool = True) -> None:
    """The desk opens what is left; nothing promised is gone, nothing is half there.

    ``deep``: through the whole safekeeping, which copies the file, and is slow.
    """
    if deep:
        with opened(folder) as (keeping, _):
            assert keeping.blocked == ""
    journal = Journal(folder / "journal.db", ManualClock())
    try:
        assert journal.quick_check() == "ok"
        assert journal.verify() is None
        _holds(journal, promised)
    finally:
        journal.close()


def _holds(journal: Journal, promised: dict[str, State]) -> None:
    rows = {row.msgid: row for row in journal.all()}
    for msgid, state in promised.items():
        assert ORDER.index(rows[msgid].state) >= ORDER.index(state)
    assert len(rows) <= len(promised) + 1
    for row in rows.values():
        kinds = [entry.kind for entry in journal.entries(row.msgid)]
        assert kinds == ["intent", "outcome"][: 1 + ORDER.index(row.state)]
        settled = journal.ledger.settlement(row.msgid)
        assert (settled is not None) == (row.state is State.ACCEPTED)


def test_the_power_may_fail_after_every_write(operations, tmp_path):
    disk, chance, states = Disk(), random.Random(SEED), 0
    begun = next(i for i, what in enumerate(operations) if what.name == "acknowledged")
    for place, what in enumerate(operations):
        disk.take(what)
        if what.name == "acknowledged" or place < begun:
            continue
        for files in disk.crashed(chance):
            states += 1
            left = {name: data for name, data in files.items() if name != "acknowledged"}
            promised = acknowledged(operations[: place + 1])
            stands(laid_out(tmp_path / str(states), left), promised, deep=states % 20 == 0)
    assert states > 100


def test_the_record_is_the_truth(operations):
    """Everything was acknowledged, and the commits were synced one by one."""
    assert set(acknowledged(operations).values()) == {State.ACCEPTED}
    assert len(acknowledged(operations)) == worker.COUNT
    syncs = [what for what in operations if what.kind == "S" and what.name == "journal.db-wal"]
    assert len(syncs) >= 2 * worker.COUNT


def test_a_journal_that_does_not_wait_for_the_disk_is_caught(operations, tmp_path):
    """The check can fail: the same run on a disk where nothing was ever synced."""
    disk = Disk()
    for what in operations:
        if what.kind != "S":
            disk.take(what)
    files = next(disk.crashed(random.Random(SEED)))
    with pytest.raises((KeyError, AssertionError)):
        stands(laid_out(tmp_path / "never", files), acknowledged(operations))
