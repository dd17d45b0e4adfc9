"""The process that holds the vendor library: loads it, calls it, and is killed without regret.

One file, standard library only, syntax of Python 3.8: the desk starts it as a script under any
interpreter given by path (a 32-bit one for a 32-bit library). Nothing here knows the desk.

Frames (12 bytes of head: ``GSD``, kind, number, length, big-endian) on two private pipes: in ``L``
(JSON: how to load), then ``C`` (a request); out ``R`` (JSON: ready), ``E`` (JSON: why not), ``A``
(signed status + answer), ``X`` (code, NUL, evidence: called, but the answer cannot be trusted),
``N`` (not called). End of file ends the process, also in the midst of a hung call.

Library (protocol-zjs.md §1, SEEN): ``int init(char *error)`` and ``int business(char *in, char
*out)``, no lengths. A path that ends in ``.py`` is a stand-in: ``init() -> (int, bytes)`` and
``business(bytes) -> (int, bytes)``.
"""

from __future__ import annotations

import _thread
import ctypes
import faulthandler
import json
import mmap
import os
import struct
import sys
import traceback
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

HEAD = struct.Struct(">3scII")
STATUS = struct.Struct(">i")
MAGIC = b"GSD"
INPUT_LEAST = ERROR_SIZE = EVIDENCE = 64 * 1024
GUARD = b"\xa5" * 4096
BITS = struct.calcsize("P") * 8


class CannotLoad(Exception):
    """``code`` is one of the desk's causes; ``facts`` fill the holes of its sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


class Distrust(Exception):
    """The library was called; ``code`` says why ``evidence`` (bytes) is no answer."""

    def __init__(self, code: str, evidence: bytes) -> None:
        super().__init__(code)
        self.code, self.evidence = code, evidence


class Frames:
    """Blocking frames over two descriptors that belong to nobody else."""

    def __init__(self, source: int, sink: int) -> None:
        self.source, self.sink, self.rest = source, sink, b""

    def read(self) -> tuple[bytes, int, bytes]:
        """Kind, number and body of the next frame; raises ``EOFError`` at the end."""
        _, kind, number, length = HEAD.unpack(self._exactly(HEAD.size))
        return kind, number, self._exactly(length)

    def write(self, kind: bytes, number: int, body: bytes) -> None:
        """Send one frame whole."""
        view = memoryview(HEAD.pack(MAGIC, kind, number, len(body)) + body)
        while view:
            view = view[os.write(self.sink, view) :]

    def _exactly(self, size: int) -> bytes:
        parts, have = [self.rest], len(self.rest)
        while have < size:
            part = os.read(self.source, max(65536, size - have))
            if not part:
                raise EOFError
            parts.append(part)
            have += len(part)
        whole = b"".join(parts)
        self.rest = whole[size:]
        return whole[:size]


class Area:
    """Zero-filled memory with guard bytes behind it; at least ``size`` bytes may be written."""

    def __init__(self, size: int) -> None:
        self.size = -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
        self._map()

    def _map(self) -> None:
        self.memory = mmap.mmap(-1, self.size + len(GUARD), **PRIVATE)
        self.memory[self.size :] = GUARD
        self._pin = ctypes.c_char.from_buffer(self.memory)
        self.address = ctypes.addressof(self._pin)

    def text(self) -> bytes:
        """The C string in it; raises ``Distrust`` for an overrun or a missing terminator."""
        if self.memory[self.size :] != GUARD:
            raise Distrust("overrun", self.memory[: min(EVIDENCE, self.size)])
        end = self.memory.find(b"\0", 0, self.size)
        if end < 0:
            raise Distrust("no_terminator", self.memory[: min(EVIDENCE, self.size)])
        return self.memory[:end]

    def clear(self) -> None:
        """All zero again, at the price of the pages that were touched."""
        if sys.platform == "linux":
            self.memory.madvise(mmap.MADV_DONTNEED, 0, self.size)
        else:
            del self._pin
            self.memory.close()
            self._map()


class NativeLibrary:
    """The two functions of a real library."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.folder = os.path.dirname(order["library"])
        self.output = Area(int(order["output_size"]))
        library = open_library(order["library"])
        stdcall = order["convention"] == "stdcall"
        self.init_name, self._init = find(library, order["init"], 1, stdcall)
        self.function_name, self._business = find(library, order["function"], 2, stdcall)
        self._flush = ctypes.CDLL(None).fflush if os.name != "nt" else None

    def init(self) -> tuple[int, bytes]:
        """Status and error text (bytes of the library's encoding)."""
        area = Area(ERROR_SIZE)
        return self._init(area.address), area.text()

    def business(self, request: bytes) -> tuple[int, bytes]:
        """One call: status and answer."""
        os.chdir(self.folder)
        given = ctypes.create_string_buffer(request, max(INPUT_LEAST, len(request) + 1))
        return self._business(ctypes.addressof(given), self.output.address), self.output.text()

    def tidy(self) -> None:
        """After an answer has been sent: clear it, and let printed words out of their buffers."""
        self.output.clear()
        if self._flush is not None:
            self._flush(None)


class StandIn:
    """A Python file in the place of a library."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.limit = int(order["output_size"])
        module = import_file(order["library"])
        self.init_name, self._init = pick(module, order, "init")
        self.function_name, self._business = pick(module, order, "function")

    def init(self) -> tuple[int, bytes]:
        return tuple(self._init())

    def business(self, request: bytes) -> tuple[int, bytes]:
        status, reply = self._business(request)
        if len(reply) >= self.limit:
            raise Distrust("reply_too_large", reply[:EVIDENCE])
        return status, reply

    def tidy(self) -> None:
        """Nothing to do between calls."""


def import_file(path: str) -> Any:
    """The module in ``path``; raises ``CannotLoad``."""
    loader = SourceFileLoader("gsdesk_standin", path)
    module = sys.modules[loader.name] = ModuleType(loader.name)
    module.__file__ = path
    try:
        loader.exec_module(module)
    except Exception as error:
        traceback.print_exc()
        raise CannotLoad("not_a_library", detail=repr(error)) from error
    return module


def pick(module: Any, order: dict[str, Any], role: str) -> tuple[str, Any]:
    """The function named in the settings, else the family's usual name."""
    names = [order[role], order["usual"][role]]
    for name in names:
        if callable(getattr(module, name, None)):
            return name, getattr(module, name)
    raise CannotLoad("function_missing", function=order[role], tried=", ".join(names))


def open_library(path: str) -> Any:
    """Load by absolute path; raises ``CannotLoad`` with the system's own words."""
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise CannotLoad("load_failed", detail=str(error), worker_bits=BITS) from error


def find(library: Any, name: str, arguments: int, stdcall: bool) -> tuple[str, Any]:
    """Exported name and callable; raises ``CannotLoad``. A decorated name is stdcall."""
    size = 4 * arguments
    names = [name, f"{name}@{size}", f"_{name}@{size}", f"_{name}"]
    for export in names:
        try:
            prototype = function_type(arguments, stdcall or "@" in export)
            return export, prototype((export, library))
        except AttributeError:
            continue
    raise CannotLoad("function_missing", function=name, tried=", ".join(names))


def function_type(arguments: int, stdcall: bool) -> Any:
    """``int f(void *…)`` in the wanted convention (there is but one outside 32-bit Windows)."""
    taken = [ctypes.c_void_p] * arguments
    if sys.platform == "win32" and stdcall:
        return ctypes.WINFUNCTYPE(ctypes.c_int, *taken)
    return ctypes.CFUNCTYPE(ctypes.c_int, *taken)


def private_frames() -> Frames:
    """Take the real stdin and stdout away, so that a vendor's printf lands on stderr (the log)."""
    frames = Frames(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    tame(frames)
    faulthandler.enable(2)
    return frames


if sys.platform == "win32":
    import msvcrt

    PRIVATE: dict[str, Any] = {}
    kernel = ctypes.WinDLL("kernel32")
    kernel.SetStdHandle.argtypes = [ctypes.c_uint32, ctypes.c_void_p]
    kernel.OpenProcess.restype = kernel.CreateJobObjectW.restype = ctypes.c_void_p
    kernel.WaitForSingleObject.argtypes = [ctypes.c_void_p, ctypes.c_uint32]

    def enter(folder: str) -> None:
        """Work where the library keeps its configuration and companions."""
        os.chdir(folder)
        os.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")
        os.add_dll_directory(folder)

    def tame(frames: Frames) -> None:
        """Binary pipes, handles of foreign runtimes, no error boxes, helpers that die with us."""
        for file in (frames.source, frames.sink):
            msvcrt.setmode(file, os.O_BINARY)
        for number, file in ((-10, 0), (-11, 1), (-12, 2)):
            kernel.SetStdHandle(number & 0xFFFFFFFF, msvcrt.get_osfhandle(file))
        kernel.SetErrorMode(0x0001 | 0x0002 | 0x8000)
        limits = ctypes.create_string_buffer(144 if BITS == 64 else 112)
        struct.pack_into("<I", limits, 16, 0x2000)  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
        job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
        kernel.SetInformationJobObject(job, 9, limits, len(limits))
        kernel.AssignProcessToJobObject(job, ctypes.c_void_p(-1))

    def watch_desk(frames: Frames, desk: int) -> None:
        """End with the process ``desk``, whatever the library is doing."""
        handle = kernel.OpenProcess(0x00100000, False, desk)
        if not handle:
            _thread.exit()
        kernel.WaitForSingleObject(handle, 0xFFFFFFFF)
        os._exit(0)

else:
    import resource
    import select

    PRIVATE = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANON}
    enter = os.chdir

    def tame(frames: Frames) -> None:
        """No core files: they would hold patients' data."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def watch_desk(frames: Frames, desk: int) -> None:
        """End when the desk's end of the line is closed, whatever the library is doing."""
        poll = select.poll()
        poll.register(frames.source, 0)
        poll.poll()
        os._exit(0)


def load(order: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The library, initialised, and what the desk may want to know; raises ``CannotLoad``."""
    enter(os.path.dirname(order["library"]))
    library = (StandIn if order["library"].endswith(".py") else NativeLibrary)(order)
    try:
        status, text = library.init()
    except Distrust as error:
        text = error.evidence[:1024]
        raise CannotLoad("init_failed", status=error.code, text=text.hex()) from error
    library.tidy()
    if status != 0:
        raise CannotLoad("init_failed", status=status, text=text.hex())
    return library, {"bits": BITS, "init": library.init_name, "function": library.function_name}


def begin(frames: Frames) -> Any:
    """Obey the first frame; the library or ``None``."""
    _, number, body = frames.read()
    order = json.loads(body.decode("utf-8"))
    _thread.start_new_thread(watch_desk, (frames, order["desk"]))
    try:
        library, facts = load(order)
    except CannotLoad as error:
        facts = dict(error.facts, code=error.code)
        kind, library = b"E", None
    else:
        kind = b"R"
    frames.write(kind, number, json.dumps(facts).encode("utf-8"))
    return library


def serve(frames: Frames, library: Any) -> None:
    """Wait for one request and answer it."""
    kind, number, request = frames.read()
    try:
        if kind != b"C" or b"\0" in request:
            frames.write(b"N", number, b"bad_request")
        else:
            status, reply = library.business(request)
            frames.write(b"A", number, STATUS.pack(status) + reply)
    except Distrust as error:
        frames.write(b"X", number, error.code.encode("ascii") + b"\0" + error.evidence)
    library.tidy()


def main() -> None:
    """Run until the desk closes the line; anything unforeseen ends the process."""
    frames = private_frames()
    code = 70
    try:
        library = begin(frames)
        while library is not None:
            serve(frames, library)
        code = 0
    except EOFError:
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)


if __name__ == "__main__":
    main()
