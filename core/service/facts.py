"""What the journal keeps of a message beside its text: all that a later look or effect asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.centre.port import Header
from core.domain import Transaction
from core.journal import Ledger

Values = Mapping[str, Any]
SETTLE_LIKE = frozenset({"settle", "cancel_settlement"})
KEPT_FACTS = (
    "bill_no", "person_no", "line_id", "rx_no", "original_msgid", "original_code", "keep_lines",
    "begin", "end", "operator", "sign_no", "count", "total", "fund", "personal",
    "deduction_id", "version", "valid", "centre_visit_no", "fee_batch", "holder", "partial",
)  # fmt: skip
KEPT_LINE = ("rx_no", "line_id", "amount")
KEPT_WHOLE = frozenset({  # all they got
    "change_registration", "special_filing", "discharge", "undo_discharge",
})  # fmt: skip
TOO_LARGE = "attachments"  # is in the archive and in the message


def facts_of(
    step: str, values: Values, rows: Sequence[Values], head: Header, stay: bool
) -> dict[str, Any]:
    """The facts of a message of ``step`` about to leave; ``stay``: by its variant for stays."""
    facts = {name: kept(values[name]) for name in KEPT_FACTS if values.get(name)}
    if stay:
        facts["stay"] = True
    if rows:
        facts["lines"] = [_line(row) for row in rows]
    if step in KEPT_WHOLE:
        given = {name: kept(value) for name, value in values.items() if name != TOO_LARGE}
        facts["given"] = given
    if step in SETTLE_LIKE:
        facts.update(operator_name=head.operator_name, sign_no=head.sign_no)
    return facts


def _line(row: Values) -> dict[str, Any]:
    found = {name: row.get(name) for name in KEPT_LINE}
    own = row.get("own_line_id")
    if own and own != found["line_id"]:
        found |= {"line_id": own, "sent_as": found["line_id"]}
    return found


def kept(value: Any) -> Any:
    """A value as JSON can hold it."""
    return value.isoformat() if isinstance(value, datetime) else value


def person_no(ledger: Ledger, row: Transaction) -> str:
    """The person a message is about: as it was sent, else of its visit; or empty."""
    person = ledger.visit(row.visit).person
    return str(row.facts.get("person_no") or (person.number if person else ""))


def visit_of(values: Values, rows: Sequence[Values]) -> str:
    """The visit a message is about, or empty."""
    first: Values = rows[0] if rows else {}
    return str(values.get("visit_no") or first.get("visit_no") or "")
