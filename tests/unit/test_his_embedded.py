"""The invented hospital: its visits, its restocking, and how it takes results back."""

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.clock import CHINA, ManualClock
from core.domain import Amounts
from core.errors import SetupError
from core.his import embedded, invented
from core.his.checks import LineRule, check_lines
from core.his.embedded import EmbeddedHospital, NoHospital
from core.his.port import Hospital
from core.simulator.world import items, persons
from tests.helpers.his import told

MONEY = Amounts(total=1000, fund=900, personal=100)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def hospital(tmp_path, clock):
    made = EmbeddedHospital(tmp_path / "hospital.db", clock)
    yield made
    made.close()


def other(tmp_path: Path, clock: ManualClock) -> EmbeddedHospital:
    """A second window on the same file."""
    return EmbeddedHospital(tmp_path / "hospital.db", clock)


# -- what it has


def test_both_hospitals_are_hospitals(hospital) -> None:
    found: list[Hospital] = [hospital, NoHospital()]
    assert [len(one.waiting(3)) for one in found] == [3, 0]


def test_enough_visits_wait_in_the_order_they_came(hospital, clock) -> None:
    waiting = hospital.waiting()
    assert len(waiting) >= 12
    came = [visit.admitted_at for visit in waiting]
    assert came == sorted(came) and all(at < clock.now() for at in came)
    assert all(visit.visit_no.startswith("MZ20260302") for visit in waiting)


def test_the_limit_holds(hospital) -> None:
    assert len(hospital.waiting(5)) == 5


def test_every_person_of_the_world_is_here(hospital) -> None:
    numbers = {visit.id_no for visit in hospital.waiting()}
    assert {person.id_no for person in persons() if not person.inpatient} == numbers
    staying = {stay.registration.id_no for stay in hospital.stays()}
    assert {person.id_no for person in persons() if person.inpatient} == staying


def test_every_visit_is_complete(hospital) -> None:
    departments = {one.code: one.name for one in invented.departments()}
    doctors = {one.code: one for one in invented.doctors()}
    diagnoses = {one.code for one in invented.diagnoses()}
    for visit in hospital.waiting():
        assert departments[visit.dept_code] == visit.dept_name
        assert doctors[visit.doctor_code].belongs == visit.dept_code
        assert visit.diagnosis_code in diagnoses and visit.diagnosis_name
        assert visit.med_type in ("11", "12", "13") and visit.sex in ("男", "女")
        assert 18 <= int(visit.age) <= 80 and visit.phone
        assert hospital.visit(visit.visit_no) == visit


def test_orders_are_priced_by_the_list(hospital, clock) -> None:
    for visit in hospital.waiting():
        lines = hospital.fee_lines(visit.visit_no)
        assert len(lines) == 250 or 3 <= len(lines) <= 40
        for line in lines:
            item = items().get(line.centre_code)
            assert line.visit_no == visit.visit_no and line.doctor_code == visit.doctor_code
            assert item is None or (item.price, item.name, item.list_type) == (
                line.price, line.name, line.list_type,
            )  # fmt: skip
            assert visit.admitted_at <= line.occurred_at <= clock.now()


def test_lines_are_stable(hospital, tmp_path, clock) -> None:
    number = hospital.find("large")
    assert hospital.fee_lines(number) == hospital.fee_lines(number)
    assert other(tmp_path, clock).fee_lines(number) == hospital.fee_lines(number)
    assert len({line.line_id for line in hospital.fee_lines(number)}) == 250


def faults(hospital, kind: str, clock) -> list[str]:
    number = hospital.find(kind)
    rule = LineRule(now=clock.now(), visit_no=number)
    return [found.fault.key for found in check_lines(hospital.fee_lines(number), rule)]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("plain", []), ("large", []), ("refund", []), ("other_name", []), ("no_injury", []),
        ("in_stay", []), ("not_entitled", []),
        ("wrong_amount", ["lines.amount"]), ("no_centre_code", ["lines.no_centre_code"]),
    ],
)  # fmt: skip
def test_each_kind_shows_what_it_is_for(hospital, clock, kind: str, expected: list[str]) -> None:
    assert faults(hospital, kind, clock) == expected


def test_the_refund_visit_has_refunds_with_originals(hospital) -> None:
    lines = {line.line_id: line for line in hospital.fee_lines(hospital.find("refund"))}
    back = [line for line in lines.values() if line.quantity < 0]
    assert len(back) == 2
    for line in back:
        original = lines[line.ref_line_id]
        assert 0 < -line.amount <= original.amount and line.occurred_at > original.occurred_at


def test_a_plain_visit_goes_through(hospital) -> None:
    """Its person is entitled, in no other stay, and has an injury of the visit's kind."""
    for batch in range(3):
        for item in invented.visits(batch, ManualClock().now()):
            card = next(one for one in persons() if one.id_no == item.registration.id_no)
            codes = [injury.diagnosis_code for injury in card.qualifications]
            good = item.registration.diagnosis_code in codes and not card.refused_reason
            assert item.kind != "plain" or (good and not card.in_hospital)
            assert item.kind != "plain" or item.registration.person_name == card.name


@pytest.mark.parametrize("kind", ["no_injury", "in_stay", "not_entitled"])
def test_some_persons_cannot_be_registered(hospital, kind: str) -> None:
    visit = hospital.visit(hospital.find(kind))
    card = next(one for one in persons() if one.id_no == visit.id_no)
    assert not card.qualifications or card.in_hospital or card.refused_reason


def test_one_name_differs_from_the_card(hospital) -> None:
    visit = hospital.visit(hospital.find("other_name"))
    card = next(person for person in persons() if person.id_no == visit.id_no)
    assert visit.person_name != card.name


def test_a_strange_number_is_nothing(hospital) -> None:
    assert hospital.visit("MZ0") is None and hospital.fee_lines("MZ0") == ()
    with pytest.raises(KeyError):
        hospital.find("strange")


# -- taking results back


def test_a_settled_visit_waits_no_more(hospital) -> None:
    number = hospital.waiting()[0].visit_no
    hospital.post(told("M1", "register", number, "", None))
    assert number in [visit.visit_no for visit in hospital.waiting()]
    hospital.post(told("M2", "settle", number, "1", MONEY))
    assert number not in [visit.visit_no for visit in hospital.waiting()]
    hospital.post(told("M3", "cancel_settlement", number, "1", MONEY))
    assert number in [visit.visit_no for visit in hospital.waiting()]
    hospital.post(told("M4", "cancel_registration", number, "", None))
    assert number not in [visit.visit_no for visit in hospital.waiting()]
    assert hospital.visit(number) is not None
    assert [item.step for item in hospital.payments(number)] == [
        "register", "settle", "cancel_settlement", "cancel_registration",
    ]  # fmt: skip


def test_posting_twice_is_posting_once(hospital, clock) -> None:
    number = hospital.waiting()[0].visit_no
    hospital.post(told("M2", "settle", number, "1", MONEY))
    hospital.post(told("M3", "cancel_settlement", number, "1", None))
    hospital.post(told("M2", "settle", number, "1", MONEY))
    first, second = hospital.payments(number)
    assert (first.msgid, first.bill_no, first.amounts, first.at) == ("M2", "1", MONEY, clock.now())
    assert second.amounts is None
    assert number in [visit.visit_no for visit in hospital.waiting()]


def test_a_visit_of_somebody_else_is_left_alone(hospital) -> None:
    hospital.post(told("M1", "settle", "MZ0", "1", MONEY))
    assert hospital.payments("MZ0") == ()


def test_an_unknown_step_is_kept_and_changes_nothing(hospital) -> None:
    number = hospital.waiting()[0].visit_no
    hospital.post(told("M1", "upload_fees", number, "", None))
    assert hospital.waiting()[0].visit_no == number and len(hospital.payments(number)) == 1


# -- restocking


def test_training_never_runs_dry(hospital) -> None:
    served = set()
    for number in range(60):
        visit = next(one for one in hospital.waiting() if one.visit_no not in served)
        served.add(visit.visit_no)
        hospital.post(told(f"M{number}", "settle", visit.visit_no, "1", MONEY))
        assert len(hospital.waiting()) >= 12
    assert len(served) == 60


def test_a_new_day_has_new_visits_and_keeps_the_old(hospital, clock) -> None:
    before = hospital.waiting()
    clock.advance(24 * 3600)
    after = hospital.waiting()
    assert not {one.visit_no for one in before} & {one.visit_no for one in after}
    assert hospital.visit(before[0].visit_no) == before[0]


def test_a_clock_set_back_harms_nothing(hospital, clock) -> None:
    hospital.waiting()
    clock.advance(-3 * 24 * 3600)
    assert len(hospital.waiting()) >= 12


def test_the_first_question_may_be_any(tmp_path, clock) -> None:
    number = f"MZ{clock.now():%Y%m%d}0001"
    assert other(tmp_path / "a", clock).visit(number)
    assert other(tmp_path / "b", clock).fee_lines(number)


def test_just_after_midnight(tmp_path) -> None:
    clock = ManualClock(datetime(2026, 3, 2, 0, 0, 5, tzinfo=CHINA))
    assert len(other(tmp_path, clock).waiting()) >= 12


def test_old_visits_are_forgotten_unless_paid(hospital, clock) -> None:
    paid, unpaid = (visit.visit_no for visit in hospital.waiting()[:2])
    hospital.post(told("M1", "settle", paid, "1", MONEY))
    clock.advance(timedelta(days=embedded.KEPT_DAYS + 1).total_seconds())
    hospital.waiting()
    assert hospital.visit(paid) is not None and hospital.visit(unpaid) is None


def test_restocking_has_an_end(hospital, monkeypatch) -> None:
    monkeypatch.setattr(embedded, "MOST_BATCHES", 1)
    for number, visit in enumerate(hospital.waiting()):
        hospital.post(told(f"M{number}", "settle", visit.visit_no, "1", MONEY))
    assert hospital.waiting() == ()


def test_two_windows_share_one_stock(hospital, tmp_path, clock) -> None:
    second = other(tmp_path, clock)
    assert hospital.waiting() == second.waiting()
    second.close()


def test_threads_may_ask_at_once(hospital) -> None:
    found: list[int] = []

    def ask() -> None:
        found.extend(len(hospital.waiting()) for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40 and len(set(found)) == 1


# -- its file


def test_a_damaged_file_is_moved_aside(tmp_path, clock) -> None:
    path = tmp_path / "hospital.db"
    path.write_bytes(b"no database at all " * 100)
    hospital = EmbeddedHospital(path, clock)
    assert hospital.waiting()
    assert len(list(tmp_path.glob("hospital.damaged-*"))) == 1


def test_a_folder_in_its_place_is_told(tmp_path, clock) -> None:
    (tmp_path / "hospital.db").mkdir()
    with pytest.raises(SetupError, match="示例医院"):
        EmbeddedHospital(tmp_path / "hospital.db", clock)


def test_a_closed_hospital_is_told(hospital) -> None:
    hospital.close()
    hospital.close()
    with pytest.raises(SetupError):
        hospital.waiting()


def test_no_hospital_knows_nothing_and_takes_everything() -> None:
    none = NoHospital()
    none.post(told("M1", "settle", "MZ1", "1", MONEY))
    assert none.visit("MZ1") is None and none.fee_lines("MZ1") == () and none.waiting() == ()
