"""The codec of the platform family against an in-process platform, by domain names."""

from __future__ import annotations

import itertools
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.centre.gd import Gd
from core.centre.port import Header
from core.clock import parse_stamp, stamp
from core.gateway.port import Answer, NoReply, Reply
from core.money import line_amount
from core.outcome import Accepted, Outcome, Rejected
from core.secrets import GivenSecrets
from core.simulator.gd.lines import by_hospital_code
from tests.helpers.platform import CAPPED, DRUG, LUO, LUO_ARM, SHEN, Ground
from tests.helpers.wire import SETTINGS, shipped

Values = dict[str, Any]


class Documents:
    """A signed-in desk without journal or services: steps in, outcomes out."""

    def __init__(self) -> None:
        self.ground = Ground()
        self.gd = Gd(shipped("gd"), SETTINGS["gd"], GivenSecrets(centre="peixun"))
        self._numbers = itertools.count()
        self.session = ""
        self.session = self.values("sign_in")["sign_no"]

    @property
    def now(self) -> str:
        return stamp(self.ground.clock.now())

    @property
    def at(self) -> datetime:
        return parse_stamp(self.now)

    def call(self, step: str, given: Values | None = None, *rows: Values) -> Outcome:
        msgid = self.gd.new_msgid(self.now, 1, next(self._numbers))
        head = Header(msgid, self.now, "0101", "王收费", self.session)
        message = self.gd.prepare(step, given or {}, head, rows)
        served = self.ground.platform.handle(message.payload)
        answer: Answer = Reply(served.status, served.payload, 1)
        if served.ending != "reply":
            answer = NoReply("deadline", "…")
        return self.gd.read(step, answer)

    def done(self, step: str, given: Values | None = None, *rows: Values) -> Accepted:
        outcome = self.call(step, given, *rows)
        assert isinstance(outcome, Accepted), outcome
        assert self.gd.broken_identities(step, outcome.values) == ()
        return outcome

    def values(self, step: str, given: Values | None = None, *rows: Values) -> Values:
        return self.done(step, given, *rows).values

    def rows(self, step: str, given: Values | None = None) -> tuple[Values, ...]:
        return self.done(step, given).rows

    def refused(self, step: str, given: Values | None = None, *rows: Values) -> Rejected:
        outcome = self.call(step, given, *rows)
        assert isinstance(outcome, Rejected), outcome
        return outcome

    # -- visits

    def line(self, number: str, code: str = DRUG, count: int = 1, **more: Any) -> Values:
        item = by_hospital_code()[code]
        quantity = Decimal(count)
        return {
            "hosp_code": code, "name": item.name, "occurred_at": self.at, "price": item.price,
            "quantity": quantity, "amount": line_amount(item.price, quantity), "line_id": number,
        } | more  # fmt: skip

    def lines(self) -> list[Values]:
        return [self.line("L1"), self.line("L2", CAPPED, 2)]

    def registered(self, visit: str = "MZ1", person: str = SHEN, **more: Any) -> Values:
        given = {
            "person_no": person, "visit_no": visit, "admitted_at": self.at, "dept_code": "K010",
            "diagnosis_code": "S62.601",
        } | more  # fmt: skip
        return self.values("register", given)

    def admitted(self, stay: str = "ZY1", **more: Any) -> Values:
        given = {
            "person_no": LUO, "visit_no": stay, "inpatient_no": stay, "med_type": "420",
            "admitted_at": self.at, "dept_code": "K010", "ward_code": "B01", "ward_name": "骨科",
            "bed": "12", "doctor_code": "D0101", "diagnosis_code": "S57.801",
            "qualification_id": LUO_ARM,
        } | more  # fmt: skip
        return self.values("register.stay", given)

    def leaving(self, visit: Values) -> Values:
        return visit | {
            "discharged_at": self.at, "outcome_code": "02", "diagnosis_code": "S57.801",
        }  # fmt: skip

    def discharged(self) -> Values:
        visit = self.admitted()
        self.done("upload_fees.stay", visit, *self.lines())
        self.done("discharge", self.leaving(visit))
        return visit
