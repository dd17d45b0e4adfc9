"""The simulated platform at its door: sessions, the wire, control orders, the relay, faults."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.simulator.gd import relay
from core.simulator.gd.platform import COUNTERS, WITH_FEES
from core.simulator.gd.wire import encode, parse
from core.simulator.wire import Unreadable, fields
from tests.helpers.platform import HERE, SHEN, THERE, Client, Ground, line

WHO = {"userid": "gd990001", "password": "peixun"}


@pytest.fixture(scope="module")
def ground():
    return Ground()


def test_every_counter_has_its_demands():
    for name in COUNTERS:
        code = "record_head" if name.startswith("bizh2") else name
        assert fields(code, "platform_fields") is not None
    assert set(COUNTERS) >= WITH_FEES


def test_a_session_is_a_fresh_uuid(ground):
    client = Client(ground.platform.handle)
    first, second = client.sign_in(), client.sign_in()
    assert first != second and len(first) == len(second) == 36
    client.session = first
    client.done("bizh120205")


@pytest.mark.parametrize("who", [
    {"userid": "gd990001", "password": "wrong"}, {"userid": "nobody", "password": "peixun"},
])  # fmt: skip
def test_a_wrong_password_gives_no_session(ground, who):
    assert "密码" in Client(ground.platform.handle).refused("sys0001", **who)


def test_a_user_is_missed_by_name(ground):
    assert "userid" in Client(ground.platform.handle).refused("sys0001", password="x")


@pytest.mark.parametrize("session", ["", "made up"])
def test_without_a_session_it_is_minus_nine_and_nothing_is_done(ground, session):
    client = Client(ground.platform.handle)
    client.session = session
    assert client.call("bizh120205")["return_code"] == "-9"


def test_sessions_end_at_midnight():
    ground = Ground()
    ground.clock.advance(timedelta(hours=15, seconds=-1).total_seconds())
    ground.desk.done("bizh120205")
    ground.clock.advance(1)
    assert ground.desk.call("bizh120205")["return_code"] == "-9"
    ground.desk.sign_in()
    ground.desk.done("bizh120205")


def test_an_institution_speaks_for_itself_only(ground):
    other = ground.another(THERE)
    other.institution = HERE
    assert HERE in other.refused("bizh120205")


def test_a_greeting_by_rule():
    ground = Ground()
    ground.order("RULE", name="greeting", value="今晚停机")
    assert ground.desk.done("sys0001", **WHO)["notify_msg"] == "今晚停机"


def test_unknown_functions_and_moved_ids():
    ground = Ground()
    assert "bizh999" in ground.desk.refused("bizh999")
    assert "fee_list" in ground.desk.refused("fee_list")
    ids = ground.order("STATE")["rules"]["ids"]
    ground.order("RULE", name="ids", value={**ids, "code_tables": "bizh990205"})
    ground.desk.done("bizh990205")
    assert "bizh120205" in ground.desk.refused("bizh120205")


@pytest.mark.parametrize("payload", [
    b"", b"<", b"<program>", b"\xff\xfe", b"<other/>", b"<program>&undefined;</program>",
    b'<!DOCTYPE program [<!ENTITY a "b">]><program>&a;</program>',
    b'<!DOCTYPE program SYSTEM "file:///etc/hostname"><program/>',
    b"<program>" + b"<a>" * 400 + b"</program>",
])  # fmt: skip
def test_what_is_no_program_is_refused(ground, payload):
    answer = parse(ground.platform.handle(payload).payload)
    assert answer["return_code"] == "-1"


@given(st.binary(max_size=200) | st.text(max_size=80).map(
    lambda text: f"<program><function_id>bizh110105</function_id>{text}</program>".encode()
))  # fmt: skip
def test_nothing_a_client_sends_breaks_it(given_bytes):
    served = GROUND.platform.handle(given_bytes)
    assert served.ending == "reply" and served.payload


GROUND = Ground()


def test_the_wire_there_and_back():
    values = {"a": "<&>'\"", "rows": [{"b": "1", "c": ""}, {"b": "二", "c": "x"}], "none": []}
    found = parse(encode(values))
    assert found == {"a": "<&>'\"", "rows": values["rows"], "none": ""}


def test_a_control_order_that_is_wrong_is_a_sentence(ground):
    def said(message):
        return json.loads(ground.platform.handle(json.dumps(message).encode()).payload)

    assert said({"infno": "SIM:NOTHING"})["infcode"] == -1
    assert "nowhere" in said({"infno": "SIM:FAULT", "input": {"kind": "nowhere"}})["err_msg"]
    assert said({"infno": "SIM:DEDUCT", "input": {}})["infcode"] == -1
    assert b"Expecting" in ground.platform.handle(b"{").payload


def test_card_clock_rules_and_books_by_order(ground):
    ground.order("CARD", person="luo")
    ground.order("CLOCK", offset=60)
    state = ground.order("STATE")
    assert (state["card"], state["clock"]) == ("990010002", "20260302090100")
    ground.order("CLEAR")
    assert set(ground.order("BOOKS", tables=["visit"])) == {"visits"}
    assert "calls" in ground.order("BOOKS")


def test_every_call_is_in_the_books(ground):
    before = len(ground.books.find("call"))
    ground.desk.done("bizh120205", trans_id="T1")
    ground.desk.refused("bizh110106", aaz218="none")
    last = ground.books.find("call")[before:]
    assert [(row["code"], row["infcode"]) for row in last] == [
        ("bizh120205", 1),
        ("bizh110106", -1),
    ]
    assert last[0]["msgid"] == "T1" and last[0]["hospital"] == HERE


# --- relay ----------------------------------------------------------------------------------------

ENVELOPE = """<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
<s:Body><CallService xmlns="urn:x"><TransNo>bizh120205</TransNo><requstXML>{text}</requstXML>
</CallService></s:Body></s:Envelope>"""


def relayed(ground, text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return ground.platform.handle(ENVELOPE.format(text=escaped).encode())


def test_the_relay_answers_in_its_own_envelope(ground):
    program = ground.desk.payload("bizh120205", aaa100="aac004").decode().partition("?>")[2]
    served = relayed(ground, program)
    assert served.status == 0 and b"Envelope" in served.payload
    text = relay.element(served.payload).findtext(".//{urn:x}CallServiceResult")
    assert parse(text.encode())["return_code"] == "1"


def test_the_relay_without_a_program(ground):
    assert ground.platform.handle(ENVELOPE.replace("requstXML", "xml").encode()).status == 500
    with pytest.raises(Unreadable):
        relay.unwrapped(b"<Envelope/>")


@pytest.mark.parametrize(("kind", "ending", "status"), [
    ("hang", "hang", 0), ("http_error", "reply", 500), ("garbage", "reply", 0),
    ("cut", "cut", 0),
])  # fmt: skip
def test_faults_pass_the_relay(ground, kind, ending, status):
    ground.fault(kind, "bizh120205")
    program = ground.desk.payload("bizh120205").decode().partition("?>")[2]
    served = relayed(ground, program)
    assert (served.ending, served.status) == (ending, status)


# --- faults ---------------------------------------------------------------------------------------


def test_a_lost_reply_has_been_booked():
    ground = Ground()
    number = ground.registered()
    ground.fault("reply_lost", "bizh110105")
    served = ground.desk.served("bizh110105", [line("L1")], aaz218=number, bka893="1")
    assert served.ending == "hang"
    assert len(ground.books.find("settlement")) == 1


def test_a_lost_request_has_not_and_a_delayed_one_comes_later():
    ground = Ground()
    number = ground.registered()
    ground.fault("request_lost", "bizh110106")
    ground.desk.served("bizh110106", aaz218=number)
    ground.fault("delayed", "bizh110106")
    assert ground.desk.served("bizh110106", aaz218=number).ending == "hang"
    assert ground.books.find("visit", state="live")
    ground.desk.done("bizh120205")
    assert not ground.books.find("visit", state="live")


def test_a_duplicate_books_once_and_its_second_answer_refuses():
    ground = Ground()
    ground.fault("duplicate", "bizh110104", answer="second")
    fields_ = {
        "aac001": SHEN,
        "aka130": "41",
        "bka006": "410",
        "bka017": "20260302",
        "bka014": "1",
        "bka015": "x",
        "bka026": "S62",
        "bka025": "MZ9",
        "bka893": "0",
    }
    assert "MZ9" in ground.desk.refused("bizh110104", **fields_)
    assert len(ground.books.find("visit")) == 1


def test_a_session_may_end_at_any_moment_and_nothing_is_done():
    ground = Ground()
    number = ground.registered()
    ground.fault("sign_in_expired", "bizh110106")
    assert ground.desk.call("bizh110106", aaz218=number)["return_code"] == "-9"
    assert ground.books.find("visit", state="live")
    ground.desk.sign_in()
    ground.desk.done("bizh110106", aaz218=number)


@pytest.mark.parametrize("booked", [True, False])
def test_an_exception_page_with_stack_text(booked):
    ground = Ground()
    number = ground.registered()
    ground.fault("error_page", "bizh110106", booked=booked)
    text = ground.desk.served("bizh110106", aaz218=number).payload.decode()
    assert "服务执行发生异常" in text and "at com." in text
    assert bool(ground.books.find("visit", state="live")) is not booked


@pytest.mark.parametrize(("where", "whole"), [("reply", True), ("broken", False)])
def test_wrong_sums_hold_together_or_break(where, whole):
    from decimal import Decimal

    ground = Ground()
    number = ground.registered()
    ground.fault("wrong_amounts", "bizh110105", where=where, fen=250)
    pay = {name: Decimal(ground_value) for name, ground_value in ground.charge(
        number, [line("L1")]).items() if name not in ("akb020", "aaz218", "bka001")}  # fmt: skip
    assert pay["bka831"] == Decimal("2.50")
    assert (pay["akc264"] == pay["bka831"] + pay["bka832"]) is whole
    assert (pay["bka831"] == pay["akb067"] + pay["akb066"] + pay["bka839"]) is whole


def test_wrong_sums_in_the_books():
    ground = Ground()
    number = ground.admitted()
    ground.desk.done("bizh120002", [line("", aaz213="1")], aaz218=number)
    ground.desk.done(
        "bizh120105",
        aaz218=number,
        bka032="20260302",
        bka033="1",
        bka034="x",
        bkf002="1",
        bkf003="3",
        bkf004="02",
        bka031="S57",
    )
    ground.fault("wrong_amounts", "bizh120106", where="books")
    said = ground.desk.done("bizh120106", aaz218=number, bka046="1", bka047="x")
    row = ground.books.find("settlement")[0]
    assert (row["personal"], said["bka831"]) == (100, "1.00")


def test_books_may_lose_or_shift_a_settlement():
    ground = Ground()
    ground.charged("MZ1")
    ground.settled("ZY1")
    ground.order("SHIFT", visit="MZ1", fen=7)
    row = ground.books.find("settlement", visit_no="MZ1")[0]
    assert row["total"] == row["fund"] + row["personal"]
    ground.order("LOSE")
    assert ground.books.find("settlement", visit_no="ZY1")[0]["reversed_by"]
    assert ground.desk.done("bizh120102", bka895="bka025", bka896="ZY1", bka891="0")["bizinfo"]
    ground.order("LOSE", visit="MZ1")
    number = ground.books.find("visit", visit_no="MZ1")[0]["centre_visit_no"]
    assert ground.refund_rows(number, "0") == []
