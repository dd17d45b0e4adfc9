"""Every row of the shipped profiles keeps the contract: codes, steps, labels, lists, ways back."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from core.errors import InvalidInput
from core.protocol.checking import field_tables
from core.protocol.loading import examine
from core.protocol.profile import FieldRule, TransactionRule, walk
from core.words import say, texts
from tests.helpers.wire import (
    FAMILIES,
    centre,
    header,
    named,
    rules,
    shipped,
    values_for,
    zjs,
)

STEPS = {
    "9001": "sign_in",
    "9002": "sign_out",
    "1101": "read_card",
    "1102": "special_filing",
    "2201": "register",
    "2202": "cancel_registration",
    "2203": "change_registration",
    "2204": "upload_fees",
    "2205": "cancel_fees",
    "2206": "presettle",
    "2207": "settle",
    "2208": "cancel_settlement",
    "2209": "reverse",
    "3101": "appeal",
    "6101": "slip",
    "1800": "centre_time",
    "9103": "settlement_list",
    "9104": "fee_list",
    "9105": "visit_list",
    "9106": "deduction_list",
    "1106": "outpatient_record",
    "1107": "inpatient_record",
    "1320": "totals",
    "1321": "details",
    "1322": "confirm_totals",
    "1323": "undo_confirmation",
}
RULES = list(shipped().transactions.values())
CHANGING = [rule for rule in RULES if rule.effect != "reads"]
TABLES = [(name, *item) for name in FAMILIES for item in field_tables(shipped(name))]
FIELDS = [field for name, _, table in TABLES if name == "zjs" for field in table.values()]
Case = tuple[str, TransactionRule]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_shipped_profile_has_no_mistake(family: str) -> None:
    profile, mistakes = examine(family)
    assert profile is not None
    assert [mistake.line for mistake in mistakes] == []


def test_there_are_26_transactions_with_their_steps() -> None:
    assert {rule.code: rule.step for rule in RULES} == STEPS
    assert len(set(STEPS.values())) == 26


@pytest.mark.parametrize("family", FAMILIES)
def test_no_key_stands_in_two_files(family: str) -> None:
    folder = resources.files("resources") / "profiles" / family
    files = [f for f in folder.iterdir() if f.name.endswith(".toml")]
    keys = [
        key for f in files for key in tomllib.loads(f.read_text("utf-8")).get("transactions", {})
    ]
    assert sorted(keys) == sorted(shipped(family).transactions)


@pytest.mark.parametrize("case", rules(), ids=named)
def test_rule_and_step_find_each_other(case: Case) -> None:
    family, rule = case
    step = centre(family).rule(rule.variant)
    assert (step.code, step.title, step.deadline) == (rule.code, rule.title, rule.timeout)
    assert (step.step, step.key) == (rule.step, rule.variant)
    assert centre(family).step_of(rule.key) == rule.variant or rule.key != rule.code
    assert centre(family).variant(rule.step, rule.stay) == rule.variant
    assert centre(family).has(rule.step, rule.stay)
    assert 5 <= rule.timeout <= 120


@pytest.mark.parametrize("case", [c for c in rules() if c[1].effect == "money"], ids=named)
def test_money_has_a_query_and_a_way_back(case: Case) -> None:
    family, rule = case
    step = centre(family).rule(rule.variant)
    assert centre(family).rule(step.query_step).effect == "reads"
    fenced = step.reverse_step == "reverse" or step.repeatable
    assert fenced or not centre(family).capabilities.reversal


def test_which_rows_touch_money_and_how_they_are_asked_and_undone() -> None:
    asked = {rule.code: rule.query_with for rule in CHANGING}
    assert {rule.code for rule in RULES if rule.effect == "money"} == {"2207", "2208", "2209"}
    wanted = {
        "2207": "9103",
        "2208": "9103",
        "2201": "9105",
        "2202": "9105",
        "2204": "9104",
        "2205": "9104",
    }
    assert wanted.items() <= asked.items()
    reversible = {rule.code for rule in RULES if rule.reverse_with == "2209"}
    assert reversible == {"2201", "2207", "2208"} == set(shipped().codes["reversible"].values)


def test_what_only_reads_may_be_repeated() -> None:
    for family, rule in rules():
        assert rule.effect != "reads" or rule.repeatable, (family, rule.key)
        assert rule.effect != "reads" or not rule.reverse_with, (family, rule.key)


@pytest.mark.parametrize(
    ("family", "path", "table"),
    TABLES,
    ids=[f"{name}-{'.'.join(path)}" for name, path, _ in TABLES],
)
def test_every_field_is_described(
    family: str, path: tuple[str, ...], table: dict[str, FieldRule]
) -> None:
    for field in table.values():
        assert field.label.strip() == field.label != "", field.key
        assert field.name.islower() and field.name.isidentifier(), field.key
        assert field.origin in ("seen", "inferred", "proposed"), field.key
        assert field.length > 0 or field.type in ("rows", "any"), field.key
        assert not field.codes or field.codes in shipped(family).codes, field.key
        assert say(f"fields.type.{field.type}") and say(f"fields.origin.{field.origin}")


def test_every_domain_name_and_wire_name_is_one_in_its_table() -> None:
    for _, path, table in TABLES:
        names = [field.name for field in table.values()]
        assert len(names) == len(set(names)), path
        assert len(table) == len({field.wire.lower() for field in table.values()}), path


@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_list_has_words_and_is_used(family: str) -> None:
    used = {field.codes for name, _, table in TABLES if name == family for field in table.values()}
    for name, codes in shipped(family).codes.items():
        assert codes.values and all(code and word for code, word in codes.values.items())
        assert name in used, name
        code, word = next(iter(codes.values.items()))
        assert centre(family).label(name, code) == word
        assert centre(family).label(name, "no such code") == "no such code"


def test_names_that_lie_on_the_wire_are_set_right() -> None:
    steps = shipped().steps
    assert steps["settle"].request["mdtrt_id"].name == "bill_no"
    assert steps["register"].request["adm_diag_dscr"].name == "diagnosis_code"
    assert steps["settle"].reply["umamt"].name == "remark"
    assert steps["settle"].reply["umamt"].type == "text"
    assert steps["upload_fees"].request["umamt"].type == "money"
    assert {steps[step].request["medrcdno"].name for step in ("details", "slip")} == {"bill_no"}


def test_the_fee_batch_has_its_own_node() -> None:
    rule = shipped().transactions["2204"]
    assert (rule.body, rule.batch, rule.shape) == ("feedetail", 30, "rows")
    assert zjs().rule("upload_fees").batch == 30
    assert {rule.body for rule in RULES if rule.code != "2204"} == {""}


@pytest.mark.parametrize("code", ["9103", "9104", "9105", "9106"])
def test_lists_come_in_pages(code: str) -> None:
    rule = shipped().transactions[code]
    assert rule.paging is not None and rule.shape == "rows"
    assert rule.request["pageNumber"].name == rule.paging.page == "page"
    assert rule.reply["pageCount"].name == rule.paging.pages == "pages"


def test_personal_data_is_masked_wherever_it_stands() -> None:
    masks = {
        (field.wire, field.mask) for field in FIELDS if field.wire in ("certno", "psn_name", "tel")
    }
    assert masks == {("certno", "id"), ("psn_name", "name"), ("tel", "phone")}
    records = [
        *walk(shipped().transactions["1106"].request),
        *walk(shipped().transactions["1107"].request),
    ]
    long_texts = [field for field in records if field.type == "text" and field.length >= 1000]
    assert long_texts and all(field.mask == "whole" for field in long_texts)


@pytest.mark.parametrize("case", rules(), ids=named)
def test_every_step_can_be_written(case: Case) -> None:
    family, rule = case
    values = values_for(rule.variant, family)
    whole_body = rule.batch and not rule.rows
    rows = [values] if whole_body else values.get(rule.rows, ())
    message = centre(family).prepare(rule.variant, {} if whole_body else values, header(), rows)
    assert (message.step, message.code) == (rule.variant, rule.code)
    assert rule.step == "sign_in" or message.payload.decode(centre(family).encoding) == message.text
    for field in walk(rule.request):
        mark = f'"{field.wire}":' if family == "zjs" else f"<{field.wire}"
        assert mark in message.text


@pytest.mark.parametrize("family", FAMILIES)
def test_sign_in_alone_needs_no_sign_in(family: str) -> None:
    steps = [rule.step for name, rule in rules() if name == family and not rule.sign_in]
    assert steps == ["sign_in"]


def test_patience_and_capabilities_come_from_the_profile() -> None:
    assert (zjs().patience.quiet, zjs().patience.backoff, zjs().patience.limit) == (
        60,
        (5, 15, 60, 300),
        20,
    )
    can = zjs().capabilities
    assert (can.reversal, can.reversal_is_remembered, can.fund_totals) == (True, True, True)
    assert can.delete_fees == "allowed"
    assert (can.card_again, can.card_fresh, can.filing_warning) == (
        ("presettle", "settle"),
        600,
        7,
    )


def test_every_choice_of_a_profile_has_a_word() -> None:
    for _, rule in rules():
        assert say(f"fields.effect.{rule.effect}")
        assert say(f"fields.class.{rule.group}")
        assert say(f"fields.shape.{rule.shape}")
    for _, _, table in TABLES:
        for field in table.values():
            assert not field.mask or say(f"fields.mask.{field.mask}")
            assert say(f"fields.source.{field.source}")
    assert "profile.check.unknown_key" in texts()


# -- the platform of family GD


GD_STEPS = {
    "sign_in": "sys0001",
    "read_card": "bizh110001",
    "visit_data": "bizh110102",
    "refund_data": "bizh110103",
    "register": "bizh110104",
    "presettle": "bizh110105",
    "settle": "bizh110105",
    "cancel_settlement": "bizh110105",
    "cancel_registration": "bizh110106",
    "read_card.stay": "bizh120001",
    "register.stay": "bizh120103",
    "stay_data": "bizh120102",
    "upload_fees.stay": "bizh120002",
    "presettle.stay": "bizh120003",
    "discharge": "bizh120105",
    "settle.stay": "bizh120106",
    "change_registration.stay": "bizh120104",
    "cancel_registration.stay": "bizh120109",
    "undo_discharge": "bizh120108",
    "cancel_fees.stay": "bizh120004",
    "cancel_settlement.stay": "bizh120107",
    "slip.stay": "bizh120206",
    "fee_list.stay": "bizh120112",
    "record_patient": "bizh200101",
    "record_diagnoses": "bizh200102",
    "record_operations": "bizh200103",
    "record_births": "bizh200104",
    "record_tumour": "bizh200105",
    "record_summary": "bizh200106",
    "accumulated": "bizh410004",
    "fund_state": "bizh410005",
    "code_tables": "bizh120205",
    "disease_part": "bizh999001",
}


def test_every_function_of_the_platform_has_its_step() -> None:
    assert {key: rule.code for key, rule in shipped("gd").steps.items()} == GD_STEPS


def test_ids_that_no_source_confirms_are_marked() -> None:
    steps = shipped("gd").steps
    for key in ("slip.stay", "fee_list.stay", "record_patient"):
        assert steps[key].origin == "inferred", key
    assert steps["disease_part"].origin == "proposed"
    assert steps["disease_part"].code == "bizh999001"  # no id of the platform looks like this
    for key in ("slip.stay", "fee_list.stay", "disease_part", "accumulated"):
        assert steps[key].note, key


def test_trial_settlement_and_refund_are_one_function_told_apart_by_its_flag() -> None:
    steps = shipped("gd").steps
    flags = {key: steps[key].request["bka893"].value for key in ("presettle", "settle")}
    assert flags == {"presettle": "0", "settle": "1"}
    assert steps["cancel_settlement"].request["bka893"].value == "1"
    keys = {"bizh110105": "settle", "bizh110105-trial": "presettle"}
    assert {key: centre("gd").step_of(key) for key in keys} == keys
    with pytest.raises(InvalidInput) as caught:
        centre("gd").from_wire("settle", {"aaz218": "1", "bka893": "0"})
    assert "固定为「1」" in str(caught.value)
    assert centre("gd").rule("settle").batch == 100


def test_the_front_page_has_its_fields_and_the_extensions() -> None:
    page = shipped("gd").steps["record_patient"].request
    assert {f"yzy{number}" for number in range(180, 195)} <= page.keys()
    assert len(page) >= 190


def test_identities_of_the_platform_are_data() -> None:
    found = {rule.total: rule.parts for rule in shipped("gd").identities}
    assert found["total"] == ("personal", "fund")
    assert (len(found["personal"]), len(found["fund"])) == (3, 8)
