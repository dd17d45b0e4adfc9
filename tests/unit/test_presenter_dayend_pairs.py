"""The match without a window: chips, sides, the one repair, repairs of a class, totals again."""

from __future__ import annotations

from dataclasses import replace

from core.domain.dayend import Pair, PairClass, Proposal, Repaired, Sum
from core.errors import Refused, fault
from core.events import Progress
from core.money import show
from gui.screens.dayend.pairs import OPEN
from gui.screens.dayend.presenter import DayEndPresenter
from gui.screens.dayend.three_books import differs, side_amount
from tests.helpers.fake_dayend import NET, DayEndPage, FakeDayEndDesk, pair, side
from tests.helpers.fake_desk import CHIEF

OFF = Sum(count=4, total=26000, fund=20800, personal=5200)
LATE = tuple(pair(PairClass.CENTRE_ONLY, Proposal.COMPLETE, f"MZ-{n}") for n in range(3))
DEAR = pair(PairClass.AMOUNT_DIFFERS, Proposal.SETTLE_AGAIN, "MZ-7", needs_second=True)
GONE = pair(PairClass.REFUND_PAIR, Proposal.NONE, "MZ-8")


def matched(*pairs: Pair, centre: Sum = OFF) -> tuple[DayEndPresenter, FakeDayEndDesk, DayEndPage]:
    desk, page = FakeDayEndDesk(), DayEndPage()
    desk.dayend.centre, desk.dayend.pairs = centre, pairs
    presenter = DayEndPresenter(desk, page)
    presenter.compare()
    presenter.match()
    return presenter, desk, page


def test_nothing_is_matched_before_it_was_compared() -> None:
    desk, page = FakeDayEndDesk(), DayEndPage()
    presenter = DayEndPresenter(desk, page)
    presenter.match()
    assert "F5" in page.text and not desk.asked("match")
    assert presenter.pairs.rows() == () and presenter.pairs.counts() == {OPEN: 0}
    assert presenter.pairs.summary() == "" and presenter.pairs.headline() == ""


def test_chips_count_and_filter() -> None:
    presenter, _, page = matched(*LATE, DEAR, GONE)
    pairs = presenter.pairs
    counts = pairs.counts()
    assert (counts[OPEN], counts["centre_only"], counts["amount_differs"]) == (4, 3, 1)
    assert pairs.rows() == (*LATE, DEAR) and pairs.pair is LATE[0]
    pairs.show("refund_pair")
    assert pairs.rows() == (GONE,) and pairs.pair is GONE
    assert pairs.rows() is pairs.rows()
    assert "4 笔待修复" in page.text and "7 笔" in pairs.summary()


def test_a_thousand_rows_are_not_built_anew_to_be_shown() -> None:
    presenter, _, _ = matched(*LATE * 400)
    rows = presenter.pairs.rows()
    presenter.pairs.choose(rows[7])
    assert presenter.pairs.rows() is rows
    assert presenter.pairs.counts() is presenter.pairs.counts()
    assert presenter.pairs.together() is presenter.pairs.together()


class TestSides:
    def test_the_book_that_says_something_else_is_marked(self) -> None:
        assert not differs(DEAR, "journal") and not differs(DEAR, "hospital")
        assert differs(DEAR, "centre")
        assert side_amount(DEAR, "centre") == "≠ 90.00"
        assert side_amount(LATE[0], "journal") == "无"

    def test_two_books_against_each_other_are_both_marked(self) -> None:
        two = replace(DEAR, hospital=None)
        assert differs(two, "journal") and differs(two, "centre")
        assert not differs(two, "hospital")

    def test_a_part_may_differ_where_the_total_does_not(self) -> None:
        other = side("MZ-7", 10000, fund=7000, personal=3000)
        shifted = replace(DEAR, centre=other)
        assert differs(shifted, "centre")
        presenter, _, _ = matched(shifted)
        marked = {line.label: line.differs for line in presenter.pairs.sides()}
        assert marked == {"合计": False, "工伤基金": True, "个人": True, "时间": False}

    def test_what_is_known_is_said_once(self) -> None:
        journal = side("MZ-7", state="settled", operator="001", msgid="M-A")
        known = replace(DEAR, journal=journal)
        presenter, _, _ = matched(known)
        facts = presenter.pairs.facts()
        assert facts.count("MZ-7-1") == 1 and "M-A · M-MZ-7" in facts and "成功" in facts
        assert "重新结算" in presenter.pairs.headline()

    def test_a_hospital_without_a_list_is_not_said_to_lack_it(self) -> None:
        presenter, _, _ = matched(LATE[0])
        assert presenter.pairs.sides()[0].texts == ("无", "无", "100.00")
        sheet = presenter.pairs.sheet.model_copy(update={"hospital": False})
        presenter.books.comparison = presenter.books.comparison.model_copy(update={"sheet": sheet})
        assert presenter.pairs.sides()[0].texts[1] == "未提供"
        assert "未提供清单" in presenter.pairs.summary()


class TestOne:
    def test_the_proposal_is_done_and_both_books_looked_at_again(self) -> None:
        presenter, desk, page = matched(LATE[0])
        desk.dayend.repaired = lambda _: agreed(desk)
        presenter.pairs.repair("网络中断")
        assert desk.asked("repair") == [("repair", LATE[0].key, "网络中断", "001", None)]
        assert [call[0] for call in desk.calls if call[0] in ("compare", "match")] == [
            "compare", "match", "compare", "match"
        ]  # fmt: skip
        assert presenter.books.verdict() == "equal" and not presenter.repairs()
        assert "已补记" in page.text and presenter.pairs.pair is None

    def test_above_the_limit_a_second_person_agrees(self) -> None:
        presenter, desk, page = matched(DEAR)
        presenter.pairs.repair("费用有误", CHIEF.id, "falsch")
        assert not desk.asked("repair") and "warning" in page.kinds
        presenter.pairs.repair("费用有误", CHIEF.id, "right")
        assert desk.asked("repair")[0][-1] == CHIEF.id

    def test_what_was_not_done_says_why_and_stays(self) -> None:
        presenter, desk, page = matched(*LATE)
        desk.dayend.repaired = lambda _: Repaired(done=False, says="中心拒绝冲正")
        presenter.pairs.choose(LATE[1])
        presenter.pairs.repair("网络中断")
        assert "中心拒绝冲正" in page.text
        assert presenter.pairs.pair is not None and presenter.pairs.pair.key == LATE[1].key

    def test_a_refusal_leaves_everything_as_it_is(self) -> None:
        presenter, desk, page = matched(*LATE)

        def stale(_: Pair) -> Repaired:
            raise Refused(fault("dayend.stale"))

        desk.dayend.repaired = stale
        presenter.pairs.repair("网络中断")
        assert "重新对账" in page.text and len(presenter.pairs.rows()) == 3
        assert not presenter.busy

    def test_what_needs_no_repair_is_not_repaired(self) -> None:
        presenter, desk, _ = matched(*LATE, GONE)
        presenter.pairs.show("refund_pair")
        assert presenter.why_not("confirm_day") is not None
        presenter.pairs.repair("重复结算")
        assert not desk.asked("repair")


class TestTogether:
    def test_a_safe_class_is_repaired_in_one_go(self) -> None:
        presenter, desk, page = matched(*LATE, DEAR)
        heard: list[tuple[int, int]] = []
        desk.events.listen(
            lambda event: heard.append((event.done, event.total))
            if isinstance(event, Progress) else None
        )  # fmt: skip
        assert presenter.why_not("repair_class") is None
        presenter.pairs.repair_together("网络中断")
        assert len(desk.asked("repair")) == 3 and heard == [(0, 3), (1, 3), (2, 3)]
        assert presenter.pairs.rows() == (DEAR,)
        assert "共 3 笔，已修复 3 笔" in page.text

    def test_what_moves_money_is_repaired_one_by_one(self) -> None:
        again = replace(DEAR, needs_second=False)
        other = pair(PairClass.AMOUNT_DIFFERS, Proposal.SETTLE_AGAIN, "MZ-9")
        presenter, desk, _ = matched(again, other)
        assert "逐笔" in presenter.why_not("repair_class").text
        presenter.pairs.repair_together("费用有误")
        assert not desk.asked("repair")

    def test_those_that_need_a_second_person_are_left_out(self) -> None:
        held = replace(LATE[2], needs_second=True)
        presenter, _, _ = matched(LATE[0], LATE[1], held)
        assert presenter.pairs.together() == (LATE[0], LATE[1])
        presenter, _, _ = matched(LATE[0], held)
        assert "只有一笔" in presenter.why_not("repair_class").text

    def test_one_that_no_longer_fits_does_not_stop_the_others(self) -> None:
        presenter, desk, page = matched(*LATE)

        def second_fails(wanted: Pair) -> Repaired:
            if wanted is LATE[1]:
                raise Refused(fault("dayend.stale"))
            return Repaired(done=True, says="已补记")

        desk.dayend.repaired = second_fails
        presenter.pairs.repair_together("网络中断")
        assert "已修复 2 笔" in page.text and "重新对账" in page.text

    def test_it_stops_when_asked_to(self) -> None:
        presenter, desk, page = matched(*LATE)

        def stop(_: Pair) -> Repaired:
            page.works[-1].stop()
            return Repaired(done=True, says="已补记")

        desk.dayend.repaired = stop
        presenter.pairs.repair_together("网络中断")
        assert len(desk.asked("repair")) == 1 and "共 3 笔，已修复 1 笔" in page.text


def test_a_difference_that_no_pair_explains_is_said_so() -> None:
    _, _, page = matched(GONE)
    assert "没有可以修复的" in page.text and show(-1000) in page.text


def test_a_match_of_equal_sums_says_that_nothing_is_to_do() -> None:
    presenter, _, page = matched(centre=NET)
    assert "没有需要修复的" in page.text
    assert presenter.pairs.agrees() and presenter.why_not("confirm_day") is None


def test_a_confirmed_period_is_not_matched_again() -> None:
    presenter, desk, _ = matched(centre=NET)
    presenter.confirm()
    presenter.confirm()
    assert "F8" in presenter.why_not("match_day").text
    assert len(desk.asked("match")) == 1


def agreed(desk: FakeDayEndDesk) -> Repaired:
    desk.dayend.centre = NET
    return Repaired(done=True, says="已补记")
