"""The children of ``gsdesk bench``: a bare window and the real one, measured from within.

``python -m gui.benchmark NAME`` (``NAMES``); each writes one JSON line on standard
output when there is something to know, and ends. Nothing here is part of the window itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

TICK_MS = 10
SETTLE_MS = 500
POLL_MS = 50
MEGABYTE = 1024 * 1024
ANOTHER = "T000002"
NAMES = (
    "bare", "desk", "ticks-bare", "ticks-desk", "typing-bare", "typing-desk", "table-bare",
    "table-desk",
)  # fmt: skip


class Ticker:
    """A timer of ten milliseconds and the longest time between two of its ticks."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to tick."""
        self._last = time.perf_counter()
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now

    def stop(self) -> float:
        """The longest gap in milliseconds, the one since the last tick counted too."""
        self._tick()
        self._timer.stop()
        return self.longest * 1000


def tell(**facts: Any) -> None:
    """One JSON line for the parent."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def when_usable(then: Callable[[], None]) -> None:
    """Call ``then`` when a window is shown and the event loop has nothing left to do for it."""

    def look() -> None:
        shown = [window for window in QApplication.topLevelWindows() if window.isExposed()]
        QTimer.singleShot(0, settled if shown else look)

    def settled() -> None:
        QTimer.singleShot(0, then)

    QTimer.singleShot(0, look)


def memory() -> float:
    """Megabytes of this process and of the library process, not of the simulated centre."""
    import psutil

    me = psutil.Process()
    children = [item for item in me.children(True) if "simulate" not in " ".join(item.cmdline())]
    return float(sum(item.memory_info().rss for item in (me, *children))) / MEGABYTE


def usable_then_end() -> None:
    """Tell that the window can be used, then how much memory it takes, and end."""
    tell(usable=True)

    def weigh() -> None:
        tell(memory=memory())
        QApplication.exit(0)

    QTimer.singleShot(SETTLE_MS, weigh)


def bare() -> int:
    """An empty window and nothing else."""
    app = QApplication(["bare"])
    window = QWidget()
    window.resize(1280, 720)
    when_usable(usable_then_end)
    window.show()
    return app.exec()


def desk(home: Path) -> int:
    """The program as its command starts it."""
    from core.commands.main import main
    from gui.application import application

    application()
    when_usable(usable_then_end)
    return main(["--home", str(home)])


def ticks_bare(seconds: float) -> int:
    """The gaps of an empty window."""
    app = QApplication(["bare"])
    window = QWidget()
    ticker = Ticker()

    def end() -> None:
        tell(gap=ticker.stop())
        app.exit(0)

    def begin() -> None:
        ticker.start()
        QTimer.singleShot(round(seconds * 1000), end)

    when_usable(begin)
    window.show()
    return app.exec()


def ticks_desk(folder: Path, seconds: float) -> int:
    """The gaps of the real window while the library hangs in a card read."""
    from core.bench.stage import Stage
    from gui.application import application, make_window

    app = application()
    stage = Stage(folder, lines=40)
    step = "read_card"
    replies = stage.replies(hang={stage.yes.code(step): seconds})
    opened, _ = stage.desk(replies, step)
    with opened:
        window = make_window(opened)
        when_usable(lambda: _hang(opened, window))
        window.show()
        code = app.exec()
        window.context.bridge.detach()
    return code


def _hang(opened: Any, window: Any) -> None:
    """Serve somebody as a cashier does: a visit, then the card, whose reader hangs."""
    from gui.cashier import Cashier

    opened.gateway.health()  # the library is loaded at the start of the day
    window.enter(opened.session.operator)
    cashier, ticker = Cashier(window), Ticker()

    another = [lambda: cashier.act("park"), *(lambda x=x: cashier.type(x) for x in ANOTHER)]
    another.append(lambda: cashier.press("Return"))

    def read() -> None:
        ticker.start()
        cashier.page.home_field.setFocus()
        cashier.act("patient")
        QTimer.singleShot(POLL_MS, lambda: until_idle(end))
        QTimer.singleShot(SETTLE_MS, lambda: one_by_one(another))

    def end() -> None:
        tell(gap=ticker.stop())
        QApplication.exit(0)

    until_idle(read)


def one_by_one(presses: list[Callable[[], None]]) -> None:
    """Press as fingers do: the window lives between two keys."""
    if presses:
        presses[0]()
        QTimer.singleShot(POLL_MS, lambda: one_by_one(presses[1:]))


def until_idle(then: Callable[[], None]) -> None:
    """Call ``then`` when nothing is under way; the event loop runs freely meanwhile."""
    from gui.operation import Operation

    again = then if not Operation.under_way() else lambda: until_idle(then)
    QTimer.singleShot(POLL_MS, again)


def main() -> int:
    """One measurement by name."""
    parser = argparse.ArgumentParser(prog="gui.benchmark")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--home", type=Path, default=Path())
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    return {
        "bare": bare,
        "desk": lambda: desk(args.home),
        "ticks-bare": lambda: ticks_bare(args.seconds),
        "ticks-desk": lambda: ticks_desk(args.home, args.seconds),
        "typing-bare": lambda: painted("typing_bare", args.rounds),
        "typing-desk": lambda: painted("typing_desk", args.rounds, args.home),
        "table-bare": lambda: painted("table_bare", args.rounds),
        "table-desk": lambda: painted("table_desk", args.rounds),
    }[args.name]()


def painted(name: str, *more: Any) -> int:
    """One of the measurements of what is painted, told in one line."""
    from gui import benchmark_painting

    tell(**getattr(benchmark_painting, name)(*more))
    return 0


if __name__ == "__main__":
    sys.exit(main())
