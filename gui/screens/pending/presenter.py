"""待处理: every open transaction, what is known of it, what the desk does next, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain import Entry, State, Transaction
from core.errors import Fault, fault
from core.events import TransactionChanged
from core.money import show
from core.words import say
from gui.messages import Message
from gui.screens.work import MoneyFace, Page, Presenter

MINUTE = 60
PRINTED_STEPS = ("settle", "cancel_settlement")
NEXT_KEYS = {
    State.INTENT: "pending.next.intent",
    State.UNKNOWN: "pending.next.ask",
    State.VOIDING: "pending.next.fence",
    State.ACCEPTED: "pending.next.post",
    State.MANUAL: "pending.next.manual",
}


@dataclass(frozen=True, slots=True)
class PendingRow:
    """One open transaction as shown; ``due`` and ``waited`` change with the clock."""

    msgid: str
    patient: str
    title: str
    amount: str
    known: str
    next: str
    waited: str
    state: State
    negative: bool


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One entry: ``kind`` gives the mark, ``payload`` is masked."""

    at: str
    kind: str
    text: str
    payload: str


def span(seconds: float) -> str:
    """``0:47``, ``3:05``, ``1:02:09``."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, MINUTE)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def countdown(seconds: float) -> str:
    """Seconds to come in words: 现在 · 12 秒后 · 1 分 20 秒后."""
    whole = int(seconds + 0.999)
    if whole <= 0:
        return say("pending.in.now")
    minutes, rest = divmod(whole, MINUTE)
    if not minutes:
        return say("pending.in.seconds", seconds=rest)
    return say("pending.in.minutes", minutes=minutes, seconds=rest)


def timeline_rows(entries: Sequence[Entry]) -> tuple[TimelineRow, ...]:
    """Every question and answer, oldest first."""
    return tuple(
        TimelineRow(f"{item.at:%H:%M:%S}", item.kind, item.text, item.payload) for item in entries
    )


class PendingPresenter(Presenter):
    """``transactions``: the open rows; ``chosen``: the msgid looked at, with its ``timeline``."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.transactions: tuple[Transaction, ...] = ()
        self.names: dict[str, str] = {}
        self.chosen = ""
        self.timeline: tuple[TimelineRow, ...] = ()
        self.closed: Transaction | None = None
        self.loaded = False

    # reading

    def refresh(self) -> None:
        """Read the journal again, behind the scenes."""
        self.reread(self._read, self._show)

    def _read(self) -> tuple[tuple[Transaction, ...], dict[str, str], tuple[Entry, ...]]:
        rows = self.desk.resolve.pending()
        names = {row.visit: self.desk.history.person_name(row.visit) for row in rows}
        return rows, names, self._entries(self._kept(rows))

    def _entries(self, msgid: str) -> tuple[Entry, ...]:
        return tuple(self.desk.history.timeline(msgid)) if msgid else ()

    def _kept(self, rows: Sequence[Transaction]) -> str:
        ids = [row.msgid for row in rows]
        return self.chosen if self.chosen in ids else (ids[0] if ids else "")

    def _show(self, found: Any) -> None:
        rows, names, entries = found
        self.transactions, self.names, self.loaded = rows, names, True
        wanted = self._kept(rows)
        if wanted == self.chosen or self.chosen not in {row.msgid for row in rows}:
            self.chosen, self.timeline = wanted, timeline_rows(entries)

    def choose(self, msgid: str) -> None:
        """Look at one row."""
        if msgid and msgid != self.chosen:
            self.chosen, self.timeline = msgid, ()
            self.reread(self._read, self._show)
            self.page.refresh()

    def changed(self, event: TransactionChanged) -> None:
        """The journal changed; read it again."""
        self.refresh()

    # faces

    @property
    def row(self) -> Transaction | None:
        """The transaction looked at."""
        return next((row for row in self.transactions if row.msgid == self.chosen), None)

    def rows(self) -> tuple[PendingRow, ...]:
        """The table at this moment; cheap, called once a second."""
        now = self.desk.clock.now()
        return tuple(self._face(row, now) for row in self.transactions)

    def _face(self, row: Transaction, now: datetime) -> PendingRow:
        since = row.unknown_since or row.made
        return PendingRow(
            msgid=row.msgid,
            patient=self.names.get(row.visit) or row.visit,
            title=self.title(row),
            amount=show(row.amount),
            known=row.known,
            next=self._next(row, now),
            waited=span((now - since).total_seconds()),
            state=row.state,
            negative=(row.amount or 0) < 0,
        )

    def title(self, row: Transaction) -> str:
        """Code and Chinese title of a transaction."""
        return f"{row.code} {self.desk.centre.rule(row.step).title}"

    def _next(self, row: Transaction, now: datetime) -> str:
        wait = (row.next_try - now).total_seconds() if row.next_try else 0.0
        return say(NEXT_KEYS[row.state], when=countdown(wait), count=row.attempts + 1)

    def headline(self) -> str:
        """The chosen case in one sentence."""
        row = self.row
        if row is None:
            return ""
        since = row.unknown_since or row.made
        holes = {"patient": self.names.get(row.visit) or row.visit, "title": self.title(row)}
        return say(f"pending.head.{row.state.value}", since=f"{since:%H:%M:%S}", **holes)

    def money(self) -> MoneyFace:
        """The amount at stake."""
        row = self.row
        amount = row.amount if row else None
        return MoneyFace(total=amount, refund=(amount or 0) < 0)

    # what may be done

    def why_not(self, action: str) -> Fault | None:
        """Why an action cannot be taken for the chosen row."""
        if action == "ask_all":
            return None if self.transactions else fault("pending.why.none")
        if self.row is None:
            return fault("pending.why.choose")
        rules = {
            "ask_now": self._ask_rule,
            "reverse": self._reverse_rule,
            "hand_over": self._hand_over_rule,
            "decide": self._decide_rule,
        }
        return rules[action](self.row) if action in rules else None

    def _ask_rule(self, row: Transaction) -> Fault | None:
        return fault("pending.why.intent") if row.state is State.INTENT else None

    def _reverse_rule(self, row: Transaction) -> Fault | None:
        if not self.desk.centre.capabilities.reversal or not self._fence(row):
            return fault("pending.why.no_reversal")
        if row.state not in (State.UNKNOWN, State.VOIDING, State.MANUAL):
            return fault("pending.why.certain")
        return None

    def _fence(self, row: Transaction) -> str:
        return str(self.desk.centre.rule(row.step).reverse_step)

    def _hand_over_rule(self, row: Transaction) -> Fault | None:
        if row.state is State.MANUAL:
            return fault("pending.why.handed_over")
        if row.state not in (State.UNKNOWN, State.VOIDING):
            return fault("pending.why.certain")
        return None

    def _decide_rule(self, row: Transaction) -> Fault | None:
        return None if row.state is State.MANUAL else fault("pending.why.not_manual")

    def _blocked(self, action: str) -> bool:
        reason = self.why_not(action)
        if reason is not None:
            self.page.tell(Message("warning", reason.text, key="why"))
        return reason is not None

    # doing

    def ask_now(self) -> None:
        """One look at the chosen row."""
        if not self._blocked("ask_now"):
            msgid = self.chosen
            self.start("look", lambda: self.desk.resolve.look(msgid), self._moved)

    def ask_all(self) -> None:
        """One look at every row, whatever its next try says; a row that fails stops no other."""
        if not self._blocked("ask_all"):
            ids = [row.msgid for row in self.transactions if self._ask_rule(row) is None]
            self.start("round", lambda: [self.desk.resolve.look(msgid) for msgid in ids], self._all)

    def _all(self, rows: Sequence[Transaction]) -> None:
        closed = sum(not row.is_open for row in rows)
        self.tell("info", "pending.asked_all", count=len(rows), closed=closed)
        self.refresh()

    def reverse(self) -> None:
        """Fence the chosen row now."""
        if not self._blocked("reverse"):
            msgid = self.chosen
            self.start("reverse", lambda: self.desk.resolve.reverse(msgid), self._moved)

    def hand_over(self, reason: str) -> None:
        """Give the chosen row to a supervisor, with a reason."""
        if self._blocked("hand_over"):
            return
        operator = self.desk.session.operator
        by, msgid = (operator.name if operator else ""), self.chosen
        call = self.desk.resolve.hand_over
        self.start("hand_over", lambda: call(msgid, by, reason), self._moved)

    def decide(self, happened: bool, operator_id: str, password: str, reason: str) -> None:
        """A supervisor decides, with password and reason."""
        if self._blocked("decide"):
            return
        msgid = self.chosen

        def call() -> Transaction:
            by = self.desk.operators.verify(operator_id.strip(), password)
            decided: Transaction = self.desk.resolve.decide(msgid, happened, by, reason)
            return decided

        self.start("decide", call, self._moved)

    def _moved(self, row: Transaction) -> None:
        patient = self.names.get(row.visit) or row.visit
        kind = "done" if row.state in (State.SETTLED, State.VOID) else "info"
        key = f"pending.now.{row.state.value}"
        self.closed = row if not row.is_open else None
        self.tell(kind, key, patient=patient, title=self.title(row), known=row.known)
        self.refresh()

    def export(self) -> None:
        """The chosen case as a masked ZIP below the home folder."""
        if self._blocked("export_case"):
            return
        row = self.row
        if row is not None:
            self.start(
                "export",
                lambda: self.desk.evidence.case(row.msgid),
                lambda path: self.tell("done", "pending.exported", path=path),
                lane="io",
            )

    def slip(self) -> str:
        """The settlement (or its cancellation) that was just found and may be printed now."""
        row = self.closed
        good = row is not None and row.state is State.SETTLED
        return row.msgid if good and row and row.step in PRINTED_STEPS else ""

    def print_slip(self) -> None:
        """Print what was found."""
        if self.slip():
            self.page.print_slip(self.slip())
