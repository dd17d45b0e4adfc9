"""Who waits at the desk: the hospital's visits of today, and how far each is at the centre."""

from __future__ import annotations

from collections.abc import Iterable

from core.catalogue.initials import begins, readings
from core.domain import Registration, Stage
from core.domain.base import Model
from core.his.port import Hospital
from core.journal import Journal
from core.service.lifecycle import stage_of

MOST = 200  # shown at once; more nobody reads, the box finds the rest


class WaitingRow(Model):
    """One visit that waits. ``open_msgid``: the transaction of unknown ending, or empty."""

    registration: Registration
    stage: Stage
    open_msgid: str = ""


class WaitingRoom:
    """Reads the hospital; methods raise ``core.errors.DeskError`` where it does not answer."""

    def __init__(self, journal: Journal, hospital: Hospital) -> None:
        self._journal, self._hospital = journal, hospital

    def rows(self, limit: int = MOST) -> tuple[WaitingRow, ...]:
        """Today's visits that are not settled, oldest first; one more than ``limit`` says that
        there are more."""
        return self._known(self._hospital.waiting(limit + 1))

    def search(self, text: str, limit: int = 50) -> tuple[WaitingRow, ...]:
        """Visits and stays that ``text`` means, of any day that the hospital can search."""
        return self._known(self._hospital.search(text, limit), settled=True)

    def _known(
        self, found: Iterable[Registration], settled: bool = False
    ) -> tuple[WaitingRow, ...]:
        rows = [self._row(one) for one in found]
        return tuple(row for row in rows if settled or row.stage is not Stage.SETTLED)

    def _row(self, known: Registration) -> WaitingRow:
        readings(known.person_name)  # read here, so that no keystroke pays for it
        number, ledger = known.visit_no, self._journal.ledger
        row, waiting = ledger.visit(number), self._journal.open_for(number)
        if not (row.registered_by or row.cancelled_by or waiting):
            return WaitingRow(registration=known, stage=Stage.NEW)
        stage = stage_of(
            bool(row.registered_by), bool(row.cancelled_by), bool(ledger.uploaded_ids(number)),
            row.presettlement is not None, ledger.live_settlement(number) is not None,
            ledger.stays.discharge(number) is not None,
        )  # fmt: skip
        return WaitingRow(
            registration=known, stage=stage, open_msgid=waiting.msgid if waiting else ""
        )


def matches(row: WaitingRow, text: str) -> bool:
    """``text`` in number, name, department, doctor or diagnosis, the beginning or end of the
    identity number, or the name's initials."""
    wanted = text.strip().casefold()
    known = row.registration
    parts = (known.visit_no, known.person_name, known.dept_name, known.doctor_name,
             known.diagnosis_name, known.inpatient_no)  # fmt: skip
    number = known.id_no.casefold()
    ends = len(wanted) >= 4 and (number.startswith(wanted) or number.endswith(wanted))
    return ends or wanted in "\n".join(parts).casefold() or begins(known.person_name, wanted)
