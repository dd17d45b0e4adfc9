"""What a code box asks of the desk: the hits of a list, the name of a code, and what was taken.

The desk is found through the page the box stands in, so that every form of every screen has its
lists without a word. A page without lists (or a box without a page) leaves a plain field.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from core.words import say
from gui.operation import Operation, host_of
from gui.widgets.search_box import SHOWN_HITS, Choice


class Lookup:
    """The list ``name`` for ``widget``; everything but ``prepare`` answers at once."""

    def __init__(self, widget: QWidget, name: str) -> None:
        self._widget, self.name = widget, name

    @property
    def _context(self) -> Any:
        try:
            return host_of(self._widget).context
        except LookupError:
            return None

    @property
    def catalogue(self) -> Any:
        """The desk's lists, or nothing."""
        return getattr(getattr(self._context, "desk", None), "catalogue", None)

    @property
    def ready(self) -> bool:
        """The list is loaded and holds something."""
        catalogue = self.catalogue
        return catalogue is not None and len(catalogue.index(self.name)) > 0

    @property
    def mode(self) -> str:
        """``pinyin`` or ``wubi``, as F7 has it."""
        return str(getattr(self._context, "search_mode", "pinyin"))

    def prepare(self, then: Callable[[], None], failed: Callable[[str], None]) -> None:
        """Bring the list up to date behind the scenes; ``then`` is called when it is."""
        catalogue, context = self.catalogue, self._context
        if catalogue is None:
            return
        who = context.user()
        if not catalogue.stale(self.name, who):
            then()
            return
        work = Operation(
            self._widget,
            lambda: catalogue.load(self.name, who),
            name=f"lookup {self.name} {id(self)}",
            lane="io",
        )
        work.on_success(lambda _: then()).on_refused(lambda error: failed(str(error)) or True)
        work.silent().run()

    def find(self, text: str) -> tuple[Choice, ...]:
        """The hits for what was typed."""
        if not self.ready:
            return ()
        hits = self.catalogue.find(self.name, text, self.mode, SHOWN_HITS)
        return tuple(
            Choice(hit.entry.code, f"{hit.entry.code}　{hit.entry.name}", hit.entry.spec, hit.entry)
            for hit in hits
        )

    def name_of(self, code: str) -> str:
        """The name of a code, or nothing."""
        return str(self.catalogue.name_of(self.name, code)) if self.ready else ""

    def no_wubi(self) -> str:
        """A sentence where wubi is asked of a list that came without it."""
        if self.mode != "wubi" or not self.ready or self.catalogue.index(self.name).has_wubi:
            return ""
        return say("lookup.no_wubi", list=say(f"codes.list.{self.name}"))

    def took(self, code: str) -> None:
        """Count what was taken, behind the scenes."""
        catalogue, context = self.catalogue, self._context
        if catalogue is None:
            return
        who, name = context.user(), self.name
        work = Operation(self._widget, lambda: catalogue.chose(name, code, who), lane="io")
        work.on_refused(lambda _: True).silent().run()
