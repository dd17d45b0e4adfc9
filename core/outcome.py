"""The four endings of a transaction, and nothing else.

Only a well-formed reply whose code the profile lists as final is ``Accepted`` or ``Rejected``.
``NotSent`` means that provably nothing left the desk. Everything else is ``Unknown``: it may have
happened (architecture.md, sentence 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

OutcomeName = Literal["accepted", "rejected", "not_sent", "unknown", "invalid"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The centre has done it.

    ``values``: the reply body by domain names (money in fen, prices as ``Decimal``);
    ``rows``: the same for a reply that is a list; ``reply``: the envelope as the centre sent it.
    """

    values: dict[str, Any] = field(default_factory=dict)
    rows: tuple[dict[str, Any], ...] = ()
    reply: Any = None
    raw: bytes = b""
    name: Literal["accepted"] = "accepted"


@dataclass(frozen=True, slots=True)
class Rejected:
    """The centre has refused it: ``code`` and ``text`` are the centre's own words, unchanged."""

    code: str
    text: str
    reply: Any = None
    raw: bytes = b""
    name: Literal["rejected"] = "rejected"


@dataclass(frozen=True, slots=True)
class NotSent:
    """Provably nothing left the desk. ``cause`` is a key of ``resources/advice``."""

    cause: str
    text: str
    name: Literal["not_sent"] = "not_sent"


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have happened. ``cause`` is a key of ``resources/advice``;
    ``raw`` what came, if any."""

    cause: str
    text: str
    raw: bytes = b""
    name: Literal["unknown"] = "unknown"


Outcome = Accepted | Rejected | NotSent | Unknown
