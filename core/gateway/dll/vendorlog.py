"""What the vendor library prints: drained without end into ``logs/vendor.log``, limited in size.

One pipe for the gateway's life: its write end is the stderr (and stdout) of every worker.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from core.gateway.trace import hide_id_numbers, rotating_file

CHUNK = 64 * 1024
FILE_SIZE = 2 * 1024 * 1024
FILES = 3
END = b"\0"


class VendorLog:
    """``writer`` is the descriptor for workers; whole lines land in the log, with the moment."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._encoding = encoding
        self._file = rotating_file(path, FILE_SIZE, FILES)
        self._reader, self.writer = os.pipe()
        self._ending = False
        self._thread = threading.Thread(target=self._drain, name="vendor-log", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what is left and end the thread; the workers must be gone."""
        self._ending = True
        os.write(self.writer, END)
        self._thread.join()
        os.close(self.writer)
        os.close(self._reader)
        self._file.close()

    def _drain(self) -> None:
        rest = b""
        while True:
            chunk = os.read(self._reader, CHUNK)
            last = self._ending and chunk.endswith(END)
            whole, _, rest = (rest + chunk).rpartition(b"\n")
            if last or len(rest) > CHUNK:
                whole, rest = whole + b"\n" + rest, b""
            self._note(whole)
            if last:
                return

    def _note(self, text: bytes) -> None:
        said = self._decode(text).strip("\0\r\n")
        if said:
            self._file.write(hide_id_numbers(said))

    def _decode(self, text: bytes) -> str:
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError:
            return text.decode(self._encoding, "replace")
