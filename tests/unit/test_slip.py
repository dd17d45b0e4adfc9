"""The slip as a value: from the stored reply, masked, marked, counted, unchanged when reprinted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.domain import Operator
from core.errors import Refused
from core.outcome import Accepted
from core.service.documents import in_words, masked
from core.settings import CentreSettings
from core.words import say
from tests.helpers import flows
from tests.helpers.inprocess import CASHIER

WORDS = {
    0: "零元整",
    5: "伍分",
    10: "壹角整",
    50: "伍角整",
    55: "伍角伍分",
    100: "壹元整",
    105: "壹元零伍分",
    110: "壹元壹角整",
    1_000: "壹拾元整",
    1_005: "壹拾元零伍分",
    13_450: "壹佰叁拾肆元伍角整",
    123_450: "壹仟贰佰叁拾肆元伍角整",
    100_100: "壹仟零壹元整",
    101_000: "壹仟零壹拾元整",
    100_001: "壹仟元零壹分",
    1_000_000: "壹万元整",
    1_000_105: "壹万零壹元零伍分",
    10_000_000: "壹拾万元整",
    10_500_000: "壹拾万伍仟元整",
    1_000_010_000: "壹仟万零壹佰元整",
    10_000_000_000: "壹亿元整",
    10_000_010_000: "壹亿零壹佰元整",
    10_000_100_000: "壹亿零壹仟元整",
    10_001_000_000: "壹亿零壹万元整",
    100_000_100_000: "壹拾亿零壹仟元整",
    12_345_678_901: "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分",
    99_999_999_999: "玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    -1_230: "负壹拾贰元叁角整",
    -13_450: "负壹佰叁拾肆元伍角整",
    -5: "负伍分",
}
DIGITS = "零壹贰叁肆伍陆柒捌玖"


@pytest.mark.parametrize(("fen", "words"), WORDS.items())
def test_amounts_in_words(fen, words):
    assert in_words(fen) == words


def read_back(words: str) -> int:
    """The fen of an amount in words, read by the rules and not by the library."""
    sign = -1 if words.startswith("负") else 1
    total = section = digit = fen = 0
    for letter in words.removeprefix("负").removesuffix("整"):
        if letter in DIGITS:
            digit = DIGITS.index(letter)
        elif letter in "拾佰仟":
            section += digit * {"拾": 10, "佰": 100, "仟": 1000}[letter]
            digit = 0
        elif letter in "万亿":
            size = {"万": 10_000, "亿": 100_000_000}[letter]
            section, digit = section + digit, 0
            total = (total + section) * size if letter == "亿" else total + section * size
            section = 0
        elif letter == "元":
            total, section, digit = total + section + digit, 0, 0
        else:
            fen += digit * {"角": 10, "分": 1}[letter]
            digit = 0
    return sign * (total * 100 + fen)


@given(some.integers(min_value=-(10**12) + 1, max_value=10**12 - 1))
def test_words_read_back_to_the_fen(fen):
    words = in_words(fen)
    assert read_back(words) == fen
    assert words.endswith(("整", "分"))
    assert "零零" not in words


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("990101199001011030", "990101********1030"),
        ("990101900101103", "990101*****1103"),
        ("H123456789", "**********"),
        ("123", "***"),
        ("", ""),
    ],
)
def test_an_id_number_on_paper_is_masked(number, shown):
    assert masked(number) == shown


@pytest.fixture
def paid(desk):
    """The message id of a fresh settlement."""
    return desk.visits.read(flows.settled(desk)).settlement.msgid


def undo(desk, paid):
    visit_no = desk.journal.transaction(paid).visit
    done = flows.do(desk, "cancel_settlement", visit_no)
    assert isinstance(done.outcome, Accepted), done.outcome
    return done.msgid


def values(slip):
    return {row.name: row.value for row in slip.head}


def test_a_slip_says_who_what_and_how_much(desk, paid):
    slip = desk.documents.slip(paid)
    settlement = desk.journal.ledger.settlement(paid)
    said = values(slip)
    person = desk.identify.last_person()
    assert said["name"] == person.name
    assert said["sex"] in ("男", "女")
    assert said["id_no"] == masked(person.id_no) != person.id_no
    assert (said["visit_no"], said["bill_no"]) == (settlement.visit_no, settlement.bill_no)
    assert said["injury"].startswith(person.qualifications[0].kind)
    assert said["diagnosis"] and said["dept"] and said["doctor"] and said["med_type"]
    amounts = {item.name: item.amount for item in slip.payments}
    assert amounts == {name: getattr(settlement.amounts, name) for name in amounts}
    assert set(amounts) == {"total", "fund", "personal"}
    assert [item.words for item in slip.payments] == [in_words(i.amount) for i in slip.payments]
    assert slip.identity == say("slip.identity")
    assert len(slip.copies) == 3 and not slip.refund


def test_the_amounts_are_the_centres(desk, paid, world):
    """What stands on paper is what the centre booked, also by category."""
    booked = next(row for row in world.books()["settlements"] if row["msgid"] == paid)
    slip = desk.documents.slip(paid)
    assert {item.name: item.amount for item in slip.payments}["total"] == booked["total"]
    assert sum(item.amount for item in slip.categories) == booked["total"]


def test_nothing_is_added_up_for_paper(desk, paid):
    """Where the centre's parts do not add up the slip shows them and claims nothing."""
    change = "UPDATE settlement SET fund = fund + 1, reply = '{\"drug\": 7}' WHERE msgid = ?"
    with desk.journal.commit():
        desk.journal.db.conn.execute(change, (paid,))
    slip = desk.documents.slip(paid)
    assert slip.identity == ""
    assert sum(i.amount for i in slip.payments if i.name != "total") == slip.payments[0].amount + 1


def test_a_training_slip_says_so(desk, paid):
    assert desk.documents.slip(paid).marks == (say("slip.training"),)


def test_a_real_slip_has_no_mark(desk, paid, monkeypatch):
    real = desk.settings.model_copy(update={"centre": CentreSettings(library="C:/ZJS/x.dll")})
    monkeypatch.setattr(desk.documents, "_settings", real)
    assert desk.documents.slip(paid).marks == ()
    undone = undo(desk, paid)
    assert desk.documents.slip(paid).marks == (say("slip.void"),)
    assert desk.documents.slip(undone).marks == ()


def test_a_cancellation_has_a_red_slip_of_its_own(desk, paid):
    before = desk.documents.slip(paid)
    undone = undo(desk, paid)
    red = desk.documents.slip(undone)
    assert red.refund and red.title == say("slip.refund_title") != before.title
    assert [i.amount for i in red.payments] == [-i.amount for i in before.payments]
    assert [i.amount for i in red.categories] == [-i.amount for i in before.categories]
    assert all(i.words.startswith("负") for i in red.payments if i.amount)
    assert values(red)["cancelled_at"]
    assert {row.name: row.value for row in red.foot}["original"] == paid
    assert say("slip.void") in desk.documents.slip(paid).marks
    assert say("slip.void") not in red.marks


def test_a_reprint_counts_and_names_who_prints(desk, paid):
    assert desk.documents.slip(paid).print_note == ""
    assert [item.msgid for item in desk.documents.to_print()] == [paid]
    assert desk.documents.printed(paid, "PDF") == 1
    assert desk.documents.to_print() == ()
    assert desk.documents.slip(paid).print_note == f"补打 第 1 次 {CASHIER.name}"
    desk.session.take_over(Operator(id="0102", name="另一位"))
    assert desk.documents.printed(paid, "PDF") == 2 == desk.documents.prints(paid)
    assert desk.documents.slip(paid).print_note == "补打 第 2 次 另一位"


def test_the_red_slip_is_counted_for_itself(desk, paid):
    desk.documents.printed(paid, "PDF")
    undone = undo(desk, paid)
    assert desk.documents.prints(undone) == 0
    desk.documents.printed(undone, "PDF")
    assert (desk.documents.prints(paid), desk.documents.prints(undone)) == (1, 1)


def test_a_slip_that_is_out_does_not_change_with_the_visit(desk, paid):
    """The visit is registered anew for another person; the old slip still says what it said."""
    desk.documents.printed(paid, "PDF")
    before = desk.documents.slip(paid)
    visit = desk.journal.ledger.visit(before.head[6].value)
    other = visit.person.model_copy(update={"name": "另一人", "id_no": "990202********0000"})
    with desk.journal.commit():
        desk.journal.ledger.plan_visit(visit.registration, other, visit.qualification)
    assert desk.documents.slip(paid).head == before.head


def test_the_check_code_is_the_journals(desk, paid):
    slip = desk.documents.slip(paid)
    code = next(row.value for row in slip.foot if row.name == "check")
    hashes = [entry.hash for entry in desk.journal.entries(paid, with_related=False)]
    assert any(digest.upper().startswith(code) for digest in hashes) and len(code) == 12
    assert desk.documents.slip(paid).foot == slip.foot
    assert slip.code == paid


def test_an_adopted_settlement_has_a_slip_too(desk, world):
    """The reply to 2207 was lost; the resolver found the settlement in the centre's list."""
    visit_no = flows.straight_visit(desk).visit_no
    for step in ("register", "upload_fees", "presettle"):
        assert isinstance(flows.do(desk, step, visit_no).outcome, Accepted)
    world.fault("reply_lost", "2207")
    shown = desk.visits.read(visit_no).presettlement
    done = flows.do(desk, "settle", visit_no)
    world.pass_quiet(desk)
    world.resolve(desk)
    slip = desk.documents.slip(done.msgid)
    assert {item.name: item.amount for item in slip.payments}["total"] == shown.total
    assert [item.msgid for item in desk.documents.to_print()] == [done.msgid]


@pytest.mark.parametrize("what", ["unknown", "registration"])
def test_what_is_no_settlement_has_no_slip(desk, paid, what):
    rows = [row for row in desk.history.find() if row.step == "register"]
    msgid = "H99000000001" if what == "unknown" else rows[0].msgid
    with pytest.raises(Refused) as caught:
        desk.documents.slip(msgid)
    assert msgid in str(caught.value)


def test_a_refused_cancellation_has_no_slip(desk, paid, world):
    world.fault("refuse", "2208", text="已清算，不能撤销")
    refused = flows.do(desk, "cancel_settlement", desk.journal.transaction(paid).visit)
    with pytest.raises(Refused):
        desk.documents.slip(refused.msgid)
    assert say("slip.void") not in desk.documents.slip(paid).marks
