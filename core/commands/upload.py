"""``gsdesk upload``: the daily fees of stays to the centre; safe to run every night."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from core.commands.output import CODES, write_json
from core.domain.stay import UploadEnd, UploadReport
from core.words import say

WORST = {
    "sent": "accepted", "nothing": "accepted", "stopped": "not_sent", "left": "not_sent",
    "not_sent": "not_sent", "refused": "rejected", "open": "unknown", "unknown": "unknown",
}  # fmt: skip
ORDER = ("accepted", "not_sent", "rejected", "unknown")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All stays of the worklist, or those that are named."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help=say("upload.all"))
    which.add_argument("--visit", action="append", metavar="NO", help=say("upload.visit"))
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Look into what is unknown, upload what is missing, say how each stay ended.

    0 everything is there, 1 the centre or a check refused something, 3 something is unknown,
    4 something was not sent (stopped, no line). Ctrl+C stops after the batch under way.
    """
    from core.app import open_desk

    with open_desk(args.home) as desk, stopping() as stop:
        desk.resolve.round()
        report = desk.stays.upload_all(args.visit, stop)
    if args.json:
        write_json(answer_of(report))
    else:
        _show(report)
    return CODES[ending_of(report)]


def ending_of(report: UploadReport) -> str:
    """The ending that counts: unknown before refused before not sent before accepted."""
    endings = {WORST[item.ended] for item in report.stays} or {"accepted"}
    return max(endings, key=ORDER.index)


def answer_of(report: UploadReport) -> dict[str, Any]:
    """The report as one JSON value."""
    return {
        "outcome": ending_of(report), "lines": report.lines, "stopped": report.stopped,
        "stays": [item.model_dump() for item in report.stays],
    }  # fmt: skip


def _show(report: UploadReport) -> None:
    for item in report.stays:
        sys.stdout.write(_line(item) + "\n")
    done = sum(item.ended in {"sent", "nothing"} for item in report.stays)
    text = say("upload.sum", done=done, count=len(report.stays), lines=report.lines)
    sys.stdout.write((text if report.stays else say("upload.none")) + "\n")


def _line(item: UploadEnd) -> str:
    says = say(f"upload.ended.{item.ended}", lines=item.lines, missing=item.missing)
    return "\t".join(part for part in (item.visit_no, item.name, says, item.text) if part)


@contextmanager
def stopping() -> Iterator[Callable[[], bool]]:
    """The first Ctrl+C (or termination) stops after the batch; a second one ends at once."""
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.signal(kind, ask) for kind in kinds}
    try:
        yield lambda: asked
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
