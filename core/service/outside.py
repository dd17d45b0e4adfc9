"""What programs of the hospital may do with the desk, in one place: callers, what they hand over,
and the steps they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.service.callers import Callers
from core.service.errand_steps import Steps
from core.service.errands import Errands
from core.service.incoming import Inbox, Incoming
from core.settings import ApiSettings, save_settings

if TYPE_CHECKING:
    from core.app import Desk


class Outside:
    """Built once by ``core.app``; ``inbox`` is nothing where the API is off."""

    def __init__(self, desk: Desk, inbox: Inbox | None) -> None:
        self._home = desk.home
        self.callers = Callers(desk.home)
        self.incoming = Incoming(inbox, desk.journal, desk.visits, desk.charge, desk.events)
        steps = Steps(
            desk.visits, desk.identify, desk.register, desk.charge, desk.settle, desk.stays,
            desk.refund,
        )  # fmt: skip
        self.errands = Errands(
            desk.journal, desk.clock, desk.events, desk.lanes, desk.visits, steps, self.callers
        )

    def save(self, table: Mapping[str, Any]) -> ApiSettings:
        """Write keys of ``[api]``; ``SetupError`` names what is wrong with them."""
        return save_settings(self._home, {"api": dict(table)}).api
