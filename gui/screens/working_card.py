"""A card over a screen with a presenter of its own: its work runs on the screen below."""

from __future__ import annotations

from typing import Any

from gui.messages import Message
from gui.screens.work import Work
from gui.widgets.labels import wrapped
from gui.widgets.overlay import Overlay

ROLES = {"done": "done", "unknown": "amber"}


class WorkingCard(Overlay):
    """Implements ``gui.screens.work.Page``. Subclasses put ``said`` where the sentences of their
    work belong, and override ``refresh`` (show the presenter's state)."""

    def __init__(self, screen: Any, width: int) -> None:
        super().__init__(screen, width)
        self._screen = screen
        self.said = wrapped("", "fault")
        self.said.hide()

    def run(self, work: Work) -> bool:
        """On the screen below."""
        return bool(self._screen.run(work))

    def refresh(self) -> None:
        """Show the presenter's present state."""

    def tell(self, message: Message) -> None:
        """Sentences stand in the card."""
        self.said.setText(message.text)
        self.said.set_role(ROLES.get(message.kind, "fault"))
        self.said.show()

    def hush(self) -> None:
        """Nothing said."""
        self.said.clear()
        self.said.hide()

    def print_slip(self, msgid: str) -> None:
        """There is no slip here, as a rule."""
