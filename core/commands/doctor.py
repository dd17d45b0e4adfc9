"""``gsdesk doctor``: the self-check for people and programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.commands.output import write_json
from core.errors import DeskError
from core.service.health import Check
from core.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The form of the answer, and whether anybody outside is called."""
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--no-centre", action="store_true")
    parser.add_argument("--compare", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 when nothing has failed, else 1."""
    found = checks(args.home, not args.no_centre, args.compare)
    if args.json:
        write_json([_row(check) for check in found])
    else:
        _show(found)
    return int(any(check.state == "failed" for check in found))


def checks(home: Path, centre: bool = True, comparing: bool = False) -> tuple[Check, ...]:
    """The checks of a home; a desk that cannot be opened is one failed check."""
    from core.app import open_desk

    try:
        with open_desk(home) as desk:
            more = (_compared(desk),) if comparing else ()
            return *desk.health.checks(centre), *more
    except DeskError as error:
        return (_check("start", "failed", say("health.start", error=error)),)


def _compared(desk: Any) -> Check:
    try:
        found = desk.health.compare()
    except DeskError as error:
        return _check("comparison", "failed", str(error))
    return _check("comparison", "warning" if found.only_there else "ok", found.says)


def _check(name: str, state: Any, says: str) -> Check:
    return Check(name=name, title=say(f"health.title.{name}"), state=state, says=says)


def _row(check: Check) -> dict[str, str]:
    return {"name": check.name, "state": check.state, "says": check.says}


def _show(found: Iterable[Check]) -> None:
    for check in found:
        mark = say(f"health.mark.{check.state}")
        sys.stdout.write(say("health.line", mark=mark, title=check.title, says=check.says) + "\n")
