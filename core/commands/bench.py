"""``gsdesk bench``: the desk measured against its floors; prints whatever it measured."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from core.bench import hospital, matching, overhttp, settlement, upload, window
from core.bench.pairs import Measured
from core.commands.output import write_json
from core.words import say

MEASURES: dict[str, Callable[[Path, bool], Measured]] = {
    settlement.NAME: settlement.measure,
    upload.NAME: upload.measure,
    overhttp.NAME: overhttp.measure,
    matching.NAME: matching.measure,
    hospital.NAME: hospital.measure,
    window.START: window.start,
    window.GAP: window.gap,
    window.MEMORY: window.memory,
    window.SEARCH: window.search,
    window.TABLE: window.fee_table,
    window.PAGE: window.fee_page,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which lines, how long, and the form of the answer."""
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=tuple(MEASURES), action="append")
    parser.add_argument("--quick", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Measure on the disk of the home, in a folder of its own that is taken away again."""
    args.home.mkdir(parents=True, exist_ok=True)
    found = []
    for name in args.only or MEASURES:
        found.append(_measured(name, args.home, args.quick))
        if not args.json:
            sys.stdout.write(_line(found[-1]) + "\n")
            sys.stdout.flush()
    if args.json:
        write_json([item.exact() for item in found])
    return 0


def _measured(name: str, home: Path, quick: bool) -> Measured:
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=home))
    try:
        return MEASURES[name](folder, quick)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _line(item: Measured) -> str:
    mark = say("bench.reached" if item.reached else "bench.missed")
    title = say(f"bench.title.{item.name}")
    return say("bench.line", **{**item.model_dump(), "title": title, "mark": mark})
