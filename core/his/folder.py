"""The hospital as a watched folder: it drops visits and fee lines as files and finds our results.

What a file said is kept in a file of our own before the file is moved on, so that a dying program
takes nothing twice and loses nothing. Only a thread of its own and the results touch the folder: a
share that hangs holds up nobody who reads. One folder serves one desk.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.clock import CHINA, Clock
from core.domain import FeeLine, Registration
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.errors import DeskError, InvalidInput, SetupError, fault
from core.his.connect import Place
from core.his.dropped import Dropped, DroppedReader, FaultyFile
from core.his.folder_files import FolderFiles
from core.his.given import GivenHospital
from core.his.importer import read_bytes
from core.his.plainsheet import Plain, write_sheet
from core.his.port import Postings, Preview, RejectedRow, Tested
from core.money import Fen, yuan
from core.settings import FolderSettings
from core.words import say

log = logging.getLogger(__name__)
CALLER = "folder"
EVERY_SECONDS = 2.0
FIRST_SECONDS = 5.0  # so long the first reader waits for the first look
MIB = 1024 * 1024
AMOUNTS = ("total", "fund", "personal")
REASONS = ".reasons.csv"
RESULT_FIELDS = (
    "msgid", "step", "visit_no", "bill_no", *AMOUNTS, "at", "operator", "operator_name",
    "person_no", "corrects",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: ``visits`` and ``lines`` that were new or changed."""

    name: str
    visits: int = 0
    lines: int = 0
    rejected: int = 0
    says: str = ""


class FolderHospital(GivenHospital):
    """A ``core.his.port.Hospital`` over a folder; ``watch=False``: looked into by ``pick_up``."""

    def __init__(
        self, root: Path, store: Path, home: Path, clock: Clock, settings: FolderSettings,
        watch: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(store, clock)
        self.prompt = False
        self.trouble: DeskError | None = None
        self._files = FolderFiles(root, clock, settings.quiet_seconds)
        self._reader = DroppedReader(home, settings.most_rows)
        self._most = settings.most_mib * MIB
        self._starting = threading.Lock()
        self._stop, self._looked = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._watch = watch

    @property
    def postings(self) -> Postings | None:
        """A folder cannot say what became of our results."""
        return None

    # -- watching

    def _be_watching(self) -> None:
        """Begin to watch; the first who reads waits a little for the first look."""
        if not self._watch or self._looked.is_set():
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="folder", daemon=True)
                self._thread.start()
        self._looked.wait(FIRST_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.pick_up()
                self.trouble = None
            except DeskError as error:
                self.trouble = error
            except Exception as error:
                log.exception("looking into the folder")
                self.trouble = SetupError(
                    fault("folder.broken", path=self._files.root, error=error)
                )
            self._looked.set()
            self._stop.wait(EVERY_SECONDS)

    def pick_up(self) -> tuple[Taken, ...]:
        """Take every file that is whole; raises ``DeskError`` where the folder fails."""
        self._files.prepare()
        found = [self._take_in(path) for path in self._files.left()]
        for path in self._files.ready():
            taken = self._files.take(path)
            if taken is not None:
                found.append(self._take_in(taken))
        return tuple(found)

    def _take_in(self, path: Path) -> Taken:
        try:
            dropped = self._read(path)
        except FaultyFile as error:
            return self._rejected(path, error, error.rejected)
        except InvalidInput as error:
            return self._rejected(path, error, ())
        visits, lines = self._keep(dropped)
        moved = self._files.finish(path, "done")
        if dropped.rejected:
            self._say_why(moved.name, dropped.headers, dropped.rejected, "")
        return Taken(path.name, visits, lines, len(dropped.rejected))

    def _read(self, path: Path) -> Dropped:
        """A file that our own reader stumbles over is a faulty file, not the end of the watch."""
        try:
            return self._reader.read(read_bytes(path, self._most), path.name)
        except DeskError:
            raise
        except Exception as error:
            log.exception("reading %s", path.name)
            text = f"{type(error).__name__}"
            raise InvalidInput(fault("folder.unreadable", name=path.name, error=text)) from error

    def _keep(self, dropped: Dropped) -> tuple[int, int]:
        visits = sum(self.take_visit(stay, CALLER) for stay in dropped.stays)
        lines = 0
        by_visit: dict[str, list[FeeLine]] = {}
        for line in dropped.lines:
            by_visit.setdefault(line.visit_no, []).append(line)
        for visit_no, mine in by_visit.items():
            if self._store.stay(visit_no) is None:  # its data may follow, or are typed at the desk
                known = HospitalStay(registration=Registration(visit_no=visit_no))
                visits += self.take_visit(known, CALLER)
            lines += sum(self.take_lines(visit_no, mine))
        return visits, lines

    def _rejected(self, path: Path, error: InvalidInput, rows: Sequence[RejectedRow]) -> Taken:
        moved = self._files.finish(path, "rejected")
        self._say_why(moved.name, (), rows, str(error))
        return Taken(path.name, rejected=len(rows), says=str(error))

    def _say_why(
        self, name: str, headers: Sequence[str], rows: Sequence[RejectedRow], says: str
    ) -> None:
        """The sheet beside (or of) a file that was not taken whole."""
        head = [say("folder.row"), say("folder.why"), *headers]
        table: list[Sequence[str]] = [head]
        if says:
            table.append(("", says))
        for row in rows:
            number = Plain(row.number) if row.number else Plain()
            table.append((number, "；".join(one.text for one in row.faults), *row.raw))
        try:
            write_sheet(self._files.place("rejected") / f"{name}{REASONS}", table)
        except OSError as error:
            raise self._files.broken(error) from error

    # -- the port

    def visit(self, visit_no: str) -> Registration | None:
        """As ``Hospital.visit``."""
        self._be_watching()
        return super().visit(visit_no)

    def waiting(self, limit: int = 200) -> Sequence[Registration]:
        """As ``Hospital.waiting``; raises what is wrong with the folder."""
        self._be_watching()
        if self.trouble is not None:
            raise self.trouble
        return super().waiting(limit)

    def stays(self) -> Sequence[HospitalStay]:
        """As ``Hospital.stays``."""
        self._be_watching()
        return super().stays()

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """As ``Hospital.fee_lines``."""
        self._be_watching()
        return super().fee_lines(visit_no)

    def post(self, told: WriteBack) -> None:
        """Write the result as a file of its own, once for each message id; read by name."""
        if self._store.stay(told.visit_no) is None or self._store.is_told(told.msgid):
            return
        self._files.prepare()
        path = self._files.place("out") / result_name(told)
        try:
            write_sheet(path, (RESULT_FIELDS, _result(told)))
        except OSError as error:
            raise self._files.broken(error) from error
        self._store.keep_result(told, self._clock.now())

    def test(self) -> Sequence[Tested]:
        """As ``Hospital.test``: the folder, its places, writing, and what waits in it."""
        steps: list[Tested] = []
        for name, step in (("folder", self._test_folder), ("out", self._test_out),
                           ("in", self._test_in)):  # fmt: skip
            title = say(f"folder.test.{name}")
            try:
                steps.append(Tested(title, True, step()))
            except (DeskError, OSError) as error:
                steps.append(Tested(title, False, str(error)))
                break
        return tuple(steps)

    def _test_folder(self) -> str:
        self._files.prepare()
        return say("folder.test.folder_ok", path=self._files.root)

    def _test_out(self) -> str:
        probe = self._files.place("out") / ".gsdesk-test.csv"
        try:
            write_sheet(probe, (RESULT_FIELDS,))
            probe.unlink()
        except OSError as error:
            raise self._files.broken(error) from error
        return say("folder.test.out_ok")

    def _test_in(self) -> str:
        return say("folder.test.in_ok", count=len(self._files.waiting()))

    def preview(self, visit_no: str = "", limit: int = 50) -> Preview:
        """As ``Hospital.preview``: what lies in the folder, unfinished files too; takes nothing."""
        self._files.prepare()
        found = Preview(remarks=(fault("folder.nothing_there"),))
        for path in self._files.waiting():
            found = _joined(found, self._looked_at(path), visit_no)
        more = max(len(found.visits), len(found.lines), len(found.rejected)) > limit
        return Preview(
            found.visits[:limit], found.lines[:limit], found.rejected[:limit], found.headers,
            found.mapping, found.remarks, more,
        )  # fmt: skip

    def _looked_at(self, path: Path) -> Dropped:
        try:
            return self._read(path)
        except InvalidInput as error:
            row = RejectedRow(0, (path.name,), error.faults)
            return Dropped("lines", (), {}, rejected=(row, *getattr(error, "rejected", ())))

    def close(self) -> None:
        """As ``Hospital.close``; a look that hangs is not waited for."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1.0)
        super().close()


def _joined(before: Preview, found: Dropped, visit_no: str) -> Preview:
    wanted = [line for line in found.lines if visit_no in ("", line.visit_no)]
    is_lines = found.kind == "lines" and bool(found.headers)
    return Preview(
        (*before.visits, *(stay.registration for stay in found.stays)),
        (*before.lines, *wanted), (*before.rejected, *found.rejected),
        found.headers if is_lines else before.headers,
        tuple(found.mapping.items()) if is_lines else before.mapping, found.remarks,
    )  # fmt: skip


def result_name(told: WriteBack) -> str:
    """The same for the same result; by name they are in the order in which things happened."""
    at = f"{told.at.astimezone(CHINA):%Y%m%d%H%M%S%f}" if told.at else "0" * 20
    return f"{at}-{told.msgid}-{told.step}.csv"


def _result(told: WriteBack) -> list[str]:
    """The cells of a result: amounts in yuan, the moment in China's time, texts harmless."""
    paid = told.amounts
    amounts = (paid.total, paid.fund, paid.personal) if paid else (None, None, None)
    ready = {
        **{name: _yuan(fen) for name, fen in zip(AMOUNTS, amounts, strict=True)},
        "at": Plain(f"{told.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if told.at else ""),
    }
    return [ready[name] if name in ready else str(getattr(told, name)) for name in RESULT_FIELDS]


def _yuan(fen: Fen | None) -> Plain:
    return Plain("" if fen is None else f"{yuan(fen):.2f}")


def connect(settings: FolderSettings, place: Place) -> FolderHospital:
    """The adapter of ``core.his.connect``; raises ``SetupError`` without a folder's name."""
    if not settings.path.strip():
        raise SetupError(fault("folder.no_path", "path"))
    root = place.home / settings.path.strip()
    return FolderHospital(root, place.data / "folder.db", place.home, place.clock, settings)
