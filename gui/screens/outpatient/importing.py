"""Fees from a file or a pasted grid: read, map, look at what is wrong; uploads nothing. Qt-free."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.domain import FeeLine
from core.errors import Fault, fault
from core.his.importer import FeeImporter, ImportPreview
from core.his.tables import tables
from core.money import show
from core.words import say
from gui.screens.file_reading import FileReading
from gui.screens.work import Page

Mapping = dict[str, str]


class Importing(FileReading):
    """One file (``path``) or grid (``pasted``) on its way in."""

    preview: ImportPreview | None

    def __init__(self, desk: Any, page: Page, visit_no: str) -> None:
        super().__init__(desk, page)
        self.visit_no = visit_no
        self.path: Path | None = None
        self.pasted = ""
        self._importer = FeeImporter(Path(desk.home))

    def read(self, path: str, keep_mapping: bool = False) -> None:
        """Read the file and show what it holds."""
        wanted = path.strip().strip('"')
        if not wanted:
            return
        self.path, self.pasted = Path(wanted).expanduser(), ""
        call, target, visit_no = self._importer.preview, self.path, self.visit_no
        self._reading(keep_mapping, lambda mapping: call(target, visit_no, mapping))

    def paste(self, text: str, keep_mapping: bool = False) -> None:
        """Read a grid as a table program or the hospital's own window copies it."""
        if not text.strip():
            self.tell("warning", "outpatient.import.nothing_pasted")
            return
        self.path, self.pasted = None, text
        call, visit_no, name = self._importer.preview_of, self.visit_no, _pasted_name()
        data = text.encode("utf-8", "replace")
        self._reading(keep_mapping, lambda mapping: call(data, name, visit_no, mapping))

    def _reading(self, keep_mapping: bool, call: Callable[[Mapping | None], ImportPreview]) -> None:
        mapping = dict(self.mapping) if keep_mapping else None
        self.preview = None
        self.start("read_file", lambda: call(mapping), self._read, lane="io")

    def _read(self, preview: ImportPreview) -> None:
        self.preview, self.mapping = preview, dict(preview.mapping)

    def has_source(self) -> bool:
        return bool(self.path or self.pasted)

    def read_again(self) -> None:
        if self.path is not None:
            self.read(str(self.path), keep_mapping=True)
        else:
            self.paste(self.pasted, keep_mapping=True)

    def keep(self) -> None:
        """Remember the mapping for files with these headers."""
        preview, mapping = self.preview, dict(self.mapping)
        if preview is not None:
            call = self._importer.keep
            self.start("read_file", lambda: call(preview, mapping), self._kept, lane="io")

    def _kept(self, _: Any) -> None:
        self.tell("done", "outpatient.import.kept")

    # faces

    def why_not_use(self) -> Fault | None:
        """Why the lines cannot be taken; rejected lines have to be mended in the file first."""
        preview = self.preview
        if preview is None:
            return fault("outpatient.import.why.read")
        if preview.missing:
            return fault("outpatient.import.why.missing")
        if preview.faulty:
            return fault("outpatient.import.why.faulty", count=len(preview.faulty))
        return None if preview.lines else fault("outpatient.import.why.none")

    def lines(self) -> tuple[FeeLine, ...]:
        """The lines to take."""
        return self.preview.lines if self.preview and self.why_not_use() is None else ()

    def fields(self) -> tuple[tuple[str, str, bool], ...]:
        """What a column may mean: (field, label, required), required ones first."""
        rows = [(name, item.label, item.required) for name, item in tables().columns.items()]
        return tuple(sorted(rows, key=lambda row: not row[2]))

    def summary(self) -> tuple[str, ...]:
        """Sentences about the file as a whole."""
        found = self.preview
        if found is None:
            return ()
        holes = {"count": len(found.lines), "total": show(found.total)}
        said = [
            say("outpatient.import.source", source=found.source, encoding=found.encoding),
            say("outpatient.import.lines", **holes),
        ]
        if found.stated_total is not None:
            said.append(say("outpatient.import.stated", total=show(found.stated_total)))
        if found.faulty:
            said.append(say("outpatient.import.faulty", count=len(found.faulty)))
        return tuple(said)


def _pasted_name() -> str:
    return say("outpatient.import.pasted")


def is_grid(text: str) -> bool:
    """Is this more than the path of a file: rows, or cells with tabs between them?"""
    lines = text.strip("\r\n").splitlines()
    return "\t" in text or len(lines) > 1
