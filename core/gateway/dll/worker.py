"""The process that holds the vendor library: loads it, calls it, and is killed without regret.

One file, standard library only, syntax of Python 3.8: the desk starts it as a script under any
interpreter given by path (a 32-bit one for a 32-bit library). Nothing here knows the desk.

Frames (12 bytes of head: ``GSD``, kind, number, length, big-endian) on two private pipes: in ``L``
(JSON: how to load), then ``C`` (a request); out ``R`` (JSON: ready), ``E`` (JSON: why not), ``A``
(signed status + answer), ``X`` (code, NUL, evidence: called, but the answer cannot be trusted),
``N`` (not called). End of file ends the process, also in the midst of a hung call.

Library (protocol-zjs.md §1, SEEN): ``int init(char *error)`` and ``int business(char *in, char
*out)``, no lengths; or functions of texts (see ``NativeLibrary``). A path that ends in ``.py`` is a
stand-in: ``init() -> (int, bytes)`` and ``business(bytes) -> (int, bytes)``.
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
from typing import Any

HEAD, STATUS, MAGIC = struct.Struct(">3scII"), struct.Struct(">i"), b"GSD"
INPUT_LEAST = ERROR_SIZE = EVIDENCE = 64 * 1024
BITS, INT, GUARD = struct.calcsize("P") * 8, ctypes.c_int, b"\xa5" * 4096


class CannotLoad(Exception):
    """``code`` is one of the desk's causes; ``facts`` fill the holes of its sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts = code, facts


class Distrust(Exception):
    """The library was called; ``code`` says why ``evidence`` (bytes) is no answer."""

    def __init__(self, code: str, evidence: bytes) -> None:
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
        end = self.memory.find(b"\0", 0, self.size)
        overrun = self.memory[self.size :] != GUARD
        if overrun or end < 0:
            code = "overrun" if overrun else "no_terminator"
            raise Distrust(code, self.memory[: min(EVIDENCE, self.size)])
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
    """The two functions of a real library, or its functions of texts, ``char *f(char *, …)``, by
    how many they take (``order["texts"]``): there a request is a name and texts, a line each."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.init_name = self.function_name = ""
        self.folder = os.path.dirname(order["library"])
        self.output = Area(int(order["output_size"]))
        library, stdcall = open_library(order["library"]), order["convention"] == "stdcall"
        self.texts = {
            name: find(library, name, count, stdcall, ctypes.c_void_p)[1]
            for name, count in order.get("texts", {}).items()
        }
        if not self.texts:
            self.init_name, self._init = find(library, order["init"], 1, stdcall)
            self.function_name, self._business = find(library, order["function"], 2, stdcall)
        self._runtime = ctypes.CDLL("msvcrt" if os.name == "nt" else None)

    def init(self) -> tuple[int, bytes]:
        """Status and error text (bytes of the library's encoding)."""
        area = Area(ERROR_SIZE)
        return (0, b"") if self.texts else (self._init(area.address), area.text())

    def business(self, request: bytes) -> tuple[int, bytes]:
        """One call: status and answer."""
        os.chdir(self.folder)
        if self.texts:
            return 0, self._text(*request.split(b"\n"))
        given = ctypes.create_string_buffer(request, max(INPUT_LEAST, len(request) + 1))
        return self._business(ctypes.addressof(given), self.output.address), self.output.text()

    def _text(self, name: bytes, *texts: bytes) -> bytes:
        given = [ctypes.create_string_buffer(text, INPUT_LEAST) for text in texts]
        address = self.texts[name.decode()](*map(ctypes.addressof, given))
        size = self._runtime.strnlen(ctypes.c_void_p(address), ERROR_SIZE) if address else 0
        if size == ERROR_SIZE:
            raise Distrust("no_terminator", ctypes.string_at(address, size))
        return ctypes.string_at(address, size) if address else b""

    def tidy(self) -> None:
        """After an answer has been sent: clear it, and let printed words out of their buffers."""
        self.output.clear()
        self._runtime.fflush(None)


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

    tidy = staticmethod(lambda: None)  # nothing to do between calls


def import_file(path: str) -> Any:
    """The module in ``path``; raises ``CannotLoad``."""
    loader = SourceFileLoader("gsdesk_standin", path)
    module = sys.modules[loader.name] = type(sys)(loader.name)
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


def find(library: Any, name: str, count: int, stdcall: bool, gives: Any = INT) -> tuple[str, Any]:
    """Exported name and callable; raises ``CannotLoad``. A decorated name is stdcall."""
    names = [name, f"{name}@{4 * count}", f"_{name}@{4 * count}", f"_{name}"]
    for export in names:
        try:
            return export, function_type(count, stdcall or "@" in export, gives)((export, library))
        except AttributeError:
            continue
    raise CannotLoad("function_missing", function=name, tried=", ".join(names))


def function_type(count: int, stdcall: bool, gives: Any = INT) -> Any:
    """``int f(void *…)`` in the wanted convention (there is but one outside 32-bit Windows)."""
    taken = [ctypes.c_void_p] * count
    if sys.platform == "win32" and stdcall:
        return ctypes.WINFUNCTYPE(gives, *taken)
    return ctypes.CFUNCTYPE(gives, *taken)


def private_frames() -> Frames:
    """Take the real stdin and stdout away, so that a vendor's printf lands on stderr (the log)."""
    frames = Frames(os.dup(0), os.dup(1))
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
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
    library: Any = (StandIn if order["library"].endswith(".py") else NativeLibrary)(order)
    try:
        status, text = library.init()
    except Distrust as error:
        status, text = error.code, error.evidence[:1024]
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
        (library, facts), kind = load(order), b"R"
    except CannotLoad as error:
        library, facts, kind = None, dict(error.facts, code=error.code), b"E"
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
    frames, code = private_frames(), 70
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
