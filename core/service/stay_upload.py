"""Daily fees of many stays in one go: safe to run every night, resumed where it stopped.

Every stay goes its own way: one that is refused or ends unknown does not hold up the others. After
two unknown endings in a row, or when nothing leaves the desk, the rest is left for the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.domain import Visit
from core.domain.stay import StayRow, StayState, UploadEnd, UploadReport
from core.errors import InvalidInput, Refused
from core.events import Progress
from core.journal.store import OpenTransaction
from core.outcome import Accepted, NotSent, Rejected, Unknown
from core.service.charge import Charge, never
from core.service.result import StepResult
from core.service.stay_rows import StayRows
from core.service.transact import Road
from core.service.visits import Visits
from core.words import say

JOB = "upload_all"
IN_A_ROW = 2  # unknown endings after which the line is taken for down
DAILY = frozenset({StayState.TO_UPLOAD, StayState.PRESETTLED, StayState.ADMITTED})


@dataclass(slots=True)
class Run:
    """How far one run is: lines taken ``done`` of ``total``, and why it ends early."""

    total: int
    stop: Callable[[], bool]
    done: int = 0
    doubts: int = 0
    stopped: bool = False
    down: bool = False
    ends: list[UploadEnd] = field(default_factory=list)

    def asked(self) -> bool:
        """Ask whether to stop; once yes is yes."""
        self.stopped = self.stopped or self.stop()
        return self.stopped

    @property
    def over(self) -> bool:
        """Nothing more is tried."""
        return self.stopped or self.down


class WorklistUpload:
    """2204 for a worklist; announces ``Progress("upload_all", visit, k, n)`` over all lines."""

    def __init__(self, road: Road, rows: StayRows, charge: Charge, visits: Visits) -> None:
        self._road = road
        self._rows = rows
        self._charge = charge
        self._visits = visits

    def run(
        self, visit_nos: Sequence[str] | None = None, stop: Callable[[], bool] = never
    ) -> UploadReport:
        """Upload what is missing of these stays, or of all that are in hospital and registered.

        ``stop`` is asked after every batch. Raises only what ends everything (``SetupError``).
        """
        rows = self._chosen(visit_nos)
        run = Run(sum(row.lines_missing for row in rows), stop)
        for row in rows:
            run.ends.append(self._left(row, run) if run.over else self._one(row, run))
            run.asked()
        return UploadReport(stays=tuple(run.ends), lines=run.done, stopped=run.stopped)

    def _chosen(self, visit_nos: Sequence[str] | None) -> list[StayRow]:
        if visit_nos is None:
            return [row for row in self._rows.all() if row.state in DAILY]
        numbers = dict.fromkeys(number.strip() for number in visit_nos)
        return [self._rows.one(number) for number in numbers]

    def _left(self, row: StayRow, run: Run) -> UploadEnd:
        text = say("stays.upload.stopped" if run.stopped else "stays.upload.down")
        return self._end(row, "left", row.lines_missing, text=text)

    def _one(self, row: StayRow, run: Run) -> UploadEnd:
        if row.open_msgid:
            text = say("stays.upload.open", msgid=row.open_msgid)
            return self._end(row, "open", row.lines_missing, text=text, msgid=row.open_msgid)
        if row.line_count == 0 and row.state in DAILY:
            return self._end(row, "nothing", 0)
        before = run.done

        def told(taken: int) -> None:
            run.done += taken
            total = max(run.total, run.done)
            self._road.events.announce(Progress(JOB, row.visit_no, run.done, total))

        try:
            result = self._charge.upload(row.visit_no, run.asked, told)
        except OpenTransaction as error:  # another window works on it just now
            return self._end(
                row, "open", row.lines_missing, text=str(error), msgid=error.msgid,
                lines=run.done - before,
            )  # fmt: skip
        except (Refused, InvalidInput) as error:
            return self._end(row, "refused", row.lines_missing, text=str(error))
        return self._ended(row, result, run.done - before, run)

    def _ended(self, row: StayRow, result: StepResult, taken: int, run: Run) -> UploadEnd:
        missing = _missing(result.visit)
        outcome = result.outcome
        run.doubts = run.doubts + 1 if isinstance(outcome, Unknown) else 0
        run.down = isinstance(outcome, NotSent) or run.doubts >= IN_A_ROW
        match outcome:
            case Accepted():
                ended = "stopped" if missing else "sent" if taken else "nothing"
            case Rejected():
                ended = "refused"
            case Unknown():
                ended = "unknown"
            case NotSent():
                ended = "not_sent"
        text = getattr(outcome, "text", "")
        return self._end(row, ended, missing, text=text, msgid=result.msgid, lines=taken)

    def _end(
        self, row: StayRow, ended: str, missing: int, *, text: str = "", msgid: str = "",
        lines: int = 0,
    ) -> UploadEnd:  # fmt: skip
        return UploadEnd(
            visit_no=row.visit_no, name=row.name, ended=ended, lines=lines, missing=missing,
            text=text, msgid=msgid,
        )  # fmt: skip


def _missing(visit: Visit) -> int:
    there = {item.line_id for item in visit.uploaded}
    return sum(line.line_id not in there for line in visit.lines)
