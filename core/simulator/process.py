"""The simulated centre of the training mode as a child process of the desk."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

from core.errors import SetupError, fault
from core.simulator.control import Control, Exchange, exchange, post

START_SECONDS = 30.0
END_SECONDS = 5.0
RESTARTS = 20  # of a centre that died by itself, in one life of the desk
READY = "ready "
BOOKS = {"zjs": "centre.sqlite", "gd": "platform.sqlite"}
SENDS: dict[str, Exchange] = {"zjs": exchange, "gd": post}
TRAINING_PASSWORD = "peixun"
"""Of the training desk at the simulated platform (``platform_rules``)."""
PATH = "/hygeia_esb_sj/api/call.action"
ROOT = Path(__file__).resolve().parents[2]


def command(*arguments: str) -> list[str]:
    """How this program starts a simulator: from source, or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "simulate", *arguments]
    return [sys.executable, "-m", "core.commands.simulate", *arguments]


def environment() -> dict[str, str]:
    """Our environment, with the program's folder on the module path."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    kept = os.pathsep.join(path for path in paths if path)
    return os.environ | {"PYTHONPATH": kept, "PYTHONIOENCODING": "utf-8"}


class TrainingCentre:
    """A simulator on its books in ``folder``; it dies with us. A dead one is started again.

    ``folder`` is the training folder of a home (``home/training``); ``gsdesk simulate --home``
    looks for the books there, too.

    Raises ``SetupError`` with a sentence when it does not come up in time.
    """

    def __init__(self, folder: Path, family: str = "zjs") -> None:
        self._folder = folder
        self._family = family
        self._process: subprocess.Popen[str] | None = None
        self._address = ""
        self._restarts = 0
        self._lock = threading.RLock()

    @property
    def address(self) -> str:
        """host:port; starts the process if need be, on the same port."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._address

    def _watch(self, process: subprocess.Popen[str]) -> None:
        process.wait()
        with self._lock:
            if self._process is not process or self._restarts >= RESTARTS:
                return
            self._restarts += 1
            with contextlib.suppress(SetupError):  # the next question for the address says it
                self._start()

    @property
    def url(self) -> str:
        """The address of a centre that speaks HTTP, as ``[centre] url`` wants it."""
        return f"http://{self.address}{PATH}"

    @property
    def control(self) -> Control:
        """The hand on it."""
        return Control(self.address, SENDS[self._family])

    @property
    def pid(self) -> int:
        """The process number, 0 when none runs."""
        alive = self._process is not None and self._process.poll() is None
        return self._process.pid if alive and self._process else 0

    def _start(self) -> None:
        self.close()
        port = self._address.rpartition(":")[2] or "0"
        if not self._try(port) and not (port != "0" and self._try("0")):
            self.close()
            log = self._log()
            raise SetupError(fault("simulator.not_started", error=_tail(log), log=log))

    def _try(self, port: str) -> bool:
        self._folder.mkdir(parents=True, exist_ok=True)
        books = str(self._folder / BOOKS[self._family])
        with self._log().open("ab") as log:
            self._process = subprocess.Popen(
                command("--family", self._family, "--port", port, "--books-file", books,
                        "--with-parent"),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                env=environment(), text=True, encoding="utf-8",
            )  # fmt: skip
        line = _first_line(self._process)
        if not line.startswith(READY):
            self.close()
            return False
        self._address = line.removeprefix(READY).strip()
        threading.Thread(target=self._watch, args=(self._process,), daemon=True).start()
        return True

    def _log(self) -> Path:
        return self._folder / "centre.log"

    def close(self) -> None:
        """End the process; never raises."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _end(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _first_line(process: subprocess.Popen[str]) -> str:
    found: list[str] = []

    def read() -> None:
        if process.stdout:
            found.append(process.stdout.readline())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(START_SECONDS)
    if not found:
        process.kill()
        reader.join()
    return found[0] if found else ""


def _tail(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
