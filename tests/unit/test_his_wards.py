"""The invented wards: stays whose fees grow, their discharges, refunds and what blocks."""

from __future__ import annotations

import pytest

from core.clock import ManualClock
from core.domain import Amounts
from core.his import inpatients, invented
from core.his.checks import LineRule, check_lines
from core.his.embedded import EmbeddedHospital, NoHospital
from core.simulator.world import items, persons
from tests.helpers.his import told

MONEY = Amounts(total=1000, fund=900, personal=100)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def hospital(tmp_path, clock):
    made = EmbeddedHospital(tmp_path / "hospital.db", clock)
    yield made
    made.close()


def of_kind(hospital, kind):
    wanted = {row["person"] for row in inpatients.plan() if row["kind"] == kind}
    ids = {one.id_no for one in persons() if one.key in wanted}
    return [stay for stay in hospital.stays() if stay.registration.id_no in ids]


def test_every_stay_is_complete_and_fits_the_card(hospital, clock):
    departments = {one.code: one.name for one in invented.departments()}
    doctors = {one.code: one for one in invented.doctors()}
    diagnoses = {one.code: one.name for one in invented.diagnoses()}
    stays = hospital.stays()
    assert len({stay.registration.ward_name for stay in stays}) >= 4
    assert {stay.registration.med_type for stay in stays} == {"21", "22", "23"}
    for stay in stays:
        known = stay.registration
        assert departments[known.dept_code] == known.dept_name
        assert doctors[known.doctor_code].belongs == known.dept_code
        assert diagnoses[known.diagnosis_code] == known.diagnosis_name
        assert known.is_inpatient and known.inpatient_no and known.bed and known.phone
        assert known.admitted_at < clock.now() and known.visit_no.startswith("ZY20260302")
        assert hospital.visit(known.visit_no) == known
        assert hospital.stay(known.visit_no) == stay
    assert len({stay.registration.bed for stay in stays}) == len(stays)
    assert sum(stay.discharge is not None for stay in stays) == 2
    assert sum(stay.deposit == 0 for stay in stays) == 1


def test_the_longest_in_bed_come_first(hospital):
    begun = [stay.registration.admitted_at for stay in hospital.stays()]
    assert begun == sorted(begun)


def test_lines_are_stable_priced_by_the_list_and_in_time(hospital, clock):
    for stay in hospital.stays():
        number, known = stay.registration.visit_no, stay.registration
        lines = hospital.fee_lines(number)
        assert lines == hospital.fee_lines(number)
        assert (len(lines), sum(line.amount for line in lines)) == (stay.line_count, stay.amount)
        assert len({line.line_id for line in lines}) == len(lines)
        until = stay.discharge.discharged_at if stay.discharge else clock.now()
        assert all(known.admitted_at <= line.occurred_at <= until for line in lines)
        assert all(len(line.line_id) <= 30 and len(line.rx_no) <= 30 for line in lines)
        assert all(line.centre_code in items() for line in lines if line.centre_code)


def test_fees_grow_in_bed_and_stop_with_the_discharge(hospital, clock):
    before = {stay.registration.visit_no: stay for stay in hospital.stays()}
    old = {number: hospital.fee_lines(number) for number in before}
    clock.advance(2 * 86_400)
    for stay in hospital.stays():
        number = stay.registration.visit_no
        now = hospital.fee_lines(number)
        assert now[: len(old[number])] == old[number]
        assert (len(now) > len(old[number])) == (stay.discharge is None)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("plain", set()), ("refund", set()), ("no_injury", set()),
        ("no_centre_code", {"lines.no_centre_code"}),
    ],
)  # fmt: skip
def test_each_kind_shows_what_it_is_for(hospital, clock, kind, expected):
    found = of_kind(hospital, kind)
    assert found
    for stay in found:
        rule = LineRule(now=clock.now(), visit_no=stay.registration.visit_no)
        faults = check_lines(hospital.fee_lines(stay.registration.visit_no), rule)
        assert {item.fault.key for item in faults} == expected


def test_a_stay_of_today_begins_with_what_was_ordered_so_far(hospital, clock):
    youngest = max(hospital.stays(), key=lambda stay: stay.registration.admitted_at)
    assert youngest.registration.admitted_at.date() == clock.now().date()
    assert 0 < youngest.line_count <= 8


def test_a_new_stay_begins_when_the_last_is_settled(hospital, clock):
    first = hospital.stays()[0].registration
    hospital.post(told("M1", "register", first.visit_no, "", None))
    assert len(hospital.stays()) == 9
    hospital.post(told("M2", "settle", first.visit_no, "B1", MONEY))
    known = [stay.registration for stay in hospital.stays()]
    rows = [row for row in known if row.id_no == first.id_no]
    assert len(rows) == 2 and len({row.visit_no for row in rows}) == 2
    [posting] = [item for item in hospital.payments(first.visit_no) if item.step == "settle"]
    assert posting.amounts == MONEY
    hospital.post(told("M2", "settle", first.visit_no, "B1", MONEY))
    assert len(hospital.payments(first.visit_no)) == 2
    clock.advance(63 * 86_400)
    shown = {stay.registration.visit_no for stay in hospital.stays()}
    assert first.visit_no not in shown and len(shown) == 9
    assert hospital.fee_lines(first.visit_no)


def test_two_windows_have_the_same_wards(hospital, tmp_path, clock):
    second = EmbeddedHospital(tmp_path / "hospital.db", clock)
    try:
        assert second.stays() == hospital.stays()
    finally:
        second.close()


def test_a_strange_number_is_nobody(hospital):
    assert hospital.stay("ZY1") is None and hospital.fee_lines("ZY1") == ()
    assert NoHospital().stay("ZY1") is None and NoHospital().stays() == ()
