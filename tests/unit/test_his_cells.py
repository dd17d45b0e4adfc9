"""How cells are read: every spelling of numbers, moments, flags and codes that exports use."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import CHINA
from core.his import cells
from core.his.cells import BadCell


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12.5", "12.5"),
        (" 12.50 ", "12.50"),
        ("１２．５０", "12.50"),
        ("１，２３４．５６", "1234.56"),
        ("1,234,567.89", "1234567.89"),
        ("￥1,234.00", "1234.00"),
        ("¥ 3.5", "3.5"),
        ("12.5元", "12.5"),
        ("人民币12.5", "12.5"),
        ("CNY 7", "7"),
        ("-3", "-3"),
        ("－３．５", "-3.5"),
        ("−2", "-2"),
        ("(15.00)", "-15.00"),
        ("（15.00）", "-15.00"),
        ("15.00-", "-15.00"),
        ("+8", "8"),
        ("'18", "18"),
        ("0", "0"),
        (18.6, "18.6"),
        (12.340000000000002, "12.34"),
        (3.0, "3"),
        (7, "7"),
        (True, "1"),
    ],
)
def test_a_number_is_read_however_it_is_written(written: object, value: str) -> None:
    assert cells.number(written) == Decimal(value)


@pytest.mark.parametrize(
    "written",
    ["abc", "1.2.3", "1,23", "12,50", "1,2345.00", "十二", "2盒", "--3", "1e5", "1/2", "NaN", "∞",
     "3%", "1234567890123", "0x10", "1_000"],
)  # fmt: skip
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(BadCell, match=r"^number$"):
        cells.number(written)


@pytest.mark.parametrize("written", ["", "  ", None, "　", "¥"])
def test_an_empty_number_is_told_apart(written: object) -> None:
    with pytest.raises(BadCell, match=r"^empty$"):
        cells.number(written)


def test_places_are_counted_without_closing_zeros() -> None:
    assert cells.four_places("1.230000") == Decimal("1.23")
    assert cells.money("12.340") == 1234
    with pytest.raises(BadCell, match="four_places"):
        cells.four_places("1.23456")
    with pytest.raises(BadCell, match="two_places"):
        cells.money("12.345")


@given(st.integers(-(10**13), 10**13))
def test_every_amount_comes_back(fen: int) -> None:
    yuan = Decimal(fen).scaleb(-2)
    if abs(yuan) < 10**12:
        assert cells.money(f"{yuan:.2f}") == cells.money(f"￥{yuan:,.2f}") == fen


@given(st.decimals(-(10**6), 10**6, places=4, allow_nan=False))
def test_every_price_comes_back_from_a_workbook(price: Decimal) -> None:
    assert cells.four_places(float(price)) == price


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-02 09:30:05", at(2026, 3, 2, 9, 30, 5)),
        ("2026-3-2 9:30:05", at(2026, 3, 2, 9, 30, 5)),
        ("2026/03/02 09:30", at(2026, 3, 2, 9, 30)),
        ("2026/3/2", at(2026, 3, 2)),
        ("2026.03.02", at(2026, 3, 2)),
        ("2026-03-02T09:30:05", at(2026, 3, 2, 9, 30, 5)),
        ("2026-03-02T09:30:05+08:00", at(2026, 3, 2, 9, 30, 5)),
        ("2026-03-02 09:30:05.123", at(2026, 3, 2, 9, 30, 5)),
        ("2026年3月2日", at(2026, 3, 2)),
        ("2026年3月2日 9时30分5秒", at(2026, 3, 2, 9, 30, 5)),
        ("2026年03月02日09时30分", at(2026, 3, 2, 9, 30)),
        ("２０２６－０３－０２　０９：３０：０５", at(2026, 3, 2, 9, 30, 5)),
        ("20260302", at(2026, 3, 2)),
        ("202603020930", at(2026, 3, 2, 9, 30)),
        ("20260302093005", at(2026, 3, 2, 9, 30, 5)),
        ("20260302093005123", at(2026, 3, 2, 9, 30, 5)),
        ("20260302 09:30:05", at(2026, 3, 2, 9, 30, 5)),
        ("2026/3/2 下午 2:05:00", at(2026, 3, 2, 14, 5)),
        ("2026/3/2 2:05:00 PM", at(2026, 3, 2, 14, 5)),
        ("2026/3/2 上午 12:05", at(2026, 3, 2, 0, 5)),
        ("2026/3/2 下午 12:05", at(2026, 3, 2, 12, 5)),
        ("2026-03-02 下午 14:05", at(2026, 3, 2, 14, 5)),
        ("'2026-03-02", at(2026, 3, 2)),
        (datetime(2026, 3, 2, 9, 30, 4, 999_600), at(2026, 3, 2, 9, 30, 5)),
        (date(2026, 3, 2), at(2026, 3, 2)),
        (46083.0, at(2026, 3, 2)),
        (46083.395833333336, at(2026, 3, 2, 9, 30)),
        (20260302093005.0, at(2026, 3, 2, 9, 30, 5)),
    ],
)
def test_a_moment_is_read_however_it_is_written(written: object, moment: datetime) -> None:
    assert cells.moment(written) == moment


@pytest.mark.parametrize(
    "written",
    ["03/02/2026", "2-3-2026", "26-03-02", "2026-03/02", "March 2, 2026", "昨天", "2026-03", "2026",
     "2026030", "46083.4", "9:30"],
)  # fmt: skip
def test_a_doubtful_moment_is_refused(written: str) -> None:
    with pytest.raises(BadCell, match=r"^moment$"):
        cells.moment(written)


@pytest.mark.parametrize(
    "written",
    ["2026-02-30", "2026-13-01", "2026-03-02 24:00:00", "2026-03-02 09:60", "20260230101010",
     "2026/3/2 上午 13:05", "2026-02-30 09:00:00"],
)  # fmt: skip
def test_a_moment_that_never_was_is_refused(written: str) -> None:
    with pytest.raises(BadCell, match=r"^no_such_day$"):
        cells.moment(written)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)))
def test_every_second_comes_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    for form in (
        "%Y-%m-%d %H:%M:%S",
        "%Y%m%d%H%M%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y年%m月%d日%H时%M分%S秒",
    ):
        assert cells.moment(moment.strftime(form)) == moment.replace(tzinfo=CHINA)


def test_a_time_of_day_has_its_own_column() -> None:
    assert cells.clock_time("9:30:05") == timedelta(hours=9, minutes=30, seconds=5)
    assert cells.clock_time(time(9, 30)) == timedelta(hours=9, minutes=30)
    assert cells.clock_time(timedelta(hours=1)) == timedelta(hours=1)
    assert cells.clock_time("") == cells.clock_time(None) == timedelta()
    with pytest.raises(BadCell):
        cells.clock_time("noon")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("D9900001", "D9900001"),
        (" Ｄ９９ ", "D99"),
        ('="00123"', "00123"),
        ("'00123", "00123"),
        ("\t00123", "00123"),
        (100001.0, "100001"),
        ("S52.500x001", "S52.500x001"),
        ("A B", "AB"),
        ("1E5", "1E5E"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_code_keeps_its_zeros_and_loses_its_dress(written: object, code: str) -> None:
    if code == "1E5E":
        with pytest.raises(BadCell, match="digits_lost"):
            cells.code(written)
    else:
        assert cells.code(written) == code


@pytest.mark.parametrize("written", ["2.02603E+17", "1E+20", 2.02603021e17, 10**15])
def test_a_number_that_excel_has_shortened_is_noticed(written: object) -> None:
    with pytest.raises(BadCell, match="digits_lost"):
        cells.code(written)


@pytest.mark.parametrize("written", ["1", "是", "Y", "yes", "√", "退", "自费", True, 1.0, "１"])
def test_yes(written: object) -> None:
    assert cells.flag(written) is True


@pytest.mark.parametrize("written", ["", "0", "否", "n", None, False, 0.0, "正常"])
def test_no(written: object) -> None:
    assert cells.flag(written) is False


def test_perhaps_is_refused() -> None:
    with pytest.raises(BadCell, match="flag"):
        cells.flag("也许")


def test_the_three_lists_by_number_or_name() -> None:
    words = ["", "1", "西药", "2", "检查", "服务设施"]
    assert [cells.list_type(word) for word in words] == ["1", "1", "1", "2", "2", "3"]
    with pytest.raises(BadCell, match="list"):
        cells.list_type("4")


def test_words_stay_words() -> None:
    assert cells.text("  布洛芬\t缓释\r\n胶囊 ") == "布洛芬 缓释 胶囊"
    assert cells.text("全角（ＡＢ）") == "全角（ＡＢ）"
    assert cells.text(12.0) == "12"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1e30, "1" + "0" * 30), (1e15, "1000000000000000"), (1e-7, "0.0000001"), (-0.5, "-0.5"),
        (12.340000000000002, "12.34"), (float("inf"), "Infinity"), (float("nan"), "NaN"),
    ],
)  # fmt: skip
def test_no_number_of_a_workbook_is_too_large_to_be_shown(cell: float, text: str) -> None:
    assert cells.shown(cell) == text


@pytest.mark.parametrize("cell", [1e30, -1e30, float("inf"), float("nan"), 1e-13])
@pytest.mark.parametrize("kind", ["price", "quantity", "money"])
def test_a_number_beyond_all_sense_is_a_bad_cell(kind: str, cell: float) -> None:
    with pytest.raises(cells.BadCell):
        cells.reader(kind)(cell)
