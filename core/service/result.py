"""What a business step gives back to a screen or a command."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain import Visit
from core.errors import Fault
from core.outcome import Outcome


@dataclass(frozen=True, slots=True)
class StepResult:
    """The outcome of a step, the visit read anew, our message id (empty when nothing was sent).

    ``warnings``: things the cashier must see although the step ended (amounts that do not add up,
    a settlement that differs from the pre-settlement shown).
    """

    outcome: Outcome
    visit: Visit
    msgid: str = ""
    warnings: tuple[Fault, ...] = ()
    ms: int = 0
