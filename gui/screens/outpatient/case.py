"""One patient at the desk, until the next one: everything the page shows, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.domain import Amounts, Operator, Person, Qualification, Registration, Stage, Visit
from core.money import Fen
from gui.screens.outpatient.fees import FeeSums


@dataclass(slots=True, eq=False)
class Case:
    """``draft``: the registration as the form has it; ``faulty``: reason by line id, found before
    the upload, ``unmapped`` the first of them that 目录对照 mends; ``armed``: F2 was pressed once;
    ``surprise``: amounts shown and amounts settled, where they differ; ``to_print``: msgid of the
    settlement whose slip this page may print; ``with_settlement``: lines leave with the settlement,
    until then they are checked and held here; ``counted``: the lines as they were last counted."""

    person: Person | None = None
    visit: Visit | None = None
    draft: Registration | None = None
    qualification: Qualification | None = None
    differences: tuple[str, ...] = ()
    override: Operator | None = None
    faulty: dict[str, str] = field(default_factory=dict)
    unmapped: str = ""
    imported: bool = False
    received: Fen | None = None
    received_fault: str = ""
    armed: bool = False
    surprise: tuple[Amounts, Amounts] | None = None
    to_print: str = ""
    printed: bool = False
    done: int = 0
    of: int = 0
    with_settlement: bool = False
    counted: tuple[Visit | None, dict[str, str], FeeSums] | None = None

    @property
    def stage(self) -> Stage | None:
        """How far the visit is; nothing without a visit."""
        return self.visit.stage if self.visit else None

    @property
    def registered(self) -> bool:
        """The centre has the visit (and it was not cancelled)."""
        return self.stage not in (None, Stage.NEW, Stage.CANCELLED)

    @property
    def held(self) -> bool:
        """The lines are still here, whatever was checked."""
        return self.with_settlement and self.stage is not Stage.SETTLED

    @property
    def open(self) -> bool:
        """A transaction of unknown ending blocks the visit."""
        return bool(self.visit and self.visit.open_msgid)

    @property
    def shown(self) -> Amounts | None:
        """The pre-settlement as the patient was shown it."""
        return self.visit.presettlement if self.visit else None

    @property
    def owed(self) -> Amounts | None:
        """What the money panel shows: the settlement, else the pre-settlement."""
        if self.visit and self.visit.settlement and self.stage is Stage.SETTLED:
            return self.visit.settlement.amounts
        return self.shown
