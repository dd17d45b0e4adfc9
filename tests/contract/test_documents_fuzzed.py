"""Replies of the platform family bent in every way: an ending, never an exception or a guess."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.gateway.port import Reply
from core.outcome import Accepted, Outcome, Rejected, Unknown
from core.protocol.examples import example_values
from core.protocol.profile import TransactionRule
from tests.helpers.wire import answer_of, gd, rules, shipped

GD = [rule for family, rule in rules() if family == "gd"]
SETTLE = shipped("gd").steps["settle"]
BENT = settings(
    max_examples=120, deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
HOSTILE = [
    b"", b"\0", b"<", b"<program>", b"</program>", b"<row>", b"</row>", b"<row/>", b"&", b"&#0;",
    b"&lt;", b"]]>", b"<![CDATA[", b"<!--", b"<!DOCTYPE x>", b"<?xml?>", b"\xff", b"\xef\xbb\xbf",
    b"<return_code>-9</return_code>", b"<akc264>1.005</akc264>", b"<akc264>-</akc264>", b"1e9",
    "服务执行发生异常".encode(), b"\r\n", b"payinfo", b"9" * 40,
]  # fmt: skip


@cache
def good(key: str) -> bytes:
    """A reply to a transaction that is right in every part."""
    rule = shipped("gd").transactions[key]
    return answer_of("gd", rule, [example_values(rule.reply, shipped("gd").codes)]).payload


def read(rule: TransactionRule, payload: bytes) -> Outcome:
    return gd().read(rule.variant, Reply(200, payload, 1))


def sound(rule: TransactionRule, outcome: Outcome, payload: bytes) -> None:
    """What every ending keeps, however bent the reply was."""
    assert isinstance(outcome, Accepted | Rejected | Unknown)
    assert outcome.raw == payload
    if isinstance(outcome, Accepted):
        assert outcome.reply["return_code"] == "1"
        for name in ("total", "fund", "personal"):
            assert type(outcome.values.get(name, 0)) is int
        demanded = {one.name for one in rule.reply.values()
                    if one.required is True and one.type != "rows"}  # fmt: skip
        for values in outcome.rows if rule.shape == "rows" else [outcome.values]:
            assert demanded <= values.keys()
    else:
        assert outcome.text or isinstance(outcome, Rejected)


def bend(payload: bytes, place: int, length: int, piece: bytes) -> bytes:
    """``payload`` with ``length`` bytes at ``place`` replaced."""
    place %= len(payload) + 1
    return payload[:place] + piece + payload[place + length :]


@BENT
@given(
    rule=st.sampled_from(GD),
    bends=st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 12),
                  st.sampled_from(HOSTILE) | st.binary(max_size=4)),
        min_size=1, max_size=4,
    ),
)  # fmt: skip
def test_a_bent_reply_has_an_ending(rule: TransactionRule, bends: list[Any]) -> None:
    payload = good(rule.key)
    for place, length, piece in bends:
        payload = bend(payload, place, length, piece)
    sound(rule, read(rule, payload), payload)


@pytest.mark.parametrize("key", ["bizh110105", "bizh120106", "bizh110104", "sys0001"])
def test_a_reply_that_was_cut_off_is_never_accepted(key: str) -> None:
    rule, payload = shipped("gd").transactions[key], good(key)
    for end in range(len(payload)):
        outcome = read(rule, payload[:end])
        assert isinstance(outcome, Unknown), payload[:end]
    assert isinstance(read(rule, payload), Accepted)


@pytest.mark.parametrize("rule", GD, ids=lambda rule: rule.key)
def test_a_required_field_that_is_missing_is_never_guessed(rule: TransactionRule) -> None:
    values = example_values(rule.reply, shipped("gd").codes)
    for field in rule.reply.values():
        if field.required is True and field.type != "rows":
            less = {name: value for name, value in values.items() if name != field.name}
            optional = {key: one.model_copy(update={"required": False})
                        for key, one in rule.reply.items()}  # fmt: skip
            payload = answer_of("gd", rule.model_copy(update={"reply": optional}), [less]).payload
            outcome = read(rule, payload)
            assert isinstance(outcome, Unknown), field.key
            assert field.label in outcome.text


@pytest.mark.parametrize(
    "amount", ["1.005", "1,000.00", "１.00", "NaN", "1e400", "--1", "1.2.3", "x", "9" * 30]
)
def test_an_amount_that_is_no_fen_is_unknown(amount: str) -> None:
    payload = good("bizh110105").replace(b"<akc264>123.45<", f"<akc264>{amount}<".encode())
    assert payload != good("bizh110105")
    assert isinstance(read(SETTLE, payload), Unknown)


@pytest.mark.parametrize("amount", ["123.450", " 123.45 ", "1.2345E+2", "+123.45", "123.45000000"])
def test_an_amount_may_be_written_in_other_ways(amount: str) -> None:
    payload = good("bizh110105").replace(b"<akc264>123.45<", f"<akc264>{amount}<".encode())
    outcome = read(SETTLE, payload)
    assert isinstance(outcome, Accepted) and outcome.values["total"] == 12345


def test_twenty_thousand_rows_are_read_and_more_are_not() -> None:
    rule = shipped("gd").steps["code_tables"]
    row = "<row><aaa100>a</aaa100><aaa102>1</aaa102></row>"
    document = "<program><return_code>1</return_code><codeinfo>{}</codeinfo></program>"
    outcome = read(rule, document.format(row * 20_000).encode())
    assert isinstance(outcome, Accepted) and len(outcome.rows) == 20_000
    assert isinstance(read(rule, document.format(row * 20_001).encode()), Unknown)


def test_a_field_of_many_megabytes_is_unknown() -> None:
    message = "长" * 4_000_000
    document = f"<program><return_code>1</return_code><a>{message}</a></program>"
    assert isinstance(read(SETTLE, document.encode()), Unknown)


@settings(max_examples=80, deadline=None)
@given(payload=st.binary(max_size=120))
def test_any_bytes_inside_a_document(payload: bytes) -> None:
    whole = b"<program><return_code>1</return_code>" + payload + b"</program>"
    for rule in (SETTLE, shipped("gd").steps["read_card"], shipped("gd").steps["stay_data"]):
        sound(rule, read(rule, whole), whole)
