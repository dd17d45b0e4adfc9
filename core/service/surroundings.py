"""What the machine around the desk offers: disk, printer, Chinese font; asked without Qt."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from core.printing.port import Queues, Unseen
from core.printing.watching import in_words, machine
from core.words import say

State = Literal["ok", "warning", "failed"]
Said = tuple[State, str]
MEGABYTE = 1024 * 1024
LITTLE, TOO_LITTLE = 1024 * MEGABYTE, 100 * MEGABYTE
PATIENCE = 5.0
WINDOWS_FONTS = ("msyh.ttc", "msyh.ttf", "simsun.ttc", "simhei.ttf", "Deng.ttf")


def disk(folder: Path) -> Said:
    """Free space of the home's disk, and whether a file can be written and flushed there."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return "failed", say("health.disk.not_writable", folder=folder, error=error)
    text = {"folder": folder, "free": free // MEGABYTE}
    if free < TOO_LITTLE:
        return "failed", say("health.disk.full", **text)
    if free < LITTLE:
        return "warning", say("health.disk.little", **text)
    return "ok", say("health.disk.ok", **text)


def printer(name: str, home: Path, queues: Queues | None = None) -> Said:
    """The chosen printer, as far as the printing system says how its queue stands."""
    if not name:
        return "ok", say("health.printer.pdf", folder=home / "slips")
    try:
        queue = (queues or machine()).queue(name)
    except Unseen:
        return "warning", say("health.printer.not_asked", name=name)
    if not queue.known:
        return "failed", say("health.printer.missing", name=name)
    if queue.troubles:
        return "warning", say("health.printer.stopped", name=name, why=in_words(queue.troubles))
    return "ok", say("health.printer.ok", name=name)


def font() -> Said:
    """Is a font with Chinese characters installed?"""
    if sys.platform == "win32":
        return _windows_font(Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts")
    tool = shutil.which("fc-list")
    if tool is None:
        return "warning", say("health.font.not_asked")
    families = [line for line in _run([tool, ":lang=zh", "family"])[1].splitlines() if line]
    return _font(sorted(families))


def _windows_font(folder: Path) -> Said:
    return _font([name for name in WINDOWS_FONTS if (folder / name).exists()])


def _font(found: list[str]) -> Said:
    if not found:
        return "failed", say("health.font.missing")
    return "ok", say("health.font.ok", name=found[0].split(",")[0])


def _run(command: list[str]) -> tuple[int, str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=PATIENCE, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return -1, ""
    return done.returncode, done.stdout.decode("utf-8", "replace")
