"""A real CUPS of our own: a scheduler without systemd, queues whose back end keeps every job."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import time
from pathlib import Path

COMMANDS = ("cupsd", "lpadmin", "cupsdisable", "cupsenable", "cupsreject", "cupsaccept")
DAEMON = Path("/usr/lib/cups/daemon")
START = 10.0
CONFIG = """
LogLevel none
Listen {folder}/sock
Browsing No
WebInterface No
DefaultAuthType None
<Location />
  Order allow,deny
</Location>
<Location /admin>
  Order allow,deny
</Location>
<Policy default>
  JobPrivateAccess default
  JobPrivateValues default
  SubscriptionPrivateAccess default
  SubscriptionPrivateValues default
  <Limit All>
    Order allow,deny
  </Limit>
</Policy>
"""
FILES = """
ServerRoot {folder}/root
CacheDir {folder}/cache
StateDir {folder}/state
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
ServerBin {folder}/bin
AccessLog {folder}/access
ErrorLog {folder}/error
PageLog {folder}/page
SystemGroup root
"""
BACKEND = """#!/bin/sh
[ $# = 0 ] && { echo 'direct keep "Unknown" "keep"'; exit 0; }
out=${DEVICE_URI#keep:}
if [ -e "$out/empty" ]; then
  echo "STATE: +media-empty-error" >&2
  while [ -e "$out/empty" ]; do sleep 0.02; done
  echo "STATE: -media-empty-error" >&2
fi
cat "${6:--}" > "$out/.$1" && mv "$out/.$1" "$out/$1.job"
"""


def why_not() -> str:
    """Why no CUPS of our own can be started here; empty when it can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "a print scheduler of our own is started as root only"
    missing = [name for name in COMMANDS if shutil.which(name) is None]
    if missing or not DAEMON.exists() or not _library():
        return f"CUPS is not installed: {' '.join(missing) or DAEMON}"
    return ""


def _library() -> str:
    return ctypes.util.find_library("cups") or ""


class RealCups:
    """Starts in ``folder`` (keep its path short: it holds a socket); ``stop`` ends it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.server = folder, str(folder / "sock")
        for name in ("root", "cache", "state", "spool/tmp", "bin/backend", "out"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "bin/daemon").symlink_to(DAEMON)
        (folder / "cupsd.conf").write_text(CONFIG.format(folder=folder))
        (folder / "cups-files.conf").write_text(FILES.format(folder=folder))
        backend = folder / "bin/backend/keep"
        backend.write_text(BACKEND)
        backend.chmod(0o700)
        self._start()

    def _start(self) -> None:
        """An untrapped shell would die of the scheduler's SIGUSR1 to its parent."""
        command = f"trap '' USR1; exec cupsd -f -c {self.folder}/cupsd.conf"
        command += f" -s {self.folder}/cups-files.conf"
        self._process = subprocess.Popen(
            ["sh", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.until(lambda: Path(self.server).exists(), "the scheduler's socket")

    def stop(self) -> None:
        """End the scheduler and let libcups look where it always looks."""
        self.point_at(None)
        self._process.terminate()
        self._process.wait(START)

    def point_at(self, server: str | None) -> None:
        """Where this thread's libcups, which Qt prints with, finds its server."""
        library = ctypes.CDLL(_library())
        library.cupsSetServer(server.encode() if server else None)

    def until(self, condition, what: str) -> None:
        """Wait for ``condition``; fails loudly after a while."""
        end = time.monotonic() + START
        while not condition():
            assert time.monotonic() < end, f"not seen in time: {what}"
            os.sched_yield()

    def run(self, *command: str) -> None:
        """A command of CUPS against this server."""
        done = subprocess.run(
            command, env={**os.environ, "CUPS_SERVER": self.server}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def add(self, name: str) -> Path:
        """A queue; gives the folder where its jobs land as ``<number>.job``."""
        out = self.folder / "out" / name
        out.mkdir()
        self.run("lpadmin", "-p", name, "-E", "-v", f"keep:{out}", "-m", "raw")
        return out

    def jobs(self, name: str) -> list[Path]:
        """What came out of a queue, oldest first."""
        found = (self.folder / "out" / name).glob("*.job")
        return sorted(found, key=lambda path: int(path.stem))
