"""Admission, worklist, change and the way back of a stay; days of stay."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import CHINA
from core.domain import Registration, Stage
from core.domain.stay import StayState, days_of_stay
from core.errors import InvalidInput, Refused
from core.his.embedded import NoHospital
from core.outcome import Accepted, Rejected
from core.service.stay_rows import StayRows
from core.service.visits import same
from tests.helpers import stays as ward
from tests.helpers.agreement import assert_agree

MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1),
    timezones=st.sampled_from([CHINA]),
)  # fmt: skip


def row(desk, visit_no):
    return next(item for item in desk.stays.worklist() if item.visit_no == visit_no)


# -- days of stay


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=900)))
def test_the_first_day_counts_the_last_does_not_and_there_is_one_at_least(begun, length):
    until = begun + length
    days = days_of_stay(begun, until)
    nights = (until.date() - begun.date()).days
    assert days == max(1, nights)
    assert days_of_stay(begun, until + timedelta(days=1)) == nights + 1
    assert days_of_stay(until, begun) == 1


def test_days_are_those_of_the_calendar_of_china_wherever_the_moment_is_from():
    late = datetime(2026, 3, 1, 23, 50, tzinfo=CHINA)
    early = datetime(2026, 3, 2, 0, 10, tzinfo=CHINA)
    assert days_of_stay(late, early) == 1
    assert days_of_stay(late, early + timedelta(days=1)) == 2
    utc = datetime.fromisoformat("2026-03-01T15:50:00+00:00")
    assert days_of_stay(utc, datetime.fromisoformat("2026-03-02T17:00:00+00:00")) == 2


# -- worklist


def test_before_admission_everybody_waits_and_the_row_says_who_lies_where(desk):
    rows = desk.stays.worklist()
    assert {item.state for item in rows} == {StayState.WAITING} and len(rows) == 9
    ready = next(item for item in rows if item.name == ward.READY)
    assert (ready.ward, ready.bed, ready.days, ready.deposit) == ("手外科病区", "03-12", 9, 800000)
    assert ready.discharged_at and ready.lines_missing == ready.line_count == 100
    assert ready.hospital > 0 == ready.uploaded and ready.centre is None


@pytest.mark.parametrize("text", ["包振", "01-05", "BA010021", "骨科一"])
def test_the_list_is_searched_by_name_bed_ward_or_number(desk, text):
    assert ward.LONG in {item.name for item in desk.stays.worklist(text)}
    assert desk.stays.worklist("没有这个人") == ()
    assert desk.stays.worklist(text, StayState.SETTLED) == ()


def test_a_stay_goes_through_its_states_in_the_list(world, desk):
    visit_no = ward.admitted(desk, ward.READY)
    assert row(desk, visit_no).state is StayState.TO_UPLOAD
    ward.accepted(desk.stays.upload(visit_no))
    assert row(desk, visit_no).state is StayState.ADMITTED
    assert row(desk, visit_no).uploaded == row(desk, visit_no).hospital
    shown = desk.stays.presettle(visit_no).visit.presettlement
    assert row(desk, visit_no).state is StayState.PRESETTLED
    assert row(desk, visit_no).centre == shown.total
    desk.stays.discharge(visit_no, ward.ending(desk, visit_no))
    assert row(desk, visit_no).state is StayState.DISCHARGED
    shown = desk.stays.presettle(visit_no).visit.presettlement
    paid = desk.stays.settle(visit_no, shown)
    assert row(desk, visit_no).state is StayState.NOT_PRINTED
    assert desk.stays.worklist()[0].visit_no == visit_no  # work first
    with desk.journal.commit():
        desk.journal.ledger.add_print(paid.msgid, "desk")
    done = row(desk, visit_no)
    assert (done.state, done.printed, done.settlement_msgid) == ("settled", True, paid.msgid)
    assert_agree(desk, world.books(), visit_no)


def test_an_old_settled_stay_leaves_the_list_and_is_still_opened(world, desk):
    visit_no = ward.settled(desk, ward.READY)
    world.clock.advance(32 * 86_400)
    assert visit_no not in {item.visit_no for item in desk.stays.worklist()}
    assert desk.stays.open(visit_no).row.state is StayState.NOT_PRINTED
    assert ward.READY in {item.name for item in desk.stays.worklist()}  # a new stay has begun


def test_fees_grow_every_day_and_the_list_says_how_many_are_missing(world, desk):
    visit_no = ward.uploaded(desk, ward.LONG)
    assert row(desk, visit_no).lines_missing == 0
    world.clock.advance(86_400)
    later = row(desk, visit_no)
    assert later.lines_missing == 14 and later.state is StayState.TO_UPLOAD and later.days == 22


def test_a_desk_without_a_hospital_system_lists_what_it_has_begun_itself(desk):
    visit_no = ward.uploaded(desk, ward.SHORT)
    rows = StayRows(desk.journal, NoHospital(), desk.clock, lambda _: "备案到期", same)
    [only] = rows.all()
    assert (only.visit_no, only.state, only.name) == (visit_no, StayState.ADMITTED, ward.SHORT)
    assert only.filing_warning == "备案到期" and only.deposit == 0 == only.line_count
    with desk.journal.commit():
        desk.journal.ledger.keep_lines(visit_no, desk.hospital.fee_lines(visit_no))
    assert rows.one(visit_no).hospital == only.uploaded


def test_opening_needs_a_stay_that_somebody_knows(desk):
    with pytest.raises(Refused) as caught:
        desk.stays.open("ZY999")
    assert "ZY999" in str(caught.value)


def test_a_visit_of_a_day_is_sent_to_its_own_desk(desk):
    with pytest.raises(Refused, match="门诊收费"):
        desk.stays.open(desk.hospital.waiting()[0].visit_no)


# -- admission


def test_the_centre_gets_ward_bed_and_inpatient_number(world, desk):
    visit_no = ward.admitted(desk, ward.DISEASED)
    [theirs] = [item for item in world.books()["visits"] if item["visit_no"] == visit_no]
    known = desk.visits.read(visit_no).registration
    assert (theirs["ward_name"], theirs["bed"]) == ("职业病科病区", "05-02")
    assert theirs["inpatient_no"] == known.inpatient_no and theirs["med_type"] == "22"


def test_an_outpatient_category_is_no_admission(desk):
    ward.read_card(desk, ward.SHORT)
    person = desk.identify.last_person()
    known = desk.stays.open(ward.number(desk, ward.SHORT)).visit.registration
    wrong = known.model_copy(update={"med_type": "11"})
    with pytest.raises(Refused) as caught:
        desk.stays.admit(wrong, person, person.qualifications[0])
    assert caught.value.faults[0].field == "med_type"


def test_without_an_inpatient_number_nothing_leaves(world, desk):
    ward.read_card(desk, ward.SHORT)
    person = desk.identify.last_person()
    known = desk.stays.open(ward.number(desk, ward.SHORT)).visit.registration
    sent = len(world.gateway.sent)
    with pytest.raises(InvalidInput) as caught:
        bare = known.model_copy(update={"inpatient_no": "", "ward_name": ""})
        desk.stays.admit(bare, person, person.qualifications[0])
    assert {item.field for item in caught.value.faults} == {"inpatient_no", "ward_name"}
    assert len(world.gateway.sent) == sent


def test_the_category_that_fits_a_qualification_is_offered(desk):
    for name, category in ((ward.LONG, "21"), (ward.DISEASED, "22"), (ward.REHABILITATED, "23")):
        ward.read_card(desk, name)
        person = desk.identify.last_person()
        assert desk.stays.category_of(person.qualifications[0]) == category
    odd = person.qualifications[0].model_copy(update={"kind": ""})
    assert desk.stays.category_of(odd) == ""


# -- change


def test_the_form_shows_what_may_change_and_why_the_rest_may_not(desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    fields = {item.field: item for item in desk.stays.changeable(visit_no)}
    allowed = {name for name, item in fields.items() if item.allowed}
    assert allowed == {
        "inpatient_no", "admitted_at", "ward_name", "dept_code", "bed", "doctor_code",
        "diagnosis_code", "phone",
    }  # fmt: skip
    assert "重新登记" in fields["qualification_id"].why and fields["qualification_id"].value
    assert all(item.label and bool(item.why) != item.allowed for item in fields.values())
    ward.accepted(desk.stays.upload(visit_no))
    desk.stays.discharge(visit_no, ward.ending(desk, visit_no))
    assert not any(item.allowed for item in desk.stays.changeable(visit_no))


def test_a_change_reaches_the_centre_and_what_was_shown_is_forgotten(world, desk):
    visit_no = ward.uploaded(desk, ward.SHORT)
    desk.stays.presettle(visit_no)
    changes = {"ward_name": "骨科一病区", "bed": "01-01", "dept_code": "K0202", "phone": ""}
    result = desk.stays.change(visit_no, {**changes, "dept_name": "手外科"})
    assert isinstance(result.outcome, Accepted)
    known = result.visit.registration
    assert (known.ward_name, known.bed, known.dept_name, known.phone) == (
        "骨科一病区", "01-01", "手外科", "",
    )  # fmt: skip
    assert result.visit.stage is Stage.UPLOADED and known.admitted_at.tzinfo
    [theirs] = [item for item in world.books()["visits"] if item["visit_no"] == visit_no]
    assert (theirs["bed"], theirs["dept_code"], theirs["phone"]) == ("01-01", "K0202", "")
    moved = {item.field: item.hospital for item in desk.stays.changeable(visit_no)}
    assert moved["bed"] == "02-03" and moved["doctor_code"] == ""


def test_a_code_that_changes_alone_takes_its_old_name_away(desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    known = desk.stays.change(visit_no, {"doctor_code": "D00022"}).visit.registration
    assert (known.doctor_code, known.doctor_name) == ("D00022", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"med_type": "22"}, "med_type"),
        ({"person_no": "1"}, "person_no"),
        ({"qualification_id": "1"}, "qualification_id"),
        ({"colour": "1"}, "colour"),
        ({"bed": "02-03"}, ""),
        ({}, ""),
    ],
)
def test_what_may_not_change_is_refused_before_anything_leaves(world, desk, changes, field):
    visit_no = ward.admitted(desk, ward.SHORT)
    with pytest.raises(Refused) as caught:
        desk.stays.change(visit_no, changes)
    assert caught.value.faults[0].field == field
    assert "2203" not in world.gateway.sent


def test_an_admission_cannot_lie_in_the_future(desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    with pytest.raises(InvalidInput):
        later = desk.clock.now() + timedelta(hours=1)
        desk.stays.change(visit_no, {"admitted_at": later})
    earlier = desk.clock.now() - timedelta(days=4)
    changed = desk.stays.change(visit_no, {"admitted_at": earlier}).visit
    assert changed.registration.admitted_at == earlier


# -- the way back


def test_the_way_back_is_told_step_by_step_and_enforced(world, desk):
    visit_no = ward.settled(desk, ward.READY)
    steps = desk.stays.way_back(visit_no)
    assert [item.done for item in steps] == [False] * 4
    with pytest.raises(Refused) as caught:
        desk.stays.cancel_admission(visit_no, "登记错误")
    assert str(caught.value).index("撤销结算") < str(caught.value).index("取消出院")
    ward.accepted(desk.stays.cancel_settlement(visit_no, "费用有误"))
    with pytest.raises(Refused, match="取消出院"):
        desk.stays.cancel_admission(visit_no, "登记错误")
    desk.stays.undo_discharge(visit_no, "继续治疗")
    assert [item.done for item in desk.stays.way_back(visit_no)] == [True, True, False, False]
    done = desk.stays.cancel_admission(visit_no, "登记错误")
    assert done.visit.stage is Stage.CANCELLED
    assert row(desk, visit_no).state is StayState.CANCELLED
    assert all(item.done for item in desk.stays.way_back(visit_no))
    assert_agree(desk, world.books(), visit_no)
    assert ward.admitted(desk, ward.READY) == visit_no  # and may be admitted again


def test_taking_back_needs_a_reason(desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    with pytest.raises(Refused, match="原因"):
        desk.stays.cancel_admission(visit_no, "  ")


def test_a_second_admission_of_the_same_person_is_the_centres_to_refuse(desk):
    ward.admitted(desk, ward.SHORT)
    person = desk.identify.last_person()
    other = Registration(
        visit_no="ZY77", med_type="21", person_name=ward.SHORT, inpatient_no="BA77",
        ward_name="骨科", bed="1", dept_code="K0201", doctor_code="D00021",
        diagnosis_code="S92.001",
    )  # fmt: skip
    result = desk.stays.admit(other, person, person.qualifications[0])
    assert isinstance(result.outcome, Rejected)
