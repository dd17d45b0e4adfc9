"""JSON of the wire: exact, strict where it would have to guess, laid out for people."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.protocol.wirejson import Unreadable, decode, escaped, laid_out, parse, to_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text()
    | st.decimals(-(10**9), 10**9, places=4, allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert parse(to_json(value)) == value
    assert parse(laid_out(value)) == value


@pytest.mark.parametrize("text", ["12.50", "0.10", "1E+2", "-7.000", "0", "123456789012345678"])
def test_numbers_keep_their_digits(text: str) -> None:
    assert to_json(parse(text)) == text


def test_numbers_with_a_point_are_exact() -> None:
    assert parse("0.1") == Decimal("0.1")
    assert isinstance(parse("1e2"), Decimal)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a":}',
        "NaN",
        "[Infinity]",
        "1" * 5000,
        "1e99999999999999999999",
        "[" * 5000,
        '{"a":1,"a":2}',
        "'a'",
    ],
)
def test_what_is_no_json_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(text)
    assert caught.value.key in ("not_json", "twice")


def test_the_same_key_with_the_same_value() -> None:
    assert parse('{"a":1,"a":1}') == {"a": 1}


def test_objects_are_no_json() -> None:
    with pytest.raises(TypeError):
        to_json({"a": 1.5})
    with pytest.raises(TypeError):
        to_json(object())


def test_escaping_leaves_the_meaning() -> None:
    text = to_json({"姓名": "张😀", "n": 1})
    assert escaped(text).isascii()
    assert json.loads(escaped(text)) == json.loads(text)


@pytest.mark.parametrize(
    ("payload", "encoding", "text"),
    [
        ("工伤".encode("gbk"), "gbk", "工伤"),
        ("㛃".encode("gb18030"), "gbk", "㛃"),
        ("工伤".encode("utf-8-sig"), "gbk", "工伤"),
        ("工".encode(), "gbk", "工"),
        (b"abc\0\0\0", "gbk", "abc"),
        (b"abc\r\n\0", "gbk", "abc"),
        (b"", "gbk", ""),
    ],
)
def test_decoding_is_tolerant(payload: bytes, encoding: str, text: str) -> None:
    assert decode(payload, encoding) == text


def test_what_no_encoding_explains_is_unreadable() -> None:
    with pytest.raises(Unreadable) as caught:
        decode(b"\xff\xfe\xff", "gbk")
    assert caught.value.key == "not_text"


def test_layout_for_people() -> None:
    assert laid_out({"a": [1, {}], "b": []}) == '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}'
