"""The two commands of the README, with nothing but Python 3.11: ``run`` opens the desk, ``test``
proves it.

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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKS = {"run": ROOT / "installer/requirements.lock", "test": ROOT / "installer/test.lock"}
OLDEST = (3, 11)
TRIES = 3
LIBRARIES = {
    "libglib2.0-0": "glib-2.0", "libegl1": "EGL", "libgl1": "GL", "libdbus-1-3": "dbus-1",
    "libfontconfig1": "fontconfig", "libxkbcommon0": "xkbcommon", "libcups2": "cups",
    "libxcb-cursor0": "xcb-cursor", "libxkbcommon-x11-0": "xkbcommon-x11",
    "libxcb-icccm4": "xcb-icccm", "libxcb-keysyms1": "xcb-keysyms", "libxcb-shape0": "xcb-shape",
}  # fmt: skip
FONT = "fonts-wqy-microhei"
COMPILER = ("gcc", "libc6-dev")


def main() -> int:
    """Set up what is missing, then run or test; the child's code is ours."""
    parser = argparse.ArgumentParser(
        description="Set up 工伤结算台 and run it, or run every check."
    )
    parser.add_argument("verb", choices=("run", "test"))
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="passed on to gsdesk or pytest")
    args = parser.parse_args()
    if sys.version_info < OLDEST:
        return fail(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}."
        )
    try:
        prepare(args.verb)
    except SetupFailed as error:
        return fail(str(error))
    return check(args.rest) if args.verb == "test" else run(args.rest)


class SetupFailed(Exception):
    """The set-up cannot go on; the text is one sentence for the person."""


def fail(text: str) -> int:
    """Say it and give the code."""
    sys.stderr.write(f"gsdesk set-up: {text}\n")
    return 1


def say(text: str) -> None:
    """One line of progress."""
    sys.stdout.write(f"gsdesk set-up: {text}\n")
    sys.stdout.flush()


# -- set-up


def prepare(verb: str) -> None:
    """Virtual environment, dependencies and system packages, each only when missing."""
    system_packages(verb)
    stamp = VENV / f".ready-{verb}"
    if stamp.exists() and stamp.read_text("ascii") == fingerprint(verb):
        return
    if not PYTHON.exists():
        make_venv()
    install(verb)
    stamp.write_text(fingerprint(verb), "ascii")


def fingerprint(verb: str) -> str:
    """Changes when a lock, the project's metadata or the interpreter changes."""
    found = hashlib.sha256(sys.version.encode())
    for path in (*needed_locks(verb), ROOT / "pyproject.toml"):
        found.update(path.read_bytes())
    return found.hexdigest()


def needed_locks(verb: str) -> tuple[Path, ...]:
    """What ``verb`` installs; the test lock holds everything."""
    return (LOCKS[verb],)


def make_venv() -> None:
    """The project's own environment; Debian keeps ``ensurepip`` in a package of its own."""
    say("making .venv")
    command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not is_debian_root():
        raise SetupFailed(
            f"Python cannot make a virtual environment here; install {version} first."
        )
    apt_install([version])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupFailed(f"a virtual environment cannot be made: {done.stderr.strip()[-300:]}")


def install(verb: str) -> None:
    """The locked wheels by hash, then the project itself, editable and without its dependencies."""
    lock = LOCKS[verb]
    say(f"installing the dependencies of {lock.name} (some minutes the first time)")
    pip("install", "--require-hashes", "--only-binary", ":all:", "-r", str(lock))
    link_project()


def link_project() -> None:
    """Put the project on the environment's path and its command beside the interpreter."""
    site = subprocess.run(
        [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    (Path(site) / "gsdesk.pth").write_text(f"{ROOT}\n", "utf-8")
    script = BIN / ("gsdesk.cmd" if os.name == "nt" else "gsdesk")
    if os.name == "nt":
        script.write_text(f'@"{PYTHON}" -m core %*\n', "utf-8")
    else:
        script.write_text(f'#!/bin/sh\nexec "{PYTHON}" -m core "$@"\n', "utf-8")
        script.chmod(0o755)


def pip(*arguments: str) -> None:
    """pip of the environment; a network that stutters gets another chance."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    for turn in range(1, TRIES + 1):
        done = subprocess.run(
            command, stdout=sys.stderr, stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode == 0:
            return
        say(f"pip failed (try {turn} of {TRIES})")
    raise SetupFailed(f"the dependencies cannot be installed: {done.stderr.strip()[-500:]}")


# -- the system's part


def system_packages(verb: str) -> None:
    """Qt's libraries and a Chinese font; a compiler for the tests. Says what it cannot install."""
    if not sys.platform.startswith("linux"):
        return
    missing = missing_packages(verb)
    if not missing:
        return
    if is_debian_root():
        say(f"installing {' '.join(missing)}")
        apt_install(missing)
    else:
        say(f"please install these packages (names as in Debian): {' '.join(missing)}")


def missing_packages(verb: str) -> list[str]:
    """Debian's names of what is not there."""
    missing = [name for name, library in LIBRARIES.items() if not ctypes.util.find_library(library)]
    if not has_chinese_font():
        missing.append(FONT)
    if verb == "test" and not shutil.which("cc"):
        missing.extend(COMPILER)
    return missing


def has_chinese_font() -> bool:
    """Does fontconfig, or the folder itself, know a font with Chinese?"""
    if shutil.which("fc-list"):
        found = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, check=False)
        return bool(found.stdout.strip())
    return Path("/usr/share/fonts/truetype/wqy").exists()


def is_debian_root() -> bool:
    """May we call apt-get?"""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and bool(shutil.which("apt-get"))


def apt_install(names: list[str]) -> None:
    """Refresh the lists and install; raises ``SetupFailed``."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *names]):
        done = subprocess.run(
            ["apt-get", "-qq", *command], env=quiet, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SetupFailed(
            f"apt-get could not install {' '.join(names)}: {done.stderr.strip()[-300:]}"
        )


# -- what it is for


def run(rest: list[str]) -> int:
    """Open the desk; without a display, tour it offscreen and name the folder."""
    if has_display():
        return child(["-m", "core", *rest])
    folder = ROOT / "build" / "tour"
    say(f"no display here: touring the desk offscreen; pictures and slips go to {folder}")
    code = child(["-m", "core", "tour", "--out", str(folder), *rest], QT_QPA_PLATFORM="offscreen")
    say(f"pictures and slips: {folder}" if code == 0 else f"the tour failed with code {code}")
    return code


def has_display() -> bool:
    """A screen that a window can open on."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def check(rest: list[str]) -> int:
    """Every check, the cheap ones first; the first that fails ends it."""
    workers = str(min(4, os.cpu_count() or 1))
    checks = (
        ("ruff", ["-m", "ruff", "check", "."]),
        ("mypy", ["-m", "mypy"]),
        ("tests", ["-m", "pytest", "-q", "-n", workers, "--dist", "loadgroup", *rest]),
    )
    for name, command in checks:
        say(f"checking: {name}")
        code = child(command, QT_QPA_PLATFORM="offscreen", PYTHONDONTWRITEBYTECODE="1")
        if code:
            return code
    return 0


def child(arguments: list[str], **environment: str) -> int:
    """Run the environment's Python in the project's folder."""
    return subprocess.run(
        [str(PYTHON), *arguments], cwd=ROOT, env={**os.environ, **environment}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
