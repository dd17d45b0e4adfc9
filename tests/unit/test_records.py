"""Medical records: from the hospital or a file, completed, judged, uploaded and withdrawn."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from core.domain.record import INPATIENT, OUTPATIENT, RecordState
from core.errors import InvalidInput, Refused
from core.outcome import Accepted, Unknown
from tests.helpers.flows import settled
from tests.helpers.inprocess import World

WHOLE = {
    "complaint": "右手夹伤一小时", "present_illness": "工作时受伤", "examination": "右手裂伤",
    "disposal": "清创缝合", "diagnoses": [{"code": "S62.601", "name": "手指骨折", "main": "是"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return World(tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def desk(world):
    with world.desk() as desk:
        yield desk


@pytest.fixture
def paid(desk) -> str:
    return settled(desk)


def taken(desk, tmp_path: Path, visit_no: str, **changes) -> None:
    """A record of the visit from a JSON file."""
    values = {name: value for name, value in (WHOLE | changes).items() if value is not None}
    path = tmp_path / "records.json"
    path.write_text(json.dumps([{"就诊号": visit_no} | values], ensure_ascii=False), "utf-8")
    preview = desk.records.read_file(path)
    assert preview.faults == ()
    desk.records.take(preview)


def row(desk, visit_no: str):
    return next(row for row in desk.records.worklist() if row.visit_no == visit_no)


def at_centre(world, visit_no: str) -> list[dict]:
    return [item for item in world.books()["records"] if item["visit_no"] == visit_no]


def test_a_settled_visit_waits_for_its_record_with_a_deadline(desk, paid) -> None:
    found = row(desk, paid)
    assert (found.state, found.step, found.score) == (RecordState.MISSING, OUTPATIENT, 0)
    assert found.deadline == found.settled_at.date() + timedelta(days=7)
    assert found.days_left == 7
    assert desk.records.sheet(paid).record is None


def test_a_whole_record_is_uploaded_and_kept_with_its_number(world, desk, paid, tmp_path) -> None:
    taken(desk, tmp_path, paid)
    assert row(desk, paid).state is RecordState.READY
    result = desk.records.upload(paid)
    assert isinstance(result.outcome, Accepted)
    [theirs] = at_centre(world, paid)
    sheet = desk.records.sheet(paid)
    assert sheet.row.state is RecordState.UPLOADED
    assert sheet.row.record_no == sheet.uploads[0].record_no == theirs["rec_sn"]
    content = json.loads(theirs["content"])
    assert content["chfcomp"] == WHOLE["complaint"] and content["vali_flag"] == "1"
    assert content["diseinfo"][0]["maindiag_flag"] == "1"


def test_what_is_missing_is_named_and_stops_the_upload(world, desk, paid, tmp_path) -> None:
    taken(desk, tmp_path, paid, examination=None)
    sheet = desk.records.sheet(paid)
    assert sheet.row.state is RecordState.INCOMPLETE
    assert [gap.label for gap in sheet.gaps] == ["查体"]
    assert 50 < sheet.row.score < 100
    with pytest.raises(Refused, match="查体"):
        desk.records.upload(paid)
    assert at_centre(world, paid) == []


def test_a_newer_version_is_uploaded_again(world, desk, paid, tmp_path) -> None:
    taken(desk, tmp_path, paid)
    desk.records.upload(paid)
    taken(desk, tmp_path, paid)
    assert row(desk, paid).state is RecordState.UPLOADED  # the same again is no new version
    taken(desk, tmp_path, paid, disposal="清创缝合，门诊随诊")
    assert row(desk, paid).state is RecordState.CHANGED
    assert isinstance(desk.records.upload(paid).outcome, Accepted)
    assert [item["version"] for item in at_centre(world, paid)] == [1, 2]


def test_an_unanswered_upload_is_sent_again_and_blocks_nobody(world, desk, paid, tmp_path) -> None:
    taken(desk, tmp_path, paid)
    world.fault("reply_lost", "1106")
    assert isinstance(desk.records.upload(paid).outcome, Unknown)
    assert row(desk, paid).state is RecordState.UNKNOWN
    assert desk.resolve.pending() == () and not desk.journal.open_for(paid)
    assert isinstance(desk.records.upload(paid).outcome, Accepted)
    assert row(desk, paid).state is RecordState.UPLOADED


def test_an_uploaded_record_is_withdrawn_with_a_reason(world, desk, paid, tmp_path) -> None:
    taken(desk, tmp_path, paid)
    with pytest.raises(Refused, match="没有已上传"):
        desk.records.withdraw(paid, "写错患者")
    desk.records.upload(paid)
    with pytest.raises(Refused, match="作废原因"):
        desk.records.withdraw(paid, " ")
    result = desk.records.withdraw(paid, "写错患者")
    assert isinstance(result.outcome, Accepted)
    assert row(desk, paid).state is RecordState.WITHDRAWN
    assert "写错患者" in [item.text for item in desk.history.timeline(result.msgid)]
    assert [item["valid"] for item in at_centre(world, paid)] == [1, 0]


def test_the_hospitals_system_gives_records(desk, paid) -> None:
    sheet = desk.records.fetch(paid)
    assert sheet.record is not None and sheet.record.values["complaint"]
    with pytest.raises(Refused, match="MZ404"):
        desk.records.fetch("MZ404")


def test_a_stay_goes_up_as_an_inpatient_record(world, desk) -> None:
    stay = next(
        item for item in desk.hospital.stays() if item.registration.med_type == "21"
    ).registration
    values = desk.hospital.record(stay.visit_no)
    assert {"course", "discharged_at", "diagnoses"} <= values.keys()
    with desk.journal.commit():
        desk.journal.ledger.plan_visit(stay, None, None)
    assert desk.records.fetch(stay.visit_no).row.step == INPATIENT
    labels = [gap.label for gap in desk.records.sheet(stay.visit_no).gaps]
    assert labels and all(labels)  # no card was read: the person's number is missing


def test_all_that_is_ready_goes_up_in_one_run(world, desk, tmp_path) -> None:
    first, second = settled(desk), settled(desk)
    taken(desk, tmp_path, first)
    taken(desk, tmp_path, second)
    sent = {item.visit_no: item.outcome for item in desk.records.upload_all()}
    assert isinstance(sent[first], Accepted) and isinstance(sent[second], Accepted)
    assert desk.records.upload_all() == ()
    assert desk.records.worklist(state=RecordState.READY) == ()
    assert [item.visit_no for item in desk.records.worklist(first)] == [first]


def test_a_run_stops_when_asked_and_when_nobody_answers(world, desk, tmp_path) -> None:
    visits = [settled(desk), settled(desk)]
    for number in visits:
        taken(desk, tmp_path, number)
    assert len(desk.records.upload_all(stop=lambda: True)) == 1
    world.fault("request_lost", "1106")
    assert [type(item.outcome) for item in desk.records.upload_all()] == [Unknown]


# -- files


def test_a_workbook_has_a_sheet_for_each_list(desk, paid, tmp_path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["就诊号", "主诉", "现病史", "查体", "处置意见", "就诊时间"])
    book.active.append([paid, "夹伤", "受伤", "裂伤", "缝合", "2026-03-02 09:30"])
    rows = book.create_sheet("诊断列表")
    rows.append(["就诊号", "诊断疾病编码", "诊断名称", "主诊断标志"])
    rows.append([paid, "S62.601", "手指骨折", "是"])
    rows.append(["MZ404", "S00", "别人的", "是"])
    book.save(tmp_path / "records.xlsx")
    preview = desk.records.read_file(tmp_path / "records.xlsx")
    assert preview.faults == ()
    values = preview.records[paid]
    assert values["visited_at"] == "2026-03-02T09:30:00+08:00"
    assert len(values["diagnoses"]) == 1 and values["diagnoses"][0]["main"] == "1"
    assert desk.records.take(preview) == (paid,)
    assert desk.records.sheet(paid).gaps == ()


def test_a_text_file_is_read_by_its_header(desk, paid, tmp_path) -> None:
    path = tmp_path / "records.csv"
    path.write_bytes(f"就诊号,主诉,血型\n{paid},夹伤,A\n,没有号,B\n".encode("gbk"))
    preview = desk.records.read_file(path)
    assert preview.records == {paid: {"complaint": "夹伤"}}
    texts = [item.text for item in preview.faults]
    assert any("血型" in text for text in texts) and any("第 2 份" in text for text in texts)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "读不出"),
        (b"[1, 2]", "病历"),
        (b"[]", "没有病历"),
        (b"\xff\xfe\x00", "读不出|没有病历"),
    ],
)
def test_a_file_that_is_none_is_a_sentence(desk, tmp_path, content, says) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(InvalidInput, match=says):
        desk.records.read_file(tmp_path / "x.json")
    with pytest.raises(InvalidInput, match="读不出"):
        desk.records.read_file(tmp_path / "nothing.json")


def test_a_value_nobody_understands_is_named(desk, paid, tmp_path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"visit_no": paid, "visited_at": "昨天"}), "utf-8")
    [said] = desk.records.read_file(path).faults
    assert "昨天" in said.text and "就诊时间" in said.text and paid in said.text


def test_what_is_withdrawn_is_the_version_at_the_centre(world, desk, paid, tmp_path) -> None:
    taken(desk, tmp_path, paid)
    desk.records.upload(paid)
    taken(desk, tmp_path, paid, examination=None, complaint="改过的主诉")
    assert row(desk, paid).state is RecordState.INCOMPLETE
    assert isinstance(desk.records.withdraw(paid, "写错患者").outcome, Accepted)
    first, second = at_centre(world, paid)
    assert (first["valid"], second["valid"]) == (1, 0)
    assert json.loads(second["content"])["chfcomp"] == WHOLE["complaint"]
    withdrawn, uploaded = desk.records.sheet(paid).uploads
    assert withdrawn.version == uploaded.version and not withdrawn.valid
    with pytest.raises(Refused, match="没有已上传"):
        desk.records.withdraw(paid, "再一次")
    taken(desk, tmp_path, paid, complaint="改过的主诉")
    assert isinstance(desk.records.upload(paid).outcome, Accepted)
    assert row(desk, paid).state is RecordState.UPLOADED


def test_a_visit_without_a_record_has_nothing_to_upload(desk, paid) -> None:
    with pytest.raises(Refused, match=f"就诊 {paid} 还没有病历；请从医院系统提取"):
        desk.records.upload(paid)


def test_a_field_the_upload_does_not_have_is_left_out(desk, paid, tmp_path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"就诊号": paid, "主诉": "夹伤", "血型": "A"}), "utf-8")
    preview = desk.records.read_file(path)
    assert "「血型」不是病历上传的字段，未导入" in preview.faults[0].text
    desk.records.take(preview)
    assert desk.records.sheet(paid).record.values == {"complaint": "夹伤"}
    assert desk.records.take(preview) == ()
