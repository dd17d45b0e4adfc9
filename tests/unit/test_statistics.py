"""Statistics of a journal with known rows: money by group, refunds, doubts, deductions, rates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.clock import ManualClock
from core.domain import State
from core.domain.deduction import AppealState, Deduction
from core.errors import InvalidInput, SetupError
from core.journal import Journal
from core.journal.figures import Figures
from core.journal.store import Change
from core.service.statistics import GROUPINGS, Report, Statistics, month_of, rate
from tests.helpers.audits import Audited
from tests.helpers.journals import begin, moment, opened, settlement

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
KINDS = {"11": "门诊肢体残", "12": "门诊职业病"}
REGISTERED = '{{"visit_no":"{0}","dept_code":"{1}","dept_name":"{2}","med_type":"{3}"}}'


def move(journal: Journal, visit: str, day: int, total: int, fund: int, **more: Any) -> None:
    """One row of what moved money, of a visit that is registered."""
    known = {
        "at": f"2026-03-{day:02}T10:00:00+08:00", "msgid": f"M-{visit}", "settlement": "",
        "refund": 0, "visit_no": visit, "bill_no": f"{visit}-1", "kind": "11", "total": total,
        "fund": fund, "personal": total - fund, "operator": "01", "operator_name": "甲",
        "struck_by": "",
    } | more  # fmt: skip
    holes = ", ".join("?" * len(known))
    sql = f"INSERT INTO movement ({', '.join(known)}) VALUES ({holes})"
    journal.db.conn.execute(sql, tuple(known.values()))


def register(journal: Journal, visit: str, code: str, name: str, kind: str = "11") -> None:
    """What the desk knows of a visit."""
    sql = "INSERT INTO visit (visit_no, registration) VALUES (?, ?)"
    journal.db.conn.execute(sql, (visit, REGISTERED.format(visit, code, name, kind)))


def refund(journal: Journal, visit: str, day: int, total: int, fund: int) -> None:
    """The refund of a visit's settlement."""
    move(journal, visit, day, -total, -fund, refund=1, msgid=f"R-{visit}", operator="02",
         operator_name="乙")  # fmt: skip


def filled(journal: Journal) -> None:
    """March: two days of settlements, one refund, one struck row, one of April."""
    register(journal, "A", "K1", "骨科")
    register(journal, "B", "K1", "骨科")
    register(journal, "C", "", "", "12")
    move(journal, "A", 2, 10_000, 8_000)
    move(journal, "B", 2, 5_000, 5_000)
    move(journal, "C", 9, 2_000, 500, kind="12", operator="02", operator_name="乙")
    refund(journal, "B", 9, 5_000, 5_000)
    move(journal, "X", 9, 999, 999, struck_by="M9")
    move(journal, "Y", 9, 777, 777, at="2026-04-01T00:00:00+08:00")
    journal.ledger.add_settlement(
        settlement("M-A", "A", settled_at=moment(10, 0, 2), operator_id="01"), {}
    )
    journal.ledger.audits.keep_deductions([deduction("D1", 300), deduction("D2", 50, "Z")])


def deduction(ded_id: str, fen: int, visit: str = "A", **more: Any) -> Deduction:
    """A deduction of March."""
    known = {"visit_no": visit, "bill_no": f"{visit}-1", "audited_at": moment(8, 0, 20)} | more
    return Deduction(ded_id=ded_id, deducted=fen, seen_at=moment(), **known)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    with opened(tmp_path_factory.mktemp("statistics")) as (_, made):
        with made.commit():
            filled(made)
        lost = begin(made, "A")
        made.change(lost.msgid, Change([State.UNKNOWN], unknown_since=moment()))
        yield made


@pytest.fixture(scope="module")
def statistics(journal: Journal) -> Statistics:
    return Statistics(Figures(journal.path), ManualClock(), lambda code: KINDS.get(code, code))


def rows(report: Report) -> dict[str, tuple[int, ...]]:
    """What moved, by label, without the empty groups."""
    return {
        row.label: (row.settlements, row.total, row.fund, row.personal, row.refunds, row.refunded)
        for row in report.rows
        if row.settlements or row.refunds
    }


@pytest.mark.parametrize(
    ("by", "wanted"),
    [
        ("day", {"2026-03-02": (2, 15_000, 13_000, 2_000, 0, 0),
                 "2026-03-09": (1, 2_000, 500, 1_500, 1, 5_000)}),
        ("month", {"2026-03": (3, 17_000, 13_500, 3_500, 1, 5_000)}),
        ("dept", {"骨科": (2, 15_000, 13_000, 2_000, 1, 5_000),
                  "未填科室": (1, 2_000, 500, 1_500, 0, 0)}),
        ("operator", {"甲": (2, 15_000, 13_000, 2_000, 0, 0),
                      "乙": (1, 2_000, 500, 1_500, 1, 5_000)}),
        ("kind", {"门诊肢体残": (2, 15_000, 13_000, 2_000, 1, 5_000),
                  "门诊职业病": (1, 2_000, 500, 1_500, 0, 0)}),
    ],
)  # fmt: skip
def test_money_by_every_grouping(
    statistics: Statistics, by: Any, wanted: dict[str, tuple[int, ...]]
) -> None:
    report = statistics.report(by, FIRST, LAST)
    assert rows(report) == wanted
    whole = report.sum
    assert (whole.settlements, whole.total, whole.refunded, whole.net) == (3, 17_000, 5_000, 12_000)
    assert whole.total == whole.fund + whole.personal


@pytest.mark.parametrize("by", GROUPINGS)
def test_doubts_and_deductions_are_counted_in_every_grouping(
    statistics: Statistics, by: Any
) -> None:
    whole = statistics.report(by, FIRST, LAST).sum
    assert (whole.doubted, whole.unresolved, whole.lost) == (1, 1, 1)
    assert (whole.deductions, whole.deducted) == (1, 300)
    assert whole.deduction_rate == rate(300, 17_000) == 176
    assert whole.unresolved_rate == rate(1, 5) == 2_000
    assert whole.fund_share == rate(13_500, 17_000)


def test_days_in_between_are_there_and_empty(statistics: Statistics) -> None:
    report = statistics.report("day", date(2026, 3, 1), date(2026, 3, 10))
    assert [row.key for row in report.rows] == [f"2026-03-{day:02}" for day in range(1, 11)]
    assert report.rows[2].total == 0 and report.rows[2].deduction_rate is None
    long = statistics.report("day", date(2025, 1, 1), date(2026, 12, 31))
    assert len(long.rows) < 10


def test_the_largest_group_stands_first(statistics: Statistics) -> None:
    totals = [row.total for row in statistics.report("dept", FIRST, LAST).rows]
    assert totals == sorted(totals, reverse=True)


def test_deductions_of_other_desks_are_told_apart(statistics: Statistics) -> None:
    assert statistics.report("day", FIRST, LAST).strays == (1, 50)
    assert statistics.report("day", date(2026, 4, 1), date(2026, 4, 30)).strays == (0, 0)


def test_what_the_centre_took_back_does_not_count(journal: Journal, statistics: Statistics) -> None:
    with journal.commit():
        journal.ledger.audits.mark("D2", AppealState.GONE)
    assert statistics.report("day", FIRST, LAST).strays == (0, 0)


def test_an_empty_period_has_no_rates(statistics: Statistics) -> None:
    report = statistics.report("operator", date(2020, 1, 1), date(2020, 1, 31))
    assert report.rows == ()
    assert (report.sum.fund_share, report.sum.unresolved_rate) == (None, None)


@pytest.mark.parametrize(
    ("first", "last", "word"),
    [(LAST, FIRST, "不能晚于"), (date(2000, 1, 1), LAST, "最多统计")],
)
def test_a_faulty_period_is_refused(
    statistics: Statistics, first: date, last: date, word: str
) -> None:
    with pytest.raises(InvalidInput, match=word):
        statistics.report("day", first, last)


@pytest.mark.parametrize(
    ("part", "whole", "wanted"),
    [(0, 0, None), (1, 0, None), (0, 5, 0), (5, 5, 10_000), (1, 3, 3_333), (2, 3, 6_667),
     (1, 20_000, 1), (1, 20_001, 0)],
)  # fmt: skip
def test_rates_are_whole_parts_of_ten_thousand(part: int, whole: int, wanted: int | None) -> None:
    assert rate(part, whole) == wanted


@pytest.mark.parametrize(
    ("day", "last"), [(date(2026, 2, 14), 28), (date(2024, 2, 1), 29), (date(2026, 12, 31), 31)]
)
def test_a_month_is_a_month(day: date, last: int) -> None:
    first, end = month_of(day)
    assert (first.day, end.day, first.month, end.month) == (1, last, day.month, day.month)


def test_a_file_that_is_no_journal_says_so(tmp_path: Path) -> None:
    (tmp_path / "j.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(SetupError, match=r"j\.db"):
        Figures(tmp_path / "j.db").strays("2026-03-01", "2026-03-31")


def test_reading_needs_no_lock_of_the_journal(journal: Journal, statistics: Statistics) -> None:
    with journal.commit():
        journal.ledger.remember("half", "done")
        assert statistics.report("month", FIRST, LAST).sum.settlements == 3


def test_a_real_day_of_the_desk(tmp_path: Path) -> None:
    audited = Audited(tmp_path)
    try:
        item = audited.listed(500, line=1)
        desk, today = audited.desk, audited.today
        paid = desk.visits.read(audited.visit_no).settlement
        assert paid is not None
        whole = desk.statistics.report("dept", today - timedelta(days=1), today).sum
        assert (whole.settlements, whole.total) == (1, paid.amounts.total)
        assert (whole.deductions, whole.deducted) == (1, item.deducted)
        desk.refund.cancel_settlement(audited.visit_no, "患者要求")
        whole = desk.statistics.report("kind", today, today).sum
        assert (whole.refunds, whole.refunded, whole.net) == (1, paid.amounts.total, 0)
    finally:
        audited.close()
