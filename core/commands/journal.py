"""``gsdesk journal list|verify|export``: the desk's own record, for people and programs."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from core.commands.output import row_of, write_json, write_rows
from core.domain import Entry
from core.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, narrowed by visit or day."""
    parser.add_argument("verb", choices=("list", "verify", "export"))
    parser.add_argument("--text", default="")
    parser.add_argument("--day", default="")
    parser.add_argument("--out", default="", metavar="FILE")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 fine; 1 when ``verify`` finds the chain broken."""
    from core.app import open_desk

    with open_desk(args.home) as desk:
        return {"list": _list, "verify": _verify, "export": _export}[args.verb](desk, args)


def _list(desk: Any, args: argparse.Namespace) -> int:
    if args.text or args.day:
        rows = reversed(desk.journal.find(args.text, args.day, 1_000_000))
    else:
        rows = desk.journal.all()
    found = [row_of(row) for row in rows]
    if args.json:
        write_json(found)
    else:
        write_rows([list(item.values()) for item in found])
    return 0


def _verify(desk: Any, args: argparse.Namespace) -> int:
    broken = desk.journal.verify()
    if args.json:
        write_json({"whole": broken is None, "broken_at": broken})
    else:
        key = "direct.chain_whole" if broken is None else "direct.chain_broken"
        sys.stdout.write(say(key, number=broken) + "\n")
    return 0 if broken is None else 1


def _export(desk: Any, args: argparse.Namespace) -> int:
    found = [
        {**row_of(row), "entries": [_entry(item) for item in desk.history.timeline(row.msgid)]}
        for row in desk.journal.all()
    ]
    if not args.out:
        write_json(found, indent=None if args.json else 2)
        return 0
    import json
    from pathlib import Path

    Path(args.out).write_text(json.dumps(found, ensure_ascii=False, indent=2, default=str), "utf-8")
    if args.json:
        write_json({"file": args.out, "transactions": len(found)})
    return 0


def _entry(item: Entry) -> dict[str, Any]:
    return {
        "number": item.number, "kind": item.kind, "at": item.at.isoformat(), "text": item.text,
        "payload": item.payload, "hash": item.hash,
    }  # fmt: skip
