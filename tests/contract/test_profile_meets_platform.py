"""The shipped profile and the simulated platform speak one wire: all functions, end to end."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest

from core.centre.port import Header
from core.gateway.port import Reply
from core.outcome import Unknown
from core.protocol.examples import example_values
from core.protocol.profile import TransactionRule
from tests.helpers.documents import Documents
from tests.helpers.platform import LUO, LUO_ARM, SHEN
from tests.helpers.wire import rules, shipped

TABLE = tomllib.loads(
    (resources.files("resources") / "tables" / "platform_fields.toml").read_text("utf-8")
)
IDS = tomllib.loads(
    (resources.files("resources") / "tables" / "platform_rules.toml").read_text("utf-8")
)["ids"]
NAMES = {code: name for name, code in IDS.items()}
GD = [rule for family, rule in rules() if family == "gd"]


@pytest.fixture
def client() -> Documents:
    return Documents()


# -- the two tables say the same


def fields_of(rule: TransactionRule) -> list[list[Any]]:
    name = NAMES.get(rule.code, rule.code)
    found: list[list[Any]] = TABLE["record_head" if name.startswith("bizh2001") else name]["fields"]
    return found


@pytest.mark.parametrize("rule", GD, ids=lambda rule: rule.key)
def test_every_field_the_platform_demands_is_in_the_profile(rule: TransactionRule) -> None:
    for wire, _label, _kind, _length, need in fields_of(rule):
        assert wire in rule.request or need == "N", wire
        if need == "Y":
            field = rule.request[wire]
            assert field.required is True or field.instead or field.default, wire


def test_every_field_of_a_line_is_in_the_profile() -> None:
    for step in ("settle", "cancel_settlement", "upload_fees.stay"):
        table = shipped("gd").steps[step].request["feeinfo"].fields
        for wire, _label, _kind, _length, need in TABLE["feeinfo"]["fields"]:
            entered = wire in ("bka063", "bka064") and step != "upload_fees.stay"
            assert wire in table or entered, wire
            assert need == "N" or table[wire].required is True, wire


@pytest.mark.parametrize(
    ("step", "name"),
    [("record_diagnoses", "diagnosis"), ("record_operations", "operation"),
     ("record_births", "birth"), ("record_tumour", "tumour")],
)  # fmt: skip
def test_every_field_of_a_record_s_rows_is_in_the_profile(step: str, name: str) -> None:
    table = shipped("gd").steps[step].request["detail"].fields
    assert {row[0] for row in TABLE[name]["fields"] if row[4] == "Y"} <= table.keys()


def test_the_envelope_is_the_same() -> None:
    known = {row[0] for row in TABLE["envelope"]["fields"]}
    assert shipped("gd").envelope.request.keys() <= known


# -- outpatients


def test_who_it_is_by_each_number(client: Documents) -> None:
    by = {"computer_no": SHEN, "social_no": "990101197803141030", "card_no": "Z90010001"}
    for kind, number in by.items():
        for step in ("read_card", "read_card.stay"):
            asked = {"identify_by": kind, "identify_value": number, "admitted_at": client.at}
            found = client.values(step, asked)
            assert (found["person_no"], found["name"]) == (SHEN, "沈建国")
            assert [item["id"] for item in found["conclusions"]] == ["GS9926000101"]
            assert "refused_reason" not in found


def test_several_injuries_and_frozen_funds(client: Documents) -> None:
    for step in ("read_card", "read_card.stay"):
        asked = {"identify_by": "computer_no", "admitted_at": client.at}
        found = client.values(step, asked | {"identify_value": LUO})
        assert [item["id"] for item in found["conclusions"]] == ["GS9926000201", "GS9926000202"]
        assert all(item["begins"] and item["ends"] for item in found["conclusions"])
        frozen = client.values(step, asked | {"identify_value": "990010007"})
        assert "冻结" in frozen["refused_reason"]
        left = client.values(step, asked | {"identify_value": "990010013"})
        assert "未参保" in left["refused_reason"]
        assert not client.values(step, asked | {"identify_value": "990010005"}).get("conclusions")


def test_from_registration_to_refund(client: Documents) -> None:
    visit = client.registered()
    (there,) = client.rows("visit_data", visit)
    assert (there["visit_no"], there["settled"]) == ("MZ1", "0")
    trial = client.values("presettle", visit, *client.lines())
    paid = client.values("settle", visit, *client.lines())
    assert {**trial, "fee_batch": "1"} == paid
    assert paid["total"] == sum(line["amount"] for line in client.lines())
    assert client.rows("visit_data", visit)[0]["settled"] == "1"
    again = client.refused("settle", visit, *client.lines())
    assert client.gd.is_already_done(again)
    batch = visit | {"fee_batch": paid["fee_batch"]}
    rows = client.rows("refund_data", batch)
    assert [row["line_id"] for row in rows] == ["L1", "L2"]
    assert sum(row["amount"] for row in rows) == -paid["total"]
    refund = client.values("cancel_settlement", visit, *rows)
    assert (refund["total"], refund["fund"]) == (-paid["total"], -paid["fund"])
    assert client.gd.is_already_done(client.refused("cancel_settlement", visit, *rows))
    assert client.gd.is_already_done(client.refused("refund_data", batch))
    client.done("cancel_registration", visit)
    assert client.rows("visit_data", visit) == ()
    assert client.gd.is_already_done(client.refused("cancel_registration", visit))


def test_a_part_is_kept_by_charging_it_again(client: Documents) -> None:
    visit = client.registered()
    client.done("settle", visit, *client.lines())
    client.done("cancel_settlement", visit, *client.rows("refund_data", visit))
    kept = client.values("settle", visit, client.line("L1"))
    assert (kept["fee_batch"], kept["total"]) == ("3", client.line("L1")["amount"])
    (row,) = client.rows("refund_data", visit | {"fee_batch": "3"})
    assert row["line_id"] == "L1"


def test_a_registration_that_is_looked_for_by_its_person(client: Documents) -> None:
    client.registered()
    asked = {"identify_by": "computer_no", "identify_value": SHEN}
    assert [row["visit_no"] for row in client.rows("visit_data", asked)] == ["MZ1"]
    assert client.gd.is_already_done(client.refused("register", {
        "person_no": SHEN, "visit_no": "MZ1", "admitted_at": client.at, "dept_code": "K010",
        "diagnosis_code": "S62.601",
    }))  # fmt: skip


def test_disease_is_not_paid_by_the_fund(client: Documents) -> None:
    visit = client.registered()
    lines = [client.line("L1"), client.line("L2", is_disease="1")]
    found = client.values("presettle", visit, *lines)
    assert found["personal"] >= lines[1]["amount"]
    assert found["total"] == found["fund"] + found["personal"]


# -- stays


def test_a_stay_from_admission_to_the_slip_and_all_the_way_back(client: Documents) -> None:
    visit = client.discharged()
    trial = client.values("presettle.stay", visit)
    paid = client.values("settle.stay", visit)
    assert trial == paid
    settled = client.rows("stay_data", visit | {"settled": "1"})
    assert [row["inpatient_no"] for row in settled] == ["ZY1"]
    assert client.rows("stay_data", visit) == ()
    slip = client.values("slip.stay", visit)
    assert (slip["total"], slip["fund"]) == (paid["total"], paid["fund"])
    assert sum(share["sum"] for share in slip["shares"]) == paid["total"]
    assert not client.gd.is_already_done(client.refused("undo_discharge", visit))
    client.done("cancel_settlement.stay", visit)
    client.refused("cancel_registration.stay", visit)
    client.done("undo_discharge", visit)
    client.refused("cancel_registration.stay", visit)
    client.done("cancel_fees.stay", visit)
    client.done("cancel_registration.stay", visit)
    assert client.gd.is_already_done(client.refused("cancel_registration.stay", visit))


def test_lines_of_a_stay_line_by_line(client: Documents) -> None:
    visit = client.admitted()
    client.done("upload_fees.stay", visit, *client.lines())
    client.done("upload_fees.stay", visit, client.line("L3", is_disease="1"))
    again = client.refused("upload_fees.stay", visit, client.line("L3"))
    assert client.gd.is_already_done(again)
    listed = client.rows("fee_list.stay", visit)
    assert [(row["line_id"], row["is_disease"]) for row in listed] == [
        ("L1", "0"), ("L2", "0"), ("L3", "1"),
    ]  # fmt: skip
    assert listed[0]["amount"] == client.line("L1")["amount"]
    back = client.line("R1") | {"quantity": Decimal(-1), "amount": -client.line("L1")["amount"]}
    client.done("upload_fees.stay", visit, back)


def test_only_the_allowed_fields_of_an_admission_change(client: Documents) -> None:
    visit = client.admitted()
    client.done("change_registration.stay", visit | {"bed": "15", "ward_name": "康复科"})
    (row,) = client.rows("stay_data", visit)
    assert row["bed"] == "15"
    names = client.gd.names("change_registration.stay")
    assert set(client.gd.capabilities.change_fields) <= names
    assert not {"diagnosis_code", "admitted_at", "qualification_id"} & names


def test_an_open_stay_stands_in_the_way(client: Documents) -> None:
    client.admitted()
    outcome = client.refused("register", {
        "person_no": LUO, "visit_no": "MZ9", "admitted_at": client.at, "dept_code": "K010",
        "diagnosis_code": "S62.601", "qualification_id": LUO_ARM,
    })  # fmt: skip
    assert client.gd.is_excluded(outcome)
    asked = {"identify_by": "computer_no", "identify_value": LUO}
    assert [row["inpatient_no"] for row in client.rows("stay_data", asked)] == ["ZY1"]


def test_the_record_in_parts(client: Documents) -> None:
    visit = client.discharged()
    codes = shipped("gd").codes
    parts = [rule for rule in GD if rule.step.startswith("record_")]
    for version in (1, 2):
        for rule in parts:
            client.done(rule.step, example_values(rule.request, codes) | visit)
        kept = client.ground.books.find("record", version=version)
        assert {(row["visit_no"], row["code"]) for row in kept} == {
            ("ZY1", rule.code) for rule in parts
        }
        assert len(kept) == len(parts) == 6


def test_disease_data_afterwards(client: Documents) -> None:
    visit = client.discharged()
    line = client.line("L9", line_no="1")
    client.refused("disease_part", visit, line)
    assert client.ground.books.find("disease_line") == []
    client.done("settle.stay", visit)
    client.done("disease_part", visit, line)
    (kept,) = client.ground.books.find("disease_line")
    assert (kept["line_id"], kept["hosp_code"]) == ("L9", line["hosp_code"])
    assert kept["amount"] == line["amount"]


# -- other


def test_totals_funds_and_code_tables(client: Documents) -> None:
    visit = client.registered()
    paid = client.values("settle", visit, *client.lines())
    found = client.values("accumulated", {"person_no": SHEN, "region": "990100", "year": "2026"})
    assert (found["total"], found["fund"], found["visits"]) == (paid["total"], paid["fund"], "1")
    period = {"person_no": SHEN, "begin": client.at - timedelta(days=30), "end": client.at}
    (fund,) = client.rows("fund_state", period)
    assert (fund["fund_code"], fund["state"]) == ("501", "0")
    words = {(row["table"], row["code"]): row["word"] for row in client.rows("code_tables")}
    assert len({table for table, _ in words}) > 3
    only = client.rows("code_tables", {"table": "bka006"})
    assert only and {row["table"] for row in only} == {"bka006"}


def test_a_session_ends_at_midnight_and_nothing_was_done(client: Documents) -> None:
    visit = client.registered()
    client.ground.clock.advance(24 * 3600)
    outcome = client.refused("settle", visit, *client.lines())
    assert client.gd.is_sign_in_expired(outcome)
    client.session = client.values("sign_in")["sign_no"]
    assert client.rows("visit_data", visit)[0]["settled"] == "0"


@pytest.mark.parametrize("kind", ["page", "garbage", "cut"])
def test_what_comes_broken_is_unknown(client: Documents, kind: str) -> None:
    visit = client.registered()
    document = client.gd.prepare("settle", visit, Header("M", client.now, "1", "x", "S"),
                                 client.lines()).payload  # fmt: skip
    broken = {
        "page": "<html><body>服务执行发生异常</body></html>".encode(),
        "garbage": document[::-1],
        "cut": document[: len(document) // 2],
    }[kind]
    assert isinstance(client.gd.read("settle", Reply(200, broken, 1)), Unknown)


def test_every_function_has_been_called_here() -> None:
    called: set[str] = set()
    for name, test in list(globals().items()):
        if name.startswith("test_") and "client" in test.__code__.co_varnames[:1]:
            code = test.__code__
            called |= {item for item in code.co_consts if isinstance(item, str)}
            called |= {item for part in code.co_consts if isinstance(part, tuple)
                       for item in part if isinstance(item, str)}  # fmt: skip
    written = called | {"sign_in", "register", "register.stay", "upload_fees.stay", "discharge"}
    records = {rule.step for rule in GD if rule.step.startswith("record_")}
    assert shipped("gd").steps.keys() <= written | records
