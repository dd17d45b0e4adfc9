"""decode(encode(x)) == x for every transaction, request and reply, with generated values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.outcome import Accepted
from core.protocol import wirexml
from core.protocol.profile import FieldRule, TransactionRule
from core.protocol.wirejson import parse
from core.protocol.writing import RowWriter
from tests.helpers.wire import (
    answer_of,
    centre,
    header,
    named,
    reply,
    rules,
    shipped,
    strategy,
    zjs,
)

RULES = list(shipped().transactions.values())
CODES = shipped().codes
ANSWERED = [case for case in rules() if case[1].reply]
WIDE = (Phase.explicit, Phase.generate)  # two hundred fields would be shrunk for minutes
LEAN = settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=WIDE
)
BRIEF = settings(LEAN, max_examples=3)
Case = tuple[str, TransactionRule]


def body_of(family: str, rule: TransactionRule, text: str) -> Any:
    """The body inside a message, without the envelope's fields."""
    envelope = shipped(family).envelope
    if family == "gd":
        return {k: v for k, v in wirexml.parse(text).items() if k not in envelope.request}
    found = parse(text)[rule.body or envelope.body]
    return {rule.body: found} if rule.batch else found


def drawn_request(data: st.DataObject, family: str, rule: TransactionRule) -> tuple[Any, Any]:
    """Values and rows for a transaction of either form."""
    draw = strategy(rule.request, shipped(family).codes)
    if rule.batch and not rule.rows:
        return {}, tuple(data.draw(st.lists(draw, min_size=1, max_size=rule.batch)))
    values = data.draw(draw)
    rows = values.pop(rule.rows) if rule.rows else ()
    return values, tuple(rows)


def of(family: str, cases: list[Case]) -> list[Case]:
    """The cases of one family."""
    return [case for case in cases if case[0] == family]


@pytest.mark.parametrize("case", of("zjs", rules()), ids=named)
@LEAN
@given(data=st.data())
def test_a_request_says_what_was_meant(case: Case, data: st.DataObject) -> None:
    check_request(case, data)


@pytest.mark.parametrize("case", of("gd", rules()), ids=named)
@BRIEF
@given(data=st.data())
def test_a_document_says_what_was_meant(case: Case, data: st.DataObject) -> None:
    check_request(case, data)


def check_request(case: Case, data: st.DataObject) -> None:
    """A drawn request is written and read back."""
    family, rule = case
    values, rows = drawn_request(data, family, rule)
    message = centre(family).prepare(rule.variant, values, header(), rows)
    body = body_of(family, rule, message.text)
    assert centre(family).from_wire(rule.variant, body) == (values, rows)
    if rule.step != "sign_in":
        assert message.payload == message.text.encode(centre(family).encoding)


@pytest.mark.parametrize("case", of("zjs", ANSWERED), ids=named)
@LEAN
@given(data=st.data())
def test_a_reply_is_read_as_it_was_meant(case: Case, data: st.DataObject) -> None:
    check_reply(case, data)


@pytest.mark.parametrize("case", of("gd", ANSWERED), ids=named)
@BRIEF
@given(data=st.data())
def test_an_answering_document_is_read_as_it_was_meant(case: Case, data: st.DataObject) -> None:
    check_reply(case, data)


def check_reply(case: Case, data: st.DataObject) -> None:
    """A drawn reply is written as the centre would, and read."""
    family, rule = case
    most = 4 if rule.shape == "rows" else 1
    draw = strategy(rule.reply, shipped(family).codes)
    drawn = data.draw(st.lists(draw, min_size=1, max_size=most))
    outcome = centre(family).read(rule.variant, answer_of(family, rule, drawn))
    assert isinstance(outcome, Accepted), outcome
    if rule.shape == "rows":
        assert outcome.rows == tuple(drawn)
    else:
        concluded = {"refused_reason"} - drawn[0].keys()
        found = {name: value for name, value in outcome.values.items() if name not in concluded}
        assert found == drawn[0]


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
@given(payload=st.binary(max_size=200), case=st.sampled_from(rules()))
def test_no_bytes_make_reading_raise(payload: bytes, case: Case) -> None:
    from core.gateway.port import Reply

    outcome = centre(case[0]).read(case[1].variant, Reply(0, payload, 1))
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
