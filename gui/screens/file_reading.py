"""A file is read and its columns are given a meaning; nothing is taken in by this. Qt-free."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from core.his.importer import FaultyLine
from gui.screens.work import Page, Presenter

SHOWN_CELLS = 120


class FileReading(Presenter, ABC):
    """``preview`` of the last reading, ``mapping`` (field to column) as it is wanted."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.preview: Any = None
        self.mapping: dict[str, str] = {}

    def map(self, field: str, header: str) -> None:
        """Take ``header`` for ``field`` (empty: none) and read again."""
        if self.mapping.get(field, "") == header or not self.has_source():
            return
        self.mapping = {name: column for name, column in self.mapping.items() if column != header}
        self.mapping.pop(field, None)
        if header:
            self.mapping[field] = header
        self.read_again()

    @abstractmethod
    def read(self, path: str, keep_mapping: bool = False) -> None:
        """Read the file at ``path`` and show what it holds."""

    @abstractmethod
    def has_source(self) -> bool:
        """Whether something was read."""

    @abstractmethod
    def read_again(self) -> None:
        """The same once more, with the mapping as it is wanted."""

    # faces

    @abstractmethod
    def fields(self) -> tuple[tuple[str, str, bool], ...]:
        """What a column may mean: (field, label, required)."""

    @abstractmethod
    def summary(self) -> tuple[str, ...]:
        """Sentences about the file as a whole."""

    def remarks(self) -> tuple[str, ...]:
        """What is to be known of the file."""
        return tuple(item.text for item in self.preview.remarks) if self.preview else ()

    def rejected(self) -> tuple[FaultyLine, ...]:
        """Rows that became nothing."""
        return self.preview.faulty if self.preview else ()


def reason_of(row: FaultyLine) -> str:
    """All reasons of a rejected row."""
    return "；".join(item.text for item in row.faults)


def cells_of(row: FaultyLine) -> str:
    """The row as it stands in the file, shortened."""
    return "，".join(cell for cell in row.raw if cell)[:SHOWN_CELLS]
