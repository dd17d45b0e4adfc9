"""(c) start, (d) the gaps of a window whose library hangs, (e) memory, a keystroke in a search
box and a long fee table; each against a bare window.

The window is measured from within by child processes (``gui.benchmark``), known here by name only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.bench.pairs import MS, Measured, measured
from core.errors import SetupError, fault

START, GAP, MEMORY = "start", "gap", "memory"
SEARCH, TABLE, PAGE = "search", "fee_table", "fee_page"
START_AIM, GAP_AIM, MEMORY_AIM = 2.0, 50.0, 2.0
FRAME, TABLE_AIM = 16.0, 2.0  # milliseconds; a ratio
MODULE = "gui.benchmark"
ROOT = Path(__file__).resolve().parents[2]
END_SECONDS = 60.0
HANG, QUICK_HANG = 30.0, 3.0
ROUNDS, QUICK_ROUNDS = 7, 3


def start(folder: Path, quick: bool = False) -> Measured:
    """Process start to the first usable screen; the home is set up before and not measured."""
    pairs = _pairs(folder, quick)
    return measured(START, [p[0]["ms"] for p in pairs], [p[1]["ms"] for p in pairs], START_AIM)


def memory(folder: Path, quick: bool = False) -> Measured:
    """Megabytes of the desk at its first screen."""
    pairs = _pairs(folder, quick)
    ours, floors = [p[0]["memory"] for p in pairs], [p[1]["memory"] for p in pairs]
    return measured(MEMORY, ours, floors, MEMORY_AIM, "MB")


def gap(folder: Path, quick: bool = False) -> Measured:
    """The longest gap between two ticks of ten milliseconds while a card read hangs."""
    seconds = QUICK_HANG if quick else HANG
    last = seconds + END_SECONDS
    bare = _child(last, "ticks-bare", "--seconds", str(seconds))
    ours = _child(last, "ticks-desk", "--home", str(folder), "--seconds", str(seconds))
    return measured(GAP, [ours["gap"]], [bare["gap"]], GAP_AIM, aims_at="value")


def search(folder: Path, quick: bool = False) -> Measured:
    """The slowest of a row of keystrokes in a search box over 40 000 rows, until it is painted."""
    rounds = str(QUICK_ROUNDS if quick else ROUNDS)
    bare = _child(END_SECONDS, "typing-bare", "--rounds", rounds)
    ours = _child(END_SECONDS, "typing-desk", "--home", str(folder), "--rounds", rounds)
    return measured(SEARCH, ours["slowest"], bare["slowest"], FRAME, aims_at="value")


def fee_table(folder: Path, quick: bool = False) -> Measured:
    """100 000 fee lines into the table, until they are painted for the first time."""
    return _table(TABLE, "first", quick)


def fee_page(folder: Path, quick: bool = False) -> Measured:
    """One page of scrolling in the table of 100 000 fee lines, until it is painted."""
    return _table(PAGE, "page", quick)


def _table(name: str, what: str, quick: bool) -> Measured:
    rounds = str(QUICK_ROUNDS if quick else ROUNDS)
    bare = _child(END_SECONDS, "table-bare", "--rounds", rounds)
    ours = _child(END_SECONDS, "table-desk", "--rounds", rounds)
    return measured(name, ours[what], bare[what], TABLE_AIM)


def _pairs(folder: Path, quick: bool) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    home = folder / "home"
    _child(END_SECONDS, "desk", "--home", str(home))
    return [
        (_child(END_SECONDS, "desk", "--home", str(home)), _child(END_SECONDS, "bare"))
        for _ in range(QUICK_ROUNDS if quick else ROUNDS)
    ]


def _child(seconds: float, *arguments: str) -> dict[str, Any]:
    """What a child tells, and the milliseconds to its first line; raises ``SetupError``."""
    began = time.perf_counter()
    with _running(arguments) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        ms = (time.perf_counter() - began) * MS
        try:
            rest, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            rest, _ = child.communicate()
    found: dict[str, Any] = {"ms": ms}
    for line in (first + rest).splitlines():
        found.update(json.loads(line))
    if child.returncode or len(found) == 1:
        raise SetupError(fault("bench.failed", name=arguments[0], code=child.returncode))
    return found


@contextmanager
def _running(arguments: tuple[str, ...]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", MODULE, *arguments]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment())
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()


def _environment() -> dict[str, str]:
    """Ours, with the program on the path, and a screen in memory where there is none."""
    found = dict(os.environ)
    paths = [str(ROOT), found.get("PYTHONPATH", "")]
    found["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    shown = {"DISPLAY", "WAYLAND_DISPLAY"} & found.keys()
    if sys.platform.startswith("linux") and not shown:
        found.setdefault("QT_QPA_PLATFORM", "offscreen")
    return found
