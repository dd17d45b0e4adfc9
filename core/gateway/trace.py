"""The message trace in ``logs/trace.jsonl``: masked, rotating, in a form that can be played again.

One JSON object a line: ``moment`` (ISO, CST), ``code``, ``msgid``, ``ms``, ``ending`` (``reply``,
``unsent``, ``no_reply``), ``cause``, ``status``, ``request`` and ``reply`` (text, masked). What may
be seen is decided by whoever passes the mask: the profile knows the fields, this module does not.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

from core.clock import Clock
from core.gateway.port import Answer, Gateway, Health, NoReply, Reply, Unsent

log = logging.getLogger(__name__)

FILE_SIZE = 8 * 1024 * 1024
FILES = 5
LONGEST = 256 * 1024
ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{4})\d{10}(\d{3}[\dXx])(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Masked:
    """What the trace may keep of one message: its id and its text without secrets."""

    msgid: str
    text: str


Mask = Callable[[str, bytes], Masked]
"""``mask(code, payload)``: payload in the wire encoding; must not raise for any bytes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One exchange as the trace keeps it."""

    moment: str
    code: str
    msgid: str
    ms: int
    ending: str
    cause: str
    status: int | None
    request: str
    reply: str


def hide_id_numbers(text: str) -> str:
    """Blank the middle of everything that looks like an 18-digit identity number."""
    return ID_NUMBER.sub(r"\1**********\2", text)


def text_mask(hide: Callable[[str], str], encoding: str, institution: str) -> Mask:
    """A mask over ``hide`` (the centre's, text to text); the first id of ours (``institution`` and
    18 digits) names the row; bytes that are no text of ``encoding`` become replacement signs."""
    ours = re.compile(re.escape(institution) + r"\d{18}")

    def mask(code: str, payload: bytes) -> Masked:
        text = payload.decode(encoding, "replace")
        found = ours.search(text)
        return Masked(found[0] if found else "", hide(text))

    return mask


class _Lines:
    """Lines into a file that rotates; a full or locked disk never disturbs the caller."""

    def __init__(self, handler: RotatingFileHandler) -> None:
        self._handler = handler

    def write(self, text: str) -> None:
        """Append ``text``."""
        self._handler.handle(logging.makeLogRecord({"msg": text}))

    def close(self) -> None:
        """Close the file."""
        self._handler.close()


class _QuietHandler(RotatingFileHandler):
    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """A log that cannot be written is not worth an interruption."""


def rotating_file(
    path: Path, size: int, files: int, form: str = "%(asctime)s %(message)s"
) -> _Lines:
    """A file of at most ``size`` bytes with ``files`` older ones; made at the first line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = _QuietHandler(path, "a", size, files, "utf-8", delay=True)
    handler.setFormatter(logging.Formatter(form))
    return _Lines(handler)


class Trace:
    """Writes rows; every payload goes through ``mask`` first."""

    def __init__(self, folder: Path, clock: Clock, mask: Mask) -> None:
        self._lines = rotating_file(folder / "trace.jsonl", FILE_SIZE, FILES, "%(message)s")
        self._clock = clock
        self._mask = mask

    def note(self, code: str, request: bytes, answer: Answer) -> Row:
        """Keep one exchange."""
        asked, said = self._masked(code, request), self._masked(code, _payload(answer))
        row = Row(
            self._clock.now().isoformat(), code, asked.msgid, getattr(answer, "ms", 0),
            ENDINGS[type(answer)], getattr(answer, "cause", ""), getattr(answer, "status", None),
            asked.text[:LONGEST], said.text[:LONGEST],
        )  # fmt: skip
        self._lines.write(json.dumps(asdict(row), ensure_ascii=False))
        return row

    def close(self) -> None:
        """Close the file."""
        self._lines.close()

    def _masked(self, code: str, payload: bytes) -> Masked:
        return self._mask(code, payload) if payload else Masked("", "")


ENDINGS: dict[type, str] = {Reply: "reply", Unsent: "unsent", NoReply: "no_reply"}


def _payload(answer: Answer) -> bytes:
    return b"" if isinstance(answer, Unsent) else answer.payload


class TracedGateway:
    """A gateway whose every exchange is kept in a trace."""

    def __init__(self, inner: Gateway, trace: Trace) -> None:
        self._inner = inner
        self._trace = trace

    def call(self, code: str, payload: bytes, deadline: float) -> Answer:
        """As the inner gateway."""
        answer = self._inner.call(code, payload, deadline)
        try:
            self._trace.note(code, payload, answer)
        except Exception:
            log.exception("no trace of a call of %s", code)
        return answer

    def health(self) -> Health:
        """As the inner gateway."""
        return self._inner.health()

    def close(self) -> None:
        """Close the gateway, then the trace."""
        self._inner.close()
        self._trace.close()


def replay(path: Path) -> Iterator[Row]:
    """The rows of a trace file, oldest first; a torn last line is left out."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                yield Row(**json.loads(line))
            except (ValueError, TypeError):
                continue
