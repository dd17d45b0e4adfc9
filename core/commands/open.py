"""``gsdesk open``: the hospital's system opens a visit with one call, by number or by address."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from core.calling import called, visit_no
from core.errors import InvalidInput, fault
from core.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A number or an address; or the registration of the address."""
    parser.add_argument("address", nargs="?", default="", help=say("calling.address"))
    parser.add_argument("--visit", default="", metavar="NO", help=say("calling.visit"))
    parser.add_argument("--register", action="store_true", help=say("calling.register"))
    parser.add_argument("--unregister", action="store_true", help=say("calling.unregister"))
    parser.add_argument(
        "--registry-file", type=Path, metavar="FILE.reg", help=say("calling.registry_file")
    )


def run(args: argparse.Namespace) -> int:
    """0 when a window has taken the visit (or was closed in the end), 1 when none answers."""
    if args.register or args.unregister or args.registry_file:
        return _registration(args)
    number = called(args.address) if args.address else ""
    if args.visit:
        number = visit_no(args.visit)
    if not number:
        raise InvalidInput(fault("calling.nothing", "visit"))
    return _opened(args.home, number)


def _opened(home: Path, number: str) -> int:
    """To the window that is there, without loading another; else in a window of its own."""
    single = importlib.import_module("gui.single").SingleInstance(home)
    if single.hand_over(number):
        sys.stdout.write(say("single.handed_over") + "\n")
        return 0
    application = importlib.import_module("gui.application")
    return int(application.run(home, [], number))


def _registration(args: argparse.Namespace) -> int:
    from core import handler

    if args.registry_file:
        text = handler.registry_file(handler.command(args.home))
        args.registry_file.write_text(text, "utf-16", newline="")
        sys.stdout.write(say("calling.written", path=args.registry_file) + "\n")
    elif args.register:
        sys.stdout.write(say("calling.registered", place=handler.register(args.home)) + "\n")
    else:
        handler.unregister()
        sys.stdout.write(say("calling.unregistered") + "\n")
    return 0
