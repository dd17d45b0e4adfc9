"""One patient at the desk, until the next one: everything the page shows, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain import Visit
from gui.screens.outpatient.fees import FeeSums
from gui.screens.serving import Served


@dataclass(slots=True, eq=False)
class Case(Served):
    """``with_settlement``: lines leave with the settlement, until then they are checked and held
    here; ``counted``: the lines as they were last counted."""

    visit: Visit | None = None
    imported: bool = False
    done: int = 0
    of: int = 0
    with_settlement: bool = False
    counted: tuple[Visit | None, dict[str, str], FeeSums] | None = None

    def visit_now(self) -> Visit | None:
        return self.visit

    @property
    def held(self) -> bool:
        """The lines are still here, whatever was checked."""
        return self.with_settlement and not self.settled
