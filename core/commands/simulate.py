"""``gsdesk simulate``: run the simulated centre, or ask and order a running one."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import sys
from pathlib import Path
from typing import Any

from core.clock import SystemClock
from core.errors import DeskError
from core.simulator.books import Books
from core.simulator.control import Control, ControlError
from core.words import say

OK, FAILED = 0, 2
BOOKS = Path("training") / "centre.sqlite"
OPTIONS = ("times", "skip", "ending", "seconds", "calls", "text", "where", "fen")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command; ``--home`` may also stand before the command's name."""
    parser.add_argument("--port", type=int, default=None, help="0: any free port")
    parser.add_argument("--home", type=Path, default=argparse.SUPPRESS)
    parser.add_argument("--books-file", type=Path, default=None, help="books; none: in memory")
    parser.add_argument("--seed", action="store_true", help="fill empty books with a past month")
    parser.add_argument("--encoding", default="gbk")
    parser.add_argument("--with-parent", action="store_true", help="end when stdin closes")
    _add_orders(parser)


def _add_orders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--books", action="store_true", help="write the books as JSON and end")
    parser.add_argument("--card", metavar="PERSON", help="lay a card into the running reader")
    parser.add_argument("--fault", metavar="KIND", help="order a fault from the running centre")
    parser.add_argument("--clear", action="store_true", help="take back all faults")
    parser.add_argument("--code", default="", help="the fault's transaction; none: any")
    for name in ("times", "skip", "calls", "fen"):
        parser.add_argument(f"--{name}", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=None)
    parser.add_argument("--ending", choices=("hang", "status", "close"), default=None)
    parser.add_argument("--where", choices=("reply", "books", "broken"), default=None)
    parser.add_argument("--text", default=None)


def run(args: argparse.Namespace) -> int:
    """Exit code 0, or 2 with a sentence on standard error."""
    try:
        if args.books:
            return _show_books(args)
        if args.card is not None or args.fault or args.clear:
            return _order(args)
        return _serve(args)
    except DeskError as error:
        return _fail(str(error))
    except ControlError as error:
        return _fail(str(error))


def _fail(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return FAILED


def _books_file(args: argparse.Namespace) -> Path | None:
    home: Path | None = getattr(args, "home", None)
    if args.books_file is None and home is not None:
        return home / BOOKS
    return args.books_file if args.books_file is None else Path(args.books_file)


def _show_books(args: argparse.Namespace) -> int:
    if args.port:
        books = _running(args).books()
    else:
        path = _books_file(args)
        if path is None or not path.exists():
            return _fail(say("simulator.no_target"))
        books = _read(path)
    sys.stdout.write(json.dumps(books, ensure_ascii=False) + "\n")
    return OK


def _read(path: Path) -> dict[str, Any]:
    with contextlib.closing(Books(path)) as books:
        return books.dump()


def _running(args: argparse.Namespace) -> Control:
    control = Control(f"127.0.0.1:{args.port}")
    try:
        control.state()
    except ControlError as error:
        raise ControlError(say("simulator.not_running", port=args.port)) from error
    return control


def _order(args: argparse.Namespace) -> int:
    if not args.port:
        return _fail(say("simulator.no_target"))
    control = _running(args)
    if args.clear:
        control.clear()
    if args.card is not None:
        control.card(args.card)
    if args.fault:
        given = {name: getattr(args, name) for name in OPTIONS}
        options = {name: value for name, value in given.items() if value is not None}
        control.fault(args.fault, args.code, **options)
    return OK


def _serve(args: argparse.Namespace) -> int:
    from core.simulator.centre import SimulatedCentre
    from core.simulator.server import CentreServer, end_with_parent, end_with_signals

    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(message)s")
    with contextlib.closing(Books(_books_file(args))) as books:
        centre = SimulatedCentre(books, SystemClock(), args.encoding)
        if args.seed:
            _seed(centre)
        server = CentreServer(centre, args.port or 0)
        end_with_signals(server.over)
        if args.with_parent:
            end_with_parent(server.over)
        server.run(_say_ready)
    return OK


def _seed(centre: Any) -> None:
    from core.simulator.history import write_history

    write_history(centre)


def _say_ready(address: str) -> None:
    sys.stdout.write(f"ready {address}\n")
    sys.stdout.flush()


def main() -> int:
    """Run this command alone, without the others' imports; the desk starts its child this way."""
    parser = argparse.ArgumentParser(prog="gsdesk simulate")
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
