"""The other end of the bare pipe: the same library with nothing around it; standard library only.

Length (4 bytes, big-endian) and bytes in, the same out; the end of the input ends it.
"""

from __future__ import annotations

import struct
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

LENGTH = struct.Struct(">I")


def load(path: str) -> ModuleType:
    """The library file as a module."""
    loader = SourceFileLoader("library", path)
    module = ModuleType("library")
    loader.exec_module(module)
    return module


def main() -> None:
    """Serve until the pipe is closed."""
    library = load(sys.argv[1])
    library.Si_INIT()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(LENGTH.size):
        _, reply = library.Si_Busi(source.read(LENGTH.unpack(head)[0]))
        sink.write(LENGTH.pack(len(reply)) + reply)
        sink.flush()


if __name__ == "__main__":
    main()
