"""A PostgreSQL of the tests' own: in memory, on a free port, without the system's services."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.servers import SERVERS

OWNER = "postgres"  # the server refuses to run as root
MEMORY = Path("/dev/shm")
WAIT = 60.0
QUICK = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB",
    "max_connections=30", "autovacuum=off", "listen_addresses=127.0.0.1",
)  # fmt: skip


def programs() -> Path | None:
    """Where the newest server's programs are, if any."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def why_not() -> str:
    """Why there can be no PostgreSQL here, in one sentence, or nothing."""
    if os.name == "nt" or os.geteuid() != 0:
        return "the tests against PostgreSQL need root, to run it as its own user"
    return "" if programs() else "PostgreSQL is not installed (Debian: postgresql)"


class Cluster:
    """One server process and its data; dropped with ``remove``."""

    def __init__(self) -> None:
        place = programs()
        assert place is not None
        self._bin = place
        self.folder = Path(tempfile.mkdtemp(prefix="gsdesk-pg-", dir=_memory()))
        shutil.chown(self.folder, OWNER, OWNER)
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "his", "--no-sync",
                  "-E", "UTF8", "--locale=C")  # fmt: skip
        self.start()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [str(self._bin / program), *words], user=OWNER, group=OWNER, extra_groups=[],
            cwd=self.folder, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [word for one in QUICK for word in ("-c", one)]
        command = [str(self._bin / "postgres"), "-D", str(self._data), "-k", str(self.folder),
                   "-p", str(self.port), *options]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, user=OWNER, group=OWNER, extra_groups=[], cwd=self.folder, stdout=log,
                stderr=log,
            )  # fmt: skip
        SERVERS.add(self._process.pid)
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        import psycopg

        end = time.monotonic() + WAIT
        while True:
            try:
                psycopg.connect(self.address("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                assert time.monotonic() < end, (self.folder / "log").read_text("utf-8", "replace")
            else:
                return

    def stop(self) -> None:
        """Stop it at once, as a power cut would: every connection breaks."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(WAIT)
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Every process of it stands still: nothing breaks, nothing answers."""
        import psutil

        assert self._process is not None
        head = psutil.Process(self._process.pid)
        family = [head, *head.children(recursive=True)]
        for one in family:
            one.suspend()
        try:
            yield
        finally:
            for one in family:
                one.resume()

    def waits_for_lock(self) -> bool:
        """Does a connection of the desk wait for a lock just now?"""
        return bool(self.run(
            "postgres", "SELECT pid FROM pg_stat_activity WHERE application_name = 'gsdesk'"
            " AND wait_event_type = 'Lock'",
        ))  # fmt: skip

    def remove(self) -> None:
        """Stop it and take its data away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, database: str, user: str = "his") -> str:
        """For psycopg."""
        return f"host=127.0.0.1 port={self.port} dbname={database} user={user}"

    def url(self, database: str, user: str = "his") -> str:
        """For SQLAlchemy."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def run(self, database: str, *statements: str) -> list[tuple[object, ...]]:
        """Statements on a connection of their own; the rows of the last."""
        import psycopg

        with psycopg.connect(self.address(database), autocommit=True) as connection:
            for statement in statements:
                found = connection.execute(statement)
            return found.fetchall() if found.description else []

    def create(self, database: str) -> None:
        """A new empty database."""
        self.run("postgres", f'CREATE DATABASE "{database}" TEMPLATE template0')

    def kill_backends(self, application: str = "gsdesk") -> int:
        """End every connection of a program; gives how many there were."""
        rows = self.run(
            "postgres",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE application_name = '{application}'",
        )
        return len(rows)


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _memory() -> Path | None:
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 1 << 30 else None


def session_cluster() -> Cluster:
    """The one cluster of this test process, or a skipped test that says why."""
    if reason := why_not():
        pytest.skip(reason)
    return Cluster()
