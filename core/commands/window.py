"""``gsdesk``: the window."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The window takes nothing but its home."""


def run(args: argparse.Namespace) -> int:
    """Open the desk; ends when its window is closed."""
    from gui.application import run as run_window

    return int(run_window(args.home, []))
