"""What an accepted step changes in the ledger; written in the same commit as its outcome.

An effect needs only the journalled transaction and the values of the reply (or of the look that
found it), so that a restart or the resolver carries it through exactly as the first call would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.clock import CHINA, Clock
from core.domain import LineResult, Settlement, Transaction
from core.journal import Ledger
from core.journal.records import amounts
from core.service.appeal_effects import APPEAL_EFFECTS
from core.service.dayend_effects import DAYEND_EFFECTS, refunded, settled
from core.service.line_ids import sent_as
from core.service.record_effects import RECORD_EFFECTS
from core.service.split_effects import SPLIT_EFFECTS
from core.service.stay_effects import STAY_EFFECTS
from core.service.sums import AMOUNTS

Values = Mapping[str, Any]
Rows = Sequence[Values]
LINES_GO = "0"  # keep_tp_type of a cancellation that takes the lines along
Effect = Callable[[Ledger, Transaction, Values, Rows, Clock], None]


def _registered(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    ledger.registered(row.visit, row.msgid)
    if values.get("centre_visit_no"):
        ledger.centrefacts.numbered(row.visit, str(values["centre_visit_no"]), row.msgid)


def _unregistered(
    ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock
) -> None:
    ledger.registration_cancelled(row.visit, row.msgid)
    ledger.centrefacts.begins_anew(row.visit, row.msgid)


def _uploaded(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    answered = {str(item.get("line_id", "")): item for item in rows}
    results = [
        _result(line, answered.get(sent_as(line), {}))
        for line in row.facts.get("lines", ())
        if not answered or sent_as(line) in answered
    ]
    ledger.add_uploaded(row.visit, row.msgid, results)


def _result(sent: Values, said: Values) -> LineResult:
    amount, level, memo = said.get("amount"), said.get("level"), said.get("memo")
    return LineResult(
        rx_no=sent["rx_no"], line_id=sent["line_id"],
        amount=sent["amount"] if amount is None else amount, self_paid=said.get("self_paid"),
        over_limit=said.get("over_limit"), price_limit=said.get("price_limit"),
        level="" if level is None else str(level), memo="" if memo is None else str(memo),
    )  # fmt: skip


def _unloaded(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    rx, line = row.facts.get("rx_no", ""), row.facts.get("line_id", "")
    gone = [
        item.line_id for item in ledger.uploaded(row.visit)
        if rx in ("", item.rx_no) and line in ("", item.line_id)
    ]  # fmt: skip
    ledger.drop_uploaded(row.visit, gone)


def _presettled(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    paid = ledger.live_settlement(row.visit)  # a trial beside it changes nothing that is shown
    if paid is None and _known(values).keys() >= AMOUNTS:
        ledger.presettled(row.visit, row.msgid, amounts(dict(values)))


def _settled(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    shown = ledger.visit(row.visit).presettlement
    values = {**(shown.model_dump(exclude_none=True) if shown else {}), **_known(values)}
    if not values.keys() >= NEEDED["settle"]:
        return  # a supervisor's decision without any amounts: the row itself is the record
    settled_at = values.get("settled_at") or row.made
    settlement = Settlement(
        visit_no=row.visit, bill_no=str(row.facts.get("bill_no", "")), msgid=row.msgid,
        amounts=amounts(dict(values)), settled_at=settled_at.astimezone(CHINA),
        operator_id=row.operator, operator_name=str(row.facts.get("operator_name", "")),
    )  # fmt: skip
    ledger.add_settlement(settlement, dict(values))
    settled(ledger, row, settlement, values)
    _in_part(ledger, row)


def _in_part(ledger: Ledger, row: Transaction) -> None:
    """A step of a refund in part; the lines that were refunded are no longer held."""
    number = row.facts.get("partial")
    if not number:
        return
    ledger.centrefacts.partial_did(int(number), row.step, row.msgid)
    ledger.drop_uploaded(row.visit, ledger.centrefacts.gone_lines(row.visit))


def _known(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _unsettled(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    refunded(ledger, row, values)
    ledger.settlement_cancelled(row.corrects, row.msgid)
    if row.facts.get("keep_lines") == LINES_GO:
        ledger.drop_uploaded(row.visit)
    _in_part(ledger, row)


def _signed_in(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    if values.get("sign_no"):
        ledger.signed_in(_holder(row), row.business_day, str(values["sign_no"]))


def _signed_out(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    ledger.signed_out(_holder(row), row.business_day)


def _holder(row: Transaction) -> str:
    """Whose sign-in it is: the operator's, or one that all of the institution share."""
    return str(row.facts.get("holder") or row.operator)


EFFECTS: dict[str, Effect] = {
    "register": _registered,
    "cancel_registration": _unregistered,
    "upload_fees": _uploaded,
    "cancel_fees": _unloaded,
    "presettle": _presettled,
    "settle": _settled,
    "cancel_settlement": _unsettled,
    "sign_in": _signed_in,
    "sign_out": _signed_out,
    **DAYEND_EFFECTS,
    **APPEAL_EFFECTS,
    **STAY_EFFECTS,
    **RECORD_EFFECTS,
    **SPLIT_EFFECTS,
}


NEEDED: dict[str, frozenset[str]] = {"settle": frozenset({"total", "fund", "personal"})}


def carry(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    """Do what the accepted step changes, if anything."""
    effect = EFFECTS.get(row.step)
    if effect is not None:
        effect(ledger, row, values, rows, clock)


def complete(step: str, values: Values) -> bool:
    """Has the reply what its step cannot do without? Where not, it is no well-formed acceptance."""
    return all(values.get(name) is not None for name in NEEDED.get(step, ()))


def money_of(step: str, values: Values) -> int | None:
    """The amount in fen a reply gives to its transaction's row, or ``None``."""
    return values.get("total") if step in {"settle", "presettle", "totals", "details"} else None
