"""Print queues of Windows, asked through its own management interface by PowerShell.

A job that has been printed disappears from the list, so ``jobs`` shows only what still waits.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from core.printing.port import Job, JobState, Queue, Unseen

PATIENCE = 15.0
NAME = "GSDESK_QUEUE"
NUMBER = "GSDESK_JOB"
LIST = (
    "[Console]::OutputEncoding=[Text.Encoding]::UTF8;"
    "$n=$env:GSDESK_QUEUE;"
    "$p=@(Get-CimInstance Win32_Printer|?{$_.Name -eq $n}|"
    "Select WorkOffline,PrinterState,DetectedErrorState);"
    "$j=@(Get-CimInstance Win32_PrintJob|?{$_.Name.StartsWith($n+', ')}|"
    "Select JobId,Document,StatusMask);"
    "ConvertTo-Json -Compress @{printers=$p;jobs=$j}"
)
DELETE = (
    "Get-CimInstance Win32_PrintJob|"
    "?{$_.Name -eq ($env:GSDESK_QUEUE+', '+$env:GSDESK_JOB)}|Remove-CimInstance"
)
QUEUE_BITS = {
    0x1: "paused", 0x2: "other", 0x8: "media-jam", 0x10: "media-empty", 0x40: "media-needed",
    0x80: "offline", 0x800: "output-area-full", 0x40000: "marker-supply-empty",
    0x100000: "other", 0x400000: "door-open",
}  # fmt: skip
DETECTED = {4: "media-empty", 6: "marker-supply-empty", 7: "door-open", 8: "media-jam",
            9: "offline", 10: "other", 11: "output-area-full"}  # fmt: skip
JOB_BITS = {
    0x1: "held", 0x2: "other", 0x20: "offline", 0x40: "media-empty", 0x200: "other", 0x400: "other",
}  # fmt: skip
IDLE = frozenset({"paused", "offline"})
DELETING, PRINTING, DONE = 0x4 | 0x100, 0x10, 0x80


class WindowsQueues:
    """``core.printing.port.Queues`` of this machine; needs Windows 8 or newer."""

    def queue(self, name: str) -> Queue:
        """As ``Queues.queue``."""
        return self.see(name)[0]

    def jobs(self, name: str) -> tuple[Job, ...]:
        """As ``Queues.jobs``."""
        return self.see(name)[1]

    def see(self, name: str) -> tuple[Queue, tuple[Job, ...]]:
        """As ``Queues.see``: one start of PowerShell, about a second."""
        said = self._list(name)
        jobs = sorted((_job(row) for row in _rows(said, "jobs")), key=lambda job: job.number)
        found = _rows(said, "printers")
        if not found:
            return Queue(name, known=False), tuple(jobs)
        troubles = _troubles(found[0])
        return Queue(name, takes=not IDLE.intersection(troubles), troubles=troubles), tuple(jobs)

    def withdraw(self, name: str, number: int) -> None:
        """As ``Queues.withdraw``."""
        _shell(DELETE, {NAME: name, NUMBER: str(number)})

    def _list(self, name: str) -> Any:
        said = _shell(LIST, {NAME: name})
        try:
            return json.loads(said)
        except ValueError as error:
            raise Unseen(said[:200]) from error


def _shell(script: str, given: dict[str, str]) -> str:
    """What the script writes; names go through the environment, never into the script."""
    command = ["powershell", "-NoProfile", "-NonInteractive", "-Command", script]
    try:
        done = subprocess.run(
            command, env={**os.environ, **given}, capture_output=True, timeout=PATIENCE,
            check=False, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unseen(str(error)) from error
    if done.returncode:
        raise Unseen(done.stderr.decode("utf-8", "replace").strip()[:200])
    return done.stdout.decode("utf-8-sig", "replace").strip()


def _rows(said: Any, name: str) -> list[dict[str, Any]]:
    rows = said.get(name) if isinstance(said, dict) else None
    rows = [rows] if isinstance(rows, dict) else rows or []
    return [row for row in rows if isinstance(row, dict)]


def _number(row: dict[str, Any], name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else 0


def _troubles(row: dict[str, Any]) -> tuple[str, ...]:
    bits = _number(row, "PrinterState")
    said = [word for bit, word in QUEUE_BITS.items() if bits & bit]
    detected = DETECTED.get(_number(row, "DetectedErrorState"), "")
    offline = "offline" if row.get("WorkOffline") is True else ""
    return tuple(dict.fromkeys(word for word in (*said, detected, offline) if word))


def _job(row: dict[str, Any]) -> Job:
    bits = _number(row, "StatusMask")
    troubles = tuple(dict.fromkeys(word for bit, word in JOB_BITS.items() if bits & bit))
    title = str(row.get("Document") or "")
    if bits & DELETING:
        return Job(_number(row, "JobId"), title, "withdrawn")
    if bits & DONE and not troubles:
        return Job(_number(row, "JobId"), title, "printed")
    state: JobState = "printing" if bits & PRINTING else "waiting"
    return Job(_number(row, "JobId"), title, state, troubles)
