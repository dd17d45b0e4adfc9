"""The only meeting point of threads: core events become signals, results come home checked."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from core.events import (
    CentreAnswered,
    ErrandChanged,
    Event,
    Events,
    LibraryState,
    OutboxChanged,
    Progress,
    TransactionChanged,
    VisitGiven,
)

log = logging.getLogger(__name__)


def lives(receiver: QObject | None) -> bool:
    """Whether the Qt object behind ``receiver`` still exists."""
    return receiver is not None and shiboken6.isValid(receiver)


class Bridge(QObject):
    """Lives in the GUI thread; every signal below arrives there, whoever announced it."""

    transaction_changed = Signal(object)
    centre_answered = Signal(object)
    progress = Signal(object)
    library_state = Signal(object)
    outbox_changed = Signal(object)
    errand_changed = Signal(object)
    visit_given = Signal(object)
    _heard = Signal(object)
    _posted = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._unlisten: Callable[[], None] = lambda: None
        self._roads = {
            TransactionChanged: self.transaction_changed,
            CentreAnswered: self.centre_answered,
            Progress: self.progress,
            LibraryState: self.library_state,
            OutboxChanged: self.outbox_changed,
            ErrandChanged: self.errand_changed,
            VisitGiven: self.visit_given,
        }
        self._heard.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def attach(self, events: Events) -> None:
        """Hear ``events`` of the core from now on."""
        self._unlisten()
        self._unlisten = events.listen(self.hear)

    def detach(self) -> None:
        """Hear nothing more."""
        self._unlisten()
        self._unlisten = lambda: None

    def hear(self, event: Event) -> None:
        """Called by the core in any thread."""
        if lives(self):
            self._heard.emit(event)

    def post(self, receiver: QObject, call: Callable[[], None]) -> None:
        """From any thread: run ``call`` in the GUI thread, if ``receiver`` still lives then."""
        self.post_to(weakref.ref(receiver), call)

    def post_to(self, receiver: weakref.ref[QObject], call: Callable[[], None]) -> None:
        """As ``post``, for one who must not keep the receiver alive."""
        if lives(self):
            self._posted.emit(receiver, call)

    def _tell(self, event: Event) -> None:
        road = self._roads.get(type(event))
        if road is not None:
            road.emit(event)

    def _deliver(self, receiver: weakref.ref[QObject], call: Callable[[], None]) -> None:
        if lives(receiver()):
            call()
        else:
            log.info("a result came for a page that is gone")
