"""The small machines of the protocol: conclusions, message ids, values, masks of single values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import CHINA
from core.protocol.conclusions import read_conclusions, write_conclusions
from core.protocol.ids import LENGTH, message_id
from core.protocol.masking import mask_value
from core.protocol.values import ABSENT, Odd, reader_of

PARTS = st.text(st.characters(exclude_characters="^|", codec="gbk"), max_size=8).map(str.strip)
RECORD = st.fixed_dictionaries({"id": PARTS.filter(bool), "text": PARTS, "kind": PARTS})


@given(st.lists(RECORD, max_size=5))
def test_conclusions_round_trip(records: list[dict[str, str]]) -> None:
    assert read_conclusions(write_conclusions(records)) == records


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", []),
        ("^", []),
        ("^^", []),
        ("^Q1|a|b", ["Q1"]),
        ("Q1|a|b", ["Q1"]),
        ("Q1", ["Q1"]),
        ("^Q1|a|b^", ["Q1"]),
        ("^Q1^^Q2", ["Q1", "Q2"]),
        ("^|a|b^Q2||", ["Q2"]),
        ("^ Q1 | a | b ", ["Q1"]),
    ],
)
def test_conclusions_as_they_may_come(text: str, ids: list[str]) -> None:
    assert [record["id"] for record in read_conclusions(text)] == ids


def test_a_conclusion_may_have_more_or_fewer_parts() -> None:
    assert read_conclusions("^Q1|骨折|肢体残|more|^Q2|x") == [
        {"id": "Q1", "text": "骨折", "kind": "肢体残"},
        {"id": "Q2", "text": "x", "kind": ""},
    ]


def test_conclusions_have_an_end() -> None:
    assert len(read_conclusions("^Q" * 10_000)) <= 200


def test_a_separator_inside_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="separator"):
        write_conclusions([{"id": "a^b"}])


def test_message_ids_are_30_long_and_tell_desk_and_counter() -> None:
    found = message_id("H99000000001", "20260302093000", 3, 7)
    assert found == "H99000000001202603020930003007"
    assert len(found) == LENGTH


def test_message_ids_differ_by_moment_desk_and_counter() -> None:
    ids = {
        message_id("H99000000001", moment, desk, counter)
        for moment in ("20260302093000", "20260302093001")
        for desk in range(10)
        for counter in range(1000)
    }
    assert len(ids) == 20_000


@pytest.mark.parametrize(
    ("institution", "moment", "desk", "counter"),
    [
        ("H9", "20260302093000", 1, 1),
        ("H9900000000医", "20260302093000", 1, 1),
        ("H99000000001", "2026", 1, 1),
        ("H99000000001", "2026030209300x", 1, 1),
        ("H99000000001", "20260302093000", 10, 1),
        ("H99000000001", "20260302093000", -1, 1),
        ("H99000000001", "20260302093000", 1, 1000),
        ("H99000000001", "20260302093000", 1, -1),
    ],
)
def test_a_malformed_message_id_is_never_made(
    institution: str, moment: str, desk: int, counter: int
) -> None:
    with pytest.raises(ValueError, match=r"not|range"):
        message_id(institution, moment, desk, counter)


@pytest.mark.parametrize(
    ("kind", "wire", "value"),
    [
        ("text", " a ", "a"),
        ("text", 5, "5"),
        ("text", Decimal("5.0"), "5"),
        ("text", Decimal("5.50"), "5.50"),
        ("text", True, "1"),
        ("text", "  ", ABSENT),
        ("code", 11, "11"),
        ("digits", "007", "007"),
        ("flag", False, "0"),
        ("flag", "TRUE", "1"),
        ("flag", 1, "1"),
        ("flag", "", ABSENT),
        ("flag", "Y", "y"),
        ("integer", "07", "7"),
        ("integer", Decimal("3.00"), "3"),
        ("integer", "", ABSENT),
        ("money", "1.2", 120),
        ("money", 3, 300),
        ("money", "", ABSENT),
        ("price", "1.2345", Decimal("1.2345")),
        ("quantity", -2, Decimal(-2)),
        ("price", "", ABSENT),
        ("moment", "20260302093000", datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)),
        ("moment", "", ABSENT),
        ("moment", "202603020930", datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)),
        ("day", 20260302, date(2026, 3, 2)),
        ("day", "2026-03-02", date(2026, 3, 2)),
        ("day", "", ABSENT),
        ("base64", "aGVs\nbG8=", "aGVsbG8="),
        ("base64", "", ABSENT),
        ("any", {"a": 1}, {"a": 1}),
        ("conclusions", "^", ABSENT),
    ],
)
def test_values_are_read_tolerantly(kind: Any, wire: Any, value: Any) -> None:
    assert reader_of(kind)(wire) == value


@pytest.mark.parametrize(
    ("kind", "wire"),
    [
        ("text", {}),
        ("text", []),
        ("text", Decimal("1E+50")),
        ("integer", "1.5"),
        ("integer", "x"),
        ("money", "1.234"),
        ("money", True),
        ("money", None),
        ("money", "1e50"),
        ("price", "1/3"),
        ("price", "1.2.3"),
        ("moment", "2026"),
        ("moment", "20260231000000"),
        ("day", "20260231"),
        ("day", "x"),
        ("base64", "%%%"),
    ],
)
def test_what_cannot_be_understood_is_odd(kind: Any, wire: Any) -> None:
    with pytest.raises(Odd):
        reader_of(kind)(wire)


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        ("id", "990101199001011234", "990101********1234"),
        ("id", "12345", "*****"),
        ("name", "张三丰", "张**"),
        ("name", "张", "张*"),
        ("phone", "13900001234", "139****1234"),
        ("phone", "110", "***"),
        ("birthday", "19900101", "1990****"),
        ("whole", "anything", "***"),
        ("", "open", "open"),
        ("id", "", ""),
    ],
)
def test_masks_of_single_values(mask: Any, text: str, shown: str) -> None:
    assert mask_value(text, mask) == shown
