"""A visit is read from hospital and journal together; what was sent goes first."""

from __future__ import annotations

import pytest

from core.domain import Stage
from core.errors import Refused
from core.outcome import Unknown
from tests.helpers.flows import brought, complete, do, settled, straight_visit
from tests.helpers.his import fee_line


def test_a_waiting_visit_is_read_from_the_hospital(desk):
    waiting = desk.hospital.waiting()[0]
    visit = desk.visits.find(waiting.visit_no)
    assert visit.registration == waiting
    assert visit.stage is Stage.NEW
    assert visit.lines == tuple(desk.hospital.fee_lines(waiting.visit_no))
    assert visit.bill_no and not visit.open_msgid
    assert visit.person is None and visit.settlement is None


def test_blanks_around_the_number_do_not_matter(desk):
    waiting = desk.hospital.waiting()[0]
    assert desk.visits.find(f"  {waiting.visit_no}\t").visit_no == waiting.visit_no


def test_opening_asks_the_hospital_once(desk, monkeypatch):
    number, asked = desk.hospital.waiting()[0].visit_no, []
    there = desk.hospital.visit
    monkeypatch.setattr(desk.hospital, "visit", lambda one: asked.append(one) or there(one))
    assert desk.visits.find(number).visit_no == number and asked == [number]
    with pytest.raises(Refused, match="MZ-NONE"):
        desk.visits.find("MZ-NONE")
    assert asked == [number, "MZ-NONE"]


@pytest.mark.parametrize("nothing", ["", "   ", "\t"])
def test_an_empty_number_is_asked_for(desk, nothing):
    with pytest.raises(Refused, match="就诊号为空") as error:
        desk.register.open(nothing)
    assert error.value.faults[0].field == "visit_no"


def test_a_number_that_nobody_knows_is_named(desk):
    with pytest.raises(Refused, match="「MZ-NONE」在医院和本机都查不到"):
        desk.register.open("MZ-NONE")


def test_reading_a_strange_number_gives_an_empty_visit(desk):
    visit = desk.visits.read("MZ-NONE")
    assert visit.stage is Stage.NEW and visit.lines == () and visit.visit_no == "MZ-NONE"


def test_lines_from_a_file_make_a_strange_number_known(desk):
    line = fee_line(visit_no="MZ-FILE")
    desk.charge.use_lines("MZ-FILE", [line])
    visit = desk.register.open("MZ-FILE")
    assert visit.lines == (line,) and visit.stage is Stage.NEW


def test_lines_from_a_file_go_before_the_hospitals(desk):
    visit_no = straight_visit(desk).visit_no
    line = fee_line(visit_no=visit_no)
    desk.charge.use_lines(visit_no, [line])
    assert desk.visits.read(visit_no).lines == (line,)


def test_lines_at_the_centre_forbid_another_file(desk):
    visit_no = brought(desk, "presettle")
    with pytest.raises(Refused, match="已有明细上传到中心"):
        desk.charge.use_lines(visit_no, [fee_line(visit_no=visit_no)])


def test_what_was_registered_stands_when_the_hospital_changes_its_mind(world, desk):
    visit_no = brought(desk, "upload_fees")
    kept = desk.visits.read(visit_no).registration
    other = kept.model_copy(update={"diagnosis_name": "另一诊断", "dept_name": "另一科室"})
    desk.hospital._db.conn.execute(
        "UPDATE visit SET registration = ? WHERE visit_no = ?", (other.model_dump_json(), visit_no)
    )
    assert desk.hospital.visit(visit_no).diagnosis_name == "另一诊断"
    assert desk.visits.read(visit_no).registration == kept


def test_after_the_registration_is_taken_back_the_hospitals_word_counts_again(desk):
    visit_no = brought(desk, "upload_fees")
    do(desk, "cancel_registration", visit_no)
    visit = desk.visits.read(visit_no)
    assert visit.stage is Stage.CANCELLED
    assert visit.registration == desk.hospital.visit(visit_no)


@pytest.mark.parametrize(
    ("step", "stage"),
    [
        ("register", Stage.NEW), ("upload_fees", Stage.REGISTERED), ("presettle", Stage.UPLOADED),
        ("settle", Stage.PRESETTLED),
    ],
)  # fmt: skip
def test_each_step_brings_the_visit_one_stage_on(desk, step, stage):
    assert desk.visits.read(brought(desk, step)).stage is stage


def test_a_settled_visit_has_its_settlement_and_keeps_its_bill_number(desk):
    visit_no = settled(desk)
    visit = desk.visits.read(visit_no)
    assert visit.stage is Stage.SETTLED
    assert visit.settlement.bill_no == visit.bill_no
    assert visit.settlement.amounts.total == sum(line.amount for line in visit.lines)


def test_after_a_cancellation_the_next_settlement_has_another_bill_number(desk):
    visit_no = settled(desk)
    first = desk.visits.read(visit_no).bill_no
    do(desk, "cancel_settlement", visit_no)
    again = desk.visits.read(visit_no)
    assert again.settlement is None
    assert again.bill_no != first


def test_an_open_transaction_is_named(world, desk):
    visit_no = brought(desk, "settle")
    world.fault("request_lost", "2207")
    result = do(desk, "settle", visit_no)
    assert isinstance(result.outcome, Unknown)
    assert desk.visits.read(visit_no).open_msgid == result.msgid


def test_a_registration_without_answer_is_shown_as_it_was_sent(world, desk):
    visit = straight_visit(desk)
    world.fault("reply_lost", "2201")
    assert isinstance(do(desk, "register", visit.visit_no).outcome, Unknown)
    again = desk.visits.read(visit.visit_no)
    assert again.registration.med_type == complete(visit.registration).med_type
    assert again.registration.admitted_at is not None


def test_while_a_settlement_is_open_its_own_bill_is_shown(world, desk):
    visit_no = brought(desk, "settle")
    before = desk.visits.read(visit_no).bill_no
    world.fault("reply_lost", "2207")
    do(desk, "settle", visit_no)
    assert desk.visits.read(visit_no).bill_no == before
