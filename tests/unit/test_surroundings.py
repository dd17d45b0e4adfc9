"""Disk, printer and font, as the machine's own commands and files say it."""

from __future__ import annotations

import shutil
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

from core.service import surroundings

Usage = namedtuple("Usage", "total used free")
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("free", "state"), [(5000, "ok"), (1023, "warning"), (101, "warning"), (99, "failed")]
)
def test_free_space(tmp_path: Path, monkeypatch, free: int, state: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, free * MEGABYTE))
    found, says = surroundings.disk(tmp_path)
    assert found == state
    assert str(tmp_path) in says
    assert str(free) in says
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    found, says = surroundings.disk(tmp_path / "nowhere")
    assert found == "failed"
    assert "nowhere" in says


def test_no_printer_means_pdf(tmp_path: Path) -> None:
    assert surroundings.printer("", tmp_path) == (
        "ok",
        f"未选打印机，结算单输出为 PDF，保存在 {tmp_path / 'slips'}。",
    )


@pytest.mark.parametrize(
    ("code", "said", "state"),
    [
        (0, b"printer HP is idle. enabled since", "ok"),
        (0, b"printer HP disabled since", "warning"),
        (1, b"", "failed"),
    ],
)
def test_a_printer_as_the_system_says(monkeypatch, tmp_path, code, said, state) -> None:
    done = subprocess.CompletedProcess([], code, said, b"")
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/lpstat")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    found, says = surroundings.printer("HP", tmp_path)
    assert found == state
    assert "HP" in says


def test_a_printer_nobody_can_ask_about(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert surroundings.printer("HP", tmp_path)[0] == "warning"


def test_a_printing_system_that_hangs(monkeypatch, tmp_path) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("lpstat", 5)

    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/lpstat")
    monkeypatch.setattr(subprocess, "run", hang)
    assert surroundings.printer("HP", tmp_path)[0] == "failed"


def test_the_font(monkeypatch) -> None:
    done = subprocess.CompletedProcess([], 0, "文泉驿,WenQuanYi\n".encode(), b"")
    monkeypatch.setattr(surroundings.sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/fc-list")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert surroundings.font() == ("ok", "已安装中文字体（文泉驿）。")
    done.stdout = b"\n"
    assert surroundings.font()[0] == "failed"
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert surroundings.font()[0] == "warning"


def test_the_font_of_windows(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(surroundings.sys, "platform", "win32")
    monkeypatch.setenv("WINDIR", str(tmp_path))
    assert surroundings.font()[0] == "failed"
    (tmp_path / "Fonts").mkdir()
    (tmp_path / "Fonts" / "simsun.ttc").touch()
    assert surroundings.font()[0] == "ok"
