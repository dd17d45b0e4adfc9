"""How the last window ended is said at the next start; an error nobody caught is kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gui.crashes import CrashLog

ROOT = Path(__file__).parents[2]
CHILD = """
import faulthandler, os, sys
from pathlib import Path
from gui.crashes import CrashLog
made = CrashLog(Path(sys.argv[1]))
made.begin()
if sys.argv[2] == "crash":
    faulthandler._sigsegv()
os._exit(9)
"""


@pytest.fixture
def crashes(tmp_path: Path):
    made = CrashLog(tmp_path)
    yield made
    made.end()


def ended(home: Path, how: str) -> None:
    """A window's process that ended in that way."""
    subprocess.run([sys.executable, "-c", CHILD, str(home), how], cwd=ROOT, timeout=60)


def test_a_clean_end_is_not_worth_a_word(tmp_path: Path, crashes: CrashLog) -> None:
    crashes.begin()
    crashes.end()
    crashes.begin()
    assert crashes.says == ""


def test_a_killed_window_is_told_at_the_next_start(tmp_path: Path, crashes: CrashLog) -> None:
    ended(tmp_path, "kill")
    crashes.begin()
    assert "没有正常关闭" in crashes.says


def test_a_crash_is_told_with_its_log(tmp_path: Path, crashes: CrashLog) -> None:
    ended(tmp_path, "crash")
    crashes.begin()
    assert "意外退出" in crashes.says and "crash.log" in crashes.says
    assert "Segmentation fault" in (tmp_path / "logs" / "crash.log").read_text("utf-8")


def test_an_error_nobody_caught_is_kept_and_passed_on(tmp_path, crashes, monkeypatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: heard.append(str(error)))
    made = CrashLog(tmp_path)
    made.begin()
    sys.excepthook(ValueError, ValueError("odd"), None)
    assert heard == ["odd"]
    assert "ValueError: odd" in (tmp_path / "logs" / "crash.log").read_text("utf-8")
    made.end()


def test_a_disk_that_cannot_be_written_stops_no_window(tmp_path: Path, strays) -> None:
    strays.expected = ("crashes of this window",)
    (tmp_path / "home").write_bytes(b"")
    made = CrashLog(tmp_path / "home")
    made.begin()
    assert made.says == ""
