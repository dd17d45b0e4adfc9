"""What a look at the centre can come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Happened:
    """The centre has it; ``whole`` is False when it has only some of the rows."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: tuple[dict[str, Any], ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Absent:
    """The centre's whole list does not have it; ``instead``: message ids that stand in its way."""

    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoEvidence:
    """The list could not be read whole."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What it was to take away is not on the list: proof only of what was on it long before."""


Evidence = Happened | Absent | NoEvidence
