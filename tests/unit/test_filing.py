"""Special filings: made with files, kept, warned of, and used by a registration."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from core.domain import State
from core.domain.stay import Filing
from core.errors import InvalidInput, Refused
from core.outcome import Accepted, Rejected, Unknown
from core.simulator.world import person
from tests.helpers import stays as ward
from tests.helpers.inprocess import SUPERVISOR

PDF, PNG = b"%PDF-1.7 invented", b"\x89PNG invented"


def filing(desk, **changes):
    who = person("jia")
    now = desk.clock.now()
    values = {
        "person_no": who.number, "name": who.name, "id_kind": who.id_kind, "id_no": who.id_no,
        "employer": who.employer, "med_type": "21", "kind": "1",
        "injured_at": now - timedelta(days=2), "injured_part": "头部",
        "diagnosis_code": "S06.001", "begins": now - timedelta(days=2),
        "ends": now + timedelta(days=28), "reason": "急诊抢救，来不及办理资格认定", **changes,
    }  # fmt: skip
    return Filing(**values)


def filed(desk, **changes):
    assert isinstance(desk.stays.file(filing(desk, **changes)).outcome, Accepted)
    return desk.stays.filings()[0]


def registration(desk):
    return desk.stays.open(ward.number(desk, ward.UNRECOGNISED)).visit.registration


# -- making one


def test_a_filing_is_kept_with_number_validity_and_files(world, desk):
    result = desk.stays.file(filing(desk), [("认定申请表.PDF", PDF), ("照片.png", PNG)])
    assert isinstance(result.outcome, Accepted)
    [kept] = desk.stays.filings(person("jia").number)
    assert kept.number.startswith("BA") and kept.qualification_id and kept.state == "1"
    assert (kept.made_by, kept.made_at.tzinfo is not None) == (result.msgid, True)
    assert kept.ends == filing(desk).ends and kept.memo
    assert [item.file_name for item in kept.attachments] == ["认定申请表.PDF", "照片.png"]
    assert desk.journal.archive.read(kept.attachments[0].digest) == PDF
    [intent] = [item for item in desk.journal.entries(result.msgid) if item.kind == "intent"]
    assert base64.b64encode(PNG).decode() in intent.payload
    assert "content" not in desk.journal.transaction(result.msgid).facts["given"]
    [theirs] = world.books()["filings"]
    assert theirs["rec_no"] == kept.number
    assert desk.stays.filings("1") == ()


def test_what_the_centre_refuses_is_not_kept(desk):
    result = desk.stays.file(filing(desk, id_no="990101199208059999"))
    assert isinstance(result.outcome, Rejected) and desk.stays.filings() == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "  "}, "reason"), ({"name": ""}, "name"), ({"kind": ""}, "kind"),
        ({"injured_at": timedelta(days=1)}, "injured_at"),
        ({"ends": timedelta(days=-9)}, "ends"), ({"begins": timedelta(days=-9)}, "begins"),
    ],
)  # fmt: skip
def test_a_faulty_filing_stays_at_the_desk(world, desk, changes, field):
    moments = {
        name: desk.clock.now() + value if isinstance(value, timedelta) else value
        for name, value in changes.items()
    }
    with pytest.raises(InvalidInput) as caught:
        desk.stays.file(filing(desk, **moments))
    assert field in {item.field for item in caught.value.faults}
    assert "1102" not in world.gateway.sent


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ([("a.pdf", b"")], "空文件"),
        ([("a.exe", PDF)], "PDF、JPG"),
        ([("a.jpg", PDF)], "不符"),
        ([("a.pdf", PDF + bytes(512 * 1024))], "513 KB"),
        ([("名" * 100 + ".pdf", PDF)], "文件名"),
        ([(f"{n}.pdf", PDF) for n in range(21)], "21 个"),
        ([(f"{n}.pdf", PDF + bytes(400 * 1024)) for n in range(2)], "合计"),
    ],
)
def test_files_have_limits_that_are_told(world, desk, tmp_path, files, word):
    with pytest.raises(InvalidInput, match=word):
        desk.stays.file(filing(desk), files)
    assert "1102" not in world.gateway.sent
    assert not list((tmp_path / "archive").rglob("*"))


def test_files_at_the_limit_fit_into_one_message(desk):
    files = [("a.pdf", PDF + bytes(511 * 1024)), ("b.pdf", PDF + bytes(188 * 1024))]
    assert isinstance(desk.stays.file(filing(desk), files).outcome, Accepted)


# -- using one


def test_the_filing_gives_the_qualification_that_the_card_does_not_show(world, desk):
    ward.read_card(desk, ward.UNRECOGNISED)
    patient = desk.identify.last_person()
    known = registration(desk)
    with pytest.raises(Refused, match="没有工伤资格"):
        desk.stays.admit(known, patient, None)
    number = filed(desk).number
    result = desk.stays.admit(known, patient, None, number)
    assert isinstance(result.outcome, Accepted)
    assert result.visit.registration.filing_no == number
    [theirs] = world.books()["visits"]
    assert theirs["qualification_id"] == desk.stays.filings()[0].qualification_id
    stay = desk.stays.open(known.visit_no)
    assert stay.filing.number == number and stay.row.filing_warning == ""


def test_without_a_card_the_filing_says_who_it_is(desk):
    number = filed(desk).number
    patient = desk.stays.filed_person(number)
    assert (patient.name, len(patient.qualifications)) == (ward.UNRECOGNISED, 1)
    result = desk.stays.admit(registration(desk), patient, patient.qualifications[0], number)
    assert isinstance(result.outcome, Accepted)
    with pytest.raises(Refused, match="读患者的卡"):
        desk.stays.filed_person("BA0")


def test_a_card_that_shows_it_already_is_not_given_it_twice(desk):
    number = filed(desk).number
    ward.read_card(desk, ward.UNRECOGNISED)
    patient = desk.identify.last_person()
    assert len(patient.qualifications) == 1
    result = desk.stays.admit(registration(desk), patient, None, number)
    assert result.visit.qualification == patient.qualifications[0]


def test_a_filing_that_does_not_fit_is_refused_with_its_reason(world, desk):
    ward.read_card(desk, ward.UNRECOGNISED)
    patient = desk.identify.last_person()
    known, number = registration(desk), filed(desk).number
    other = patient.model_copy(update={"number": "990010001"})
    early = known.model_copy(update={"admitted_at": desk.clock.now() - timedelta(days=5)})
    kept = desk.stays.filings()[0]
    for change, expected in (({"state": "0"}, "待审"), ({"qualification_id": ""}, "没有返回")):
        with desk.journal.commit():
            desk.journal.ledger.stays.add_filing(kept.model_copy(update=change))
        with pytest.raises(Refused, match=expected):
            desk.stays.admit(known, patient, None, number)
    with desk.journal.commit():
        desk.journal.ledger.stays.add_filing(kept)
    for form, who, wanted, expected in (
        (known, patient, "BA9", "没有备案"), (known, other, number, "不是本次"),
        (early, patient, number, "有效期"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=expected):
            desk.stays.admit(form, who, None, wanted)
    assert "2201" not in world.gateway.sent


def test_the_end_of_a_filing_is_warned_of(world, desk):
    number = filed(desk).number
    known = registration(desk).model_copy(update={"filing_no": number})
    assert desk.stays.filing_warning(known) == ""
    world.clock.advance(22 * 86_400)
    assert "还有 6 天" in desk.stays.filing_warning(known)
    world.clock.advance(6 * 86_400 + 3600)
    assert "还有 0 天" in desk.stays.filing_warning(known)  # its last day is whole
    world.clock.advance(86_400)
    assert "已于" in desk.stays.filing_warning(known)
    assert desk.stays.filing_warning(registration(desk)) == ""
    open_end = filed(desk, begins=desk.clock.now(), ends=None).number
    known = known.model_copy(update={"filing_no": open_end})
    assert desk.stays.filing_warning(known) == ""


def test_first_and_last_day_of_a_filing_are_whole(desk):
    ward.read_card(desk, ward.UNRECOGNISED)
    patient = desk.identify.last_person()
    known = registration(desk)
    noon = known.admitted_at.replace(hour=23)
    kept = filed(desk, injured_at=known.admitted_at, begins=known.admitted_at.replace(hour=0))
    for begins, ends in ((noon, None), (noon, noon.replace(hour=0))):
        changed = kept.model_copy(update={"begins": begins, "ends": ends})
        with desk.journal.commit():
            desk.journal.ledger.stays.add_filing(changed)
        assert desk.stays._filings.usable(kept.number, patient, known.admitted_at) == changed


# -- an unknown ending


def test_a_card_read_later_proves_a_filing_whose_answer_was_lost(world, desk):
    ward.read_card(desk, ward.UNRECOGNISED)
    world.fault("reply_lost", "1102")
    result = desk.stays.file(filing(desk), [("a.pdf", PDF)])
    assert isinstance(result.outcome, Unknown) and desk.stays.filings() == ()
    sent = len(world.gateway.sent)
    world.pass_quiet(desk)
    assert desk.resolve.round() and len(world.gateway.sent) == sent  # no reader is bothered
    ward.read_card(desk, ward.UNRECOGNISED)
    world.pass_quiet(desk)
    assert desk.resolve.round() == ()
    [kept] = desk.stays.filings()
    assert kept.qualification_id and not kept.number and kept.attachments[0].file_name == "a.pdf"
    assert desk.journal.transaction(result.msgid).state is State.SETTLED


def test_another_card_or_one_that_shows_nothing_new_proves_nothing(world, desk):
    ward.read_card(desk, ward.UNRECOGNISED)
    world.fault("request_lost", "1102")
    msgid = desk.stays.file(filing(desk)).msgid
    for name in (ward.SHORT, ward.UNRECOGNISED):
        world.clock.advance(1)
        ward.read_card(desk, name)
        assert desk.resolve.look(msgid).state is State.UNKNOWN
    desk.resolve.hand_over(msgid, "收费员", "中心电话确认没有收到")
    row = desk.resolve.decide(msgid, False, SUPERVISOR, "中心书面证明")
    assert row.state is State.VOID and desk.stays.filings() == ()


def test_a_filing_without_a_card_before_it_waits_for_a_person(world, desk):
    world.fault("reply_lost", "1102")
    msgid = desk.stays.file(filing(desk)).msgid
    world.clock.advance(1)
    ward.read_card(desk, ward.UNRECOGNISED)
    assert desk.resolve.look(msgid).state is State.UNKNOWN
    desk.resolve.hand_over(msgid, "收费员", "中心电话确认已备案")
    desk.resolve.decide(msgid, True, SUPERVISOR, "中心书面证明")
    assert desk.stays.filings()[0].made_by == msgid
