"""Unmapped items stop before the upload, mapped ones go under the centre's code; a whole desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.app import Desk
from core.domain import FeeLine, Visit
from core.errors import Refused
from core.his.checks import LineRule, check_lines
from core.outcome import Accepted
from tests.helpers.codes import CHIEF, DAY
from tests.helpers.flows import register, straight_visit

YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture
def visit(desk: Desk) -> Visit:
    """A registered visit whose lines come from a file and know only the hospital's codes."""
    number = straight_visit(desk, few_lines=True).visit_no
    register(desk, number)
    lines = desk.hospital.fee_lines(number)[:3]
    own = [line.model_copy(update={"centre_code": "", "hosp_code": f"NEW{n}"})
           for n, line in enumerate(lines)]  # fmt: skip
    return desk.charge.use_lines(number, own)


def map_all(desk: Desk, visit: Visit, lines: tuple[FeeLine, ...] = ()) -> list[str]:
    """Every item goes under the code that the invented hospital gives the same thing."""
    codes = [line.centre_code for line in desk.hospital.fee_lines(visit.visit_no)[:3]]
    for line, code in zip(lines or visit.lines, codes, strict=False):
        desk.mappings.map(line.hosp_code, code, YESTERDAY, CHIEF)
    return codes


def test_an_unmapped_item_is_named_with_the_way_out(desk: Desk, visit: Visit) -> None:
    faults = desk.charge.check(visit.lines)
    assert [item.fault.key for item in faults] == ["lines.no_centre_code"] * 3
    first = faults[0].fault.text
    assert "NEW0" in first and visit.lines[0].name in first and "目录对照" in first


def test_nothing_is_sent_while_one_is_unmapped(desk: Desk, visit: Visit, world) -> None:
    map_all(desk, visit, visit.lines[:2])
    sent = len(world.gateway.sent)
    with pytest.raises(Refused) as refused:
        desk.charge.upload(visit.visit_no)
    assert [item.key for item in refused.value.faults] == ["lines.no_centre_code"]
    assert "NEW2" in str(refused.value)
    assert len(world.gateway.sent) == sent


def test_what_blocked_stands_on_the_screens_list(desk: Desk, visit: Visit) -> None:
    desk.charge.check(visit.lines)
    rows = desk.mappings.table()
    assert [row.item.code for row in rows if row.blocks] == ["NEW0", "NEW1", "NEW2"]
    assert {row.met.visit_no for row in rows[:3]} == {visit.visit_no}
    assert rows[0].item.name == visit.lines[0].name
    map_all(desk, visit)
    assert not any(row.blocks for row in desk.mappings.table())


def test_mapped_lines_reach_the_centre_under_its_codes(desk: Desk, visit: Visit, world) -> None:
    codes = map_all(desk, visit)
    seen = desk.visits.read(visit.visit_no)
    assert [line.centre_code for line in seen.lines] == codes
    assert desk.charge.check(seen.lines) == ()
    assert isinstance(desk.charge.upload(visit.visit_no).outcome, Accepted)
    books = world.books()["lines"]
    assert sorted(row["centre_code"] for row in books) == sorted(codes)


def test_a_disabled_item_says_since_when(desk: Desk, visit: Visit) -> None:
    map_all(desk, visit)
    desk.mappings.disable("NEW1", YESTERDAY, CHIEF, "停售")
    faults = desk.charge.check(desk.visits.read(visit.visit_no).lines)
    assert [item.fault.key for item in faults] == ["lines.stopped"]
    assert YESTERDAY.isoformat() in faults[0].fault.text and "NEW1" in faults[0].fault.text


def test_a_mapping_of_tomorrow_does_not_help_today(desk: Desk, visit: Visit) -> None:
    code = desk.hospital.fee_lines(visit.visit_no)[0].centre_code
    desk.mappings.map("NEW0", code, DAY + timedelta(days=1), CHIEF)
    faults = desk.charge.check(desk.visits.read(visit.visit_no).lines)
    assert len(faults) == 3


def test_the_hospitals_own_code_goes_before_the_mapping(desk: Desk, visit: Visit) -> None:
    own = desk.hospital.fee_lines(visit.visit_no)[:1]
    desk.mappings.map(own[0].hosp_code, "C9900001", YESTERDAY, CHIEF)
    kept = desk.charge.use_lines(visit.visit_no, own)
    assert kept.lines[0].centre_code == own[0].centre_code


def test_a_line_without_any_code_is_another_sentence(visit: Visit) -> None:
    bare = visit.lines[0].model_copy(update={"hosp_code": ""})
    assert [item.fault.key for item in check_lines([bare])] == ["lines.no_code_at_all"]
    rule = LineRule(stopped={"NEW0": "2026-03-01"})
    stopped = check_lines([visit.lines[0]], rule)
    assert [item.fault.key for item in stopped] == ["lines.stopped"]


def test_a_desk_opened_again_knows_its_mappings(desk: Desk, visit: Visit, world) -> None:
    codes = map_all(desk, visit)
    desk.close()
    with world.desk() as again:
        lines = again.visits.read(visit.visit_no).lines
        assert [line.centre_code for line in lines] == codes
        assert again.mappings.history("NEW0")[0].author == CHIEF.name
