"""``gsdesk api``: tokens of the local HTTP API, and serving it without a window."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType

from core.commands.output import write_json
from core.errors import InvalidInput, Refused, fault
from core.service.callers import Callers
from core.words import say

log = logging.getLogger(__name__)
EVERY = 5.0  # seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do; whose token."""
    parser.add_argument(
        "act", choices=("serve", "list", "admit", "revoke"), help=say("callers.act")
    )
    parser.add_argument("name", nargs="?", default="", help=say("callers.who"))
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 done, 1 it cannot serve. A token is written once, on standard output."""
    if args.act == "serve":
        return _serve(args)
    callers = Callers(args.home)
    if args.act == "list":
        _say(args, {"callers": list(callers.names())}, "\n".join(callers.names()))
        return 0
    if not args.name:
        raise InvalidInput(fault("callers.name", "name", name=""))
    if args.act == "admit":
        token = callers.admit(args.name)
        _say(args, {"name": args.name, "token": token}, token)
    else:
        callers.revoke(args.name)
        _say(args, {"name": args.name}, say("callers.revoked", name=args.name))
    return 0


class Beside:
    """What a window does beside its work: again and again, but never twice at once, so that behind
    a centre that hangs nothing gathers before the callers' own steps."""

    def __init__(
        self, lane: Callable[[Callable[[], object]], Future[object]], work: Callable[[], object]
    ) -> None:
        self._lane, self._work = lane, work
        self._under_way: Future[object] | None = None

    def go_on(self) -> None:
        """Begin it, unless it still goes on; how it went wrong the last time is logged."""
        before = self._under_way
        if before is not None and not before.done():
            return
        if before is not None and (error := before.exception()) is not None:
            log.error("beside the API", exc_info=error)
        self._under_way = self._lane(self._work)


def _say(args: argparse.Namespace, value: dict[str, object], text: str) -> None:
    if args.json:
        write_json(value)
    elif text:
        sys.stdout.write(text + "\n")


def _serve(args: argparse.Namespace) -> int:
    """Until Ctrl+C; what is on its way ends first."""
    from core.app import open_desk

    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    with open_desk(args.home) as desk:
        if not desk.settings.api.enabled:
            raise Refused(fault("callers.off"))
        address = desk.api.start()
        if not address:
            sys.stderr.write(desk.api.trouble + "\n")
            return 1
        before = {kind: signal.signal(kind, end) for kind in (signal.SIGINT, signal.SIGTERM)}
        _say(args, {"address": address}, say("callers.serving", address=address))
        sys.stdout.flush()
        look = Beside(desk.lanes.centre, desk.resolve.round)
        tell = Beside(desk.lanes.hospital, desk.outbox.round)
        while not ended.wait(EVERY):
            look.go_on()
            tell.go_on()
        for kind, handler in before.items():
            signal.signal(kind, handler)
    return 0
