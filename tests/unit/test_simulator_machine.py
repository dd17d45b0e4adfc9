"""Any order of calls and faults keeps the centre's books whole (hypothesis state machine)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.simulator.teller import TellerError
from tests.helpers.centre import (
    CAPPED,
    DRUG,
    MATERIAL,
    SELF,
    SHARED,
    Counter,
    cancellation,
    line,
    registration,
    reversal,
    settlement,
)

visits = st.sampled_from(["MZ1", "MZ2"])
bills = st.sampled_from(["B1", "B2", "B3"])
numbers = st.sampled_from([f"L{n}" for n in range(6)])
codes = st.sampled_from([DRUG, CAPPED, SHARED, SELF, MATERIAL])
counts = st.sampled_from(["1", "2", "0.25", "-1"])
kinds = st.sampled_from(["reply_lost", "request_lost", "delayed", "duplicate", "garbage", "crash"])
money_codes = st.sampled_from(["2201", "2204", "2205", "2207", "2208", "2209"])


class CentreMachine(RuleBasedStateMachine):
    """Registers, charges, settles, cancels and reverses at random, some of it lost or late."""

    def __init__(self) -> None:
        super().__init__()
        self.counter = Counter()
        self.settled_ids: list[tuple[str, str]] = []

    @initialize()
    def begin(self) -> None:
        for visit in ("MZ1", "MZ2"):
            self.counter.register(visit)
            self.counter.upload(line(self.counter.now, visit, "L9", CAPPED, 3))

    def call(self, code: str, body: Any) -> dict[str, Any]:
        """One call; nothing readable coming back is as good as a refusal here."""
        self.counter.clock.advance(1)
        try:
            return self.counter.teller.call(code, body)
        except (TellerError, ValueError):
            return {"infcode": None}

    @rule(visit=visits)
    def register(self, visit: str) -> None:
        self.call("2201", registration(self.counter.now, visit))

    @rule(visit=visits)
    def cancel_registration(self, visit: str) -> None:
        self.call("2202", {"ipt_otp_no": visit})

    @rule(visit=visits, number=numbers, code=codes, count=counts, all_self=st.booleans())
    def upload(self, visit: str, number: str, code: str, count: str, all_self: bool) -> None:
        flag = "1" if all_self else "0"
        self.call("2204", [line(self.counter.now, visit, number, code, count, allSelfFlag=flag)])

    @rule(visit=visits, number=st.one_of(st.just(""), numbers))
    def remove(self, visit: str, number: str) -> None:
        self.call("2205", {"ipt_otp_no": visit, "rxno": "", "feedetl_sn": number})

    @rule(visit=visits, bill=bills)
    def settle(self, visit: str, bill: str) -> None:
        before = self.call("2206", settlement(self.counter.now, visit, bill))
        done = self.call("2207", settlement(self.counter.now, visit, bill))
        self.settled_ids.append((self.counter.teller.msgid, "2207"))
        if before["infcode"] == done["infcode"] == 0:
            assert before["output"] == done["output"]

    @rule(visit=visits, bill=bills, keep=st.sampled_from("01"))
    def cancel(self, visit: str, bill: str, keep: str) -> None:
        self.call("2208", cancellation(self.counter.now, visit, bill, keep))
        self.settled_ids.append((self.counter.teller.msgid, "2208"))

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        if self.settled_ids:
            msgid, code = data.draw(st.sampled_from(self.settled_ids))
            self.call("2209", reversal(msgid, code))

    @rule(kind=kinds, code=money_codes, ending=st.sampled_from(["hang", "status"]))
    def order_fault(self, kind: str, code: str, ending: str) -> None:
        options = {"ending": ending} if kind != "crash" else {}
        self.call("SIM:FAULT", {"kind": kind, "code": code, **options})

    @rule()
    def deliver(self) -> None:
        self.call("SIM:DELIVER", {})

    @invariant()
    def lists_and_sums_agree(self) -> None:
        rows, totals = [], {}
        while rows != (again := self.counter.day()) or not totals:  # a late message may come now
            rows, totals = again, self.counter.totals()
        for name in ("medfee_sumamt", "hifp_pay", "psn_cash_pay"):
            assert sum((row[name] for row in rows), Decimal(0)) == totals[name]
        assert len(rows) == totals["setl_cnt"]
        assert len({row["msgid"] for row in rows}) == len(rows)

    @invariant()
    def no_visit_is_settled_twice(self) -> None:
        active = self.counter.books.find("settlement", cancelled_by="", reversed_by="")
        assert len({row["visit_id"] for row in active}) == len(active)
        for row in active:
            lines = self.counter.books.find("line", settlement_id=row["id"], removed_by="")
            assert sum(one["amount"] for one in lines) == row["total"]
            paid = sum(one["self_paid"] + one["over_limit"] for one in lines)
            assert paid == row["personal"] == row["total"] - row["fund"]

    @invariant()
    def a_closed_visit_holds_nothing(self) -> None:
        for visit in self.counter.books.find("visit"):
            if visit["state"] != "live":
                assert not self.counter.books.find("line", visit_id=visit["id"], removed_by="")
                assert not self.counter.centre.office.active_settlement(visit)

    @invariant()
    def what_is_reversed_stays_reversed(self) -> None:
        for row in self.counter.books.find("reversal", original_code="2207"):
            there = self.counter.books.find("settlement", msgid=row["original_msgid"])
            assert all(one["reversed_by"] for one in there)

    @invariant()
    def the_books_are_plain_json(self) -> None:
        assert json.loads(json.dumps(self.counter.books.dump(("visit", "settlement"))))

    def teardown(self) -> None:
        self.counter.books.close()


CentreMachine.TestCase.settings = settings(max_examples=20, stateful_step_count=40, deadline=None)
TestCentreMachine = CentreMachine.TestCase
