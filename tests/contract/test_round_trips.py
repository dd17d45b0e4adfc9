"""decode(encode(x)) == x for every transaction, request and reply, with generated values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.outcome import Accepted
from core.protocol.profile import FieldRule
from core.protocol.wirejson import parse
from core.protocol.writing import RowWriter
from tests.helpers.wire import header, reply, shipped, strategy, zjs

RULES = list(shipped().transactions.values())
CODES = shipped().codes
LEAN = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def body_of(text: str, code: str) -> Any:
    rule = shipped().transactions[code]
    return parse(text)[rule.body or shipped().envelope.body]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
@LEAN
@given(data=st.data())
def test_a_request_says_what_was_meant(rule: Any, data: st.DataObject) -> None:
    draw = strategy(rule.request, CODES)
    if rule.batch:
        rows = data.draw(st.lists(draw, min_size=1, max_size=rule.batch))
        message = zjs().prepare(rule.step, {}, header(), rows)
        body = {rule.body: body_of(message.text, rule.code)}
        assert zjs().from_wire(rule.step, body) == ({}, tuple(rows))
    else:
        values = data.draw(draw)
        message = zjs().prepare(rule.step, values, header())
        assert zjs().from_wire(rule.step, body_of(message.text, rule.code)) == (values, ())
    assert message.payload == message.text.encode("gbk")


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.reply], ids=lambda rule: rule.code)
@LEAN
@given(data=st.data())
def test_a_reply_is_read_as_it_was_meant(rule: Any, data: st.DataObject) -> None:
    writer = RowWriter(rule.reply, CODES, "gbk")
    drawn = data.draw(st.lists(strategy(rule.reply, CODES), min_size=1, max_size=4))
    output = [parse(writer.text(values)) for values in drawn]
    outcome = zjs().read(rule.step, reply(output if rule.shape == "rows" else output[0]))
    assert isinstance(outcome, Accepted), outcome
    if rule.shape == "rows":
        assert outcome.rows == tuple(drawn)
    else:
        assert outcome.values == drawn[0]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.reply], ids=lambda rule: rule.code)
@LEAN
@given(data=st.data())
def test_neither_case_nor_number_or_text_matters(rule: Any, data: st.DataObject) -> None:
    values = data.draw(strategy(rule.reply, CODES))
    row = parse(RowWriter(rule.reply, CODES, "gbk").text(values))
    bent = {key.upper(): as_other(rule.reply, key, value) for key, value in row.items()}
    output: Any = [bent] if rule.shape == "rows" else bent
    outcome = zjs().read(rule.step, reply(output, infcode="0"))
    assert isinstance(outcome, Accepted), outcome
    assert (outcome.rows[0] if rule.shape == "rows" else outcome.values) == values


def as_other(table: dict[str, FieldRule], key: str, value: Any) -> Any:
    """Numbers as text; whole numbers in text form without a leading zero as numbers."""
    if not isinstance(value, str):
        return value if isinstance(value, list | dict) else str(value)
    plain = value.isascii() and value.isdecimal() and value == str(int(value))
    return int(value) if plain and table[key].type != "base64" and len(value) < 19 else value


@settings(max_examples=200, deadline=None)
@given(payload=st.binary(max_size=200), step=st.sampled_from([rule.step for rule in RULES]))
def test_no_bytes_make_reading_raise(payload: bytes, step: str) -> None:
    from core.gateway.port import Reply

    outcome = zjs().read(step, Reply(0, payload, 1))
    assert outcome.name in ("unknown", "accepted", "rejected")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("0"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    output=JSON,
    code=st.sampled_from([0, "0", -1, "1", None, True, "-9", {}]),
    step=st.sampled_from(RULES),
)
def test_no_json_makes_reading_raise(output: Any, code: Any, step: Any) -> None:
    from core.gateway.port import Reply
    from core.protocol.wirejson import to_json

    text = to_json({"infcode": code, "err_msg": "x", "output": output})
    outcome = zjs().read(step.step, Reply(0, text.encode("utf-8"), 1))
    if code not in (0, "0", -1, "-9") or code is True:
        assert outcome.name == "unknown"
