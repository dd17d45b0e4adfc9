"""查询 and the centre's slip in the real window, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from core.printing.watching import Seen
from core.settings import save_settings
from gui.cashier import Cashier
from tests.helpers import flows
from tests.helpers.queues import HandQueues
from tests.helpers.training import at_the_desk, control, desk_of, fault, go, nameless


@pytest.fixture(scope="module")
def desked(tmp_path_factory, qapp: QApplication) -> Iterator[Cashier]:
    with at_the_desk(tmp_path_factory.mktemp("enquiry") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def paid(desked: Cashier) -> str:
    desk = desk_of(desked)
    visit = desk.lanes.centre(lambda: flows.settled(desk)).result(60)
    msgid = str(desk.visits.read(visit).settlement.msgid)
    desk.documents.printed(msgid, "desk")  # it does not stand among what waits for paper
    desked.idle()
    return msgid


@pytest.fixture
def cashier(desked: Cashier, paid: str) -> Iterator[Cashier]:
    yield desked
    control(desked).clear()
    desked.idle()
    desked.page.quiet()


@pytest.fixture
def history(cashier: Cashier, paid: str) -> Iterator[Any]:
    """查询补打 with the settlement found and its papers read."""
    page = go(cashier, "history")
    page.presenter.find(paid)
    cashier.wait(lambda: page.presenter.papers.of == paid, "the settlement")
    yield page
    page.presenter.find("")
    cashier.idle()


def rows(cashier: Cashier) -> list:
    return list(cashier.page.presenter.rows())


def test_from_the_list_to_the_lines_to_the_sheet(cashier: Cashier, paid: str) -> None:
    page = go(cashier, "enquiry")
    cashier.press("Ctrl+1")
    cashier.do("ask_enquiry")
    ours = {row.msgid for row in desk_of(cashier).history.settlements()}
    keys = {face.value.msgid: face.key for face in rows(cashier)}
    assert keys.keys() == ours and len(rows(cashier)) == len(ours)
    page.presenter.choose(keys[paid])
    assert f"{len(ours)} 笔" in page.counts.whole() and paid in page.says.text()
    cashier.tab_to(page.table)
    cashier.press("Return")
    cashier.idle()
    assert page.presenter.what == "lines" and {f.value.mark for f in rows(cashier)} == {"same"}
    assert page.visit.visit.text() and page.visit.bill.text()
    cashier.do("print_unpaid")
    cashier.idle()
    assert list((Path(desk_of(cashier).home) / "sheets").glob("unpaid-*.pdf"))
    cashier.do("export_enquiry")
    assert list((Path(desk_of(cashier).home) / "exports").glob("lines-*.xlsx"))


def test_a_typed_visit_is_asked_at_enter(cashier: Cashier, paid: str) -> None:
    page = go(cashier, "enquiry")
    visit = desk_of(cashier).journal.ledger.settlement(paid).visit_no
    cashier.press("Ctrl+2")
    assert page.visit.visit.hasFocus()
    cashier.press("Ctrl+A")
    cashier.type(visit)
    cashier.press("Return")
    cashier.idle()
    assert rows(cashier)
    cashier.tab_to(page.visit.only)
    cashier.press("Space")
    assert rows(cashier) == [] and page.empty.isVisible()
    cashier.press("Space")
    assert rows(cashier)


def test_the_card_brings_the_visits(cashier: Cashier, paid: str) -> None:
    from core.simulator.world import persons

    page = go(cashier, "enquiry")
    away = next(person for person in persons() if person.in_hospital)
    control(cashier).card(away.key)
    cashier.act("enquiry_person")
    assert page.person.box.hasFocus()
    cashier.do("enquiry_person")
    assert page.person.box.text() == away.number and page.person.name.text() == away.name
    assert any(away.stay_hospital_name in message.text for message in cashier.banners())
    assert "出院结算" in page.says.text()


def test_enter_on_our_visit_opens_it(cashier: Cashier, paid: str) -> None:
    visit = desk_of(cashier).journal.ledger.settlement(paid).visit_no
    page = go(cashier, "enquiry")
    cashier.act("enquiry_person")
    cashier.press("Ctrl+A")
    cashier.type(visit)
    cashier.press("Return")
    cashier.idle()
    page.presenter.choose(next(f.key for f in rows(cashier) if f.value.visit_no == visit))
    page.table.setFocus()
    cashier.press("Return")
    cashier.idle()
    assert cashier.page.name == "outpatient"


def test_the_centres_clock(cashier: Cashier) -> None:
    page = go(cashier, "enquiry")
    control(cashier).clock(300)
    cashier.do("enquiry_time")
    assert "中心快" in page.clock.faces["offset"].text() and "校准" in page.clock.says.text()
    control(cashier).clock(0)
    cashier.do("ask_enquiry")
    assert "校准" not in page.clock.says.text()


def test_silence_is_said_and_changes_nothing(cashier: Cashier) -> None:
    page = go(cashier, "enquiry")
    cashier.press("Ctrl+1")
    fault(cashier, "reply_lost", "settlement_list", ending="status")
    cashier.do("ask_enquiry")
    assert any("不改变任何数据" in message.text for message in cashier.banners())
    assert desk_of(cashier).resolve.pending() == () and page.presenter.busy == ""


def test_days_that_are_none_are_not_asked(cashier: Cashier) -> None:
    page = go(cashier, "enquiry")
    cashier.press("Ctrl+1")
    assert page.days.first.hasFocus()
    cashier.press("Ctrl+A")
    cashier.type("2026-13-40")
    cashier.do("ask_enquiry")
    assert any("2026-13-40" in message.text for message in cashier.banners())
    cashier.press("Ctrl+A")
    cashier.type(f"{desk_of(cashier).clock.now():%Y%m%d}")
    cashier.do("ask_enquiry")
    assert rows(cashier)


@pytest.mark.parametrize("what", ["Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4"])
def test_everything_has_a_name(cashier: Cashier, what: str) -> None:
    page = go(cashier, "enquiry")
    cashier.press(what)
    cashier.idle()
    assert nameless(page) == []


# -- the centre's slip, and the list that waits


def test_the_centres_slip_is_shown_printed_and_saved(
    cashier: Cashier, paid: str, history: Any
) -> None:
    page, documents = history, desk_of(cashier).documents
    centre, ours = documents.prints(paid, "centre"), documents.prints(paid)
    cashier.do("centre_slip")
    slip = documents.centre_slip(paid)
    assert page.card.isVisible() and page.card.view.count() == 1
    assert slip.digest[:16] in page.card.head.whole()
    assert nameless(page.card) == []
    cashier.press("+")
    assert page.card.view.zoom > 1
    cashier.do("reprint")
    assert (documents.prints(paid, "centre"), documents.prints(paid)) == (centre + 1, ours)
    cashier.do("save_centre")
    saved = Path(desk_of(cashier).home) / "exports" / f"{paid}-centre.pdf"
    assert saved.read_bytes() == documents.slip_content(slip)
    cashier.press("Escape")
    assert not page.card.isVisible() and page.presenter.papers.shown is None
    assert documents.to_print() == ()


def test_the_local_slip_stays_beside_it(cashier: Cashier, paid: str, history: Any) -> None:
    documents = desk_of(cashier).documents
    before = documents.prints(paid)
    cashier.do("reprint")
    cashier.wait(lambda: documents.prints(paid) == before + 1, "our own slip")
    assert history.card.isHidden()


def test_what_cannot_be_shown_can_still_be_saved(
    cashier: Cashier, paid: str, history: Any, monkeypatch
) -> None:
    page, documents = history, desk_of(cashier).documents
    monkeypatch.setattr(documents, "slip_content", lambda slip: b"not a pdf")
    cashier.do("centre_slip")
    assert page.card.isVisible() and "原件另存" in page.card.trouble.text()
    assert page.card.view.isHidden()
    cashier.do("save_centre")
    saved = Path(desk_of(cashier).home) / "exports" / f"{paid}-centre.pdf"
    assert saved.read_bytes() == b"not a pdf"
    cashier.press("Escape")


def test_what_waits_is_printed_in_one_go(cashier: Cashier) -> None:
    desk, page = desk_of(cashier), go(cashier, "history")
    for _ in range(2):
        desk.lanes.centre(lambda: flows.settled(desk)).result(60)
    page.presenter.show("to_print")
    cashier.idle()
    assert len(page.presenter.rows) == 2 and page.all.isVisible()
    assert {row.prints for row in page.presenter.rows} == {"未打"}
    cashier.do("print_all")
    assert desk.documents.to_print() == ()
    assert any("2 张" in message.text for message in cashier.banners())
    page.presenter.show("settlements")
    cashier.idle()
    assert "未打" not in {row.prints for row in page.presenter.rows}


@pytest.fixture
def queues(cashier: Cashier, monkeypatch) -> HandQueues:
    """A printing system that the test moves, for its own time."""
    made = HandQueues()
    monkeypatch.setattr(desk_of(cashier).documents.jobs, "queues", made)
    return made


def test_a_job_that_waits_is_marked_and_taken_back(
    cashier: Cashier, paid: str, history: Any, queues: HandQueues
) -> None:
    desk, page = desk_of(cashier), history
    queues.add(5, paid)
    desk.documents.jobs.sent(paid, "slip", "desk", Seen("held", 5, ("media-empty",)))
    page.presenter.find(paid)
    cashier.idle()
    (row,) = page.presenter.rows
    assert row.prints == "等候中" and page.back_button.isVisible()
    cashier.do("withdraw_job")
    assert queues.withdrawn == [5] and desk.documents.jobs.waiting() == ()
    page.presenter.find("")
    cashier.idle()
    assert not page.back_button.isVisible()


def test_a_paper_that_comes_out_later_is_counted_by_itself(
    cashier: Cashier, paid: str, queues: HandQueues
) -> None:
    desk = desk_of(cashier)
    before = desk.documents.prints(paid)
    queues.add(6, paid)
    desk.documents.jobs.sent(paid, "slip", "desk", Seen("on_its_way", 6))
    (job,) = desk.documents.jobs.waiting()
    assert (job.msgid, job.job) == (paid, 6) and desk.documents.prints(paid) == before
    queues.become(6, "printed")
    cashier.wait(lambda: desk.documents.prints(paid) == before + 1, "the count")
    assert desk.documents.jobs.waiting() == ()


def test_a_printer_that_is_not_there_leaves_the_slip_waiting(
    cashier: Cashier, paid: str, history: Any
) -> None:
    desk = desk_of(cashier)
    before, plain = desk.documents.prints(paid), desk.settings
    desk.settings = save_settings(desk.home, {"printer": {"name": "没有这台"}})
    try:
        cashier.do("reprint")
        cashier.wait(lambda: any("没有这台" in m.text for m in cashier.banners()), "the sentence")
    finally:
        desk.settings = plain
        save_settings(desk.home, {"printer": {"name": ""}})
    assert desk.documents.prints(paid) == before
