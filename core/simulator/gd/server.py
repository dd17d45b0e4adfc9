"""The simulated platform as a real HTTP server on loopback, with TLS where a certificate is given.

Every path is served: programs and relayed programs are told apart by what they contain, control
messages come as JSON. The platform's own status 0 is HTTP 200.
"""

from __future__ import annotations

import contextlib
import ssl
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from core.errors import SetupError, fault
from core.simulator.faults import CRASH, LOST, Served
from core.simulator.gd.platform import SimulatedPlatform
from core.simulator.process import PATH
from core.simulator.serving import Serving

LARGEST = 64 * 1024 * 1024
GATEWAY_TIMEOUT = 504
QUIET_SECONDS = 60.0
XML = "text/xml;charset=UTF-8"


class _Connection(BaseHTTPRequestHandler):
    """Serves requests of one connection until the other side closes, or a fault cuts the line."""

    server: PlatformServer
    protocol_version = "HTTP/1.1"
    timeout = QUIET_SECONDS
    server_version = "platform"
    sys_version = ""

    def setup(self) -> None:
        """Shake hands in this thread, so that a slow client holds up nobody."""
        if self.server.tls is not None:
            self.request.settimeout(QUIET_SECONDS)
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        """Close what the handshake has made of the line."""
        super().finish()
        if self.server.tls is not None:
            self.request.close()

    def handle(self) -> None:
        """Until the line is closed; how is nobody's business."""
        with contextlib.suppress(OSError):
            super().handle()

    def do_POST(self) -> None:
        """One call."""
        size = int(self.headers.get("Content-Length") or 0)
        if size > LARGEST:
            self.close_connection = True
            self.send_error(413)
            return
        self._answer(self.server.centre_call(self.rfile.read(size)))

    def _answer(self, served: Served) -> None:
        if served.ending == "hang":
            self.connection.settimeout(None)
            self.connection.recv(1)  # until the other side gives up
        if served.ending in ("hang", "close") or served.status == CRASH:
            self.close_connection = True
            return
        self.server.over.wait(served.wait)
        self.send_response(GATEWAY_TIMEOUT if served.status == LOST else served.status or 200)
        self.send_header("Content-Type", XML)
        self.send_header("Content-Length", str(len(served.payload)))
        self.end_headers()
        cut = served.ending == "cut"
        self.close_connection = self.close_connection or cut
        self.wfile.write(served.payload[: len(served.payload) // 2] if cut else served.payload)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the books know every call."""


class PlatformServer(Serving):
    """Listens on 127.0.0.1 (``port`` 0: any free one) until somebody calls ``end``.

    ``tls``: a PEM file with certificate and key; raises ``SetupError`` where it holds none.
    """

    failed = Served(500, b"internal error")

    def __init__(self, platform: SimulatedPlatform, port: int = 0, tls: Path | None = None) -> None:
        self.tls = None if tls is None else _context(tls)
        super().__init__(platform, _Connection, port)

    @property
    def url(self) -> str:
        """The address as ``[centre] url`` wants it."""
        return f"{'http' if self.tls is None else 'https'}://{self.address}{PATH}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off, or a handshake that fails, is no fault of ours."""


def _context(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(file)
    except (OSError, ssl.SSLError) as error:
        raise SetupError(fault("simulator.bad_certificate", path=file, error=error)) from error
    return context
