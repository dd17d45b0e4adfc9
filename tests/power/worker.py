"""The process whose disk fails: a desk's commits, each acknowledged in a file when it is done."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from core.domain import State
from core.journal.store import Change
from tests.helpers.journals import amounts, begin, opened, settlement

COUNT = 8


def main(folder: Path) -> None:
    """Intents, outcomes and read models; then a closing that folds the log into the file."""
    acknowledged = os.open(folder / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with opened(folder) as (_, journal):
        for number in range(COUNT):
            row = begin(journal, f"MZ{number}")
            os.write(acknowledged, f"{row.msgid} {row.state}\n".encode())
            paid = settlement(row.msgid, row.visit, amounts=amounts(1000 + number, 1000))
            row = journal.change(
                row.msgid,
                Change([State.ACCEPTED], [("outcome", "accepted", "x" * (number * 700))],
                       effect=lambda ledger, paid=paid: ledger.add_settlement(paid, {})),
            )  # fmt: skip
            os.write(acknowledged, f"{row.msgid} {row.state}\n".encode())
            if number == COUNT // 2:
                journal.db.execute("PRAGMA wal_checkpoint(RESTART)")
    os.close(acknowledged)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
