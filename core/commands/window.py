"""``gsdesk``: the window."""

from __future__ import annotations

import argparse
import importlib

from core.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whom to show first."""
    parser.add_argument("--visit", default="", metavar="NO", help=say("single.visit"))


def run(args: argparse.Namespace) -> int:
    """Open the desk; ends when its window is closed. The core knows the window by name only."""
    application = importlib.import_module("gui.application")
    return int(application.run(args.home, [], args.visit))
