"""Lines that nobody has given to injury or disease yet, where the centre wants a word on each."""

from __future__ import annotations

from core.domain import Visit
from core.errors import Fault, fault
from core.journal import Journal
from core.service.transact import Road


def why_undecided(journal: Journal, road: Road, visit: Visit) -> Fault | None:
    """Why the visit's lines may not leave yet, or ``None``."""
    if road.centre.capabilities.split != "required":
        return None
    marks = journal.ledger.centrefacts.marks(visit.visit_no)
    count = sum(line.line_id not in marks for line in visit.lines)
    return fault("split.undecided", count=count) if count else None
