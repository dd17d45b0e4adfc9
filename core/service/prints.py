"""Whether paper came out: prints are counted when the job has been printed, and not before."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from core.domain.papers import PaperKind, PaperStanding, PrintJob
from core.errors import Refused, SetupError, fault
from core.events import Events, TransactionChanged
from core.journal import Journal
from core.printing.port import Queues, Unseen
from core.printing.watching import Seen, look, machine
from core.service.session import Session
from core.words import say

Head = Callable[[str], dict[str, str]]


class Prints:
    """Counts of slips and of the centre's slips; ``head`` gives what stands in a slip's head."""

    def __init__(self, journal: Journal, session: Session, events: Events, head: Head) -> None:
        self._journal = journal
        self._session = session
        self._events = events
        self._head = head
        self._queues: Queues | None = None

    @property
    def queues(self) -> Queues:
        """The machine's printing system; a test may put another in its place."""
        if self._queues is None:
            self._queues = machine()
        return self._queues

    @queues.setter
    def queues(self, queues: Queues) -> None:
        self._queues = queues

    # -- counting

    def count(self, msgid: str, kind: PaperKind = "slip") -> int:
        """How often the paper came out."""
        ledger = self._journal.ledger
        return ledger.print_count(msgid) if kind == "slip" else ledger.papers.slip_prints(msgid)

    def standing(self, msgids: Sequence[str]) -> dict[str, PaperStanding]:
        """How the papers of many settlements stand; those without any are left out."""
        return self._journal.ledger.papers.standing(msgids)

    def came_out(self, msgid: str, place: str, kind: PaperKind = "slip") -> int:
        """Paper came out at ``place``; gives how many there are now."""
        with self._journal.commit():
            return self._add(msgid, place, kind, self._session.acting().id)

    def _add(self, msgid: str, place: str, kind: PaperKind, operator: str) -> int:
        ledger = self._journal.ledger
        if kind == "centre":
            return ledger.papers.add_slip_print(msgid, place, operator)
        ledger.remember(head_key(msgid), json.dumps(self._head(msgid)))
        return ledger.add_print(msgid, place, operator)

    # -- jobs that have not come out yet

    def sent(self, msgid: str, kind: PaperKind, queue: str, seen: Seen) -> None:
        """A job is with the printer and its paper is not out: remember to look again."""
        who = self._session.acting().id
        with self._journal.commit():
            self._journal.ledger.papers.add_job(msgid, kind, queue, seen.job, who)

    def waiting(self, msgid: str = "") -> tuple[PrintJob, ...]:
        """Jobs whose paper has not come out as far as we know, oldest first."""
        return self._journal.ledger.papers.waiting_jobs(msgid)

    def look_again(self, msgid: str = "") -> int:
        """Look at every waiting job; gives how many papers came out meanwhile."""
        return sum(self._looked(job, seen) for job, seen in self._seen(self.waiting(msgid)))

    def _seen(self, jobs: Sequence[PrintJob]) -> list[tuple[PrintJob, Seen]]:
        """Every job with what is seen of it now; one question a queue."""
        found: list[tuple[PrintJob, Seen]] = []
        for queue in dict.fromkeys(job.queue for job in jobs):
            mine = [job for job in jobs if job.queue == queue]
            seen = look(self.queues, queue, [job.job for job in mine])
            found += [(job, seen[job.job]) for job in mine]
        return found

    def _looked(self, job: PrintJob, seen: Seen) -> bool:
        if seen.verdict not in ("printed", "gone"):
            return False
        printed = seen.verdict == "printed"
        self._end(job, printed, "" if printed else _gone(job))
        return printed

    def _end(self, job: PrintJob, printed: bool, known: str) -> None:
        with self._journal.commit():
            state = "printed" if printed else "gone"
            self._journal.ledger.papers.change_job(job.number, state, known)
            if printed:
                place = say("printing.printed", name=job.queue)
                self._add(job.msgid, place, job.kind, job.operator)
        row = self._journal.transaction(job.msgid)
        self._events.announce(TransactionChanged(row.msgid, row.visit, row.state))

    def refuse_second(self, msgid: str, kind: PaperKind) -> None:
        """Raise ``Refused`` while an earlier job of the same paper may still come out."""
        for job, seen in self._seen(self.waiting(msgid)):
            self._looked(job, seen)
            if job.kind == kind and seen.verdict in ("held", "on_its_way"):
                because = say("printing.because", why=seen.why) if seen.why else ""
                raise Refused(fault("printing.waits", name=job.queue, job=job.job, why=because))

    def withdraw(self, msgid: str) -> tuple[PrintJob, ...]:
        """Take the waiting jobs of a paper off their queues; gives those that are gone now.

        Raises ``Refused`` where there is none and ``SetupError`` where the system says no.
        """
        jobs = self.waiting(msgid)
        if not jobs:
            raise Refused(fault("printing.no_job"))
        for job in jobs:
            try:
                self.queues.withdraw(job.queue, job.job)
            except Unseen as error:
                raise SetupError(
                    fault("printing.not_withdrawn", job=job.job, error=error)
                ) from error
            self._end(job, False, "")
        return jobs


def head_key(msgid: str) -> str:
    """Where the head of a slip that is out is remembered."""
    return f"slip {msgid}"


def _gone(job: PrintJob) -> str:
    return say("printing.gone", name=job.queue, job=job.job)
