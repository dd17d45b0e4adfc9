"""One transaction by its code and wire names, as hospital IT sends it from the command line.

It takes the same road as every screen: profile check, intent, worker, outcome. What the journal
remembers (sign-in, person read last, what a cancellation points at) is filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.centre.port import Centre, StepRule
from core.domain import Registration
from core.errors import InvalidInput, Refused, fault
from core.journal import Journal
from core.outcome import Accepted, Outcome
from core.service.charge import Charge
from core.service.identify import Identify, person_of
from core.service.resolve import Resolver
from core.service.transact import Road, Travelled

Values = dict[str, Any]


class Direct:
    """Sends single transactions; the lifecycle is the caller's, the guards of the journal stay."""

    def __init__(
        self, journal: Journal, road: Road, centre: Centre, identify: Identify,
        charge: Charge, resolver: Resolver,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._road = road
        self._centre = centre
        self._identify = identify
        self._charge = charge
        self._resolver = resolver

    def call(self, code: str, body: Any) -> tuple[Outcome, str, int]:
        """Send one transaction; gives the outcome, our message id (or empty) and milliseconds.

        Raises ``InvalidInput`` for an unknown code or a faulty body, ``Refused`` for a guard.
        """
        self._resolver.recover()
        step = self._centre.step_of(code)
        if step is None:
            raise InvalidInput(fault("direct.code", "code", code=code))
        values, rows = self._centre.from_wire(step, body)
        if step == "reverse":
            return self._reverse(values)
        if rows and not values:
            return self._in_batches(step, rows)
        rule, rows = self._centre.rule(step), tuple({"rx_no": "", **row} for row in rows)
        done = self._one(rule, self._completed(step, self._of_visit(values)), rows)
        return done.outcome, done.msgid, done.ms

    # -- what is filled in

    def _completed(self, step: str, values: Values) -> Values:
        person = self._identify.last_person()
        if "person_no" in self._centre.names(step) and not values.get("person_no") and person:
            return {**values, "person_no": person.number}
        return values

    def _of_visit(self, values: Values) -> Values:
        """With our number of the visit, where only the centre's or the inpatient's is given."""
        theirs = str(values.get("centre_visit_no", ""))
        known = self._journal.ledger.centrefacts.visit_of(theirs) if theirs else ""
        ours = values.get("visit_no") or known or values.get("inpatient_no")
        return {**values, "visit_no": ours} if ours else values

    def _one(self, rule: StepRule, values: Values, rows: Sequence[Values]) -> Travelled:
        visit, step = str(values.get("visit_no", "")), rule.step
        if step == "register" and visit:
            self._plan(values)
        amount = None
        if step == "settle":
            shown = self._journal.ledger.visit(visit).presettlement
            amount = shown.total if shown else None
            values = {"bill_no": self._journal.ledger.next_bill(visit), **values}
        done = self._road.travel(
            step, values, rows, corrects=self._corrected(step, values), amount=amount,
            stay=self._stay(rule),
        )  # fmt: skip
        if step == "read_card" and isinstance(done.outcome, Accepted):
            self._identify.remember(person_of(done.outcome.values))
        return done

    def _stay(self, rule: StepRule) -> bool | None:
        """What the code itself says; ``None`` where stays and visits of a day share it."""
        variants = {self._centre.variant(rule.step, stay) for stay in (True, False)}
        return rule.key != rule.step if len(variants) > 1 else None

    def _plan(self, values: Values) -> None:
        person = self._identify.last_person()
        person = person if person and person.number == values.get("person_no") else None
        known = {name: values[name] for name in Registration.model_fields if values.get(name)}
        known.pop("extra", None)
        if person:
            known["person_name"] = person.name
        wanted = str(values.get("qualification_id", ""))
        chosen = [item for item in person.qualifications if item.id == wanted] if person else []
        if self._journal.ledger.visit(values["visit_no"]).registered_by:
            return
        with self._journal.commit():
            self._journal.ledger.plan_visit(
                Registration(**known), person, chosen[0] if chosen else None
            )

    def _corrected(self, step: str, values: Values) -> str:
        visit, ledger = str(values.get("visit_no", "")), self._journal.ledger
        if step == "cancel_settlement":
            live = ledger.live_settlement(visit, str(values.get("bill_no", "")))
            return live.msgid if live else ""
        return ledger.visit(visit).registered_by if step == "cancel_registration" else ""

    # -- rows and reversals

    def _in_batches(self, step: str, rows: Sequence[Values]) -> tuple[Outcome, str, int]:
        size = self._centre.rule(step).batch or len(rows)
        visit = str(rows[0].get("visit_no", ""))
        self._refuse_mixed(visit, rows)
        total, merged, answers = 0, list[Values](), list[Any]()
        done: Travelled | None = None
        for start in range(0, len(rows), size):
            done = self._charge.send_batch(visit, rows[start : start + size])
            total += done.ms
            if not isinstance(done.outcome, Accepted):
                return done.outcome, done.msgid, total
            merged.extend(done.outcome.rows)
            answers.append(done.outcome.reply)
        assert done is not None
        return Accepted(rows=tuple(merged), reply=_joined(answers)), done.msgid, total

    def _refuse_mixed(self, visit: str, rows: Sequence[Values]) -> None:
        others = {str(row.get("visit_no", "")) for row in rows} - {visit}
        if others:
            raise InvalidInput(fault("direct.mixed", "visit_no", visits="、".join(sorted(others))))

    def _reverse(self, values: Values) -> tuple[Outcome, str, int]:
        original = str(values.get("original_msgid", ""))
        try:
            row = self._journal.transaction(original)
        except KeyError:
            done = self._road.travel("reverse", values, corrects=original, blocks=False)
            return done.outcome, done.msgid, done.ms
        if not row.is_open:
            raise Refused(fault("resolve.not_reversible", msgid=original))
        return self._resolver.reverse_now(row.msgid, values)


def _joined(answers: Sequence[Any]) -> Any:
    """The envelope of the last batch with the rows of all of them."""
    last = answers[-1]
    if len(answers) == 1 or not isinstance(last, dict):
        return last
    name = next((key for key, value in last.items() if isinstance(value, list)), "")
    if not name:
        return last
    return {**last, name: [row for answer in answers for row in answer.get(name) or ()]}
