"""Papers at 查询补打: the centre's slip, several slips in one go, jobs that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from core.domain.papers import CentreSlip, PaperStanding
from core.errors import DeskError, Fault, fault
from core.events import Progress
from core.words import say
from gui.messages import Message, of_outcome
from gui.screens.work import Page, Presenter

MOST_AT_ONCE = 200
SHOWN_DIGITS = 16  # of the hash


@dataclass(frozen=True, slots=True)
class Shown:
    """The centre's slip as it is shown: its record and its bytes."""

    slip: CentreSlip
    content: bytes

    @property
    def head(self) -> str:
        """Name, size, hash and when it came."""
        slip = self.slip
        return say(
            "history.paper.head", name=slip.file_name or slip.msgid, size=slip.size,
            digest=slip.digest[:SHOWN_DIGITS], at=f"{slip.fetched_at:%Y-%m-%d %H:%M}",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """How many of ``total`` went out; ``problem`` why it ended early, or empty."""

    done: int
    total: int
    problem: str = ""


class PapersPage(Page, Protocol):
    """What is needed of the page beside the usual."""

    def show_paper(self, shown: Shown | None) -> None:
        """Lay the centre's slip over the page, or take it away."""
        ...


class Papers(Presenter):
    """Works on the slip ``of`` (a message id) that the list has chosen."""

    page: PapersPage

    def __init__(self, desk: Any, page: PapersPage) -> None:
        super().__init__(desk, page)
        self.of = ""
        self.shown: Shown | None = None
        self._stop = False

    # -- the centre's slip

    def show_centre(self) -> None:
        """What was downloaded before, else download it now."""
        msgid = self.of
        self.start("centre_slip", lambda: self._kept(msgid), self._have, lane="io")

    def _kept(self, msgid: str) -> Shown | None:
        slip = self.desk.documents.centre_slip(msgid)
        return Shown(slip, self.desk.documents.slip_content(slip)) if slip else None

    def _have(self, shown: Shown | None) -> None:
        if shown is None:
            self.fetch()
        else:
            self._show(shown)

    def fetch(self) -> None:
        """6101, also when there is one already: the centre may have another by now."""
        msgid = self.of
        self.start("fetch_slip", lambda: self._fetched(msgid), self._came)

    def _fetched(self, msgid: str) -> tuple[Any, Shown | None]:
        done = self.desk.documents.fetch_slip(msgid)
        content = self.desk.documents.slip_content(done.slip) if done.slip else b""
        return done, Shown(done.slip, content) if done.slip else None

    def _came(self, value: tuple[Any, Shown | None]) -> None:
        done, shown = value
        message = of_outcome(done.outcome, done.msgid)
        if message is not None:
            self.page.tell(message)
        if done.problem is not None:
            self.page.tell(Message("warning", done.problem.text, key="paper"))
        if done.changed:
            self.tell("warning", "history.paper.changed")
        if shown is not None:
            self._show(shown)

    def _show(self, shown: Shown) -> None:
        self.shown = shown
        self.page.show_paper(shown)

    def put_away(self) -> None:
        """The centre's slip is no longer looked at."""
        self.shown = None

    def save(self) -> None:
        """The bytes as they came, into the home's ``exports``."""
        shown = self.shown
        if shown is None:
            return
        folder = Path(self.desk.home) / "exports"
        path = folder / f"{shown.slip.msgid}-centre{_ending(shown.slip.file_type)}"
        self.start("export", lambda: _save(path, shown.content), self._saved, lane="io")

    def _saved(self, path: Path) -> None:
        self.tell("done", "history.paper.saved", path=path)

    def print_centre(self) -> None:
        """The centre's slip on paper, unchanged."""
        if self.shown is not None:
            msgid = self.shown.slip.msgid
            self.start("print", lambda: self._centre_out(msgid), self._out, lane="io")

    def _centre_out(self, msgid: str) -> str:
        from gui.printing import print_centre_slip

        return str(print_centre_slip(self.desk, msgid))

    def _out(self, where: str) -> None:
        self.tell("info", "work.sheet_printed", where=_short(where, self.desk.home))

    # -- several at once

    def print_all(self, msgids: Sequence[str]) -> None:
        """One after the other; the first that does not come out ends it."""
        self._stop = False
        wanted = tuple(msgids)[:MOST_AT_ONCE]
        self.start(
            "print_all", lambda: self._all(wanted), self._all_out, lane="io", stop=self._ask_stop
        )

    def _ask_stop(self) -> None:
        self._stop = True

    def _all(self, msgids: Sequence[str]) -> Printed:
        from gui.printing import print_slip

        for done, msgid in enumerate(msgids):
            if self._stop:
                return Printed(done, len(msgids), say("history.paper.stopped"))
            try:
                print_slip(self.desk, msgid)
            except DeskError as error:
                return Printed(done, len(msgids), str(error))
            self.desk.events.announce(Progress("print_all", "", done + 1, len(msgids)))
        return Printed(len(msgids), len(msgids))

    def _all_out(self, printed: Printed) -> None:
        holes = {"done": printed.done, "total": printed.total}
        if printed.problem:
            self.tell("warning", "history.paper.some", **holes, problem=printed.problem)
        else:
            self.tell("done", "history.paper.all", **holes)

    # -- jobs that wait

    def withdraw(self) -> None:
        """Take the waiting job off its queue, so that it may be printed elsewhere."""
        msgid = self.of
        jobs = self.desk.documents.jobs
        self.start("withdraw", lambda: jobs.withdraw(msgid), self._withdrawn, lane="io")

    def _withdrawn(self, jobs: Sequence[Any]) -> None:
        names = say("printing.and").join(dict.fromkeys(job.queue for job in jobs))
        self.tell("done", "history.paper.withdrawn", names=names)

    def why_not(self, action: str, waits_at: str, waiting: int) -> Fault | None:
        """Why an action cannot be taken for the chosen slip."""
        if action == "print_all":
            return None if waiting else fault("history.why.nothing_waits")
        if not self.of:
            return fault("history.why.no_slip")
        if action == "withdraw_job" and not waits_at:
            return fault("history.why.no_job")
        if action == "save_centre" and self.shown is None:
            return fault("history.why.no_paper")
        return None


def prints_word(standing: PaperStanding | None) -> str:
    """How the papers of a settlement stand, short enough for a column."""
    if standing is None:
        return say("history.prints.none")
    if standing.waits_at:
        return say("history.prints.waits")
    parts = []
    if standing.prints:
        again = standing.prints - 1
        parts.append(
            say("history.prints.again", count=again) if again else say("history.prints.once")
        )
    if standing.centre_prints:
        parts.append(say("history.prints.centre", count=standing.centre_prints))
    return " ".join(parts)


def _save(path: Path, content: bytes) -> Path:
    from gui.paper import write_whole

    return write_whole(path, content, "history.paper.not_saved")


def _ending(kind: str) -> str:
    """The centre's word for the kind of file as an ending, where it is a plain word."""
    plain = kind.strip(" .").lower()
    return f".{plain}" if plain.isascii() and plain.isalnum() and len(plain) <= 8 else ".bin"


def _short(where: str, home: Any) -> str:
    path, root = Path(where), Path(home)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else where
