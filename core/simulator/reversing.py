"""Reversal by the original message id (2209, PROPOSED fields; protocol-zjs.md §3.5, §4).

A reversal is a fence: the original id is remembered even when nothing was found, so that an
original that arrives late is refused. What a reversal undoes never happened: it leaves every list.
"""

from __future__ import annotations

from collections.abc import Callable

from core.simulator.books import Row
from core.simulator.office import Office
from core.simulator.registry import must_be_empty
from core.simulator.settling import must_be_unconfirmed, release_lines
from core.simulator.wire import Body, Call, Refusal, refuse
from core.words import say

OWNERS = (
    ("visit", "msgid", "2201"),
    ("settlement", "msgid", "2207"),
    ("settlement", "cancelled_by", "2208"),
)


def must_not_be_reversed(office: Office, call: Call) -> None:
    """Refuse a message whose id a reversal has named, when the centre remembers."""
    remembered = office.books.one("reversal", original_msgid=call.msgid)
    if remembered and office.rules["remember_reversals"]:
        refuse("reversed_already", msgid=call.msgid)


def reverse(office: Office, call: Call) -> Body:
    """2209: undo 2201, 2207 or 2208; refused (and remembered) when there is nothing to undo."""
    original = call.body["omsgid"]
    if office.books.one("reversal", original_msgid=original):
        refuse("reversal_repeated", msgid=original)
    _same_code(office, call)
    if not UNDO[call.body["oinfno"]](office, call):
        _fence(office, call)
    _remember(office, call, "undone")
    return None


def _same_code(office: Office, call: Call) -> None:
    original, code = call.body["omsgid"], call.body["oinfno"]
    for table, column, right in OWNERS:
        keys = {column: original, "hospital": call.hospital}
        if code != right and office.books.one(table, **keys):
            refuse("wrong_code", msgid=original, code=code)


def _fence(office: Office, call: Call) -> None:
    original, code = call.body["omsgid"], call.body["oinfno"]
    if office.rules["remember_reversals"]:
        _remember(office, call, "fence")
    raise Refusal(say("simulator.nothing_to_reverse", msgid=original, code=code), keep=True)


def _remember(office: Office, call: Call, effect: str) -> None:
    office.books.add(
        "reversal", original_msgid=call.body["omsgid"], original_code=call.body["oinfno"],
        msgid=call.msgid, effect=effect, at=call.at,
    )  # fmt: skip


def _undo_registration(office: Office, call: Call) -> bool:
    keys = {"hospital": call.hospital, "msgid": call.body["omsgid"]}
    visit = office.books.one("visit", **keys)
    if visit is None:
        return False
    if visit["state"] != "live":
        refuse("undone_already", msgid=call.body["omsgid"])
    must_be_empty(office, visit)
    office.books.change("visit", visit["id"], state="reversed", closed_by=call.msgid)
    return True


def _undo_settlement(office: Office, call: Call) -> bool:
    keys = {"hospital": call.hospital, "msgid": call.body["omsgid"]}
    settlement = office.books.one("settlement", **keys)
    if settlement is None:
        return False
    if settlement["cancelled_by"]:
        refuse("undone_already", msgid=call.body["omsgid"])
    must_be_unconfirmed(office, settlement)
    office.books.change("settlement", settlement["id"], reversed_by=call.msgid)
    release_lines(office, settlement, "")
    return True


def _undo_cancellation(office: Office, call: Call) -> bool:
    original = call.body["omsgid"]
    keys = {"hospital": call.hospital, "cancelled_by": original}
    settlement = office.books.one("settlement", **keys)
    if settlement is None:
        return False
    if _moved_on(office, settlement, original):
        refuse("resettled")
    office.books.change(
        "settlement", settlement["id"], cancelled_by="", cancelled_at="",
        cancel_operator="", cancel_sign_no="",
    )  # fmt: skip
    _tie_again(office, settlement, original)
    _whole(office, settlement)
    return True


def _moved_on(office: Office, settlement: Row, original: str) -> bool:
    visit = office.books.find("visit", id=settlement["visit_id"])[0]
    if visit["state"] != "live" or office.active_settlement(visit):
        return True
    free = office.books.find("line", visit_id=visit["id"], removed_by="", settlement_id=None)
    return bool(free) and bool(office.books.find("line", removed_by=original))


def _tie_again(office: Office, settlement: Row, original: str) -> None:
    books, number = office.books, settlement["id"]
    if books.find("line", removed_by=original):
        books.change_all("line", {"removed_by": original}, removed_by="")
    else:
        lines = {"visit_id": settlement["visit_id"], "removed_by": ""}
        books.change_all("line", lines, settlement_id=number)
    books.change("visit", settlement["visit_id"], discharged_at=settlement["settled_at"])


def _whole(office: Office, settlement: Row) -> None:
    lines = office.books.find("line", settlement_id=settlement["id"], removed_by="")
    if sum(line["amount"] for line in lines) != settlement["total"]:
        refuse("resettled")


UNDO: dict[str, Callable[[Office, Call], bool]] = {
    "2201": _undo_registration,
    "2207": _undo_settlement,
    "2208": _undo_cancellation,
}
