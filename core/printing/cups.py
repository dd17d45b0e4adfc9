"""Print queues of CUPS, asked over IPP at the place where libcups finds its server."""

from __future__ import annotations

import getpass
import os
import socket
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

from core.printing import ipp
from core.printing.port import Job, JobState, Queue, Unseen

SOCKETS = ("/run/cups/cups.sock", "/var/run/cups/cups.sock", "/private/var/run/cupsd")
PORT = 631
PATIENCE = 5.0
LARGEST = 4 * 1024 * 1024
JOBS, PRINTERS = 2, 4
STOPPED = 5
STATES: dict[int, JobState] = {
    3: "waiting", 4: "waiting", 5: "printing", 6: "waiting",
    7: "withdrawn", 8: "failed", 9: "printed",
}  # fmt: skip
HARMLESS = frozenset({"none", "connecting-to-device"})
SPOKEN = frozenset({"offline", "cups-remote-stopped"})  # they stop it whatever their level says
ASKED_OF_QUEUE = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")
ASKED_OF_JOBS = ("job-id", "job-name", "job-state", "job-state-reasons")
HELD = {"job-hold-until-specified": "held", "printer-stopped": "paused"}


class _Local(HTTPConnection):
    """HTTP over the server's own socket."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.host)


class CupsQueues:
    """``core.printing.port.Queues`` of a CUPS server; ``server`` is a socket's path or host:port.

    Without one it is asked where libcups asks: ``CUPS_SERVER``, the usual socket, this machine.
    """

    def __init__(self, server: str = "") -> None:
        self._server = server

    def queue(self, name: str) -> Queue:
        """As ``Queues.queue``."""
        asked = {"requested-attributes": (ipp.KEYWORD, ASKED_OF_QUEUE)}
        said = self._ask(ipp.GET_ATTRIBUTES, name, asked)
        if said.status == ipp.NOT_FOUND:
            return Queue(name, known=False)
        found = next(iter(said.of(PRINTERS)), None)
        if not said.done or found is None:
            raise Unseen(f"IPP {said.status:#06x}")
        return Queue(name, takes=_takes(found), troubles=_troubles(found))

    def jobs(self, name: str) -> tuple[Job, ...]:
        """As ``Queues.jobs``."""
        asked = {"which-jobs": (ipp.KEYWORD, ["all"]),
                 "requested-attributes": (ipp.KEYWORD, ASKED_OF_JOBS)}  # fmt: skip
        said = self._ask(ipp.GET_JOBS, name, asked)
        if said.status == ipp.NOT_FOUND:
            return ()
        if not said.done:
            raise Unseen(f"IPP {said.status:#06x}")
        jobs = (_job(found) for found in said.of(JOBS) if found.get("job-id"))
        return tuple(sorted(jobs, key=lambda job: job.number))

    def see(self, name: str) -> tuple[Queue, tuple[Job, ...]]:
        """As ``Queues.see``; the jobs first: one that goes meanwhile is still known."""
        jobs = self.jobs(name)
        return self.queue(name), jobs

    def withdraw(self, name: str, number: int) -> None:
        """As ``Queues.withdraw``."""
        said = self._ask(ipp.CANCEL_JOB, name, {"job-id": (ipp.INTEGER, [number])})
        if not said.done and said.status not in (ipp.NOT_FOUND, ipp.NOT_POSSIBLE):
            raise Unseen(f"IPP {said.status:#06x}")

    # -- the line

    def _ask(self, operation: int, name: str, more: dict[str, Any]) -> ipp.Answer:
        uri = f"ipp://localhost/printers/{quote(name)}"
        who = {"printer-uri": (ipp.URI, [uri])}
        known = {"requesting-user-name": (ipp.NAME, [_user()])}
        place = {"job-id": more.pop("job-id")} if "job-id" in more else {}
        message = ipp.request(operation, {**who, **place, **known, **more})
        try:
            return ipp.answer(self._post(message))
        except (OSError, HTTPException, ValueError) as error:
            raise Unseen(str(error) or type(error).__name__) from error

    def _post(self, message: bytes) -> bytes:
        line = self._line()
        heads = {"Content-Type": "application/ipp", "Host": "localhost"}
        if isinstance(line, _Local):
            heads["Authorization"] = f"PeerCred {_user()}"
        try:
            line.request("POST", "/", message, heads)
            reply = line.getresponse()
            content = reply.read(LARGEST)
        finally:
            line.close()
        if reply.status != 200:
            raise HTTPException(f"HTTP {reply.status}")
        return content

    def _line(self) -> HTTPConnection:
        server = self._server or os.environ.get("CUPS_SERVER", "") or _usual()
        if server.startswith("/"):
            return _Local(server, timeout=PATIENCE)
        host, _, port = server.partition("/")[0].partition(":")
        return HTTPConnection(host, int(port or PORT), timeout=PATIENCE)


def _usual() -> str:
    return next((path for path in SOCKETS if Path(path).exists()), "localhost")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "anonymous"


def _takes(found: ipp.Attributes) -> bool:
    accepts = found.get("printer-is-accepting-jobs") != [False]
    return accepts and found.get("printer-state") != [STOPPED]


def _troubles(found: ipp.Attributes) -> tuple[str, ...]:
    said = [_trouble(word) for word in found.get("printer-state-reasons", ())]
    if found.get("printer-state") == [STOPPED] and not any(said):
        said.append("paused")
    if found.get("printer-is-accepting-jobs") == [False]:
        said.append("rejecting")
    return tuple(dict.fromkeys(word for word in said if word))


def _trouble(word: str) -> str:
    """What stops the queue, without its level; empty for a warning, a report, a harmless one."""
    name, dash, level = word.rpartition("-")
    plain = name if dash and level in ("error", "warning", "report") else word
    if plain in SPOKEN:
        return plain
    mild = level in ("warning", "report") or plain in HARMLESS or plain.startswith("cups-")
    return "" if mild else plain


def _job(found: ipp.Attributes) -> Job:
    state = STATES.get(next(iter(found.get("job-state", ())), 3), "waiting")
    words = found.get("job-state-reasons", ())
    troubles = tuple(HELD[word] for word in words if word in HELD)
    title = next(iter(found.get("job-name", ())), "")
    return Job(int(found["job-id"][0]), str(title), state, troubles)
