"""Injury or disease, line by line, and disease data afterwards: over the simulated platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.domain.split import SplitPart
from core.errors import Refused
from core.outcome import Accepted
from tests.helpers import stays
from tests.helpers.inprocess import World

WHY = "经核定与工伤无关"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("split"), "gd")


@pytest.fixture(scope="module")
def desk(world: World) -> Iterator[Any]:
    with world.desk() as made:
        yield made


@pytest.fixture(scope="module")
def admitted(desk: Any) -> str:
    return stays.admitted(desk, stays.DISEASED)


def line_ids(sheet: Any) -> list[str]:
    return [row.line.line_id for row in sheet.rows]


def test_the_hospitals_flag_counts_until_somebody_speaks(desk, admitted):
    sheet = desk.split.sheet(admitted)
    assert sheet.rows and sheet.undecided == len(sheet.rows) and sheet.may_wait
    assert not sheet.required
    assert all(row.part is row.given and not row.marks and not row.why for row in sheet.rows)
    assert sheet.sums.injury_count + sheet.sums.disease_count == len(sheet.rows)
    total = sum(row.line.amount for row in sheet.rows)
    assert sheet.sums.injury + sheet.sums.disease == total


def test_a_word_is_kept_with_name_and_reason_and_goes_with_the_line(desk, admitted):
    first = line_ids(desk.split.sheet(admitted))[0]
    sheet = desk.split.mark(admitted, [first], SplitPart.DISEASE, f" {WHY} ")
    row = sheet.rows[0]
    assert row.part is SplitPart.DISEASE and row.decided
    assert (row.marks[0].by_name, row.marks[0].reason) == (desk.session.acting().name, WHY)
    assert desk.visits.read(admitted).lines[0].is_disease
    again = desk.split.mark(admitted, [first], SplitPart.INJURY, WHY)
    assert [mark.part for mark in again.rows[0].marks] == [SplitPart.INJURY, SplitPart.DISEASE]
    assert not desk.visits.read(admitted).lines[0].is_disease


def test_a_confirmation_needs_no_reason_and_changes_nothing(desk, admitted):
    sheet = desk.split.sheet(admitted)
    second = sheet.rows[1]
    after = desk.split.confirm(admitted, [second.line.line_id]).rows[1]
    assert after.decided and after.part is second.given and after.marks[0].reason == ""


@pytest.mark.parametrize(
    ("ids", "part", "reason", "says"),
    [(None, SplitPart.DISEASE, "  ", "理由"), (["nobody's"], SplitPart.DISEASE, WHY, "nobody's")],
)
def test_what_may_not_be_marked(desk, admitted, ids, part, reason, says):
    ids = ids or line_ids(desk.split.sheet(admitted))[:1]
    with pytest.raises(Refused, match=says):
        desk.split.mark(admitted, ids, part, reason)


def test_a_line_that_waits_is_no_line_of_the_bill(desk, admitted):
    before = desk.visits.read(admitted)
    row_before = desk.stays.open(admitted).row
    last = line_ids(desk.split.sheet(admitted))[-1]
    sheet = desk.split.mark(admitted, [last], SplitPart.LATER, WHY)
    assert sheet.sums.later_count == 1 and sheet.sums.later == sheet.rows[-1].line.amount
    assert [line.line_id for line in desk.visits.read(admitted).lines] == [
        line.line_id for line in before.lines if line.line_id != last
    ]
    assert desk.stays.open(admitted).row.lines_missing == row_before.lines_missing - 1
    assert [line.line_id for line in desk.split.lines(admitted)] == [last]
    assert desk.split.worklist() == ()
    with pytest.raises(Refused, match="结算之后"):
        desk.split.send(admitted)


def test_what_the_centre_has_is_fixed_and_what_waited_goes_afterwards(desk, world, admitted):
    stays.accepted(desk.stays.upload(admitted))
    sheet = desk.split.sheet(admitted)
    assert "已上传" in sheet.rows[0].why and not sheet.rows[-1].why
    with pytest.raises(Refused, match="已上传"):
        desk.split.mark(admitted, [sheet.rows[0].line.line_id], SplitPart.DISEASE, WHY)
    desk.stays.discharge(admitted, stays.ending(desk, admitted))
    shown = stays.accepted_visit(desk.stays.presettle(admitted)).visit.presettlement
    stays.accepted(desk.stays.settle(admitted, shown))
    assert "已结算" in desk.split.sheet(admitted).rows[-1].why
    due = desk.split.worklist()
    assert [(row.visit_no, row.lines, row.sent) for row in due] == [(admitted, 1, 0)]
    result = desk.split.send(admitted)
    assert isinstance(result.outcome, Accepted), result.outcome
    books = world.order("BOOKS", tables=["disease_line"])["disease_lines"]
    assert [row["amount"] for row in books] == [due[0].amount]
    assert desk.split.worklist()[0].sent == 1
    with pytest.raises(Refused, match="没有待补传"):
        desk.split.send(admitted)


def test_where_every_line_needs_a_word_nothing_leaves_before(tmp_path):
    strict = World(tmp_path, "gd", '[capabilities]\nsplit = "required"\n')
    with strict.desk() as desk:
        visit_no = stays.admitted(desk, stays.SHORT)
        with pytest.raises(Refused, match="伤病分离"):
            desk.stays.upload(visit_no)
        desk.split.confirm(visit_no, line_ids(desk.split.sheet(visit_no)))
        stays.accepted(desk.stays.upload(visit_no))


def test_a_centre_that_asks_for_no_flags_has_no_workbench(tmp_path):
    with World(tmp_path).desk() as desk:
        visit_no = stays.number(desk, stays.SHORT)
        sheet = desk.split.sheet(visit_no)
        assert sheet.rows and all("不区分" in row.why for row in sheet.rows)
        with pytest.raises(Refused, match="不接收"):
            desk.split.mark(visit_no, line_ids(sheet)[:1], SplitPart.LATER, WHY)
