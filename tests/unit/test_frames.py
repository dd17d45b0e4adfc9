"""Frames: whole ones come through in any pieces, everything else has a name."""

from __future__ import annotations

import os
import struct
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gateway.dll import frames, worker
from core.gateway.dll.frames import ANSWER, CALL, FrameError, FrameReader, encode

LIMIT = 1 << 20


def reader(data: bytes, piece: int = 1 << 30, limit: int = LIMIT) -> FrameReader:
    """A reader over ``data`` that comes in pieces of at most ``piece`` bytes."""
    rest = bytearray(data)

    def take(size: int) -> bytes:
        part = bytes(rest[: min(size, piece)])
        del rest[: len(part)]
        return part

    return FrameReader(take, limit)


def broken(data: bytes, number: int = 7, limit: int = LIMIT) -> FrameError:
    """The error that reading ``data`` raises."""
    with pytest.raises(FrameError) as caught:
        reader(data, limit=limit).read(number)
    return caught.value


@given(body=st.binary(max_size=5000), number=st.integers(0, 0xFFFFFFFF), piece=st.integers(1, 999))
def test_what_is_encoded_is_read_in_any_pieces(body, number, piece):
    frame = reader(encode(ANSWER, number, body), piece).read(number)
    assert (frame.kind, frame.number, frame.body) == (ANSWER, number, body)


def test_the_head_is_twelve_bytes_big_endian():
    assert encode(CALL, 1, b"abc") == b"GSDC\0\0\0\1\0\0\0\3abc"


def test_a_body_beyond_the_length_field_is_refused():
    class Endless(bytes):
        def __len__(self):
            return frames.HIGHEST + 1

    with pytest.raises(ValueError, match="4294967296"):
        encode(CALL, 1, Endless())


@given(cut=st.integers(0, 11 + 50))
def test_every_torn_frame_is_a_death(cut):
    whole = encode(ANSWER, 7, b"x" * 50)
    error = broken(whole[:cut])
    assert error.cause == "worker_died"
    assert error.got == whole[:cut]


@given(data=st.binary(min_size=12, max_size=200).filter(lambda data: data[:3] != b"GSD"))
def test_a_head_without_our_mark_is_garbage(data):
    assert broken(data).cause == "frame_garbage"


def test_the_answer_to_another_call_is_garbage():
    assert broken(encode(ANSWER, 6, b"old answer")).cause == "frame_garbage"


def test_something_behind_the_answer_is_garbage():
    assert broken(encode(ANSWER, 7, b"answer") + b"!").cause == "frame_garbage"


def test_a_length_above_the_limit_is_not_even_read():
    error = broken(encode(ANSWER, 7, b"x" * 11), limit=10)
    assert error.cause == "reply_too_large"


def test_a_length_at_the_limit_is_read():
    assert reader(encode(ANSWER, 7, b"x" * 10), limit=10).read(7).body == b"x" * 10


def test_a_claimed_giant_costs_no_memory():
    assert broken(struct.pack(">3scII", b"GSD", b"A", 7, 0xFFFFFFFF)).cause == "reply_too_large"


def test_an_error_keeps_what_came_as_evidence():
    assert broken(b"Segmentation fault, says the vendor").got.startswith(b"Segmentation")


@pytest.fixture
def line():
    """The worker's own frames over two real pipes: (its frames, our source, our sink)."""
    there, back = os.pipe(), os.pipe()
    yield worker.Frames(there[0], back[1]), back[0], there[1]
    for file in (*there, *back):
        try:
            os.close(file)
        except OSError:
            continue


@pytest.mark.parametrize("size", [0, 1, 65536, 300_000])
def test_the_workers_twin_reads_what_we_write(line, size):
    theirs, _, sink = line
    data = encode(CALL, 9, b"m" * size)

    def write() -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(sink, view) :]

    sender = threading.Thread(target=write)
    sender.start()
    assert theirs.read() == (CALL, 9, b"m" * size)
    sender.join()


@pytest.mark.parametrize("size", [0, 1, 65536, 300_000])
def test_we_read_what_the_workers_twin_writes(line, size):
    theirs, source, _ = line
    sender = threading.Thread(target=theirs.write, args=(ANSWER, 9, b"m" * size))
    sender.start()
    frame = FrameReader(lambda most: os.read(source, most), LIMIT).read(9)
    sender.join()
    assert frame.body == b"m" * size


def test_the_workers_twin_keeps_what_belongs_to_the_next_frame(line):
    theirs, _, sink = line
    os.write(sink, encode(CALL, 1, b"first") + encode(CALL, 2, b"second"))
    assert [theirs.read()[2], theirs.read()[2]] == [b"first", b"second"]


@pytest.mark.parametrize("part", [b"", b"GSDC\0\0", encode(CALL, 1, b"whole")[:-1]])
def test_the_workers_twin_ends_at_the_end(line, part):
    theirs, _, sink = line
    os.write(sink, part)
    os.close(sink)
    with pytest.raises(EOFError):
        theirs.read()
