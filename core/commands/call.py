"""``gsdesk call``: one transaction through the whole path, body by wire names."""

from __future__ import annotations

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.commands.output import CODES, write_json
from core.errors import InvalidInput, Refused, SetupError, fault
from core.outcome import Accepted, Outcome
from core.words import say

MAX_INPUT = 64 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The code, the body, the form of the answer."""
    parser.add_argument("code")
    parser.add_argument("--input", default="{}", metavar="JSON|@FILE")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Send it and say how it ended: 0 accepted, 1 rejected, 2 invalid, 3 unknown, 4 not sent."""
    answer = {
        "outcome": "invalid",
        "code": args.code,
        "msgid": "",
        "reply": None,
        "error": "",
        "ms": 0,
    }
    try:
        answer.update(_sent(args.home, args.code, read_body(args.input)))
    except Refused as error:
        answer.update(outcome="not_sent", error=str(error))
    except (InvalidInput, SetupError) as error:
        answer.update(outcome="invalid", error=str(error))
    _show(answer, args.json)
    return CODES[str(answer["outcome"])]


def _sent(home: Path, code: str, body: Any) -> dict[str, Any]:
    from core.app import open_desk

    with open_desk(home) as desk:
        outcome, msgid, ms = desk.direct.call(code, body)
        return {"outcome": outcome.name, "msgid": msgid, "ms": ms, **_said(outcome)}


def _said(outcome: Outcome) -> dict[str, Any]:
    text = "" if isinstance(outcome, Accepted) else outcome.text
    return {"reply": getattr(outcome, "reply", None), "error": text}


def read_body(text: str) -> Any:
    """JSON given on the line or in a file; raises ``InvalidInput`` with a sentence."""
    try:
        if text.startswith("@"):
            path = Path(text[1:])
            if path.stat().st_size > MAX_INPUT:
                raise InvalidInput(fault("direct.too_large", path=path, most=MAX_INPUT))
            text = path.read_text("utf-8-sig")
        return json.loads(text, parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise InvalidInput(fault("direct.body", error=error)) from error


def _show(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        write_json(answer)
        return
    sys.stdout.write(say(f"direct.outcome.{answer['outcome']}", **answer) + "\n")
    if answer["reply"] is not None:
        write_json(answer["reply"], indent=2)
