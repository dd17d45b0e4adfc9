"""The day compared with the centre after a journal was lost: what only the centre has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.clock import CHINA
from core.domain import Transaction
from core.domain.base import Model
from core.errors import Refused, fault
from core.journal import Journal
from core.journal.safekeeping import Safekeeping
from core.money import Fen
from core.service.pages import all_rows
from core.service.transact import Road
from core.words import say

MOST_NAMED = 20


class OnlyThere(Model):
    """A row of the centre's list that the journal does not have; ``total`` in fen."""

    msgid: str
    visit_no: str
    bill_no: str
    person_name: str = ""
    total: Fen | None = None


class Comparison(Model):
    """How many rows the centre listed today, and those that only it has."""

    listed: int
    only_there: tuple[OnlyThere, ...] = ()

    @property
    def says(self) -> str:
        """The result as a sentence."""
        key = "safekeeping.only_there" if self.only_there else "safekeeping.same"
        ids = "、".join(item.msgid for item in self.only_there[:MOST_NAMED])
        return say(key, listed=self.listed, count=len(self.only_there), ids=ids)


def compare(road: Road, keeping: Safekeeping) -> Comparison:
    """Read the centre's whole list of today (9103) and note what the journal does not have.

    Raises ``Refused`` when the list could not be read whole: half a list compares nothing.
    """
    now = road.clock.now().astimezone(CHINA)
    begin = now.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = {"begin": begin, "end": begin + timedelta(days=1, seconds=-1)}
    rows = all_rows(road, "settlement_list", asked)
    if rows is None:
        raise Refused(fault("safekeeping.no_answer"))
    strange = tuple(_row(row) for row in rows if not _known(road.journal, row.get("msgid")))
    keeping.compared(item.msgid for item in strange)
    return Comparison(listed=len(rows), only_there=strange)


def _known(journal: Journal, msgid: Any) -> Transaction | None:
    try:
        return journal.transaction(str(msgid or ""))
    except KeyError:
        return None


def _row(row: dict[str, Any]) -> OnlyThere:
    return OnlyThere(
        msgid=str(row.get("msgid") or ""), visit_no=str(row.get("visit_no") or ""),
        bill_no=str(row.get("bill_no") or ""), person_name=str(row.get("person_name") or ""),
        total=row.get("total"),
    )  # fmt: skip
