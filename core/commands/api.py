"""``gsdesk api``: tokens of the local HTTP API, and serving it without a window."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from types import FrameType

from core.commands.output import write_json
from core.errors import InvalidInput, Refused, fault
from core.service.callers import Callers
from core.words import say

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
        while not ended.wait(EVERY):  # what a window does beside: look into what is open, tell
            desk.lanes.centre(desk.resolve.round)
            desk.lanes.hospital(desk.outbox.round)
        for kind, handler in before.items():
            signal.signal(kind, handler)
    return 0
