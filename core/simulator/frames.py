"""Frames of the loopback socket: request = length + bytes, reply = status + length + bytes.

Four bytes big-endian each; the status is signed. A closed connection means: no reply.
"""

from __future__ import annotations

import socket
import struct

HEAD = struct.Struct(">I")
REPLY = struct.Struct(">iI")
LARGEST = 64 * 1024 * 1024


class Broken(Exception):
    """The other side closed in the middle of a frame, or announced a frame that is too large."""


def read_exactly(line: socket.socket, size: int) -> bytes:
    """``size`` bytes, or fewer when the other side closed."""
    parts, missing = [], size
    while missing and (part := line.recv(min(missing, 1 << 20))):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def read_request(line: socket.socket) -> bytes | None:
    """The next request, or nothing when the other side closed between two requests."""
    head = read_exactly(line, HEAD.size)
    if not head:
        return None
    if len(head) < HEAD.size:
        raise Broken
    return _content(line, HEAD.unpack(head)[0])


def read_reply(line: socket.socket) -> tuple[int, bytes]:
    """(status, bytes); raises ``Broken`` when the other side closed without a reply."""
    head = read_exactly(line, REPLY.size)
    if len(head) < REPLY.size:
        raise Broken
    status, size = REPLY.unpack(head)
    return status, _content(line, size)


def _content(line: socket.socket, size: int) -> bytes:
    if size > LARGEST:
        raise Broken
    content = read_exactly(line, size)
    if len(content) < size:
        raise Broken
    return content


def request_frame(payload: bytes) -> bytes:
    """A request ready to send."""
    return HEAD.pack(len(payload)) + payload


def reply_frame(status: int, payload: bytes) -> bytes:
    """A reply ready to send."""
    return REPLY.pack(status, len(payload)) + payload
