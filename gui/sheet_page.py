"""A sheet drawn on as many pages as it needs: title, head, tables with repeated heads, signatures.

Everything is measured with the page's own fonts before it is drawn. Lengths are millimetres until
the painter gets them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QPagedPaintDevice, QPainter

from core.domain.slip import SlipRow
from core.words import say
from gui.sheet_form import Sheet, SheetColumn, SheetForm, SheetTable
from gui.slip_page import (
    BLACK,
    CENTRE,
    FRAME,
    LEFT,
    RED,
    RIGHT,
    Ink,
    draw_code,
    draw_mark,
    draw_signature,
)

SIDE = 1.4  # millimetres between a line of the table and its text
LABEL = 24.0  # millimetres a label of the head takes at most
FOOTLINE = 1.4  # lines of small type that the page number takes
MOST_ACROSS = 3  # signatures side by side


@dataclass(frozen=True, slots=True)
class Block:
    """Something of a known height, drawn with its upper edge at ``y``.

    ``keep``: what has to find room below it on the same page; ``again``: what is drawn anew above
    it when it begins a page.
    """

    height: float
    draw: Callable[[float], None]
    keep: float = 0.0
    again: tuple[Block, ...] = ()


def paged(blocks: Sequence[Block], room: float) -> list[list[tuple[float, Block]]]:
    """The blocks of every page with their upper edges; ``room`` 0: one endless page."""
    pages: list[list[tuple[float, Block]]] = [[]]
    at = 0.0
    for block in blocks:
        if room and pages[-1] and at + block.height + block.keep > room:
            pages.append([])
            at = 0.0
            for head in block.again:
                pages[-1].append((at, head))
                at += head.height
        pages[-1].append((at, block))
        at += block.height
    return pages


class SheetPage:
    """A sheet laid out for ``device``; ``width`` is the room between the margins."""

    def __init__(self, sheet: Sheet, form: SheetForm, device: QPagedPaintDevice) -> None:
        self.sheet, self.form = sheet, form
        self.width = form.width - 2 * form.margin
        self.ink = Ink(QPainter(), device, form.size, 1.0, RED if sheet.refund else BLACK)
        self.unit = self.ink.height(" ", self.width, self.ink.font())

    # -- laying out

    def pages(self) -> list[list[tuple[float, Block]]]:
        """Every page with what stands where on it."""
        return paged(tuple(self._blocks()), self._room())

    def _room(self) -> float:
        if not self.form.height:
            return 0.0
        return self.form.height - 2 * self.form.margin - self.unit * FOOTLINE

    def length(self) -> float:
        """How long the only page of a roll is, without its margins."""
        at, block = self.pages()[0][-1]
        return at + block.height + self.unit * FOOTLINE

    def _blocks(self) -> Iterator[Block]:
        yield self._top()
        yield from self._head()
        for table in self.sheet.tables:
            if self.form.columns(table.name):
                yield from self._table(table)
        yield self._end()

    def _top(self) -> Block:
        ink, sheet, code = self.ink, self.sheet, self.form.code
        narrow = not self.form.height
        wide = self.width if narrow else self.width - 2 * (code + 2)
        side = (self.width - wide) / 2
        hospital = ink.height(sheet.hospital, wide, ink.font(1))
        title = ink.height(sheet.title, wide, ink.font(5, bold=True))
        high = hospital + title + (code + 3 if narrow else 0)
        high = max(high, code + 1) + self.unit * 1.3

        def draw(y: float) -> None:
            ink.text(ink.box(side, y, wide, hospital), sheet.hospital, ink.font(1), "ink", CENTRE)
            box = ink.box(side, y + hospital, wide, title)
            ink.text(box, sheet.title, ink.font(5, bold=True), "ink", CENTRE)
            left = (self.width - code) / 2 if narrow else self.width - code
            draw_code(ink, sheet.code, code, left, y + (hospital + title + 1 if narrow else 0))
            line = ink.box(0, y + high - self.unit * 1.3, self.width, self.unit * 1.2)
            ink.text(line, sheet.print_note, ink.font(-1), "ink", LEFT)
            ink.text(line, say("slip.currency"), ink.font(-1), "soft", RIGHT)

        return Block(high, draw)

    def _head(self) -> Iterator[Block]:
        known = {row.name: row for row in self.sheet.head if row.value}
        for names in self.form.head:
            rows = [known[name] for name in names if name in known]
            if rows:
                yield self._head_row(rows, len(names))

    def _head_row(self, rows: list[SlipRow], among: int) -> Block:
        wide = self.width / among
        label = min(LABEL, wide * 0.4)
        high = max(self.ink.height(row.value, wide - label - SIDE, self.ink.font()) for row in rows)
        high = max(high + self.form.pad, self.unit * 1.25)

        def draw(y: float) -> None:
            for place, row in enumerate(rows):
                self._cell(place * wide, y, label, high, row.label, "soft")
                self._cell(place * wide + label, y, wide - label, high, row.value)

        return Block(high, draw)

    def _cell(
        self, x: float, y: float, wide: float, high: float, text: str, colour: str = "ink"
    ) -> None:
        box = self.ink.box(x, y, wide - SIDE, high)
        self.ink.text(box, text, self.ink.font(), colour, LEFT)

    # -- tables

    def _table(self, table: SheetTable) -> Iterator[Block]:
        columns = self.form.columns(table.name)
        bold = self.ink.font(bold=True)
        title = self._words(table.title, self.ink.font(1, bold=True), 0.4)
        head = self._row(columns, table.heads, bold, tinted=True)
        rows = [
            self._row(columns, row, bold if place >= len(table.rows) - table.sums else None)
            for place, row in enumerate(table.rows)
        ]
        if not rows:
            empty = self._words(table.empty, self.ink.font(), 0.1)
            yield Block(title.height, title.draw, keep=empty.height)
            yield empty
            return
        yield Block(title.height, title.draw, keep=head.height + rows[0].height)
        yield Block(head.height, head.draw, keep=rows[0].height)
        for row in rows:
            yield Block(row.height, row.draw, again=(title, head))

    def _words(self, text: str, font: QFont, above: float) -> Block:
        """A line of its own, with ``above`` lines of nothing over it."""
        gap = self.unit * above
        high = self.ink.height(text, self.width, font) + self.form.pad

        def draw(y: float) -> None:
            self.ink.text(self.ink.box(0, y + gap, self.width, high), text, font, "ink", LEFT)

        return Block(high + gap, draw)

    def _row(
        self,
        columns: tuple[SheetColumn, ...],
        texts: Mapping[str, str],
        font: QFont | None = None,
        *,
        tinted: bool = False,
    ) -> Block:
        face = font or self.ink.font()
        spans = tuple(self._spans(columns))
        highest = max(
            self.ink.height(texts.get(column.name, ""), wide - 2 * SIDE, face)
            for column, _, wide in spans
        )
        high = max(self.form.row, highest + 2 * self.form.pad)

        def draw(y: float) -> None:
            self._draw_row(spans, texts, face, y, high, tinted)

        return Block(high, draw)

    def _spans(
        self, columns: tuple[SheetColumn, ...]
    ) -> Iterator[tuple[SheetColumn, float, float]]:
        """Every column with its left edge and width."""
        whole, at = sum(column.part for column in columns), 0
        for column in columns:
            yield column, at / whole * self.width, column.part / whole * self.width
            at += column.part

    def _draw_row(
        self,
        spans: tuple[tuple[SheetColumn, float, float], ...],
        texts: Mapping[str, str],
        font: QFont,
        y: float,
        high: float,
        tinted: bool,
    ) -> None:
        ink = self.ink
        if tinted:
            ink.painter.fillRect(ink.box(0, y, self.width, high), QColor(ink.colours["tint"]))
        for column, left, wide in spans:
            box = self._inside(left, y, wide, high)
            align = RIGHT if column.right else LEFT
            ink.text(box, texts.get(column.name, ""), font, "ink", align)
            ink.line(left, y, left, y + high)
        ink.line(self.width, y, self.width, y + high)
        ink.line(0, y, self.width, y, FRAME if tinted else 0.15)
        ink.line(0, y + high, self.width, y + high)

    def _inside(self, left: float, y: float, wide: float, high: float) -> QRectF:
        return self.ink.box(left + SIDE, y, wide - 2 * SIDE, high)

    # -- the end of the sheet

    def _end(self) -> Block:
        """Notes, signatures and small print: they stay together."""
        small = self.ink.font(-1.5)
        notes = [self._words(text, self.ink.font(), 0.3) for text in self.sheet.notes]
        foot = "　".join(f"{row.label} {row.value}" for row in self.sheet.foot if row.value)
        across = MOST_ACROSS if self.form.height else 1
        lines = -(-len(self.sheet.signatures) // across)
        below = self._words(foot, small, 0.2)
        high = sum(note.height for note in notes) + lines * self.unit * 2.4 + below.height

        def draw(y: float) -> None:
            for note in notes:
                note.draw(y)
                y += note.height
            self._signatures(y + self.unit * 0.4, across)
            below.draw(y + lines * self.unit * 2.4)

        return Block(high + self.unit * 0.6, draw)

    def _signatures(self, y: float, across: int) -> None:
        room = self.width / across
        for place, text in enumerate(self.sheet.signatures):
            x, down = place % across * room, place // across * self.unit * 2.4
            draw_signature(self.ink, text, x, y + down, room - 4)

    # -- drawing

    def draw(self, painter: QPainter, turn: Callable[[], object]) -> None:
        """All pages; ``turn`` brings the next one."""
        self.ink.painter = painter
        pages = self.pages()
        for number, blocks in enumerate(pages, 1):
            if number > 1:
                turn()
            self._marks(blocks)
            for y, block in blocks:
                block.draw(y)
            self._number(number, len(pages))

    def _marks(self, blocks: list[tuple[float, Block]]) -> None:
        at, last = blocks[-1]
        high = self._room() or at + last.height
        marks = self.sheet.marks
        for number, mark in enumerate(marks, 1):
            middle = high * number / (len(marks) + 1)
            draw_mark(self.ink, self.width, mark, middle, len(marks))

    def _number(self, number: int, count: int) -> None:
        at = self._room() or self.length() - self.unit * FOOTLINE
        text = say("sheet.page", number=self.sheet.number, page=number, pages=count)
        box = self.ink.box(0, at, self.width, self.unit * FOOTLINE)
        self.ink.text(box, text, self.ink.font(-1.5), "soft", RIGHT)
