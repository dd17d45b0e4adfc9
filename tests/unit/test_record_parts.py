"""Records in parts: collected from hospital and file, judged, sent in order, sent again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.domain.centrefacts import PartState
from core.errors import InvalidInput, Refused
from core.his.embedded import NoHospital
from core.his.several import Several
from core.outcome import Accepted
from core.service.part_values import filled, row_count, shared
from tests.helpers import stays
from tests.helpers.inprocess import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("parts"), "gd")


@pytest.fixture(scope="module")
def desk(world: World) -> Iterator[Any]:
    with world.desk() as made:
        yield made


@pytest.fixture(scope="module")
def settled(desk: Any) -> str:
    return stays.settled(desk, stays.SHORT)


def states(record: Any) -> dict[str, PartState]:
    return {part.step.removeprefix("record_"): part.state for part in record.parts}


def test_a_settled_stay_waits_with_its_deadline(desk, settled):
    [record] = desk.record_parts.worklist()
    assert record.visit_no == settled and record.days_left == desk.settings.records.days
    assert states(record)["patient"] is PartState.MISSING
    assert states(record)["births"] is PartState.NOT_NEEDED
    assert (record.next, record.score) == ("", 0)
    assert desk.record_parts.worklist("nobody") == ()
    with pytest.raises(Refused, match="还没有内容"):
        desk.record_parts.upload(settled, "record_patient")
    with pytest.raises(Refused, match="record_hair"):
        desk.record_parts.upload(settled, "record_hair")


def test_the_hospitals_record_fills_the_parts_over_what_the_desk_knows(desk, settled):
    record = desk.record_parts.fetch(settled)
    found = states(record)
    assert found["patient"] is PartState.READY and found["diagnoses"] is PartState.WAITING
    assert record.next == "record_patient" and record.score == 100
    values = desk.record_parts.values(settled, "record_patient")
    visit = desk.visits.read(settled)
    assert values["person_name"] == visit.registration.person_name
    assert values["total"] == visit.settlement.amounts.total
    assert values["centre_visit_no"] and values["occupation_name"]
    assert desk.record_parts.values(settled, "record_diagnoses")["diagnoses"][0]["code"]


def test_seeing_a_record_asks_for_no_lines(desk, settled, monkeypatch):
    """A stay has thousands of them, and the worklist many stays."""
    before = desk.record_parts.sheet(settled)
    monkeypatch.setattr(desk.hospital, "fee_lines", lambda number: pytest.fail(number))
    assert desk.record_parts.worklist() == (before,)


def test_any_of_several_ways_may_have_the_record(desk, settled, monkeypatch):
    before = desk.record_parts.sheet(settled)
    monkeypatch.setattr(desk.record_parts, "_hospital", Several([NoHospital(), desk.hospital]))
    assert desk.record_parts.fetch(settled) == before
    monkeypatch.setattr(desk.record_parts, "_hospital", Several([NoHospital()]))
    with pytest.raises(Refused, match="没有连接"):
        desk.record_parts.fetch(settled)


def test_an_earlier_part_goes_first_and_each_once(desk, world, settled):
    with pytest.raises(Refused, match="之前的部分"):
        desk.record_parts.upload(settled, "record_diagnoses")
    stays.accepted(desk.record_parts.upload(settled, "record_patient"))
    with pytest.raises(Refused, match="最新内容已在中心"):
        desk.record_parts.upload(settled, "record_patient")
    sent = desk.record_parts.upload_all(settled)
    assert len(sent) == 3 and all(isinstance(item.outcome, Accepted) for item in sent)
    record = desk.record_parts.sheet(settled)
    assert set(states(record).values()) == {PartState.UPLOADED, PartState.NOT_NEEDED}
    codes = [row["code"] for row in world.order("BOOKS", tables=["record"])["records"]]
    assert codes == [f"bizh20010{place}" for place in (1, 2, 3, 6)]


def test_a_file_brings_the_rarer_parts_and_changes_others(desk, tmp_path, settled):
    path = tmp_path / "records.json"
    births = [{"place": 1, "sex": "男", "weight": 3200}]
    record = {"visit_no": settled, "births": births, "symptoms": "改过", "hair": "brown"}
    path.write_text(json.dumps([record], ensure_ascii=False), "utf-8")
    file = desk.record_parts.read_file(path)
    assert [item.field for item in file.faults] == ["hair"]
    assert desk.record_parts.take(file) == (settled,) and desk.record_parts.take(file) == ()
    after = desk.record_parts.sheet(settled)
    assert states(after)["births"] is PartState.READY
    assert after.parts[3].rows == 1 and after.parts[3].source == path.name
    assert states(after)["summary"] is PartState.INCOMPLETE
    labels = {gap.label for gap in after.parts[5].gaps}
    assert "出院时医嘱" in labels
    with pytest.raises(Refused, match="出院时医嘱"):
        desk.record_parts.upload(settled, "record_summary")
    stays.accepted(desk.record_parts.upload(settled, "record_births"))


def test_an_unanswered_part_is_simply_sent_again(desk, world, settled):
    desk.record_parts.fetch(settled)
    world.order("FAULT", kind="reply_lost", code="bizh200106", times=1, ending="status")
    desk.record_parts.upload(settled, "record_summary")
    assert states(desk.record_parts.sheet(settled))["summary"] is PartState.UNKNOWN
    stays.accepted(desk.record_parts.upload(settled, "record_summary"))
    assert states(desk.record_parts.sheet(settled))["summary"] is PartState.UPLOADED


def test_a_hospital_without_a_record_says_so(desk, monkeypatch, settled):
    monkeypatch.setattr(desk.record_parts._hospital, "record", lambda number: None, raising=False)
    with pytest.raises(Refused, match=settled):
        desk.record_parts.fetch(settled)
    monkeypatch.setattr(desk.record_parts, "_hospital", NoHospital())
    with pytest.raises(Refused):
        desk.record_parts.fetch(settled)


def test_a_file_that_is_none_is_refused(desk, tmp_path):
    with pytest.raises(InvalidInput):
        desk.record_parts.read_file(tmp_path / "nowhere.json")


def test_a_centre_without_parts_has_none(tmp_path):
    with World(tmp_path).desk() as desk:
        assert desk.record_parts.steps == () and desk.record_parts.worklist() == ()


def test_values_by_their_part(desk):
    births = desk.record_parts.fields("record_births")
    rows = {"births": [{"place": 1}], "symptoms": "x"}
    assert shared(rows, "record_births", births) == {"births": [{"place": 1}]}
    assert shared({"record_births": rows}, "record_births", births) == {"births": [{"place": 1}]}
    assert row_count(births, rows) == 1 and row_count(births, {}) == 0
    summary = desk.record_parts.fields("record_summary")
    assert row_count(summary, rows) is None and filled(summary, rows) == 1
    assert {view.group for view in desk.record_parts.fields("record_patient")} >= {"病人", "费用"}
