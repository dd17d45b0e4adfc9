"""The two commands of the README, with nothing but Python 3.11: ``run`` opens, ``test`` proves.

Makes ``.venv``, installs the locked and hashed dependencies, on Debian (as root) the libraries that
Qt needs and a Chinese font. What is set up is remembered by the hash of the locks: a second start
takes no set-up time.
"""

from __future__ import annotations

import argparse
import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
LOCKS = {"run": ROOT / "installer/requirements.lock", "test": ROOT / "installer/test.lock"}
TEXTS = ROOT / "resources/labels/installer.toml"
OLDEST = (3, 11)
WAITS = (2, 10)  # seconds before pip is tried again
LIBRARIES = {
    "libglib2.0-0": "glib-2.0", "libegl1": "EGL", "libgl1": "GL", "libdbus-1-3": "dbus-1",
    "libfontconfig1": "fontconfig", "libxkbcommon0": "xkbcommon", "libcups2": "cups",
    "libxcb-cursor0": "xcb-cursor", "libxkbcommon-x11-0": "xkbcommon-x11",
    "libxcb-icccm4": "xcb-icccm", "libxcb-keysyms1": "xcb-keysyms", "libxcb-shape0": "xcb-shape",
}  # fmt: skip
FONT = "fonts-wqy-microhei"
COMPILER = ("gcc", "libc6-dev")
SPOOLER = {"cups-daemon": "cupsd", "cups-client": "lpadmin"}  # the tests print, where they are root
DATABASE = ("postgresql", "usr/lib/postgresql/*/bin/initdb")  # … and read from a hospital's server
MEMORY, PLENTY = Path("/dev/shm"), 4 * 1024**3  # bytes that must be free there
KEPT = {"PYTHONDONTWRITEBYTECODE": ""}  # else each of the tests' processes compiles the program
ENOUGH = 400  # characters of another program's complaint


def main(words: list[str] | None = None) -> int:
    """Set up what is missing, then run or test; the child's code is ours."""
    if sys.version_info < OLDEST:
        sys.stderr.write("Python {}.{} or newer is needed (请安装新版 Python).\n".format(*OLDEST))
        return 1
    args = arguments(words)
    try:
        prepare(args.verb)
    except (SetupFailed, OSError) as error:
        failed = error if isinstance(error, SetupFailed) else SetupFailed("disk", error=error)
        sys.stderr.write(f"{failed}\n")
        return 1
    return check(args.rest) if args.verb == "test" else run(args.rest)


def arguments(words: list[str] | None) -> argparse.Namespace:
    """``run`` or ``test``, and what is passed on."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
    parser = argparse.ArgumentParser(description=text("about"))
    parser.add_argument("verb", choices=("run", "test"))
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="gsdesk … / pytest …")
    return parser.parse_args(words)


class SetupFailed(Exception):
    """The set-up cannot go on; the text is one sentence for the person."""

    def __init__(self, key: str, **holes: object) -> None:
        super().__init__(text("prefix", text=text(key, **holes)))


def text(key: str, **holes: object) -> str:
    """A sentence of ``resources/labels/installer.toml``."""
    import tomllib  # not there in the Pythons that are refused

    table = tomllib.loads(TEXTS.read_text("utf-8"))["installer"]
    return str(table[key]).format(**holes)


def say(key: str, **holes: object) -> None:
    """One line of progress."""
    sys.stdout.write(text("prefix", text=text(key, **holes)) + "\n")
    sys.stdout.flush()


def ask(
    command: list[str], environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run another program quietly and keep what it says, readable or not."""
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, errors="replace", check=False
    )


# -- set-up


def prepare(verb: str) -> None:
    """System packages, virtual environment and dependencies, each only when missing."""
    if ready(verb):
        return
    system_packages(verb)
    if not usable():
        make_venv()
    install(verb)
    for done in ("run", verb):
        stamp(done).write_text(fingerprint(done), "ascii")


def ready(verb: str) -> bool:
    """Was all of it set up before, and has nothing changed since?"""
    return PYTHON.exists() and stamp(verb).exists() and stamp(verb).read_text() == fingerprint(verb)


def stamp(verb: str) -> Path:
    """Where the set-up of ``verb`` is remembered."""
    return VENV / f".ready-{verb}"


def fingerprint(verb: str) -> str:
    """Changes when the lock, the interpreter or the place of the project changes."""
    found = hashlib.sha256(f"{sys.version} {ROOT}".encode())
    found.update(LOCKS[verb].read_bytes())
    return found.hexdigest()


def usable() -> bool:
    """Is there an environment of this very Python, with its pip? A half-made one is not."""
    if not PYTHON.exists():
        return False
    asked = "import sys, pip; sys.stdout.write(sys.version)"
    done = ask([str(PYTHON), "-c", asked])
    return done.returncode == 0 and done.stdout == sys.version


def make_venv() -> None:
    """The project's own environment; Debian keeps ``ensurepip`` in a package of its own."""
    say("venv")
    if _venv().returncode == 0:
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not is_debian_root():
        raise SetupFailed("venv_missing", package=package)
    apt_install([package])
    done = _venv()
    if done.returncode:
        raise SetupFailed("venv_failed", error=(done.stderr or done.stdout).strip()[-ENOUGH:])


def _venv() -> subprocess.CompletedProcess[str]:
    shutil.rmtree(VENV, ignore_errors=True)
    return ask([sys.executable, "-m", "venv", str(VENV)])


def install(verb: str) -> None:
    """The locked wheels by hash, then the project beside them, without building anything."""
    lock = LOCKS[verb]
    say("packages", lock=lock.name)
    pip("install", "--require-hashes", "--only-binary", ":all:", "-r", str(lock))
    link_project()


def link_project() -> None:
    """Put the project on the environment's path and its command beside the interpreter."""
    asked = "import sys, sysconfig; sys.stdout.write(sysconfig.get_path('purelib'))"
    done = ask([str(PYTHON), "-c", asked])
    (Path(done.stdout) / "gsdesk.pth").write_text(f"{ROOT}\n", "locale")
    if WINDOWS:
        (BIN / "gsdesk.cmd").write_text(f'@"{PYTHON}" -m core %*\n', "locale")
        return
    (BIN / "gsdesk").write_text(f'#!/bin/sh\nexec "{PYTHON}" -m core "$@"\n', "utf-8")
    (BIN / "gsdesk").chmod(0o755)


def pip(*rest: str) -> None:
    """pip of the environment; a network that stutters gets another chance."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-q", *rest]
    for turn in range(len(WAITS) + 1):
        done = ask(command)
        if done.returncode == 0:
            return
        if turn < len(WAITS):
            say("pip_again", turn=turn + 1)
            time.sleep(WAITS[turn])
    raise SetupFailed("pip_failed", error=done.stderr.strip()[-ENOUGH:])


# -- the system's part


def system_packages(verb: str) -> None:
    """Qt's libraries, a Chinese font; for the tests a compiler, CUPS and PostgreSQL, too.

    Says what it cannot do; where PostgreSQL is not there the tests of it are left out, and say so.
    """
    missing = missing_packages(verb) if sys.platform.startswith("linux") else []
    if missing and is_debian_root():
        say("system", names=" ".join(missing))
        apt_install(missing)
    elif missing:
        say("please", names=" ".join(missing))


def missing_packages(verb: str) -> list[str]:
    """Debian's names of what is not there."""
    missing = [name for name, library in LIBRARIES.items() if not ctypes.util.find_library(library)]
    if not has_chinese_font():
        missing.append(FONT)
    if verb == "test" and not shutil.which("cc"):
        missing.extend(COMPILER)
    if verb == "test" and is_debian_root():
        missing.extend(name for name, program in SPOOLER.items() if not shutil.which(program))
        missing.extend([DATABASE[0]] if not any(Path("/").glob(DATABASE[1])) else [])
    return missing


def has_chinese_font() -> bool:
    """Does fontconfig, or the folder itself, know a font with Chinese?"""
    if shutil.which("fc-list"):
        return bool(ask(["fc-list", ":lang=zh", "family"]).stdout.strip())
    return Path("/usr/share/fonts/truetype/wqy").exists()


def is_debian_root() -> bool:
    """May we call apt-get?"""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and bool(shutil.which("apt-get"))


def apt_install(names: list[str]) -> None:
    """Refresh the lists and install; raises ``SetupFailed``."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *names]):
        done = ask(["apt-get", "-qq", *words], quiet)
    if done.returncode:
        raise SetupFailed("apt_failed", names=" ".join(names), error=done.stderr.strip()[-ENOUGH:])


# -- what it is for


def run(rest: list[str]) -> int:
    """Open the desk, or do what ``rest`` asks; without a display tour it and name the folder."""
    if has_display() or commands() & set(rest):
        return child(["-m", "core", *rest])
    folder = ROOT / "build" / "tour"
    say("no_display", folder=folder)
    tour = ["-m", "core", "tour", "--out", str(folder), *rest]
    code = child(tour, QT_QPA_PLATFORM="offscreen")
    say("tour_failed" if code else "toured", folder=folder, code=code)
    return code


def commands() -> set[str]:
    """The sub-commands that need no window of their own."""
    return {path.stem for path in (ROOT / "core/commands").glob("[a-z]*.py")} - {"window"}


def has_display() -> bool:
    """A screen that a window can open on."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def check(rest: list[str]) -> int:
    """Every check, the cheap ones first; the first that fails ends it."""
    workers = str(min(4, (os.cpu_count() or 1) + 1))  # a third of the time they wait for others
    with quick_folder() as place:
        where = ["--basetemp", str(place)] if place else []
        share = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]  # small files last
        tests = ["-q", *share, *where, *rest]
        checks = (
            ("ruff", ["-m", "ruff", "check", "."]),
            ("mypy", ["-m", "mypy"]),
            ("pytest", ["-m", "pytest", *tests]),
        )
        for name, command in checks:
            say("checking", name=name)
            code = child(command, QT_QPA_PLATFORM="offscreen", **KEPT)
            if code:
                return code
    return 0


@contextmanager
def quick_folder() -> Iterator[Path | None]:
    """A folder in memory where there is plenty: thousands of tests sync their journals.

    A kill needs no disk to survive, and the power is not cut here (that has a test of its own).
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < PLENTY:
        yield None
        return
    place = MEMORY / f"gsdesk-tests-{os.getpid()}"
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def child(command: list[str], **environment: str) -> int:
    """Run the environment's Python in the project's folder."""
    done = subprocess.run(
        [str(PYTHON), *command], cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
