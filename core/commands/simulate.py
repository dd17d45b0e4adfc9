"""``gsdesk simulate``: run the simulated centre, or ask and order a running one."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from core.clock import SystemClock
from core.errors import DeskError, SetupError, fault
from core.home import default_home
from core.simulator.books import PLAN, Books, Plan
from core.simulator.control import Control, ControlError
from core.simulator.process import BOOKS, SENDS
from core.words import say

if TYPE_CHECKING:
    from core.simulator.centre import SimulatedCentre
    from core.simulator.serving import Serving

OK, FAILED = 0, 2
STDOUT = "-"
LOCK_SECONDS = 5.0
TRAINING = Path("training")
OPTIONS = ("times", "skip", "ending", "seconds", "calls", "text", "where", "fen")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command; ``--home`` may also stand before the command's name."""
    parser.add_argument("--family", choices=tuple(BOOKS), default="zjs")
    parser.add_argument("--tls", type=Path, metavar="PEM", help="certificate and key; family gd")
    parser.add_argument("--port", type=int, default=None, help="0: any free port")
    parser.add_argument("--home", type=Path, default=argparse.SUPPRESS)
    parser.add_argument("--books-file", type=Path, default=None, help="books; none: in memory")
    parser.add_argument("--seed", action="store_true", help="a past month in empty books (zjs)")
    parser.add_argument("--encoding", default="gbk")
    parser.add_argument("--with-parent", action="store_true", help="end when stdin closes")
    _add_orders(parser)


def _add_orders(parser: argparse.ArgumentParser) -> None:
    books = "write the books as JSON (to FILE, else to standard output) and end"
    parser.add_argument("--books", metavar="FILE", nargs="?", const=STDOUT, help=books)
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
        if args.books is not None:
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
        return home / TRAINING / BOOKS[args.family]
    return args.books_file if args.books_file is None else Path(args.books_file)


def _show_books(args: argparse.Namespace) -> int:
    if args.port:
        books = _running(args).books()
    else:
        path = _books_file(args)
        if path is None or not path.exists():
            return _fail(say("simulator.no_target"))
        books = _read(path, args.family)
    text = json.dumps(books, ensure_ascii=False) + "\n"
    if args.books.lower() in (STDOUT, "json"):
        sys.stdout.write(text)
    else:
        Path(args.books).write_text(text, "utf-8")
    return OK


def _read(path: Path, family: str) -> dict[str, Any]:
    with contextlib.closing(Books(path, _plan(family))) as books:
        return books.dump()


def _running(args: argparse.Namespace) -> Control:
    scheme = "https://" if args.tls else ""
    control = Control(f"{scheme}127.0.0.1:{args.port}", SENDS[args.family])
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


def _plan(family: str) -> Plan:
    from core.simulator.gd.books import PLAN as OF_PLATFORM

    return OF_PLATFORM if family == "gd" else PLAN


def _serve(args: argparse.Namespace) -> int:
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(message)s")
    path = _own_books(args)
    with _alone(path), contextlib.closing(Books(path, _plan(args.family))) as books:
        server = SERVERS[args.family](args, books)
        server.end_with_signals()
        if args.with_parent:
            server.end_with_parent()
        server.run(_say_ready)
    return OK


def _centre(args: argparse.Namespace, books: Books) -> Serving:
    from core.simulator.centre import SimulatedCentre
    from core.simulator.server import CentreServer

    centre = SimulatedCentre(books, SystemClock(), args.encoding)
    if args.seed:
        _seed(centre)
    with _port(args):
        return CentreServer(centre, args.port or 0)


def _platform(args: argparse.Namespace, books: Books) -> Serving:
    from core.simulator.gd.platform import SimulatedPlatform
    from core.simulator.gd.server import PlatformServer

    platform = SimulatedPlatform(books, SystemClock())
    with _port(args):
        return PlatformServer(platform, args.port or 0, args.tls)


SERVERS = {"zjs": _centre, "gd": _platform}


@contextlib.contextmanager
def _port(args: argparse.Namespace) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SetupError(fault("simulator.port_taken", port=args.port, error=error)) from error


def _own_books(args: argparse.Namespace) -> Path | None:
    """Without a word about books they are in memory: the training desk's are not to be touched."""
    if args.books_file is None and getattr(args, "home", None) == default_home():
        return None
    return _books_file(args)


@contextlib.contextmanager
def _alone(path: Path | None) -> Iterator[None]:
    """Hold the books' lock: two centres must not keep the same books."""
    if path is None:
        yield
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=LOCK_SECONDS):
            yield
    except Timeout as error:
        raise SetupError(fault("simulator.books_busy", path=path)) from error
    except OSError as error:
        raise SetupError(fault("simulator.books_unreadable", path=path, error=error)) from error


def _seed(centre: SimulatedCentre) -> None:
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
