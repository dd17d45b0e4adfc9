"""What the desk asks of the hospital: its visits and fee lines, and to take results back.

One adapter is one way to the hospital's own system; ``core.his.connect`` lists them. Methods raise
``core.errors.DeskError`` with a sentence; whatever else is raised counts as the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from core.domain import FeeLine, Registration
from core.domain.dayend import Side
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.errors import DeskError, Fault


class HospitalRefused(DeskError):
    """The hospital will not take this result, however often it is told: a person must look."""


@dataclass(frozen=True, slots=True)
class Tested:
    """One step of a test button: what was tried, whether it went well, and a sentence."""

    title: str
    good: bool
    says: str


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that became nothing: its number in its source, its cells as text, and why."""

    number: int
    raw: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an adapter would hand over now, read as the desk would read it; changes nothing.

    ``headers`` and ``mapping`` {field: header} are those of the fee lines, where a table is mapped;
    ``more``: there is more than is shown.
    """

    visits: tuple[Registration, ...] = ()
    lines: tuple[FeeLine, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    headers: tuple[str, ...] = ()
    mapping: tuple[tuple[str, str], ...] = ()
    remarks: tuple[Fault, ...] = ()
    more: bool = False


@runtime_checkable
class Postings(Protocol):
    """A hospital that can say what it has settled; one that cannot leaves two books to compare."""

    def settled(self, begin: datetime, end: datetime) -> Sequence[Side]:
        """Its settlements and cancellations (negative) of a period, both ends included."""
        ...

    def knows(self, visits: Iterable[str]) -> frozenset[str]:
        """Those of these visit numbers that are its own; of others it takes no results."""
        ...


class RecordSource(Protocol):
    """A hospital whose system can hand out medical records."""

    def record(self, visit_no: str) -> dict[str, Any] | None:
        """Values by domain name of the upload's fields, or nothing."""
        ...


class Hospital(Protocol):
    """One way to the hospital's own system; safe to use from several threads.

    ``prompt``: it takes a result in no time (it lives in this process), so that it is told before
    the transaction's caller goes on; every other is told from a lane of its own.
    ``absent``: no system is connected, so that a visit number nobody knows is no mistake.
    """

    @property
    def prompt(self) -> bool:
        """See above."""
        ...

    @property
    def absent(self) -> bool:
        """See above."""
        ...

    @property
    def postings(self) -> Postings | None:
        """Its own books for the day end, where it can read them out."""
        ...

    @property
    def records(self) -> RecordSource | None:
        """Its medical records, where it hands them out."""
        ...

    def visit(self, visit_no: str) -> Registration | None:
        """The visit or stay of that number, or nothing."""
        ...

    def waiting(self, limit: int = 200) -> Sequence[Registration]:
        """Today's visits that wait to be charged, oldest first."""
        ...

    def search(self, text: str, limit: int = 50) -> Sequence[Registration]:
        """Visits and stays that ``text`` means, best first: a number or the beginning of one, an
        identity number, a name, a part of it or its initials. Nothing for an empty text."""
        ...

    def stays(self) -> Sequence[HospitalStay]:
        """Stays that are in hospital or left it lately, longest in bed first."""
        ...

    def stay(self, visit_no: str) -> HospitalStay | None:
        """The stay of that number as it stands now, or nothing."""
        ...

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """All lines of a visit in stable order with stable ``line_id``."""
        ...

    def post(self, told: WriteBack) -> None:
        """Take a result, once for each ``told.msgid``; a visit it does not know is left alone.

        Raises ``HospitalRefused`` where telling it again is useless; anything else is tried again.
        """
        ...

    def test(self) -> Sequence[Tested]:
        """What the test button shows: each step on the way, up to the first that fails."""
        ...

    def preview(self, visit_no: str = "", limit: int = 50) -> Preview:
        """What would be read now: visits, and the lines of ``visit_no`` or of the first visit."""
        ...

    def close(self) -> None:
        """Let go of files and connections; safe to call twice."""
        ...
