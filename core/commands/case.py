"""``gsdesk case export MSGID``: the evidence of one transaction as a masked ZIP."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, which transaction, and where to."""
    parser.add_argument("action", choices=("export",), help=say("evidence.action"))
    parser.add_argument("msgid", metavar="MSGID", help=say("evidence.msgid"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=say("evidence.out"))


def run(args: argparse.Namespace) -> int:
    """0 when the file is there; its path is the answer."""
    from core.app import open_desk

    with open_desk(args.home) as desk:
        path = desk.evidence.case(args.msgid, args.out)
    sys.stdout.write(say("evidence.written", path=path) + "\n")
    return 0
