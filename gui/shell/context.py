"""What every screen is given: the desk and the few things of the window it may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gui.actions import ActionTable
from gui.bridge import Bridge
from gui.messages import Messages
from gui.shell.memory import Memory

if TYPE_CHECKING:
    from core.app import Desk


def _nowhere(screen: str, argument: Any = None) -> None:
    """Before a window exists there is nowhere to go."""


@dataclass
class Context:
    """One for the whole window. ``desk`` is there before any page but the log-in.
    ``navigate(screen, argument)`` shows another screen.

    ``memory`` keeps column widths and the like per operator; ``search_mode`` is ``pinyin`` or
    ``wubi``.
    """

    desk: Desk | Any
    bridge: Bridge
    messages: Messages = field(default_factory=Messages)
    actions: ActionTable = field(default_factory=ActionTable)
    memory: Memory = field(default_factory=Memory)
    navigate: Callable[..., None] = _nowhere
    search_mode: str = "pinyin"

    def user(self) -> str:
        """The operator's id for things kept per user, or empty."""
        operator = self.desk.session.operator
        return operator.id if operator else ""
