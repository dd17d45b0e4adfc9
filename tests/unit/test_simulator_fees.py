"""Fee lines: priced, all or none, each once, refunds within what was charged."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.helpers.centre import (
    CAPPED,
    DRUG,
    FACILITY,
    MATERIAL,
    SELF,
    SERVICE,
    SHARED,
    Counter,
    line,
    settlement,
)


@pytest.fixture
def counter() -> Counter:
    counter = Counter()
    counter.register()
    return counter


def test_the_answer_has_one_row_a_line_in_order(counter: Counter) -> None:
    now = counter.now
    rows = counter.upload(
        line(now, number="L3", code=CAPPED, count=2),
        line(now, number="L1", code=SHARED),
        line(now, number="L2", code=SELF),
    )
    assert [row["feedetl_sn"] for row in rows] == ["L3", "L1", "L2"]
    money = [(row["umamt"], row["ownpay_amt"], row["alwpay_amt"]) for row in rows]
    assert money == [
        (Decimal("372.00"), 0, Decimal("42.00")),
        (Decimal("31.20"), Decimal("3.12"), 0),
        (Decimal("745.00"), Decimal("745.00"), 0),
    ]
    assert [row["chrgitm_lv"] for row in rows] == ["2", "2", "3"]
    assert rows[0]["pric_uplmt_amt"] == Decimal("165.00")
    assert "限价165" in rows[0]["memo"]
    assert rows[0]["rxno"] == "R1" and rows[0]["fee_ocur_time"] == now


def test_the_books_hold_what_was_answered(counter: Counter) -> None:
    counter.upload(line(counter.now, code=CAPPED, count=2))
    row = counter.books.find("line")[0]
    assert (row["amount"], row["self_paid"], row["over_limit"]) == (37200, 0, 4200)
    assert (row["price"], row["quantity"]) == ("186.0000", "2")
    assert row["msgid"] == counter.teller.msgid


def test_the_flag_makes_a_line_self_paid(counter: Counter) -> None:
    rows = counter.upload(line(counter.now, allSelfFlag="1"))
    assert rows[0]["ownpay_amt"] == rows[0]["umamt"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"med_list_codg": "X1"}, "收费项目编码X1不在目录内"),
        ({"list_type": "2"}, "布洛芬缓释胶囊的三大目录类别应为1"),
        ({"umamt": "18.61"}, "金额18.61与单价×数量（18.60）不符"),
        ({"cnt": "0", "umamt": "0"}, "数量不能为零"),
        ({"pric": "-18.6", "umamt": "-18.6"}, "单价不能为负"),
        ({"fee_ocur_time": "20260302090001"}, "晚于中心系统时间"),
        ({"cnt": "-1", "umamt": "-18.6"}, "退费数量超过已上传数量"),
    ],
)
def test_a_bad_line_is_refused_by_its_number(
    counter: Counter, changes: dict[str, str], says: str
) -> None:
    text = counter.refused("2204", [line(counter.now, number="L7", **changes)])
    assert "处方流水号L7" in text
    assert says in text


def test_all_lines_of_a_message_or_none(counter: Counter) -> None:
    good, bad = line(counter.now, number="L1"), line(counter.now, number="L2", code="X1")
    counter.refused("2204", [good, bad])
    assert counter.books.find("line") == []


def test_a_line_number_is_taken_once(counter: Counter) -> None:
    counter.upload(line(counter.now, number="L1"))
    again = [line(counter.now, number="L0"), line(counter.now, number="L1")]
    assert counter.refused("2204", again) == "处方流水号L1已存在，不能重复上传"
    assert len(counter.books.find("line")) == 1


def test_a_line_number_stands_once_in_a_message(counter: Counter) -> None:
    twice = [line(counter.now, number="L1"), line(counter.now, number="L1")]
    assert "同一报文内" in counter.refused("2204", twice)


def test_visits_have_line_numbers_of_their_own(counter: Counter) -> None:
    counter.register("MZ2")
    counter.upload(line(counter.now, "MZ1"), line(counter.now, "MZ2"))
    assert len(counter.books.find("line")) == 2


@pytest.mark.parametrize("count", [0, 101])
def test_a_message_has_one_line_to_a_hundred(counter: Counter, count: int) -> None:
    rows = [line(counter.now, number=f"L{n}") for n in range(count)]
    text = counter.refused("2204", rows)
    assert ("没有需要上传" in text) if not count else ("单次最多上传100条明细，本次101条" in text)


@pytest.mark.parametrize(
    ("price", "count", "right"),
    [
        ("0.8333", "3", "2.50"),  # 2.4999
        ("0.0585", "10", "0.59"),  # 0.585
        ("1.3650", "1", "1.37"),  # 1.365: half up, not to even
        ("2.4175", "2", "4.84"),  # 4.835
        ("33.3333", "0.0003", "0.01"),
    ],
)
def test_amounts_round_half_up_to_the_fen(
    counter: Counter, price: str, count: str, right: str
) -> None:
    lower = str(Decimal(right) - Decimal("0.01"))
    row = line(counter.now, pric=price, cnt=count, umamt=lower)
    assert f"（{right}）不符" in counter.refused("2204", [row])
    rows = counter.upload(row | {"umamt": right})
    assert rows[0]["umamt"] == Decimal(right)


# --- refunds ------------------------------------------------------------------------------------


def test_a_refund_takes_back_what_the_line_brought(counter: Counter) -> None:
    counter.upload(
        line(counter.now, number="L1", code=CAPPED, count=2), line(counter.now, number="L2")
    )
    before = counter.done("2206", settlement(counter.now))
    counter.upload(line(counter.now, number="L3", code=SHARED, count="1.5"))
    counter.upload(line(counter.now, number="T3", code=SHARED, count="-1.5"))
    assert counter.done("2206", settlement(counter.now)) == before


def test_a_refund_within_the_same_message_counts(counter: Counter) -> None:
    counter.upload(
        line(counter.now, number="L1", count=2), line(counter.now, number="T1", count=-2)
    )


def test_a_refund_of_more_than_is_there_is_refused(counter: Counter) -> None:
    counter.upload(line(counter.now, number="L1", count=2))
    counter.upload(line(counter.now, number="T1", count=-1))
    text = counter.refused("2204", [line(counter.now, number="T2", count=-2)])
    assert "布洛芬缓释胶囊退费数量超过" in text


# --- 2205 ---------------------------------------------------------------------------------------


def test_one_line_is_removed_and_its_number_is_free(counter: Counter) -> None:
    counter.upload(line(counter.now, number="L1"), line(counter.now, number="L2"))
    counter.done("2205", {"ipt_otp_no": "MZ1", "rxno": "R1", "feedetl_sn": "L1"})
    assert [row["line_id"] for row in counter.books.find("line", removed_by="")] == ["L2"]
    counter.upload(line(counter.now, number="L1"))


def test_a_prescription_is_removed(counter: Counter) -> None:
    now = counter.now
    counter.upload(
        line(now, number="L1"), line(now, number="L2"), line(now, number="L3", rxno="R2")
    )
    counter.done("2205", {"ipt_otp_no": "MZ1", "rxno": "R1", "feedetl_sn": ""})
    assert [row["line_id"] for row in counter.books.find("line", removed_by="")] == ["L3"]


def test_empty_numbers_remove_everything_and_may_be_repeated(counter: Counter) -> None:
    counter.upload(line(counter.now, number="L1"), line(counter.now, number="L2"))
    for _ in range(2):
        counter.done("2205", {"ipt_otp_no": "MZ1", "rxno": "", "feedetl_sn": ""})
    assert counter.books.find("line", removed_by="") == []


def test_an_unknown_line_is_refused(counter: Counter) -> None:
    body = {"ipt_otp_no": "MZ1", "rxno": "R1", "feedetl_sn": "L9"}
    assert "未查询到处方号R1处方流水号L9" in counter.refused("2205", body)


def test_settled_lines_stay(counter: Counter) -> None:
    counter.upload(line(counter.now))
    counter.settle()
    everything = {"ipt_otp_no": "MZ1", "rxno": "", "feedetl_sn": ""}
    assert "请先撤销结算" in counter.refused("2205", everything)
    assert "L1的费用明细已结算" in counter.refused("2205", everything | {"feedetl_sn": "L1"})
    assert "请先撤销结算" in counter.refused("2204", [line(counter.now, number="L2")])


# --- 9104 ---------------------------------------------------------------------------------------


def test_lines_are_listed_as_booked(counter: Counter) -> None:
    counter.upload(line(counter.now, number="L1", code=CAPPED, count="2.5"))
    (row,) = counter.done("9104", {"ipt_otp_no": "MZ1"})
    assert (row["pric"], row["cnt"], row["umamt"]) == (186, Decimal("2.5"), 465)
    assert (row["medrcdno"], row["list_type"], row["pageCount"]) == ("", "1", 1)


def test_removed_lines_are_not_listed(counter: Counter) -> None:
    counter.upload(line(counter.now))
    counter.done("2205", {"ipt_otp_no": "MZ1"})
    assert counter.done("9104", {"ipt_otp_no": "MZ1"}) == []


def test_lines_are_listed_by_bill(counter: Counter) -> None:
    counter.upload(line(counter.now))
    counter.settle(bill="B7")
    rows = counter.done("9104", {"ipt_otp_no": "MZ1", "mdtrt_id": "B7"})
    assert [row["medrcdno"] for row in rows] == ["B7"]
    assert counter.done("9104", {"ipt_otp_no": "MZ1", "mdtrt_id": "B8"}) == []


def upload_many(counter: Counter, count: int) -> None:
    """So many lines, in batches of a hundred."""
    rows = [line(counter.now, number=f"L{n:04d}") for n in range(count)]
    for start in range(0, count, 100):
        counter.upload(*rows[start : start + 100])


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, [0, 0]), (1, [1, 0]), (50, [50, 0]), (51, [50, 1]), (120, [50, 50, 20])],
)
def test_pages_have_fifty_rows_and_say_how_many_there_are(
    counter: Counter, count: int, sizes: list[int]
) -> None:
    upload_many(counter, count)
    pages = [
        counter.done("9104", {"ipt_otp_no": "MZ1", "pageNumber": n})
        for n in range(1, len(sizes) + 1)
    ]
    assert [len(page) for page in pages] == sizes
    numbers = [row["feedetl_sn"] for page in pages for row in page]
    assert numbers == [f"L{n:04d}" for n in range(count)]
    for page in pages:
        assert {row["pageCount"] for row in page} <= {max(1, -(-count // 50))}


@pytest.mark.parametrize("page", ["", "0", None, "1", 1])
def test_the_first_page_is_the_default(counter: Counter, page: Any) -> None:
    upload_many(counter, 60)
    assert len(counter.done("9104", {"ipt_otp_no": "MZ1", "pageNumber": page})) == 50


def test_every_kind_of_item_adds_to_its_own_sum(counter: Counter) -> None:
    now = counter.now
    counter.upload(
        line(now, number="L1", code=DRUG),
        line(now, number="L2", code=SERVICE),
        line(now, number="L3", code=MATERIAL, count=5),
        line(now, number="L4", code=FACILITY, count=2),
    )
    found = counter.done("2206", settlement(now))
    assert found["drug_fee"] == Decimal("18.60")
    assert found["dati_fee"] == Decimal("96.00")
    assert found["ms_fee"] == Decimal("2.80")
    assert found["medfee_sumamt"] == Decimal("117.40")
