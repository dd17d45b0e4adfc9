"""``gsdesk prove``: every ending of every fault, enumerated or by chance; wrong must be 0."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from decimal import Decimal
from typing import Any

from core.commands.output import write_json
from core.errors import InvalidInput, fault
from core.prove.centres import KINDS as CENTRES
from core.prove.chooser import read
from core.prove.faults import KINDS
from core.prove.flows import FLOWS, flows_of
from core.prove.proof import (
    DAYS,
    Asked,
    Failed,
    Shown,
    by_chance,
    every_run,
    one_run,
    replayed_days,
)
from core.prove.world import Habits
from core.words import say

ALL = "all"
FEW_DAYS = 3  # seeds of whole days when nobody says how many
SECONDS_BETWEEN = 2.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is run, within which limits, and the form of the answer."""
    parser.add_argument("--flow", choices=(*FLOWS, DAYS, ALL), default=ALL, help=say("prove.flow"))
    parser.add_argument("--family", choices=tuple(CENTRES), default="zjs", help=say("prove.family"))
    parser.add_argument("--faults", type=int, default=2, metavar="K", help=say("prove.faults"))
    parser.add_argument("--acts", type=int, default=0, metavar="A", help=say("prove.acts"))
    parser.add_argument("--runs", type=int, default=0, metavar="N", help=say("prove.runs"))
    parser.add_argument("--seed", type=int, default=0, metavar="N", help=say("prove.seed"))
    parser.add_argument("--choices", default=None, metavar="LIST", help=say("prove.choices"))
    parser.add_argument("--only", default="", metavar="KINDS", help=say("prove.only"))
    parser.add_argument(
        "--seconds", type=float, default=0.0, metavar="S", help=say("prove.seconds")
    )
    parser.add_argument("--forgetful", action="store_true", help=say("prove.forgetful"))
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 when nothing was wrong, 1 otherwise. Needs no home and touches none."""
    logging.disable(logging.CRITICAL)  # what the desk logs of faults is no news here
    asked = _asked(args)
    flows = (*flows_of(args.family), DAYS) if args.flow == ALL else (args.flow,)
    if args.flow in FLOWS and args.family not in FLOWS[args.flow].families:
        raise InvalidInput(fault("prove.not_in_family", "flow", flow=args.flow))
    found = [_proven(flow, args, asked) for flow in flows]
    logging.disable(logging.NOTSET)
    if args.json:
        write_json([_plain(shown) for shown in found])
    else:
        for shown in found:
            _tell(shown, args)
    return int(any(shown.tally.wrong for shown in found))


def _asked(args: argparse.Namespace) -> Asked:
    only = frozenset(filter(None, args.only.split(",")))
    habits = Habits(remembers=not args.forgetful, family=args.family)
    return Asked(args.faults, args.acts, habits, only, args.seconds)


def _proven(flow: str, args: argparse.Namespace, asked: Asked) -> Shown:
    if args.choices is not None:
        return _replayed(flow, args, asked)
    told = _progress() if not args.json and sys.stderr.isatty() else _silent
    if flow == DAYS or args.runs or args.seed:
        runs = args.runs or (FEW_DAYS if flow == DAYS and not args.seed else 1)
        first = args.seed or 1
        return by_chance(flow, range(first, first + runs), asked, told)
    return every_run(flow, asked, told)


def _replayed(flow: str, args: argparse.Namespace, asked: Asked) -> Shown:
    try:
        plan = read(args.choices)
    except ValueError as error:
        raise InvalidInput(fault("prove.bad_choices", "choices", part=error)) from error
    if args.flow == ALL:
        raise InvalidInput(fault("prove.which_flow", "flow", flows=" · ".join((*FLOWS, DAYS))))
    if flow == DAYS:
        return replayed_days(args.seed or 1, plan, asked)
    return one_run(flow, plan, asked)


def _silent(shown: Shown) -> None:
    """Nobody looks."""


def _progress() -> Any:
    last_second = [0.0]

    def told(shown: Shown) -> None:
        if time.monotonic() - last_second[0] > SECONDS_BETWEEN:
            last_second[0] = time.monotonic()
            rate = shown.events / shown.seconds if shown.seconds else 0.0
            text = say("prove.progress", flow=shown.flow, events=shown.events, rate=round(rate))
            sys.stderr.write(f"\r{text}")
            sys.stderr.flush()

    return told


def _plain(shown: Shown) -> dict[str, Any]:
    tally = shown.tally
    return {
        "flow": shown.flow, "runs": tally.runs, "closed": tally.closed, "open": tally.open,
        "wrong": tally.wrong, "faults": dict(sorted(tally.kinds.items())),
        "executed": shown.events, "worlds": shown.worlds, "complete": shown.complete,
        "seconds": Decimal(f"{shown.seconds:.1f}"), "runs_per_second": _rate(shown),
        "failed": [_failed(one) for one in shown.failed],
    }  # fmt: skip


def _rate(shown: Shown) -> int:
    return round(shown.tally.runs / shown.seconds) if shown.seconds else 0


def _failed(one: Failed) -> dict[str, Any]:
    return {
        "flow": one.flow, "seed": one.seed, "choices": one.plan, "found": list(one.found),
        "story": [f"{choice.point}: {choice.taken}" for choice in one.choices],
    }  # fmt: skip


def _tell(shown: Shown, args: argparse.Namespace) -> None:
    tally, out = shown.tally, sys.stdout.write
    counts = {name: getattr(tally, name) for name in ("runs", "closed", "open", "wrong")}
    more = {"events": shown.events, "worlds": shown.worlds, "rate": _rate(shown)}
    out(say("prove.line", flow=shown.flow, seconds=f"{shown.seconds:.1f}", **counts, **more) + "\n")
    if tally.kinds:
        known = [kind for kind in (*KINDS, *sorted(tally.kinds)) if tally.kinds[kind]]
        kinds = "  ".join(f"{kind} {tally.kinds[kind]}" for kind in dict.fromkeys(known))
        out(say("prove.kinds", kinds=kinds) + "\n")
    if not shown.complete:
        out(say("prove.incomplete") + "\n")
    for one in shown.failed:
        out(_failure(one, args) + "\n")


def _failure(one: Failed, args: argparse.Namespace) -> str:
    story = "\n".join(f"    {item.position}  {item.point}: {item.taken}" for item in one.choices)
    seed = f" --seed {one.seed}" if one.seed else ""
    forgetful = " --forgetful" if args.forgetful else ""
    family = f" --family {args.family}" if args.family != "zjs" else ""
    command = f'gsdesk prove{family} --flow {one.flow}{seed} --choices "{one.plan}"{forgetful}'
    return say("prove.failed", found="\n    ".join(one.found), story=story, command=command)
