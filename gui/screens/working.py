"""A screen with a presenter: runs its work as operations, prints its slips, explains grey keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QKeyCombination
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from core.errors import DeskError, Fault
from core.words import say
from gui.messages import Message, leads_of
from gui.operation import Operation, StopFlag
from gui.screens.screen import Screen
from gui.screens.work import Work
from gui.shell.context import Context


class Stop(StopFlag):
    """「做完这一批停下」 that the presenter hears too."""

    def __init__(self, heard: Callable[[], None]) -> None:
        super().__init__()
        self._heard = heard

    def ask(self) -> None:
        super().ask()
        self._heard()


class WorkingScreen(Screen):
    """Implements ``gui.screens.work.Page``. Subclasses make ``presenter`` before the widgets and
    override ``render`` (show the presenter's state) and ``parked``."""

    parkable = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._rendering = False
        self._bound: list[str] = []
        self._reasons: dict[str, Fault | None] = {}

    def bind(self, name: str, slot: Callable[[], object], *, always: bool = False) -> None:
        """An action of the table; pressed while it is grey, it says why.

        ``always``: also below an overlay, where ``slot`` looks at what lies over the page.
        """
        self.keys.bind(name, slot, always=always)
        self._bound.append(name)

    def render(self) -> None:
        """Show the presenter's present state."""

    def parked(self) -> None:
        """The cashier does not wait: what the page shows instead."""

    def tell(self, message: Message) -> None:
        """A banner; why a key is grey takes the place of what went well before."""
        if message.key == "why":
            self._put_away()
        super().tell(message)

    def _put_away(self) -> None:
        for said in self.context.messages.of(self.name):
            if said.kind in ("done", "info"):
                self.context.messages.withdraw(self.name, said)

    # Page

    def run(self, work: Work) -> bool:
        """Start ``work`` as an operation of this page."""
        name = f"{work.name} {work.visit}".strip()
        operation = Operation(self, work.call, name=name, asks=work.asks, lane=work.lane)
        operation.on_ending(lambda value: self._ended(work, value)).also_when_parked()
        operation.on_refused(lambda error: self._refused(work, error))
        if work.quiet:
            return operation.silent().run()
        if work.stop is not None:
            operation.stoppable(Stop(work.stop), work.job)
        if self.parkable and work.lane == "centre":
            operation.on_parked(self.parked)
        return operation.run() or self._still_running(work)

    def _still_running(self, work: Work) -> bool:
        self.tell(Message("warning", say("work.still_running", asks=work.asks), key="why"))
        return False

    def _ended(self, work: Work, value: Any) -> bool:
        work.done(value)
        return True

    def _refused(self, work: Work, error: DeskError) -> bool:
        work.failed(error)
        return True

    def refresh(self) -> None:
        """Show the presenter's present state; not again from within itself."""
        if self._rendering:
            return
        self._rendering = True
        try:
            self.render()
        finally:
            self._rendering = False
        self._hold_focus()

    def _hold_focus(self) -> None:
        """A button that had the focus may be gone: keys must not go nowhere."""
        focus = self.window().focusWidget()
        adrift = focus is None or not self.isAncestorOf(focus)
        if adrift and self.may_focus() and self.home_field is not None:
            self.home_field.setFocus()

    def may_focus(self) -> bool:
        """This page is the one worked in: shown, not waiting, not below a lock or another card."""
        return self.isVisible() and not self.keys.locked()

    def hush(self) -> None:
        """Take the banners away."""
        self.quiet()

    def print_slip(self, msgid: str) -> None:
        """Print the slip of ``msgid`` on the printing lane; a failure costs nothing but paper."""
        from gui.screens.slips import print_on_lane

        print_on_lane(self, msgid, self.printed)

    def printed(self, msgid: str, where: str) -> bool:
        """The slip of ``msgid`` came out at ``where``; True when the page says so itself."""
        return False

    # grey keys

    def allow(self, why_not: Callable[[str], Fault | None]) -> None:
        """Grey what cannot be done now, with its reason."""
        for name in self._bound:
            reason = self._reasons[name] = why_not(name)
            self.keys.allow(name, reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.locked() and not event.isAutoRepeat():
            self._explain(event.keyCombination())
        super().keyPressEvent(event)

    def _explain(self, pressed: QKeyCombination) -> None:
        wanted = QKeySequence(pressed)
        for name in self._bound:
            action = self.keys.action(name)
            if not action.isEnabled() and action.shortcut() == wanted and action.statusTip():
                reason = self._reasons.get(name)
                leads = leads_of([reason] if reason else [])
                self.tell(Message("warning", action.statusTip(), key="why", leads=leads))
