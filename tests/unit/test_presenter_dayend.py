"""日终对账 without a window: periods, both sums, the confirmation and its undoing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from core.clock import CHINA
from core.domain.dayend import PairClass, Proposal, Sum
from core.errors import InvalidInput
from core.outcome import Accepted, Rejected, Unknown
from gui.screens.dayend.period import Choice, moment_of, own_period, period_of, shown
from gui.screens.dayend.presenter import CUTS, DayEndPresenter
from tests.helpers.fake_dayend import NET, NOON, DayEndPage, FakeDayEndDesk, pair
from tests.helpers.fake_desk import CHIEF

OFF = Sum(count=4, total=26000, fund=20800, personal=5200)


def made(operator: Any = None) -> tuple[DayEndPresenter, FakeDayEndDesk, DayEndPage]:
    desk = FakeDayEndDesk(operator) if operator else FakeDayEndDesk()
    page = DayEndPage()
    presenter = DayEndPresenter(desk, page)
    presenter.read()
    return presenter, desk, page


class TestPeriods:
    def days(self, choice: Choice) -> tuple[str, str]:
        found = period_of(choice, date(2026, 3, 2), FakeDayEndDesk().dayend.period)
        return f"{found.begin:%m-%d %H:%M:%S}", f"{found.end:%m-%d %H:%M:%S}"

    @pytest.mark.parametrize(
        ("choice", "begin", "end"),
        [
            (Choice(), "03-02 00:00:00", "03-02 23:59:59"),
            (Choice("yesterday"), "03-01 00:00:00", "03-01 23:59:59"),
            (Choice("month"), "03-01 00:00:00", "03-02 23:59:59"),
            (Choice("own", "2026-02-27"), "02-27 00:00:00", "02-27 23:59:59"),
            (Choice("own", "2026-02-27", "2026-03-01 18:30:00"), "02-27 00:00:00",
             "03-01 18:30:00"),
        ],
    )  # fmt: skip
    def test_what_a_choice_means(self, choice: Choice, begin: str, end: str) -> None:
        assert self.days(choice) == (begin, end)

    @pytest.mark.parametrize(
        ("begin", "end", "field", "said"),
        [
            ("gestern", "", "begin", "gestern"),
            ("2026-03-02", "2026-3-3", "end", "2026-3-3"),
            ("2026-03-02", "2026-02-30", "end", "2026-02-30"),
            ("2026-03-02", "2026-03-01", "end", "早于"),
            ("2026-01-01", "2026-03-01", "end", "31 天"),
            ("2026-03-02T10:00:00+08:00", "", "begin", "2026-03-02T"),
            ("", "", "begin", "不是日期"),
        ],
    )
    def test_what_is_none_is_said_at_its_field(
        self, begin: str, end: str, field: str, said: str
    ) -> None:
        with pytest.raises(InvalidInput) as caught:
            own_period(begin, end)
        assert caught.value.faults[0].field == field and said in caught.value.faults[0].text

    def test_a_cut_is_never_in_the_future(self) -> None:
        assert moment_of("", "end", NOON) is None
        assert moment_of("2026-03-02 11:00:00", "end", NOON) == datetime(
            2026, 3, 2, 11, tzinfo=CHINA
        )
        with pytest.raises(InvalidInput, match="将来"):
            moment_of("2026-03-02", "end", NOON)

    def test_a_whole_day_is_called_by_its_name(self) -> None:
        assert shown(own_period("2026-03-02", "2026-03-02")) == "2026-03-02"
        assert shown(own_period("2026-03-01", "2026-03-02")) == "2026-03-01 — 2026-03-02"
        assert "18:30:00" in shown(own_period("2026-03-01", "2026-03-02 18:30:00"))


class TestSums:
    def test_ours_stand_there_before_anything_is_asked(self) -> None:
        presenter, desk, _ = made()
        assert not desk.asked("compare")
        lines = {line.name: line for line in presenter.books.lines()}
        assert lines["total"].ours == "250.00" and lines["total"].centre == ""
        assert lines["total"].holds is None
        assert presenter.books.apart() == ("结算 3 笔 300.00 元", "退费 1 笔 -50.00 元")
        assert presenter.books.verdict() == ""

    def test_operators_and_kinds_in_words_with_refunds_apart(self) -> None:
        presenter, _, _ = made()
        [row] = presenter.books.parts("operators")
        assert (row.name, row.total, row.refunds) == ("王示例", "250.00", "退 -50.00")
        assert [row.name for row in presenter.books.parts("kinds")] == ["门诊肢体残", "12"]

    def test_equal_is_a_word_and_a_banner(self) -> None:
        presenter, _, page = made()
        presenter.compare()
        assert presenter.books.verdict() == "equal"
        assert {line.holds for line in presenter.books.lines()} == {True}
        assert page.kinds == ["done"]

    def test_where_the_centre_takes_no_confirmation_equal_is_the_end(self) -> None:
        presenter, desk, page = made()
        desk.dayend.may_confirm = False
        presenter.compare()
        assert page.kinds == ["done"] and "F2" not in page.text and "核对到此完成" in page.text
        presenter.confirm()
        presenter.confirm()
        assert "不收对账确认" in page.text and not desk.asked("confirm")

    def test_unequal_says_by_how_much(self) -> None:
        presenter, desk, page = made()
        desk.dayend.centre = OFF
        presenter.compare()
        assert presenter.books.verdict() == "unequal"
        line = presenter.books.lines()[0]
        assert (line.difference, line.holds) == ("-10.00", False)
        assert "-10.00" in page.text and "F3" in page.text

    def test_a_centre_that_tells_no_number_is_not_said_to_differ(self) -> None:
        presenter, desk, _ = made()
        desk.dayend.centre = NET.model_copy(update={"count": None})
        presenter.compare()
        line = presenter.books.lines()[-1]
        assert (line.name, line.centre, line.holds) == ("count", "", None)

    def test_open_cases_are_a_verdict_of_their_own(self) -> None:
        presenter, desk, page = made()
        desk.dayend.unresolved = 2
        presenter.compare()
        assert presenter.books.verdict() == "open" and "2 笔" in page.text
        presenter.confirm()
        assert "待处理" in page.text and not presenter.books.armed

    def test_another_choice_forgets_what_was_compared(self) -> None:
        presenter, desk, _ = made()
        presenter.compare()
        presenter.books.take(operator="001")
        assert presenter.books.comparison is None
        assert desk.asked("totals")[-1] == ("totals", NOON.date(), "001", "")
        presenter.books.take(name="own", begin="2026-02-27", end="2026-02-28")
        presenter.compare()
        assert desk.asked("compare")[-1][1:] == (date(2026, 2, 27), "001", "")

    def test_a_wrong_day_asks_nobody(self) -> None:
        presenter, desk, page = made()
        presenter.books.take(name="own", begin="31.12.")
        presenter.compare()
        assert not desk.asked("compare") and "31.12." in page.text

    def test_own_without_days_waits_for_them(self) -> None:
        presenter, desk, page = made()
        before = len(desk.calls)
        presenter.books.take(name="own")
        assert len(desk.calls) == before and page.said == []

    def test_the_choice_stands_while_the_centre_is_asked(self) -> None:
        presenter, _, page = made()
        page.hold = True
        presenter.compare()
        presenter.books.take(operator="001")
        assert presenter.books.choice.operator == "" and presenter.busy
        page.finish()
        assert presenter.books.verdict() == "equal" and not presenter.busy

    def test_an_answer_for_another_period_is_dropped(self) -> None:
        presenter, desk, page = made()
        page.hold = True
        presenter.books.read()
        presenter.books.choice = Choice("yesterday")
        page.finish()
        assert presenter.books.choice.name == "yesterday" and presenter.books.heading() != ""
        assert desk.asked("totals")


class TestConfirming:
    def test_f2_twice_confirms(self) -> None:
        presenter, desk, page = made()
        presenter.compare()
        presenter.confirm()
        assert presenter.books.armed and not desk.asked("confirm")
        presenter.confirm()
        assert presenter.books.verdict() == "confirmed"
        assert "DZ1" in page.text
        [row] = presenter.books.former()
        assert (row.state, row.total, row.period) == ("已确认", "250.00", "2026-03-02")

    def test_esc_takes_the_first_press_back(self) -> None:
        presenter, desk, _ = made()
        presenter.compare()
        presenter.confirm()
        assert presenter.disarm() and not presenter.disarm()
        presenter.confirm()
        assert presenter.books.armed and not desk.asked("confirm")

    def test_nothing_is_confirmed_before_the_sums_agree(self) -> None:
        presenter, desk, page = made()
        presenter.confirm()
        assert "F5" in page.text
        desk.dayend.centre = OFF
        presenter.compare()
        presenter.confirm()
        presenter.confirm()
        assert "F3" in page.text and not desk.asked("confirm")

    def test_a_refusal_is_told_in_the_centres_words(self) -> None:
        presenter, desk, page = made()
        desk.dayend.outcome = Rejected("-1", "该期间已对账")
        presenter.compare()
        presenter.confirm()
        presenter.confirm()
        assert "该期间已对账" in page.text and presenter.books.verdict() == "equal"

    def test_a_centre_that_finds_other_sums_confirms_nothing(self) -> None:
        presenter, desk, page = made()
        presenter.compare()
        said = Accepted({"result": "1", "result_text": "金额不平"})
        desk.dayend.confirm = lambda _: (said, None)  # type: ignore[method-assign,assignment]
        presenter.confirm()
        presenter.confirm()
        assert page.kinds == ["warning"] and "金额不平" in page.text
        assert presenter.books.verdict() == "equal"

    def test_silence_is_unknown_not_failed(self) -> None:
        presenter, desk, page = made()
        desk.dayend.outcome = Unknown("timeout", "中心未答复")
        presenter.compare()
        presenter.confirm()
        presenter.confirm()
        assert page.kinds[0] == "unknown"

    def test_a_cashier_undoes_with_a_supervisor(self) -> None:
        presenter, desk, page = made()
        presenter.compare()
        presenter.confirm()
        presenter.confirm()
        assert not presenter.is_supervisor()
        presenter.books.undo("确认后有退费", CHIEF.id, "falsch")
        assert not desk.asked("undo") and not presenter.busy
        presenter.books.undo("确认后有退费", CHIEF.id, "right")
        assert desk.asked("undo") == [("undo", "C-1", "确认后有退费", CHIEF.id)]
        assert presenter.books.verdict() == "equal"
        assert presenter.books.former()[0].state == "已撤销"
        assert presenter.why_not("undo_day") is not None and "撤销" in page.text

    def test_a_second_person_is_another_one_and_a_supervisor(self) -> None:
        presenter, desk, page = made()
        presenter.compare()
        presenter.confirm()
        presenter.confirm()
        presenter.books.undo("确认后有退费", "002", "right")
        assert not desk.asked("undo") and "须是主管" in page.text

    def test_a_supervisor_undoes_alone_and_any_former_one(self) -> None:
        presenter, desk, _ = made(CHIEF)
        for name in ("today", "yesterday"):
            presenter.books.take(name=name)
            presenter.compare()
            presenter.confirm()
            presenter.confirm()
        presenter.books.pick("C-1")
        presenter.books.undo("发现差错")
        assert desk.asked("undo") == [("undo", "C-1", "发现差错", CHIEF.id)]
        assert presenter.books.verdict() == "confirmed"


def test_keys_of_the_other_part_say_where_they_belong() -> None:
    presenter, _, page = made()
    assert "F6" in presenter.why_not("print_day").text
    presenter.switch()
    assert presenter.section == CUTS
    assert "F6" in presenter.why_not("compare_day").text
    presenter.compare()
    assert "F6" in page.text


def test_f2_is_meant_for_the_pair_while_there_is_one_to_repair() -> None:
    presenter, desk, _ = made()
    desk.dayend.centre = OFF
    desk.dayend.pairs = (pair(PairClass.CENTRE_ONLY, Proposal.COMPLETE),)
    presenter.compare()
    assert not presenter.repairs()
    presenter.match()
    assert presenter.repairs() and presenter.why_not("confirm_day") is None
    presenter.switch()
    assert not presenter.repairs()


def test_the_journals_news_are_read_unless_something_is_asked() -> None:
    presenter, desk, page = made()
    before = len(desk.asked("totals"))
    presenter.changed(object())
    assert len(desk.asked("totals")) == before + 1
    page.hold = True
    presenter.compare()
    presenter.changed(object())
    assert len(page.waiting) == 1
