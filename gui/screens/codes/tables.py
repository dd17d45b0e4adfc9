"""The centre's code tables on the page: which there are, how old, what changed, and their codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.domain.centrefacts import CodeRow, CodeTable
from core.words import say
from gui.messages import of_outcome
from gui.screens.work import Page, Presenter

OLD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Read:
    """The tables and the codes of the chosen one, read together."""

    tables: tuple[CodeTable, ...]
    rows: tuple[CodeRow, ...]


class TablesPresenter(Presenter):
    """``tables`` as fetched last; ``chosen`` the kind whose codes are shown; Qt-free."""

    READS = "tables_reread"

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.tables: tuple[CodeTable, ...] = ()
        self.rows: tuple[CodeRow, ...] = ()
        self.chosen = ""

    def load(self) -> None:
        """Read what was fetched before."""
        self.reread(self._read, self._take)

    def _read(self) -> Read:
        service = self.desk.code_tables
        tables = service.tables()
        kinds = [table.kind for table in tables]
        chosen = self.chosen if self.chosen in kinds else (kinds[0] if kinds else "")
        return Read(tables, service.rows(chosen) if chosen else ())

    def _take(self, read: Read) -> None:
        self.tables, self.rows = read.tables, read.rows
        kinds = [table.kind for table in self.tables]
        if self.chosen not in kinds:
            self.chosen = kinds[0] if kinds else ""

    def choose(self, table: CodeTable | None) -> None:
        """Look at the codes of a table."""
        if table is not None and table.kind != self.chosen:
            self.chosen = table.kind
            self.load()

    def fetch(self, kind: str = "") -> None:
        """Ask the centre for one table by its kind, or for all."""
        call = self.desk.code_tables.fetch
        self.start("code_tables", lambda: call(kind), self._fetched)

    def _fetched(self, answer: tuple[Any, tuple[CodeTable, ...]]) -> None:
        outcome, tables = answer
        message = of_outcome(outcome)
        if message is not None:
            self.page.tell(message)
        else:
            changed = sum(table.added + table.changed + table.gone > 0 for table in tables)
            self.tell("done", "code_tables.fetched", tables=len(tables), changed=changed)
            if len(tables) == 1:
                self.chosen = tables[0].kind
        self.load()

    def summary(self) -> str:
        """How many, and how old the oldest is."""
        if not self.tables:
            return say("code_tables.none")
        oldest = max(table.days for table in self.tables)
        return say("code_tables.summary", count=len(self.tables), days=oldest)


def age(table: CodeTable) -> str:
    """How old a table is, in words."""
    return say("code_tables.today") if not table.days else say("code_tables.days", days=table.days)


def change(table: CodeTable) -> str:
    """What the last fetch that differed did to it."""
    if table.version == 1:
        return say("code_tables.first")
    holes = {"added": table.added, "changed": table.changed, "gone": table.gone}
    return say("code_tables.change", **holes)
