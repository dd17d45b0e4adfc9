"""Books that drift apart on request: at the centre, and in the invented hospital."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.domain import Amounts
from core.his.embedded import EmbeddedHospital
from core.his.port import Postings
from core.simulator.control import DRIFTS, Control
from core.simulator.controls import CONTROLS
from tests.helpers.centre import Counter
from tests.helpers.his import told
from tests.helpers.mishaps import Mishaps

MONEY = Amounts(total=1_000, fund=900, personal=100)
DRILLS = Path(__file__).parents[2] / "resources" / "tables" / "drills.toml"


def order(counter: Counter, what: str, **body: object):
    """A control message; gives (text of the mistake, output)."""
    message = json.dumps({"infno": f"SIM:{what}", "input": body}).encode()
    reply = json.loads(counter.centre.handle(message).payload)
    return reply["err_msg"], reply["output"]


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_a_lost_settlement_is_in_no_list_and_no_sum(counter):
    counter.settled("MZ1", "B1")
    msgid = counter.settled("MZ2", "B2")
    assert order(counter, "LOSE") == ("", msgid)
    assert [row["ipt_otp_no"] for row in counter.day()] == ["MZ1"]
    assert counter.totals()["setl_cnt"] == 1
    counter.settle("MZ2", "B3")
    assert len(counter.day()) == 2


def test_a_shifted_settlement_has_more_in_total_and_personal_part(counter):
    counter.settled()
    before = counter.totals()
    order(counter, "SHIFT", visit="MZ1", bill="B1", fen=250)
    after = counter.totals()
    assert float(after["medfee_sumamt"]) - float(before["medfee_sumamt"]) == 2.5
    assert after["hifp_pay"] == before["hifp_pay"]


def test_a_moved_settlement_is_booked_on_another_day(counter):
    counter.settled()
    order(counter, "MOVE", seconds=24 * 3600)
    assert counter.day() == []
    counter.clock.advance(24 * 3600)
    counter.teller.sign_in()
    assert len(counter.day()) == 1


def test_a_settlement_that_no_desk_sent_looks_like_the_newest(counter):
    msgid = counter.settled()
    _, made = order(counter, "BOOK")
    assert made != msgid
    assert (made[:12], made[26]) == (msgid[:12], msgid[26])
    assert len(made) == len(msgid)
    assert len(counter.day()) == 2
    assert counter.done("2209", {
        "omsgid": made, "oinfno": "2207", "psn_no": "", "ipt_otp_no": "", "memo": "",
    }) is None  # fmt: skip
    assert len(counter.day()) == 1


def test_one_that_was_cancelled_elsewhere_is_two_rows(counter):
    order(
        counter, "BOOK", msgid="H99000000001" + "1" * 18, visit="V", bill="B", total=500,
        cancelled_by="H99000000001" + "2" * 18,
    )  # fmt: skip
    assert [row["medfee_sumamt"] for row in counter.day()] == [5, -5]


@pytest.mark.parametrize("what", ["LOSE", "SHIFT", "MOVE", "BOOK"])
def test_without_a_settlement_nothing_drifts(counter, what):
    text, output = order(counter, what, seconds=1)
    assert text
    assert output is None


def test_the_drills_of_the_day_end_are_orders_of_the_centre(monkeypatch):
    kinds = {row["kind"] for row in tomllib.loads(DRILLS.read_text("utf-8"))["drill"]}
    assert kinds >= DRIFTS
    assert {f"SIM:{kind.upper()}" for kind in DRIFTS} <= CONTROLS.keys()
    sent = []
    monkeypatch.setattr(Control, "order", lambda self, what, **body: sent.append((what, body)))
    Control("127.0.0.1:1").fault("move", "", 1, seconds=5)
    assert sent == [("MOVE", {"seconds": 5})]


# -- the hospital


@pytest.fixture
def hospital(tmp_path):
    made = EmbeddedHospital(tmp_path / "hospital.db", ManualClock())
    yield made
    made.close()


def listed(hospital: EmbeddedHospital, seconds: int = 3600):
    """What it has settled around now."""
    now = hospital._clock.now()
    return hospital.settled(now - timedelta(seconds=seconds), now + timedelta(seconds=seconds))


def test_a_hospital_says_what_it_has_settled_with_refunds_negative(hospital):
    visit = hospital.waiting()[0].visit_no
    hospital.post(told("M1", "register", visit, "", None))
    hospital.post(told("M2", "settle", visit, "B", MONEY))
    hospital.post(told("M3", "cancel_settlement", visit, "B", MONEY))
    paid, back = listed(hospital)
    assert isinstance(hospital, Postings)
    assert (paid.msgid, paid.total, paid.refund) == ("M2", 1_000, False)
    assert (back.msgid, back.total, back.personal, back.refund) == ("M3", -1_000, -100, True)
    assert paid.person_name == hospital.visit(visit).person_name


def test_both_ends_of_a_period_belong_to_it(hospital):
    visit = hospital.waiting()[0].visit_no
    hospital.post(told("M1", "settle", visit, "B", MONEY))
    now = hospital._clock.now()
    assert len(hospital.settled(now, now)) == 1
    assert list(hospital.settled(now + timedelta(seconds=1), now + timedelta(hours=1))) == []


def test_it_knows_its_own_visits(hospital):
    mine = {item.visit_no for item in hospital.waiting()}
    assert hospital.knows([*mine, "STRANGE"]) == mine
    stays = {item.registration.visit_no for item in hospital.stays()}
    assert stays
    assert hospital.knows(stays) == stays
    assert hospital.knows([]) == frozenset()
    assert hospital.knows(f"X{n}" for n in range(1_000)) == frozenset()


def test_mishaps_lose_misbook_and_charge(hospital):
    mishaps, visit = Mishaps(hospital), hospital.waiting()[0].visit_no
    hospital.post(told("M1", "settle", visit, "B", MONEY))
    mishaps.misbook("M1", Amounts(total=7, fund=7, personal=0))
    assert [side.total for side in listed(hospital)] == [7]
    mishaps.lose("M1")
    assert listed(hospital) == []
    number = mishaps.charge(visit, "B9", MONEY)
    assert [(side.msgid, side.bill_no) for side in listed(hospital)] == [(number, "B9")]
