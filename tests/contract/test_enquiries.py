"""9103, 9104, 9105 and 6101 as they stand on the wire: what goes out, what is read back."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import stamp
from core.gateway.port import Reply
from core.outcome import Accepted, Rejected
from tests.helpers import flows
from tests.helpers.inprocess import World


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with World(tmp_path_factory.mktemp("wire")).desk() as made:
        yield made


@pytest.fixture(scope="module")
def visit(desk):
    return desk.visits.read(flows.settled(desk))


def read(content):
    return json.loads(content.decode("gbk"))


@pytest.fixture
def wire(desk, monkeypatch):
    """What the gateway was given and gave back, as JSON values, newest last."""
    exchanged, call = [], desk.gateway.call

    def heard(code, payload, deadline):
        answer = call(code, payload, deadline)
        exchanged.append((code, read(payload), read(answer.payload)))
        return answer

    monkeypatch.setattr(desk.gateway, "call", heard)
    return exchanged


def test_9103_by_period(desk, visit, wire):
    today = desk.clock.now().date()
    listing = desk.enquiry.settlements(today, today)
    code, asked, answered = wire[-1]
    begin = desk.clock.now().replace(hour=0, minute=0, second=0)
    wanted = {"begindate": stamp(begin), "enddate": stamp(begin + timedelta(seconds=86_399))}
    assert code == "9103" and asked["infno"] == "9103"
    assert wanted.items() <= asked["input"].items() and str(asked["input"]["pageNumber"]) == "1"
    row = next(row for row in answered["output"] if row["msgid"] == visit.settlement.msgid)
    (found,) = [one for one in listing.rows if one.msgid == row["msgid"]]
    assert (found.visit_no, found.bill_no) == (row["ipt_otp_no"], row["medrcdno"])
    assert found.total == Decimal(str(row["medfee_sumamt"])) * 100
    assert stamp(found.settled_at) == row["setl_time"]


def test_9104_by_visit(desk, visit, wire):
    listing = desk.enquiry.lines(visit.visit_no)
    code, asked, answered = wire[-1]
    assert code == "9104" and asked["input"]["ipt_otp_no"] == visit.visit_no
    rows = {row["feedetl_sn"]: row for row in answered["output"]}
    assert set(rows) == {row.line_id for row in listing.rows}
    for one in listing.rows:
        said = rows[one.line_id]
        assert one.theirs.amount == Decimal(str(said["umamt"])) * 100
        assert one.theirs.self_paid == Decimal(str(said["ownpay_amt"])) * 100
        assert one.theirs.over_limit == Decimal(str(said["alwpay_amt"])) * 100
        assert (one.theirs.level, one.theirs.memo) == (said["chrgitm_lv"], said["memo"] or "")
        assert one.theirs.price == Decimal(str(said["pric"]))


def test_9105_by_person(desk, visit, wire):
    today = desk.clock.now().date()
    listing = desk.enquiry.visits(visit.person.number, today, today)
    code, asked, answered = wire[-1]
    assert code == "9105" and asked["input"]["psn_no"] == visit.person.number
    assert {"begindate", "enddate", "pageNumber"} <= asked["input"].keys()
    assert [row.visit_no for row in listing.rows] == [
        row["ipt_otp_no"] for row in answered["output"]
    ]


def test_6101_is_base64_of_the_file(desk, visit, wire):
    done = desk.documents.fetch_slip(visit.settlement.msgid)
    code, asked, answered = wire[-1]
    assert code == "6101"
    assert asked["input"]["ipt_otp_no"] == visit.visit_no
    assert asked["input"]["medrcdno"] == visit.settlement.bill_no
    assert asked["input"]["doc_type"] == "1"
    content = base64.b64decode(answered["output"]["file_content"])
    assert desk.documents.slip_content(done.slip) == content


def test_6101_never_shows_its_file_in_a_timeline(desk, visit):
    done = desk.documents.fetch_slip(visit.settlement.msgid)
    payloads = [entry.payload for entry in desk.history.timeline(done.msgid)]
    content = base64.b64encode(desk.documents.slip_content(done.slip)).decode()
    assert any(payloads) and len(content) > 200
    assert not any(content[:200] in text for text in payloads)


@pytest.fixture
def shown(desk, visit, monkeypatch):
    """``shown(output)``: the centre answers with this body, whatever a signed-in desk asks."""

    def answers(output, code="0"):
        def call(asked, payload, deadline):
            head = {"infcode": code, "inf_refmsgid": read(payload)["msgid"], "err_msg": "无此就诊"}
            return Reply(0, json.dumps({**head, "output": output}).encode("ascii"), 1)

        monkeypatch.setattr(desk.gateway, "call", call)

    return answers


@pytest.mark.parametrize("empty", [[], None, "", {}])
def test_no_rows_is_an_empty_list(desk, shown, empty):
    shown(empty)
    today = desk.clock.now().date()
    listing = desk.enquiry.visits("P1", today, today)
    assert isinstance(listing.outcome, Accepted) and listing.whole and listing.rows == ()


def test_numbers_as_text_and_keys_in_capitals_are_read(desk, shown):
    row = {"IPT_OTP_NO": "V1", "FEEDETL_SN": "L1", "UMAMT": "12.30", "PRIC": 12.3, "CNT": "1",
           "OWNPAY_AMT": 0, "pageCount": 1}  # fmt: skip
    shown([row])
    (found,) = desk.enquiry.lines("V1").rows
    assert found.theirs.amount == 1230 and found.theirs.price == Decimal("12.3")
    assert found.theirs.self_paid == 0 and found.theirs.over_limit is None


def test_a_refusal_is_the_centres_own_words(desk, shown):
    shown(None, "-1")
    outcome = desk.enquiry.lines("V1").outcome
    assert isinstance(outcome, Rejected) and outcome.text == "无此就诊"
