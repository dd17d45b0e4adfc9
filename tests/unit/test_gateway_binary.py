"""Bitness and kind of a library file, from its own head."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gateway.dll.binary import library_bits, load_failure


def elf(kind: int) -> bytes:
    """The head of an ELF file; kind 1 is 32-bit, 2 is 64-bit."""
    return b"\x7fELF" + bytes([kind, 1, 1]) + bytes(60)


def pe(machine: int, start: int = 128, mark: bytes = b"PE\0\0") -> bytes:
    """The head of a Windows library."""
    head = bytearray(start + 64)
    head[:2] = b"MZ"
    struct.pack_into("<I", head, 60, start)
    head[start : start + 4] = mark
    struct.pack_into("<H", head, start + 4, machine)
    return bytes(head)


@pytest.mark.parametrize(
    ("data", "bits"),
    [
        (elf(1), 32),
        (elf(2), 64),
        (elf(7), 0),
        (pe(0x014C), 32),
        (pe(0x8664), 64),
        (pe(0xAA64), 64),
        (pe(0x1234), 0),
        (pe(0x8664, mark=b"NE\0\0"), 0),
        (b"MZ", 0),
        (b"\x7fELF", 0),
        (b"", 0),
        ("文本".encode("gbk"), 0),
    ],
)
def test_the_head_tells_the_bitness(tmp_path, data, bits):
    file = tmp_path / "library.dll"
    file.write_bytes(data)
    assert library_bits(file) == bits


def test_a_head_far_into_the_file_is_not_searched_for(tmp_path):
    file = tmp_path / "library.dll"
    file.write_bytes(pe(0x8664, start=8000))
    assert library_bits(file) == 0


@given(data=st.binary(max_size=300))
def test_no_file_upsets_it(tmp_path_factory, data):
    file = tmp_path_factory.getbasetemp() / "any.dll"
    file.write_bytes(b"MZ" + data)
    assert library_bits(file) in {0, 32, 64}


def test_our_own_interpreters_library_is_known():
    import _ctypes

    if getattr(_ctypes, "__file__", None):
        assert library_bits(Path(_ctypes.__file__)) == struct.calcsize("P") * 8


@pytest.mark.parametrize(
    ("data", "worker", "cause"),
    [
        (pe(0x014C), 64, ("wrong_bitness", 32)),
        (pe(0x8664), 32, ("wrong_bitness", 64)),
        (elf(2), 64, ("dependency_missing", 64)),
        (b"text", 64, ("not_a_library", 0)),
    ],
)
def test_why_it_did_not_load(tmp_path, data, worker, cause):
    file = tmp_path / "library.dll"
    file.write_bytes(data)
    assert load_failure(file, worker) == cause


def test_a_file_that_has_gone(tmp_path):
    assert load_failure(tmp_path / "gone.dll", 64) == ("library_missing", 0)
