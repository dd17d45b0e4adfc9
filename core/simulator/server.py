"""The simulated centre of family ZJS on a loopback socket: frames, one thread a connection."""

from __future__ import annotations

import contextlib
import socketserver

from core.simulator.centre import SimulatedCentre
from core.simulator.frames import Broken, read_request, reply_frame
from core.simulator.serving import Serving

INTERNAL = Serving.failed.status


class _Connection(socketserver.BaseRequestHandler):
    """Serves requests until the other side closes, or a fault cuts the line."""

    server: CentreServer

    def handle(self) -> None:
        with contextlib.suppress(OSError, Broken):
            while (payload := read_request(self.request)) is not None:
                if not self._serve(payload):
                    return

    def _serve(self, payload: bytes) -> bool:
        served = self.server.centre_call(payload)
        if served.ending == "hang":
            self.request.recv(1)  # until the other side gives up
        if served.ending != "reply":
            return False
        self.server.over.wait(served.wait)
        self.request.sendall(reply_frame(served.status, served.payload))
        return True


class CentreServer(Serving):
    """The address is as ``GSDESK_CENTRE`` wants it."""

    def __init__(self, centre: SimulatedCentre, port: int = 0) -> None:
        super().__init__(centre, _Connection, port)
