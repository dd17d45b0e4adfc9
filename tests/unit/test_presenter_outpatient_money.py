"""门诊收费 without a window: settling, what comes after, and what the resolver finds."""

from __future__ import annotations

from core.domain import Amounts, Stage, State
from core.events import TransactionChanged
from core.outcome import Unknown
from gui.screens.outpatient.presenter import OutpatientPresenter
from gui.screens.outpatient.steps import step_line, why_not
from tests.helpers.fake_desk import (
    MED_TYPES,
    SHOWN,
    FakeDesk,
    FakePage,
)


def at_desk(desk: FakeDesk | None = None) -> tuple[OutpatientPresenter, FakeDesk, FakePage]:
    desk, page = desk or FakeDesk(), FakePage()
    return OutpatientPresenter(desk, page, MED_TYPES), desk, page


def presettled(desk: FakeDesk | None = None) -> tuple[OutpatientPresenter, FakeDesk, FakePage]:
    presenter, desk, page = at_desk(desk)
    presenter.read_card()
    presenter.register()
    presenter.presettle()
    return presenter, desk, page


def marks(presenter: OutpatientPresenter) -> dict[str, str]:
    return {step.name: step.mark for step in step_line(presenter.case)}


# -- settling


def test_f2_shows_first_and_settles_second() -> None:
    presenter, desk, page = presettled()
    presenter.confirm()
    assert presenter.case.armed and "settle" not in desk.calls
    assert "F2" in presenter.money().headline
    presenter.confirm()
    assert presenter.case.stage is Stage.SETTLED
    assert page.slips == [presenter.case.to_print]
    assert presenter.primary() == "next_patient"


def test_twenty_presses_settle_once() -> None:
    presenter, desk, page = presettled()
    page.hold = True
    for _ in range(20):
        presenter.confirm()
    page.finish()
    for _ in range(20):
        presenter.confirm()
    assert desk.calls.count("settle") == 1


def test_esc_takes_the_first_f2_back() -> None:
    presenter, desk, _ = presettled()
    presenter.confirm()
    assert presenter.disarm() and not presenter.disarm()
    presenter.confirm()
    assert "settle" not in desk.calls


def test_received_and_change() -> None:
    presenter, desk, page = presettled()
    presenter.receive("20")
    assert presenter.money().change == 2000 - SHOWN.personal
    presenter.receive("5")
    assert presenter.money().change is None
    presenter.confirm()
    assert "少于" in page.text and "settle" not in desk.calls
    presenter.receive("zwanzig")
    assert presenter.case.received_fault
    presenter.confirm()
    assert not presenter.case.armed
    presenter.receive("")
    presenter.confirm()
    assert presenter.case.armed


def test_typing_an_amount_takes_the_first_f2_back() -> None:
    presenter, _, _ = presettled()
    presenter.confirm()
    presenter.receive("20")
    assert not presenter.case.armed


def test_a_settlement_that_differs_stops_and_shows_both() -> None:
    presenter, desk, page = presettled()
    desk.paid = Amounts(total=6170, fund=4000, personal=2170)
    presenter.confirm()
    presenter.confirm()
    assert presenter.case.surprise is not None
    assert page.slips == []
    assert "50.00" in page.text and "40.00" in page.text
    assert page.kinds == ["danger"]


def test_amounts_that_do_not_add_up_block_the_settlement() -> None:
    presenter, desk, page = presettled()
    desk.kept = desk.kept.model_copy(
        update={"presettlement": Amounts(total=6170, fund=5000, personal=1000)}
    )
    presenter.open("MZ-1")
    presenter.confirm()
    assert "基金 + 个人" in page.text and not presenter.case.armed
    assert [holds for holds, _ in presenter.money().checks] == [True, False]


def test_an_unknown_settlement_frees_the_cashier() -> None:
    presenter, desk, page = presettled()
    desk.next["settle"] = Unknown("deadline", "20 秒未答复")
    presenter.confirm()
    presenter.confirm()
    assert page.kinds == ["unknown"] and presenter.case.open
    assert marks(presenter)["settle"] == "unknown"
    assert presenter.primary() == "next_patient"
    presenter.confirm()
    assert desk.calls.count("settle") == 1
    presenter.next_patient()
    assert presenter.case.visit is None and page.said == []


def test_what_the_resolver_finds_is_shown_and_printed() -> None:
    presenter, desk, page = presettled()
    desk.next["settle"] = Unknown("deadline", "")
    presenter.confirm()
    presenter.confirm()
    desk._settle("MZ-1", SHOWN)
    desk.kept = desk.kept.model_copy(update={"open_msgid": ""})
    presenter.changed(TransactionChanged("M-4", "MZ-9", State.SETTLED))
    assert presenter.case.open
    presenter.changed(TransactionChanged("M-4", "MZ-1", State.SETTLED))
    assert presenter.case.stage is Stage.SETTLED
    assert page.slips == [presenter.case.to_print]


def test_a_settlement_that_the_hospital_gets_later_is_printed_once() -> None:
    presenter, desk, page = presettled()
    desk.next["settle"] = Unknown("deadline", "")
    presenter.confirm()
    presenter.confirm()
    desk._settle("MZ-1", SHOWN)
    presenter.changed(TransactionChanged("M-4", "MZ-1", State.ACCEPTED))
    assert presenter.case.stage is Stage.SETTLED and presenter.case.open
    assert presenter.money().headline == "已结算"
    assert page.slips == [presenter.case.to_print]
    desk.kept = desk.kept.model_copy(update={"open_msgid": ""})
    presenter.changed(TransactionChanged("M-4", "MZ-1", State.SETTLED))
    assert not presenter.case.open and len(page.slips) == 1


def test_what_the_resolver_voids_may_be_settled_again() -> None:
    presenter, desk, page = presettled()
    desk.next["settle"] = Unknown("deadline", "")
    presenter.confirm()
    presenter.confirm()
    desk.kept = desk.kept.model_copy(update={"open_msgid": ""})
    presenter.changed(TransactionChanged("M-4", "MZ-1", State.VOID))
    assert "重新办理" in page.text
    presenter.confirm()
    presenter.confirm()
    assert presenter.case.stage is Stage.SETTLED


def test_events_during_a_step_do_not_disturb_it() -> None:
    presenter, _, page = presettled()
    page.hold = True
    presenter.confirm()
    presenter.confirm()
    begun = len(page.works)
    presenter.changed(TransactionChanged("M-4", "MZ-1", State.INTENT))
    assert len(page.works) == begun


def test_events_while_reading_are_read_once_more() -> None:
    presenter, _, page = presettled()
    page.hold = True
    begun = len(page.works)
    for _ in range(5):
        presenter.changed(TransactionChanged("M-4", "MZ-1", State.ACCEPTED))
    assert len(page.works) == begun + 1
    page.finish()
    assert len(page.works) == begun + 2


def test_the_next_patient_does_not_get_the_last_ones_answer() -> None:
    presenter, _, page = presettled()
    presenter.confirm()
    page.hold = True
    presenter.confirm()
    presenter.next_patient()
    assert presenter.busy == "" and presenter.case.visit is None
    page.finish()
    assert presenter.case.visit is None
    assert "上一位" in page.text and page.slips


def test_the_slip_is_printed_again_on_demand_only_after_settling() -> None:
    presenter, _, page = presettled()
    presenter.print_slip()
    assert page.slips == []
    presenter.confirm()
    presenter.confirm()
    presenter.printed(presenter.case.to_print)
    assert marks(presenter)["print"] == "done"
    presenter.print_slip()
    assert len(page.slips) == 2


def test_a_settled_visit_is_opened_as_settled() -> None:
    presenter, _, _ = presettled()
    presenter.confirm()
    presenter.confirm()
    presenter.next_patient()
    presenter.open("MZ-1")
    assert presenter.money().final
    for action in ("register", "upload", "presettle", "settle", "import_fees", "remove_fees"):
        assert why_not(presenter.case, action) is not None, action
    assert why_not(presenter.case, "refund") is None
    assert why_not(presenter.case, "print_slip") is None
