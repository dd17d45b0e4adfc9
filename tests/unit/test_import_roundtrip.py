"""Whatever lines a hospital has: written to any file and read again, they are the same lines."""

import tempfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import CHINA
from core.domain import FeeLine
from core.errors import DeskError
from core.his.importer import FeeImporter
from core.money import line_amount
from tests.helpers.his import rows_of, write_text, write_workbook

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LETTERS = st.characters(codec="gb18030", exclude_categories=("C", "Z"))
GBK_LETTERS = st.characters(codec="gbk", exclude_categories=("C", "Z"))
CODES = st.from_regex(r"[A-DF-Z][0-9A-Z]{0,11}", fullmatch=True)


def words(letters: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A name: letters with single spaces between, and some marks that files use themselves."""
    word = st.text(
        letters | st.sampled_from(",;\t|\"'()（），；".replace("\t", "")), min_size=1, max_size=6
    )
    return st.lists(word, min_size=1, max_size=3).map(" ".join)


@st.composite
def fee_lines(draw: st.DrawFn, letters: st.SearchStrategy[str]) -> list[FeeLine]:
    """A handful of lines of one visit with unique ids."""
    ids = draw(st.lists(CODES, min_size=1, max_size=6, unique=True))
    return [draw(one_line(line_id, letters)) for line_id in ids]


@st.composite
def one_line(draw: st.DrawFn, line_id: str, letters: st.SearchStrategy[str]) -> FeeLine:
    price = draw(st.decimals(0, 99999, places=4))
    quantity = draw(st.decimals(-999, 999, places=4).filter(bool))
    moment = draw(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))
    at = moment.replace(microsecond=0, tzinfo=CHINA)
    flags = {name: draw(st.booleans()) for name in ("full_self_pay", "min_unit", "is_disease")}
    return FeeLine(
        visit_no="MZ1", line_id=line_id, rx_no=draw(CODES), list_type=draw(st.sampled_from("123")),
        hosp_code=draw(CODES), name=draw(words(letters)), centre_code=draw(CODES),
        spec=draw(words(letters) | st.just("")), unit=draw(letters), price=price, quantity=quantity,
        amount=line_amount(price, quantity), occurred_at=at,
        doctor_code=draw(CODES), doctor_name=draw(words(letters)), dept_code=draw(CODES),
        category=draw(words(letters)), ref_line_id=draw(CODES | st.just("")), **flags,
    )  # fmt: skip


def read(lines: list[FeeLine], encoding: str, delimiter: str) -> tuple[FeeLine, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = write_text(Path(folder) / "a.csv", rows_of(lines), encoding, delimiter)
        found = FeeImporter(Path(folder)).preview(path)
    assert not found.faulty, [fault.text for each in found.faulty for fault in each.faults]
    assert found.total == sum(line.amount for line in lines)
    return found.lines


@SLOW
@given(
    fee_lines(LETTERS),
    st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "gb18030")),
    st.sampled_from(",;\t|"),
)
def test_every_text_file_gives_its_lines_back(lines, encoding: str, delimiter: str) -> None:
    assert read(lines, encoding, delimiter) == tuple(lines)


@SLOW
@given(fee_lines(GBK_LETTERS), st.sampled_from(",;\t|"))
def test_every_gbk_file_gives_its_lines_back(lines, delimiter: str) -> None:
    assert read(lines, "gbk", delimiter) == tuple(lines)


SAFE = st.characters(codec="gbk", exclude_categories=("C", "Z"), exclude_characters="_=")


@settings(SLOW, max_examples=15)
@given(fee_lines(SAFE))
def test_every_workbook_gives_its_lines_back(lines) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_workbook(Path(folder) / "a.xlsx", rows_of(lines))
        found = FeeImporter(Path(folder)).preview(path)
    assert found.lines == tuple(lines)


@SLOW
@given(st.binary(max_size=3000))
def test_no_file_breaks_the_importer(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(data)
        try:
            found = FeeImporter(Path(folder)).preview(path)
        except DeskError as error:
            assert all(fault.text for fault in error.faults)
        else:
            assert found.total == sum(line.amount for line in found.lines)


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8),
    st.decimals(-9, 9, places=2).map(str),
    st.sampled_from(("合计", "2026-03-02")),
)


@SLOW
@given(st.lists(st.lists(CELLS, min_size=8, max_size=9), max_size=5))
def test_no_row_breaks_the_importer(rows) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_text(Path(folder) / "a.csv", [*rows_of([])[:1], *rows], "utf-8-sig")
        found = FeeImporter(Path(folder)).preview(path, "MZ1")
    assert all(line.amount == line_amount(line.price, line.quantity) for line in found.lines)
    assert all(each.faults for each in found.faulty)
    assert all(isinstance(line.price, Decimal) for line in found.lines)
