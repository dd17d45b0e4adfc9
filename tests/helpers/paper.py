"""Looking at a PDF as a reader does: its texts, its pages, and where there is ink."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pypdfium2

POINTS = 72 / 25.4
DOTS = 6  # a millimetre of the picture


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: size in millimetres, text without blanks, and its picture."""

    width: float
    height: float
    text: str
    rows: tuple[bytes, ...]

    def colour(self, x: float, y: float) -> tuple[int, int, int]:
        """Red, green and blue at a place in millimetres."""
        row, at = self.rows[round(y * DOTS)], round(x * DOTS) * 4
        return row[at], row[at + 1], row[at + 2]

    def ink(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom edge of everything that is not white, in millimetres."""
        inked = [number for number, row in enumerate(self.rows) if row.count(255) != len(row)]
        marked = [_edges(self.rows[number]) for number in inked]
        left, right = min(edge[0] for edge in marked), max(edge[1] for edge in marked)
        return left / DOTS, inked[0] / DOTS, right / DOTS, inked[-1] / DOTS


def _edges(row: bytes) -> tuple[int, int]:
    stripped = row.lstrip(b"\xff")
    return (len(row) - len(stripped)) // 4, (len(row.rstrip(b"\xff")) - 1) // 4


def sheets(source: Path | bytes) -> list[Sheet]:
    """Every page of a PDF."""
    with pypdfium2.PdfDocument(source) as document:
        return [_sheet(page) for page in document]


def _sheet(page: pypdfium2.PdfPage) -> Sheet:
    width, height = page.get_size()
    bitmap = page.render(scale=DOTS / POINTS, rev_byteorder=True, prefer_bgrx=True)
    data, stride = bytes(bitmap.buffer), bitmap.stride
    rows = [data[at : at + bitmap.width * 4] for at in range(0, len(data), stride)]
    text = "".join(page.get_textpage().get_text_range().split())
    return Sheet(width / POINTS, height / POINTS, text, tuple(_opaque(row) for row in rows))


def _opaque(row: bytes) -> bytes:
    """The unused fourth byte of every dot becomes white."""
    dots = bytearray(row)
    dots[3::4] = b"\xff" * (len(row) // 4)
    return bytes(dots)
