"""The one road to paper: the queue is looked at before, the job afterwards, and what is seen said.

A print call that returns proves nothing; only a job that the printing system calls done does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtGui import QPagedPaintDevice

from core import files
from core.errors import Fault, SetupError, fault
from core.printing.port import Queue, Queues, Unseen
from core.printing.watching import Seen, in_words, last_number, watch
from core.words import say

Draw = Callable[[QPagedPaintDevice], None]


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where the paper went, as a sentence part, and what became of its job.

    ``out``: paper is known (or, where nobody can be asked, believed) to have come out.
    """

    place: str
    seen: Seen

    @property
    def out(self) -> bool:
        """Count it."""
        return self.seen.verdict in ("printed", "unseen")


def deliver(queues: Queues, name: str, title: str, draw: Draw) -> Delivered:
    """Give what ``draw`` paints to the queue ``name`` as a job called ``title``, and look.

    Raises ``SetupError`` with a sentence when the queue is not there or takes nothing (then nothing
    was sent), or when the job was thrown away. A job that is held is ``Delivered`` and not ``out``.
    """
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    info = QPrinterInfo.printerInfo(name)
    _ready(queues, name, info)
    before = last_number(queues, name)
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    try:
        draw(printer)
    except OSError as error:
        raise SetupError(fault("printing.refused", name=name, title=title, error=error)) from error
    seen = watch(queues, name, title, before)
    if seen.verdict == "gone":
        raise SetupError(fault("printing.gone", name=name, job=seen.job))
    if seen.verdict == "unseen" and stopped(QPrinterInfo.printerInfo(name)):
        raise SetupError(fault("printing.doubtful", name=name))
    return Delivered(place_of(name, seen), seen)


def sent(queues: Queues, name: str, title: str, draw: Draw) -> str:
    """As ``deliver``, for a paper that nobody counts; a held one is a ``SetupError`` too."""
    done = deliver(queues, name, title, draw)
    if done.seen.verdict == "held":
        raise SetupError(Fault("printing.held", done.place))
    return done.place


def place_of(name: str, seen: Seen) -> str:
    """``printing.<verdict>``: where it went."""
    return say(f"printing.{seen.verdict}", name=name, job=seen.job, why=seen.why)


def _ready(queues: Queues, name: str, info: Any) -> None:
    """Refuse a queue that is not there or takes nothing: paper would come at some other time."""
    queue = _queue(queues, name)
    if info.isNull() or (queue is not None and not queue.known):
        raise SetupError(fault("printing.missing", name=name))
    if queue is not None and not queue.takes:
        raise SetupError(fault("printing.stopped", name=name, why=in_words(queue.troubles)))
    if queue is None and stopped(info):
        raise SetupError(fault("printing.stopped", name=name, why=in_words(("other",))))


def _queue(queues: Queues, name: str) -> Queue | None:
    try:
        return queues.queue(name)
    except Unseen:
        return None


def stopped(info: Any) -> bool:
    """Does Qt say that the queue takes no work? (All that is left where it cannot be asked.)"""
    from PySide6.QtPrintSupport import QPrinter

    return bool(info.state() in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted))


def write_whole(path: Path, content: bytes, key: str) -> Path:
    """Write a file whole or not at all; ``SetupError`` with the sentence ``key`` otherwise."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(path, content, path.with_name(f"{path.name}.new"))
    except OSError as error:
        raise SetupError(fault(key, path=path, error=error)) from error
    return path
