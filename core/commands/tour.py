"""``gsdesk tour``: the real window driven by keys through a flow, with pictures and slips."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from core.settings import default_home, save_settings, settings_file
from core.words import say

ALL, WHOLE = "all", "whole"
FLOWS = (
    "outpatient", "refund", "recovery", "inpatient", "appeal", "dayend", "enquiry", "records",
    "part_refund", WHOLE, ALL,
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, which flow, how fast, and who logs in."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=say("tour.out"))
    parser.add_argument("--flow", choices=FLOWS, default=FLOWS[0], help=say("tour.flow"))
    parser.add_argument("--family", default="", metavar="NAME", help=say("tour.family"))
    parser.add_argument("--slow", action="store_true", help=say("tour.slow"))
    parser.add_argument("--operator", default="", metavar="ID", help=say("tour.operator"))
    parser.add_argument("--password", default="", help=say("tour.password"))


def run(args: argparse.Namespace) -> int:
    """0 when everything was as it should be, 1 when something differed in any flow.

    Without ``--home`` the desk of each flow is a fresh one in the output folder, of ``--family``
    where it is given. ``all`` leaves out flows that the centre is not fit for. The core knows the
    window by name only.
    """
    home = None if args.home == default_home() else args.home
    tour = importlib.import_module("gui.tour")
    who, every = (args.operator, args.password), args.flow == ALL
    flows = [flow for flow in FLOWS if flow not in (ALL, WHOLE)] if every else [args.flow]
    out: Path = args.out.absolute()
    codes = []
    for flow in flows:
        place = out / flow if every else out
        fresh = _fresh(place, args.family) if home is None else home
        codes.append(tour.run(place, flow, slow=args.slow, home=fresh, who=who, skip=every))
    return int(max(codes))


def _fresh(place: Path, family: str) -> Path:
    """A home of its own for one flow, of the family that is asked for."""
    home = place / "home"
    if family and not settings_file(home).exists():
        save_settings(home, {"centre": {"family": family}})
    return home
