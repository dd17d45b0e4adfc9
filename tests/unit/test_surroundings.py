"""Disk, printer and font, as the machine's own commands and files say it."""

from __future__ import annotations

import shutil
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

from core.printing.port import Queue
from core.service import surroundings
from tests.helpers.queues import HandQueues

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
    ("queue", "state", "words"),
    [
        (Queue("HP"), "ok", "HP"),
        (Queue("HP", takes=False, troubles=("paused",)), "warning", "已暂停"),
        (Queue("HP", troubles=("media-empty",)), "warning", "缺纸"),
        (Queue("HP", known=False), "failed", "HP"),
    ],
)
def test_a_printer_as_the_system_says(tmp_path, queue, state, words) -> None:
    found, says = surroundings.printer("HP", tmp_path, HandQueues("HP", queue))
    assert found == state
    assert "HP" in says and words in says


def test_a_printer_nobody_can_ask_about(tmp_path) -> None:
    deaf = HandQueues("HP", deaf=True)
    assert surroundings.printer("HP", tmp_path, deaf)[0] == "warning"


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
