"""One window over a home: the second start hands over and ends; a dead first leaves no trace."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from gui import single
from gui.single import SingleInstance

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from gui.single import SingleInstance
made = SingleInstance(Path(sys.argv[1]))
assert made.first()
made.listen(print)
sys.stdout.write("ready\\n"); sys.stdout.flush()
sys.stdin.read()
"""


@pytest.fixture
def first(tmp_path: Path):
    """The first window of a home, and what it is shown."""
    seen, came = [], threading.Event()

    def shown(visit: str) -> None:
        seen.append(visit)
        came.set()

    made = SingleInstance(tmp_path / "home")
    assert made.first()
    made.listen(shown)
    yield made, seen, came
    made.end()


def test_a_second_start_finds_the_first_and_hands_over(first, tmp_path: Path) -> None:
    _, seen, came = first
    second = SingleInstance(tmp_path / "home")
    assert not second.first()
    assert second.hand_over("MZ1") and came.wait(30)
    assert second.hand_over("")
    assert seen == ["MZ1", ""]


def test_another_home_has_a_window_of_its_own(first, tmp_path: Path) -> None:
    other = SingleInstance(tmp_path / "other")
    assert other.first()
    other.end()


def test_when_the_first_has_ended_the_next_is_first(first, tmp_path: Path) -> None:
    made, _, _ = first
    made.end()
    made.end()
    second = SingleInstance(tmp_path / "home")
    assert second.first()
    second.end()


def test_a_stranger_without_the_key_is_not_heard(first, tmp_path: Path) -> None:
    _, seen, _ = first
    second = SingleInstance(tmp_path / "home")
    key = tmp_path / "home" / "window.key"
    kept = key.read_bytes()
    key.unlink()
    key.write_bytes(b"x" * 32)
    assert not second.hand_over("MZ1") and seen == []
    key.write_bytes(kept)
    assert second.hand_over("MZ2")


def test_a_window_that_does_not_answer_is_said_so(first, tmp_path: Path, monkeypatch) -> None:
    made, _, _ = first
    monkeypatch.setattr(single, "ANSWER_SECONDS", 0.05)
    listener, made._listener = made._listener, None
    listener.close()
    assert not SingleInstance(tmp_path / "home").hand_over("MZ1")


def test_a_second_start_waits_for_a_first_that_has_only_begun(tmp_path: Path, monkeypatch) -> None:
    made, seen = SingleInstance(tmp_path), []
    assert made.first()
    clock = SimpleNamespace(monotonic=lambda: 0.0, sleep=lambda _: made.listen(seen.append))
    monkeypatch.setattr(single, "time", clock)
    assert SingleInstance(tmp_path).hand_over_soon("MZ1") and seen == ["MZ1"]
    made.end()


def test_a_killed_first_leaves_no_lock_behind(tmp_path: Path) -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "ready\n"
        assert not SingleInstance(tmp_path).first()
        holder.kill()
        holder.wait()
    second = SingleInstance(tmp_path)
    assert second.first()
    second.end()
