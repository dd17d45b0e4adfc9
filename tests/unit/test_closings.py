"""Closings are numbered and append-only; open cases are handed over by name."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from core.domain import Operator, Role
from core.domain.dayend import Closing, Side, Sum
from core.errors import Refused, SetupError
from core.outcome import Accepted, Unknown
from tests.helpers import flows
from tests.helpers.inprocess import CASHIER, SUPERVISOR, World

PASSWORD = "Geheim-2026-x"
OTHER = Operator(id="0102", name="第二收费员")


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A desk whose tests each add to the same day."""
    world = World(tmp_path_factory.mktemp("closings"))
    with world.desk() as desk:
        desk.operators._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        desk.operators.create(SUPERVISOR.id, SUPERVISOR.name, Role.SUPERVISOR, PASSWORD)
        yield world, desk


def move(world, desk, number, total=1_000, at=None, refund=False, operator=CASHIER.id):
    """A movement in the daybook, as an accepted step writes it."""
    sign = -1 if refund else 1
    side = Side(
        f"MZ{number}", f"MZ{number}-1", f"M{number}{'R' * refund}", sign * total,
        sign * (total - 100), sign * 100, refund, at or world.clock.now(), operator=operator,
    )  # fmt: skip
    with desk.journal.commit():
        desk.journal.ledger.daybook.moved(side, f"M{number}", CASHIER.name, "S1")
    return side


def close(world, desk, **more) -> Closing:
    """A closing a second later."""
    world.clock.advance(2)
    return desk.closings.close(CASHIER, **more)


def test_a_closing_runs_from_the_last_cut_to_this_one(busy):
    world, desk = busy
    move(world, desk, 1)
    move(world, desk, 1, refund=True)
    move(world, desk, 2, total=500)
    move(world, desk, 3, operator=OTHER.id)
    first = close(world, desk, counted=90, note=" 早班 ")
    assert (first.number, first.note, first.made_by) == (1, "早班", CASHIER.id)
    assert first.totals.settled == Sum(count=2, total=1_500, fund=1_300, personal=200)
    assert first.totals.refunded == Sum(count=1, total=-1_000, fund=-900, personal=-100)
    assert (first.cash, first.over) == (100, -10)
    move(world, desk, 4, total=700)
    second = close(world, desk)
    assert second.period.begin == first.period.end + timedelta(seconds=1)
    assert second.totals.net == Sum(count=1, total=700, fund=600, personal=100)
    assert second.over is None
    assert [item.number for item in desk.closings.closings()] == [2, 1]
    assert desk.safekeeping.last_backup().kind == "end"


def test_what_comes_in_late_is_in_the_next_one_and_what_was_struck_is_given_back(busy):
    world, desk = busy
    struck = move(world, desk, 10, total=300)
    close(world, desk)
    move(world, desk, 11, total=900, at=world.clock.now() - timedelta(hours=1))
    with desk.journal.commit():
        desk.journal.ledger.daybook.strike_settlement(struck.msgid, "FENCE")
    made = close(world, desk)
    assert made.totals.net == Sum(count=0, total=600, fund=600, personal=0)
    assert made.late == Sum(count=0, total=600, fund=600, personal=0)
    assert close(world, desk).totals.net == Sum()


def test_the_last_closing_is_void_by_a_new_line_and_its_takings_wait(busy):
    world, desk = busy
    move(world, desk, 20, total=400)
    made = close(world, desk)
    void = desk.closings.void(made.number, "数错了", CASHIER)
    assert (void.voids, void.number) == (made.number, made.number + 1)
    kept = {item.number: item for item in desk.closings.closings()}
    assert kept[made.number].voided_by == void.number
    world.clock.advance(5)
    again = desk.closings.preview(CASHIER)
    assert again.period.begin == made.period.begin
    assert again.totals == made.totals
    assert close(world, desk).totals == made.totals


@pytest.mark.parametrize(
    ("who", "reason", "said"),
    [(CASHIER, " ", "原因"), (OTHER, "数错了", "本人或主管"), (CASHIER, "长" * 201, "200")],
)
def test_a_void_needs_a_reason_and_the_right_person(busy, who, reason, said):
    world, desk = busy
    made = close(world, desk)
    with pytest.raises(Refused, match=said):
        desk.closings.void(made.number, reason, who)
    assert desk.closings.void(made.number, "主管作废", SUPERVISOR).made_by == SUPERVISOR.id


def test_only_the_last_closing_may_be_void_and_only_once(busy):
    world, desk = busy
    first, second = close(world, desk), close(world, desk)
    with pytest.raises(Refused, match=f"编号 {second.number}"):
        desk.closings.void(first.number, "错", CASHIER)
    void = desk.closings.void(second.number, "错", CASHIER)
    for number in (second.number, void.number):
        with pytest.raises(Refused, match="已作废"):
            desk.closings.void(number, "错", CASHIER)
    with pytest.raises(Refused, match="没有编号"):
        desk.closings.void(9_999, "错", CASHIER)


def test_a_cut_lies_between_the_last_one_and_now(busy):
    world, desk = busy
    made = close(world, desk)
    with pytest.raises(Refused, match="将来"):
        desk.closings.close(CASHIER, end=world.clock.now())
    with pytest.raises(Refused, match="上次轧账"):
        desk.closings.close(CASHIER, end=made.period.end)
    world.clock.advance(600)
    cut = world.clock.now() - timedelta(seconds=300)
    move(world, desk, 30, at=cut + timedelta(seconds=1))
    assert desk.closings.close(CASHIER, end=cut).totals.net == Sum()
    with pytest.raises(Refused, match="备注"):
        desk.closings.close(CASHIER, note="长" * 201)
    with pytest.raises(Refused, match="清点"):
        desk.closings.close(CASHIER, counted=10**15)
    assert close(world, desk).totals.net.count == 1


@pytest.mark.parametrize("table", ["closing", "hand_over"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET content = ''", "DELETE FROM {}"])
def test_nothing_changes_what_was_closed(busy, table, sql):
    world, desk = busy
    close(world, desk)
    open_case(world, desk)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        desk.journal.db.conn.execute(sql.format(table))
    world.resolve(desk)


def open_case(world, desk) -> str:
    """A settlement nobody knows the end of, handed to the supervisor; gives its message id."""
    visit = flows.brought(desk, "settle")
    world.fault("reply_lost", desk.centre.rule("settle").code)
    result = flows.do(desk, "settle", visit)
    assert isinstance(result.outcome, Unknown)
    given = desk.closings.hand_over(SUPERVISOR.id, PASSWORD, CASHIER, "夜班跟进")
    assert given.msgids == (result.msgid,)
    return result.msgid


def test_open_cases_are_carried_over_and_handed_over_by_name(busy):
    world, desk = busy
    with pytest.raises(Refused, match="没有未决"):
        desk.closings.hand_over(SUPERVISOR.id, PASSWORD, CASHIER)
    msgid = open_case(world, desk)
    made = close(world, desk)
    (case,) = made.unresolved
    assert (case.msgid, case.held_by) == (msgid, SUPERVISOR.name)
    assert case.amount
    sheet = desk.closings.sheet(made.number)
    assert "已移交" in sheet.unresolved[0].value
    assert desk.closings.hand_overs()[0].taken_name == SUPERVISOR.name
    with pytest.raises(Refused, match="密码"):
        desk.closings.hand_over(SUPERVISOR.id, "falsch", CASHIER)
    with pytest.raises(Refused, match="本人"):
        desk.closings.hand_over(SUPERVISOR.id, PASSWORD, SUPERVISOR)
    world.resolve(desk)
    assert desk.closings.unresolved() == ()


def test_signing_out_waits_for_open_cases_unless_somebody_else_has_them(busy):
    world, desk = busy
    visit = flows.brought(desk, "settle")
    world.fault("reply_lost", desk.centre.rule("settle").code)
    flows.do(desk, "settle", visit)
    with pytest.raises(Refused, match="指名移交"):
        desk.session.sign_out()
    desk.closings.hand_over(SUPERVISOR.id, PASSWORD, CASHIER)
    desk.session.take_over(SUPERVISOR)
    with pytest.raises(Refused, match="指名移交"):
        desk.session.sign_out()
    desk.session.take_over(CASHIER)
    assert isinstance(desk.session.sign_out(), Accepted)
    world.resolve(desk)


def test_the_sheet_has_everything_that_stands_on_it(busy):
    world, desk = busy
    move(world, desk, 40)
    world.clock.advance(2)
    made = close(world, desk, counted=desk.closings.preview(CASHIER).cash)
    sheet = desk.closings.sheet(made.number)
    assert not sheet.void
    assert [row.name for row in sheet.sums] == ["settled", "refunded", "net"]
    assert {row.name: row.value for row in sheet.cash}["over"] == "0.00"
    assert made.anchor.upper().startswith(sheet.foot[0].value)
    desk.closings.void(made.number, "错", CASHIER)
    assert "已作废" in desk.closings.sheet(made.number).marks
    void = desk.closings.sheet(made.number + 1)
    assert void.void
    assert void.title == "轧账作废单"
    assert {row.name: row.value for row in void.head}["voids"] == f"{made.number:06d}"
    with pytest.raises(Refused, match="没有编号"):
        desk.closings.sheet(9_999)


def test_a_closing_stands_where_the_copy_cannot_be_made(busy, monkeypatch):
    world, desk = busy
    from core.errors import fault

    def fail(kind):
        raise SetupError(fault("dayend.stale"))

    monkeypatch.setattr(desk.safekeeping, "backup", fail)
    made = close(world, desk)
    assert desk.closings.closings()[0].number == made.number
    assert desk.safekeeping.trouble
