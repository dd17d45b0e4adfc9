"""查询补打: transactions and settlements by text and day, their timelines, and reprints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from core.domain import Entry, Settlement, State, Transaction
from core.domain.papers import PaperStanding
from core.errors import Fault, fault
from core.events import TransactionChanged
from core.money import show
from core.words import say
from gui.messages import Message
from gui.screens.history.papers import Papers, PapersPage, prints_word
from gui.screens.pending.presenter import TimelineRow, timeline_rows
from gui.screens.work import Presenter

What = Literal["settlements", "transactions", "to_print"]
WHATS: tuple[What, ...] = ("settlements", "transactions", "to_print")
LIMIT = 500
PAPER_ACTIONS = frozenset({"centre_slip", "fetch_centre", "save_centre", "withdraw_job"})


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of either list; ``msgid`` is what the timeline and the slip go by."""

    msgid: str
    at: str
    title: str
    visit_no: str
    name: str
    bill_no: str
    amount: str
    personal: str
    state: str
    operator: str
    mark: str
    negative: bool = False
    prints: str = ""
    waits_at: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought."""

    rows: tuple[HistoryRow, ...]
    cut: bool


class HistoryPresenter(Presenter):
    """``rows`` of the last search; ``chosen`` the msgid looked at, its timeline and print count."""

    page: PapersPage

    def __init__(self, desk: Any, page: PapersPage) -> None:
        super().__init__(desk, page)
        self.papers = Papers(desk, page)
        self.what: What = "settlements"
        self.text = ""
        self.day: date | None = desk.clock.now().date()
        self.rows: tuple[HistoryRow, ...] = ()
        self.cut = self.loaded = False
        self.chosen = ""
        self.timeline: tuple[TimelineRow, ...] = ()
        self.prints = 0
        self.slip_of = ""

    # finding

    def find(self, text: str | None = None) -> None:
        """Search with the present list and day; a text looks through all days unless one is set."""
        if text is not None:
            self.text = text.strip()
        self.reread(self._found, self._listed)

    def show(self, what: What) -> None:
        """Another list."""
        self.what, self.rows, self.loaded = what, (), False
        self._leave_row()
        self.find()

    def on_day(self, day: date | None) -> None:
        """Only that day; ``None``: all days."""
        self.day = day
        self.find()

    def step_day(self, days: int) -> None:
        """The day before or after, never in the future."""
        today = self.desk.clock.now().date()
        self.on_day(min(today, (self.day or today) + timedelta(days=days)))

    def _found(self) -> Found:
        if self.what == "transactions":
            rows = self.desk.history.find(self.text, self.day, LIMIT)
            return Found(tuple(self._transaction(row) for row in rows), len(rows) >= LIMIT)
        jobs = self.desk.documents.jobs
        if jobs.waiting():
            jobs.look_again()
        if self.what == "to_print":
            return Found(self._settlements(self.desk.documents.to_print()), False)
        paid = self.desk.history.settlements(self.text, self.day)
        return Found(self._settlements(paid), len(paid) >= LIMIT)

    def _settlements(self, paid: Sequence[Settlement]) -> tuple[HistoryRow, ...]:
        standing = self.desk.documents.jobs.standing([row.msgid for row in paid])
        return tuple(self._settlement(row, standing.get(row.msgid)) for row in paid)

    def _at(self, moment: datetime) -> str:
        """The time of day, and the day where rows of several days stand together."""
        return f"{moment:%H:%M:%S}" if self.day else f"{moment:%m-%d %H:%M}"

    def _settlement(self, row: Settlement, standing: PaperStanding | None) -> HistoryRow:
        key = "cancelled" if row.cancelled_by else "settled"
        return HistoryRow(
            msgid=row.msgid,
            at=self._at(row.settled_at),
            title=say("history.settlement"),
            visit_no=row.visit_no,
            name=self.desk.history.person_name(row.visit_no),
            bill_no=row.bill_no,
            amount=show(row.amounts.total),
            personal=show(row.amounts.personal),
            state=say(f"history.state.{key}"),
            operator=row.operator_name or row.operator_id,
            mark=key,
            prints=prints_word(standing),
            waits_at=standing.waits_at if standing else "",
        )

    def _transaction(self, row: Transaction) -> HistoryRow:
        return HistoryRow(
            msgid=row.msgid,
            at=self._at(row.made),
            title=f"{row.code} {self.desk.centre.rule(row.step).title}",
            visit_no=row.visit,
            name=self.desk.history.person_name(row.visit),
            bill_no="",
            amount=show(row.amount),
            personal="",
            state=say(f"history.state.{row.state.value}"),
            operator=row.operator,
            mark=row.state.value,
            negative=(row.amount or 0) < 0,
        )

    def _listed(self, found: Found) -> None:
        self.rows, self.cut, self.loaded = found.rows, found.cut, True
        if self.chosen not in {row.msgid for row in found.rows}:
            self._leave_row()
            if found.rows:
                self.choose(found.rows[0].msgid)

    def changed(self, event: TransactionChanged) -> None:
        """The journal changed: the list, and the timeline looked at."""
        self.find()

    # one row

    def _leave_row(self) -> None:
        self.chosen, self.timeline, self.prints, self.slip_of = "", (), 0, ""
        self.papers.of = ""

    def choose(self, msgid: str) -> None:
        """Look at one row's timeline."""
        if msgid and msgid != self.chosen:
            self._leave_row()
            self.chosen = msgid
            self.look()

    def look(self) -> None:
        """Read timeline and prints of the chosen row again."""
        msgid = self.chosen
        if msgid:
            self.reread(lambda: self._looked_up(msgid), lambda found: self._looked(msgid, found))

    def _looked_up(self, msgid: str) -> tuple[tuple[Entry, ...], str, int]:
        slip_of = self._printable(msgid)
        prints = self.desk.documents.prints(slip_of) if slip_of else 0
        return tuple(self.desk.history.timeline(msgid)), slip_of, prints

    def _printable(self, msgid: str) -> str:
        if self.what != "transactions":
            return msgid
        rows = self.desk.history.find(msgid, None, 1)
        fits = rows and rows[0].step in ("settle", "cancel_settlement")
        good = fits and rows[0].state in (State.SETTLED, State.ACCEPTED)
        return msgid if good else ""

    def _looked(self, msgid: str, found: tuple[Sequence[Entry], str, int]) -> None:
        if msgid == self.chosen:
            entries, self.slip_of, self.prints = found
            self.papers.of = self.slip_of
            self.timeline = timeline_rows(entries)

    @property
    def row(self) -> HistoryRow | None:
        """The row looked at."""
        return next((row for row in self.rows if row.msgid == self.chosen), None)

    # what may be done

    def why_not(self, action: str) -> Fault | None:
        """Why an action cannot be taken for the chosen row."""
        if action == "print_all":
            waiting = len(self.rows) if self.what == "to_print" else 0
            return self.papers.why_not(action, "", waiting)
        if self.row is None:
            return fault("history.why.choose")
        if action in PAPER_ACTIONS:
            return self.papers.why_not(action, self.row.waits_at, 0)
        if action == "reprint" and not self.slip_of:
            return fault("history.why.no_slip")
        if action == "open_visit" and not self.row.visit_no:
            return fault("history.why.no_visit")
        return None

    def reprint(self) -> None:
        """Print the slip again; the slip says how often it was printed."""
        reason = self.why_not("reprint")
        if reason is not None:
            self.page.tell(Message("warning", reason.text, key="why"))
        else:
            self.page.print_slip(self.slip_of)

    def print_all(self) -> None:
        """Every slip of the list that waits for paper, k of n."""
        reason = self.why_not("print_all")
        if reason is not None:
            self.page.tell(Message("warning", reason.text, key="why"))
        else:
            self.papers.print_all([row.msgid for row in self.rows])

    def printed(self, msgid: str) -> None:
        """The slip came out: count again."""
        if msgid == self.chosen:
            self.look()

    # faces

    def sums(self) -> str:
        """How many rows, and whether there are more."""
        key = "history.count_cut" if self.cut else "history.count"
        return say(key, count=len(self.rows))

    def empty(self) -> tuple[str, str]:
        """Nothing was found, and what to press next."""
        name = "to_print" if self.what == "to_print" else "text" if self.text else "day"
        return say(f"history.empty.{name}"), say(f"history.empty.{name}_hint")

    def note(self) -> str:
        """Who did it, for which visit, and how often it was printed."""
        row = self.row
        if row is None:
            return ""
        who = say("history.by", operator=row.operator) if row.operator else ""
        return "　".join(part for part in (row.visit_no, who, self.print_note()) if part)

    def print_note(self) -> str:
        """How often the slip was printed."""
        if not self.slip_of:
            return ""
        return (
            say("history.printed", count=self.prints) if self.prints else say("history.unprinted")
        )
