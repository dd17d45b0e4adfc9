"""What the profile puts into a message: constants, settings, who sends, stand-ins, numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.centre.filling import Filler, TableFiller
from core.protocol.profile import FieldRule, TransactionRule
from core.settings import Settings
from tests.helpers.wire import SETTINGS, header


def field(name: str, **rule: Any) -> FieldRule:
    return FieldRule(key=name, wire=name, name=name, label=name, **rule)


def table(*fields: FieldRule) -> dict[str, FieldRule]:
    return {rule.key: rule for rule in fields}


def filled(given: dict[str, Any], *fields: FieldRule, secret: str = "") -> dict[str, Any]:
    filler = TableFiller(table(*fields), SETTINGS["gd"])
    return filler.values(given, filler.fixed(header(), secret), 3)


CONSTANT = field("save", source="constant", value="1")
USER = field("user", source="setting", setting="centre.user")
SENDER = field("operator_name", source="header")
SECRET = field("password", source="secret", secret="centre")
NUMBER = field("line_no", source="number")
WARD = field("ward", instead="dept", default="0")


def test_what_the_profile_gives_cannot_be_given() -> None:
    found = filled({"save": "0", "user": "x", "operator_name": "y"}, CONSTANT, USER, SENDER)
    assert found == {"save": "1", "user": "gd990001", "operator_name": "王收费"}


def test_a_secret_is_what_it_is_told_to_be() -> None:
    assert filled({}, SECRET, secret="******") == {"password": "******"}
    assert TableFiller(table(SECRET), Settings()).secret == "centre"
    assert TableFiller(table(CONSTANT), Settings()).secret == ""


@pytest.mark.parametrize("given", [None, "", (), []])
def test_a_row_has_its_number_unless_it_is_given_one(given: Any) -> None:
    assert filled({"line_no": given}, NUMBER) == {"line_no": "3"}
    assert filled({"line_no": "77"}, NUMBER) == {"line_no": "77"}


@pytest.mark.parametrize(
    ("given", "ward"),
    [
        ({"ward": "W1", "dept": "D1"}, "W1"),
        ({"ward": "", "dept": "D1"}, "D1"),
        ({"dept": "D1"}, "D1"),
        ({"dept": ""}, "0"),
        ({}, "0"),
        ({"ward": 0, "dept": "D1"}, 0),
        ({"ward": Decimal(0)}, Decimal(0)),
        ({"ward": False}, False),
    ],
)
def test_another_value_stands_in_where_none_is_given(given: dict[str, Any], ward: Any) -> None:
    assert filled(given, WARD)["ward"] == ward


def rule(**parts: Any) -> TransactionRule:
    common = {"key": "k", "code": "c", "step": "s", "title": "t", "class": "business"}
    return TransactionRule.model_validate(common | {"effect": "writes", "timeout": 9.0} | parts)


LINES = field("lines", type="rows", fields=table(NUMBER, SENDER, field("name"), CONSTANT))
WITH_ROWS = rule(rows="lines", batch=9, request=table(field("visit"), CONSTANT, LINES))


def test_rows_are_filled_one_by_one_and_stand_under_their_name() -> None:
    given = [{"name": "a"}, {"name": "b", "save": "0"}]
    found = Filler(WITH_ROWS, Settings()).values({"visit": "V"}, header(), given, "")
    assert found["visit"] == "V" and found["save"] == "1"
    assert [(row["line_no"], row["name"], row["save"]) for row in found["lines"]] == [
        ("1", "a", "1"),
        ("2", "b", "1"),
    ]
    assert given == [{"name": "a"}, {"name": "b", "save": "0"}]  # nothing of the caller's changes


def test_a_list_that_is_no_row_of_the_call_is_left_as_it_is() -> None:
    parts = rule(request=table(field("detail", type="rows", fields=table(NUMBER))))
    found = Filler(parts, Settings()).values({"detail": [{"line_no": "5"}]}, header(), (), "")
    assert found == {"detail": [{"line_no": "5"}]}


def test_what_the_profile_gives_is_taken_out_of_a_body() -> None:
    filler = Filler(WITH_ROWS, Settings())
    body = {"visit": "V", "save": "1", "lines": [{"name": "a", "operator_name": "x"}]}
    assert filler.without_fixed(body) == ({"visit": "V", "lines": [{"name": "a"}]}, [])
    found, (fault,) = filler.without_fixed({"save": "0"})
    assert found == {} and fault.field == "save" and "「1」" in fault.text
