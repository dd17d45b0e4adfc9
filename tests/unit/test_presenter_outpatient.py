"""门诊收费 without a window: what may be pressed, what happens, and what is said."""

from __future__ import annotations

import pytest

from core.catalogue.initials import begins
from core.domain import Registration, Stage
from core.events import Progress
from core.outcome import NotSent, Rejected, Unknown
from gui.screens.outpatient.fees import fee_rows, fee_sums, plain
from gui.screens.outpatient.presenter import OutpatientPresenter
from gui.screens.outpatient.reception import matching, search_waiting, suggested_med_type
from gui.screens.outpatient.steps import step_line, why_not
from tests.helpers.fake_desk import (
    CHIEF,
    HAND,
    LINES,
    LUNG,
    MED_TYPES,
    PERSON,
    REGISTRATION,
    FakeDesk,
    FakePage,
    line,
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


# -- reception


def test_the_card_finds_its_waiting_visit_and_fills_the_form() -> None:
    presenter, _, _ = at_desk()
    presenter.read_card()
    assert presenter.case.visit is not None
    assert presenter.case.qualification == HAND
    assert presenter.case.draft is not None and presenter.case.draft.med_type == "11"
    assert presenter.primary() == "register"


def test_a_card_that_cannot_be_read_is_told_with_the_centres_words() -> None:
    presenter, desk, page = at_desk()
    desk.next["read_card"] = Rejected("-1", "无读卡信息反馈")
    presenter.read_card()
    assert presenter.case.person is None
    assert page.said[0].text == "无读卡信息反馈"
    assert page.said[0].code == "-1"


def test_several_waiting_visits_are_not_guessed() -> None:
    presenter, desk, page = at_desk()
    other = REGISTRATION.model_copy(update={"visit_no": "MZ-2"})
    desk.hospital.waiting = lambda: [REGISTRATION, other]
    presenter.read_card()
    assert presenter.case.visit is None
    assert "2 条" in page.text


def test_nobody_waiting_asks_for_the_visit_number() -> None:
    presenter, desk, page = at_desk()
    desk.hospital.waiting = list
    presenter.read_card()
    assert "就诊号" in page.text


def test_a_scanned_visit_comes_before_the_card() -> None:
    presenter, _, _ = at_desk()
    presenter.open(" MZ-1 ")
    assert presenter.case.visit is not None
    assert why_not(presenter.case, "register") is not None
    assert presenter.primary() == "patient"
    presenter.read_card()
    assert why_not(presenter.case, "register") is None


def test_an_unknown_visit_is_refused_with_a_sentence() -> None:
    presenter, _, page = at_desk()
    presenter.open("NONE")
    assert presenter.case.visit is None
    assert page.kinds == ["warning"]
    assert presenter.busy == ""


def test_another_visit_number_is_another_patient() -> None:
    presenter, _, _ = at_desk()
    presenter.read_card()
    before = presenter.case
    presenter.open("MZ-9")
    assert presenter.case is not before
    assert presenter.case.person is None


def test_several_qualifications_have_to_be_picked() -> None:
    person = PERSON.model_copy(update={"qualifications": (HAND, LUNG)})
    presenter, _, page = at_desk(FakeDesk(person))
    presenter.read_card()
    reason = why_not(presenter.case, "register")
    assert reason is not None and "F4" in reason.text
    presenter.register()
    assert "F4" in page.text
    presenter.pick("Q-02")
    assert presenter.case.draft is not None and presenter.case.draft.med_type == "12"
    assert why_not(presenter.case, "register") is None


@pytest.mark.parametrize(
    ("update", "words"),
    [({"qualifications": ()}, "没有工伤资格"), ({"refused_reason": "02"}, "欠费")],
)
def test_who_is_not_entitled_is_blocked_with_the_reason(
    update: dict[str, object], words: str
) -> None:
    presenter, desk, page = at_desk(FakeDesk(PERSON.model_copy(update=update)))
    presenter.read_card()
    presenter.register()
    assert words in page.text
    assert "register" not in desk.calls


def test_another_name_needs_a_supervisor() -> None:
    presenter, desk, page = at_desk(FakeDesk(PERSON.model_copy(update={"name": "别人"})))
    presenter.read_card()
    assert presenter.case.differences
    presenter.register()
    assert "主管" in page.text and "register" not in desk.calls
    presenter.override("001", "right")
    assert presenter.case.override is None and "不是主管" in page.text
    presenter.override("900", "wrong")
    assert presenter.case.override is None
    presenter.override("900", "right")
    presenter.register()
    assert ("registered", "11", "Q-01", CHIEF) in desk.calls


def test_a_new_card_takes_the_override_back() -> None:
    presenter, _, _ = at_desk(FakeDesk(PERSON.model_copy(update={"name": "别人"})))
    presenter.read_card()
    presenter.override("900", "right")
    presenter.read_card()
    assert presenter.case.override is None


def test_the_card_of_somebody_else_after_registration_is_an_alarm() -> None:
    presenter, desk, page = presettled()
    desk.person = PERSON.model_copy(update={"number": "P-2", "name": "别人"})
    presenter.read_card()
    assert page.kinds == ["danger"] and "别人" in page.text
    desk.person = PERSON
    presenter.read_card()
    assert page.kinds == ["info"]
    assert presenter.case.person is not None and presenter.case.person.number == PERSON.number


def test_the_form_goes_into_the_registration() -> None:
    presenter, desk, _ = at_desk()
    presenter.read_card()
    assert presenter.case.draft is not None
    presenter.edit(presenter.case.draft.model_copy(update={"med_type": "13", "phone": "1"}))
    presenter.register()
    assert ("registered", "13", "Q-01", None) in desk.calls
    assert presenter.case.draft.phone == "1"


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Rejected("-1", "参保人不在院"), "danger"),
        (NotSent("worker_missing", "接口进程未启动"), "warning"),
        (Unknown("deadline", "20 秒未答复"), "unknown"),
    ],
)
def test_every_ending_has_its_banner(outcome: object, kind: str) -> None:
    presenter, desk, page = at_desk()
    presenter.read_card()
    desk.next["register"] = outcome  # type: ignore[assignment]
    presenter.register()
    assert page.kinds == [kind]
    assert not presenter.case.registered
    assert presenter.case.open is (kind == "unknown")


def test_suggested_med_type_follows_the_kind() -> None:
    assert suggested_med_type("职业病", MED_TYPES) == "12"
    assert suggested_med_type("康复治疗", MED_TYPES) == "13"
    assert suggested_med_type("", MED_TYPES) == ""
    assert suggested_med_type("别的", MED_TYPES) == ""


def test_the_waiting_list_is_searched_by_every_word_of_it() -> None:
    assert search_waiting("骨", [REGISTRATION]) == [REGISTRATION]
    assert search_waiting("mz-", [REGISTRATION]) == [REGISTRATION]
    assert search_waiting("9999", [REGISTRATION]) == [REGISTRATION]
    assert search_waiting("内科", [REGISTRATION]) == []


@pytest.mark.parametrize(
    ("name", "typed", "fits"),
    [
        ("沈建国", "sjg", True),
        ("沈建国", "SJ", True),
        ("沈建国", "jg", False),
        ("单大力", "sdl", True),
        ("单大力", "ddl", True),
        ("贺喆堃", "hzk", True),
        ("陈䶮", "cy", True),
        ("沈建国", "sjgx", False),
        ("沈建国", "", False),
        ("沈建国", "沈", False),
        ("A某", "am", True),
        ("周桂芳", "zgf", True),
        ("吴海生", "whs", True),
        ("安娜", "an", True),
        ("张", "b", False),
    ],
)
def test_names_are_found_by_their_initials(name: str, typed: str, fits: bool) -> None:
    assert begins(name, typed) is fits


def test_the_visit_box_takes_initials() -> None:
    assert search_waiting("ssl", [REGISTRATION]) == [REGISTRATION]
    assert search_waiting("xsl", [REGISTRATION]) == []


def test_a_visit_without_id_number_is_matched_by_name() -> None:
    bare = Registration(visit_no="MZ-3", person_name=PERSON.name)
    assert matching(PERSON, [bare]) == [bare]
    assert matching(PERSON, [bare, REGISTRATION]) == [REGISTRATION]


# -- fees


def test_f5_uploads_what_is_missing_and_presettles() -> None:
    presenter, desk, _ = presettled()
    assert [call for call in desk.calls if isinstance(call, str)] == [
        "register", "upload_fees", "presettle"
    ]  # fmt: skip
    assert presenter.case.stage is Stage.PRESETTLED
    assert marks(presenter)["settle"] == "now"


def test_a_stopped_upload_is_resumed_and_nothing_is_settled() -> None:
    desk = FakeDesk()
    desk.batches = 2
    presenter, desk, page = presettled(desk)
    assert presenter.case.stage is Stage.UPLOADED
    assert "2" in page.text and "presettle" not in desk.calls
    presenter.presettle()
    presenter.presettle()
    assert presenter.case.stage is Stage.PRESETTLED


def test_stop_after_this_batch_is_heard() -> None:
    presenter, _, page = at_desk()
    presenter.read_card()
    presenter.register()
    page.hold = True
    presenter.upload()
    assert page.waiting[0].stop is not None
    page.waiting[0].stop()
    page.finish()
    assert fee_sums(presenter.case.visit, {}).accepted == 1


def test_progress_is_shown_for_this_visit_only() -> None:
    presenter, _, _ = presettled()
    presenter.progressed(Progress("upload", "MZ-1", 3, 5))
    presenter.progressed(Progress("upload", "MZ-2", 9, 9))
    assert (presenter.case.done, presenter.case.of) == (3, 5)


def test_a_his_amount_that_differs_blocks_its_line() -> None:
    desk = FakeDesk(lines=(line(1), line(2, amount=1235)))
    presenter, desk, page = presettled(desk)
    row = fee_rows(presenter.case.visit, presenter.case.faulty)[1]
    assert row.state == "faulty" and "12.35" in row.says
    assert "1 行有误" in page.text
    assert "upload_fees" not in desk.calls


def test_a_fault_of_all_lines_together_blocks_too() -> None:
    desk = FakeDesk(
        lines=(line(1), line(2, quantity="-1", amount=-1234), line(3, quantity="-9", amount=-11106))
    )
    presenter, desk, _ = presettled(desk)
    assert "upload_fees" not in desk.calls
    assert why_not(presenter.case, "upload") is not None


def test_no_lines_says_what_to_do() -> None:
    _, _, page = presettled(FakeDesk(lines=()))
    assert "Ctrl+O" in page.text


def test_lines_of_a_file_take_their_place_and_nothing_is_sent() -> None:
    presenter, desk, page = at_desk(FakeDesk(lines=()))
    presenter.read_card()
    presenter.use_lines(LINES[:2])
    assert presenter.case.imported and presenter.case.visit is not None
    assert len(presenter.case.visit.lines) == 2
    assert "2 行" in page.text and "upload_fees" not in desk.calls


def test_lines_at_the_centre_that_the_hospital_no_longer_has_are_removed_first() -> None:
    presenter, desk, page = presettled()
    desk.kept = desk.kept.model_copy(update={"lines": LINES[:3]})
    presenter.open("MZ-1")
    presenter.presettle()
    assert "2 行" in page.text
    presenter.remove_fees()
    presenter.presettle()
    assert presenter.case.stage is Stage.PRESETTLED


def test_a_quantity_is_shown_without_exponent() -> None:
    assert plain(line(1, quantity="10").quantity) == "10"
    assert plain(line(1, quantity="1.5000").quantity) == "1.5"
