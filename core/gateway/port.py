"""What the services ask of a gateway: send these bytes, wait at most so long, say what came.

A gateway never raises and never interprets: it says whether the library returned, and if not,
whether anything can have left the desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """The library returned ``status`` (0 = its own success) and ``payload`` (wire encoding)."""

    status: int
    payload: bytes
    ms: int


@dataclass(frozen=True, slots=True)
class Unsent:
    """Provably nothing left the desk; ``cause`` is a key of ``resources/advice``."""

    cause: str
    text: str


@dataclass(frozen=True, slots=True)
class NoReply:
    """It may have happened: dead-line passed, process died, buffer overrun, unreadable frame."""

    cause: str
    text: str
    ms: int = 0
    payload: bytes = b""


Answer = Reply | Unsent | NoReply


@dataclass(frozen=True, slots=True)
class Health:
    """State of the library process: ``ok`` · ``warning`` · ``failed``, with a sentence."""

    state: str
    says: str
    bits: int = 0
    path: str = ""
    sha256: str = ""
    pid: int = 0
    replaced: int = 0


class Gateway(Protocol):
    """One lane to one centre."""

    def call(self, code: str, payload: bytes, deadline: float) -> Answer:
        """Send ``payload`` and wait ``deadline`` seconds; ``code`` is for logs only."""
        ...

    def health(self) -> Health:
        """Start the library if need be and say how it is."""
        ...

    def close(self) -> None:
        """End the process; never raises."""
        ...
