"""What a centre gives for the slip of a stay's settlement: fetched, kept each time, shown as facts.

(protocol-gd.md §4.2 结算信息提取: fields SEEN, function id INFERRED.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.centre.views import FieldView
from core.clock import CHINA
from core.domain.centrefacts import Fact
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.money import show
from core.outcome import Accepted, Outcome
from core.service.transact import Road

STEP = "slip"
MONEY = ("total", "fund", "personal")


@dataclass(frozen=True, slots=True)
class Data:
    """``facts`` in the profile's order; ``shares``: one row a payer, by the labels of ``columns``;
    ``warnings``: amounts that are not those of our settlement."""

    facts: tuple[Fact, ...] = ()
    columns: tuple[str, ...] = ()
    shares: tuple[tuple[str, ...], ...] = ()
    warnings: tuple[Fault, ...] = ()


class SettlementData:
    """``desk.settlement_data``: for stays, where the centre hands the data out."""

    def __init__(self, journal: Journal, road: Road) -> None:
        self._journal = journal
        self._road = road

    @property
    def offered(self) -> bool:
        """Does the centre give data (and not a finished document) for a stay's slip?"""
        return bool(self._views()) and "content" not in {view.name for view in self._views()}

    def _views(self) -> tuple[FieldView, ...]:
        centre = self._road.centre
        return centre.reply_fields(centre.variant(STEP, stay=True))

    def fetch(self, visit_no: str) -> tuple[Outcome, Data]:
        """Ask for the data of the live settlement and keep them; ``Refused`` where there is none
        or the centre does not hand them out."""
        paid = self._journal.ledger.live_settlement(visit_no)
        if not self.offered:
            raise Refused(fault("settlement_data.not_offered"))
        if paid is None:
            raise Refused(fault("settlement_data.none", visit=visit_no))
        done = self._road.travel(
            STEP, {"visit_no": visit_no}, corrects=paid.msgid, blocks=False, stay=True
        )
        if isinstance(done.outcome, Accepted):
            with self._journal.commit():
                facts = self._journal.ledger.centrefacts
                facts.keep_settlement_data(paid.msgid, done.outcome.values)
        return done.outcome, self.kept(paid.msgid)

    def kept(self, settlement: str) -> Data:
        """What was fetched last for the settlement of that message id; empty where nothing was."""
        values = self._journal.ledger.centrefacts.settlement_data(settlement)
        if not values:
            return Data()
        views = self._views()
        plain = [view for view in views if view.type != "rows" and _there(values, view)]
        table = next((view for view in views if view.type == "rows"), None)
        rows = values.get(table.name) or [] if table else []
        columns = table.fields if table else ()
        return Data(
            tuple(Fact(name=v.name, label=v.label, value=_shown(v, values)) for v in plain),
            tuple(view.label for view in columns),
            tuple(tuple(_shown(view, row) for view in columns) for row in rows),
            self._warnings(settlement, values),
        )

    def _warnings(self, settlement: str, values: Mapping[str, Any]) -> tuple[Fault, ...]:
        paid = self._journal.ledger.settlement(settlement)
        if paid is None:
            return ()
        ours = paid.amounts.model_dump()
        return tuple(
            fault("settlement_data.differs", name, ours=show(ours[name]), theirs=show(values[name]))
            for name in MONEY if values.get(name) is not None and values[name] != ours[name]
        )  # fmt: skip


def _there(values: Mapping[str, Any], view: FieldView) -> bool:
    return values.get(view.name) not in (None, "")


def _shown(view: FieldView, values: Mapping[str, Any]) -> str:
    value = values.get(view.name)
    if value is None:
        return ""
    if view.type == "money":
        return show(value)
    if view.type == "moment":
        return f"{datetime.fromisoformat(str(value)).astimezone(CHINA):%Y-%m-%d}"
    return view.codes.get(str(value), str(value))
