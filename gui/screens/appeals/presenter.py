"""扣款申诉: the list with its deadlines, one deduction with its evidence, the draft, sending it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from core.domain.deduction import Deduction, ReasonSum
from core.errors import DeskError, Fault, fault
from core.events import TransactionChanged
from core.outcome import Accepted
from core.words import say
from gui.messages import Message, of_outcome
from gui.screens.appeals.book import export_book
from gui.screens.appeals.faces import AppealRow, row_of
from gui.screens.appeals.wording import Wording
from gui.screens.appeals.writing import Looked, read_file
from gui.screens.days import read_period
from gui.screens.work import Page

Filter = Literal["all", "may", "soon", "overdue", "waiting", "upheld", "dismissed", "gone"]
FILTERS: tuple[Filter, ...] = (
    "all", "may", "soon", "overdue", "waiting", "upheld", "dismissed", "gone",
)  # fmt: skip
DAYS_BACK = 90
OVER = -1


@dataclass(frozen=True, slots=True)
class Listed:
    """What a search brought; ``pressing`` counts all kept deductions, not only the listed."""

    items: tuple[Deduction, ...]
    rows: tuple[AppealRow, ...]
    pressing: Any
    sums: tuple[ReasonSum, ...]


class AppealsPresenter(Wording):
    """``rows`` of the list; ``chosen`` the deduction on the page, ``writing`` its draft."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        today: date = desk.clock.now().date()
        self.begin, self.end = today - timedelta(days=DAYS_BACK), today
        self.rows: tuple[AppealRow, ...] = ()
        self.sums: tuple[ReasonSum, ...] = ()
        self.loaded = self.armed = False
        self.chosen = ""

    # the list

    def find(self, text: str | None = None) -> None:
        """Read the kept deductions of period and filter again; needs no centre."""
        if text is not None:
            self.text = text.strip()
        self.reread(self._found, self._listed)

    def only(self, name: Filter) -> None:
        """Another filter."""
        self.filter = name
        self.find()

    def on_period(self, begin: str, end: str) -> bool:
        """The days of the audit as typed; says whether they could be read."""
        try:
            self.begin, self.end = read_period(begin, end)
        except DeskError as error:
            self.refused(error)
            return False
        self.find()
        return True

    def _asked(self) -> dict[str, Any]:
        within = {"overdue": OVER, "soon": self.desk.settings.appeals.warn_days}.get(self.filter)
        state = "" if self.filter in ("all", "soon", "overdue") else self.filter
        return {"text": self.text, "state": state, "due_within": within,
                "begin": self.begin, "end": self.end}  # fmt: skip

    def _found(self) -> Listed:
        appeals, asked = self.desk.appeals, self._asked()
        items = appeals.find(**asked)
        within = asked.pop("due_within")
        sums = appeals.sums(**asked) if within is None else ()
        return Listed(items, tuple(map(self._row, items)), appeals.pressing(), sums)

    def _row(self, item: Deduction) -> AppealRow:
        due = self.desk.appeals.deadline(item)
        label = self.desk.appeals.word(item.code)
        pending = due.urgency != "closed" and bool(self.desk.appeals.open_msgid(item))
        return row_of(item, due, label, pending=pending)

    def _listed(self, found: Listed) -> None:
        self.items, self.rows, self.sums = found.items, found.rows, found.sums
        self.pressing, self.loaded = found.pressing, True
        if self.chosen not in {row.ded_id for row in found.rows}:
            self.choose(found.rows[0].ded_id if found.rows else "")
        else:
            self.look()

    # one deduction

    def choose(self, ded_id: str) -> None:
        """Look at one deduction; what was written for the one before is kept."""
        if ded_id == self.chosen or self.busy:
            return
        self.writing.save()
        self.chosen, self.armed = ded_id, False
        if ded_id:
            self.look()
        else:
            self.writing.take(None)
            self.page.refresh()

    def look(self) -> None:
        """Read the chosen deduction again."""
        ded_id = self.chosen
        if ded_id:
            self.aside("look_deduction", lambda: self._looked_up(ded_id), self._looked)

    def _looked_up(self, ded_id: str) -> Looked:
        appeals = self.desk.appeals
        item = appeals.item(ded_id)
        return Looked(
            item, appeals.draft(ded_id), appeals.evidence(item), appeals.history(ded_id),
            appeals.templates.all(), appeals.deadline(item), appeals.open_msgid(item),
        )  # fmt: skip

    def _looked(self, looked: Looked) -> None:
        if looked.item.ded_id == self.chosen:
            self.writing.take(looked)
            self.page.refresh()
            self._follow(looked.item)
        else:
            self.look()

    def _follow(self, item: Deduction) -> None:
        """The list shows another state of it than was just read: read the list anew."""
        listed = next((one for one in self.items if one.ded_id == item.ded_id), item)
        if (listed.state, listed.drafted) != (item.state, item.drafted):
            self.find()

    # writing

    def write(self, amount: int | None, reason: str, phone: str) -> None:
        """The editor changed: a press of F2 before counts no more."""
        before = self.writing.dirty
        self.writing.write(amount, reason, phone)
        if self.writing.dirty and (self.armed or not before):
            self.armed = False
            self.page.refresh()

    def use_template(self, name: str) -> str:
        """The words of a template for this deduction, or nothing."""
        looked = self.writing.looked
        if looked is None or not name:
            return ""
        line = looked.evidence.line
        words: str = self.desk.appeals.templates.fill(name, looked.item, line.name if line else "")
        return words

    def keep_template(self, label: str) -> None:
        """Keep what is written as a text to begin with."""
        words, call = self.writing.reason, self.desk.appeals.templates.keep
        self.start("keep_template", lambda: call(label, words), self._template_kept, lane="io")

    def _template_kept(self, template: Any) -> None:
        self.tell("done", "appeals.template.kept", label=template.label)
        self.look()

    def drop_template(self, name: str) -> None:
        """Forget an own text."""
        call = self.desk.appeals.templates.drop
        self.start("keep_template", lambda: call(name), lambda _: self.look(), lane="io")

    def attach(self, path: str) -> None:
        """Add the file at ``path``."""
        ded_id, attach = self.chosen, self.desk.appeals.attach
        if path.strip() and ded_id:
            call: Callable[[], Any] = lambda: attach(ded_id, *read_file(path))  # noqa: E731
            self.start("attach", call, lambda _: self.look(), lane="io")

    def detach(self, digest: str) -> None:
        """Take a file off."""
        ded_id, call = self.chosen, self.desk.appeals.detach
        if digest and ded_id:
            self.start("attach", lambda: call(ded_id, digest), lambda _: self.look(), lane="io")

    # the centre

    def fetch(self) -> None:
        """F5: the centre's list of the period."""
        begin, end, call = self.begin, self.end, self.desk.appeals.fetch
        self.writing.save()
        self.start("fetch_deductions", lambda: call(begin, end), self._fetched)

    def _fetched(self, found: Any) -> None:
        if found.whole:
            counts = {"total": found.total, "fresh": found.fresh, "changed": found.changed,
                      "gone": found.gone}  # fmt: skip
            self.tell("done", "appeals.fetched", **counts)
        else:
            text = getattr(found.outcome, "text", "") or say("appeals.not_whole")
            self.tell("warning", "appeals.not_fetched", text=text)
        self.find()

    def why_not(self, action: str) -> Fault | None:
        """Why an action of the table cannot be taken now."""
        writes = ("write_appeal", "attach_file", "keep_template")
        if action == "export_appeals":
            return None if self.rows else fault("appeals.why.nothing")
        if action not in (*writes, "send_appeal", "appeal_lines"):
            return None
        if self.writing.looked is None:
            return fault("appeals.why.choose")
        if action in writes and not self.writing.editable:
            return self.writing.faults()[0]
        return self._against() if action == "send_appeal" else None

    def _against(self) -> Fault | None:
        """Only what no word in the editor can change greys the key."""
        return None if self.writing.editable else self.writing.faults()[0]

    def send(self) -> None:
        """F2: first what will be sent, then sending it."""
        found = self.writing.faults()
        if self.busy or found:
            self.armed = False
            self._explain(found)
        elif self.armed:
            self._send()
        else:
            self.armed = True
        self.page.refresh()

    def _explain(self, found: Sequence[Fault]) -> None:
        if found and not self.busy:
            self.page.tell(Message("warning", "\n".join(item.text for item in found), key="why"))

    def _send(self) -> None:
        self.armed, self.writing.dirty = False, False
        ded_id, keep, send = self.chosen, self.writing.keep, self.desk.appeals.send

        def call() -> Any:
            keep()
            return send(ded_id)

        self.start("appeal", call, self._sent, visit=self.item.visit_no if self.item else "")

    def _sent(self, result: Any) -> None:
        message = of_outcome(result.outcome, result.msgid)
        if message is not None:
            self.page.tell(message)
        elif isinstance(result.outcome, Accepted):
            number = result.item.appeal_no or say("appeals.no_number")
            self.tell("done", "appeals.sent", number=number, name=result.item.person_name)
        self.find()

    def disarm(self) -> bool:
        """Cancel; says whether there was anything to cancel."""
        was, self.armed = self.armed, False
        if was:
            self.page.refresh()
        return was

    def changed(self, event: TransactionChanged) -> None:
        """A journal row changed: perhaps an appeal was found."""
        if not self.busy and any(item.visit_no == event.visit for item in self.items):
            self.find()

    # export

    def export(self) -> None:
        """Ctrl+E: the listed deductions and their sums as XLSX."""
        if reason := self.why_not("export_appeals"):
            self._explain((reason,))
            return
        folder = Path(self.desk.home) / "exports"
        items, rows, sums, now = self.items, self.rows, self.sums, self.desk.clock.now()
        call: Callable[[], Any] = lambda: export_book(folder, now, items, rows, sums)  # noqa: E731
        self.start("export_table", call, self._exported, lane="io")

    def _exported(self, path: Path) -> None:
        self.tell("done", "appeals.exported", path=path.relative_to(self.desk.home).as_posix())
