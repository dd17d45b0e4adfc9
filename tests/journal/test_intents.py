"""The intent: on disk before the call, all or nothing, one open transaction a visit."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from core.centre.port import Message
from core.clock import ManualClock
from core.domain import State
from core.domain.transaction import CLOSED_STATES, OPEN_STATES
from core.errors import InvalidInput, Refused, SetupError, fault
from core.journal import Draft, Journal, OpenTransaction
from core.journal.store import Change
from tests.helpers.journals import begin, bring, draft, messages


def test_the_intent_is_committed_with_its_text_before_intend_returns(journal: Journal) -> None:
    row, message = journal.intend(draft(amount=12_34), messages(journal.clock))
    with closing(sqlite3.connect(journal.path)) as other:
        seen = other.execute("SELECT msgid, state, amount FROM txn").fetchall()
        text = other.execute("SELECT payload FROM entry WHERE kind = 'intent'").fetchall()
    assert seen == [(row.msgid, "intent", 12_34)]
    assert text == [(message.text,)]


def test_the_file_is_flushed_at_every_commit(journal: Journal) -> None:
    assert journal.db.conn.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert journal.db.conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert journal.db.conn.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_what_intend_returns_is_what_the_file_holds(journal: Journal) -> None:
    facts = {"bill_no": "MZ1-1", "lines": [{"line_id": "L1", "rx_no": "R1", "amount": 5}]}
    row = begin(journal, corrects="M0", amount=5, operator="9901", facts=facts)
    assert row == journal.transaction(row.msgid)
    assert (row.state, row.visit, row.business_day) == (State.INTENT, "MZ1", "2026-03-02")


def test_what_change_returns_is_what_the_file_holds(journal: Journal) -> None:
    row = begin(journal)
    now = journal.clock.now()
    change = Change(
        [State.UNKNOWN], [("outcome", "无答复", "")], 7, "正在查询", 2, 1, now, now
    )  # fmt: skip
    changed = journal.change(row.msgid, change)
    assert changed == journal.transaction(row.msgid)
    assert (changed.attempts, changed.absent, changed.next_try) == (2, 1, now)


def test_a_message_that_cannot_be_built_leaves_nothing(journal: Journal) -> None:
    def build(counter: int) -> Message:
        raise InvalidInput(fault("charge.no_lines"))

    with pytest.raises(InvalidInput):
        journal.intend(draft(), build)
    assert journal.all() == []
    assert journal.entry_count() == 0
    assert begin(journal).msgid.endswith("1000")


def test_a_second_open_transaction_for_a_visit_is_refused_by_name(journal: Journal) -> None:
    first = begin(journal)
    with pytest.raises(OpenTransaction) as refused:
        begin(journal)
    assert refused.value.msgid == first.msgid
    assert first.msgid in str(refused.value)
    assert len(journal.all()) == 1


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_every_open_state_keeps_the_visit_closed_to_others(journal: Journal, state: State) -> None:
    bring(journal, "MZ1", state)
    with pytest.raises(OpenTransaction):
        begin(journal)
    assert begin(journal, "MZ2").visit == "MZ2"


@pytest.mark.parametrize("state", sorted(CLOSED_STATES))
def test_every_closed_state_frees_the_visit(journal: Journal, state: State) -> None:
    bring(journal, "MZ1", state)
    assert begin(journal).state is State.INTENT


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_the_index_itself_refuses_a_second_one(journal: Journal, state: State) -> None:
    """The check before the insert is a courtesy; this is the guarantee."""
    bring(journal, "MZ1", state)
    sql = (
        "INSERT INTO txn (msgid, step, code, visit, state, made, blocks)"
        " VALUES ('X', 's', 'c', 'MZ1', 'intent', '2026', 1)"
    )
    with pytest.raises(sqlite3.IntegrityError, match=r"txn\.visit"):
        journal.db.conn.execute(sql)


def test_the_index_of_open_rows_answers_the_question(journal: Journal) -> None:
    from core.journal.store import ONE_OPEN

    plan = journal.db.conn.execute(f"EXPLAIN QUERY PLAN SELECT 1 FROM txn {ONE_OPEN}", ("MZ1",))
    assert "one_open_per_visit" in plan.fetchall()[0][3]


def test_looks_and_reads_block_nobody(journal: Journal) -> None:
    begin(journal, blocks=False)
    begin(journal, blocks=False)
    begin(journal)
    begin(journal, visit="")
    begin(journal, visit="")
    assert journal.open_for("") is None


def test_open_rows_leave_out_what_belongs_to_another(journal: Journal) -> None:
    row = begin(journal)
    alone = begin(journal, "", blocks=False)
    begin(journal, blocks=False, corrects=row.msgid)
    assert [item.msgid for item in journal.open_rows()] == sorted([row.msgid, alone.msgid])


def test_a_full_disk_is_a_sentence_and_leaves_nothing(journal: Journal) -> None:
    pages = journal.db.conn.execute("PRAGMA page_count").fetchone()[0]
    journal.db.conn.execute(f"PRAGMA max_page_count = {pages}")
    text = '{"body": "' + "满" * 20_000 + '"}'
    with pytest.raises(SetupError) as failed:
        journal.intend(draft(), messages(journal.clock, text=text))
    assert str(journal.path) in str(failed.value)
    assert journal.all() == []
    assert not journal.db.conn.in_transaction


def test_a_locked_file_is_a_sentence(journal: Journal) -> None:
    journal.db.conn.execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SetupError):
            begin(journal)
    assert begin(journal).state is State.INTENT


def test_a_torn_page_during_a_commit_is_a_sentence(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(ledger: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    row = begin(journal)
    with pytest.raises(SetupError, match="malformed"):
        journal.change(row.msgid, Change([State.ACCEPTED], effect=torn))
    assert journal.transaction(row.msgid).state is State.INTENT


def test_our_own_mistakes_stay_our_own_and_leave_nothing(journal: Journal) -> None:
    def mistaken(ledger: object) -> None:
        raise ZeroDivisionError

    row = begin(journal)
    notes = [("outcome", "成功", "")]
    with pytest.raises(ZeroDivisionError):
        journal.change(row.msgid, Change([State.ACCEPTED], notes, effect=mistaken))
    assert journal.transaction(row.msgid).state is State.INTENT
    assert [item.kind for item in journal.entries(row.msgid)] == ["intent"]


def test_an_effect_and_its_state_come_in_one_commit(journal: Journal) -> None:
    seen: list[object] = []

    def effect(ledger: object) -> None:
        with closing(sqlite3.connect(journal.path)) as other:
            seen.append(other.execute("SELECT state FROM txn").fetchone()[0])
        journal.ledger.remember("k", "v")

    row = begin(journal)
    journal.change(row.msgid, Change([State.ACCEPTED], effect=effect))
    assert seen == ["intent"]
    assert journal.ledger.recall("k") == "v"


def test_nothing_is_refused_for_an_empty_draft_but_used_up_ids(
    journal: Journal, clock: ManualClock
) -> None:
    taken = messages(clock)(0)
    begin(journal, "A")

    with pytest.raises(Refused, match="报文号"):
        journal.intend(Draft("settle", "B"), lambda counter: taken)
    assert [row.visit for row in journal.all()] == ["A"]
