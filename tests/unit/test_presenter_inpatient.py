"""住院结算 without a window: the worklist, opening and leaving a stay, whose card it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from core.clock import CHINA
from core.domain.stay import StayRow, StayState, UploadEnd, UploadReport
from core.errors import Refused, fault
from core.events import TransactionChanged
from gui.screens.inpatient.columns import difference_of, list_columns, list_room, state_of
from gui.screens.inpatient.facts import stay_facts
from gui.screens.inpatient.rules import next_action, step_line
from gui.screens.inpatient.worklist import CHIPS, belongs, hint_of, matches
from tests.helpers.ward import Ward, a_ward

MORNING = datetime(2026, 3, 1, 9, 0, tzinfo=CHINA)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    with a_ward(tmp_path_factory.mktemp("ward")) as made:
        yield made


def row(state: StayState = StayState.ADMITTED, **more: object) -> StayRow:
    known = {"visit_no": "ZY-1", "name": "段丽华", "bed": "06-21", "state": state, **more}
    return StayRow.model_validate(known)


# -- the list


@pytest.mark.parametrize(
    ("item", "chips"),
    [
        (row(StayState.WAITING, lines_missing=9), {"all", "waiting"}),
        (row(StayState.ADMITTED), {"all", "in_bed"}),
        (row(StayState.TO_UPLOAD, lines_missing=2), {"all", "in_bed", "to_upload"}),
        (row(StayState.PRESETTLED), {"all", "in_bed", "presettled"}),
        (row(StayState.DISCHARGED, discharged_at=MORNING), {"all", "discharged"}),
        (row(StayState.SETTLED), {"all", "settled"}),
        (row(StayState.NOT_PRINTED), {"all", "settled", "not_printed"}),
        (row(StayState.CANCELLED), set()),
    ],
)
def test_a_stay_stands_under_the_chips_that_cashiers_mean(item: StayRow, chips: set[str]) -> None:
    assert {chip for chip in CHIPS if belongs(item, chip)} == chips


@pytest.mark.parametrize("text", ["段", "dlh", "DL", "06-21", "zy-1", ""])
def test_a_stay_is_found_by_name_initials_bed_and_number(text: str) -> None:
    assert matches(row(), text)
    assert not matches(row(), "包振邦")


def test_the_hint_says_the_one_thing_to_know() -> None:
    assert "未定" in hint_of(row(open_msgid="M-1", filing_warning="备案到期"))
    assert hint_of(row(filing_warning="备案到期")) == "备案到期"
    assert "3 行" in hint_of(row(StayState.TO_UPLOAD, lines_missing=3))
    assert "打印" in hint_of(row(StayState.NOT_PRINTED))
    assert hint_of(row()) == ""


def test_states_and_differences_in_words() -> None:
    assert state_of(row(open_msgid="M-1")) == "结果未定"
    assert state_of(row(StayState.DISCHARGED)) == "已出院待结"
    assert difference_of(row(hospital=900, uploaded=400)) == 500
    assert difference_of(row(StayState.WAITING, hospital=900)) is None


def test_a_narrow_list_keeps_name_place_and_state() -> None:
    names = {room: [c.name for c in list_columns(room)] for room in ("wide", "middle", "narrow")}
    assert [list_room(units) for units in (1200, 800, 500)] == ["wide", "middle", "narrow"]
    assert all({"name", "place", "state"} <= set(found) for found in names.values())
    assert {"hospital", "uploaded", "difference", "deposit", "hint"} <= set(names["wide"])


def test_chips_count_what_the_text_leaves(ward: Ward) -> None:
    presenter, _ = ward.sit()
    assert presenter.counts()["all"] == len(presenter.shown()) == 9
    presenter.search("骨科")
    assert 0 < presenter.counts()["all"] < 9
    presenter.show("discharged")
    assert presenter.shown() == ()
    presenter.search("")
    presenter.show("waiting")
    assert len(presenter.shown()) == presenter.counts()["waiting"]


def test_the_list_is_the_same_value_while_nothing_moves(ward: Ward) -> None:
    presenter, _ = ward.sit()
    assert presenter.shown() is presenter.shown()


def test_a_list_that_cannot_be_read_says_so(ward: Ward, monkeypatch) -> None:
    def fails() -> None:
        raise Refused(fault("stays.reason", "reason"))

    presenter, page = ward.sit()
    monkeypatch.setattr(ward.desk.stays, "worklist", fails)
    presenter.load()
    assert page.kinds == [] and len(presenter.rows) == 9  # it is read again by itself: no banner
    assert presenter.trouble
    monkeypatch.undo()
    presenter.load()
    assert presenter.trouble == ""


def test_asked_again_while_it_is_read_the_list_is_read_once_more(ward: Ward) -> None:
    presenter, page = ward.sit()
    page.hold = True
    presenter.load()
    presenter.load()
    presenter.load()
    assert len(page.waiting) == 1
    page.finish()
    assert [work.name for work in page.works].count("worklist") == 3


# -- opening


def test_enter_opens_the_only_stay_that_can_be_meant(ward: Ward) -> None:
    presenter, _ = ward.sit()
    presenter.go("骨科")
    assert presenter.case is None
    presenter.go("mqs")
    assert presenter.case is not None and presenter.case.row.name == "孟庆生"


def test_leaving_keeps_the_place_and_the_search(ward: Ward) -> None:
    presenter, _ = ward.sit()
    presenter.search("bzb")
    presenter.go("bzb")
    number = presenter.case.visit_no
    presenter.close()
    assert presenter.case is None
    assert (presenter.place, presenter.text) == (number, "bzb")
    presenter.next_stay()
    assert presenter.text == ""


def test_a_number_that_nobody_knows_leaves_the_list_as_it_was(ward: Ward) -> None:
    presenter, page = ward.sit()
    presenter.go("ZY-0000")
    assert presenter.case is None and page.kinds == ["warning"]


def test_a_waiting_stay_begins_with_the_card(ward: Ward) -> None:
    presenter, _ = ward.opened("孟庆生", card=False)
    case = presenter.case
    assert [step.mark for step in step_line(case)][:2] == ["now", "later"]
    assert next_action(case) == "stay_card"
    assert presenter.why_not("admit").key == "inpatient.why.no_card"
    values = [fact.value for fact in stay_facts(case, "F4")]
    assert any("还没有读卡" in text for text in values)
    assert any("05-02" in text for text in values)


# -- whose card


def test_a_card_on_the_list_opens_its_stay(ward: Ward) -> None:
    presenter, _ = ward.sit()
    ward.lay("向文斌")
    presenter.read_card()
    assert presenter.case is not None and presenter.case.person.name == "向文斌"
    assert presenter.case.qualification is not None
    assert presenter.primary() == "admit"


def test_a_card_without_a_stay_here_says_so(ward: Ward) -> None:
    presenter, page = ward.sit()
    ward.lay("shen")
    presenter.read_card()
    assert presenter.case is None and presenter.text == "沈建国"
    assert page.kinds == ["info"] and "沈建国" in page.text


def test_somebody_elses_card_is_noticed(ward: Ward) -> None:
    presenter, page = ward.admitted("向文斌")
    ward.lay("孟庆生")
    presenter.read_card()
    assert page.kinds == ["danger"] and "孟庆生" in page.text
    assert presenter.case.cards["settle"]
    ward.lay("向文斌")
    presenter.read_card()
    assert page.kinds == ["info"] and not presenter.case.cards["settle"]


def test_the_name_on_the_card_is_compared_until_it_is_registered(ward: Ward) -> None:
    presenter, _ = ward.opened("孟庆生", card=False)
    ward.lay("包振邦")
    presenter.read_card()
    assert presenter.case.differences
    assert presenter.why_not("admit").key == "inpatient.why.differs"
    presenter.override("trainboss", "peixun")
    assert presenter.case.override is not None
    assert presenter.why_not("admit") is None


def test_a_cashiers_word_does_not_do_for_a_name(ward: Ward) -> None:
    presenter, page = ward.opened("孟庆生", card=False)
    presenter.override("trainer", "peixun")
    assert presenter.case.override is None and "主管" in page.text


# -- what others announce


def test_a_change_of_the_journal_is_looked_at(ward: Ward) -> None:
    presenter, page = ward.opened("孟庆生", card=False)
    before = len(page.works)
    presenter.changed(TransactionChanged("M", presenter.case.visit_no, "settled"))
    presenter.changed(TransactionChanged("M", "ZY-other", "settled"))
    assert [work.name for work in page.works[before:]] == ["reread"]
    presenter.close()
    presenter.changed(TransactionChanged("M", "ZY-other", "settled"))
    assert page.works[-1].name == "worklist"


def test_without_a_stay_the_keys_say_what_to_do_first(ward: Ward) -> None:
    presenter, page = ward.sit()
    presenter.confirm()
    assert "打开一位患者" in page.text
    assert presenter.why_not("stay_card") is None and presenter.why_not("next_stay") is None
    assert presenter.money().total is None and presenter.primary() == ""


def test_a_report_that_is_not_whole_is_told_as_a_warning(ward: Ward) -> None:
    presenter, page = ward.sit()
    ends = (UploadEnd(visit_no="ZY-1", name="甲", ended="sent", lines=3),
            UploadEnd(visit_no="ZY-2", name="乙", ended="refused", text="未对照"))  # fmt: skip
    presenter._all_uploaded(UploadReport(stays=ends, lines=3))
    assert page.kinds == ["warning"] and "2 位中 1 位" in page.text
    presenter._all_uploaded(UploadReport(stays=ends[:1], lines=3, stopped=True))
    assert "停下" in page.text and presenter.report is not None


def test_a_report_that_comes_while_a_stay_is_open_waits_for_the_list(ward: Ward) -> None:
    presenter, page = ward.opened("孟庆生", card=False)
    report = UploadReport(stays=(UploadEnd(visit_no="ZY-1", name="甲", ended="sent", lines=3),))
    presenter.late("list", report)
    assert presenter.report is report and page.kinds == ["done"]
