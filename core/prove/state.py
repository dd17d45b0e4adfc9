"""A world between two events as one short name: equal names behave alike from there on.

Left out is only what nothing reads any more: the entries' texts (the chain is verified where a run
ends), closed questions, moments that no rule compares, and which ids were drawn (they are numbered
anew in the order of appearance).
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

from core.domain.transaction import CLOSED_STATES
from core.prove.cashier import Story
from core.prove.faults import LAG
from core.prove.world import World

CLOSED = ", ".join(f"'{state}'" for state in sorted(CLOSED_STATES))
IDS = re.compile(r"H\d{29}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}")  # ours, and a session's
BLOCKS, MADE = 4, 7  # columns of ``TRANSACTIONS``
NEVER_REACHED = 1000  # calls; no run has as many
TRANSACTIONS = f"""
  SELECT msgid, step, corrects, amount, blocks, operator, facts, made, state, attempts, absent,
    next_try, unknown_since FROM txn
  WHERE blocks OR step = 'reverse' OR state NOT IN ({CLOSED}) ORDER BY rowid"""

LETTERS = "SELECT msgid, state, tries, next_try FROM outbox ORDER BY number"
TO_DELIVER = ("waiting", "dead")


def name_of(story: Story) -> bytes:
    """The name of the story's world."""
    world = story.world
    parts = [
        repr(story.at.phase), str(story.at.tries), str(story.at.back), str(story.at.late),
        *_transactions(world), world.memory.tables.text(), world.line.tables.text(),
        *_on_their_way(world), *_letters(world),
        repr(list(world.ward.told)), repr([sorted(one.road.orphans) for one in world.desks]),
        repr(world.line.watch.wrong),
    ]  # fmt: skip
    return _short(_renamed("\n".join(parts)))


def _short(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _renamed(text: str) -> str:
    known: dict[str, str] = {}
    return IDS.sub(lambda found: known.setdefault(found[0], f"#{len(known)}"), text)


def _transactions(world: World) -> list[str]:
    now = world.clock.now()
    rows = world.memory.db.execute(TRANSACTIONS).fetchall()
    return [*(_transaction(world, row, now) for row in rows), *_last_bookings(world, rows, now)]


def _transaction(world: World, row: tuple[Any, ...], now: datetime) -> str:
    *plain, made, state, attempts, absent, next_try, since = row
    if state in CLOSED_STATES:
        return repr((plain, "rejected" if state == "not_sent" else state))
    wait = None if next_try is None else max(0.0, _seconds(now, next_try))
    doubt = -_seconds(now, since or made)
    return repr((plain, state, attempts, absent, wait, since is None, _capped(world, doubt)))


def _last_bookings(world: World, rows: list[tuple[Any, ...]], now: datetime) -> list[str]:
    """How long ago the last two that book were made: of any row, the last one beside it.

    Nothing else reads when a transaction was made (``_was_listed`` of the evidence).
    """
    longest = 2 * world.desk.centre.patience.quiet
    made = sorted((row[MADE], row[0]) for row in rows if row[BLOCKS])[-2:]
    return [f"{msgid} {min(-_seconds(now, moment), longest)}" for moment, msgid in made]


def _seconds(now: datetime, moment: str) -> float:
    return (datetime.fromisoformat(moment) - now).total_seconds()


def _capped(world: World, seconds: float | None) -> float | None:
    return None if seconds is None else min(seconds, world.desk.centre.patience.quiet)


def _letters(world: World) -> list[str]:
    """What the hospital has still to be told, and in which order it all was entered."""
    return [_letter(row, world.clock.now()) for row in world.memory.db.execute(LETTERS)]


def _letter(row: tuple[Any, ...], now: datetime) -> str:
    msgid, state, tries, next_try = row
    if state not in TO_DELIVER:
        return str(msgid)
    return repr((msgid, state, tries, next_try and max(0.0, _seconds(now, next_try))))


def _on_their_way(world: World) -> list[str]:
    now, found = world.clock.now(), []
    for one in world.centre.delayed:
        left = None if one.due is None else (one.due - now).total_seconds()
        calls = one.calls if one.calls < NEVER_REACHED else None
        found.append(repr((world.kind.seen(one.request), calls, left)))
    before = world.line.before
    if before is not None and (age := (now - before.changed).total_seconds()) < LAG:
        found.append(f"{before.text}{age}")
    return found
