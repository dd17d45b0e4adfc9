"""Strict writing: what goes out is exact, what must not go out is named with all its faults."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from core.clock import CHINA
from core.errors import Fault
from core.protocol.profile import CodeList, Condition, FieldRule
from core.protocol.wirejson import parse
from core.protocol.writing import Known, RowWriter

CODES = {
    "kind": CodeList(label="种类", values={"1": "甲", "2": "乙"}),
    "open": CodeList(label="开放", values={"1": "甲"}, open=True),
    "yes_no": CodeList(label="是否", values={"0": "否", "1": "是"}),
}
AT = datetime(2026, 3, 2, 9, 30, 5, tzinfo=CHINA)


def rule(kind: str = "text", **more: Any) -> FieldRule:
    base = {"key": "x", "wire": "x", "name": "x", "label": "某项", "type": kind}
    return FieldRule.model_validate(base | more)


def write(value: Any, kind: str = "text", encoding: str = "gbk", **more: Any) -> str:
    """The token that a value becomes; the test fails when it is refused."""
    writer = RowWriter({"x": rule(kind, **more)}, CODES, encoding)
    assert writer.faults({"x": value}) == []
    return writer.text({"x": value})[1:-1].removeprefix('"x":')


def refused(value: Any, kind: str = "text", encoding: str = "gbk", **more: Any) -> Fault:
    """The one fault of a value that must not be written."""
    writer = RowWriter({"x": rule(kind, **more)}, CODES, encoding)
    (found,) = writer.faults({"x": value})
    assert found.field == "x"
    assert "某项" in found.text
    with pytest.raises(Exception):  # noqa: B017 - which one does not matter, the faults do
        writer.text({"x": value}).encode(encoding)
    return found


# -- text


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("张三", '"张三"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("a\nb\t", '"a\\nb\\t"'),
        ("全角　空格", '"全角　空格"'),
        ("0", '"0"'),
    ],
)
def test_text_is_quoted_and_otherwise_untouched(text: str, token: str) -> None:
    assert write(text) == token
    assert parse(write(text)) == text


@pytest.mark.parametrize(("text", "length"), [("工伤", 4), ("工伤a", 5), ("abcde", 5)])
def test_length_counts_bytes_of_the_wire(text: str, length: int) -> None:
    assert write(text, length=length)
    found = refused(text, length=length - 1)
    assert found.key == "profile.write.too_long"
    assert f"{length} 字节" in found.text and f"最多 {length - 1} 字节" in found.text


def test_the_same_text_is_longer_in_utf_8() -> None:
    assert write("工伤", length=4)
    assert refused("工伤", encoding="utf-8", length=4).key == "profile.write.too_long"
    assert write("工伤", encoding="utf-8", length=6)


@pytest.mark.parametrize("character", ["㛃", "䶮", "€", "😀", "\ud800"])
def test_a_character_the_wire_cannot_carry_is_named(character: str) -> None:
    found = refused(f"王{character}", length=50)
    assert found.key == "profile.write.unencodable"
    assert "GBK" in found.text
    assert character == "\ud800" or character in found.text


def test_gb18030_carries_what_gbk_cannot() -> None:
    assert write("㛃", encoding="gb18030", length=4) == '"㛃"'


@pytest.mark.parametrize("text", ["a\0b", "a\x1b", "\x7f", "a\x08"])
def test_control_characters_are_refused(text: str) -> None:
    assert refused(text).key == "profile.write.control"


@pytest.mark.parametrize("value", [1, 1.5, Decimal(1), True, b"x", ["x"], {"a": 1}])
def test_text_must_be_text(value: Any) -> None:
    assert refused(value).key == "profile.write.not_text"


def test_a_long_value_is_shortened_in_the_sentence() -> None:
    assert len(refused("x" * 1000, length=10).text) < 150


def test_forbidden_values() -> None:
    assert refused("0", forbidden=["0"]).key == "profile.write.forbidden"
    assert write("1", forbidden=["0"]) == '"1"'


# -- absent


@pytest.mark.parametrize("value", [None, "", [], ()])
def test_absent_text_leaves_blank_and_numbers_leave_nothing(value: Any) -> None:
    assert write(value) == '""'
    assert write(value, "money") == ""
    assert write(value, "money", absent="blank") == '""'
    assert write(value, absent="omit") == ""


@pytest.mark.parametrize("value", [None, "", [], (), "   ", "\n"])
def test_required_means_something_to_read(value: Any) -> None:
    assert refused(value, required=True).key == "profile.write.required"


@pytest.mark.parametrize(
    ("value", "kind"), [(0, "money"), (Decimal(0), "price"), ("0", "text"), (False, "flag")]
)
def test_zero_is_something(value: Any, kind: str) -> None:
    assert write(value, kind, required=True)


def test_several_fields_leave_out_what_is_absent() -> None:
    rules = {
        name: rule(kind, key=name, wire=name, name=name)
        for name, kind in {"a": "money", "b": "text", "c": "rows"}.items()
        if kind != "rows"
    }
    writer = RowWriter(rules, CODES, "gbk")
    assert writer.text({}) == '{"b":""}'
    assert writer.text({"a": 5, "b": "x", "unknown": 1}) == '{"a":0.05,"b":"x"}'
    assert writer.members({"b": "x"}) == '"b":"x"'


# -- numbers


@pytest.mark.parametrize(
    ("fen", "token"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (-5, "-0.05"),
        (123456, "1234.56"),
        (-123456, "-1234.56"),
        (100, "1.00"),
        (10**13, "100000000000.00"),
    ],
)
def test_money_is_written_from_fen(fen: int, token: str) -> None:
    assert write(fen, "money") == token
    assert parse(write(fen, "money", write_as="text")) == token


@pytest.mark.parametrize("value", [1.0, "1", Decimal(1), True])
def test_money_is_whole_fen_and_nothing_else(value: Any) -> None:
    assert refused(value, "money").key == "profile.write.not_fen"


@pytest.mark.parametrize("value", [10**14, -(10**14), 10**30])
def test_money_has_an_end(value: int) -> None:
    assert refused(value, "money", length=16).key == "profile.write.too_large"


@pytest.mark.parametrize(
    ("value", "token"),
    [
        ("12.5", "12.5"),
        ("12.5000", "12.5000"),
        ("12.50000", "12.5"),
        ("-3", "-3"),
        ("1E+3", "1000"),
        ("1E-4", "0.0001"),
        ("0", "0"),
        ("0E-10", "0"),
        ("123456789012.3456", "123456789012.3456"),
    ],
)
def test_prices_keep_their_digits(value: str, token: str) -> None:
    assert write(Decimal(value), "price", length=16) == token
    assert parse(token) == Decimal(value)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("0.00001", "decimals"),
        ("1.23456", "decimals"),
        ("12345678901234567", "too_large"),
        ("1E+50", "too_large"),
        ("1E-50", "too_large"),
        ("NaN", "not_decimal"),
        ("Infinity", "not_decimal"),
    ],
)
def test_prices_are_never_rounded(value: str, key: str) -> None:
    assert refused(Decimal(value), "price", length=16).key == f"profile.write.{key}"


@pytest.mark.parametrize("value", [1, 1.5, "1.5", True])
def test_prices_are_decimals(value: Any) -> None:
    assert refused(value, "quantity").key == "profile.write.not_decimal"


def test_a_province_may_want_fewer_decimals() -> None:
    assert refused(Decimal("1.234"), "quantity", decimals=2).key == "profile.write.decimals"
    assert write(Decimal("1.20"), "quantity", decimals=2) == "1.20"


@pytest.mark.parametrize(
    ("value", "token"), [("7", "7"), (7, "7"), ("007", "7"), ("-3", "-3"), (0, "0")]
)
def test_integers_from_text_or_number(value: Any, token: str) -> None:
    assert write(value, "integer", length=3) == token


@pytest.mark.parametrize("value", ["1.0", "x", True, 1.0, "９", "1" * 30])
def test_integers_are_whole(value: Any) -> None:
    assert refused(value, "integer").key == "profile.write.not_integer"


def test_integers_have_an_end() -> None:
    assert refused(1000, "integer", length=3).key == "profile.write.too_large"


# -- codes, flags, digits


def test_codes_come_from_the_list() -> None:
    assert write("1", "code", codes="kind") == '"1"'
    found = refused("3", "code", codes="kind")
    assert "1 甲、2 乙" in found.text
    assert refused(["1"], "code", codes="kind").key == "profile.write.not_code"


def test_an_open_list_lets_others_through() -> None:
    assert write("9", "code", codes="open") == '"9"'


def test_a_code_may_leave_as_a_number() -> None:
    assert write("1", "code", codes="kind", write_as="number") == "1"


@pytest.mark.parametrize(
    ("value", "token"), [("1", '"1"'), ("0", '"0"'), (True, '"1"'), (False, '"0"')]
)
def test_flags(value: Any, token: str) -> None:
    assert write(value, "flag", codes="yes_no") == token


@pytest.mark.parametrize("value", ["2", 1, 0.0, "true", "是"])
def test_flags_are_one_or_nought(value: Any) -> None:
    writer = RowWriter({"x": rule("flag")}, CODES, "gbk")
    writer.text({"x": True})
    assert refused(value, "flag").key == "profile.write.not_flag"


def test_what_is_remembered_does_not_soften_the_check() -> None:
    writer = RowWriter({"x": rule("flag", length=1)}, CODES, "gbk")
    assert writer.text({"x": True}) == writer.text({"x": "1"}) == '{"x":"1"}'
    assert [item.key for item in writer.faults({"x": 1})] == ["profile.write.not_flag"]


def test_memory_is_bounded() -> None:
    known = Known(str.upper)
    for number in range(10_000):
        assert known[f"a{number}"] == f"A{number}"
    assert len(known) <= 4096


@pytest.mark.parametrize("value", ["12a", "-1", "1.0", "１２"])
def test_digits(value: str) -> None:
    assert write("0012", "digits") == '"0012"'
    assert refused(value, "digits").key == "profile.write.not_digits"


# -- moments and days


def test_moments_are_china_time() -> None:
    assert write(AT, "moment") == '"20260302093005"'
    assert write(AT.astimezone(UTC), "moment") == '"20260302093005"'
    west = timezone(timedelta(hours=-8))
    assert write(datetime(2026, 3, 1, 17, 30, 5, tzinfo=west), "moment") == '"20260302093005"'


def test_moments_in_another_form() -> None:
    assert write(AT, "moment", format="yyyy-MM-dd HH:mm:ss") == '"2026-03-02 09:30:05"'


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 3, 2),
        date(2026, 3, 2),
        "20260302093005",
        20260302093005,
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
def test_moments_know_their_zone(value: Any) -> None:
    assert refused(value, "moment").key == "profile.write.not_moment"


def test_days() -> None:
    assert write(date(2026, 3, 2), "day") == '"20260302"'
    assert write(date(2026, 3, 2), "day", format="yyyy-MM-dd") == '"2026-03-02"'
    assert write(date(2026, 3, 2), "day", write_as="number") == "20260302"
    assert refused(AT, "day").key == "profile.write.not_day"


# -- files, conclusions, nested rows


def test_files_are_base64() -> None:
    assert write("aGVsbG8=", "base64") == '"aGVsbG8="'
    assert refused("not base64!", "base64").key == "profile.write.not_base64"
    assert refused(5, "base64").key == "profile.write.not_base64"


def test_conclusions_are_joined() -> None:
    assert (
        parse(write([{"id": "Q1", "text": "a", "kind": "b"}, {"id": "Q2"}], "conclusions"))
        == "^Q1|a|b^Q2||"
    )
    assert refused([{"id": "a|b"}], "conclusions").key == "profile.write.not_conclusions"
    assert refused("text", "conclusions").key == "profile.write.not_conclusions"


NESTED = {
    "fields": {
        "y": {
            "key": "y",
            "wire": "why",
            "name": "y",
            "label": "内项",
            "required": True,
            "length": 2,
        }
    }
}


def test_nested_rows() -> None:
    assert write([{"y": "a"}, {"y": "工"}], "rows", **NESTED) == '[{"why":"a"},{"why":"工"}]'


def test_nested_faults_name_row_and_field() -> None:
    writer = RowWriter({"x": rule("rows", **NESTED)}, CODES, "gbk")
    found = writer.faults({"x": [{"y": "a"}, {}, {"y": "工伤"}, {"y": "㛃"}]})
    assert [item.field for item in found] == ["y", "y", "y"]
    assert [item.text[:6] for item in found] == ["第 2 行：", "第 3 行：", "第 4 行："]


@pytest.mark.parametrize(
    ("value", "key"), [("x", "not_rows"), ([1], "not_rows"), ([{"y": "a"}] * 3, "too_many_rows")]
)
def test_nested_rows_have_shape_and_number(value: Any, key: str) -> None:
    writer = RowWriter({"x": rule("rows", most=2, **NESTED)}, CODES, "gbk")
    assert [item.key for item in writer.faults({"x": value})] == [f"profile.write.{key}"]


def test_anything_else_must_still_be_json() -> None:
    assert write({"a": [1, Decimal("2.50")]}, "any") == '{"a":[1,2.50]}'
    assert refused({"a": object()}, "any").key == "profile.write.not_json"


# -- conditions


def conditional(**when: Any) -> RowWriter:
    first = rule("code", codes="kind", key="k", wire="k", name="k", label="类别")
    return RowWriter({"k": first, "x": rule(when=when)}, CODES, "gbk")


@pytest.mark.parametrize(
    ("when", "value", "needed"),
    [
        ({"field": "k", "in": ["2"]}, "2", True),
        ({"field": "k", "in": ["2"]}, "1", False),
        ({"field": "k", "not_in": ["2"]}, "1", True),
        ({"field": "k", "not_in": ["2"]}, "2", False),
        ({"field": "k", "not_in": ["2"]}, None, True),
        ({"field": "k", "present": True}, "1", True),
        ({"field": "k", "present": True}, "", False),
    ],
)
def test_required_on_a_condition(when: dict[str, Any], value: Any, needed: bool) -> None:
    writer = conditional(**when)
    keys = [item.key for item in writer.faults({"k": value})]
    assert keys == (["profile.write.required_when"] if needed else [])
    assert writer.faults({"k": value, "x": "there"}) == []


def test_the_condition_is_said_in_words() -> None:
    (found,) = conditional(field="k", **{"in": ["2"]}).faults({"k": "2"})
    assert found.text == "「某项」在「类别」为「乙」时必填，请填写。"


def test_condition_holds_over_domain_values() -> None:
    assert Condition.model_validate({"field": "k", "in": ["1"]}).holds({"k": "1"})
    assert not Condition.model_validate({"field": "k", "present": True}).holds({})


def test_all_faults_are_said_in_the_order_of_the_fields() -> None:
    rules = {
        name: rule(kind, key=name, wire=name, name=name, required=True)
        for name, kind in {"a": "text", "b": "money", "c": "moment"}.items()
    }
    found = RowWriter(rules, CODES, "gbk").faults({"b": 1.5, "c": "now"})
    assert [(item.field, item.key.rpartition(".")[2]) for item in found] == [
        ("a", "required"),
        ("b", "not_fen"),
        ("c", "not_moment"),
    ]
