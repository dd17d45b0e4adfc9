"""``gsdesk profile``: check a local profile, or write the interface manual for people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from core.clock import SystemClock
from core.commands.output import write_json
from core.errors import DeskError
from core.protocol.loading import examine, load_profile
from core.protocol.manual import count_fields, write_manual
from core.settings import Settings, load_settings
from core.words import say

FINE, FAULTY = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``check FILE`` and ``manual --out FILE``; ``--home`` may also stand before the command."""
    actions = parser.add_subparsers(dest="profile_action", required=True)
    check = actions.add_parser("check", help="name every mistake of a local profile")
    check.add_argument("file", type=Path)
    check.add_argument("--json", action="store_true", help="one JSON value")
    manual = actions.add_parser("manual", help="write the profile as a readable manual")
    manual.add_argument("--out", type=Path, required=True, metavar="FILE.html")
    manual.add_argument(
        "--profile", type=Path, default=None, help="local profile; none: the home's"
    )
    for action in (check, manual):
        action.add_argument("--home", type=Path, default=argparse.SUPPRESS)
        action.add_argument("--family", default="", help="none: the home's, else zjs")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when fine, 2 with sentences otherwise."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {"check": _check, "manual": _manual}
    try:
        return actions[args.profile_action](args)
    except DeskError as error:
        for item in error.faults:
            sys.stderr.write(f"{item.text}\n")
        return FAULTY


def _check(args: argparse.Namespace) -> int:
    family = args.family or _settings(args).centre.family
    profile, mistakes = examine(family, args.file)
    if args.json:
        write_json(
            [{"file": m.file, "table": m.table, "key": m.key, "says": m.says} for m in mistakes]
        )
    else:
        sys.stdout.writelines(f"{mistake.line}\n" for mistake in mistakes)
    if mistakes or profile is None:
        sys.stderr.write(say("profile.faults", count=len(mistakes)) + "\n")
        return FAULTY
    if not args.json:
        size = {"transactions": len(profile.transactions), "fields": count_fields(profile)}
        sys.stdout.write(say("profile.fine", file=args.file, family=family, **size) + "\n")
    return FINE


def _manual(args: argparse.Namespace) -> int:
    settings = _settings(args)
    family = args.family or settings.centre.family
    profile = load_profile(family, args.profile or _own(args, settings))
    page = write_manual(profile, load_profile(family), settings, SystemClock().now())
    try:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(page, "utf-8")
    except OSError as error:
        sys.stderr.write(say("profile.cannot_write", out=args.out, error=error) + "\n")
        return FAULTY
    size = {"transactions": len(profile.transactions), "fields": count_fields(profile)}
    sys.stdout.write(say("profile.manual_written", out=args.out, **size) + "\n")
    return FINE


def _settings(args: argparse.Namespace) -> Settings:
    home: Path | None = getattr(args, "home", None)
    return load_settings(Path(home)) if home is not None else Settings()


def _own(args: argparse.Namespace, settings: Settings) -> Path | None:
    """The local profile that the home's settings name, or none."""
    home: Path | None = getattr(args, "home", None)
    named = settings.centre.profile
    return Path(home) / named if home is not None and named else None
