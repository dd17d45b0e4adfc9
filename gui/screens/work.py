"""What a presenter and its page say to each other: slow work, messages, the money panel's contents.

Plain Python. A presenter never waits: it hands a ``Work`` to its page, which runs it on a lane of
the desk and calls back in the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from core.errors import DeskError
from core.money import Fen
from core.words import say
from gui.messages import Kind, Message, of_refusal

Lane = Literal["centre", "io"]


@dataclass(frozen=True, slots=True)
class Work:
    """Something slow: ``call`` runs on ``lane``; ``done`` or ``failed`` in the window's thread.

    ``name`` and ``visit`` are those of the core's ``Progress`` events; ``asks`` is the sentence of
    the wait panel; ``quiet`` work shows no panel and swallows no keys (a re-read behind the scenes).
    ``parked``: the cashier went on with the next patient while it was still under way.
    """

    name: str
    asks: str
    call: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[DeskError], None]
    lane: Lane = "centre"
    quiet: bool = False
    visit: str = ""
    parked: Callable[[], None] | None = None
    stop: Callable[[], None] | None = None


class Page(Protocol):
    """What a presenter needs of the page that shows it."""

    def run(self, work: Work) -> None:
        """Start ``work``; exactly one of its two endings is called later."""
        ...

    def refresh(self) -> None:
        """Show the presenter's present state."""
        ...

    def tell(self, message: Message) -> None:
        """Show a banner."""
        ...

    def hush(self) -> None:
        """Take the page's banners away."""
        ...

    def print_slip(self, msgid: str) -> None:
        """Print the slip of a settlement or of its cancellation."""
        ...


@dataclass(frozen=True, slots=True)
class MoneyFace:
    """What the money panel shows, in fen; ``checks`` are (holds, sentence); ``refund``: in red."""

    total: Fen | None = None
    fund: Fen | None = None
    personal: Fen | None = None
    received: Fen | None = None
    change: Fen | None = None
    headline: str = ""
    checks: tuple[tuple[bool, str], ...] = ()
    refund: bool = False
    final: bool = False


class Presenter:
    """Common ground of a screen: what it is busy with, and how it tells what happened."""

    def __init__(self, desk: Any, page: Page) -> None:
        self.desk, self.page = desk, page
        self.busy = ""

    def start(
        self, name: str, call: Callable[[], Any], done: Callable[[Any], None], **more: Any
    ) -> bool:
        """Begin slow work unless some is under way; says whether it began."""
        if self.busy:
            return False
        self.busy = say(f"work.asks.{name}")
        self.page.hush()
        self.page.run(Work(name, self.busy, call, self._ending(done), self.failed, **more))
        self.page.refresh()
        return True

    def reread(self, call: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Read something again behind the scenes: no wait panel, nothing is locked."""
        ended = self._then_refresh(done)
        self.page.run(Work("reread", "", call, ended, self.refused, "io", quiet=True))

    def _ending(self, done: Callable[[Any], None]) -> Callable[[Any], None]:
        def ended(value: Any) -> None:
            self.busy = ""
            done(value)
            self.page.refresh()

        return ended

    def _then_refresh(self, done: Callable[[Any], None]) -> Callable[[Any], None]:
        def ended(value: Any) -> None:
            done(value)
            self.page.refresh()

        return ended

    def failed(self, error: DeskError) -> None:
        """A guard or the surroundings said no: its sentence becomes the banner."""
        self.busy = ""
        self.refused(error)

    def refused(self, error: DeskError) -> None:
        """Show the sentence of an error, without ending what is under way."""
        self.page.tell(of_refusal(error))
        self.page.refresh()

    def tell(self, kind: Kind, key: str, **holes: object) -> None:
        """Show the sentence ``key`` as a banner; a later one of the same key replaces it."""
        self.page.tell(Message(kind, say(key, **holes), key=key))
