"""The children of the benchmark: what they count, when they speak, and that they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from gui import benchmark
from gui.operation import Operation

ROOT = Path(benchmark.__file__).resolve().parents[1]


class Watch:
    """A clock for the ticker that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(benchmark, "time", made)
    return made


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What the child has told."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_ticker_keeps_the_longest_gap(watch: Watch, qapp) -> None:
    ticker = benchmark.Ticker()
    ticker.start()
    for moment in (0.010, 0.020, 0.095, 0.105):
        watch.now = moment
        ticker._tick()
    watch.now = 0.110
    assert ticker.stop() == pytest.approx(75)


def test_a_window_that_never_ticks_again_is_one_long_gap(watch: Watch, qapp) -> None:
    ticker = benchmark.Ticker()
    ticker.start()
    watch.now = 2.0
    assert ticker.stop() == pytest.approx(2000)


def test_time_before_the_start_does_not_count(watch: Watch, qapp) -> None:
    ticker = benchmark.Ticker()
    watch.now = 9.0
    ticker.start()
    watch.now = 9.01
    assert ticker.stop() == pytest.approx(10)


def test_usable_is_said_when_a_window_is_shown_and_not_before(qtbot) -> None:
    said: list[bool] = []
    benchmark.when_usable(lambda: said.append(True))
    for _ in range(5):
        QTimer.singleShot(0, lambda: None)
        qtbot.wait(1)
    assert said == []
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: said == [True])


def test_keys_are_pressed_one_by_one(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(benchmark, "POLL_MS", 0)
    pressed: list[int] = []
    between: list[int] = []
    presses = [lambda n=n: pressed.append(n) for n in range(3)]
    QTimer.singleShot(0, lambda: between.append(len(pressed)))
    benchmark.one_by_one(presses)
    assert pressed == [0]
    qtbot.waitUntil(lambda: pressed == [0, 1, 2])
    assert between[0] < 3


def test_nothing_pressed_is_nothing_done(monkeypatch) -> None:
    later: list[tuple[Any, ...]] = []
    timer = SimpleNamespace(singleShot=lambda *what: later.append(what))
    monkeypatch.setattr(benchmark, "QTimer", timer)
    benchmark.one_by_one([])
    assert later == []
    benchmark.one_by_one([lambda: None])
    assert [wait for wait, _ in later] == [benchmark.POLL_MS]


def test_idle_is_when_nothing_is_asked(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(benchmark, "POLL_MS", 0)
    busy = [True]
    ended: list[bool] = []
    way = classmethod(lambda cls: ("asked",) if busy else ())
    monkeypatch.setattr(Operation, "under_way", way)
    benchmark.until_idle(lambda: ended.append(True))
    for _ in range(5):
        qtbot.wait(1)
    assert ended == []
    busy.clear()
    qtbot.waitUntil(lambda: ended == [True])


def test_memory_is_that_of_the_desk_without_the_simulated_centre() -> None:
    alone = benchmark.memory()
    code = "import sys; b = b'x' * (64 << 20); sys.stdout.write('.'); sys.stdout.flush(); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", code, "simulate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.read(1)
    with_centre = benchmark.memory()
    child.communicate(b"\n", timeout=30)
    assert 10 < alone < 2000
    assert with_centre - alone < 32


def test_a_line_is_json_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    benchmark.tell(usable=True)
    benchmark.tell(gap=12.5)
    assert lines(capsys) == [{"usable": True}, {"gap": 12.5}]


def run(*words: str) -> list[dict[str, Any]]:
    """A child of its own, as the benchmark starts it; gives what it tells."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "gui.benchmark", *words], cwd=ROOT, env=environment,
        capture_output=True, text=True, timeout=200, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_bare_window_tells_and_ends() -> None:
    first, second = run("bare")
    assert first == {"usable": True}
    assert second["memory"] > 10


def test_the_desk_tells_and_ends(tmp_path: Path) -> None:
    first, second = run("desk", "--home", str(tmp_path))
    assert first == {"usable": True}
    assert second["memory"] > 10
    assert (tmp_path / "training" / "journal.db").exists()


def test_the_bare_gaps(tmp_path: Path) -> None:
    (found,) = run("ticks-bare", "--seconds", "0.2")
    assert found["gap"] > 0


def test_the_gaps_while_the_library_hangs(tmp_path: Path) -> None:
    """The card read is really under way: the replies' file holds its code as one that hangs."""
    (found,) = run("ticks-desk", "--home", str(tmp_path), "--seconds", "1.5")
    assert found["gap"] > 0
    replies = json.loads((tmp_path / "replies.json").read_text("utf-8"))
    assert list(replies["hang"].values()) == [1.5]


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run("nonsense")
