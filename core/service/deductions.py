"""The centre's list of deductions (9106), kept so that lists and deadlines are seen offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from core.clock import CHINA
from core.domain.deduction import AppealState, Deduction
from core.errors import InvalidInput, fault
from core.journal import Journal
from core.journal.audits import Audits
from core.money import show
from core.outcome import Outcome
from core.service.appeal_rules import state_of
from core.service.pages import read_whole
from core.service.transact import Road

LONGEST_DAYS = 400
Event = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a look at the centre's list brought.

    ``whole`` is False when the list could not be read whole: then nothing was changed. ``total``
    rows in the period, of which ``fresh`` were not known, ``changed`` differ from before; ``gone``
    were known and are listed no more.
    """

    outcome: Outcome
    whole: bool = False
    total: int = 0
    fresh: int = 0
    changed: int = 0
    gone: int = 0


def day_start(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time(), CHINA)


def check_period(begin: date, end: date) -> None:
    """Raise ``InvalidInput`` for a period that ends before it begins or is too long."""
    if begin > end:
        raise InvalidInput(fault("appeals.period", "begin", begin=begin, end=end))
    if (end - begin).days >= LONGEST_DAYS:
        raise InvalidInput(fault("appeals.period_long", "begin", most=LONGEST_DAYS))


def fetch(road: Road, journal: Journal, begin: date, end: date) -> Fetched:
    """Read the list of deductions audited from ``begin`` to ``end`` (days) and keep it.

    What is ours (drafts, sent appeals) stays; what the centre lists no more is marked. Raises
    ``InvalidInput`` for a faulty period.
    """
    check_period(begin, end)
    first, last = day_start(begin), day_start(end + timedelta(days=1))
    asked = {"begin": first, "end": last - timedelta(seconds=1)}
    outcome, rows = read_whole(road, "deduction_list", asked)
    if rows is None:
        return Fetched(outcome)
    now, audits = road.clock.now(), journal.ledger.audits
    with journal.commit():
        before = {item.ded_id: item for item in audits.listed_between(first, last)}
        found = {str(row["deduction_id"]): row for row in rows if row.get("deduction_id")}
        kept = [_seen(row, before.get(number) or audits.deduction(number), now)
                for number, row in found.items()]  # fmt: skip
        gone = [item for item in before.values() if _is_gone(item, found)]
        return _keep(audits, outcome, kept, gone)


Pair = tuple[Deduction, Deduction | None]


def _keep(
    audits: Audits, outcome: Outcome, kept: Sequence[Pair], gone: Sequence[Deduction]
) -> Fetched:
    audits.keep_deductions(after for after, _ in kept)
    for item in gone:
        audits.mark(item.ded_id, AppealState.GONE)
    fresh = [after for after, before in kept if before is None]
    changes = [event for after, before in kept if before for event in _changes(before, after)]
    audits.tell([
        *((item.ded_id, "new", show(item.deducted)) for item in fresh),
        *changes,
        *((item.ded_id, "gone", "") for item in gone),
    ])  # fmt: skip
    changed = len({event[0] for event in changes})
    return Fetched(outcome, True, len(kept), len(fresh), changed, len(gone))


def _is_gone(item: Deduction, found: Mapping[str, Any]) -> bool:
    return item.ded_id not in found and item.state is not AppealState.GONE


def _seen(row: Mapping[str, Any], before: Deduction | None, now: datetime) -> Pair:
    code = _text(row, "appeal_state")
    known: dict[str, Any] = {name: _text(row, name) for name in (
        "visit_no", "bill_no", "person_no", "person_name", "line_id", "centre_code", "reason",
    )}  # fmt: skip
    after = Deduction(
        ded_id=str(row["deduction_id"]), **known, amount=row.get("amount"),
        deducted=row["deducted"], audited_at=row.get("audited_at"),
        appeal_until=row.get("appeal_until"), code=code, seen_at=now,
        state=state_of(code, bool(before and before.msgid)),
    )  # fmt: skip
    return after, before


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)


def _changes(before: Deduction, after: Deduction) -> list[Event]:
    events: list[Event] = []
    if before.state is not after.state:
        kind = "back" if before.state is AppealState.GONE else "state"
        events.append((after.ded_id, kind, after.state))
    if before.deducted != after.deducted:
        text = f"{show(before.deducted)} → {show(after.deducted)}"
        events.append((after.ded_id, "deducted", text))
    if before.appeal_until != after.appeal_until:
        until = after.appeal_until
        events.append((after.ded_id, "until", f"{until:%Y-%m-%d %H:%M}" if until else ""))
    return events
