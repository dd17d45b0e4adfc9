"""``gsdesk secret``: keep a password in the system's keyring, or forget it; none is ever shown.

The password comes from the keyboard without an echo, or from standard input of a script.
"""

from __future__ import annotations

import argparse
import sys
from getpass import getpass

from core.errors import SetupError, fault
from core.secrets import KeyringSecrets
from core.words import say

CENTRE = "centre"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which password, and whether it is to be forgotten."""
    parser.add_argument("name", nargs="?", default=CENTRE)
    parser.add_argument("--forget", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 when it is kept (or forgotten); raises ``SetupError`` with a sentence."""
    value = "" if args.forget else _asked(args.name)
    KeyringSecrets(args.home).keep(args.name, value)
    key = "secrets.forgotten" if args.forget else "secrets.kept"
    sys.stdout.write(say(key, name=args.name) + "\n")
    return 0


def _asked(name: str) -> str:
    if sys.stdin.isatty():
        given = getpass(say("secrets.ask", name=name))
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise SetupError(fault("secrets.empty", name=name))
    return given
