"""Stand-in for the vendor's library in training mode; standard library only.

The worker imports this file instead of loading a DLL. It forwards each message to the simulated
centre named by ``GSDESK_CENTRE`` and blocks as long as the centre is silent, as the real library
does. It says no more than a vendor's library would: a status that is not 0 and a text.
"""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

TEXTS = Path(__file__).resolve().parents[2] / "resources" / "labels" / "simulator.toml"
UNREACHABLE, NO_ANSWER, NO_ADDRESS = -100, -101, -102
CRASH, CRASHED = -999_001, 139
CONNECT_SECONDS = 5.0
LARGEST = 64 * 1024 * 1024


def _say(key: str, **holes: str) -> bytes:
    import tomllib

    texts = tomllib.loads(TEXTS.read_text("utf-8"))["simulator"]
    return str(texts[key]).format(**holes).encode("gbk")


def _connect(address: str) -> socket.socket:
    host, port = address.rsplit(":", 1)
    line = socket.create_connection((host, int(port)), CONNECT_SECONDS)
    line.settimeout(None)
    return line


def _read(line: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = line.recv(min(size - len(found), 1 << 20))
        if not part:
            raise ConnectionError("closed without a reply")
        found += part
    return found


def _forward(line: socket.socket, payload: bytes) -> tuple[int, bytes]:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.sendall(struct.pack(">I", len(payload)) + payload)
    status, size = struct.unpack(">iI", _read(line, 8))
    if size > LARGEST:
        raise ConnectionError("reply too large")
    return status, _read(line, size)


def Si_INIT() -> tuple[int, bytes]:
    """0 when the centre can be reached; else a negative status and a text (GBK)."""
    address = os.environ.get("GSDESK_CENTRE", "")
    if not address:
        return NO_ADDRESS, _say("no_address")
    try:
        _connect(address).close()
    except (OSError, ValueError):
        return UNREACHABLE, _say("unreachable", address=address)
    return 0, b""


def Si_Busi(payload: bytes) -> tuple[int, bytes]:
    """The centre's status and answer; without an answer a negative status and a text (GBK)."""
    address = os.environ.get("GSDESK_CENTRE", "")
    try:
        line = _connect(address)
    except (OSError, ValueError):
        return UNREACHABLE, _say("unreachable", address=address)
    with line:
        try:
            status, answer = _forward(line, payload)
        except OSError:
            return NO_ANSWER, _say("no_answer")
    if status == CRASH:
        os._exit(CRASHED)
    return status, answer
