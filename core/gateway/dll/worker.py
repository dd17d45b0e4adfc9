"""The process that holds the vendor library: loads it, calls it, and is killed without regret.

One file, standard library only, syntax of Python 3.8: the desk starts it as a script under any
interpreter given by path (a 32-bit one for a 32-bit library). Nothing here knows the desk.

Frames on two private pipes (12 bytes of head: ``GSD``, kind, number, length, big-endian):
in ``L`` (JSON: how to load) then ``C`` (the request's bytes); out ``R`` (JSON: ready), ``E`` (JSON:
why it cannot be used; the library has seen no request), ``A`` (signed status + reply bytes), ``X``
(code, NUL, evidence: the library was called and its answer cannot be trusted), ``N`` (code: the
library was not called). End of file ends the process, also in the midst of a hung call.

Library (protocol-zjs.md §1, SEEN): ``int init(char *error)`` and ``int business(char *in, char
*out)``, no lengths. A path that ends in ``.py`` is a stand-in: ``init() -> (int, bytes)`` and
``business(bytes) -> (int, bytes)``.
"""

from __future__ import annotations

import _thread
import ctypes
import faulthandler
import importlib.util
import json
import mmap
import os
import struct
import sys
import traceback
from typing import Any

HEAD = struct.Struct(">3scII")
STATUS = struct.Struct(">i")
MAGIC = b"GSD"
INPUT_LEAST = 64 * 1024
ERROR_SIZE = 64 * 1024
GUARD = b"\xa5" * 4096
EVIDENCE = 64 * 1024
BITS = struct.calcsize("P") * 8
MACHINES = {0x014C: 32, 0x8664: 64, 0xAA64: 64}


class CannotLoad(Exception):
    """``code`` is one of the desk's causes; ``facts`` fill the holes of its sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Distrust(Exception):
    """The library was called; ``code`` says why ``evidence`` (bytes) is no answer."""

    def __init__(self, code: str, evidence: bytes) -> None:
        super().__init__(code)
        self.code = code
        self.evidence = evidence


class Frames:
    """Blocking frames over two descriptors that belong to nobody else."""

    def __init__(self, source: int, sink: int) -> None:
        self.source = source
        self.sink = sink
        self.rest = b""

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
    """Fresh zero-filled memory with guard bytes behind it; ``size`` bytes may be written."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.memory = mmap.mmap(-1, size + len(GUARD))
        self.memory[size:] = GUARD
        self._pin = ctypes.c_char.from_buffer(self.memory)
        self.address = ctypes.addressof(self._pin)

    def text(self) -> bytes:
        """The C string in it; raises ``Distrust`` for an overrun or a missing terminator."""
        if self.memory[self.size :] != GUARD:
            raise Distrust("overrun", self.memory[:EVIDENCE])
        end = self.memory.find(b"\0", 0, self.size)
        if end < 0:
            raise Distrust("no_terminator", self.memory[:EVIDENCE])
        return self.memory[:end]

    def close(self) -> None:
        """Give the memory back."""
        del self._pin
        self.memory.close()


class NativeLibrary:
    """The two functions of a real library."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.folder = os.path.dirname(order["library"])
        self.output_size = int(order["output_size"])
        library = open_library(order["library"])
        stdcall = order["convention"] == "stdcall"
        self.init_name, self._init = find(library, order["init"], 1, stdcall)
        self.function_name, self._business = find(library, order["function"], 2, stdcall)
        self._flush = None if os.name == "nt" else ctypes.CDLL(None).fflush

    def init(self) -> tuple[int, bytes]:
        """Status and error text (bytes of the library's encoding)."""
        area = Area(ERROR_SIZE)
        try:
            return self._init(area.address), area.text()
        finally:
            self._settle(area)

    def business(self, request: bytes) -> tuple[int, bytes]:
        """One call: status and answer."""
        os.chdir(self.folder)
        given = ctypes.create_string_buffer(request, max(INPUT_LEAST, len(request) + 1))
        area = Area(self.output_size)
        try:
            return self._business(ctypes.addressof(given), area.address), area.text()
        finally:
            self._settle(area)

    def _settle(self, area: Area) -> None:
        area.close()
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
        """Status and error text."""
        return checked(self._init())

    def business(self, request: bytes) -> tuple[int, bytes]:
        """One call: status and answer."""
        status, reply = checked(self._business(request))
        if len(reply) >= self.limit:
            raise Distrust("reply_too_large", reply[:EVIDENCE])
        return status, reply


def checked(result: Any) -> tuple[int, bytes]:
    """The stand-in's result if it is one; raises ``TypeError``."""
    status, reply = result
    if not isinstance(status, int) or not isinstance(reply, bytes):
        raise TypeError("the stand-in must return (int, bytes)")
    return status, reply


def import_file(path: str) -> Any:
    """The module in ``path``; raises ``CannotLoad``."""
    try:
        spec = importlib.util.spec_from_file_location("gsdesk_standin", path)
        module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
        sys.modules["gsdesk_standin"] = module
        spec.loader.exec_module(module)  # type: ignore[union-attr]
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
    """Load by absolute path; raises ``CannotLoad`` with the reason."""
    bits = file_bits(path)
    if bits not in (0, BITS):
        raise CannotLoad("wrong_bitness", library_bits=bits, worker_bits=BITS)
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise CannotLoad(load_failure(path, bits, error), detail=str(error)) from error


def load_failure(path: str, bits: int, error: OSError) -> str:
    """Which cause the system's error is: the file itself, its bitness, or what it needs."""
    if not os.path.exists(path):
        return "library_missing"
    return "dependency_missing" if bits else "not_a_library"


def file_bits(path: str) -> int:
    """32 or 64 from the file's own head, 0 when it is no library of ELF or PE form."""
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise CannotLoad("library_missing", detail=str(error)) from error
    if head[:4] == b"\x7fELF":
        return 64 if head[4:5] == b"\2" else 32
    return pe_bits(head) if head[:2] == b"MZ" else 0


def pe_bits(head: bytes) -> int:
    """Bitness of a Windows library from its first 4 KiB."""
    start = int.from_bytes(head[60:64], "little")
    if head[start : start + 4] != b"PE\0\0":
        return 0
    return MACHINES.get(int.from_bytes(head[start + 4 : start + 6], "little"), 0)


def export_names(name: str, arguments: int) -> list[str]:
    """The name as exports decorate it on 32-bit Windows."""
    size = 4 * arguments
    return [name, f"{name}@{size}", f"_{name}@{size}", f"_{name}"]


def find(library: Any, name: str, arguments: int, stdcall: bool) -> tuple[str, Any]:
    """Exported name and callable; raises ``CannotLoad``. A decorated name is stdcall."""
    names = export_names(name, arguments)
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
    if sys.platform == "win32":
        tame_windows(frames)
    else:
        no_core_files()
    faulthandler.enable(2)
    return frames


def no_core_files() -> None:
    """A core file would hold patients' data."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def watch_desk(frames: Frames, desk: int) -> None:
    """End the process when the desk has gone, whatever the library is doing."""
    if sys.platform == "win32":
        wait_for_process(desk)
    else:
        import select

        poll = select.poll()
        poll.register(frames.source, 0)
        poll.poll()
    os._exit(0)


if sys.platform == "win32":
    import msvcrt

    def tame_windows(frames: Frames) -> None:
        """Binary pipes, std handles of foreign runtimes, and no error boxes that wait for a click."""
        kernel = ctypes.WinDLL("kernel32")
        for file in (frames.source, frames.sink):
            msvcrt.setmode(file, os.O_BINARY)
        kernel.SetStdHandle.argtypes = [ctypes.c_uint32, ctypes.c_void_p]
        for number, file in ((-10, 0), (-11, 1), (-12, 2)):
            kernel.SetStdHandle(number & 0xFFFFFFFF, msvcrt.get_osfhandle(file))
        kernel.SetErrorMode(0x0001 | 0x0002 | 0x8000)

    def wait_for_process(pid: int) -> None:
        """Return when the process ``pid`` has ended (or cannot be opened: never)."""
        kernel = ctypes.WinDLL("kernel32")
        kernel.OpenProcess.restype = ctypes.c_void_p
        kernel.WaitForSingleObject.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
        handle = kernel.OpenProcess(0x00100000, False, pid)
        while not handle or kernel.WaitForSingleObject(handle, 0xFFFFFFFF) != 0:
            _thread.allocate_lock().acquire(timeout=60.0)


def enter(path: str) -> None:
    """Work in the library's own folder, where it keeps its configuration and companions."""
    folder = os.path.dirname(path)
    try:
        os.chdir(folder)
    except OSError as error:
        raise CannotLoad("library_missing", detail=str(error)) from error
    if sys.platform == "win32":
        os.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")
        os.add_dll_directory(folder)


def load(order: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The library, initialised, and what the desk may want to know; raises ``CannotLoad``."""
    enter(order["library"])
    kind = StandIn if order["library"].endswith(".py") else NativeLibrary
    library = kind(order)
    try:
        status, text = library.init()
    except Distrust as error:
        raise CannotLoad("init_failed", status=error.code, text=error.evidence.hex()) from error
    if status != 0:
        raise CannotLoad("init_failed", status=status, text=text.hex())
    return library, {
        "bits": BITS,
        "python": sys.version.split()[0],
        "init": library.init_name,
        "function": library.function_name,
        "text": text.hex(),
    }


def begin(frames: Frames) -> Any:
    """Obey the first frame; the library or ``None``."""
    _, number, body = frames.read()
    order = json.loads(body.decode("utf-8"))
    _thread.start_new_thread(watch_desk, (frames, order["desk"]))
    try:
        library, facts = load(order)
    except CannotLoad as error:
        facts = dict(error.facts, code=error.code)
        frames.write(b"E", number, json.dumps(facts).encode("utf-8"))
        return None
    frames.write(b"R", number, json.dumps(facts).encode("utf-8"))
    return library


def serve(frames: Frames, library: Any) -> None:
    """One request at a time, for ever."""
    while True:
        kind, number, request = frames.read()
        if kind != b"C" or b"\0" in request:
            frames.write(b"N", number, b"bad_request")
            continue
        try:
            status, reply = library.business(request)
        except Distrust as error:
            frames.write(b"X", number, error.code.encode("ascii") + b"\0" + error.evidence)
        else:
            frames.write(b"A", number, STATUS.pack(status) + reply)


def main() -> None:
    """Run until the desk closes the pipe; anything unforeseen ends the process."""
    frames = private_frames()
    try:
        library = begin(frames)
        if library is not None:
            serve(frames, library)
    except EOFError:
        pass
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(70)
    os._exit(0)


if __name__ == "__main__":
    main()
