"""``gsdesk support``: the state of the desk as a ZIP for IT, without personal data."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and whether the centre may be called."""
    parser.add_argument("--out", type=Path, metavar="FILE", help=say("evidence.out"))
    parser.add_argument("--centre", action="store_true", help=say("evidence.centre"))


def run(args: argparse.Namespace) -> int:
    """0 when the file is there; its path is the answer."""
    from core.app import open_desk

    with open_desk(args.home) as desk:
        path = desk.evidence.support(args.out, args.centre)
    sys.stdout.write(say("evidence.written", path=path) + "\n")
    return 0
