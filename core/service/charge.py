"""Fee lines to the centre: checked, sent in batches, resumed where they stopped, never doubled.

Line ids are stable, so a batch that was sent twice is refused by the centre and not booked twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from core.domain import FeeLine, LineResult, Registration, State, Visit
from core.errors import Fault, Refused, fault
from core.events import Progress
from core.his.checks import LineFault, LineRule, check_lines
from core.journal import Journal
from core.money import show
from core.outcome import Accepted, Outcome
from core.service.lifecycle import may
from core.service.line_ids import fitting, longest
from core.service.mapping import Mappings
from core.service.netting import netted
from core.service.result import StepResult
from core.service.transact import Road, Travelled, guard
from core.service.undecided import why_undecided
from core.service.visits import Visits

FLAGS = {True: "1", False: "0"}
MAX_LINES = 200_000
BACK = "-R"  # ends the id of a line that takes another one back


def never() -> bool:
    """Nobody asks to stop."""
    return False


def unheard(taken: int) -> None:
    """Nobody counts."""


class Charge:
    """Uploads and removes the fee lines of a visit."""

    def __init__(
        self, journal: Journal, road: Road, visits: Visits, mappings: Mappings | None = None
    ) -> None:
        self._journal = journal
        self._road = road
        self._visits = visits
        self._mappings = mappings

    def check(self, lines: Sequence[FeeLine]) -> tuple[LineFault, ...]:
        """Every reason why a line may not be uploaded; empty when all may.

        Items without a code of the centre are put onto the list of 目录对照.
        """
        now = self._road.clock.now()
        if self._road.centre.capabilities.item_codes == "hospital":
            return check_lines(lines, LineRule(now=now, need_centre_code=False))
        stopped = {}
        if self._mappings is not None:
            stopped = self._mappings.stopped(lines)
            self._mappings.meet(lines)
        return check_lines(lines, LineRule(now=now, stopped=stopped))

    def use_lines(self, visit_no: str, lines: Sequence[FeeLine]) -> Visit:
        """Take imported lines instead of the hospital's; refused once lines are at the centre."""
        if self._journal.ledger.uploaded_ids(visit_no):
            raise Refused(fault("charge.already_uploaded", visit=visit_no))
        with self._journal.commit():
            self._journal.ledger.keep_lines(visit_no, lines)
        return self._visits.read(visit_no)

    def add_lines(self, visit_no: str, lines: Sequence[FeeLine]) -> Visit:
        """Lay imported lines beside those imported before, as a stay's fees come day by day.

        A line of the same id takes the older one's place; ``Refused`` where the centre has that
        one with another amount.
        """
        there = {item.line_id: item for item in self._journal.ledger.uploaded(visit_no)}
        for line in lines:
            sent = there.get(line.line_id)
            if sent and sent.amount != line.amount:
                raise Refused(fault("charge.other_amount", line=line.line_id, name=line.name))
        before = self._journal.ledger.kept_lines(visit_no) or ()
        together = {line.line_id: line for line in (*before, *lines)}
        with self._journal.commit():
            self._journal.ledger.keep_lines(visit_no, together.values())
        return self._visits.read(visit_no)

    def upload(
        self, visit_no: str, stop: Callable[[], bool] = never, told: Callable[[int], None] = unheard
    ) -> StepResult:
        """Send what the centre does not have yet, batch by batch; announces ``Progress``.

        ``stop`` is asked after every batch, ``told`` hears how many lines it took. Where an
        outpatient's lines travel with trial and settlement, they are checked and held here until
        then. Raises ``Refused`` when a line is faulty: nothing is sent until all are right.
        """
        visit = self._visits.read(visit_no)
        guard(may(visit, "upload_fees"))
        self._refuse_faulty(visit.lines)
        guard(why_undecided(self._journal, self._road, visit))
        if self.held(visit):
            return self._hold(visit, told)
        with self._journal.together():
            done = self._send_all(visit, stop, told)
        outcome: Outcome = done.outcome if done else Accepted()
        return StepResult(outcome, self._visits.after(visit_no), done.msgid if done else "")

    def held(self, visit: Visit) -> bool:
        """Do the visit's lines stay here until trial and settlement take them along?"""
        can = self._road.centre.capabilities
        return can.fees_with_settlement and not visit.registration.is_inpatient

    def _hold(self, visit: Visit, told: Callable[[int], None]) -> StepResult:
        most = self._road.centre.rule("settle").batch
        going = {line.line_id: line.amount for line in netted(visit.lines)}
        if most and len(going) > most:
            raise Refused(fault("charge.too_many_together", count=len(going), most=most))
        lines = [
            LineResult(rx_no=line.rx_no, line_id=line.line_id, amount=going.get(line.line_id, 0))
            for line in visit.lines
        ]  # fmt: skip
        with self._journal.commit():
            self._journal.ledger.drop_uploaded(visit.visit_no)
            self._journal.ledger.add_uploaded(visit.visit_no, "", lines)
        told(len(lines))
        count = len(lines)
        self._road.events.announce(Progress("upload", visit.visit_no, count, count))
        ours, sent = sum(line.amount for line in visit.lines), sum(going.values())
        differs = fault("charge.netting_differs", ours=show(ours), sent=show(sent))
        warnings = () if ours == sent else (differs,)
        return StepResult(Accepted(), self._visits.after(visit.visit_no), warnings=warnings)

    def _send_all(
        self, visit: Visit, stop: Callable[[], bool], told: Callable[[int], None]
    ) -> Travelled | None:
        there = self._journal.ledger.uploaded_ids(visit.visit_no)
        missing = [line for line in visit.lines if line.line_id not in there]
        missing.sort(key=lambda line: line.quantity < 0)  # what is taken back must be there first
        count, done = len(visit.lines) - len(missing), None
        for rows in self._messages(missing, visit):
            done = self.send_batch(visit.visit_no, rows)
            taken = len(rows) if isinstance(done.outcome, Accepted) else 0
            count += taken
            told(taken)
            self._road.events.announce(Progress("upload", visit.visit_no, count, len(visit.lines)))
            if not isinstance(done.outcome, Accepted) or stop():
                break
        return done

    def _refuse_faulty(self, lines: Sequence[FeeLine]) -> None:
        if not lines:
            raise Refused(fault("charge.no_lines"))
        if len(lines) > MAX_LINES:
            raise Refused(fault("charge.too_many", count=len(lines), most=MAX_LINES))
        faulty = self.check(lines)
        if faulty:
            raise Refused([item.fault for item in faulty])

    def _messages(self, lines: Sequence[FeeLine], visit: Visit) -> Iterator[list[dict[str, Any]]]:
        """The rows of each message, numbered on from what ever left for this visit."""
        size = self._batch() or len(lines) or 1
        sent = [
            len(row.facts.get("lines", ())) for row in self._journal.of_visit(visit.visit_no)
            if row.step == "upload_fees"
        ]  # fmt: skip
        first, most = sum(sent) + 1, longest(self._road.centre)
        for start in range(0, len(lines), size):
            yield [
                {**row_of(line, visit.registration, most), "line_no": str(first + start + place)}
                for place, line in enumerate(lines[start : start + size])
            ]

    def _batch(self) -> int:
        """Rows a message may carry: of stays, where outpatients send none."""
        centre = self._road.centre
        return centre.rule(centre.variant("upload_fees", stay=True)).batch

    def send_batch(self, visit_no: str, rows: Sequence[dict[str, Any]], why: str = "") -> Travelled:
        """One batch of at most as many rows as the profile allows."""
        return self._road.travel("upload_fees", {"visit_no": visit_no}, rows, why=why)

    def remove(
        self, visit_no: str, rx_no: str = "", line_id: str = "", reason: str = ""
    ) -> StepResult:
        """Cancel lines that are not settled (2205): one, a prescription's, or (both empty) all.

        ``reason`` is kept in the transaction's timeline where one is given.
        Raises ``Refused`` where the profile allows refund lines only, where the centre does not
        have the lines, or where a line would go whose refund stays.
        """
        visit = self._visits.read(visit_no)
        guard(may(visit, "cancel_fees"))
        if self.held(visit):
            return self._let_go(visit, rx_no, line_id)
        guard(self._may_delete(whole=not (rx_no or line_id)))
        guard(_what_stays(visit, rx_no, line_id))
        values = {"visit_no": visit_no, "rx_no": rx_no, "line_id": line_id}
        done = self._road.travel("cancel_fees", values, why=reason.strip())
        return StepResult(done.outcome, self._visits.after(visit_no), done.msgid, ms=done.ms)

    def _let_go(self, visit: Visit, rx_no: str, line_id: str) -> StepResult:
        """Held lines are nowhere but here."""
        guard(_what_stays(visit, rx_no, line_id))
        with self._journal.commit():
            self._journal.ledger.drop_uploaded(visit.visit_no, _going(visit, rx_no, line_id))
        return StepResult(Accepted(), self._visits.after(visit.visit_no))

    def counter(self, visit_no: str, reason: str) -> StepResult:
        """Take every line back by a line of its own with the opposite sign: the way where a city
        forbids deletion (protocol-gd.md §4.2). Lines that are taken back already are left alone.

        Raises ``Refused`` without a reason or where nothing is left to take back.
        """
        visit = self._visits.read(visit_no)
        guard(may(visit, "cancel_fees"))
        if not reason.strip():
            raise Refused(fault("stays.reason", "reason"))
        back = counter_lines(visit)
        if not back:
            raise Refused(fault("charge.delete.nothing_left"))
        done: Travelled | None = None
        for rows in self._messages(back, visit):
            done = self.send_batch(visit_no, rows, reason.strip())
            if not isinstance(done.outcome, Accepted):
                break
        assert done is not None
        return StepResult(done.outcome, self._visits.after(visit_no), done.msgid, ms=done.ms)

    def sweep(self, visit_no: str) -> None:
        """Cancel lines that came after their upload was given up, where there may be any.

        Nothing fences an upload off: without this a registration with such lines, which the desk
        does not know of, could never be taken back.
        """
        given_up = any(
            row.step == "upload_fees" and row.state is State.VOID
            for row in self._journal.of_visit(visit_no)
        )
        if given_up and not self._may_delete(whole=True):
            self._road.travel("cancel_fees", {"visit_no": visit_no, "rx_no": "", "line_id": ""})

    def _may_delete(self, whole: bool) -> Fault | None:
        can = self._road.centre.capabilities.delete_fees
        allowed = can == "allowed" or (can == "whole" and whole)
        return None if allowed else fault(f"charge.delete.{can}")


def counter_lines(visit: Visit) -> list[FeeLine]:
    """The lines that take back what the centre has of a visit and what is not taken back yet."""
    there = {item.line_id for item in visit.uploaded}
    return [
        line.model_copy(update={
            "line_id": f"{line.line_id}{BACK}", "ref_line_id": line.line_id,
            "quantity": -line.quantity, "amount": -line.amount,
        })
        for line in visit.lines
        if line.line_id in there and f"{line.line_id}{BACK}" not in there
    ]  # fmt: skip


def nothing_left(visit: Visit) -> bool:
    """Has every line that the centre has been taken back by another?"""
    there = {item.line_id: item.amount or 0 for item in visit.uploaded}
    plain = [line_id for line_id in there if not line_id.endswith(BACK)]
    return all(there.get(f"{one}{BACK}") == -there[one] for one in plain)


def _going(visit: Visit, rx_no: str, line_id: str) -> set[str]:
    """The uploaded lines that are meant: one, a prescription's, or (both empty) all."""
    return {
        item.line_id for item in visit.uploaded
        if rx_no in ("", item.rx_no) and line_id in ("", item.line_id)
    }  # fmt: skip


def _what_stays(visit: Visit, rx_no: str, line_id: str) -> Fault | None:
    """Why these lines may not go, or ``None``."""
    if not (rx_no or line_id):
        return None
    known = {line.line_id: line for line in visit.lines}
    going = _going(visit, rx_no, line_id)
    if not going:
        return fault("charge.delete.strange", rx=rx_no or "-", line=line_id or "-")
    for item in visit.uploaded:
        line = known.get(item.line_id)
        if line and line.ref_line_id in going and line.line_id not in going:
            first = known.get(line.ref_line_id)
            return fault(
                "charge.delete.refunded", name=first.name if first else "", line=line.line_id
            )
    return None


def row_of(line: FeeLine, known: Registration, most: int = 0) -> dict[str, Any]:
    """One line by the domain names of the upload; who ordered it is the visit's where it says
    nothing. ``most``: bytes of the line's id that the centre takes (0: any)."""
    return {
        "visit_no": line.visit_no, "list_type": line.list_type, "rx_no": line.rx_no,
        "line_id": fitting(line.line_id, most), "own_line_id": line.line_id,
        "occurred_at": line.occurred_at, "centre_code": line.centre_code,
        "price": line.price, "quantity": line.quantity, "amount": line.amount,
        "doctor_code": line.doctor_code or known.doctor_code,
        "dept_code": line.dept_code or known.dept_code,
        "min_unit": FLAGS[line.min_unit], "full_self_pay": FLAGS[line.full_self_pay],
        "hosp_code": line.hosp_code, "name": line.name, "spec": line.spec, "unit": line.unit,
        "doctor_name": line.doctor_name or known.doctor_name, "category": line.category,
        "is_disease": FLAGS[line.is_disease], "restricted": FLAGS[line.limited_use],
        "ref_line_id": line.ref_line_id,
    }  # fmt: skip
