"""Which page 病历上传 is: records as a whole, or in parts where the centre takes them so."""

from __future__ import annotations

from gui.screens.screen import Screen
from gui.shell.context import Context

PARTS = "parts"


class RecordsPage:
    """Makes the page that fits the centre."""

    name = "records"

    def __new__(cls, context: Context) -> Screen:  # type: ignore[misc]
        if context.desk.centre.capabilities.records == PARTS:
            from gui.screens.records.parts_view import PartsView

            return PartsView(context)
        from gui.screens.records.view import RecordsView

        return RecordsView(context)
