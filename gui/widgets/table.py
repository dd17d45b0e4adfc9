"""Tables of any length: a view over rows, nothing rebuilt, headers aligned with their columns.

Rows are values (tuples, models); a ``Column`` says how to show one. What a row shows is computed
when it is painted and kept for the rows on screen; column widths are kept per user.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from core import money
from gui.shell.memory import Memory
from gui.theme import theme
from gui.widgets.fields import ENTER_KEYS

KEPT_ROWS = 4096
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
ALIGNMENTS = {"left": LEFT, "right": RIGHT, "centre": CENTRE}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``show`` gives the text of a row; ``width`` is in letters of the base font.

    ``tone`` gives a colour token for a row or nothing; ``tip`` a tool tip; ``stretch``: takes the
    rest.
    """

    name: str
    title: str
    show: Callable[[Any], str]
    width: float = 10
    align: str = "left"
    stretch: bool = False
    tone: Callable[[Any], str | None] | None = None
    tip: Callable[[Any], str] | None = None


def amount_column(
    name: str, title: str, fen: Callable[[Any], int | None], width: float = 10
) -> Column:
    """A right-aligned amount; negative ones are red (and carry their minus sign)."""
    return Column(
        name,
        title,
        lambda row: money.show(fen(row)),
        width,
        "right",
        tone=lambda row: "danger" if (fen(row) or 0) < 0 else None,
    )


class RowModel(QAbstractTableModel):
    """Rows and columns for Qt; answers four roles and keeps the texts of the rows it has shown."""

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._rows: Sequence[Any] = ()
        self._texts: dict[int, tuple[str, ...]] = {}

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self._texts.clear()
        self.endResetModel()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; texts kept for the old ones are of no use."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self._texts.clear()
        self.endResetModel()

    def replace_row(self, place: int, row: Any) -> None:
        """One row has changed; the rest stays painted."""
        rows = list(self._rows)
        rows[place] = row
        self._rows = rows
        self._texts.pop(place, None)
        last = len(self.columns) - 1
        self.dataChanged.emit(self.index(place, 0), self.index(place, last))

    def row(self, place: int) -> Any:
        """The row at ``place``, or nothing."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def rows(self) -> Sequence[Any]:
        """All rows."""
        return self._rows

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(index.row())[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return ALIGNMENTS[self.columns[index.column()].align]
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._tone(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index)
        return None

    def _shown(self, place: int) -> tuple[str, ...]:
        texts = self._texts.get(place)
        if texts is None:
            if len(self._texts) >= KEPT_ROWS:
                self._texts.clear()
            row = self._rows[place]
            texts = tuple(column.show(row) for column in self.columns)
            self._texts[place] = texts
        return texts

    def _tone(self, index: QModelIndex) -> Any:
        tone = self.columns[index.column()].tone
        token = tone(self._rows[index.row()]) if tone else None
        return theme.colour(token) if token else None

    def _tip(self, index: QModelIndex) -> str:
        tip = self.columns[index.column()].tip
        return tip(self._rows[index.row()]) if tip else self._shown(index.row())[index.column()]

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if way != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return ALIGNMENTS[self.columns[section].align]
        return None


class DataTable(QTableView):
    """The one table of the desk. ``chosen`` at every change of row, ``opened`` at Enter."""

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(
        self,
        columns: Sequence[Column],
        name: str = "",
        memory: Memory | None = None,
        user: Callable[[], str] | None = None,
    ) -> None:
        super().__init__()
        self._name, self._memory = name, memory or Memory()
        self._user = user or (lambda: "")
        self._sizing = False
        self.rows = RowModel(columns, self)
        self.setModel(self.rows)
        self._dress()
        self._size_columns()
        self.horizontalHeader().sectionResized.connect(self._resized)
        self.selectionModel().currentRowChanged.connect(self._chose)
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows.row(index.row())))

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        side, head = self.verticalHeader(), self.horizontalHeader()
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(theme.u(30))
        head.setFixedHeight(theme.u(34))
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setMinimumSectionSize(theme.u(36))

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show other rows; the place on screen is kept where it can be."""
        place = self.currentIndex().row()
        self.rows.set_rows(rows)
        if rows and place >= 0:
            self.choose(min(place, len(rows) - 1))

    def choose(self, place: int) -> None:
        """Make a row the current one and show it."""
        self.setCurrentIndex(self.rows.index(place, 0))

    def point(self, names: Sequence[Any], wanted: Any) -> None:
        """The cursor to the row of that name, unless it stands there; ``names``: of all rows."""
        if wanted in names and self.currentIndex().row() != names.index(wanted):
            self.choose(names.index(wanted))

    def current(self) -> Any:
        """The current row's value, or nothing."""
        return self.rows.row(self.currentIndex().row())

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Other columns for the same table."""
        self.rows.set_columns(columns)
        self._size_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in ENTER_KEYS and self.current() is not None:
            self.opened.emit(self.current())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._stretch()

    def _chose(self, index: QModelIndex) -> None:
        self.chosen.emit(self.rows.row(index.row()))

    def _letters(self, count: float) -> int:
        return round(QFontMetrics(theme.font()).horizontalAdvance("0") * count) + theme.u(20)

    def _size_columns(self) -> None:
        kept = self._memory.get(self._user(), f"widths/{self._name}", {}) if self._name else {}
        self._sizing = True
        for place, column in enumerate(self.rows.columns):
            width = kept.get(column.name)
            wide = round(width * theme.u(100) / 100) if width else self._letters(column.width)
            self.setColumnWidth(place, wide)
        self._sizing = False
        self._stretch()

    def _resized(self, place: int, old: int, new: int) -> None:
        column = self.rows.columns[place]
        if self._sizing or column.stretch or not self._name:
            return
        name = f"widths/{self._name}"
        kept = dict(self._memory.get(self._user(), name, {}))
        kept[column.name] = round(new * 100 / theme.u(100))
        self._memory.keep(self._user(), name, kept)
        self._stretch()

    def _stretch(self) -> None:
        places = [place for place, column in enumerate(self.rows.columns) if column.stretch]
        if not places or self._sizing:
            return
        taken = sum(self.columnWidth(i) for i in range(len(self.rows.columns)) if i not in places)
        share = (self.viewport().width() - taken) // len(places)
        self._sizing = True
        for place in places:
            self.setColumnWidth(place, max(share, self._letters(self.rows.columns[place].width)))
        self._sizing = False
