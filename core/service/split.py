"""伤病分离: a person's word on each line, the sums of each side, and disease data sent afterwards.

The hospital's flag counts until somebody says otherwise. A line of the disease goes with the bill
under its flag, or waits and is sent on its own once the visit is settled (protocol-gd.md §4.4, §5).
"""

from __future__ import annotations

from collections.abc import Sequence

from core.domain import FeeLine, Registration, Stage, Visit
from core.domain.split import DiseaseRow, SplitMark, SplitPart, SplitRow, SplitSheet, SplitSums
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.outcome import Accepted
from core.service.charge import Charge, row_of
from core.service.result import StepResult
from core.service.session import Session
from core.service.transact import Road, guard
from core.service.visits import Marks, Visits

STEP = "disease_part"
LONGEST_REASON = 200


class Split:
    """The workbench of a visit's lines, and the worklist of what is sent afterwards."""

    def __init__(
        self, journal: Journal, road: Road, visits: Visits, session: Session, charge: Charge
    ) -> None:
        self._journal = journal
        self._road = road
        self._visits = visits
        self._session = session
        self._charge = charge

    # -- seeing

    def sheet(self, visit_no: str) -> SplitSheet:
        """Every line with what counts now, who said so, and why it may not be changed."""
        rows = self._rows(self._visits.read(visit_no))
        can = self._road.centre.capabilities
        return SplitSheet(
            visit_no=visit_no, rows=rows, sums=_sums(rows),
            undecided=sum(not row.decided for row in rows), required=can.split == "required",
            may_wait=self._road.centre.has(STEP),
        )  # fmt: skip

    def _rows(self, visit: Visit) -> tuple[SplitRow, ...]:
        marks, against = self._marks(visit.visit_no), self._against(visit)
        there = () if self._charge.held(visit) else visit.uploaded
        fixed, at_centre = {item.line_id for item in there}, fault("split.at_centre")
        return tuple(
            _row(line, marks, against or (at_centre if line.line_id in fixed else None))
            for line in self._visits.all_lines(visit.visit_no)
        )

    def _marks(self, visit_no: str) -> Marks:
        return self._journal.ledger.centrefacts.marks(visit_no)

    def _against(self, visit: Visit) -> Fault | None:
        if self._road.centre.capabilities.split == "none":
            return fault("split.none")
        if visit.open_msgid:
            return fault("lifecycle.open", visit=visit.visit_no, msgid=visit.open_msgid)
        return fault("split.settled") if visit.stage is Stage.SETTLED else None

    # -- deciding

    def mark(
        self, visit_no: str, line_ids: Sequence[str], part: SplitPart, reason: str
    ) -> SplitSheet:
        """These lines belong to ``part``, for a reason that is kept.

        Raises ``Refused`` without a reason, for a line that may not change, and for ``LATER``
        where the centre takes no disease data afterwards.
        """
        if not reason.strip():
            raise Refused(fault("split.reason", "reason"))
        if part is SplitPart.LATER and not self._road.centre.has(STEP):
            raise Refused(fault("split.not_later"))
        visit = self._visits.read(visit_no)
        chosen = dict.fromkeys(line_ids, part)
        return self._decide(visit, self._rows(visit), chosen, reason.strip())

    def confirm(self, visit_no: str, line_ids: Sequence[str]) -> SplitSheet:
        """The hospital's flag of these lines is right."""
        visit = self._visits.read(visit_no)
        rows = self._rows(visit)
        given = {row.line.line_id: row.given for row in rows}
        chosen = {name: given[name] for name in line_ids if name in given}
        return self._decide(visit, rows, chosen, "")

    def _decide(
        self, visit: Visit, there: Sequence[SplitRow], parts: dict[str, SplitPart], reason: str
    ) -> SplitSheet:
        visit_no, rows = visit.visit_no, {row.line.line_id: row for row in there}
        if strange := [name for name in parts if name not in rows]:
            raise Refused(fault("split.strange", line=strange[0]))
        if fixed := next((rows[name] for name in parts if rows[name].why), None):
            raise Refused(Fault("split.fixed", fixed.why))
        who, now = self._session.acting(), self._road.clock.now()
        marks = [
            SplitMark(line_id=name, part=part, by_id=who.id, by_name=who.name,
                      reason=reason[:LONGEST_REASON], at=now)
            for name, part in parts.items()
        ]  # fmt: skip
        other = [name for name, part in parts.items() if rows[name].part is not part]
        with self._journal.commit():
            self._journal.ledger.centrefacts.mark(visit_no, marks)
            if other and self._charge.held(visit):
                self._journal.ledger.drop_uploaded(visit_no, other)
        return self.sheet(visit_no)

    # -- disease data afterwards

    def worklist(self) -> tuple[DiseaseRow, ...]:
        """Settled visits whose disease lines waited; those that still wait first."""
        ledger = self._journal.ledger
        numbers = ledger.centrefacts.visits_with(SplitPart.LATER)
        rows = (self.disease(number) for number in numbers if ledger.live_settlement(number))
        found = [row for row in rows if row.lines]
        return tuple(sorted(found, key=lambda row: (row.sent == row.lines, row.visit_no)))

    def disease(self, visit_no: str) -> DiseaseRow:
        """What of a visit waits to be sent afterwards, and what the centre has of it."""
        known = self._journal.ledger.visit(visit_no).registration
        paid = self._journal.ledger.live_settlement(visit_no)
        waiting = self._journal.open_for(visit_no)
        lines = self.lines(visit_no)
        there = set(self._journal.ledger.centrefacts.sent_diseases(visit_no))
        return DiseaseRow(
            visit_no=visit_no, name=known.person_name if known else "",
            settled_at=paid.settled_at if paid else None, lines=len(lines),
            amount=sum(line.amount for line in lines),
            sent=sum(line.line_id in there for line in lines),
            open_msgid=waiting.msgid if waiting else "",
        )  # fmt: skip

    def lines(self, visit_no: str) -> tuple[FeeLine, ...]:
        """The disease lines of a visit that were kept back."""
        marks = self._marks(visit_no)
        later = {name for name, words in marks.items() if words[0].part is SplitPart.LATER}
        found = self._visits.all_lines(visit_no) if later else ()
        return tuple(
            line.model_copy(update={"is_disease": True}) for line in found if line.line_id in later
        )

    def send(self, visit_no: str) -> StepResult:
        """Send the disease lines that the centre does not have yet, in batches.

        Raises ``Refused`` before the settlement, and where nothing is left to send.
        """
        visit = self._visits.read(visit_no)
        guard(fault("split.not_settled") if visit.settlement is None else None)
        there = set(self._journal.ledger.centrefacts.sent_diseases(visit_no))
        missing = [line for line in self.lines(visit_no) if line.line_id not in there]
        guard(fault("split.nothing_left") if not missing else None)
        size = self._road.centre.rule(STEP).batch or len(missing)
        result = StepResult(Accepted(), visit)
        for start in range(0, len(missing), size):
            result = self._send(visit, missing[start : start + size])
            if not isinstance(result.outcome, Accepted):
                break
        return result

    def _send(self, visit: Visit, lines: Sequence[FeeLine]) -> StepResult:
        known: Registration = visit.registration
        rows = [row_of(line, known) for line in lines]
        values = {"visit_no": visit.visit_no}
        done = self._road.travel(STEP, values, rows, blocks=False)
        return StepResult(done.outcome, self._visits.after(visit.visit_no), done.msgid, ms=done.ms)


def _given(line: FeeLine) -> SplitPart:
    return SplitPart.DISEASE if line.is_disease else SplitPart.INJURY


def _row(line: FeeLine, marks: Marks, against: Fault | None) -> SplitRow:
    words, given = marks.get(line.line_id, ()), _given(line)
    return SplitRow(
        line=line, part=words[0].part if words else given, given=given, marks=words,
        why=against.text if against else "",
    )  # fmt: skip


def _sums(rows: Sequence[SplitRow]) -> SplitSums:
    found: dict[str, int] = {}
    for part in SplitPart:
        lines = [row.line for row in rows if row.part is part]
        found |= {part: sum(line.amount for line in lines), f"{part}_count": len(lines)}
    return SplitSums(**found)
