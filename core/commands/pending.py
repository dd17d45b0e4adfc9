"""``gsdesk pending``: what is open, and one round of looking into it."""

from __future__ import annotations

import argparse
import sys

from core.commands.output import pending_of, write_json, write_rows
from core.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--resolve`` does one round for every row that is due."""
    parser.add_argument("--resolve", action="store_true")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Show what is still open; 0 even when something is."""
    from core.app import open_desk

    with open_desk(args.home) as desk:
        desk.resolve.recover()
        rows = desk.resolve.round() if args.resolve else desk.resolve.pending()
    found = [pending_of(row) for row in rows]
    if args.json:
        write_json(found)
    elif found:
        write_rows([list(item.values()) for item in found])
    else:
        sys.stdout.write(say("direct.nothing_open") + "\n")
    return 0
