"""Rows to domain models and back; moments are stored as ISO text with their zone."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from core.domain import Amounts, Entry, Settlement, State, Transaction

TXN_COLUMNS = (
    "msgid, step, code, visit, corrects, amount, state, attempts, absent, next_try, unknown_since,"
    " known, operator, business_day, made, facts, blocks"
)
TXN_NAMES = tuple(TXN_COLUMNS.split(", "))
SETTLEMENT_COLUMNS = (
    "msgid, visit_no, bill_no, total, fund, personal, reply, settled_at, operator_id,"
    " operator_name, cancelled_by"
)


def moment(text: str | None) -> datetime | None:
    """ISO text to an aware moment."""
    return None if text is None else datetime.fromisoformat(text)


def transaction(row: tuple[Any, ...]) -> Transaction:
    """A row of ``TXN_COLUMNS``; written by us alone, so it is not validated again."""
    found = dict(zip(TXN_NAMES, row, strict=True))
    found.update(
        state=State(found["state"]),
        next_try=moment(found["next_try"]),
        unknown_since=moment(found["unknown_since"]),
        made=moment(found["made"]),
        facts=json.loads(found["facts"]),
        blocks=bool(found["blocks"]),
    )
    return Transaction.model_construct(**found)


def entry(row: tuple[Any, ...]) -> Entry:
    """A row (number, msgid, kind, at, text, payload, hash)."""
    number, msgid, kind, at, text, payload, digest = row
    return Entry.model_construct(
        number=number, msgid=msgid, kind=kind, at=datetime.fromisoformat(at), text=text,
        payload=payload, hash=digest,
    )  # fmt: skip


def settlement(row: tuple[Any, ...]) -> Settlement:
    """A row of ``SETTLEMENT_COLUMNS``; optional parts come from the stored reply."""
    msgid, visit_no, bill_no, total, fund, personal, reply, at, operator_id, name, cancelled = row
    return Settlement(
        msgid=msgid, visit_no=visit_no, bill_no=bill_no, settled_at=datetime.fromisoformat(at),
        operator_id=operator_id, operator_name=name, cancelled_by=cancelled,
        amounts=amounts({**json.loads(reply), "total": total, "fund": fund, "personal": personal}),
    )  # fmt: skip


def amounts(values: dict[str, Any]) -> Amounts:
    """The amounts among the values of a (pre-)settlement reply; all in fen."""
    names = Amounts.model_fields
    return Amounts(**{name: values[name] for name in names if values.get(name) is not None})
