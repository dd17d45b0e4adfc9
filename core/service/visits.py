"""A visit as the desk knows it: the hospital's data and the journal's, read together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from core.domain import FeeLine, Registration, Transaction, Visit
from core.domain.split import SplitMark, SplitPart
from core.errors import Refused, fault
from core.his.port import Hospital
from core.journal import Journal
from core.service.hospital_memory import Asked, Known, Remembered
from core.service.lifecycle import stage_of

Translate = Callable[[Sequence[FeeLine]], tuple[FeeLine, ...]]
Fit = Callable[[Registration], Registration]
Marks = Mapping[str, tuple[SplitMark, ...]]


def same(known: Registration) -> Registration:
    """The hospital's word fits as it is."""
    return known


class Visits:
    """Reads visits; the journal's word goes before the hospital's once something was sent."""

    def __init__(
        self, journal: Journal, hospital: Hospital, translate: Translate = tuple, fit: Fit = same,
    ) -> None:  # fmt: skip
        """``fit`` gives the hospital's registration a category that the centre has."""
        self._journal = journal
        self._fit = fit
        self._translate = translate
        known = Known()
        self._asked = Asked(hospital, known)
        self._remembered = Remembered(self._asked, known)

    def read(self, visit_no: str) -> Visit:
        """The visit, from journal and hospital; a number that neither knows gives an empty one."""
        return self._read(visit_no, self._asked)

    def after(self, visit_no: str) -> Visit:
        """As ``read``, once a step has ended that began with reading it: what the hospital said
        then still counts, so that a hospital that is silent by now takes no ending away."""
        return self._read(visit_no, self._remembered)

    def _read(self, visit_no: str, hospital: Asked | Remembered) -> Visit:
        ledger = self._journal.ledger
        row = ledger.visit(visit_no)
        settled = ledger.live_settlement(visit_no)
        uploaded = ledger.uploaded(visit_no)
        waiting = self._journal.open_for(visit_no)
        known = bool(row.registered_by or waiting)
        discharge = ledger.stays.discharge(visit_no)
        registration = self._registration(visit_no, row.registration, known, hospital)
        stage = stage_of(
            bool(row.registered_by), bool(row.cancelled_by), bool(uploaded),
            row.presettlement is not None, settled is not None, discharge is not None,
        )  # fmt: skip
        return Visit(
            registration=registration, stage=stage, person=row.person,
            qualification=row.qualification, lines=self._lines(visit_no, hospital),
            uploaded=uploaded,
            presettlement=row.presettlement, settlement=settled,
            bill_no=settled.bill_no if settled else self._bill(visit_no, waiting),
            open_msgid=waiting.msgid if waiting else "", discharge=discharge,
        )  # fmt: skip

    def head(self, visit_no: str) -> Visit:
        """Who it is, where, and how a stay ended; nothing of lines or money: for lists of many."""
        ledger, waiting = self._journal.ledger, self._journal.open_for(visit_no)
        row, discharge = ledger.visit(visit_no), ledger.stays.discharge(visit_no)
        known = bool(row.registered_by or waiting)
        registration = self._registration(visit_no, row.registration, known, self._asked)
        return Visit(registration=registration, person=row.person, discharge=discharge)

    def _bill(self, visit_no: str, waiting: Transaction | None) -> str:
        """The bill of a settlement whose ending is open, else the one the next would carry."""
        open_bill = str(waiting.facts.get("bill_no", "")) if waiting else ""
        return open_bill or self._journal.ledger.next_bill(visit_no)

    def _registration(
        self, visit_no: str, kept: Registration | None, known: bool, hospital: Asked | Remembered
    ) -> Registration:
        if kept and known:
            return kept
        there = hospital.visit(visit_no)
        return self._fit(there) if there else kept or Registration(visit_no=visit_no)

    def find(self, visit_no: str) -> Visit:
        """As ``read``; raises ``Refused`` for a number that neither hospital nor journal knows."""
        visit = self.read(visit_no.strip())
        if not visit_no.strip():
            raise Refused(fault("visits.empty", "visit_no"))
        known = self._remembered.visit(visit.visit_no) or self._journal.of_visit(visit.visit_no)
        if not known and self._journal.ledger.kept_lines(visit.visit_no) is None:
            raise Refused(fault("visits.strange", "visit_no", visit=visit_no))
        return visit

    def lines(self, visit_no: str) -> tuple[FeeLine, ...]:
        """Imported lines where a file replaced the hospital's, else the hospital's.

        The centre's codes come from 目录对照 where the line says only the hospital's. Somebody's
        word on injury or disease stands in the line; what waits for later is not among them.
        """
        return self._lines(visit_no, self._asked)

    def _lines(self, visit_no: str, hospital: Asked | Remembered) -> tuple[FeeLine, ...]:
        facts = self._journal.ledger.centrefacts
        marks, gone = facts.marks(visit_no), facts.gone_lines(visit_no)
        lines = self._undivided(visit_no, hospital)
        if gone:  # a refund in part took them out, and with them what takes them back
            lines = tuple(line for line in lines if not gone & {line.line_id, line.ref_line_id})
        return tuple(divided(lines, marks)) if marks else lines

    def all_lines(self, visit_no: str) -> tuple[FeeLine, ...]:
        """As ``lines``, before anybody divided them into injury and disease."""
        return self._undivided(visit_no, self._asked)

    def _undivided(self, visit_no: str, hospital: Asked | Remembered) -> tuple[FeeLine, ...]:
        kept = self._journal.ledger.kept_lines(visit_no)
        return self._translate(kept if kept is not None else hospital.fee_lines(visit_no))


def divided(lines: Iterable[FeeLine], marks: Marks) -> Iterator[FeeLine]:
    """The lines that go with the bill, each with the flag that counts."""
    for line in lines:
        words = marks.get(line.line_id)
        part = words[0].part if words else None
        if part is None:
            yield line
        elif part is not SplitPart.LATER:
            yield line.model_copy(update={"is_disease": part is SplitPart.DISEASE})
