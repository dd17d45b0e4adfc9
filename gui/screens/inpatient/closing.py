"""The money of a stay: mid-stay and last pre-settlement, discharge, settlement, slip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from core.clock import CHINA
from core.domain.stay import Discharge, WayBack
from core.money import show
from core.outcome import Accepted
from core.service.settlement_data import Data
from core.service.stay_discharge import StayResult
from core.words import say
from gui.messages import Message
from gui.screens.inpatient.fees import Fees
from gui.screens.inpatient.moments import MOMENT, moment_of
from gui.screens.inpatient.rules import checks, next_action
from gui.screens.inpatient.settlement_sheet import settlement_sheet
from gui.screens.work import MoneyFace, Page
from gui.sheet_form import Sheet

COUNTER = "counter_entry"  # lines are taken back by lines of the opposite sign
DISCHARGE_FIELDS = ("discharged_at", "outcome_code", "diagnosis_code", "diagnosis_name")


class StayPage(Page, Protocol):
    """What this presenter needs of its page beside the usual."""

    def print_sheet(self, sheet: Sheet, name: str) -> None:
        """Print a sheet on the printing lane."""
        ...


class Closing(Fees):
    """From the first trial of the amounts to the paper."""

    page: StayPage
    SETTLE = "stay_settle"

    # 2206

    def presettle(self) -> None:
        """Ask what the settlement would be: mid-stay a trial, after the discharge the real one."""
        if not self.busy and not self.blocked("stay_presettle"):
            self.ask_amounts()

    # discharge

    def discharge_values(self) -> dict[str, str]:
        """The form as it starts: what is recorded, what the hospital says, else now."""
        case = self.case
        if case is None or case.stay is None:
            return {}
        known = case.discharge or case.stay.hospital_discharge
        registration = case.stay.visit.registration
        at = known.discharged_at if known else self.desk.clock.now()
        code = known.diagnosis_code if known else registration.diagnosis_code
        name = known.diagnosis_name if known else registration.diagnosis_name
        return {
            "discharged_at": f"{at.astimezone(CHINA):{MOMENT}}",
            "outcome_code": known.outcome_code if known else "",
            "diagnosis_code": code,
            "diagnosis_name": name,
        }

    def discharge(self, values: Mapping[str, str]) -> None:
        """Record how the stay ended."""
        at = moment_of(values["discharged_at"])
        if self.busy or at is None or self.blocked("discharge"):
            return
        ended = Discharge(
            discharged_at=at, outcome_code=values["outcome_code"],
            diagnosis_code=values["diagnosis_code"],
            diagnosis_name=values.get("diagnosis_name", ""),
            extra={
                name: text for name, text in values.items()
                if name not in DISCHARGE_FIELDS and text
            },
        )  # fmt: skip
        number = self.number()
        call = self.desk.stays.discharge
        self.start("discharge", lambda: call(number, ended), self._discharged, visit=number)

    def _discharged(self, result: StayResult) -> None:
        self._turned(result, "inpatient.discharged")

    def undo_discharge(self, reason: str) -> None:
        """The patient stays after all."""
        if self.busy or self.blocked("discharge"):
            return
        number = self.number()
        call = self.desk.stays.undo_discharge
        self.start("undo_discharge", lambda: call(number, reason), self._stays_on, visit=number)

    def _stays_on(self, result: StayResult) -> None:
        self._turned(result, "inpatient.undischarged")

    def _turned(self, result: StayResult, key: str) -> None:
        if self.case is not None:
            self.case.stay = result.stay
            self.case.balance = None
            if self.took(result):
                self.warn(result.warnings)
                self.tell("done", key)

    # each step of the way back

    def undo(self, step: WayBack, reason: str, then: Callable[[], None]) -> None:
        """One step of taking the stay back; ``then`` shows the next one."""
        number, stays = self.number(), self.desk.stays
        by_lines = self.desk.centre.capabilities.delete_fees == COUNTER
        calls: dict[str, Callable[[], Any]] = {
            "cancel_settlement": lambda: stays.cancel_settlement(number, reason),
            "undo_discharge": lambda: stays.undo_discharge(number, reason),
            "cancel_fees": lambda: (
                stays.counter(number, reason) if by_lines else stays.remove(number, "", "", reason)
            ),
            "cancel_registration": lambda: stays.cancel_admission(number, reason),
        }
        if not self.busy and number:
            self.start(
                step.step, calls[step.step], lambda result: self._undone(step, result, then),
                visit=number,
            )  # fmt: skip

    def _undone(self, step: WayBack, result: Any, then: Callable[[], None]) -> None:
        if not self.took(result):
            return
        self.tell("done", "inpatient.way.undone", text=step.text)
        if step.step == "cancel_settlement":
            self.page.print_slip(result.msgid)
        if step.step != "cancel_registration":
            then()

    # settlement

    def service(self) -> Any:
        """Whose are pre-settlement and settlement."""
        return self.desk.stays

    def paid(self, result: Any) -> None:
        """A settlement as it was shown: say so, and print."""
        self.tell("done", "inpatient.settled")
        self.page.print_slip(result.msgid)

    # slip

    def print_slip(self) -> None:
        """Print the slip of the settlement on the page (again)."""
        if not self.blocked("print_stay") and self.case is not None:
            self.page.print_slip(self.case.to_print)

    def printed(self, msgid: str, where: str = "") -> bool:
        """The slip came out (or into a file); True when the page says so itself."""
        case = self.case
        if case is None or msgid != case.to_print:
            self.load()
            return False
        fresh, case.printed = not case.printed, True
        if fresh:
            text = say(f"inpatient.printed_{self._way()}", amount=self._due_text(), where=where)
            self.page.tell(Message("done", text, key="inpatient.settled"))
        self.page.refresh()
        return fresh

    def _way(self) -> str:
        due = self.case.due if self.case else None
        return "even" if not due else "collect" if due > 0 else "return"

    def _due_text(self) -> str:
        due = self.case.due if self.case else None
        return show(abs(due or 0))

    def settlement_sheet(self) -> None:
        """The centre's own data of the settlement, fetched and printed."""
        if self.busy or self.blocked("stay_sheet"):
            return
        number, call = self.number(), self.desk.settlement_data.fetch
        self.start("settlement_data", lambda: call(number), self._data_fetched, visit=number)

    def _data_fetched(self, answer: tuple[Any, Data]) -> None:
        outcome, data = answer
        if not isinstance(outcome, Accepted) or self.case is None:
            self.told(outcome, "")
            return
        self.warn(data.warnings)
        settings, msgid = self.desk.settings, self.case.to_print
        marks = (say("slip.training"),) if settings.training else ()
        sheet = settlement_sheet(self.number(), msgid, data, settings.hospital.name, marks)
        self.tell("done", "settlement_sheet.fetched")
        self.page.print_sheet(sheet, f"settlement-{msgid}")

    # faces

    def money(self) -> MoneyFace:
        """What the money panel shows."""
        case = self.case
        owed = case.owed if case else None
        if case is None or owed is None:
            return MoneyFace(headline=self._headline())
        return MoneyFace(
            total=owed.total,
            fund=owed.fund,
            personal=owed.personal,
            received=case.received,
            headline=self._headline(),
            checks=checks(case),
            final=case.settled,
        )

    def _headline(self) -> str:
        case = self.case
        if case is None:
            return ""
        if case.armed:
            return say(f"inpatient.money.again_{self._way()}", amount=self._due_text())
        if case.open:
            return say("outpatient.money.open")
        if case.surprise:
            return say("outpatient.money.surprise")
        if case.settled:
            return say("outpatient.money.settled")
        trial = case.shown is not None and case.discharge is None
        return say("inpatient.money.trial") if trial else ""

    def primary(self) -> str:
        """The action of the lit button."""
        return next_action(self.case) if self.case is not None else ""
