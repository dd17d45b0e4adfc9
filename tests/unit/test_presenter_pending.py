"""待处理 without a window: what is known, what comes next and when, and who may decide."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.domain import State
from core.events import TransactionChanged
from gui.screens.pending.presenter import PendingPresenter, countdown, span
from tests.helpers.fake_desk import CHIEF, NOON, FakeDesk, FakePage, transaction

STATES = [State.INTENT, State.UNKNOWN, State.VOIDING, State.ACCEPTED, State.MANUAL]


def tray(*states: State, **more: object) -> tuple[PendingPresenter, FakeDesk, FakePage]:
    desk, page = FakeDesk(), FakePage()
    desk.open = [transaction(f"M-{place}", state, **more) for place, state in enumerate(states, 1)]
    presenter = PendingPresenter(desk, page)
    presenter.refresh()
    return presenter, desk, page


def test_an_empty_tray() -> None:
    presenter, _, page = tray()
    assert presenter.loaded and presenter.rows() == () and presenter.row is None
    assert presenter.headline() == "" and presenter.money().total is None
    presenter.ask_now()
    presenter.ask_all()
    assert page.kinds == ["warning", "warning"]


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_sentences(state: State) -> None:
    presenter, _, _ = tray(state)
    row = presenter.rows()[0]
    assert row.next and row.patient == "沈示例" and row.amount == "61.70"
    assert "沈示例" in presenter.headline()
    assert "2207" in row.title


def test_the_first_row_is_looked_at_with_its_timeline() -> None:
    presenter, _, _ = tray(State.UNKNOWN, State.MANUAL)
    assert presenter.chosen == "M-1" and presenter.timeline[0].text == "送出"
    presenter.choose("M-2")
    assert presenter.row is not None and presenter.row.state is State.MANUAL
    assert presenter.timeline


def test_the_countdown_follows_the_clock() -> None:
    presenter, desk, _ = tray(
        State.UNKNOWN, next_try=NOON + timedelta(seconds=80), unknown_since=NOON, attempts=2
    )
    assert "1 分 20 秒后" in presenter.rows()[0].next and "第 3 次" in presenter.rows()[0].next
    desk.clock.advance(47)
    assert presenter.rows()[0].waited == "0:47"
    assert "33 秒后" in presenter.rows()[0].next
    desk.clock.advance(60)
    assert "现在" in presenter.rows()[0].next


def test_spans() -> None:
    assert [span(value) for value in (-5, 47, 185, 3729)] == ["0:00", "0:47", "3:05", "1:02:09"]
    assert countdown(-3) == countdown(0)


def test_ask_now_closes_what_was_found_and_offers_the_slip() -> None:
    presenter, desk, page = tray(State.UNKNOWN)
    presenter.ask_now()
    assert desk.calls == [("look", "M-1")]
    assert page.kinds == ["done"] and presenter.rows() == ()
    assert presenter.slip() == "M-1"
    presenter.print_slip()
    assert page.slips == ["M-1"]


def test_ask_all_skips_what_is_still_on_its_way() -> None:
    presenter, desk, page = tray(State.UNKNOWN, State.INTENT, State.VOIDING)
    presenter.ask_all()
    assert desk.calls == [("look", "M-1"), ("look", "M-3")]
    assert "2 笔" in page.text


def test_reverse_voids_and_offers_no_slip() -> None:
    presenter, _, page = tray(State.UNKNOWN)
    presenter.reverse()
    assert "重新办理" in page.text and presenter.slip() == ""


def test_what_has_no_reversal_is_not_reversed() -> None:
    presenter, _, _ = tray(State.UNKNOWN, step="upload_fees", code="2204")
    reason = presenter.why_not("reverse")
    assert reason is not None and "没有冲正" in reason.text


def test_hand_over_and_decide() -> None:
    presenter, desk, page = tray(State.UNKNOWN)
    assert presenter.why_not("decide") is not None
    presenter.decide(True, "900", "right", "x")
    presenter.hand_over("患者等不及")
    assert ("hand_over", "王示例", "患者等不及") in desk.calls
    assert presenter.why_not("hand_over") is not None
    presenter.decide(True, "900", "wrong", "中心电话答复")
    assert presenter.row is not None and "不是主管" in page.text
    presenter.decide(True, " 900 ", "right", "中心电话答复")
    assert ("decide", True, CHIEF.id, "中心电话答复") in desk.calls
    assert presenter.rows() == ()


def test_an_accepted_one_is_neither_reversed_nor_handed_over() -> None:
    presenter, _, _ = tray(State.ACCEPTED)
    for action in ("reverse", "hand_over", "decide"):
        assert presenter.why_not(action) is not None
    assert presenter.why_not("ask_now") is None


def test_the_case_is_exported_and_its_place_told(tmp_path: Path) -> None:
    presenter, desk, page = tray(State.UNKNOWN)
    asked: list[str] = []

    def case(msgid: str) -> Path:
        asked.append(msgid)
        return tmp_path / "M-1.zip"

    desk.evidence = SimpleNamespace(case=case)
    presenter.export()
    assert asked == ["M-1"] and str(tmp_path / "M-1.zip") in page.text


def test_news_of_the_journal_are_read() -> None:
    presenter, desk, _ = tray(State.UNKNOWN)
    desk.open = []
    presenter.changed(TransactionChanged("M-1", "MZ-1", State.SETTLED))
    assert presenter.rows() == () and presenter.chosen == ""


def test_a_refund_is_shown_as_one() -> None:
    presenter, _, _ = tray(State.UNKNOWN, step="cancel_settlement", code="2208", amount=-6170)
    assert presenter.rows()[0].negative and presenter.money().refund
