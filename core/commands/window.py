"""``gsdesk``: the window."""

from __future__ import annotations

import argparse
import importlib


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The window takes nothing but its home."""


def run(args: argparse.Namespace) -> int:
    """Open the desk; ends when its window is closed. The core knows the window by name only."""
    application = importlib.import_module("gui.application")
    return int(application.run(args.home, []))
