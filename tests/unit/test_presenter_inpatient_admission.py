"""Admission, change, taking back, and special filing of a stay, without a window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.domain import Qualification
from core.domain.stay import ChangeField, WayBack
from core.outcome import Rejected
from core.service.filing import LARGEST_FILE
from gui.screens.inpatient.facts import filing_line, stay_facts
from gui.screens.inpatient.filing import FileRow, filing_of, size_text
from gui.screens.inpatient.forms import (
    admission_specs,
    change_specs,
    discharge_specs,
    filing_specs,
)
from gui.screens.inpatient.moments import moment_of
from tests.helpers.ward import Ward, a_ward

PDF = b"%PDF-1.4 example"


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    with a_ward(tmp_path_factory.mktemp("ward")) as made:
        yield made


def views(ward: Ward, step: str) -> Any:
    return ward.desk.centre.fields(step)


# -- forms


def test_the_admission_asks_what_an_inpatient_needs(ward: Ward) -> None:
    specs = {spec.name: spec for spec in admission_specs(views(ward, "register"), "gbk")}
    assert list(specs)[:4] == ["med_type", "inpatient_no", "ward_name", "bed"]
    assert set(specs["med_type"].choices) == {"21", "22", "23"}
    assert specs["ward_name"].required and specs["inpatient_no"].required
    assert not specs["bed"].required
    assert specs["admitted_at"].kind == "moment" and specs["admitted_at"].length == 0


def test_the_change_shows_what_may_not_change_and_why(ward: Ward) -> None:
    fields = (
        ChangeField(field="med_type", label="医疗类别", value="21", allowed=False, why="随资格"),
        ChangeField(field="bed", label="床位号", value="1", allowed=True, hospital="2"),
    )
    specs = change_specs(fields, views(ward, "change_registration"), "gbk")
    assert [spec.name for spec in specs] == ["bed", "med_type"]
    assert "2" in specs[0].hint and not specs[0].read_only
    assert specs[1].read_only and specs[1].hint == "随资格"


def test_the_filing_leaves_out_what_the_desk_knows(ward: Ward) -> None:
    specs = filing_specs(views(ward, "special_filing"), "gbk")
    names = [spec.name for spec in specs]
    assert names[-1] == "reason" and not {"person_no", "attachments"} & set(names)


def test_the_discharge_needs_all_four(ward: Ward) -> None:
    specs = discharge_specs(views(ward, "settle"), "gbk")
    assert [spec.name for spec in specs] == [
        "discharged_at", "outcome_code", "diagnosis_code", "diagnosis_name"
    ]  # fmt: skip
    assert all(spec.required for spec in specs)


def test_moments_of_forms_are_chinas() -> None:
    assert moment_of("") is None
    assert f"{moment_of('2026-03-02'):%H:%M %z}" == "00:00 +0800"
    assert f"{moment_of('2026-03-02 08:30:00'):%H:%M}" == "08:30"


# -- 2201, 2203, 2202


def test_admission_change_and_the_way_back(ward: Ward) -> None:
    presenter, page = ward.opened("孔令辉")
    assert presenter.case.draft.med_type == "21"
    presenter.admit()
    assert page.kinds == ["done"] and presenter.case.registered
    assert presenter.why_not("stay_qualification").key == "inpatient.why.injury_fixed"
    shown: list[tuple[ChangeField, ...]] = []
    presenter.ask_change(shown.append)
    values = {item.field: item.value for item in shown[0]}
    assert not presenter.change(values, shown[0])
    moved = {**values, "bed": "88", "admitted_at": "2026-03-01 08:00:00", "med_type": "22"}
    assert presenter.change(moved, shown[0])
    known = presenter.case.visit.registration
    assert known.bed == "88" and f"{known.admitted_at:%H:%M}" == "08:00" and known.med_type == "21"
    way: list[tuple[WayBack, ...]] = []
    presenter.ask_way_back(way.append)
    assert presenter.may_cancel(way[0])
    presenter.cancel_admission("患者转自费")
    assert not presenter.case.registered and "撤销" in page.text


def test_a_discharge_stands_in_the_way_back(ward: Ward) -> None:
    presenter, _ = ward.sit()
    steps = (WayBack(step="undo_discharge", text="取消出院", done=False),
             WayBack(step="cancel_fees", text="撤销费用", done=False))  # fmt: skip
    assert not presenter.may_cancel(steps) and presenter.may_cancel(steps[1:])


def test_a_refused_admission_says_why_and_keeps_the_form(ward: Ward) -> None:
    presenter, page = ward.opened("石宝珍")
    presenter.edit(presenter.case.draft.model_copy(update={"med_type": "22"}))
    presenter.admit()
    assert page.kinds == ["danger"] and not presenter.case.registered
    assert presenter.case.draft.med_type == "22"


def test_several_injuries_are_chosen_by_hand(ward: Ward) -> None:
    presenter, _ = ward.opened("石宝珍")
    other = Qualification(id="Q-2", text="听力损失", kind="职业病")
    person = presenter.case.person
    both = (*person.qualifications, other)
    presenter.welcome(person.model_copy(update={"qualifications": both}))
    assert presenter.case.qualification is None
    assert presenter.why_not("admit").key == "inpatient.why.pick"
    assert presenter.choices() == both
    presenter.pick("Q-2")
    assert presenter.case.qualification == other and presenter.case.draft.med_type == "22"
    assert presenter.why_not("admit") is None


def test_nobody_is_admitted_against_the_centres_word(ward: Ward) -> None:
    presenter, _ = ward.opened("石宝珍")
    refused = presenter.case.person.model_copy(update={"refused_reason": "欠费"})
    presenter.welcome(refused)
    assert "欠费" in presenter.why_not("admit").text
    assert presenter.why_not("special_filing") is None


# -- 1102


def test_a_day_as_end_lasts_to_its_last_second() -> None:
    values = {"name": "甲", "id_no": "1", "med_type": "21", "filing_kind": "1", "reason": "急诊",
              "injured_at": "2026-03-01 08:00:00", "begin": "2026-03-01 08:00:00",
              "end": "2026-03-31"}  # fmt: skip
    filing = filing_of(values)
    assert filing.kind == "1" and f"{filing.ends:%m-%d %H:%M:%S}" == "03-31 23:59:59"
    assert filing_of({**values, "end": ""}).ends is None


def test_sizes_are_whole_kilobytes() -> None:
    assert [size_text(size) for size in (1, 1024, 200_000)] == ["1 KB", "1 KB", "195 KB"]


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [("missing.pdf", None, "找不到"), ("note.txt", b"text", "PDF"), ("empty.pdf", b"", "空文件"),
     ("photo.jpg", PDF, "PDF"), ("large.pdf", PDF + b"x" * LARGEST_FILE, "KB")],
)  # fmt: skip
def test_a_file_that_cannot_go_is_refused_before_it_is_sent(
    ward: Ward, tmp_path: Path, name: str, data: bytes | None, word: str
) -> None:
    presenter, page = ward.opened("贾云鹏")
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    presenter.add_file(str(path))
    assert presenter.files == () and word in page.text


def test_files_are_added_once_and_left_out_again(ward: Ward, tmp_path: Path) -> None:
    presenter, page = ward.opened("贾云鹏")
    path = tmp_path / "paper.pdf"
    path.write_bytes(PDF)
    presenter.add_file(f'"{path}"')
    presenter.add_file(str(path))
    assert [item.name for item in presenter.files] == ["paper.pdf"] and "已经在" in page.text
    presenter.remove_file(presenter.files[0])
    presenter.add_file("  ")
    assert presenter.files == ()


def filled(presenter: Any, **more: str) -> dict[str, str]:
    values = presenter.begin_filing()
    return {**values, "filing_kind": "1", "reason": "急诊入院，认定中", "injured_part": "头部",
            "end": "2026-03-10", **more}  # fmt: skip


def test_a_filing_gives_what_the_card_does_not_show(ward: Ward, tmp_path: Path) -> None:
    presenter, page = ward.opened("贾云鹏")
    assert presenter.why_not("admit").key == "inpatient.why.no_qualification"
    values = filled(presenter)
    assert values["name"] == "贾云鹏" and values["id_no"]
    presenter.files = (FileRow("paper.pdf", PDF),)
    presenter.file(values)
    case = presenter.case
    assert page.kinds == ["done"] and "2026-03-10" in page.text
    assert case.filing is not None and case.filing.attachments[0].size == len(PDF)
    assert case.filing_draft == {} and presenter.files == ()
    assert case.filing.number in filing_line(case)
    assert any(case.filing.number in fact.value for fact in stay_facts(case, "F4"))
    presenter.admit()
    assert case.registered
    assert presenter.why_not("special_filing").key == "inpatient.why.filing_late"
    assert case.row.filing_warning or case.stay.filing.number == case.visit.registration.filing_no


def test_a_filing_that_is_not_taken_can_be_mended(ward: Ward) -> None:
    presenter, page = ward.opened("石宝珍")
    ward.world.fault("refuse", ward.desk.centre.rule("special_filing").code, text="不予备案")
    values = filled(presenter, phone="123")
    presenter.files = (FileRow("paper.pdf", PDF),)
    presenter.file(values)
    assert page.kinds == ["danger"] and presenter.case.filing is None
    assert presenter.begin_filing()["phone"] == "123"
    assert [item.name for item in presenter.files] == ["paper.pdf"]


def test_who_was_filed_needs_no_card(ward: Ward) -> None:
    presenter, _ = ward.opened("石宝珍")
    presenter.file(filled(presenter))
    filed = presenter.case.filing
    assert filed is not None
    again, _ = ward.opened("石宝珍", card=False)
    assert [item.id for item in again.choices()] == [filed.qualification_id]
    again.pick(filed.qualification_id)
    assert again.case.filing == filed and again.case.person.number == filed.person_no
    assert again.why_not("admit") is None


def test_an_ending_of_a_card_read_is_told(ward: Ward) -> None:
    presenter, page = ward.sit()
    presenter._card_read((Rejected("-1", "无读卡信息反馈"), None))
    assert page.text == "无读卡信息反馈"
