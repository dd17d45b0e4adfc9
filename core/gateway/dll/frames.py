"""The frames between the desk and its worker process, read with distrust.

A frame is 12 bytes of head (``GSD``, kind, number, length; big-endian) and ``length`` bytes. The
worker has its own twin of this (it may import nothing of ours); tests feed each to the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct

HEAD = Struct(">3scII")
STATUS = Struct(">i")
MAGIC = b"GSD"
HIGHEST = 0xFFFFFFFF
CHUNK = 256 * 1024

LOAD, CALL = b"L", b"C"
READY, REFUSED, ANSWER, DISTRUST, NOT_CALLED = b"R", b"E", b"A", b"X", b"N"


class FrameError(Exception):
    """No whole, well-formed frame came: ``cause`` is ``worker_died`` (end of file, also within a
    frame), ``frame_garbage`` or ``reply_too_large``; ``got`` what came of it (bytes)."""

    def __init__(self, cause: str, got: bytes = b"") -> None:
        super().__init__(cause)
        self.cause = cause
        self.got = got


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: ``kind`` is one letter, ``number`` repeats the request's."""

    kind: bytes
    number: int
    body: bytes


def encode(kind: bytes, number: int, body: bytes) -> bytes:
    """The frame as bytes; raises ``ValueError`` for a body that no length can name."""
    if len(body) > HIGHEST:
        raise ValueError(f"a frame of {len(body)} bytes")
    return HEAD.pack(MAGIC, kind, number, len(body)) + body


class FrameReader:
    """Reads frames from ``take(size) -> bytes`` (at most ``size``; empty = end of file)."""

    def __init__(self, take: Callable[[int], bytes], limit: int) -> None:
        self._take = take
        self._limit = limit

    def read(self, number: int) -> Frame:
        """The next frame, which must answer ``number`` and be alone; raises ``FrameError``."""
        got = self._until(b"", HEAD.size)
        magic, kind, answered, length = HEAD.unpack_from(got)
        if magic != MAGIC or answered != number:
            raise FrameError("frame_garbage", got)
        if length > self._limit:
            raise FrameError("reply_too_large", got)
        got = self._until(got, HEAD.size + length)
        if len(got) != HEAD.size + length:
            raise FrameError("frame_garbage", got)
        return Frame(kind, number, got[HEAD.size :])

    def _until(self, got: bytes, size: int) -> bytes:
        if len(got) >= size:
            return got
        parts, have = [got], len(got)
        while have < size:
            part = self._take(CHUNK)
            if not part:
                raise FrameError("worker_died", b"".join(parts))
            parts.append(part)
            have += len(part)
        return b"".join(parts)
