"""待处理 in the real window: what is known, the countdown, asking, fencing, handing over,
deciding."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from PySide6.QtWidgets import QApplication

from core.domain import Stage, State
from core.service.trainers import training_password
from gui.cashier import Cashier
from tests.helpers.training import (
    SUPERVISOR,
    at_the_desk,
    case,
    control,
    desk_of,
    fault,
    go,
    live_settlements,
    presettled,
    settle,
)


@pytest.fixture
def cashier(tmp_path: Path, qapp: QApplication) -> Iterator[Cashier]:
    """The answer to a settlement is lost, and so are the answers to every look."""
    with at_the_desk(tmp_path / "home") as made:
        made.window.frame.sweeper.stop()
        presettled(made)
        fault(made, "request_lost", "settlement_list", 1000, ending="status")
        fault(made, "reply_lost", "settle", ending="status")
        settle(made)
        yield made


def row_of(cashier: Cashier):  # type: ignore[no-untyped-def]
    return desk_of(cashier).resolve.pending()[0]


def test_the_row_says_who_what_how_much_and_what_comes_next(cashier: Cashier) -> None:
    page = go(cashier, "pending")
    row = page.presenter.rows()[0]
    amount = case(cashier).shown.total
    assert row.patient == "沈建国" and "2207" in row.title
    assert row.amount.replace(",", "") == f"{amount / 100:.2f}"
    assert "查询" in row.next
    assert "请勿重复收费" in page.presenter.headline()
    assert page.timeline.moments()
    assert page.advice.wordWrap()
    assert page.keys.action("ask_now").isEnabled()


def test_the_rail_counts_it(cashier: Cashier) -> None:
    desk = desk_of(cashier)
    assert len(desk.resolve.pending()) == 1
    frame = cashier.window.frame
    frame.status.recount()
    cashier.wait(lambda: "1" in frame.rail._buttons["pending"].accessibleName(), "the count", 10)


def test_a_look_without_answer_changes_nothing_but_the_next_try(cashier: Cashier) -> None:
    page = go(cashier, "pending")
    before = row_of(cashier)
    cashier.do("ask_now")
    after = row_of(cashier)
    assert after.state is State.UNKNOWN and after.attempts == before.attempts + 1
    assert after.next_try is not None
    assert cashier.kinds()[0] == "info"
    shown = page.presenter.rows()[0]
    assert "秒后" in shown.next and "第 2 次" in shown.next
    assert len(page.timeline.moments()) >= 4


def test_the_countdown_ticks_without_being_asked(cashier: Cashier) -> None:
    page = go(cashier, "pending")
    cashier.do("ask_now")
    first, asked = page.presenter.rows()[0].waited, row_of(cashier).attempts
    cashier.wait(lambda: page.table.rows.row(0).waited != first, "the clock in the table", 10)
    assert row_of(cashier).attempts == asked and row_of(cashier).state is State.UNKNOWN


def test_ask_all_and_found(cashier: Cashier) -> None:
    page = go(cashier, "pending")
    control(cashier).clear()
    cashier.do("ask_all")
    cashier.wait(lambda: not page.presenter.rows(), "an empty tray")
    assert page.presenter.loaded
    number = case(cashier).visit.visit_no
    assert len(live_settlements(cashier, number)) == 1


def test_found_settlements_are_printed_from_here(cashier: Cashier) -> None:
    cashier.do("next_patient")
    page = go(cashier, "pending")
    msgid = row_of(cashier).msgid
    control(cashier).clear()
    cashier.do("ask_now")
    assert page.slip.isVisible()
    cashier.tab_to(page.slip)
    cashier.press("Space")
    cashier.wait(lambda: desk_of(cashier).documents.prints(msgid) == 1, "the slip")


def test_handed_over_and_decided_by_a_supervisor(cashier: Cashier) -> None:
    page = go(cashier, "pending")
    number = case(cashier).visit.visit_no
    cashier.act("hand_over")
    assert page.question.no.hasFocus()
    page.question.reason.setFocus()
    cashier.type("患者急需离院")
    page.question.yes.setFocus()
    cashier.press("Space")
    cashier.idle()
    assert row_of(cashier).state is State.MANUAL
    assert page.decide.isVisible()
    cashier.tab_to(page.decide)
    cashier.press("Space")
    form = page.decision.form
    assert form.first().hasFocus()
    cashier.press("Down")
    for text in ("中心电话答复：没有这笔", SUPERVISOR, training_password()):
        cashier.press("Return")
        cashier.type(text)
    form.fields["answer"].editor.setText("not_happened")
    page.decision.yes.setFocus()
    cashier.press("Space")
    cashier.idle()
    assert desk_of(cashier).resolve.pending() == ()
    entries = desk_of(cashier).history.timeline(_settle_row(cashier, number).msgid)
    decisions = [entry.text for entry in entries if entry.kind == "decision"]
    assert len(decisions) == 1 and "中心电话答复" in decisions[0] and SUPERVISOR in decisions[0]
    assert form.values()["password"] == ""


def _settle_row(cashier: Cashier, number: str):  # type: ignore[no-untyped-def]
    return next(row for row in desk_of(cashier).history.find(number) if row.step == "settle")


def test_a_cashiers_word_decides_nothing(cashier: Cashier) -> None:
    page = go(cashier, "pending")
    desk_of(cashier).resolve.hand_over(row_of(cashier).msgid, "x", "y")
    cashier.wait(lambda: page.decide.isVisible(), "the button for the supervisor")
    page.presenter.decide(True, "trainer", training_password(), "x")
    cashier.idle()
    assert row_of(cashier).state is State.MANUAL
    assert cashier.kinds()[0] == "warning"


def test_an_empty_answer_is_not_taken(cashier: Cashier) -> None:
    page = go(cashier, "pending")
    desk_of(cashier).resolve.hand_over(row_of(cashier).msgid, "x", "y")
    cashier.wait(lambda: page.decide.isVisible(), "the button for the supervisor")
    page.decide.click()
    page.decision.yes.click()
    assert page.decision.isVisible()
    assert page.decision.form.fields["answer"].fault()
    assert page.decision.form.fields["reason"].fault()
    cashier.press("Escape")
    assert not page.decision.isVisible()


def test_reversing_asks_first_and_looks_first(cashier: Cashier) -> None:
    page = go(cashier, "pending")
    cashier.act("reverse")
    assert page.question.no.hasFocus()
    cashier.press("Space")
    assert row_of(cashier).state is State.UNKNOWN
    cashier.act("reverse")
    page.question.yes.setFocus()
    cashier.press("Space")
    cashier.idle()
    assert row_of(cashier).state is State.UNKNOWN
    assert cashier.kinds()[0] == "warning"


def test_the_case_is_exported_without_personal_data(cashier: Cashier) -> None:
    go(cashier, "pending")
    row, person = row_of(cashier), case(cashier).person
    cashier.do("export_case")
    path = desk_of(cashier).home / "exports" / f"{row.msgid}.zip"
    with ZipFile(path) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
        known = json.loads(archive.read("case.json"))
    assert known["transaction"]["msgid"] == row.msgid
    assert person.id_no not in text and person.name not in text
    assert len(known["entries"]) >= 2


def test_another_visit_is_not_blocked(cashier: Cashier) -> None:
    cashier.do("next_patient")
    presettled(cashier, "马德福")
    settle(cashier)
    assert case(cashier).stage is Stage.SETTLED
    assert len(desk_of(cashier).resolve.pending()) == 1


def test_the_empty_tray_says_what_to_do(tmp_path: Path, qapp: QApplication) -> None:
    with at_the_desk(tmp_path / "other") as cashier:
        page = go(cashier, "pending")
        assert page.empty.isVisible() and "Alt+1" in page.empty.accessibleName()
        assert not page.keys.action("ask_all").isEnabled()
        cashier.act("ask_now")
        assert cashier.kinds() == ["warning"]
