"""What is being written against one deduction; kept by itself a moment after the last letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.domain.deduction import MAY_APPEAL, Appeal, Deduction
from core.errors import Fault, Refused, fault
from core.money import Fen
from gui.screens.work import Page, Work

MOST_READ = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything about one deduction, read in one go."""

    item: Deduction
    appeal: Appeal
    evidence: Any
    history: tuple[Any, ...]
    templates: tuple[Any, ...]
    due: Any
    open_msgid: str = ""


class Writing:
    """The draft of the deduction on the page: ``looked`` as it was read, and what was changed.

    ``begun`` hears when a deduction has become one with a draft.
    """

    def __init__(self, desk: Any, page: Page, begun: Callable[[], None]) -> None:
        self._desk, self._page, self._begun = desk, page, begun
        self.looked: Looked | None = None
        self.amount: Fen | None = None
        self.reason = self.phone = ""
        self.dirty = self.saving = False

    def take(self, looked: Looked | None) -> None:
        """Another deduction, or the same one read anew: unsaved words of the same one stay."""
        same = looked and self.looked and looked.item.ded_id == self.looked.item.ded_id
        self.looked = looked
        if same and self.dirty:
            return
        self.dirty = False
        appeal = looked.appeal if looked else None
        self.amount = appeal.amount if appeal else None
        self.reason = appeal.reason if appeal else ""
        self.phone = appeal.phone if appeal else ""

    @property
    def ded_id(self) -> str:
        """The deduction written about, or empty."""
        return self.looked.item.ded_id if self.looked else ""

    @property
    def editable(self) -> bool:
        """May anything be changed?"""
        looked = self.looked
        return bool(looked and looked.item.state in MAY_APPEAL and not looked.open_msgid)

    def write(self, amount: Fen | None, reason: str, phone: str) -> None:
        """What stands in the editor now."""
        if self.editable and (amount, reason, phone) != (self.amount, self.reason, self.phone):
            self.amount, self.reason, self.phone = amount, reason, phone
            self.dirty = True

    def appeal(self) -> Appeal | None:
        """What would be sent, as it stands."""
        if self.looked is None:
            return None
        changed = {"amount": self.amount or 0, "reason": self.reason, "phone": self.phone}
        return self.looked.appeal.model_copy(update=changed)

    def faults(self) -> tuple[Fault, ...]:
        """What stands against sending it."""
        appeal = self.appeal()
        if appeal is None or self.looked is None:
            return (fault("appeals.why.choose"),)
        if self.looked.open_msgid:
            return (fault("appeals.why.unknown", msgid=self.looked.open_msgid),)
        found: tuple[Fault, ...] = self._desk.appeals.faults(self.looked.item, appeal)
        return found

    # keeping

    def keep(self) -> Any:
        """Keep what was changed, at once, in this thread."""
        return self._desk.appeals.save(self.ded_id, self.amount or 0, self.reason, self.phone)

    def save(self) -> None:
        """Keep what was changed, behind the scenes; what changes meanwhile is kept afterwards."""
        if not self.dirty or self.saving or not self.editable:
            return
        self.dirty, self.saving = False, True
        values = (self.ded_id, self.amount or 0, self.reason, self.phone)
        call = self._desk.appeals.save
        work = Work("save_appeal", "", lambda: call(*values), self._saved, self._unsaved, "io",
                    quiet=True)  # fmt: skip
        if not self._page.run(work):
            self.dirty, self.saving = True, False

    def _saved(self, appeal: Appeal) -> None:
        self.saving = False
        fresh = self.looked is not None and not self.looked.item.drafted
        if self.looked is not None and self.looked.item.ded_id == appeal.ded_id:
            item = self.looked.item.model_copy(update={"drafted": True})
            self.looked = replace(self.looked, item=item, appeal=appeal)
        self._page.refresh()
        self.save()
        if fresh:
            self._begun()

    def _unsaved(self, error: Exception) -> None:
        from core.errors import DeskError
        from gui.messages import of_refusal

        self.saving = False
        if isinstance(error, DeskError):
            self._page.tell(of_refusal(error))


def read_file(path: str) -> tuple[str, bytes]:
    """Name and bytes of a file; raises ``Refused`` with a sentence when it cannot be read."""
    place = Path(path.strip().strip('"'))
    try:
        if place.stat().st_size > MOST_READ:
            raise Refused(fault("appeals.files.huge", "path", path=place))
        return place.name, place.read_bytes()
    except (OSError, ValueError) as error:
        raise Refused(fault("appeals.files.unread", "path", path=place, error=error)) from error
