"""Which service takes which step of an errand; the patient's card is read at the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.domain import Amounts, Person, Qualification
from core.domain.errand import Wish
from core.errors import InvalidInput, Refused, fault
from core.outcome import Accepted, NotSent, Outcome
from core.service.charge import Charge
from core.service.identify import Identify
from core.service.lifecycle import may
from core.service.refund import Refund
from core.service.register import Register
from core.service.result import StepResult
from core.service.settle import Settle
from core.service.stays import Stays
from core.service.transact import guard
from core.service.visits import Visits
from core.words import say


@dataclass(frozen=True, slots=True)
class Steps:
    """The services an errand may use; built once by ``core.app``."""

    visits: Visits
    identify: Identify
    register: Register
    charge: Charge
    settle: Settle
    stays: Stays
    refund: Refund

    def take(self, wish: Wish) -> StepResult:
        """Take the step; raises ``Refused`` or ``InvalidInput`` with every reason."""
        taken: dict[str, Callable[[Wish], StepResult]] = {
            "register": self._register,
            "upload_fees": lambda asked: self.charge.upload(asked.visit_no),
            "presettle": lambda asked: self.settle.presettle(asked.visit_no),
            "settle": self._settle,
            "cancel_settlement": self._cancel_settlement,
            "cancel_registration": self._cancel_registration,
        }
        self.visits.find(wish.visit_no)
        return taken[wish.step](wish)

    def _register(self, wish: Wish) -> StepResult:
        visit = self.visits.read(wish.visit_no)
        guard(may(visit, "register"))
        known = visit.registration
        outcome, person = self.identify.read_card(stay=known.is_inpatient)
        if person is None:
            return StepResult(_not_read(outcome), visit)
        chosen = _chosen(person, wish.qualification_id)
        admit = self.stays.admit if known.is_inpatient else self.register.register
        return admit(known, person, chosen)

    def _settle(self, wish: Wish) -> StepResult:
        if wish.amounts is None:
            raise InvalidInput(fault("errands.no_amounts", "total"))
        visit, shown = self.visits.read(wish.visit_no), wish.amounts
        known = visit.presettlement
        if known is not None and sums(known) == sums(shown):
            shown = known  # the program names the sums, the desk knows their parts as well
        settle = self.stays.settle if visit.registration.is_inpatient else self.settle.settle
        return settle(wish.visit_no, shown)

    def _cancel_settlement(self, wish: Wish) -> StepResult:
        return self.refund.cancel_settlement(wish.visit_no, wish.reason)

    def _cancel_registration(self, wish: Wish) -> StepResult:
        visit = self.visits.read(wish.visit_no)
        stay = visit.registration.is_inpatient
        cancel = self.stays.cancel_admission if stay else self.register.cancel
        return cancel(wish.visit_no, wish.reason)


def sums(amounts: Amounts) -> tuple[int, int, int]:
    """Total, fund, personal: what a program names of amounts."""
    return amounts.total, amounts.fund, amounts.personal


def _not_read(outcome: Outcome) -> Outcome:
    """A card that was not read changed nothing, whatever became of the reading."""
    if isinstance(outcome, Accepted):
        return NotSent("no_card", say("errands.no_card", text=""))
    return NotSent("no_card", say("errands.no_card", text=outcome.text))


def _chosen(person: Person, wanted: str) -> Qualification | None:
    """The injury that was named, or the only one; ``Refused`` with the choice there is."""
    found = [item for item in person.qualifications if wanted in ("", item.id)]
    if len(found) == 1 or not person.qualifications:
        return found[0] if found else None
    choice = "；".join(
        " ".join(part for part in (item.id, item.kind, item.text) if part)
        for item in person.qualifications
    )
    raise Refused(fault("errands.qualification", "qualification_id", choice=choice))
