"""查询补打 without a window: lists, days, timelines and reprints."""

from __future__ import annotations

from core.domain import Settlement, State
from core.events import TransactionChanged
from gui.screens.history.presenter import LIMIT, HistoryPresenter
from tests.helpers.fake_desk import NOON, SHOWN, FakeDesk, FakePage, transaction

PAID = Settlement(
    visit_no="MZ-1", bill_no="MZ-1-1", msgid="M-7", amounts=SHOWN, settled_at=NOON,
    operator_name="王示例",
)  # fmt: skip


def history() -> tuple[HistoryPresenter, FakeDesk, FakePage]:
    desk, page = FakeDesk(), FakePage()
    desk.kept = desk.kept.model_copy(update={"settlement": PAID})
    desk.open = [
        transaction("M-1", State.SETTLED),
        transaction("M-2", State.REJECTED, step="register"),
    ]
    return HistoryPresenter(desk, page), desk, page


def test_todays_settlements_come_first() -> None:
    presenter, _, _ = history()
    presenter.find()
    row = presenter.rows[0]
    assert (row.name, row.bill_no, row.amount, row.state) == ("沈示例", "MZ-1-1", "61.70", "成功")
    assert presenter.chosen == "M-7" and presenter.timeline
    assert presenter.day == NOON.date()
    assert "1 条" in presenter.sums()


def test_a_cancelled_settlement_says_so() -> None:
    presenter, desk, _ = history()
    gone = PAID.model_copy(update={"cancelled_by": "M-8"})
    desk.kept = desk.kept.model_copy(update={"settlement": gone})
    presenter.find("")
    assert presenter.rows[0].mark == "cancelled"


def test_all_transactions_with_their_states() -> None:
    presenter, _, _ = history()
    presenter.show("transactions")
    assert [row.state for row in presenter.rows] == ["成功", "中心拒绝"]
    assert presenter.slip_of == "M-1"


def test_only_settlements_have_slips() -> None:
    presenter, desk, page = history()
    desk.history.find = lambda text, day, limit: tuple(
        row for row in desk.open if row.msgid == text or not text
    )
    presenter.show("transactions")
    presenter.choose("M-2")
    presenter.reprint()
    assert page.slips == [] and "没有单据" in page.text


def test_reprint_counts_again() -> None:
    presenter, desk, page = history()
    presenter.find()
    assert "还没有" in presenter.print_note()
    presenter.reprint()
    assert page.slips == ["M-7"]
    desk.documents.prints = lambda msgid: 2
    presenter.printed("M-7")
    assert "2 次" in presenter.print_note()
    presenter.printed("M-other")


def test_days_go_back_and_forth_but_not_into_the_future() -> None:
    presenter, _, _ = history()
    presenter.step_day(-1)
    assert presenter.day is not None and presenter.day < NOON.date()
    presenter.step_day(5)
    assert presenter.day == NOON.date()
    presenter.on_day(None)
    assert presenter.day is None
    presenter.step_day(-1)
    assert presenter.day is not None


def test_empty_lists_say_what_to_do() -> None:
    presenter, desk, page = history()
    desk.kept = desk.kept.model_copy(update={"settlement": None})
    presenter.find()
    assert presenter.rows == () and "前一天" in presenter.empty()[1]
    presenter.find("x")
    assert "核对" in presenter.empty()[1]
    presenter.show("to_print")
    assert "待打印" in presenter.empty()[0]
    presenter.reprint()
    assert page.kinds == ["warning"] and presenter.print_note() == ""


def test_the_list_that_waits_for_paper() -> None:
    presenter, _, _ = history()
    presenter.show("to_print")
    assert [row.msgid for row in presenter.rows] == ["M-7"]


def test_more_rows_than_shown_is_said() -> None:
    presenter, desk, _ = history()
    desk.open = [transaction(f"M-{number}", State.SETTLED) for number in range(LIMIT)]
    presenter.show("transactions")
    assert presenter.cut and str(LIMIT) in presenter.sums()


def test_news_are_read_and_the_row_is_kept() -> None:
    presenter, desk, _ = history()
    presenter.show("transactions")
    presenter.choose("M-2")
    presenter.changed(TransactionChanged("M-1", "MZ-1", State.SETTLED))
    assert presenter.chosen == "M-2"
    assert presenter.row is not None and presenter.row.visit_no == "MZ-1"
    desk.open = []
    presenter.changed(TransactionChanged("M-1", "MZ-1", State.SETTLED))
    assert presenter.chosen == "" and presenter.why_not("open_visit") is not None
