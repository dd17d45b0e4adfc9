"""门诊收费 in the real window, with the mouse unplugged: the main flow and the bad days."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.domain import Stage, State
from gui.cashier import Cashier
from gui.operation import Operation
from gui.widgets.wait_panel import WaitPanel
from tests.helpers.training import (
    at_the_desk,
    card,
    case,
    control,
    desk_of,
    fault,
    go,
    live_settlements,
    presettled,
    printed,
    scan,
    settle,
    waiting_number,
)


@pytest.fixture
def cashier(tmp_path: Path, qapp: QApplication) -> Iterator[Cashier]:
    with at_the_desk(tmp_path / "home") as made:
        yield made


def texts(cashier: Cashier) -> str:
    return "\n".join(message.text for message in cashier.banners())


# -- the main road


def test_from_card_to_slip_by_keyboard_alone(cashier: Cashier) -> None:
    assert cashier.page.sheet.box.hasFocus()
    cashier.do("patient")
    assert case(cashier).person.name == "沈建国"
    assert case(cashier).visit.stage is Stage.NEW
    assert cashier.page.sheet.form.first().hasFocus()
    cashier.do("register")
    assert cashier.page.steps.states()[:2] == ("done", "done")
    cashier.do("presettle")
    assert cashier.page.money.received.hasFocus()
    shown = case(cashier).shown
    cashier.type("500")
    assert cashier.page.money.change() == 50000 - shown.personal
    cashier.do("settle")
    assert case(cashier).armed and case(cashier).stage is Stage.PRESETTLED
    cashier.do("settle")
    printed(cashier)
    paid = case(cashier).visit.settlement
    assert (paid.amounts.total, paid.amounts.personal) == (shown.total, shown.personal)
    assert set(cashier.page.steps.states()) == {"done"}
    assert len(live_settlements(cashier, paid.visit_no)) == 1
    assert list((desk_of(cashier).home / "slips").glob("*.pdf"))
    cashier.do("next_patient")
    assert case(cashier).visit is None and cashier.page.sheet.box.hasFocus()


def test_enter_walks_through_the_form_and_registers_at_its_end(cashier: Cashier) -> None:
    cashier.do("patient")
    for _ in cashier.page.sheet.form.fields:
        cashier.press("Return")
    cashier.idle()
    assert case(cashier).registered


def test_twenty_presses_settle_once(cashier: Cashier) -> None:
    presettled(cashier)
    number = case(cashier).visit.visit_no
    fault(cashier, "slow", "settle", seconds=1)
    for _ in range(10):
        cashier.act("settle")
        cashier.press("Return")
    cashier.idle()
    for _ in range(10):
        cashier.press("Return")
        cashier.act("settle")
    cashier.idle()
    assert case(cashier).stage is Stage.SETTLED
    assert len(live_settlements(cashier, number)) == 1
    settles = [row for row in desk_of(cashier).history.find(number) if row.step == "settle"]
    assert len(settles) == 1


def test_keys_during_a_wait_are_swallowed_not_queued(cashier: Cashier) -> None:
    presettled(cashier)
    cashier.do("settle")
    fault(cashier, "slow", "settle", seconds=1)
    cashier.act("settle")
    panel = WaitPanel.of(cashier.page)
    cashier.wait(panel.isVisible, "the wait panel")
    for keys in ("Ctrl+N", "F5", "F3", "Return"):
        cashier.press(keys)
    cashier.type("123")
    cashier.idle()
    assert case(cashier).stage is Stage.SETTLED
    assert cashier.page.money.received.text() == ""


def test_the_desk_is_not_closed_during_a_call(cashier: Cashier) -> None:
    presettled(cashier)
    cashier.do("settle")
    fault(cashier, "slow", "settle", seconds=1)
    cashier.act("settle")
    assert not cashier.window.close()
    assert cashier.window.isVisible()
    cashier.idle()
    printed(cashier)
    cashier.idle()
    assert case(cashier).stage is Stage.SETTLED
    assert cashier.window.close()


def test_another_patient_is_served_while_a_call_hangs(cashier: Cashier) -> None:
    presettled(cashier)
    number = case(cashier).visit.visit_no
    cashier.do("settle")
    fault(cashier, "slow", "settle", seconds=3)
    cashier.act("settle")
    cashier.act("park")
    assert case(cashier).visit is None
    other = waiting_number(cashier, "贺喆堃")
    cashier.type(other)
    cashier.press("Return")
    cashier.wait(lambda: case(cashier).visit is not None, "the other visit")
    assert Operation.under_way()
    assert cashier.page.sheet.table.rows.rowCount() == len(case(cashier).visit.lines)
    cashier.idle()
    assert case(cashier).visit.visit_no == other
    assert "上一位" in texts(cashier)
    settled = desk_of(cashier).history.visit(number)
    assert settled.stage is Stage.SETTLED
    cashier.wait(lambda: desk_of(cashier).documents.prints(settled.settlement.msgid), "the slip")


# -- who and what


def test_several_qualifications_are_picked_by_keyboard(cashier: Cashier) -> None:
    number = waiting_number(cashier, "罗秀英")
    control(cashier).card("罗秀英")
    cashier.do("patient")
    scan(cashier, number)
    assert case(cashier).qualification is None
    assert not cashier.page.keys.action("register").isEnabled()
    cashier.act("register")
    assert "F4" in texts(cashier)
    cashier.act("qualification")
    likely = cashier.page.presenter.likely()
    assert cashier.page.picker.list.hasFocus() and likely is not None
    cashier.press("Return")
    assert case(cashier).qualification == likely
    cashier.do("register")
    assert case(cashier).registered


def test_esc_leaves_the_picker_without_picking(cashier: Cashier) -> None:
    control(cashier).card("罗秀英")
    cashier.do("patient")
    cashier.act("qualification")
    cashier.press("Escape")
    assert not cashier.page.picker.isVisible()
    assert case(cashier).qualification is None


@pytest.mark.parametrize(
    ("person", "words"), [("唐小梅", "没有工伤资格"), ("秦国庆", "欠费"), ("周桂芳", "退保")]
)
def test_who_is_not_entitled_is_told_why(cashier: Cashier, person: str, words: str) -> None:
    card(cashier, person)
    assert case(cashier).visit is not None
    cashier.act("register")
    assert cashier.kinds() == ["warning"] and words in texts(cashier)
    assert not case(cashier).registered


def test_who_lies_in_another_hospital_is_refused_by_the_centre(cashier: Cashier) -> None:
    card(cashier, "韦大力")
    assert "是" in [fact.value for fact, _ in cashier.page.card._cells]
    cashier.do("register")
    assert cashier.kinds()[0] == "danger" and not case(cashier).registered


def test_another_name_needs_a_supervisors_password(cashier: Cashier) -> None:
    scan(cashier, waiting_number(cashier, "林诚"))
    card(cashier, "林誠")
    page = cashier.page
    assert case(cashier).differences and page.override_button.isVisible()
    cashier.act("register")
    assert "主管" in texts(cashier)
    cashier.tab_to(page.override_button)
    cashier.press("Space")
    for word in ("trainer", "wrong"):
        cashier.type(word)
        cashier.press("Return")
    cashier.idle()
    assert case(cashier).override is None
    page.override()
    from core.service.trainers import training_password

    for word in ("trainboss", training_password()):
        cashier.type(word)
        cashier.press("Return")
    cashier.idle()
    assert case(cashier).override.id == "trainboss"
    assert page.witness.form.values()["password"] == ""
    assert page.keys.action("register").isEnabled()


def test_the_waiting_list_is_searched_by_name(cashier: Cashier) -> None:
    cashier.type("贺喆")
    found = cashier.page.sheet.waiting.rows()
    assert found and {row.registration.person_name for row in found} == {"贺喆堃"}
    cashier.press("Return")
    cashier.idle()
    assert case(cashier).visit.registration.person_name == "贺喆堃"


def test_an_unknown_number_is_refused_in_the_page(cashier: Cashier) -> None:
    scan(cashier, "NO-SUCH-VISIT")
    assert case(cashier).visit is None
    assert cashier.kinds() == ["warning"]


# -- fees


def test_a_long_bill_is_uploaded_in_batches_and_may_be_stopped(cashier: Cashier) -> None:
    long = max(desk_of(cashier).hospital.waiting(), key=_length(cashier))
    card(cashier, long.person_name)
    if case(cashier).visit is None or case(cashier).visit.visit_no != long.visit_no:
        scan(cashier, long.visit_no)
    if case(cashier).qualification is None:
        cashier.act("qualification")
        cashier.press("Return")
    cashier.do("register")
    fault(cashier, "slow", "upload_fees", times=2, seconds=0.3)
    cashier.act("upload")
    panel = WaitPanel.of(cashier.page)
    cashier.wait(panel.isVisible, "the wait panel")
    cashier.act("stop_batch")
    cashier.idle()
    visit = case(cashier).visit
    assert 0 < len(visit.uploaded) < len(visit.lines)
    assert "已停下" in texts(cashier)
    cashier.do("presettle")
    visit = case(cashier).visit
    assert len(visit.uploaded) == len(visit.lines) >= 250
    assert visit.stage is Stage.PRESETTLED


def _length(cashier: Cashier):  # type: ignore[no-untyped-def]
    return lambda row: len(desk_of(cashier).hospital.fee_lines(row.visit_no))


def test_uploaded_lines_can_be_taken_back(cashier: Cashier) -> None:
    presettled(cashier)
    cashier.tab_to(cashier.page.remove_button)
    cashier.press("Space")
    cashier.idle()
    assert case(cashier).visit.uploaded == ()
    cashier.do("presettle")
    assert case(cashier).stage is Stage.PRESETTLED


# -- bad days


def test_a_refusal_shows_the_centres_words_code_and_message_id(cashier: Cashier) -> None:
    words = "该人员工伤资格核验未通过〈示例〉"
    cashier.do("patient")
    fault(cashier, "refuse", "register", text=words)
    cashier.do("register")
    banner = cashier.banners()[0]
    assert banner.kind == "danger" and banner.text == words
    assert banner.code and banner.msgid
    shown = cashier.page.banners.banners()[0]
    shown.copy()
    assert banner.msgid in QApplication.clipboard().text()
    cashier.do("register")
    assert case(cashier).registered


def test_a_lost_answer_is_amber_and_found_later(cashier: Cashier) -> None:
    cashier.window.frame.sweeper.stop()
    presettled(cashier)
    number = case(cashier).visit.visit_no
    fault(cashier, "request_lost", "settlement_list", 100, ending="status")
    fault(cashier, "reply_lost", "settle", ending="status")
    settle(cashier)
    assert cashier.kinds()[0] == "unknown"
    assert cashier.page.steps.states()[4] == "unknown"
    assert not cashier.page.keys.action("settle").isEnabled()
    control(cashier).clear()
    page = go(cashier, "pending")
    assert len(page.presenter.rows()) == 1
    cashier.do("ask_now")
    cashier.wait(lambda: not page.presenter.rows(), "an empty tray")
    go(cashier, "outpatient")
    cashier.wait(lambda: case(cashier).stage is Stage.SETTLED, "the settlement")
    printed(cashier)
    assert len(live_settlements(cashier, number)) == 1


def test_other_amounts_than_shown_stop_the_desk(cashier: Cashier) -> None:
    presettled(cashier)
    shown = case(cashier).shown
    fault(cashier, "wrong_amounts", "settle")
    settle(cashier)
    assert cashier.banners()[0].kind == "danger"
    from core.money import show

    paid = case(cashier).visit.settlement.amounts
    assert show(shown.personal) in texts(cashier) and show(paid.personal) in texts(cashier)
    assert not case(cashier).printed
    assert desk_of(cashier).documents.prints(case(cashier).to_print) == 0


def test_a_crashed_library_is_replaced_and_the_visit_found(cashier: Cashier, strays) -> None:
    strays.expected = ("",)
    presettled(cashier)
    fault(cashier, "crash", "settle")
    settle(cashier)
    cashier.wait(lambda: case(cashier).stage is Stage.SETTLED, "the settlement found again")
    printed(cashier)
    assert len(live_settlements(cashier, case(cashier).visit.visit_no)) == 1


def test_a_failing_printer_costs_only_paper(cashier: Cashier, monkeypatch) -> None:
    from core.errors import SetupError
    from core.errors import fault as sentence

    def no_paper(desk: object, msgid: str) -> str:
        raise SetupError(sentence("work.printed", where="缺纸"))

    presettled(cashier)
    monkeypatch.setattr("gui.printing.print_slip", no_paper)
    settle(cashier)
    cashier.idle()
    assert "缺纸" in texts(cashier) and not case(cashier).printed
    assert [row.msgid for row in desk_of(cashier).documents.to_print()] == [case(cashier).to_print]
    monkeypatch.undo()
    cashier.do("print_slip")
    printed(cashier)


def test_esc_takes_the_first_f2_back_then_goes_to_the_box(cashier: Cashier) -> None:
    presettled(cashier)
    cashier.do("settle")
    cashier.press("Escape")
    assert not case(cashier).armed
    cashier.press("Escape")
    assert cashier.page.sheet.box.hasFocus()


def test_grey_keys_say_why(cashier: Cashier) -> None:
    for action in ("settle", "presettle", "register"):
        cashier.act(action)
        assert cashier.kinds() == ["warning"], action
    assert desk_of(cashier).history.find() == ()


def test_states_of_the_journal_after_the_main_road(cashier: Cashier) -> None:
    presettled(cashier)
    settle(cashier)
    rows = desk_of(cashier).history.find(case(cashier).visit.visit_no)
    assert {row.state for row in rows} == {State.SETTLED}
    assert [row.step for row in reversed(rows)] == [
        "register",
        "upload_fees",
        "presettle",
        "settle",
    ]


def test_a_line_that_does_not_multiply_out_is_shown_and_blocks(
    cashier: Cashier, monkeypatch
) -> None:
    hospital = desk_of(cashier).hospital
    right = hospital.fee_lines

    def wrong(visit_no: str):  # type: ignore[no-untyped-def]
        lines = list(right(visit_no))
        lines[1] = lines[1].model_copy(update={"amount": lines[1].amount + 1})
        return lines

    monkeypatch.setattr(hospital, "fee_lines", wrong)
    cashier.do("patient")
    cashier.do("register")
    sheet = cashier.page.sheet
    assert sheet.faulty_place() == 1 and sheet.table.currentIndex().row() == 1
    assert sheet.reason.isVisible() and "×" in sheet.reason.text()
    cashier.do("presettle")
    assert cashier.kinds() == ["warning"] and "1 行有误" in texts(cashier)
    monkeypatch.undo()
    scan(cashier, case(cashier).visit.visit_no)
    assert sheet.faulty_place() == -1
    cashier.do("presettle")
    assert case(cashier).stage is Stage.PRESETTLED


def test_the_visit_box_finds_by_initials(cashier: Cashier) -> None:
    cashier.type("hzk")
    assert cashier.page.sheet.waiting.marked().registration.person_name == "贺喆堃"
    cashier.press("Return")
    cashier.idle()
    assert case(cashier).visit.registration.person_name == "贺喆堃"


def test_a_visit_left_half_way_is_found_again(cashier: Cashier) -> None:
    presettled(cashier)
    visit, shown = case(cashier).visit, case(cashier).shown
    cashier.do("next_patient")
    scan(cashier, visit.visit_no)
    assert case(cashier).stage is Stage.PRESETTLED
    assert case(cashier).person == visit.person and case(cashier).shown == shown
    settle(cashier)
    printed(cashier)


def test_the_card_of_another_person_after_registration_alarms(cashier: Cashier) -> None:
    presettled(cashier)
    card(cashier, "贺喆堃")
    assert cashier.kinds()[0] == "danger"
    assert case(cashier).person.name == "沈建国"


def test_a_local_fields_answer_goes_into_the_registration(
    tmp_path: Path, qapp: QApplication
) -> None:
    from gui.screens.outpatient.sheet import filled, form_values

    with at_the_desk(tmp_path / "asked") as cashier:
        cashier.do("patient")
        draft = case(cashier).draft
        done = filled(draft, {**form_values(draft), "injury_part": "左手"})
        assert done.extra == {"injury_part": "左手"} and done.visit_no == draft.visit_no
        assert form_values(done)["injury_part"] == "左手"


def test_a_locked_desk_keeps_the_cursor_in_the_password(cashier: Cashier) -> None:
    presettled(cashier)
    cashier.do("settle")
    fault(cashier, "slow", "settle", seconds=1)
    cashier.act("settle")
    cashier.act("lock")
    panel = cashier.window.frame.lock_panel()
    if panel is None or not panel.isVisible():
        cashier.window.lock()
        panel = cashier.window.frame.lock_panel()
    assert panel.isAncestorOf(cashier.focus())
    cashier.wait(lambda: case(cashier).stage is Stage.SETTLED, "the settlement")
    cashier.idle()
    assert panel.isAncestorOf(cashier.focus())
    assert cashier.page.money.received.text() == ""


def test_the_amount_received_belongs_to_its_patient(cashier: Cashier) -> None:
    presettled(cashier)
    cashier.type("500")
    assert cashier.page.money.change() is not None
    scan(cashier, waiting_number(cashier, "贺喆堃"))
    assert cashier.page.money.received.text() == ""
    assert cashier.page.money.change() in (None, 0)
    assert case(cashier).received is None
