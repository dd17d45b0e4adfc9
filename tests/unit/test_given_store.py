"""The file of what programs handed over, at its edges: half a write, two desks, limits, periods."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import ManualClock
from core.domain import Amounts, FeeLine, Registration
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.errors import SetupError
from core.his import ownfile
from core.his.given_store import KEPT_DAYS, SHOWN_DAYS, GivenStore
from core.his.postings import MANY

MONEY = Amounts(total=300, fund=200, personal=100)
DAY = 86_400


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def store(tmp_path):
    made = GivenStore(tmp_path / "given.db")
    yield made
    made.close()


def stay(number="V1", **more):
    return HospitalStay(registration=Registration(visit_no=number, person_name="某甲", **more))


def bed(number, **more):
    return stay(number, inpatient_no=f"N{number}", med_type="21", **more)


def line(clock, number="L1", amount=100, visit="V1"):
    return FeeLine(
        visit_no=visit, line_id=number, rx_no="R", price=Decimal(1), quantity=Decimal(1),
        amount=amount, occurred_at=clock.now(),
    )  # fmt: skip


def told(clock, msgid="M1", step="settle", visit="V1", **more):
    given = {"bill_no": "B", "amounts": MONEY, "at": clock.now(), **more}
    return WriteBack(msgid=msgid, step=step, visit_no=visit, **given)


def numbers(stays):
    return [one.registration.visit_no for one in stays]


# -- whole or not at all


def test_lines_of_which_one_cannot_be_kept_are_not_kept_at_all(store, clock):
    store.keep_visit(stay(), "his", clock.now())
    twice = [line(clock, "L1"), line(clock, "L2"), line(clock, "L2", 200)]
    with pytest.raises(SetupError, match="given"):
        store.keep_lines("V1", twice)
    assert store.lines("V1") == ()
    assert store.keep_lines("V1", twice[:2]) == (2, 0), "the file goes on being written"


def test_a_write_that_is_interrupted_leaves_nothing(store, clock):
    with pytest.raises(KeyboardInterrupt), store.working() as db:
        db.execute("INSERT INTO line VALUES ('V1', 'L1', 1, 100, '{}')")
        raise KeyboardInterrupt
    assert store.rows("SELECT * FROM line") == []
    assert store.keep_visit(stay(), "his", clock.now())


def test_what_another_process_keeps_is_seen_at_once(store, clock, tmp_path):
    other = GivenStore(tmp_path / "given.db")
    other.keep_visit(stay(), "his", clock.now())
    assert store.known(["V1"]) == {"V1"} and not store.keep_visit(stay(), "his", clock.now())
    other.close()
    other.close()
    with pytest.raises(SetupError):
        other.lines("V1")
    with pytest.raises(SetupError):
        other.keep_visit(stay("V2"), "his", clock.now())


def test_many_threads_hand_over_one_visit_and_one_is_the_first(store, clock):
    first, start = [], threading.Barrier(6)

    def hand_over():
        start.wait()
        first.append(store.keep_visit(stay(), "his", clock.now()))

    threads = [threading.Thread(target=hand_over) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(first) == [False] * 5 + [True]


def test_a_table_that_is_gone_is_a_sentence_with_the_file(store, tmp_path, clock):
    with sqlite3.connect(tmp_path / "given.db") as db:
        db.execute("DROP TABLE result")
    db.close()
    with pytest.raises(SetupError, match="given"):
        store.keep_result(told(clock), clock.now())
    with pytest.raises(SetupError, match="given"):
        store.is_told("M1")


def test_a_damaged_file_and_what_lay_beside_it_do_not_spoil_the_new_one(tmp_path, clock):
    path = tmp_path / "deep" / "given.db"
    path.parent.mkdir()
    path.write_bytes(b"no database at all, but long enough to be looked at" * 40)
    path.with_name("given.db-wal").write_bytes(b"rest of another life")
    store = GivenStore(path)
    assert store.keep_visit(stay(), "his", clock.now())
    store.close()
    (kept,) = [one for one in path.parent.iterdir() if ".damaged-" in one.name]
    assert kept.read_bytes().startswith(b"no database")


def test_a_locked_file_is_not_taken_for_a_damaged_one(tmp_path, monkeypatch):
    """Moving it aside would lose what another desk is writing this very moment."""
    GivenStore(tmp_path / "given.db").close()

    def locked(*_):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(ownfile, "_open", locked)
    with pytest.raises(SetupError, match="locked"):
        GivenStore(tmp_path / "given.db")
    assert [one.name for one in tmp_path.iterdir()] == ["given.db"]


# -- lines


def test_a_line_said_again_is_neither_new_nor_changed(store, clock):
    lines = [line(clock, f"L{n}", n) for n in range(1, 4)]
    assert store.keep_lines("V1", lines) == (3, 0)
    assert store.keep_lines("V1", lines) == (0, 0)
    other = lines[1].model_copy(update={"amount": 20})
    assert store.keep_lines("V1", [other, line(clock, "L9"), lines[0]]) == (1, 1)
    assert [(one.line_id, one.amount) for one in store.lines("V1")] == [
        ("L1", 1), ("L2", 20), ("L3", 3), ("L9", 100),
    ]  # fmt: skip


def test_two_programs_hand_over_the_same_lines_at_once(store, clock, monkeypatch):
    """Whoever comes second waits, and finds them there."""
    found, lines = [], [line(clock, "L1"), line(clock, "L2")]
    second = threading.Thread(target=lambda: found.append(store.keep_lines("V1", lines)))
    read = store.lines

    def meanwhile(visit_no):
        there = read(visit_no)
        if threading.current_thread() is not second:
            second.start()
            second.join(0.2)
        return there

    monkeypatch.setattr(store, "lines", meanwhile)
    found.append(store.keep_lines("V1", lines))
    second.join()
    assert found[0] == (2, 0) and sorted(found) == [(0, 0), (2, 0)]
    assert [one.line_id for one in read("V1")] == ["L1", "L2"]


def test_numbers_of_lines_count_within_their_visit_only(store, clock):
    store.keep_visit(stay("V1"), "his", clock.now())
    store.keep_visit(stay("V2"), "his", clock.now())
    store.keep_lines("V1", [line(clock, "L1", 100)])
    assert store.keep_lines("V2", [line(clock, "L1", 7, "V2")]) == (1, 0)
    assert [one.amount for one in (store.stay("V1"), store.stay("V2")) if one] == [100, 7]


def test_a_visit_knows_how_much_its_lines_are_and_a_bare_one_has_none(store, clock):
    store.keep_visit(stay(), "his", clock.now())
    bare = store.stay("V1")
    assert bare is not None and (bare.line_count, bare.amount) == (0, 0)
    store.keep_lines("V1", [line(clock, "L1", 350), line(clock, "L2", -50)])
    full = store.stay("V1")
    assert full is not None and (full.line_count, full.amount) == (2, 300)
    assert store.stay("V2") is None


# -- what is shown


def test_a_visit_changed_later_keeps_its_day_and_its_state(store, clock):
    store.keep_visit(stay(), "his", clock.now())
    today = clock.now().date().isoformat()
    store.keep_result(told(clock, step="register"), clock.now())
    clock.advance(DAY)
    assert not store.keep_visit(stay(sex="男"), "other", clock.now())
    assert numbers(store.waiting(today, 10)) == ["V1"]
    assert store.waiting(clock.now().date().isoformat(), 10) == []


@pytest.mark.parametrize(
    ("steps", "waits"),
    [
        ((), True),
        (("register",), True),
        (("register", "settle"), False),
        (("register", "settle", "cancel_settlement"), True),
        (("register", "cancel_registration"), False),
        (("upload_fees",), True),  # says nothing about how far the visit is
    ],
)
def test_who_waits(store, clock, steps, waits):
    store.keep_visit(stay(), "his", clock.now())
    for n, step in enumerate(steps):
        assert store.keep_result(told(clock, f"M{n}", step), clock.now())
    found = store.waiting(clock.now().date().isoformat(), 10)
    assert bool(found) == waits


def test_an_old_result_that_comes_again_does_not_turn_the_visit_back(store, clock):
    store.keep_visit(stay(), "his", clock.now())
    store.keep_result(told(clock, "M1", "register"), clock.now())
    store.keep_result(told(clock, "M2", "settle"), clock.now())
    assert not store.keep_result(told(clock, "M1", "register"), clock.now())
    assert store.waiting(clock.now().date().isoformat(), 10) == []
    assert store.is_told("M1") and not store.is_told("M3")


def test_no_more_wait_than_were_asked_for_the_oldest_first(store, clock):
    for n in range(5):
        store.keep_visit(stay(f"V{n}"), "his", clock.now())
        clock.advance(1)
    today = clock.now().date().isoformat()
    assert numbers(store.waiting(today, 2)) == ["V0", "V1"]
    assert numbers(store.newest(2)) == ["V4", "V3"]


def test_a_settled_stay_leaves_the_list_after_a_while_an_open_one_never(store, clock):
    store.keep_visit(bed("S1"), "his", clock.now())
    store.keep_visit(bed("S2"), "his", clock.now())
    store.keep_result(told(clock, visit="S1"), clock.now())
    clock.advance(SHOWN_DAYS * DAY)
    assert numbers(store.stays(clock.now())) == ["S1", "S2"]
    clock.advance(1)
    assert numbers(store.stays(clock.now())) == ["S2"]


def test_stays_stand_by_their_admission_and_one_without_it_last(store, clock):
    now = clock.now()
    store.keep_visit(bed("S1"), "his", now)
    store.keep_visit(bed("S2", admitted_at=now - timedelta(days=1)), "his", now)
    store.keep_visit(bed("S3", admitted_at=now - timedelta(days=9)), "his", now)
    assert numbers(store.stays(now)) == ["S3", "S2", "S1"]


# -- what is forgotten


def test_stays_and_settled_visits_are_never_forgotten(store, clock):
    for one in (stay("OLD"), stay("PAID"), bed("S1")):
        store.keep_visit(one, "his", clock.now())
        store.keep_lines(one.registration.visit_no, [line(clock)])
    store.keep_result(told(clock, visit="PAID"), clock.now())
    clock.advance(KEPT_DAYS * DAY)
    store.keep_visit(stay("NEW1"), "his", clock.now())
    assert store.known(["OLD"]) == {"OLD"}, "the last day counts"
    clock.advance(DAY)
    store.keep_visit(stay("NEW2"), "his", clock.now())
    assert store.known(["OLD", "PAID", "S1"]) == {"PAID", "S1"}
    assert store.lines("OLD") == () and len(store.lines("PAID")) == 1


def test_lines_of_a_visit_that_another_way_knows_outlive_the_next_visit(store, clock):
    store.keep_lines("ELSEWHERE", [line(clock, visit="ELSEWHERE")])
    store.keep_visit(stay("V1"), "his", clock.now())
    clock.advance(DAY)
    store.keep_visit(stay("V2"), "his", clock.now())
    assert [one.line_id for one in store.lines("ELSEWHERE")] == ["L1"]


def test_what_is_old_is_looked_for_once_a_day(store, clock):
    seen: list[str] = []
    with store.working() as db:
        db.conn.set_trace_callback(seen.append)
    for number in range(3):
        store.keep_visit(stay(f"V{number}"), "his", clock.now())
    assert sum(said.startswith("DELETE") for said in seen) == 2
    clock.advance(DAY)
    store.keep_visit(stay("V9"), "his", clock.now())
    assert sum(said.startswith("DELETE") for said in seen) == 4


def test_more_numbers_than_a_statement_takes(store, clock):
    for n in (0, MANY, 2 * MANY):
        store.keep_visit(stay(f"V{n:04}"), "his", clock.now())
    asked = [f"V{n:04}" for n in range(2 * MANY + 1)] * 2
    assert store.known(asked) == {"V0000", f"V{MANY:04}", f"V{2 * MANY:04}"}
    assert store.known([]) == frozenset()


# -- the day's books


def test_settlements_of_a_period_with_both_ends(store, clock):
    begin = clock.now()
    store.keep_visit(stay(), "his", begin)
    store.keep_result(told(clock, "M1"), begin)
    clock.advance(3600)
    end = clock.now()
    store.keep_result(told(clock, "M2", "cancel_settlement"), end)
    store.keep_result(told(clock, "M3", at=end + timedelta(seconds=1)), end)
    one, back = store.settled(begin, end)
    assert (one.total, one.fund, one.personal, one.refund) == (300, 200, 100, False)
    assert (back.total, back.refund, back.person_name) == (-300, True, "某甲")
    assert [one.msgid for one in store.settled(end + timedelta(seconds=1), end)] == []


def test_what_moves_no_money_is_in_no_book(store, clock):
    store.keep_result(told(clock, "M1", "register"), clock.now())
    store.keep_result(told(clock, "M2", "settle", amounts=None), clock.now())
    store.keep_result(told(clock, "M3", visit="STRANGER"), clock.now())
    (one,) = store.settled(clock.now(), clock.now())
    assert (one.msgid, one.visit_no, one.person_name) == ("M3", "STRANGER", "")


def test_a_result_without_a_moment_is_booked_when_it_came(store, clock):
    store.keep_result(told(clock, at=None), clock.now())
    (one,) = store.settled(clock.now(), clock.now())
    assert one.at == clock.now()
