"""The rules of stays for any input: states, differences, deposits, and random walks of a stay."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.clock import CHINA
from core.domain import (
    Amounts,
    Discharge,
    FeeLine,
    LineResult,
    Registration,
    Settlement,
    Stage,
    Visit,
)
from core.domain.stay import (
    Difference,
    StayRow,
    StayState,
    UploadEnd,
    UploadReport,
    days_of_stay,
)
from core.errors import DeskError
from core.journal.stays import KnownStay
from core.outcome import Accepted
from core.service.stay_lines import known_differences
from core.service.stay_rows import SEARCHED, WORK_FIRST, chosen, state_of
from core.service.stays import balance_of
from tests.helpers import stays as ward
from tests.helpers.agreement import assert_agree
from tests.helpers.inprocess import World

AT = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
FEN = some.integers(-10_000, 10_000)
MONEY = some.integers(0, 10**9)


def known(**changes):
    values = {
        "visit_no": "ZY1", "registration": Registration(visit_no="ZY1", med_type="21"),
        "registered": True, "cancelled": False, "presettlement": None, "uploaded": 0,
        "uploaded_total": 0, "settlement": "", "settled_total": None, "printed": False,
        "open_msgid": "", "discharge": None, "lines": None, "amount": None, **changes,
    }  # fmt: skip
    return KnownStay(**values)


END = Discharge(discharged_at=AT, outcome_code="01", diagnosis_code="S61.801")
SHOWN = Amounts(total=3, fund=2, personal=1)
FACTS = some.fixed_dictionaries(
    {
        "registered": some.booleans(), "cancelled": some.booleans(),
        "presettlement": some.sampled_from([None, SHOWN]),
        "settlement": some.sampled_from(["", "M1"]), "printed": some.booleans(),
        "discharge": some.sampled_from([None, END]),
    }
)  # fmt: skip


# -- states


@given(FACTS, some.integers(0, 3))
def test_what_has_gone_furthest_decides_the_state(facts, missing):
    state = state_of(known(**facts), missing)
    if not facts["registered"]:
        assert state in (StayState.WAITING, StayState.CANCELLED)
        assert (state is StayState.CANCELLED) == facts["cancelled"]
    elif facts["settlement"]:
        assert (state is StayState.SETTLED) == facts["printed"]
        assert state in (StayState.SETTLED, StayState.NOT_PRINTED)
    elif facts["discharge"]:
        assert state is StayState.DISCHARGED
    else:
        assert (state is StayState.TO_UPLOAD) == bool(missing)


def test_a_stay_that_the_desk_does_not_know_waits():
    assert state_of(None, 9) is StayState.WAITING


def test_every_state_has_its_place_in_the_list():
    assert sorted(WORK_FIRST) == sorted(StayState)
    assert WORK_FIRST[0] is StayState.NOT_PRINTED and WORK_FIRST[-1] is StayState.CANCELLED


@given(some.text(max_size=6), some.sampled_from(["", *StayState]))
def test_a_search_gives_rows_that_have_the_text_and_the_state(text, state):
    rows = [
        StayRow(visit_no="ZY1", name="沈建国", ward="骨科一病区", bed="01-05"),
        StayRow(visit_no="ZY2", inpatient_no="BA9", state=StayState.SETTLED, dept="手外科"),
    ]
    found = chosen(rows, text, state)
    wanted = text.strip().casefold()
    for row in rows:
        has = any(wanted in getattr(row, name).casefold() for name in SEARCHED)
        assert (row in found) == (has and state in ("", row.state))


# -- differences


def line(number, amount):
    return FeeLine(
        visit_no="ZY1", line_id=number, rx_no="RX", price=Decimal(1), quantity=Decimal(1),
        amount=amount, occurred_at=AT,
    )  # fmt: skip


@given(
    some.dictionaries(some.sampled_from("ABCDEF"), FEN),
    some.dictionaries(some.sampled_from("ABCDEF"), FEN),
)
def test_differences_are_exactly_the_lines_that_differ(ours, theirs):
    visit = Visit(
        registration=Registration(visit_no="ZY1", med_type="21"),
        lines=tuple(line(number, amount) for number, amount in ours.items()),
        uploaded=tuple(
            LineResult(rx_no="RX", line_id=number, amount=amount)
            for number, amount in theirs.items()
        ),
    )
    found = {row.line_id: row for row in known_differences(visit)}
    assert found.keys() == {
        number for number in {**ours, **theirs} if ours.get(number) != theirs.get(number)
    }
    for number, row in found.items():
        assert (row.hospital, row.uploaded, row.centre) == (
            ours.get(number), theirs.get(number), None,
        )  # fmt: skip
        assert row.why and row.kind is not Difference.NONE and row.rx_no == "RX"
        assert (row.line is None) == (number not in ours)


# -- money and reports


@given(MONEY, MONEY, MONEY, some.booleans())
def test_the_deposit_and_the_patients_part_always_come_out_even(deposit, fund, personal, final):
    amounts = Amounts(total=fund + personal, fund=fund, personal=personal)
    paid = Settlement(visit_no="ZY1", bill_no="B1", msgid="M1", amounts=amounts, settled_at=AT)
    visit = Visit(
        registration=Registration(visit_no="ZY1"), presettlement=amounts,
        settlement=paid if final else None,
    )  # fmt: skip
    found = balance_of(deposit, visit)
    assert deposit + found.to_collect - found.to_return == personal
    assert not (found.to_collect and found.to_return)
    assert min(found.to_collect, found.to_return) == 0 and found.final == final


@given(some.lists(some.sampled_from(["sent", "nothing", "refused", "left", "unknown"])))
def test_a_report_is_whole_when_nothing_is_left(endings):
    ends = tuple(UploadEnd(visit_no="ZY1", name="", ended=ended) for ended in endings)
    assert UploadReport(stays=ends).whole == (set(endings) <= {"sent", "nothing"})


@pytest.mark.parametrize(
    ("begun", "until", "days"),
    [
        ((3, 2, 9), (3, 2, 18), 1), ((3, 2, 23), (3, 3, 1), 1), ((3, 2, 1), (3, 3, 23), 1),
        ((3, 2, 9), (3, 4, 9), 2), ((2, 27, 9), (3, 2, 9), 3), ((3, 2, 9), (3, 1, 9), 1),
    ],
)  # fmt: skip
def test_days_of_stay_by_example(begun, until, days):
    first, last = (
        datetime(2026, month, day, hour, tzinfo=CHINA) for month, day, hour in (begun, until)
    )
    assert days_of_stay(first, last) == days


# -- random walks


def walk_on(desk, chance, visit_no):
    """One random step as somebody at the window might take it."""

    def shown():
        return desk.visits.read(visit_no).presettlement or Amounts(total=0, fund=0, personal=0)

    lines = desk.hospital.fee_lines(visit_no)
    steps = {
        "admit": lambda: ward.admit(desk, ward.READY),
        "upload": lambda: desk.stays.upload(visit_no, lambda: chance.random() < 0.5),
        "remove": lambda: desk.stays.remove(visit_no, line_id=chance.choice(lines).line_id),
        "remove_all": lambda: desk.stays.remove(visit_no),
        "presettle": lambda: desk.stays.presettle(visit_no),
        "change": lambda: desk.stays.change(visit_no, {"bed": str(chance.randrange(99))}),
        "discharge": lambda: desk.stays.discharge(visit_no, ward.ending(desk, visit_no)),
        "undo_discharge": lambda: desk.stays.undo_discharge(visit_no, "继续治疗"),
        "settle": lambda: desk.stays.settle(visit_no, shown()),
        "cancel_settlement": lambda: desk.stays.cancel_settlement(visit_no, "有误"),
        "cancel_admission": lambda: desk.stays.cancel_admission(visit_no, "有误"),
    }
    kinds = ("admit", "upload", "upload", "upload", "presettle", "discharge", "settle")
    name = chance.choice((*kinds, *kinds, *steps))
    try:
        steps[name]()
    except DeskError as error:
        assert str(error).endswith("。") or "。" in str(error)
    return name


LOST = ("reply_lost", "request_lost", "duplicate", "garbage")
LOSABLE = ("2201", "2203", "2204", "2205", "2207", "2208", "2202")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_however_a_stay_is_walked_the_books_agree(tmp_path, seed):
    chance = random.Random(seed)
    world = World(tmp_path)
    with world.desk() as desk:
        visit_no = ward.number(desk, ward.READY)
        ward.read_card(desk, ward.READY)
        taken = set()
        for _ in range(30):
            if chance.random() < 0.25:
                world.fault(chance.choice(LOST), chance.choice(LOSABLE))
            taken.add(walk_on(desk, chance, visit_no))
            world.order("CLEAR")
            world.resolve(desk)
            ward.read_card(desk, ward.READY)
            assert_agree(desk, world.books(), visit_no)
            check_stay(desk, visit_no)
        assert len(taken) > 5 and desk.journal.verify() is None


def check_stay(desk, visit_no):
    """What must hold of a stay at any time."""
    stay = desk.stays.open(visit_no)
    assert not stay.row.open_msgid and not desk.resolve.pending()
    assert (stay.visit.stage is Stage.DISCHARGED) == (stay.row.state is StayState.DISCHARGED)
    if stay.visit.settlement:
        assert stay.visit.discharge and stay.row.lines_missing == 0
    if stay.discharge and stay.visit.stage is Stage.DISCHARGED:
        assert stay.row.days == days_of_stay(
            stay.visit.registration.admitted_at, stay.discharge.discharged_at
        )


def test_a_card_read_lasts_for_the_whole_closing_of_a_stay(tmp_path):
    world = World(tmp_path)
    with world.desk() as desk:
        visit_no = ward.discharged(desk, ward.READY)
        world.clock.advance(timedelta(minutes=9).total_seconds())
        shown = desk.stays.presettle(visit_no).visit.presettlement
        assert isinstance(desk.stays.settle(visit_no, shown).outcome, Accepted)
