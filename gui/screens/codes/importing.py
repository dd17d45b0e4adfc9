"""A list from a file: read, map its columns, see what it would change, take it in. Qt-free."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.catalogue.entries import Difference
from core.catalogue.importer import CodePreview
from core.catalogue.kinds import LISTS, columns, title
from core.errors import Fault, fault
from core.words import say
from gui.screens.days import read_day
from gui.screens.file_reading import FileReading
from gui.screens.work import Page

HALF = 2  # a version that loses more than a half of the rows is asked about


class CodeImporting(FileReading):
    """One file on its way in, and what it would change."""

    preview: CodePreview | None

    def __init__(self, desk: Any, page: Page, name: str) -> None:
        super().__init__(desk, page)
        self.list = name if name in LISTS else LISTS[0]
        self.path: Path | None = None
        self.change = Difference()
        self.skip_wrong = False
        self.valid_from = f"{desk.clock.now():%Y-%m-%d}"

    def choose(self, name: str) -> None:
        """The file is of another list: read it again as such."""
        if name in LISTS and name != self.list:
            self.list, self.mapping = name, {}
            self.read(str(self.path or ""))
            self.page.refresh()

    def read(self, path: str, keep_mapping: bool = False) -> None:
        """Read the file and show what it holds."""
        wanted = path.strip().strip('"')
        self.preview, self.change, self.skip_wrong = None, Difference(), False
        if not wanted:
            return
        self.path = Path(wanted).expanduser()
        mapping = dict(self.mapping) if keep_mapping else None
        target, name = self.path, self.list
        self.start("read_file", lambda: self._look(target, name, mapping), self._read, lane="io")

    def _look(self, path: Path, name: str, mapping: dict[str, str] | None) -> tuple[Any, Any]:
        catalogue = self.desk.catalogue
        catalogue.ensure()
        preview = catalogue.importer(name).preview(path, mapping)
        return preview, catalogue.lists.compare(name, preview.entries)

    def _read(self, found: tuple[CodePreview, Difference]) -> None:
        self.preview, self.change = found
        self.mapping = dict(self.preview.mapping)

    def has_source(self) -> bool:
        return self.path is not None

    def read_again(self) -> None:
        self.read(str(self.path), keep_mapping=True)

    def skip(self, skip: bool) -> None:
        """Leave wrong rows out, or not."""
        self.skip_wrong = skip
        self.page.refresh()

    # faces

    def fields(self) -> tuple[tuple[str, str, bool], ...]:
        """What a column may mean: (field, label, required)."""
        return tuple((name, item.label, item.required) for name, item in columns(self.list).items())

    def why_not_take(self) -> Fault | None:
        """Why the file cannot be taken in now."""
        preview = self.preview
        if preview is None:
            return fault("codes.screen.why.read")
        if preview.missing:
            return fault("codes.screen.why.missing")
        if preview.wrong and not self.skip_wrong:
            return fault("codes.wrong_rows", count=preview.wrong)
        if not preview.entries:
            return fault("codes.empty_list", list=title(self.list))
        if read_day(self.valid_from) is None:
            return fault("codes.screen.bad_day", day=self.valid_from)
        return None

    def loses_much(self) -> bool:
        """More than half of the rows there are would be gone: perhaps the file is only a part."""
        before = len(self.change.gone) + len(self.preview.entries if self.preview else ())
        before -= len(self.change.added)
        return before > 0 and len(self.change.gone) * HALF > before

    def summary(self) -> tuple[str, ...]:
        """Sentences about the file and what it would change."""
        found = self.preview
        if found is None:
            return ()
        said = [say("codes.screen.source", source=found.source, encoding=found.encoding),
                say("codes.screen.entries", count=len(found.entries))]  # fmt: skip
        if found.wrong:
            said.append(say("codes.screen.wrong", count=found.wrong))
        change = self.change
        holes = {"added": len(change.added), "changed": len(change.changed)}
        if found.entries:
            said.append(say("codes.screen.would", gone=len(change.gone), **holes))
        return tuple(said)

    def remarks(self) -> tuple[str, ...]:
        """What is to be known of the file."""
        said = super().remarks()
        if self.preview and self.preview.entries and self.loses_much():
            return (say("codes.screen.loses", count=len(self.change.gone)), *said)
        return said

    # taking

    def take(self) -> None:
        """Make the file the next version; the page hears of it by ``taken``."""
        day, preview = read_day(self.valid_from), self.preview
        if self.why_not_take() is not None or preview is None or day is None:
            return
        catalogue, who, skip = self.desk.catalogue, self.desk.session.operator, self.skip_wrong
        mapping = dict(self.mapping)

        def call() -> Any:
            made = catalogue.take(preview, day, who, skip)
            catalogue.importer(preview.list).keep(preview, mapping)
            return made

        self.start("take_list", call, self.page.taken, lane="io")  # type: ignore[attr-defined]
