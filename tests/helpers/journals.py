"""Journals for tests: a file, a clock that stands still, and messages that need no profile."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from core.centre.port import Message
from core.clock import CHINA, Clock, ManualClock, stamp
from core.domain import Amounts, FeeLine, LineResult, Settlement, State, Transaction
from core.journal import Draft, Journal, Lease
from core.journal.safekeeping import Safekeeping
from core.journal.store import Change

HOSPITAL = "H99000000001"
ROOT = Path(__file__).resolve().parents[2]
ROADS: dict[State, Sequence[State]] = {
    State.INTENT: (),
    State.UNKNOWN: (State.UNKNOWN,),
    State.ACCEPTED: (State.ACCEPTED,),
    State.VOIDING: (State.UNKNOWN, State.VOIDING),
    State.SETTLED: (State.ACCEPTED, State.SETTLED),
    State.REJECTED: (State.REJECTED,),
    State.NOT_SENT: (State.NOT_SENT,),
    State.VOID: (State.UNKNOWN, State.VOID),
    State.MANUAL: (State.UNKNOWN, State.MANUAL),
}


def messages(
    clock: Clock, desk: int = 1, step: str = "settle", text: str = '{"body": "结算"}'
) -> Callable[[int], Message]:
    """What ``intend`` builds with: message ids of a desk at the clock's moment."""

    def build(counter: int) -> Message:
        msgid = f"{HOSPITAL}{stamp(clock.now())}{desk}{counter:03d}"
        return Message(step, "2207", msgid, text, text.encode("gbk"), 60.0)

    return build


def draft(visit: str = "MZ1", **changes: Any) -> Draft:
    """A settlement that blocks its visit."""
    return Draft(**{"step": "settle", "visit": visit, "blocks": True, **changes})


def begin(journal: Journal, visit: str = "MZ1", desk: int = 1, **changes: Any) -> Transaction:
    """A journalled intent."""
    return journal.intend(draft(visit, **changes), messages(journal.clock, desk))[0]


def bring(journal: Journal, visit: str, state: State, **changes: Any) -> Transaction:
    """A transaction that has come to ``state`` by a road the state table has."""
    row = begin(journal, visit, **changes)
    road = ROADS[state]
    return journal.change(row.msgid, Change(road)) if road else row


@contextmanager
def opened(
    folder: Path, clock: Clock | None = None, deep: bool = False
) -> Iterator[tuple[Safekeeping, Journal]]:
    """The journal of ``folder`` through its safekeeping, closed at the end."""
    lease = Lease(folder / "leases")
    keeping = Safekeeping(folder, clock or ManualClock())
    try:
        journal = keeping.open(lease, deep)
        try:
            yield keeping, journal
        finally:
            journal.close()
    finally:
        lease.release()


@contextmanager
def written(folder: Path, count: int = 3) -> Iterator[Path]:
    """A journal file with ``count`` settled visits, closed; gives its path."""
    with opened(folder) as (keeping, journal):
        for number in range(count):
            bring(journal, f"MZ{number}", State.SETTLED)
        path = keeping.path
    yield path


def child(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process that runs ``code`` with ``arguments`` in ``sys.argv[1:]``."""
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def said(process: subprocess.Popen[str]) -> str:
    """The next line a child writes."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ended(process: subprocess.Popen[str]) -> int:
    """Let a child end by itself; gives its exit code."""
    process.communicate(timeout=60)
    return process.returncode


def killed(process: subprocess.Popen[str]) -> None:
    """Kill a child outright."""
    process.kill()
    process.communicate(timeout=60)


def moment(hour: int = 9, minute: int = 0, day: int = 2) -> datetime:
    """A moment of March 2026, China Standard Time."""
    return datetime(2026, 3, day, hour, minute, tzinfo=CHINA)


def amounts(total: int = 10_000, fund: int = 8_000) -> Amounts:
    """Amounts in fen that add up."""
    return Amounts(total=total, fund=fund, personal=total - fund)


def settlement(msgid: str = "M1", visit_no: str = "MZ1", **changes: Any) -> Settlement:
    """A live settlement."""
    known: dict[str, Any] = {
        "visit_no": visit_no, "bill_no": f"{visit_no}-1", "msgid": msgid, "amounts": amounts(),
        "settled_at": moment(), "operator_id": "9901", "operator_name": "收费员甲",
    }  # fmt: skip
    return Settlement(**{**known, **changes})


def line(line_id: str = "L1", visit_no: str = "MZ1", **changes: Any) -> FeeLine:
    """A fee line of 12.34."""
    known: dict[str, Any] = {
        "visit_no": visit_no, "line_id": line_id, "rx_no": "R1", "price": "12.34", "quantity": "1",
        "amount": 1234, "occurred_at": moment(),
    }  # fmt: skip
    return FeeLine(**{**known, **changes})


def result(line_id: str = "L1", **changes: Any) -> LineResult:
    """The centre's answer for a line."""
    return LineResult(**{"rx_no": "R1", "line_id": line_id, "amount": 1234, **changes})
