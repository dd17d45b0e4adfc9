"""One way to do anything slow: the call on a lane, its ending back in the page that asked.

``Operation(page, call, name="settle", asks="…").on_success(f).on_parked(g).run()``. The contract:
``call`` runs in another thread and touches no widget; handlers run in the GUI thread and only
while the page lives; a page asks one thing at a time, so twenty Enters start it once.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, ClassVar, Self

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from core.errors import DeskError
from core.events import Progress
from core.outcome import Accepted, NotSent, Rejected, Unknown
from core.words import say
from gui import messages
from gui.bridge import lives
from gui.messages import Message

if TYPE_CHECKING:
    from gui.widgets.wait_panel import WaitPanel

log = logging.getLogger(__name__)
ENDINGS = (Accepted, Rejected, NotSent, Unknown)
Handler = Callable[[Any], Any]


class StopFlag:
    """「做完这一批停下」: give it to the service as ``stop`` and to ``Operation.stoppable``."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __call__(self) -> bool:
        return self._asked.is_set()

    def ask(self) -> None:
        """Stop after the batch under way."""
        self._asked.set()


class Operation:
    """A call on its way; see the module's contract."""

    _alive: ClassVar[set[Operation]] = set()

    def __init__(
        self,
        parent: QWidget,
        call: Callable[[], Any],
        *,
        name: str = "",
        asks: str = "",
        lane: str = "centre",
    ) -> None:
        self._call, self.name, self.asks, self._lane = call, name, asks, lane
        self._page = host_of(parent)
        self._context = self._page.context
        self._receiver: weakref.ref[QObject] = weakref.ref(parent)
        self._handlers: dict[str, Handler] = {}
        self._stop: StopFlag | None = None
        self._job = ""
        self._silent = self._quiet = self.parked = self._follows = False

    def on_success(self, handler: Handler) -> Self:
        """Accepted, or a call that simply returned: gets the call's whole value."""
        return self._on("success", handler)

    def on_rejected(self, handler: Handler) -> Self:
        """The centre refused: gets the call's value. True = the page has said it itself."""
        return self._on("rejected", handler)

    def on_not_sent(self, handler: Handler) -> Self:
        """Nothing left the desk: gets the call's value. True = the page has said it itself."""
        return self._on("not_sent", handler)

    def on_unknown(self, handler: Handler) -> Self:
        """It may have happened: gets the call's value. True = the page has said it itself."""
        return self._on("unknown", handler)

    def on_refused(self, handler: Handler) -> Self:
        """A guard or wrong input: gets the ``DeskError``. True = the page has said it itself."""
        return self._on("refused", handler)

    def on_ending(self, handler: Handler) -> Self:
        """All four endings and plain values alike, for pages that word every ending themselves."""
        for ending in ("success", "rejected", "not_sent", "unknown"):
            self._on(ending, lambda value: handler(value) is not False)
        return self

    def also_when_parked(self) -> Self:
        """The handlers hear the ending although the page has gone on:
        they know whom it is about."""
        self._follows = True
        return self

    def on_parked(self, handler: Callable[[], Any]) -> Self:
        """Offer 「放到待处理」; called when it was pressed: show the next patient."""
        return self._on("parked", lambda _: handler())

    def on_finished(self, handler: Callable[[], Any]) -> Self:
        """After any ending (not after parking)."""
        return self._on("finished", lambda _: handler())

    def stoppable(self, stop: StopFlag, job: str = "") -> Self:
        """Offer 「做完这一批停下」 and show the progress that the core announces.

        ``job``: only of that job, where the steps of a larger one announce theirs too.
        """
        self._stop, self._job = stop, job
        return self

    def silent(self) -> Self:
        """Background reading: no lock, no panel, no banner but for our own bugs."""
        self._silent = self._quiet = True
        return self

    def _on(self, ending: str, handler: Handler) -> Self:
        self._handlers[ending] = handler
        return self

    def run(self) -> bool:
        """Start; False when the page already asks something, or this name is under way."""
        if any(self._forbids(other) for other in Operation._alive):
            log.info("operation %s is already running", self.name)
            return False
        Operation._alive.add(self)
        if not self._silent:
            self._lock()
        lanes = self._context.desk.lanes
        submit = lanes.centre if self._lane == "centre" else lanes.io
        future: Future[Any] = submit(self._call)
        future.add_done_callback(self._came_back)
        return True

    def _forbids(self, other: Operation) -> bool:
        same_page = other._page is self._page and not other.parked
        same_name = bool(self.name) and other.name == self.name
        silent = self._silent or other._silent
        return same_page and (same_name or not silent)

    @classmethod
    def under_way(cls) -> tuple[Operation, ...]:
        """Everything asked and not yet answered, parked ones too; silent reading is left out."""
        return tuple(item for item in cls._alive if not item._silent)  # noqa: SLF001 - ours

    @classmethod
    def none_left(cls) -> bool:
        """Nothing at all is on its way, silent reading included."""
        return not cls._alive

    def _lock(self) -> None:
        panel = self._panel()
        park = self.park if "parked" in self._handlers else None
        panel.begin(self.asks, park, self._ask_stop if self._stop else None)
        if self._stop:
            self._context.bridge.progress.connect(self._progressed)

    def _panel(self) -> WaitPanel:
        """The page's panel; the log-in page stands before anything can be waited for."""
        from gui.widgets.wait_panel import WaitPanel

        return WaitPanel.of(self._page, self._context.actions)

    def _unlock(self) -> None:
        if self._silent or self.parked or not lives(self._page):
            return
        if self._stop:
            self._context.bridge.progress.disconnect(self._progressed)
        self._panel().end()

    def park(self) -> None:
        """Leave it to 待处理: the page is free, the call goes on, a banner will tell its ending."""
        self._unlock()
        self.parked = True
        self._handlers.get("parked", _nothing)(None)

    def _ask_stop(self) -> None:
        assert self._stop is not None
        self._stop.ask()
        self._panel().stopping()

    def _progressed(self, event: Progress) -> None:
        if self._job in ("", event.name):
            self._panel().progress(event.done, event.total)

    def _came_back(self, future: Future[Any]) -> None:
        """In the lane's thread: only carry it home."""
        self._context.bridge.post(self._context.bridge, lambda: self._arrived(future))

    def _arrived(self, future: Future[Any]) -> None:
        Operation._alive.discard(self)
        self._unlock()
        if not lives(self._receiver()) or not lives(self._page):
            log.info("operation %s ended after its page was gone", self.name)
            return
        self._end(future)
        if not self.parked:
            self._handlers.get("finished", _nothing)(None)

    def _end(self, future: Future[Any]) -> None:
        try:
            value = future.result()
        except CancelledError:
            return
        except DeskError as error:
            self._tell("refused", error, messages.of_refusal(error))
        except Exception as error:
            log.exception("operation %s failed", self.name)
            self._say(messages.of_bug(error))
        else:
            self._dispatch(value)

    def _dispatch(self, value: Any) -> None:
        outcome = ending_of(value)
        if self.parked and not self._follows:
            self._say_parked(outcome)
        elif outcome is None or isinstance(outcome, Accepted):
            self._handlers.get("success", _nothing)(value)
        else:
            msgid = getattr(value, "msgid", "") or ""
            self._tell(outcome.name, value, messages.of_outcome(outcome, msgid))

    def _tell(self, ending: str, value: Any, message: Message | None) -> None:
        said = False
        if self._follows or not self.parked:
            said = self._handlers.get(ending, _nothing)(value) is True
        if message is not None and not said and not self._quiet:
            self._say(message)

    def _say_parked(self, outcome: Any) -> None:
        name = outcome.name if outcome is not None else "accepted"
        kinds = {"accepted": "done", "unknown": "unknown"}
        text = say(f"operation.parked_{name}", asks=self.asks)
        self._say(Message(kinds.get(name, "warning"), text))

    def _say(self, message: Message) -> None:
        self._context.messages.say(self._page.name, message)


def ending_of(value: Any) -> Any:
    """The outcome within a step's result, a tuple that begins with one, or a bare one;
    or nothing."""
    candidate = getattr(value, "outcome", None)
    if isinstance(candidate, ENDINGS):
        return candidate
    if isinstance(value, tuple) and value and isinstance(value[0], ENDINGS):
        return value[0]
    return value if isinstance(value, ENDINGS) else None


def host_of(widget: QWidget) -> Any:
    """The page of a widget: the nearest ancestor (or itself) that carries a ``context``."""
    place: Any = widget
    while place is not None and not hasattr(place, "context"):
        place = place.parentWidget()
    if place is None:
        raise LookupError("an operation needs a page with a context")
    return place


def _nothing(_: Any) -> None:
    return None
