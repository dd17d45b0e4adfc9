"""The parts of the proof: choices as text, the watch at the line, and invariants that do find."""

from __future__ import annotations

import pytest

from core.prove.chooser import Allowance, Dice, Replay, read, written
from core.prove.flows import FLOWS, STEPS, prepared
from core.prove.invariants import findings
from core.prove.world import World


@pytest.fixture(scope="module")
def settled():
    """A world with one settled visit, and what to put back after each test."""
    with World() as world:
        visit_no = prepared(world, FLOWS["settle"])
        STEPS["settle"](world.desk, visit_no)
        yield world, visit_no, world.snapshot()


@pytest.fixture
def world(settled):
    world, _, kept = settled
    world.restore(kept)
    return world


def kinds(world):
    """The first word of every finding."""
    return {line.partition(":")[0] for line in findings(world)}


def test_choices_are_written_and_read():
    plan = {12: "reply_lost", 3: "die"}
    assert written(plan) == "3=die,12=reply_lost"
    assert read(written(plan)) == plan and read("") == {} and read(" 1=die , ") == {1: "die"}


@pytest.mark.parametrize("text", ["die", "=die", "3=", "x=die", "３=die"])
def test_a_list_that_is_none(text):
    with pytest.raises(ValueError):
        read(text)


def test_a_position_counts_whether_or_not_anything_is_allowed():
    poor, rich = Replay({1: "a"}, Allowance(0, 0)), Replay({1: "a"}, Allowance(1, 0))
    for chooser in (poor, rich):
        assert chooser.pick("x", ("b",)) == ""
        chooser.pick("x", ("a",))
        chooser.pick("x", ())
    assert (poor.position, rich.position) == (3, 3)
    assert [choice.taken for choice in rich.taken()] == ["a"] and not poor.taken()
    assert rich.left == Allowance(0, 0)


def test_people_have_an_allowance_of_their_own():
    chooser = Replay({0: "look", 1: "die"}, Allowance(0, 1))
    assert (chooser.pick("cashier", ("look",)), chooser.pick("x", ("die",))) == ("look", "")


def test_only_some_kinds_are_offered():
    chooser = Replay({0: "b"}, Allowance(1, 0), only=frozenset({"a"}))
    assert chooser.pick("x", ("a", "b")) == ""
    assert chooser.offered[0].options == ("a",)


def test_dice_of_one_seed_fall_alike():
    def thrown(seed):
        dice = Dice(seed, Allowance(99, 99), 500)
        return [dice.pick("x", ("a", "b", "c")) for _ in range(50)]

    assert thrown(1) == thrown(1) != thrown(2)
    assert set(thrown(1)) == {"", "a", "b", "c"}


def test_a_right_world_has_no_findings(world):
    assert findings(world) == ()


BOOKS = {
    "sum": "UPDATE settlement SET fund = fund + 1",
    "sum of lines": "UPDATE line SET amount = amount + 1 WHERE id = 1",
    "sign_no": "UPDATE settlement SET sign_no = 'x'",
    "settlements differ": "UPDATE settlement SET cancelled_by = 'x'",
    "only here": "UPDATE settlement SET reversed_by = 'x'",
    "registration differs": "UPDATE visit SET state = 'cancelled'",
    "lines differ": "UPDATE line SET removed_by = 'x' WHERE id = 1",
    "amounts differ": "UPDATE settlement SET fund = fund + 1, personal = personal - 1",
}


@pytest.mark.parametrize("finding", BOOKS)
def test_what_the_centre_has_otherwise_is_found(world, finding):
    world.centre.books.db.conn.execute(BOOKS[finding])
    assert finding in kinds(world)


JOURNAL = {
    "only there": "UPDATE txn SET state = 'void' WHERE step = 'settle'",
    "the hospital was told too much": "UPDATE txn SET state = 'void' WHERE step = 'settle'",
    "amounts differ": "UPDATE settlement SET fund = fund + 1, personal = personal - 1",
    "lines differ": "DELETE FROM uploaded",
}


@pytest.mark.parametrize("finding", JOURNAL)
def test_what_the_journal_has_otherwise_is_found(world, finding):
    world.memory.db.conn.execute(JOURNAL[finding])
    assert finding in kinds(world)


def test_a_broken_chain_is_found(world):
    conn = world.memory.db.conn
    conn.execute("DROP TRIGGER entry_is_append_only_u")
    conn.execute("UPDATE entry SET text = 'x' WHERE number = 2")
    assert "chain" in kinds(world)


def test_what_the_hospital_was_not_told_is_found(world):
    world.ward.told.clear()
    assert kinds(world) == {"the hospital was not told"}


def test_the_watch_sees_an_id_that_leaves_twice_and_a_second_settlement(settled, world):
    _, visit_no, _ = settled
    texts = world.memory.db.conn.execute(
        "SELECT payload FROM entry JOIN txn USING (msgid) WHERE kind = 'intent' AND step = 'settle'"
    ).fetchall()
    world.line.call("2207", texts[0][0].encode("gbk"), 1)
    assert kinds(world) == {"id_twice", "settled_again"}
    assert all(visit_no in line or "id_twice" in line for line in findings(world))


def test_a_dead_desk_has_lost_what_it_had_not_committed(world):
    def half_done():
        with world.desk.journal.commit():
            world.desk.journal.ledger.remember("half", "done")
            world.die()

    before = world.desk
    assert world.living(half_done) is None
    assert world.desk is not before
    assert world.desk.journal.ledger.recall("half") == ""
    assert findings(world) == ()
