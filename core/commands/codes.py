"""``gsdesk codes``: code lists taken in from files by IT, and which versions there are."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.catalogue.entries import Version
from core.catalogue.importer import CodePreview
from core.catalogue.kinds import LISTS
from core.catalogue.store import CodeStore
from core.clock import SystemClock
from core.commands.output import write_json, write_rows
from core.domain import Operator, Role
from core.errors import DeskError, InvalidInput, fault
from core.service.catalogue import Catalogue
from core.settings import load_settings
from core.words import say

FINE, FAULTY = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``import FILE --list NAME`` and ``list``; ``--home`` may also stand before the command."""
    actions = parser.add_subparsers(dest="codes_action", required=True)
    take = actions.add_parser("import", help=say("commands.codes_import"))
    take.add_argument("file", type=Path)
    take.add_argument("--list", required=True, choices=LISTS)
    take.add_argument("--valid-from", default="", metavar="YYYY-MM-DD")
    take.add_argument("--skip-wrong", action="store_true", help=say("codes.screen.skip"))
    shown = actions.add_parser("list", help=say("commands.codes_list"))
    for action in (take, shown):
        action.add_argument("--home", type=Path, default=argparse.SUPPRESS)
        action.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 when done, 2 with every sentence otherwise; the desk's window may be open meanwhile."""
    settings = load_settings(args.home)
    data = args.home / "training" if settings.training else args.home
    store = CodeStore(data / "codes.db")
    catalogue = Catalogue(store, SystemClock(), args.home)
    actions: dict[str, Callable[[argparse.Namespace, Catalogue], int]] = {
        "import": _import, "list": _list,
    }  # fmt: skip
    try:
        return actions[args.codes_action](args, catalogue)
    finally:
        store.close()


def _list(args: argparse.Namespace, catalogue: Catalogue) -> int:
    found = [version for name in LISTS for version in catalogue.versions(name)]
    if args.json:
        write_json([_shown(version) for version in found])
    elif found:
        write_rows([list(_shown(version).values()) for version in found])
    else:
        sys.stdout.write(say("codes.command.none") + "\n")
    return FINE


def _import(args: argparse.Namespace, catalogue: Catalogue) -> int:
    day = _day(args.valid_from, catalogue.today)
    preview = catalogue.importer(args.list).preview(args.file)
    try:
        by = Operator(id="it", name=say("codes.command.author"), role=Role.IT)
        made = catalogue.take(preview, day, by, args.skip_wrong)
    except DeskError as error:
        return _say_faults(args, preview, error)
    if args.json:
        write_json({"version": _shown(made), "faults": _faults(preview)})
    else:
        holes = {"added": made.added, "changed": made.changed, "gone": made.gone}
        title = say(f"codes.list.{made.list}")
        line = say("codes.command.done", list=title, number=made.number, rows=made.rows, **holes)
        sys.stdout.write(line + "\n")
    return FINE


def _say_faults(args: argparse.Namespace, preview: CodePreview, error: DeskError) -> int:
    """Every row that is wrong, then why nothing was taken in."""
    if args.json:
        write_json({"version": None, "faults": [*_faults(preview), *_whole(preview, error)]})
        return FAULTY
    for row in preview.faulty:
        for item in row.faults:
            words = say("codes.screen.faulty_row", row=row.row_number, says=item.text)
            sys.stderr.write(words + "\n")
    for item in dict.fromkeys((*preview.remarks, *error.faults)):
        sys.stderr.write(f"{item.text}\n")
    return FAULTY


def _faults(preview: CodePreview) -> list[dict[str, Any]]:
    return [
        {"row": row.row_number, "key": item.key, "field": item.field, "says": item.text}
        for row in preview.faulty
        for item in row.faults
    ]


def _whole(preview: CodePreview, error: DeskError) -> list[dict[str, Any]]:
    found = dict.fromkeys((*preview.remarks, *error.faults))
    return [{"row": 0, "key": item.key, "field": item.field, "says": item.text} for item in found]


def _day(text: str, today: date) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if text else today
    except ValueError:
        raise InvalidInput(fault("codes.strange_day", "valid_from", day=text)) from None


def _shown(version: Version) -> dict[str, Any]:
    return {
        "list": version.list, "number": version.number,
        "valid_from": version.valid_from.isoformat(), "made": version.made.isoformat(),
        "rows": version.rows, "added": version.added, "changed": version.changed,
        "gone": version.gone, "author": version.author, "source": version.source,
        "restores": version.restores, "sha256": version.digest,
    }  # fmt: skip
