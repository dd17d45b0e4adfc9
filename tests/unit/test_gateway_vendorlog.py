"""The vendor's log: all that is printed, by line, in readable characters, without end."""

from __future__ import annotations

import os
import threading

import pytest

from core.gateway.dll import vendorlog
from core.gateway.dll.vendorlog import VendorLog


@pytest.fixture
def said(tmp_path):
    """``said(parts)``: what the log holds after the parts were printed one by one."""

    def make(*parts: bytes, encoding: str = "gbk") -> list[str]:
        log = VendorLog(tmp_path / "vendor.log", encoding)
        for part in parts:
            os.write(log.writer, part)
        log.close()
        file = tmp_path / "vendor.log"
        return file.read_text("utf-8").splitlines() if file.exists() else []

    return make


def test_silence_makes_no_file(said):
    assert said() == []


def test_a_line_carries_its_moment(said):
    (line,) = said(b"reader ready\n")
    assert line.endswith(" reader ready")


def test_a_line_without_an_end_is_not_lost(said):
    (line,) = said(b"no newline")
    assert line.endswith(" no newline")


def test_a_line_that_comes_in_pieces_is_one_line(said):
    (line,) = said(b"one ", b"two ", b"three\n")
    assert line.endswith("one two three")


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_characters_of_either_encoding_are_readable(said, encoding):
    (line,) = said("读卡器未连接\n".encode(encoding))
    assert line.endswith("读卡器未连接")


def test_half_a_character_does_not_stop_the_log(said):
    assert said(b"\xb6\xc1\xbf\n", b"next\n")[-1].endswith("next")


def test_identity_numbers_are_blanked_even_across_pieces(said):
    (line,) = said(b"id 9901011990", b"03070010\n")
    assert line.endswith("id 9901**********0010")


def test_a_line_without_end_is_written_in_parts(said):
    lines = said(*[b"x" * 50_000] * 4)
    assert sum(line.count("x") for line in lines) == 200_000
    assert len(lines) > 1


def test_many_lines_keep_the_files_small(said, tmp_path, monkeypatch):
    monkeypatch.setattr(vendorlog, "FILE_SIZE", 10_000)
    said(*[b"a line of the vendor's\n" * 100] * 30)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert 1 < len(sizes) <= vendorlog.FILES + 1
    assert all(size < 10_000 + 2 * vendorlog.CHUNK for size in sizes)


def test_closing_ends_the_thread_though_somebody_holds_the_pipe(tmp_path):
    log = VendorLog(tmp_path / "vendor.log", "gbk")
    held = os.dup(log.writer)
    log.close()
    assert not any(thread.name == "vendor-log" for thread in threading.enumerate())
    with pytest.raises(BrokenPipeError):
        os.write(held, b"too late")
    os.close(held)
