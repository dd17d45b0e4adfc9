"""The centre's own code tables: fetched, kept in versions, each with its age (protocol-gd.md §4.4).

A table lies among the desk's code lists under the centre's name of it; what a fetch changed is seen
by comparing with the version before. A table that came back the same is only younger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from core.catalogue.entries import Entry
from core.catalogue.kinds import TABLE
from core.clock import CHINA
from core.domain.centrefacts import CodeRow, CodeTable
from core.journal import Journal
from core.outcome import Accepted, Outcome
from core.service.catalogue import Catalogue
from core.service.session import Session
from core.service.transact import Road

MEMORY = "code_table/"
Rows = Mapping[str, list[Entry]]


class CodeTables:
    """Looks at what was fetched, and fetches again."""

    def __init__(
        self, journal: Journal, road: Road, session: Session, catalogue: Catalogue
    ) -> None:
        self._journal, self._road = journal, road
        self._session, self._catalogue = session, catalogue

    def tables(self) -> tuple[CodeTable, ...]:
        """Every table that was ever fetched, by its kind, with its age in days."""
        self._catalogue.ensure()
        return tuple(self._table(kind) for kind in self._catalogue.lists.tables())

    def _table(self, kind: str) -> CodeTable:
        newest = self._catalogue.lists.versions(TABLE + kind)[0]
        seen = self._journal.ledger.recall(MEMORY + kind)
        at = datetime.fromisoformat(seen) if seen else newest.made
        today = self._road.clock.now().astimezone(CHINA).date()
        return CodeTable(
            kind=kind, name=newest.source, count=newest.rows, version=newest.number,
            fetched_at=at, days=(today - at.astimezone(CHINA).date()).days,
            added=newest.added, changed=newest.changed, gone=newest.gone,
        )  # fmt: skip

    def rows(self, kind: str) -> tuple[CodeRow, ...]:
        """The codes of a table as it came last; ``new`` since the version before."""
        lists, name = self._catalogue.lists, TABLE + kind
        newest = lists.versions(name)[0].number
        fresh = {entry.code for entry in lists.difference(name, newest).added}
        fresh = fresh if newest > 1 else set()
        return tuple(
            CodeRow(code=entry.code, name=entry.name, new=entry.code in fresh)
            for entry in lists.entries(name, newest)
        )

    def fetch(self, kind: str = "") -> tuple[Outcome, tuple[CodeTable, ...]]:
        """Ask the centre for one table, or (empty) for all it has; what came is kept."""
        values = {"table": kind.strip()} if kind.strip() else {}
        done = self._road.travel("code_tables", values, blocks=False)
        if not isinstance(done.outcome, Accepted):
            return done.outcome, ()
        self._catalogue.ensure()
        names, found = _grouped(done.outcome.rows)
        for table, entries in found.items():
            self._take(table, entries, names[table])
        return done.outcome, tuple(self._table(table) for table in found)

    def _take(self, kind: str, entries: Iterable[Entry], name: str) -> None:
        now, lists = self._road.clock.now(), self._catalogue.lists
        rows = list(entries)
        change = lists.compare(TABLE + kind, rows)
        if change.added or change.changed or change.gone:
            today = now.astimezone(CHINA).date()
            lists.take(TABLE + kind, rows, today, self._session.acting().name, name)
        with self._journal.commit():
            self._journal.ledger.remember(MEMORY + kind, now.isoformat())


def _grouped(rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, str], dict[str, list[Entry]]]:
    names: dict[str, str] = {}
    found: dict[str, dict[str, Entry]] = {}
    for row in rows:
        kind, code = str(row.get("table") or ""), str(row.get("code") or "")
        if not kind or not code:
            continue
        names.setdefault(kind, str(row.get("table_name") or kind))
        found.setdefault(kind, {})[code] = Entry(code=code, name=str(row.get("word") or code))
    return names, {kind: list(entries.values()) for kind, entries in found.items()}
