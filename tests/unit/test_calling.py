"""The hospital's system calls the desk: numbers and addresses are read strictly, one call opens."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import handler
from core.calling import LONGEST, called, shown, visit_no
from core.commands import main as command
from core.commands import open as opening
from core.errors import InvalidInput, SetupError
from gui.single import SingleInstance

GOOD = ["MZ20260302001", "1", "ZY-2026_01.7", "a" * LONGEST]
TRICKS = [
    "", " ", "..", "a..b", "../x", "a/b", "a\\b", "a b", "a%2e", "%2e%2e", "-a", ".a", "a.", "a\nb",
    "a\0b", "a'b", 'a"b', "a;b", "就诊", "ａ", "a" * (LONGEST + 1), "a?b", "a#b", "a:b", "--home",
]  # fmt: skip


@pytest.mark.parametrize("number", GOOD)
def test_a_number_is_taken_as_it_is(number: str) -> None:
    assert visit_no(f" {number} ") == number
    assert called(f"gsdesk://visit/{number}") == number
    assert called(f"GSDESK://visit/{number}/") == number


@pytest.mark.parametrize("number", TRICKS)
def test_tricks_are_refused_with_a_sentence(number: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        visit_no(number)
    assert str(LONGEST) in str(refused.value)
    with pytest.raises(InvalidInput):
        called(f"gsdesk://visit/{number}")


@pytest.mark.parametrize(
    "address",
    ["gsdesk:visit/1", "gsdesk://visit", "gsdesk://visits/1", "gsdesk://visit/1/2", "http://visit/1",
     "gsdesk://visit/1?home=x", "gsdesk://a@visit/1", "gsdesk://visit:80/1", "xgsdesk://visit/1",
     "gsdesk://visit//1", "gsdesk:///visit/1"],
)  # fmt: skip
def test_another_address_is_none_of_ours(address: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        called(address)
    assert "gsdesk://visit/" in str(refused.value)


@given(st.text(max_size=120))
def test_whatever_comes_is_a_plain_number_or_refused(text: str) -> None:
    try:
        number = called(text)
    except InvalidInput as error:
        assert all(sign.isprintable() for sign in str(error))
    else:
        assert number.isascii() and ".." not in number and len(number) <= LONGEST


def test_what_is_shown_of_it_is_one_short_line() -> None:
    assert shown("a\nb\0" + "x" * 200) == "a?b?" + "x" * 76 + "…"


# -- the command


def test_the_number_goes_to_the_window_that_is_there(tmp_path: Path, capsys) -> None:
    seen: list[str] = []
    first = SingleInstance(tmp_path)
    assert first.first()
    first.listen(seen.append)
    assert command.main(["--home", str(tmp_path), "open", "--visit", "MZ1"]) == 0
    assert command.main(["--home", str(tmp_path), "open", "--", "gsdesk://visit/MZ2"]) == 0
    assert seen == ["MZ1", "MZ2"] and capsys.readouterr().out
    first.end()


def test_without_a_window_it_becomes_the_window(tmp_path: Path, monkeypatch) -> None:
    ran: list[object] = []
    window = SimpleNamespace(run=lambda *words: ran.append(words) or 0)
    load = opening.importlib.import_module
    fake = lambda name: window if name == "gui.application" else load(name)  # noqa: E731
    monkeypatch.setattr(opening.importlib, "import_module", fake)
    assert command.main(["--home", str(tmp_path), "open", "--visit", "MZ1"]) == 0
    assert ran == [(tmp_path, [], "MZ1")]


def test_behind_two_dashes_nothing_names_a_home(tmp_path: Path, capsys) -> None:
    words = ["--home", str(tmp_path), "open", "--", "gsdesk://visit/MZ1", "--home", "/elsewhere"]
    with pytest.raises(SystemExit):
        command.main(words)
    assert "--home" in capsys.readouterr().err


def test_nothing_named_is_said_so(tmp_path: Path, capsys) -> None:
    assert command.main(["--home", str(tmp_path), "open"]) == 2
    assert "--visit" in capsys.readouterr().err


# -- the address at the operating system


def test_the_desktop_entry_names_the_program_and_the_scheme(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(handler.shutil, "which", lambda _: None)
    place = Path(handler.register(tmp_path / 'a "$b" %c', "linux"))
    text = place.read_text("utf-8")
    assert "MimeType=x-scheme-handler/gsdesk;" in text and text.endswith("\n")
    line = next(one for one in text.splitlines() if one.startswith("Exec="))
    assert line.endswith('"open" "--" %u') and r'a \\"\\$b\\" %%c' in line
    handler.unregister("linux")
    assert not place.exists()
    handler.unregister("linux")


def test_the_desktop_is_told(tmp_path: Path, monkeypatch) -> None:
    told: list[list[str]] = []
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(handler.shutil, "which", lambda name: name)
    monkeypatch.setattr(handler.subprocess, "run", lambda words, **_: told.append(words))
    handler.register(tmp_path, "linux")
    assert told[1] == ["xdg-mime", "default", handler.ENTRY, "x-scheme-handler/gsdesk"]


def test_the_registry_hands_the_address_over_behind_two_dashes(tmp_path: Path) -> None:
    words = handler.command(tmp_path)
    assert words[-2:] == ["open", "--"] and str(tmp_path) in words
    values = handler.registry_values([r"C:\a b\gsdesk.exe", "open", "--"])
    assert values[""]["URL Protocol"] == ""
    assert values[r"shell\open\command"][""] == r'"C:\a b\gsdesk.exe" open -- "%1"'
    text = handler.registry_file([r"C:\a b\gsdesk.exe", "open", "--"])
    assert r'@="\"C:\\a b\\gsdesk.exe\" open -- \"%1\""' in text
    assert "[HKEY_CURRENT_USER\\Software\\Classes\\gsdesk\\shell\\open\\command]\r\n" in text


class Registry:
    """As much of ``winreg`` as is used."""

    HKEY_CURRENT_USER, REG_SZ = "HKCU", 1

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, str]] = {}

    def CreateKey(self, root: str, path: str) -> Registry:  # noqa: N802 - Windows' name
        self.keys.setdefault(path, {})
        self._path = path
        return self

    def __enter__(self) -> str:
        return self._path

    def __exit__(self, *_: object) -> None:
        pass

    def SetValueEx(self, key: str, name: str, zero: int, kind: int, value: str) -> None:  # noqa: N802
        self.keys[key][name] = value

    def DeleteKey(self, root: str, path: str) -> None:  # noqa: N802
        if path not in self.keys:
            raise FileNotFoundError(path)
        del self.keys[path]


def test_windows_keeps_it_for_the_user_alone(tmp_path: Path, monkeypatch) -> None:
    registry = Registry()
    monkeypatch.setattr(handler, "_winreg", lambda: registry)
    assert handler.register(tmp_path, "win32").startswith("HKEY_CURRENT_USER")
    assert registry.keys[r"Software\Classes\gsdesk\shell\open\command"][""].endswith('-- "%1"')
    handler.unregister("win32")
    assert registry.keys == {}


def test_where_it_cannot_be_done_it_is_said(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(SetupError):
        handler.register(tmp_path, "plan9")
    monkeypatch.setattr(handler, "_winreg", lambda: (_ for _ in ()).throw(OSError(13, "denied")))
    with pytest.raises(SetupError) as failed:
        handler.register(tmp_path, "win32")
    assert "denied" in str(failed.value)


def test_the_command_registers_and_writes_the_file(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(handler.shutil, "which", lambda _: None)
    home = ["--home", str(tmp_path)]
    assert command.main([*home, "open", "--registry-file", str(tmp_path / "x.reg")]) == 0
    assert (tmp_path / "x.reg").read_text("utf-16").startswith("Windows Registry")
    if sys.platform.startswith("linux"):
        assert command.main([*home, "open", "--register"]) == 0
        assert handler.ENTRY in capsys.readouterr().out
        assert command.main([*home, "open", "--unregister"]) == 0
