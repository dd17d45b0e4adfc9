"""Lists, sums, confirmations, audit deductions and appeals, records, slips, history."""

from __future__ import annotations

from base64 import b64decode
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest

from core.simulator.history import write_history
from core.simulator.slips import pdf
from tests.helpers.centre import SHEN, Counter, cancellation, line, reversal, statement


@pytest.fixture
def counter() -> Counter:
    return Counter()


# --- 9103 ---------------------------------------------------------------------------------------


def test_a_settlement_is_listed_with_our_message_id(counter: Counter) -> None:
    msgid = counter.settled()
    (row,) = counter.day()
    assert row["msgid"] == msgid
    assert (row["ipt_otp_no"], row["medrcdno"], row["opter"]) == ("MZ1", "B1", "0001")
    assert (row["psn_no"], row["psn_name"], row["med_type"]) == (int(SHEN), "沈建国", "11")
    assert row["medfee_sumamt"] == row["hifp_pay"] + row["psn_cash_pay"] == Decimal("390.60")


def test_a_cancelled_settlement_is_two_rows(counter: Counter) -> None:
    msgid = counter.settled()
    counter.clock.advance(5)
    undone = counter.cancel()
    there, back = counter.day()
    assert (there["msgid"], back["msgid"]) == (msgid, undone)
    for name in ("medfee_sumamt", "hifp_pay", "psn_cash_pay"):
        assert there[name] == -back[name] > 0
    assert back["setl_time"] == counter.now


def test_a_cancellation_stands_on_its_own_day(counter: Counter) -> None:
    counter.settled()
    counter.clock.advance(86400)
    counter.teller.sign_in()
    undone = counter.cancel()
    assert [row["msgid"] for row in counter.day()] == [undone]
    assert counter.totals()["medfee_sumamt"] == Decimal("-390.60")


def test_hospitals_do_not_see_each_other(counter: Counter) -> None:
    counter.settled()
    other = counter.another("0001", "H99000000002")
    assert other.done("1320", statement(counter.now))["setl_cnt"] == 0


def test_the_list_is_paged(counter: Counter) -> None:
    counter.centre.office.rule("page_size", 3)
    ids = []
    for n in range(7):
        ids.append(counter.settled(f"MZ{n}", f"B{n}"))
        counter.clock.advance(1)
    pages = [counter.day(page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [row["msgid"] for page in pages for row in page] == ids
    assert {row["pageCount"] for page in pages for row in page} == {3}


@pytest.mark.parametrize("code", ["9103", "9106"])
def test_a_period_must_run_forwards(counter: Counter, code: str) -> None:
    body = {"begindate": "20260303000000", "enddate": "20260302000000"}
    assert "不能晚于结束" in counter.refused(code, body)


# --- 1320, 1321 ---------------------------------------------------------------------------------


def test_totals_are_net(counter: Counter) -> None:
    counter.settled("MZ1")
    counter.settled("MZ2")
    counter.cancel("MZ2")
    found = counter.totals()
    assert found["medfee_sumamt"] == Decimal("390.60")
    assert found["setl_cnt"] == 3
    assert counter.totals(refd_setl_flag="1")["medfee_sumamt"] == Decimal("-390.60")


def test_totals_of_one_operator_or_one_sign_in(counter: Counter) -> None:
    counter.settled("MZ1")
    first = counter.teller
    counter.teller = counter.another("0002")
    counter.settled("MZ2")
    assert counter.totals()["setl_cnt"] == 2
    assert counter.totals(opter="0002")["setl_cnt"] == 1
    assert counter.totals(sign_no=first.sign_no)["setl_cnt"] == 1
    assert counter.totals(opter="0003")["setl_cnt"] == 0


def test_one_settlement_can_be_asked_for(counter: Counter) -> None:
    counter.settled()
    keys = {"ipt_otp_no": "MZ1", "medrcdno": "B1"}
    found = counter.done("1321", keys)
    assert found["medfee_sumamt"] == Decimal("390.60")
    assert counter.done("1321", keys | {"opter": "0001"}) == found
    assert "未查询到" in counter.refused("1321", keys | {"opter": "0002"})
    assert "未查询到" in counter.refused("1321", keys | {"medrcdno": "B2"})
    counter.cancel()
    assert "已撤销" in counter.refused("1321", keys)


# --- 1322, 1323 ---------------------------------------------------------------------------------


def confirmation(counter: Counter, **changes: Any) -> dict[str, Any]:
    """A 1322 body with the centre's own sums."""
    sums = {name: str(value) for name, value in counter.totals().items()}
    return statement(counter.now) | sums | changes


def test_equal_sums_are_confirmed_and_lock_the_settlements(counter: Counter) -> None:
    msgid = counter.settled()
    found = counter.done("1322", confirmation(counter))
    assert (found["stmt_rslt"], found["stmt_rslt_dscr"]) == ("0", "对账平")
    assert "请先撤销对账确认" in counter.refused("2208", cancellation(counter.now))
    assert "请先撤销对账确认" in counter.refused("2209", reversal(msgid))
    assert "已对账确认" in counter.refused("1322", confirmation(counter))
    counter.done("1323", {"stmt_no": found["stmt_no"], "memo": "错"})
    counter.cancel()


@pytest.mark.parametrize(
    "changes", [{"medfee_sumamt": "0"}, {"hifp_pay": "1"}, {"psn_cash_pay": "1"}, {"setl_cnt": "2"}]
)
def test_other_sums_are_answered_and_lock_nothing(
    counter: Counter, changes: dict[str, str]
) -> None:
    counter.settled()
    found = counter.done("1322", confirmation(counter, **changes))
    assert found["stmt_rslt"] == "1"
    assert "中心合计390.60元" in found["stmt_rslt_dscr"]
    counter.cancel()


def test_an_operators_confirmation_locks_only_his(counter: Counter) -> None:
    counter.settled("MZ1")
    counter.teller = counter.another("0002")
    counter.settled("MZ2")
    counter.done("1322", confirmation(counter) | counter_sums(counter, "0002"))
    counter.cancel("MZ1")
    assert "已对账确认" in counter.refused("2208", cancellation(counter.now, "MZ2"))


def counter_sums(counter: Counter, operator: str) -> dict[str, str]:
    """The sums of one operator as 1322 wants them."""
    found = counter.totals(opter=operator)
    return {name: str(value) for name, value in found.items()} | {"opter": operator}


def test_an_unknown_confirmation_cannot_be_undone(counter: Counter) -> None:
    assert "未查询到对账流水号X" in counter.refused("1323", {"stmt_no": "X", "memo": "错"})


# --- 9106, 3101 ---------------------------------------------------------------------------------


def deducted(counter: Counter, amount: int = 1000) -> str:
    """A settled visit with a deduction; gives its number."""
    counter.settled()
    body = {"visit": "MZ1", "bill": "B1", "line": "L2", "amount": amount, "reason": "超范围"}
    return str(order(counter, "DEDUCT", **body)["output"])


def order(counter: Counter, what: str, **body: Any) -> Any:
    """One control message in-process."""
    return counter.teller.call(f"SIM:{what}", body)


def appeal(counter: Counter, ded_id: str, **changes: Any) -> dict[str, Any]:
    """A 3101 body."""
    return {
        "ded_id": ded_id, "ipt_otp_no": "MZ1", "medrcdno": "B1", "feedetl_sn": "L2",
        "appeal_amt": "10.00", "appeal_reason": "与工伤部位相关", "appeal_time": counter.now,
        "attachment": [{"file_name": "a.pdf"}],
    } | changes  # fmt: skip


def period(counter: Counter, **changes: str) -> dict[str, str]:
    """The centre's day for 9106."""
    day = counter.now[:8]
    return {"begindate": f"{day}000000", "enddate": f"{day}235959"} | changes


def test_a_deduction_is_listed(counter: Counter) -> None:
    ded_id = deducted(counter)
    (row,) = counter.done("9106", period(counter))
    assert (row["ded_id"], row["ded_amt"], row["appeal_stas"]) == (ded_id, 10, "0")
    assert (row["feedetl_sn"], row["umamt"]) == ("L2", 372)
    assert row["appeal_end_time"] == "20260401090000"
    assert counter.done("9106", period(counter, ipt_otp_no="MZ2")) == []
    assert len(counter.done("9106", period(counter, medrcdno="B1"))) == 1


def test_an_appeal_is_taken_once(counter: Counter) -> None:
    ded_id = deducted(counter)
    found = counter.done("3101", appeal(counter, ded_id))
    assert found["appeal_no"].startswith("SS")
    assert counter.done("9106", period(counter))[0]["appeal_stas"] == "1"
    assert "不能重复申诉" in counter.refused("3101", appeal(counter, ded_id))
    assert counter.books.find("appeal")[0]["attachments"] == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ded_id": "X"}, "未查询到扣款信息X"),
        ({"medrcdno": "B2"}, "不一致"),
        ({"appeal_amt": "10.01"}, "大于扣款金额10.00"),
        ({"appeal_amt": "0"}, "必须大于零"),
        ({"appeal_reason": "长" * 501}, "实际1002字节"),
    ],
)
def test_a_bad_appeal_is_refused(counter: Counter, changes: dict[str, str], says: str) -> None:
    body = appeal(counter, deducted(counter)) | changes
    assert says in counter.refused("3101", body)


def test_an_appeal_has_its_time(counter: Counter) -> None:
    ded_id = deducted(counter)
    counter.clock.advance(31 * 86400)
    counter.teller.sign_in()
    assert "期限" in counter.refused("3101", appeal(counter, ded_id))


# --- 1106, 1107 ---------------------------------------------------------------------------------


def outpatient_record(counter: Counter, **changes: str) -> dict[str, Any]:
    """A 1106 body."""
    return {
        "ipt_otp_no": "MZ1", "psn_no": SHEN, "mdtrt_date": counter.now, "dept_code": "K010",
        "dr_codg": "D0101", "chfcomp": "右手外伤2小时", "illhis": "机器压伤", "phex": "肿胀",
        "dspo_opnn": "清创", "diseinfo": [{"diag_code": "S62.601"}], "vali_flag": "1",
    } | changes  # fmt: skip


def inpatient_record(counter: Counter, **changes: str) -> dict[str, Any]:
    """A 1107 body."""
    return {
        "ipt_otp_no": "MZ1", "psn_no": SHEN, "ipt_no": "1", "psn_name": "沈建国", "gend": "1",
        "dept_code": "K010", "adm_time": counter.now, "chfcomp": "右手外伤2小时",
        "dise_now": "机器压伤", "ipdr_code": "D0101", "vali_flag": "1",
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("code", "build"), [("1106", outpatient_record), ("1107", inpatient_record)]
)
def test_a_record_is_kept_in_versions(counter: Counter, code: str, build: Any) -> None:
    counter.register()
    for _ in range(2):
        assert counter.done(code, build(counter))["rec_sn"].startswith("BL")
    rows = counter.books.find("record", code=code)
    assert [row["version"] for row in rows] == [1, 2]
    assert "机器压伤" in rows[0]["content"]
    assert "与登记信息不一致" in counter.refused(code, build(counter, psn_no="1"))
    assert "未查询到" in counter.refused(code, build(counter, ipt_otp_no="MZ2"))


# --- 6101 ---------------------------------------------------------------------------------------


def test_the_slip_is_a_real_pdf_with_the_amounts(counter: Counter) -> None:
    counter.settled()
    found = counter.done("6101", {"ipt_otp_no": "MZ1", "medrcdno": "B1"})
    assert (found["file_name"], found["file_type"]) == ("MZ1_B1.pdf", "pdf")
    document = pypdfium2.PdfDocument(b64decode(found["file_content"]))
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "工伤保险医疗费用结算单" in text
    assert "沈建国" in text and "390.60" in text


def test_a_cancelled_settlement_has_no_slip(counter: Counter) -> None:
    counter.settled()
    counter.cancel()
    assert "已撤销" in counter.refused("6101", {"ipt_otp_no": "MZ1", "medrcdno": "B1"})


def test_any_text_fits_into_the_pdf() -> None:
    document = pypdfium2.PdfDocument(pdf(["(\\)<>", "䶮", ""]))
    assert len(document) == 1
    document.close()


# --- history ------------------------------------------------------------------------------------


def test_an_invented_month_is_whole(counter: Counter) -> None:
    assert write_history(counter.centre, 30) == 30
    settlements = counter.books.find("settlement")
    assert len(settlements) == 30
    assert sum(bool(row["cancelled_by"]) for row in settlements) == 4
    assert len(counter.books.find("deduction")) == 6
    for row in settlements:
        lines = counter.books.find("line", settlement_id=row["id"])
        assert sum(one["amount"] for one in lines) == row["total"]
    assert counter.now == "20260302090000"


def test_history_is_not_written_twice(counter: Counter) -> None:
    write_history(counter.centre, 2)
    assert write_history(counter.centre, 2) == 0
    assert len(counter.books.find("visit")) == 2


def test_history_leaves_real_books_alone(counter: Counter) -> None:
    counter.register()
    counter.upload(line(counter.now))
    assert write_history(counter.centre, 2) == 0
