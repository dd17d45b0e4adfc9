"""Compiles the small C libraries of ``tests/native`` with the machine's own C compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent.parent / "native"
SUFFIX = ".dll" if sys.platform == "win32" else ".so"
LINES = ["-lws2_32"] if sys.platform == "win32" else []
FLAGS = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function"]


def compiler() -> str:
    """The C compiler's path; skips the test on a machine that has none."""
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        found = shutil.which(name) if name else None
        if found:
            return found
    pytest.skip("this machine has no C compiler")


def build_library(name: str, tmp: Path, *flags: str, source: str = "") -> Path:
    """Compile ``tests/native/<source or name>_library.c`` into ``tmp`` and give its path."""
    made = tmp / f"{name}{SUFFIX}"
    file = SOURCES / f"{source or name}_library.c"
    subprocess.run(
        [compiler(), *FLAGS, *flags, str(file), "-o", str(made), *LINES], check=True, timeout=120
    )
    return made
