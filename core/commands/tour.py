"""``gsdesk tour``: the real window driven by keys through a flow, with pictures and slips."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from core.settings import default_home
from core.words import say

ALL = "all"
FLOWS = (
    "outpatient", "refund", "recovery", "inpatient", "appeal", "dayend", "enquiry", "records", ALL,
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, which flow, how fast, and who logs in."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=say("tour.out"))
    parser.add_argument("--flow", choices=FLOWS, default=FLOWS[0], help=say("tour.flow"))
    parser.add_argument("--slow", action="store_true", help=say("tour.slow"))
    parser.add_argument("--operator", default="", metavar="ID", help=say("tour.operator"))
    parser.add_argument("--password", default="", help=say("tour.password"))


def run(args: argparse.Namespace) -> int:
    """0 when everything was as it should be, 1 when something differed in any flow.

    Without ``--home`` the desk of each flow is a fresh one in the output folder. The core knows the
    window by name only.
    """
    home = None if args.home == default_home() else args.home
    tour = importlib.import_module("gui.tour")
    who = (args.operator, args.password)
    flows = [flow for flow in FLOWS if flow != ALL] if args.flow == ALL else [args.flow]
    out: Path = args.out.absolute()
    codes = [
        tour.run(out / flow if args.flow == ALL else out, flow, slow=args.slow, home=home, who=who)
        for flow in flows
    ]
    return int(max(codes))
