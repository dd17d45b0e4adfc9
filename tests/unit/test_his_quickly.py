"""Columns read at once hold exactly what the reader of one cell gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import CHINA
from core.domain import FeeLine
from core.domain.fees import lines_of
from core.his import quickly
from core.his.cells import BadCell, reader
from core.his.columns import read_columns
from tests.helpers.his import fee_line

CELLS = st.one_of(
    st.text(max_size=8), st.from_regex(r"[A-Za-z0-9_.-]{1,8}", fullmatch=True), st.integers(),
    st.datetimes(), st.none(), st.sampled_from([
        "2026-03-02 09:30:00", "2026-13-02 09:30:00", "2026-03-02T09:30:00", "2026-W10-1 09:30:00",
        "1E5", "12e3", "001", "Ａ１", " a ", "a\tb", "", "x" * 61, "1" * 61, True,
    ]),
)  # fmt: skip
COLUMNS = st.one_of(
    st.lists(CELLS, min_size=1, max_size=6),
    st.lists(st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,6}", fullmatch=True), min_size=1),
    st.lists(st.datetimes(), min_size=1),
    st.lists(st.datetimes().map(lambda at: f"{at:%Y-%m-%d %H:%M:%S}"), min_size=1),
)


@pytest.mark.parametrize("kind", list(quickly.READERS))
@given(cells=COLUMNS)
def test_a_column_read_at_once_is_what_its_cells_give(kind, cells):
    found = quickly.read(kind, cells)
    if found is not None:
        assert found == [reader(kind)(cell) for cell in cells]
        assert [type(value) for value in found] == [type(reader(kind)(cell)) for cell in cells]


def test_what_databases_give_is_read_at_once():
    at = datetime(2026, 3, 2, 9, 30)
    assert quickly.read("code", ["A1", "b-2.x"]) == ["A1", "b-2.x"]
    assert quickly.read("code", [7, 1234567890123]) == ["7", "1234567890123"]
    assert quickly.read("text", [" 布洛芬 ", "x"]) == ["布洛芬", "x"]
    assert quickly.read("moment", [at]) == [at.replace(tzinfo=CHINA)]
    assert quickly.read("moment", ["2026-03-02 09:30:00"]) == [at.replace(tzinfo=CHINA)]


@pytest.mark.parametrize(("kind", "cells"), [
    ("code", ["1E5", "A"]), ("code", [True]), ("code", [10**15]), ("code", [-1]), ("code", ["a b"]),
    ("text", ["a\nb"]), ("text", [None]), ("text", ["x" * 4097]),
    ("moment", ["2026-02-30 00:00:00"]),
    ("moment", [datetime(2026, 3, 2, tzinfo=UTC)]), ("moment", [datetime(2026, 3, 2, 0, 0, 0, 5)]),
    ("price", [Decimal(1)]), ("code", []),
])  # fmt: skip
def test_what_wants_care_is_left_to_the_reader_of_one_cell(kind, cells):
    assert quickly.read(kind, cells) is None


def test_a_moment_of_another_zone_is_the_same_moment_in_china():
    there = timezone(timedelta(hours=-5))
    (found,) = read_columns(
        {"occurred_at": [datetime(2026, 3, 1, 20, 30, tzinfo=there)]}, 1
    ).columns["occurred_at"]
    assert found == datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)
    assert found.utcoffset() == timedelta(hours=8)


def test_a_faulty_cell_among_many_is_named():
    cells = [f"2026-03-02 09:30:{second:02}" for second in range(50)]
    table = read_columns({"occurred_at": [*cells, "2026-02-30 09:30:00"]}, 51)
    assert list(table.faults) == [50]
    assert table.columns["occurred_at"][:50] == [reader("moment")(cell) for cell in cells]
    with pytest.raises(BadCell):
        reader("moment")("2026-02-30 09:30:00")


def test_lines_made_in_bulk_are_lines():
    wanted = [fee_line(number) for number in range(3)]
    columns = {name: [getattr(line, name) for line in wanted] for name in FeeLine.model_fields}
    made = lines_of(columns, 3)
    assert list(made) == wanted
    assert made[1].model_dump_json() == wanted[1].model_dump_json()
    changed = made[0].model_copy(update={"name": "x"})
    assert (changed.name, made[0].name) == ("x", wanted[0].name)
    del columns["spec"]
    assert lines_of(columns, 3)[0].spec == ""


@pytest.mark.parametrize("change", [{"price": None}, {"strange": [1]}])
def test_columns_that_are_no_lines(change):
    columns = {name: [getattr(fee_line(), name)] for name in FeeLine.model_fields} | change
    with pytest.raises(ValueError, match="not the fields"):
        lines_of({name: cells for name, cells in columns.items() if cells is not None}, 1)
