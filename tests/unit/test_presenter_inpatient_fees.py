"""Fees of a stay: batches, resuming, the three amounts beside each other, taking lines back."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from core.app import open_desk
from core.domain.stay import Difference, LineDifference
from core.events import Progress
from core.his.embedded import NoHospital
from gui.screens.inpatient.columns import line_columns, line_room
from gui.screens.inpatient.lines import chosen_lines, stay_lines
from gui.screens.inpatient.rules import next_action, step_line
from tests.helpers.inprocess import CASHIER, World
from tests.helpers.ward import Ward, a_ward


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    with a_ward(tmp_path_factory.mktemp("ward")) as made:
        yield made


def test_an_upload_is_stopped_after_a_batch_and_resumed(ward: Ward) -> None:
    presenter, page = ward.admitted("田广林")
    lines = len(presenter.case.visit.lines)
    assert next_action(presenter.case) == "stay_upload"
    heard: list[Progress] = []
    stop = ward.desk.events.listen(lambda event: presenter.stop_after_batch())
    listen = ward.desk.events.listen(
        lambda event: heard.append(event) if isinstance(event, Progress) else None
    )
    presenter.upload()
    stop()
    listen()
    assert 0 < presenter.case.missing < lines and "停下" in page.text
    assert heard[-1].done == lines - presenter.case.missing
    presenter.upload()
    assert presenter.case.missing == 0 and f"共 {lines} 行" in page.text
    assert presenter.why_not("stay_upload").key == "inpatient.why.uploaded"
    assert {step.name: step.mark for step in step_line(presenter.case)}["fees"] == "done"


def test_refund_lines_name_their_original(ward: Ward) -> None:
    presenter, _ = ward.uploaded("田广林")
    refunds = chosen_lines(presenter.all_lines(), "refunds")
    assert refunds and all(item.hospital < 0 and item.refund for item in refunds)
    names = {line.line_id: line.name for line in presenter.case.visit.lines}
    origins = {line.line_id: line.ref_line_id for line in presenter.case.visit.lines}
    first = refunds[0]
    assert names[origins[first.line_id]] in first.says and "退 ← 第" in first.says


def test_hospital_upload_and_centre_agree_line_by_line(ward: Ward) -> None:
    presenter, page = ward.uploaded("田广林")
    presenter.differences()
    found = presenter.sums()
    assert page.kinds == ["done"] and "全部一致" in page.text
    assert found.hospital == found.uploaded == found.centre and found.differing == 0
    assert all(item.difference == 0 for item in presenter.lines())
    assert presenter.wanted == "all"


def test_what_differs_comes_under_its_filter(ward: Ward, monkeypatch) -> None:
    presenter, page = ward.uploaded("田广林")
    line = presenter.case.visit.lines[0]
    listed = (
        LineDifference(line_id=line.line_id, rx_no=line.rx_no, line=line, hospital=line.amount,
                       uploaded=line.amount, centre=line.amount - 100,
                       kind=Difference.CENTRE_AMOUNT, why="中心少了一元"),
        LineDifference(line_id="X-9", rx_no="R", line=None, hospital=None, uploaded=None,
                       centre=700, kind=Difference.NOT_OURS, why="医院没有"),
    )  # fmt: skip
    monkeypatch.setattr(ward.desk.stays, "differences", lambda number: listed)
    presenter.differences()
    assert page.kinds == ["warning"] and "2 行有差额" in page.text
    assert presenter.wanted == "differs"
    shown = presenter.lines()
    assert [(item.line_id, item.difference) for item in shown] == [
        (line.line_id, 100), ("X-9", -700)
    ]  # fmt: skip
    assert shown[0].says.startswith("中心少了一元") and shown[1].state == "differs"
    presenter.filter("waiting")
    assert presenter.lines() == () and presenter.filter_counts()["differs"] == 2


def test_a_line_that_the_hospital_dropped_is_shown_as_the_centres(ward: Ward) -> None:
    presenter, _ = ward.uploaded("田广林")
    case = presenter.case
    fewer = case.stay.visit.model_copy(update={"lines": case.stay.visit.lines[1:]})
    case.stay = case.stay.model_copy(update={"visit": fewer})
    assert case.stray == 1
    last = stay_lines(case)[-1]
    assert last.state == "differs" and last.hospital is None and "中心有" in last.says
    assert presenter.why_not("stay_settle") is not None


def test_one_line_is_taken_back_with_a_reason_and_sent_again(ward: Ward) -> None:
    presenter, page = ward.uploaded("孔令辉")
    line = presenter.all_lines()[0]
    presenter.remove("line", line, "数量记错")
    assert presenter.case.missing == 1 and page.kinds == ["done"]
    rows = ward.desk.history.find(presenter.case.visit_no)
    removed = next(item for item in rows if item.step == "cancel_fees")
    assert any("数量记错" in entry.text for entry in ward.desk.history.timeline(removed.msgid))
    assert presenter.why_not_remove("line", presenter.all_lines()[0]) is not None
    presenter.upload()
    assert presenter.case.missing == 0


def test_a_prescription_and_all_are_taken_back(ward: Ward) -> None:
    presenter, _ = ward.uploaded("孔令辉")
    line = presenter.all_lines()[0]
    same = [item for item in presenter.all_lines() if item.rx_no == line.rx_no]
    presenter.remove("prescription", line, "整张重开")
    assert presenter.case.missing == len(same)
    presenter.remove("all", None, "全部重传")
    assert presenter.case.visit.uploaded == ()
    assert presenter.why_not("remove_fees").key == "inpatient.why.nothing_at_centre"
    presenter.upload()


def test_nothing_is_taken_back_without_a_line_under_the_cursor(ward: Ward) -> None:
    presenter, page = ward.uploaded("孔令辉")
    presenter.remove("line", None, "原因")
    assert "先在表中选定" in page.text and presenter.case.missing == 0


@pytest.mark.parametrize("habit", ["counter_entry", "forbidden"])
def test_where_the_centre_forbids_it_the_way_out_is_said(
    ward: Ward, monkeypatch, habit: str
) -> None:
    presenter, _ = ward.uploaded("孔令辉")
    monkeypatch.setattr(
        presenter, "desk",
        SimpleNamespace(centre=SimpleNamespace(capabilities=SimpleNamespace(delete_fees=habit))),
    )  # fmt: skip
    reason = presenter.why_not_remove("all", None)
    assert reason is not None and reason.key == f"charge.delete.{habit}"


def test_a_faulty_line_holds_the_upload_and_says_which(ward: Ward) -> None:
    presenter, page = ward.admitted("冷秋月")
    assert presenter.why_not("stay_upload").key == "outpatient.why.unmapped"
    presenter.upload()
    assert page.said[-1].leads[0] == "codes" and presenter.case.visit.uploaded == ()
    faulty = [item for item in presenter.all_lines() if item.state == "faulty"]
    assert len(faulty) == 1 and "对照" in faulty[0].says
    assert faulty[0] in chosen_lines(presenter.all_lines(), "waiting")


def test_the_list_is_uploaded_in_one_go_and_every_ending_is_reported(ward: Ward) -> None:
    ward.admitted("向文斌")
    ward.admitted("冷秋月")
    presenter, page = ward.sit()
    assert presenter.why_not("upload_all") is None
    presenter.upload_all()
    report = presenter.report
    assert report is not None and page.kinds == ["warning"]
    ended = {item.name: item.ended for item in report.stays}
    assert ended["向文斌"] == "sent" and ended["冷秋月"] == "refused"
    presenter.search("向文斌")
    presenter.upload_all()
    assert "没有待上传" in page.text


def test_an_unknown_upload_blocks_the_stay_until_it_is_known(ward: Ward) -> None:
    presenter, page = ward.admitted("孟庆生")
    centre = ward.desk.centre
    ward.world.fault("request_lost", centre.rule("fee_list").code, times=100)
    ward.world.fault("reply_lost", centre.rule("upload_fees").code)
    presenter.upload()
    assert page.kinds == ["unknown"] and presenter.case.open
    assert presenter.why_not("stay_presettle").key == "inpatient.why.open"
    assert presenter.primary() == "next_stay"
    assert "unknown" in {step.mark for step in step_line(presenter.case)}
    ward.world.order("CLEAR")
    ward.world.resolve(ward.desk)
    presenter.look_again()
    assert not presenter.case.open and "已查明" in page.text


def test_the_table_counts_once_while_nothing_changes(ward: Ward) -> None:
    presenter, _ = ward.uploaded("孔令辉")
    assert presenter.all_lines() is presenter.all_lines()


def test_a_narrow_table_keeps_amount_and_state() -> None:
    assert [line_room(units) for units in (900, 600, 300)] == ["wide", "middle", "narrow"]
    for listed in (False, True):
        for room in ("wide", "middle", "narrow"):
            names = [column.name for column in line_columns(room, listed)]
            assert "item" in names and "hospital" in names
            assert ("centre" in names) is listed


def test_without_a_hospital_system_a_typed_number_begins_a_stay(ward: Ward, tmp_path) -> None:
    lines = ward.desk.stays.open(ward.row("孔令辉").visit_no).visit.lines
    world = World(tmp_path)
    with open_desk(
        tmp_path, clock=world.clock, operator=CASHIER, gateway=world.gateway, hospital=NoHospital()
    ) as desk:
        alone = Ward(world, desk)
        presenter, page = alone.sit()
        presenter.go("ZY-77")
        assert presenter.case is not None and presenter.case.visit.lines == ()
        alone.lay("孔令辉")
        presenter.read_card()
        filled = {"inpatient_no": "77", "ward_name": "骨科", "dept_code": "K1", "doctor_code": "D1",
                  "diagnosis_code": "S61.8", "admitted_at": lines[0].occurred_at}  # fmt: skip
        presenter.edit(presenter.case.draft.model_copy(update=filled))
        presenter.admit()
        assert presenter.case.registered, page.text
        mine = [line.model_copy(update={"visit_no": "ZY-77"}) for line in lines]
        presenter.use_lines(mine)
        assert "文件" in page.text and presenter.case.missing == len(mine)
        presenter.upload()
        assert presenter.case.missing == 0, page.text
        presenter.close()
        assert [row.visit_no for row in presenter.rows] == ["ZY-77"]
