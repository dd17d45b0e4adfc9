"""Every row of the shipped profile keeps the contract: codes, steps, labels, lists, ways back."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from core.protocol.checking import field_tables
from core.protocol.loading import examine
from core.protocol.profile import FieldRule, TransactionRule, walk
from core.words import say, texts
from tests.helpers.wire import header, shipped, values_for, zjs

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
TABLES = list(field_tables(shipped()))
FIELDS = [(".".join(path), field) for path, table in TABLES for field in table.values()]


def code_of(rule: TransactionRule) -> str:
    return rule.code


def test_the_shipped_profile_has_no_mistake() -> None:
    profile, mistakes = examine("zjs")
    assert profile is not None
    assert [mistake.line for mistake in mistakes] == []


def test_there_are_26_transactions_with_their_steps() -> None:
    assert {rule.code: rule.step for rule in RULES} == STEPS
    assert len(set(STEPS.values())) == 26


def test_no_code_stands_in_two_files() -> None:
    folder = resources.files("resources") / "profiles" / "zjs"
    files = [f for f in folder.iterdir() if f.name.endswith(".toml")]
    codes = [
        code for f in files for code in tomllib.loads(f.read_text("utf-8")).get("transactions", {})
    ]
    assert sorted(codes) == sorted(STEPS)


@pytest.mark.parametrize("rule", RULES, ids=code_of)
def test_rule_and_step_find_each_other(rule: TransactionRule) -> None:
    step = zjs().rule(rule.step)
    assert (step.code, step.title, step.deadline) == (rule.code, rule.title, rule.timeout)
    assert zjs().step_of(rule.code) == rule.step
    assert 5 <= rule.timeout <= 120


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.effect == "money"], ids=code_of)
def test_money_has_a_query_and_a_way_back(rule: TransactionRule) -> None:
    step = zjs().rule(rule.step)
    assert zjs().rule(step.query_step).effect == "reads"
    assert step.reverse_step == "reverse" or step.repeatable


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


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.effect == "reads"], ids=code_of)
def test_what_only_reads_may_be_repeated(rule: TransactionRule) -> None:
    assert rule.repeatable
    assert not rule.reverse_with


@pytest.mark.parametrize(
    ("where", "field"), FIELDS, ids=[where + "." + f.key for where, f in FIELDS]
)
def test_every_field_is_described(where: str, field: FieldRule) -> None:
    assert field.label.strip() == field.label != ""
    assert field.name.islower() and field.name.isidentifier()
    assert field.origin in ("seen", "inferred", "proposed")
    assert field.length > 0 or field.type in ("rows", "any")
    assert not field.codes or field.codes in shipped().codes
    assert say(f"fields.type.{field.type}") and say(f"fields.origin.{field.origin}")


def test_every_domain_name_and_wire_name_is_one_in_its_table() -> None:
    for path, table in TABLES:
        names = [field.name for field in table.values()]
        assert len(names) == len(set(names)), path
        assert len(table) == len({field.wire.lower() for field in table.values()}), path


@pytest.mark.parametrize("name", sorted(shipped().codes))
def test_every_code_list_has_words_and_is_used(name: str) -> None:
    codes = shipped().codes[name]
    assert codes.values and all(code and word for code, word in codes.values.items())
    assert any(field.codes == name for _, field in FIELDS)
    code, word = next(iter(codes.values.items()))
    assert zjs().label(name, code) == word
    assert zjs().label(name, "no such code") == "no such code"


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
        (field.wire, field.mask)
        for _, field in FIELDS
        if field.wire in ("certno", "psn_name", "tel")
    }
    assert masks == {("certno", "id"), ("psn_name", "name"), ("tel", "phone")}
    records = [
        *walk(shipped().transactions["1106"].request),
        *walk(shipped().transactions["1107"].request),
    ]
    long_texts = [field for field in records if field.type == "text" and field.length >= 1000]
    assert long_texts and all(field.mask == "whole" for field in long_texts)


@pytest.mark.parametrize("step", sorted(STEPS.values()))
def test_every_step_can_be_written(step: str) -> None:
    rule, values = shipped().steps[step], values_for(step)
    rows = [values] if rule.batch else ()
    message = zjs().prepare(step, {} if rule.batch else values, header(), rows)
    assert message.code == rule.code
    assert message.payload.decode("gbk") == message.text
    for field in rule.request.values():
        assert f'"{field.wire}":' in message.text


def test_sign_in_alone_needs_no_sign_in() -> None:
    assert [rule.step for rule in RULES if not rule.sign_in] == ["sign_in"]


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
    for rule in RULES:
        assert say(f"fields.effect.{rule.effect}")
        assert say(f"fields.class.{rule.group}")
        assert say(f"fields.shape.{rule.shape}")
    for _, field in FIELDS:
        assert not field.mask or say(f"fields.mask.{field.mask}")
        assert say(f"fields.source.{field.source}")
    assert "profile.check.unknown_key" in texts()
