"""What ``gui.benchmark`` measures of painting: a keystroke in a search box, a long fee table.

Each pair does the same with the desk's own widget and with a bare one of Qt beside it; a
measurement ends when the widget has been painted, not when it was asked to.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QTableView, QWidget

from core.bench.codelist import LIST, WORDS, loaded
from core.bench.stage import fee_line
from core.domain import FeeLine, Registration, Visit
from gui.application import application
from gui.screens.outpatient.columns import fee_columns
from gui.screens.outpatient.fees import fee_rows
from gui.widgets.search_box import SHOWN_HITS, Choice, SearchBox
from gui.widgets.table import DataTable

LINES = 100_000
PAGES = 20
SIZE = (1100, 600)


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _shown(widget: QWidget) -> QWidget:
    host = QWidget()
    widget.setParent(host)
    host.resize(*SIZE)
    host.show()
    widget.show()
    QApplication.processEvents()
    return host


# a keystroke


def typing_desk(rounds: int, home: Path) -> dict[str, Any]:
    """The slowest keystroke in the desk's search box over the long list."""
    application()
    catalogue = loaded(home)

    def find(text: str) -> list[Choice]:
        hits = catalogue.find(LIST, text)
        return [Choice(hit.entry.code, f"{hit.entry.code} {hit.entry.name}") for hit in hits]

    box = SearchBox("-", find)
    host = _shown(box)
    slowest = _slowest([_typed(box, box.repaint, host) for _ in range(rounds)])
    catalogue.store.close()
    return {"slowest": slowest}


def typing_bare(rounds: int) -> dict[str, Any]:
    """The same keys into a bare line over a bare list that always shows the same rows."""
    application()
    line = QLineEdit()
    host = _shown(line)
    hits = QListWidget(host)
    hits.setGeometry(0, 40, 320, 370)
    texts = [f"S52.00{n}x00001 {n}" for n in range(SHOWN_HITS)]

    def fill(_: str) -> None:
        hits.clear()
        hits.addItems(texts)
        hits.show()

    line.textEdited.connect(fill)
    return {"slowest": _slowest([_typed(line, line.repaint, host) for _ in range(rounds)])}


def _typed(line: QLineEdit, repaint: Callable[[], None], host: QWidget) -> list[float]:
    """Milliseconds of every key of all words, its hits painted."""
    found = []
    for word in WORDS:
        line.clear()
        for letter in word:
            found.append(_ms(lambda letter=letter: _key(line, letter, repaint, host)))
    return found


def _slowest(rounds: list[list[float]]) -> list[float]:
    """The key that takes longest, each key taken at its best: what else the machine did is left
    out."""
    return [max(min(times) for times in zip(*rounds, strict=True))]


def _key(line: QLineEdit, letter: str, repaint: Callable[[], None], host: QWidget) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
        QApplication.sendEvent(line, event)
    repaint()
    for hits in host.findChildren(QListWidget):
        if hits.isVisible():
            hits.viewport().repaint()


# the fee table


def _visit() -> Visit:
    lines = tuple(_line(number) for number in range(LINES))
    return Visit(registration=Registration(visit_no="-"), lines=lines)


def _line(number: int) -> FeeLine:
    return fee_line("-", number).model_copy(update={"quantity": Decimal(number % 7 + 1)})


def table_desk(rounds: int) -> dict[str, Any]:
    """First paint of the lines of a visit, and pages of scrolling, in the desk's fee table."""
    application()
    visit = _visit()
    table = DataTable(fee_columns("wide", False))

    def fill() -> None:
        table.set_rows(fee_rows(visit, {}))

    return _measured_table(table, fill, lambda: table.set_rows(()), rounds)


class _Texts(QAbstractTableModel):
    """As little as a model can be: texts that are there already."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self._columns, self.rows = columns, 0

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        return 0 if parent.isValid() else self.rows

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        return 0 if parent.isValid() else self._columns

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return "12.3400" if role == Qt.ItemDataRole.DisplayRole else None

    def fill(self, rows: int) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()


def table_bare(rounds: int) -> dict[str, Any]:
    """The same with a bare view over a model of constant texts."""
    application()
    model = _Texts(len(fee_columns("wide", False)))
    view = QTableView()
    view.setModel(model)
    view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    return _measured_table(view, lambda: model.fill(LINES), lambda: model.fill(0), rounds)


def _measured_table(
    view: QTableView, fill: Callable[[], None], empty: Callable[[], None], rounds: int
) -> dict[str, Any]:
    host = _shown(view)
    view.setGeometry(host.rect())
    first, pages = [], []
    for _ in range(rounds):
        empty()
        view.viewport().repaint()
        first.append(_ms(lambda: (fill(), view.viewport().repaint())))
        pages.append(max(_ms(lambda: _page_down(view)) for _ in range(PAGES)))
    return {"first": first, "page": pages}


def _page_down(view: QTableView) -> None:
    bar = view.verticalScrollBar()
    bar.setValue(bar.value() + bar.pageStep())
    view.viewport().repaint()
