"""Papers beside the journal: the centre's own slip as it came, and jobs given to a printer."""

from datetime import datetime
from typing import Literal

from core.domain.base import Model

PaperKind = Literal["slip", "centre"]


class CentreSlip(Model):
    """A slip downloaded by 6101 (protocol-zjs.md §3.7, PROPOSED), kept byte for byte.

    ``msgid``: the settlement's; ``digest``: SHA-256 of its bytes in hex, its name in the archive;
    ``size`` bytes; ``file_name`` and ``file_type`` are the centre's words.
    """

    msgid: str
    digest: str
    size: int
    file_name: str = ""
    file_type: str = ""
    fetched_at: datetime
    operator: str = ""


class PrintJob(Model):
    """A paper given to a print queue: ``job`` is the printing system's number.

    ``msgid``: the settlement's or cancellation's; ``state`` waiting · printed · gone; ``known``
    the sentence of the last look.
    """

    number: int
    msgid: str
    kind: PaperKind
    queue: str
    job: int
    at: datetime
    operator: str = ""
    state: Literal["waiting", "printed", "gone"] = "waiting"
    known: str = ""


class PaperStanding(Model):
    """How the papers of one settlement stand: prints of our slip and of the centre's, and the queue
    in which one still waits (or empty)."""

    prints: int = 0
    centre_prints: int = 0
    waits_at: str = ""
