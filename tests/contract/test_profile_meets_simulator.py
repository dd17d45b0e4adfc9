"""The shipped profile and the simulated centre speak one wire: all 26 transactions, end to end."""

from __future__ import annotations

import inspect
import itertools
import sys
import tomllib
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from core.centre.port import Header
from core.centre.zjs import Zjs
from core.clock import stamp
from core.gateway.port import Reply
from core.outcome import Accepted, Outcome, Rejected
from core.settings import Settings
from tests.helpers.centre import (
    SHEN,
    Counter,
    cancellation,
    line,
    registration,
    settlement,
    statement,
)
from tests.helpers.wire import shipped, zjs

TABLE = tomllib.loads(
    (resources.files("resources") / "tables" / "simulator_fields.toml").read_text("utf-8")
)
CODES = sorted(shipped().transactions)


class Client:
    """The codec against an in-process centre; bodies by wire names, as in ``call``."""

    def __init__(self) -> None:
        self.counter = Counter()
        self.zjs = Zjs(shipped(), Settings())
        self.sign_no = ""
        self.msgid = ""
        self._numbers = itertools.count()
        self.sign_no = self.values("sign_in")["sign_no"]

    @property
    def now(self) -> str:
        return self.counter.now

    def call(self, step: str, body: Any = None) -> Outcome:
        values, rows = self.zjs.from_wire(step, {} if body is None else body)
        self.msgid = self.zjs.new_msgid(self.now, 1, next(self._numbers))
        sign_no = "" if step == "sign_in" else self.sign_no
        head = Header(self.msgid, self.now, "0001", "王收费", sign_no)
        message = self.zjs.prepare(step, values, head, rows)
        served = self.counter.centre.handle(message.payload)
        return self.zjs.read(step, Reply(served.status, served.payload, 1))

    def done(self, step: str, body: Any = None) -> Accepted:
        outcome = self.call(step, body)
        assert isinstance(outcome, Accepted), outcome
        return outcome

    def values(self, step: str, body: Any = None) -> dict[str, Any]:
        return self.done(step, body).values

    def rows(self, step: str, body: Any = None) -> tuple[dict[str, Any], ...]:
        return self.done(step, body).rows

    def refused(self, step: str, body: Any = None) -> Rejected:
        outcome = self.call(step, body)
        assert isinstance(outcome, Rejected), outcome
        return outcome

    def day(self) -> dict[str, str]:
        return {"begindate": f"{self.now[:8]}000000", "enddate": f"{self.now[:8]}235959"}

    def settled(self) -> str:
        """A settled visit MZ1 with bill B1; gives the message id of the settlement."""
        self.done("register", registration(self.now))
        self.done("upload_fees", [line(self.now, number="L1"), line(self.now, number="L2")])
        self.done("settle", settlement(self.now))
        return self.msgid


@pytest.fixture
def client() -> Client:
    return Client()


# -- the two tables say the same


@pytest.mark.parametrize("code", CODES)
def test_every_field_the_simulator_reads_is_in_the_profile(code: str) -> None:
    table = shipped().transactions[code].request
    for wire, _label, _kind, length, need in TABLE[code]["fields"]:
        assert wire in table
        rule = table[wire]
        assert need == "N" or rule.required is True
        assert (
            rule.type in ("rows", "integer", "money", "price", "quantity") or rule.length <= length
        )


def test_the_envelope_is_the_same() -> None:
    rows = TABLE["envelope"]["fields"]
    assert [row[0] for row in rows] == list(shipped().envelope.request)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("med_type", "med_type"),
        ("outcome", "dscg_trt_rslt"),
        ("list_type", "list_type"),
        ("id_mode", "idfi_mode"),
        ("reversible", "reversible"),
    ],
)
def test_code_lists_are_the_same(theirs: str, ours: str) -> None:
    assert sorted(TABLE["codes"][theirs]) == sorted(shipped().codes[ours].values)


# -- sign-on, card, registration


def test_sign_in_clock_and_sign_out(client: Client) -> None:
    assert client.sign_no
    moment = client.values("centre_time")["centre_time"]
    assert isinstance(moment, datetime) and stamp(moment) == client.now
    client.done("sign_out")
    assert client.zjs.is_sign_in_expired(client.refused("centre_time"))


def test_the_card_of_an_injured_person(client: Client) -> None:
    found = client.values("read_card")
    assert found["person_no"] and found["name"] and found["birthday"].isdecimal()
    assert {"id", "text", "kind"} == set(found["conclusions"][0])
    assert client.zjs.label("inhosp_stas", found["in_hospital"]) in ("在院", "不在院")


def test_registration_and_its_ways_back(client: Client) -> None:
    client.done("register", registration(client.now))
    first = client.msgid
    again = client.refused("register", registration(client.now))
    assert client.zjs.is_already_done(again)
    changed = registration(client.now, tel="110")
    del changed["qualification_id"]
    client.done("change_registration", changed)
    (visit,) = [
        row for row in client.rows("visit_list", {"psn_no": SHEN}) if row["visit_no"] == "MZ1"
    ]
    assert (visit["med_type"], visit["diagnosis_code"], visit["settled"]) == ("11", "S62.601", "0")
    client.done("cancel_registration", {"ipt_otp_no": "MZ1"})
    gone = client.refused("cancel_registration", {"ipt_otp_no": "MZ1"})
    assert client.zjs.is_already_done(gone)
    late = client.call("reverse", {"omsgid": first, "oinfno": "2201"})
    assert isinstance(late, Accepted) or client.zjs.is_nothing_to_reverse(late)


def test_special_filing(client: Client) -> None:
    card = client.done("read_card").reply["output"]
    body = {
        "psn_no": str(card["psn_no"]),
        "certno": card["certno"],
        "psn_name": card["psn_name"],
        "med_type": "11",
        "rec_type": "1",
        "injury_time": client.now,
        "injury_part": "右手",
        "adm_diag_dscr": "S62.601",
        "begindate": client.now,
        "apply_reason": "急诊抢救，来不及办理资格认定",
    }
    found = client.values("special_filing", body)
    assert found["filing_no"]
    assert client.zjs.label("rec_stas", found["filing_state"]) in ("待审", "通过", "不通过")


# -- fees


def test_lines_up_listed_and_down(client: Client) -> None:
    client.done("register", registration(client.now))
    rows = [line(client.now, number=f"L{n}", count="2.5") for n in range(30)]
    answers = client.rows("upload_fees", {"feedetail": rows})
    assert [answer["line_id"] for answer in answers] == [f"L{n}" for n in range(30)]
    assert all(isinstance(answer["amount"], int) and answer["amount"] > 0 for answer in answers)
    assert client.zjs.is_already_done(client.refused("upload_fees", [rows[0]]))
    listed = client.rows("fee_list", {"ipt_otp_no": "MZ1"})
    assert sum(row["amount"] for row in listed if "amount" in row) > 0
    assert {row["line_id"] for row in listed} <= {f"L{n}" for n in range(30)}
    assert int(listed[0]["pages"]) >= 1
    client.done("cancel_fees", {"ipt_otp_no": "MZ1", "rxno": "", "feedetl_sn": ""})
    assert client.rows("fee_list", {"ipt_otp_no": "MZ1"}) == ()


# -- settlement and what follows


def test_presettlement_settlement_and_every_view_of_it(client: Client) -> None:
    client.done("register", registration(client.now))
    answers = client.rows(
        "upload_fees", [line(client.now, number="L1"), line(client.now, number="L2", count=3)]
    )
    before = client.values("presettle", settlement(client.now, bill=""))
    done = client.values("settle", settlement(client.now))
    msgid = client.msgid
    amounts = {key: done[key] for key in ("total", "fund", "personal")}
    assert {key: before[key] for key in amounts} == amounts
    assert (
        amounts["total"]
        == amounts["fund"] + amounts["personal"]
        == sum(a["amount"] for a in answers)
    )
    assert all(type(done[key]) is int for key in ("drug", "service", "material"))
    one = client.values("details", {"ipt_otp_no": "MZ1", "medrcdno": "B1"})
    assert one.items() >= amounts.items()
    (row,) = [row for row in client.rows("settlement_list", client.day()) if row["msgid"] == msgid]
    assert row.items() >= amounts.items()
    assert (row["bill_no"], row["person_no"]) == ("B1", SHEN)
    totals = client.values("totals", statement(client.now))
    assert totals["total"] == amounts["total"] and int(totals["count"]) == 1
    slip = client.values("slip", {"ipt_otp_no": "MZ1", "medrcdno": "B1", "doc_type": "1"})
    assert slip["content"] and slip["file_type"]


def test_cancellation_is_a_second_row(client: Client) -> None:
    settled = client.settled()
    client.done("cancel_settlement", cancellation(client.now))
    cancelled = client.msgid
    rows = {row["msgid"]: row["total"] for row in client.rows("settlement_list", client.day())}
    assert rows[cancelled] == -rows[settled] < 0
    assert client.zjs.is_already_done(client.refused("cancel_settlement", cancellation(client.now)))


def test_reversal_is_remembered(client: Client) -> None:
    settled = client.settled()
    body = {
        "omsgid": settled,
        "oinfno": "2207",
        "psn_no": SHEN,
        "ipt_otp_no": "MZ1",
        "memo": "结果不明",
    }
    client.done("reverse", body)
    again = client.call("reverse", body)
    assert isinstance(again, Accepted) or client.zjs.is_nothing_to_reverse(again)
    nothing = client.refused("reverse", body | {"omsgid": client.zjs.new_msgid(client.now, 9, 999)})
    assert client.zjs.is_nothing_to_reverse(nothing)


# -- reconciliation, deductions, records


def test_confirming_a_day_and_taking_it_back(client: Client) -> None:
    client.settled()
    totals = client.done("totals", statement(client.now)).reply["output"]
    amounts = {
        key: totals[key] for key in ("medfee_sumamt", "hifp_pay", "psn_cash_pay", "setl_cnt")
    }
    found = client.values("confirm_totals", statement(client.now) | amounts)
    assert client.zjs.label("stmt_rslt", found["result"]) == "平"
    body = {"stmt_no": found["confirmation_no"], "opter": "0001", "memo": "对账有误，撤销重对"}
    client.done("undo_confirmation", body)
    client.refused("undo_confirmation", body)


def test_deductions_and_appeals(client: Client) -> None:
    start = client.counter.centre.now() - timedelta(days=60)
    rows = client.rows("deduction_list", {"begindate": stamp(start), "enddate": client.now})
    assert all(row["deduction_id"] and type(row["deducted"]) is int for row in rows)
    body = {
        "ded_id": "NONE",
        "ipt_otp_no": "MZ1",
        "medrcdno": "B1",
        "appeal_amt": "10.00",
        "appeal_reason": "用药符合工伤诊疗规范，申请复核",
        "appeal_time": client.now,
    }
    assert client.refused("appeal", body).text


def test_medical_records(client: Client) -> None:
    client.settled()
    diagnosis = [{"diag_code": "S62.601", "diag_name": "手指骨折", "maindiag_flag": "1"}]
    outpatient = {
        "ipt_otp_no": "MZ1",
        "psn_no": SHEN,
        "mdtrt_date": client.now,
        "dept_code": "K010",
        "dr_codg": "D0101",
        "chfcomp": "右手外伤两小时",
        "illhis": "两小时前机器压伤",
        "phex": "肿胀",
        "dspo_opnn": "石膏固定",
        "diseinfo": diagnosis,
        "vali_flag": "1",
    }
    assert client.values("outpatient_record", outpatient).get("record_no", "-")
    inpatient = {
        "ipt_otp_no": "MZ1",
        "psn_no": SHEN,
        "ipt_no": "ZY1",
        "psn_name": "沈",
        "gend": "1",
        "dept_code": "K010",
        "adm_time": client.now,
        "chfcomp": "外伤",
        "dise_now": "压伤",
        "diseinfo": diagnosis,
        "ipdr_code": "D0101",
        "vali_flag": "1",
        "course": [{"rec_time": client.now, "rec_type": "首次", "content": "入院"}],
    }
    outcome = client.call("inpatient_record", inpatient)
    assert isinstance(outcome, Accepted) or client.refused("inpatient_record", inpatient).text


def test_steps_tried_here_are_all_steps() -> None:
    source = inspect.getsource(sys.modules[__name__])
    assert [step for step in shipped().steps if f'"{step}"' not in source] == []
    assert zjs().step_of("2207") == "settle"
