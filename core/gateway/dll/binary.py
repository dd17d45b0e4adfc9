"""Why a library file did not load, told from the file itself: bitness, kind, or what it needs."""

from __future__ import annotations

from pathlib import Path

HEAD = 4096
ELF_BITS = {1: 32, 2: 64}
MACHINE_BITS = {0x014C: 32, 0x01C4: 32, 0x8664: 64, 0xAA64: 64}


def library_bits(path: Path) -> int:
    """32 or 64 by the file's own head (ELF or PE), 0 for anything else; raises ``OSError``."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head[:4] == b"\x7fELF":
        return ELF_BITS.get(int.from_bytes(head[4:5]), 0)
    return _pe_bits(head) if head[:2] == b"MZ" else 0


def _pe_bits(head: bytes) -> int:
    start = int.from_bytes(head[60:64], "little")
    if head[start : start + 4] != b"PE\0\0":
        return 0
    return MACHINE_BITS.get(int.from_bytes(head[start + 4 : start + 6], "little"), 0)


def load_failure(path: Path, worker_bits: int) -> tuple[str, int]:
    """The cause for a library that would not load, and the file's bits (0: no library)."""
    try:
        bits = library_bits(path)
    except OSError:
        return "library_missing", 0
    if bits == 0:
        return "not_a_library", 0
    return ("dependency_missing" if bits == worker_bits else "wrong_bitness"), bits
