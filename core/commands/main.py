"""The command ``gsdesk``: chooses a sub-command, imports only that one,
and turns endings into codes."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from core.errors import DeskError
from core.home import default_home
from core.words import say

COMMANDS = (
    "window", "tour", "call", "upload", "pending", "journal", "dayend", "doctor", "profile",
    "codes", "simulate", "bench", "prove", "case", "support", "open", "api",
    "secret",
)  # fmt: skip
INVALID, INTERRUPTED, UNHEARD = 2, 130, 141  # the last two as shells count signals


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``gsdesk``; a known condition is a sentence on standard error and code 2."""
    _speak_utf8()
    words = list(sys.argv[1:] if arguments is None else arguments)
    home, words = _home_of(words)
    name = words[0] if words and not words[0].startswith("-") else "window"
    if name not in COMMANDS:
        sys.stderr.write(say("commands.unknown", name=name, names=" · ".join(COMMANDS)) + "\n")
        return INVALID
    module = importlib.import_module(f"core.commands.{name}")
    args = _parser(name, module).parse_args(words[1:] if name in words[:1] else words)
    args.home = home
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    try:
        code = int(module.run(args))
        sys.stdout.flush()
        return code
    except DeskError as error:
        sys.stderr.write(f"{error}\n")
        return INVALID
    except BrokenPipeError:  # who reads has enough; nothing more is written at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNHEARD
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser(name: str, module: object) -> argparse.ArgumentParser:
    shown = "gsdesk" if name == "window" else f"gsdesk {name}"
    parser = argparse.ArgumentParser(
        shown, description=say(f"commands.{name}"), conflict_handler="resolve"
    )
    if name == "window":
        parser.epilog = say("commands.all", names=" · ".join(COMMANDS[1:]))
    parser.add_argument("--home", metavar="DIR", help=say("commands.home"))  # taken out before
    module.add_arguments(parser)  # type: ignore[attr-defined]
    return parser


def _home_of(words: list[str]) -> tuple[Path, list[str]]:
    """``--home DIR`` may stand before or after the sub-command, never behind a bare ``--``: what
    stands there comes from outside (a URI) and names no home."""
    words, behind = _parted(words)
    rest: list[str] = []
    home: Path | None = None
    left = iter(words)
    for word in left:
        if word == "--home":
            given = next(left, None)
            rest, home = (rest, Path(given)) if given else ([*rest, word], home)
        elif word.startswith("--home="):
            home = Path(word.removeprefix("--home="))
        else:
            rest.append(word)
    return (home or default_home()).expanduser().absolute(), rest + behind


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    place = words.index("--") if "--" in words else len(words)
    return words[:place], words[place:]


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
