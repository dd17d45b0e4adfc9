"""Special filing (1102), registration and change of stays (2201, 2203), refusals: on the wire.

The desk's own services against the simulated centre's books, by the shipped profile.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from core.clock import stamp
from core.domain.stay import Filing
from core.errors import InvalidInput
from core.outcome import Accepted, Rejected
from core.service.lifecycle import STAY_ALLOWED
from core.service.stay_changes import FORM
from core.simulator.world import person, persons
from tests.helpers import stays as ward

INPATIENTS = [one.name for one in persons() if one.inpatient and one.qualifications]


def sent(desk, msgid):
    """The body of a message as it left."""
    [intent] = [item for item in desk.journal.entries(msgid, False) if item.kind == "intent"]
    return json.loads(intent.payload)["input"]


def visit_of(world, visit_no):
    [found] = [row for row in world.books()["visits"] if row["visit_no"] == visit_no]
    return found


def emergency(desk, **changes):
    who, now = person("jia"), desk.clock.now()
    values = {
        "person_no": who.number, "name": who.name, "id_kind": who.id_kind, "id_no": who.id_no,
        "employer": who.employer, "med_type": "21", "kind": "1", "phone": who.phone,
        "injured_at": now - timedelta(days=2), "injured_part": "头部",
        "diagnosis_code": "S06.001", "begins": now - timedelta(days=2),
        "ends": now + timedelta(days=28), "reason": "急诊抢救，来不及办理资格认定", **changes,
    }  # fmt: skip
    return Filing(**values)


# -- 2201


def test_every_inpatient_of_the_world_is_admitted_in_the_right_category(world, desk):
    for name in INPATIENTS:
        visit_no = ward.admitted(desk, name)
        theirs, known = visit_of(world, visit_no), desk.visits.read(visit_no).registration
        assert theirs["med_type"] == known.med_type and theirs["ward_name"] == known.ward_name
        assert theirs["admitted_at"] == stamp(known.admitted_at)
        assert theirs["qualification_id"] == desk.visits.read(visit_no).qualification.id


def test_while_in_stay_the_card_says_so_and_another_admission_is_refused(desk):
    ward.admitted(desk, ward.SHORT)
    ward.read_card(desk, ward.SHORT)
    patient = desk.identify.last_person()
    assert patient.in_hospital
    again = desk.stays.open(ward.number(desk, ward.SHORT)).visit.registration
    other = again.model_copy(update={"visit_no": "ZY88"})
    result = desk.stays.admit(other, patient, patient.qualifications[0])
    assert isinstance(result.outcome, Rejected) and result.outcome.text


def test_a_category_that_does_not_fit_the_qualification_is_the_centres_to_refuse(desk):
    ward.read_card(desk, ward.DISEASED)
    patient = desk.identify.last_person()
    known = desk.stays.open(ward.number(desk, ward.DISEASED)).visit.registration
    wrong = known.model_copy(update={"med_type": "21"})
    assert isinstance(desk.stays.admit(wrong, patient, patient.qualifications[0]).outcome, Rejected)


# -- 2203


def test_2203_carries_the_whole_registration_and_no_qualification(world, desk):
    visit_no = ward.admitted(desk, ward.LONG)
    registered = sent(desk, desk.journal.ledger.visit(visit_no).registered_by)
    changed = sent(desk, desk.stays.change(visit_no, {"bed": "09-09"}).msgid)
    assert changed.keys() == registered.keys() - {"qualification_id"}
    differs = {name for name in changed if changed[name] != registered[name]}
    assert differs == {"adm_bed"} and changed["adm_bed"] == "09-09"


@pytest.mark.parametrize(
    ("field", "value", "column"),
    [
        ("ward_name", "烧伤病区", "ward_name"), ("bed", "11-11", "bed"),
        ("dept_code", "K0202", "dept_code"), ("doctor_code", "D00022", "doctor_code"),
        ("diagnosis_code", "S82.201", "diagnosis_code"), ("phone", "99900000099", "phone"),
        ("inpatient_no", "BA77", "inpatient_no"),
    ],
)  # fmt: skip
def test_each_field_that_may_change_reaches_the_books(world, desk, field, value, column):
    visit_no = ward.admitted(desk, ward.SHORT)
    result = desk.stays.change(visit_no, {field: value})
    assert isinstance(result.outcome, Accepted)
    assert visit_of(world, visit_no)[column] == value
    assert getattr(result.visit.registration, field) == value


def test_the_time_of_admission_changes_on_both_sides(world, desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    earlier = desk.clock.now() - timedelta(days=5)
    desk.stays.change(visit_no, {"admitted_at": earlier})
    assert visit_of(world, visit_no)["admitted_at"] == stamp(earlier)


def test_a_value_that_the_wire_cannot_carry_stays_at_the_desk(world, desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    for value, word in (("长" * 30, "字节"), ("㛃", "字符集")):
        with pytest.raises(InvalidInput, match=word):
            desk.stays.change(visit_no, {"bed": value})
    assert "2203" not in world.gateway.sent
    with pytest.raises(InvalidInput, match="病区"):
        desk.stays.change(visit_no, {"ward_name": ""})


def test_after_the_settlement_a_change_is_refused_on_both_sides(world, desk):
    visit_no = ward.settled(desk, ward.READY)
    known = desk.visits.read(visit_no)
    values = {**known.registration.model_dump(exclude={"extra"}), "person_no": known.person.number}
    outcome = desk.road.travel("change_registration", values, blocks=False).outcome
    assert isinstance(outcome, Rejected)
    assert not any(field.allowed for field in desk.stays.changeable(visit_no))


def test_the_form_has_every_field_of_the_message(desk):
    fields = {field.name for field in desk.centre.fields("change_registration")}
    assert fields <= set(FORM)
    assert set(FORM) - fields == {"qualification_id"}


# -- 1102


def test_1102_carries_person_period_reason_and_files(world, desk):
    result = desk.stays.file(emergency(desk), [("认定申请.pdf", b"%PDF-1.7")])
    body = sent(desk, result.msgid)
    filing = emergency(desk)
    assert (body["psn_name"], body["certno"], body["rec_type"]) == (
        filing.name, filing.id_no, "1",
    )  # fmt: skip
    assert (body["begindate"], body["enddate"]) == (stamp(filing.begins), stamp(filing.ends))
    [file] = body["attachment"]
    assert (file["file_name"], file["file_type"]) == ("认定申请.pdf", "pdf")
    [theirs] = world.books()["filings"]
    assert theirs["msgid"] == result.msgid and theirs["person_no"] == filing.person_no


def test_an_open_end_and_no_file_are_left_out_and_blank(desk):
    result = desk.stays.file(emergency(desk, ends=None))
    body = sent(desk, result.msgid)
    assert body["enddate"] == "" and body.get("attachment", []) == []
    assert isinstance(result.outcome, Accepted)


@pytest.mark.parametrize(
    "changes",
    [{"name": "贾云"}, {"id_no": "990101000000000000"}, {"reason": "急诊"}],
)
def test_what_the_centre_does_not_take_comes_back_in_its_words(desk, changes):
    result = desk.stays.file(emergency(desk, **changes))
    assert isinstance(result.outcome, Rejected) and result.outcome.text
    assert desk.stays.filings() == ()


def test_the_next_card_shows_the_filing_until_it_ends(world, desk):
    desk.stays.file(emergency(desk, ends=desk.clock.now() + timedelta(days=3)))
    ward.read_card(desk, ward.UNRECOGNISED)
    [shown] = desk.identify.last_person().qualifications
    assert shown.id == desk.stays.filings()[0].qualification_id
    assert desk.stays.category_of(shown) == "21"
    world.clock.advance(4 * 86_400)
    ward.read_card(desk, ward.UNRECOGNISED)
    assert desk.identify.last_person().qualifications == ()


def test_a_code_that_the_profile_lacks_is_told_before_anything_leaves(world, desk):
    with pytest.raises(InvalidInput, match="代码表"):
        desk.stays.file(emergency(desk, med_type="99"))
    assert "1102" not in world.gateway.sent


# -- as hospital IT sends them


def test_a_change_sent_by_its_code_changes_the_record_too(world, desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    body = sent(desk, desk.journal.ledger.visit(visit_no).registered_by)
    del body["qualification_id"]
    outcome, msgid, _ = desk.direct.call("2203", body | {"adm_bed": "12-12", "tel": "9"})
    assert isinstance(outcome, Accepted), outcome
    known = desk.visits.read(visit_no).registration
    assert (known.bed, known.phone, known.ward_name) == ("12-12", "9", "骨科二病区")
    assert known.admitted_at == desk.hospital.visit(visit_no).admitted_at
    assert desk.journal.transaction(msgid).facts["given"]["bed"] == "12-12"


def test_a_change_sent_by_its_code_for_a_strange_visit_is_refused_and_leaves_no_trace(desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    body = sent(desk, desk.journal.ledger.visit(visit_no).registered_by)
    del body["qualification_id"]
    outcome, _, _ = desk.direct.call("2203", body | {"ipt_otp_no": "ZY404"})
    assert isinstance(outcome, Rejected)
    assert desk.visits.read("ZY404").registration.bed == ""


def test_a_filing_sent_by_its_code_is_kept(world, desk):
    body = sent(desk, desk.stays.file(emergency(desk)).msgid)
    world.clock.advance(60)
    outcome, msgid, _ = desk.direct.call("1102", body)
    assert isinstance(outcome, Accepted)
    newest, first = desk.stays.filings()
    assert newest.made_by == msgid and newest.number != first.number
    same = {"number", "made_by", "made_at", "qualification_id", "memo"}
    assert newest.model_dump(exclude=same) == first.model_dump(exclude=same)


# -- the profile


def test_every_step_of_a_stay_is_one_of_the_profile_or_the_desks_own(desk):
    own = {"discharge", "undo_discharge"}  # the family has no transaction for them
    for step in STAY_ALLOWED:
        assert step in own or desk.centre.rule(step).code
    assert set(desk.centre.capabilities.card_again) <= set(STAY_ALLOWED)
    assert desk.stays.outcomes()["01"] and len(desk.stays.outcomes()) == 5
