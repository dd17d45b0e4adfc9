"""Values and rows out of documents whose datasets stand where they like."""

from __future__ import annotations

from typing import Any

import pytest

from core.centre.taking import Taker, refused_reason
from core.protocol.profile import FieldRule, TransactionRule
from core.protocol.reading import RowReader
from core.protocol.wirejson import Unreadable
from tests.helpers.wire import shipped


def field(name: str, **rule: Any) -> FieldRule:
    return FieldRule(key=name, wire=name, name=name, label=name, **rule)


def table(*fields: FieldRule) -> dict[str, FieldRule]:
    return {rule.key: rule for rule in fields}


def rule(*fields: FieldRule, **parts: Any) -> TransactionRule:
    common = {"key": "k", "code": "c", "step": "s", "title": "t", "class": "query"}
    more = {"effect": "reads", "timeout": 9.0, "reply": table(*fields)}
    return TransactionRule.model_validate(common | more | parts)


def taken(row: TransactionRule, tree: dict[str, Any]) -> tuple[Any, Any]:
    return Taker(row, RowReader(row.reply)).take(tree)


NUMBER, NAME = field("number", required=True), field("name")
ONE = rule(NUMBER, NAME, node="Person")
MANY = rule(NUMBER, NAME, node="person", shape="rows", beside=("Head",))


@pytest.mark.parametrize(
    "tree",
    [
        {"person": [{"number": "1", "name": "a"}]},
        {"person": {"number": "1", "name": "a"}},
        {"person": [{"number": "1", "name": ""}], "name": "a"},
        {"person": "", "number": "1", "name": "a"},
        {"number": "1", "name": "a"},
        {"person": [{"number": "1", "name": "a"}, {"number": "1", "name": "b"}]},
    ],
)
def test_one_thing_in_its_dataset_or_flat(tree: dict[str, Any]) -> None:
    assert taken(ONE, tree) == ({"number": "1", "name": "a"}, ())


@pytest.mark.parametrize("tree", [{}, {"person": [{"name": "a"}]}, {"person": [{"number": ""}]}])
def test_a_required_value_is_not_made_up(tree: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as caught:
        taken(ONE, tree)
    assert caught.value.key == "missing"


def test_two_things_where_one_is_asked_for() -> None:
    with pytest.raises(Unreadable) as caught:
        taken(ONE, {"person": [{"number": "1"}, {"number": "2"}]})
    assert (caught.value.key, caught.value.holes["label"]) == ("several", "number")


ROWS = [{"number": "1"}, {"number": "2"}]


@pytest.mark.parametrize(
    ("tree", "numbers"),
    [
        ({"person": ROWS}, ["1", "2"]),
        ({"people": ROWS}, ["1", "2"]),
        ({"head": [{"x": "1"}], "people": ROWS}, ["1", "2"]),
        ({"head": [{"x": "1"}]}, []),
        ({"person": {"number": "1"}}, ["1"]),
        ({"person": ""}, []),
        ({"person": []}, []),
        ({}, []),
    ],
)
def test_rows_under_their_own_name_or_the_only_one(tree: dict[str, Any], numbers: Any) -> None:
    values, rows = taken(MANY, tree)
    assert values == {} and [row["number"] for row in rows] == numbers


def test_two_strange_datasets_are_not_guessed_between() -> None:
    with pytest.raises(Unreadable):
        taken(MANY, {"a": ROWS, "b": ROWS})


INJURIES = field(
    "injuries", type="rows", also=("person", "more.injuries"),
    fields=table(field("id"), field("begins"), field("kind", keep=("1", "2"))),
)  # fmt: skip


def test_a_list_is_gathered_from_all_its_datasets() -> None:
    tree = {
        "number": "1",
        "injuries": [{"id": "A", "begins": ""}, {"id": ""}, {"begins": "x"}],
        "person": [{"id": "A", "begins": "2025"}, {"id": "B", "kind": "2"}],
        "more": {"injuries": [{"id": "C", "kind": "3"}, {"id": "D", "kind": "1", "else": "x"}]},
    }
    values, _ = taken(rule(NUMBER, INJURIES), tree)
    assert values["injuries"] == [
        {"id": "A", "begins": "2025"},
        {"id": "B", "kind": "2"},
        {"id": "D", "kind": "1"},
    ]


@pytest.mark.parametrize("odd", ["text", [], {}, ["text"], {"injuries": "text"}])
def test_a_list_that_is_none_is_absent(odd: Any) -> None:
    values, _ = taken(rule(NUMBER, INJURIES), {"number": "1", "injuries": odd})
    assert values == {"number": "1"}


STATE = field("state", fine=("0", "8"))
FUNDS = field(
    "funds", type="rows",
    fields=table(field("fund", keep=("501",)), field("state", fine=("0",)), field("why")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, ""),
        ({"state": "0"}, ""),
        ({"state": "8"}, ""),
        ({"state": "1"}, "state：1"),
        ({"funds": [{"fund": "501", "state": "0"}]}, ""),
        ({"funds": [{"fund": "501"}]}, ""),
        ({"funds": [{"fund": "501", "state": "1", "why": "欠费"}]}, "1、欠费"),
        ({"state": "1", "funds": [{"state": "2"}, {"state": "2"}]}, "state：1；2"),
    ],
)
def test_why_a_person_is_refused(values: dict[str, Any], reason: str) -> None:
    assert refused_reason(shipped("gd"), rule(STATE, FUNDS), values) == reason
