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
    the wait panel; ``quiet`` work (a re-read behind the scenes) shows no panel, swallows no keys.
    ``stop``: ask long work to end after the batch under way; ``job``: whose progress is shown.
    """

    name: str
    asks: str
    call: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[DeskError], None]
    lane: Lane = "centre"
    quiet: bool = False
    visit: str = ""
    stop: Callable[[], None] | None = None
    job: str = ""


class Page(Protocol):
    """What a presenter needs of the page that shows it."""

    def run(self, work: Work) -> bool:
        """Start ``work``; exactly one of its two endings is called later. False: not begun."""
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
    """Common ground of a screen: what it is busy with, and how it tells what happened.

    ``READS`` names its reading behind the scenes: several parts of one page read at the same time.
    """

    READS = "reread"

    def __init__(self, desk: Any, page: Page) -> None:
        self.desk, self.page = desk, page
        self.busy = ""
        self._rereading = False
        self._again: tuple[Callable[[], Any], Callable[[Any], None]] | None = None

    def subject(self) -> object:
        """Whom the page is about; an ending that comes for another subject is a late one."""
        return self

    def start(
        self, name: str, call: Callable[[], Any], done: Callable[[Any], None], **more: Any
    ) -> bool:
        """Begin slow work unless some is under way; says whether it began."""
        if self.busy:
            return False
        self.busy = say(f"work.asks.{name}")
        self.page.hush()
        failed = self._only_now(self.failed, self.failed_late)
        work = Work(name, self.busy, call, self._ending(done), failed, **more)
        began = self.page.run(work)
        if not began:
            self.busy = ""
        self.page.refresh()
        return began

    def reread(self, call: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Read something again behind the scenes: no wait panel, nothing is locked.

        Asked again while it is being read, it is read once more afterwards.
        """
        if self._rereading:
            self._again = (call, done)
            return
        self._rereading = True
        ended = self._only_now(self._reread_done(done), lambda _: self._read_on())
        work = Work(self.READS, "", call, ended, self._reread_failed, "io", quiet=True)
        if not self.page.run(work):
            self._rereading = False

    def aside(self, name: str, call: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Read something small that is not about the subject; a failure is not worth a word."""
        self.page.run(Work(name, "", call, done, lambda _: None, "io", quiet=True))

    def _reread_done(self, done: Callable[[Any], None]) -> Callable[[Any], None]:
        def ended(value: Any) -> None:
            done(value)
            self.page.refresh()
            self._read_on()

        return ended

    def _reread_failed(self, error: DeskError) -> None:
        self.refused(error)
        self._read_on()

    def _read_on(self) -> None:
        again, self._again, self._rereading = self._again, None, False
        if again is not None:
            self.reread(*again)

    def _ending(self, done: Callable[[Any], None]) -> Callable[[Any], None]:
        def ended(value: Any) -> None:
            self.busy = ""
            done(value)
            self.page.refresh()

        began_for = self.subject()
        return self._only_now(ended, lambda value: self.late(began_for, value))

    def _only_now(
        self, now: Callable[[Any], None], later: Callable[[Any], None]
    ) -> Callable[[Any], None]:
        subject = self.subject()
        return lambda value: now(value) if self.subject() == subject else later(value)

    def late(self, subject: object, value: Any) -> None:
        """An ending for somebody who is no longer on the page."""

    def failed_late(self, error: DeskError) -> None:
        """A refusal for somebody who is no longer on the page."""
        self.page.tell(of_refusal(error))

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
