"""The sentences of 扣款申诉: whose deduction, until when, how many, what will be sent."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.domain.deduction import Deduction
from core.money import show
from core.words import say
from gui.screens.appeals.faces import URGENT, Pair, comparison, day, due_text
from gui.screens.appeals.writing import Writing
from gui.screens.work import Page, Presenter


class Wording(Presenter):
    """The state of the page and how it is said."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.begin = self.end = date.min
        self.text, self.filter = "", "all"
        self.items: tuple[Deduction, ...] = ()
        self.pressing: Any = None
        self.writing = Writing(desk, page, lambda: self.find())

    def find(self, text: str | None = None) -> None:
        """Read the list again."""

    @property
    def item(self) -> Deduction | None:
        """The deduction on the page as it was read last."""
        looked = self.writing.looked
        return looked.item if looked else None

    def pairs(self) -> tuple[Pair, ...]:
        """The deducted line beside what was uploaded."""
        looked = self.writing.looked
        return comparison(looked.item, looked.evidence.line) if looked else ()

    def due_tone(self) -> str:
        """The colour token of the deadline, or empty."""
        looked = self.writing.looked
        return URGENT.get(looked.due.urgency, "") if looked else ""

    def summary(self) -> str:
        """What the second F2 will send."""
        appeal = self.writing.appeal()
        if appeal is None or self.item is None:
            return ""
        return say(
            "appeals.again", amount=show(appeal.amount), deducted=show(self.item.deducted),
            files=len(appeal.attachments),
        )  # fmt: skip

    def head(self) -> str:
        """Whose deduction, and how much."""
        item = self.item
        return say("appeals.head", name=item.person_name or item.visit_no,
                   amount=show(item.deducted)) if item else say("appeals.choose")  # fmt: skip

    def note(self) -> str:
        """Reason, visit, days."""
        looked = self.writing.looked
        if looked is None:
            return ""
        item = looked.item
        until = looked.due.until
        parts = (item.visit_no, item.bill_no, say("appeals.audited", day=day(item.audited_at)),
                 say("appeals.until", day=f"{until:%Y-%m-%d %H:%M}") if until else "")  # fmt: skip
        return "　".join(part for part in parts if part)

    def due(self) -> str:
        """The deadline of the one on the page."""
        looked = self.writing.looked
        return due_text(looked.due) if looked else ""

    def counts(self) -> str:
        """How many are listed and what they come to."""
        whole = sum(item.deducted for item in self.items)
        return say("appeals.counts", count=len(self.items), amount=show(whole))

    def warning(self) -> str:
        """What has to be done soon, or nothing."""
        found = self.pressing
        names = ("overdue", "today", "soon")
        counts = {name: getattr(found, name, 0) for name in names}
        days = self.desk.settings.appeals.warn_days
        return "　".join(
            say(f"appeals.pressing.{name}", count=count, days=days)
            for name, count in counts.items() if count
        )  # fmt: skip

    def empty(self) -> tuple[str, str]:
        """Nothing was found, and what to press next."""
        name = "filter" if self.text or self.filter != "all" else "period"
        return say(f"appeals.empty.{name}"), say(f"appeals.empty.{name}_hint")
