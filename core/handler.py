"""Makes the operating system hand ``gsdesk://`` addresses to this program, for its user alone.

Windows: keys below HKEY_CURRENT_USER\\Software\\Classes; freedesktop systems: a desktop entry. The
address is the last argument, behind a bare ``--``: whatever a page puts into it names no option.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.calling import SCHEME
from core.errors import SetupError, fault
from core.words import say

ENTRY = "gsdesk-visit.desktop"
KEY = rf"Software\Classes\{SCHEME}"
MIME = f"x-scheme-handler/{SCHEME}"
PATIENCE = 20


def start(home: Path) -> list[str]:
    """How this program is started over ``home``."""
    name = "gsdesk.exe" if os.name == "nt" else "gsdesk"
    script = Path(sys.executable).with_name(name)
    words = [str(script)] if script.is_file() else [sys.executable, "-m", "core.commands.main"]
    return [*words, "--home", str(home)]


def command(home: Path) -> list[str]:
    """How an address is handed to it, up to the bare ``--``."""
    return [*start(home), "open", "--"]


def register(home: Path, platform: str = sys.platform) -> str:
    """Register; gives the place. Raises ``SetupError`` with a sentence."""
    try:
        if platform == "win32":
            return _into_registry(home)
        if platform.startswith("linux"):
            return _into_entries(home)
    except OSError as error:
        raise SetupError(fault("calling.failed", error=error.strerror or error)) from error
    raise SetupError(fault("calling.elsewhere"))


def unregister(platform: str = sys.platform) -> None:
    """Take it back; nothing happens where there is nothing."""
    try:
        if platform == "win32":
            _out_of_registry()
        elif platform.startswith("linux"):
            (_entries() / ENTRY).unlink(missing_ok=True)
            _tell_desktop()
    except OSError as error:
        raise SetupError(fault("calling.failed", error=error.strerror or error)) from error


# -- freedesktop


def _entries() -> Path:
    kept = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(kept) / "applications"


def desktop_entry(words: list[str]) -> str:
    """The entry's text; each word quoted as the specification wants it."""
    quoted = " ".join(_quoted(word) for word in words)
    name = say("calling.entry")
    lines = ("[Desktop Entry]", "Type=Application", f"Name={name}", f"Exec={quoted} %u",
             f"MimeType={MIME};", "NoDisplay=true", "Terminal=false")  # fmt: skip
    return "\n".join(lines) + "\n"


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\")
    for sign in '"`$':
        escaped = escaped.replace(sign, f"\\{sign}")
    return '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'


def _into_entries(home: Path) -> str:
    place = _entries() / ENTRY
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(desktop_entry(command(home)), "utf-8")
    _tell_desktop(ENTRY)
    return str(place)


def _tell_desktop(entry: str = "") -> None:
    """Let the desktop look again; where it has no such tools it looks by itself."""
    calls = [["update-desktop-database", str(_entries())]]
    if entry:
        calls.append(["xdg-mime", "default", entry, MIME])
    for words in calls:
        if shutil.which(words[0]):
            subprocess.run(words, capture_output=True, check=False, timeout=PATIENCE)


# -- Windows


def registry_values(words: list[str]) -> dict[str, dict[str, str]]:
    """The keys below ``KEY`` (empty: itself) and their values."""
    line = subprocess.list2cmdline(words) + ' "%1"'
    return {
        "": {"": f"URL:{say('calling.entry')}", "URL Protocol": ""},
        r"shell\open\command": {"": line},
    }


def registry_file(words: list[str]) -> str:
    """The same as a file for an administrator to hand out."""
    lines = ["Windows Registry Editor Version 5.00", ""]
    for place, values in registry_values(words).items():
        lines.append(rf"[HKEY_CURRENT_USER\{KEY}{chr(92) + place if place else ''}]")
        for name, value in values.items():
            kept = value.replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'{f"{chr(34)}{name}{chr(34)}" if name else "@"}="{kept}"')
        lines.append("")
    return "\r\n".join(lines)


def _winreg() -> Any:
    import winreg  # there on Windows only

    return winreg


def _into_registry(home: Path) -> str:
    reg = _winreg()
    for place, values in registry_values(command(home)).items():
        path = rf"{KEY}\{place}" if place else KEY
        with reg.CreateKey(reg.HKEY_CURRENT_USER, path) as key:
            for name, value in values.items():
                reg.SetValueEx(key, name, 0, reg.REG_SZ, value)
    return rf"HKEY_CURRENT_USER\{KEY}"


def _out_of_registry() -> None:
    reg = _winreg()
    for tail in (r"\shell\open\command", r"\shell\open", r"\shell", ""):
        try:
            reg.DeleteKey(reg.HKEY_CURRENT_USER, KEY + tail)
        except FileNotFoundError:
            continue
