"""目录对照 on screen: two pages, mappings and lists, with their questions and the import card."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout

from core.errors import Fault
from core.words import say
from gui.abilities import able
from gui.screens.codes.import_page import CodeImportPage
from gui.screens.codes.lists import ListsPresenter
from gui.screens.codes.lists_page import ListsPage
from gui.screens.codes.mapping_page import MappingPage
from gui.screens.codes.presenter import CHIPS, MappingPresenter
from gui.screens.codes.tables import TablesPresenter
from gui.screens.codes.tables_page import TablesPage
from gui.screens.working import WorkingScreen
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.labels import Label
from gui.widgets.question import Question

OF_LISTS = ("restore_version", "import_list")
PAGES = {"mappings": ("item_codes:centre",), "lists": (), "tables": ("code_tables",)}


class CodesView(WorkingScreen):
    """Shows both presenters; nothing here leaves the desk."""

    name = "codes"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = MappingPresenter(context.desk, self, lambda: context.search_mode)
        self.lists = ListsPresenter(context.desk, self)
        self.tables = TablesPresenter(context.desk, self)
        self._pages = [name for name, needs in PAGES.items() if able(context.desk.centre, needs)]
        self._bind_keys()
        self._build()
        self.refresh()

    def _bind_keys(self) -> None:
        self.bind("find_item", self._to_box)
        self.bind("map_item", lambda: self.mappings.take())
        self.bind("disable_item", lambda: self._ask_reason("disable"))
        self.bind("unmap_item", lambda: self._ask_reason("unmap"))
        self.bind("suggest_items", self.presenter.suggest)
        self.bind("accept_items", self._ask_accept)
        self.bind("export_items", self._choose_target)
        self.bind("read_sheet", self._choose_sheet)
        self.bind("import_list", self.import_list)
        self.bind("restore_version", self._ask_restore)
        self.bind("switch_codes", self.switch)
        self.bind("fetch_tables", self._fetch)

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        title = "codes.screen.title" if "mappings" in self._pages else "code_tables.title"
        row.addWidget(Label(say(title), "title"))
        self.tabs = Chips([(name, say(f"codes.page.{name}")) for name in self._pages])
        self.tabs.chosen.connect(self.show_page)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.keys.button("read_sheet"))
        row.addWidget(self.keys.button("export_items"))
        self.top.addLayout(row)
        self.mappings = MappingPage(self.presenter, self.context, self.keys.button)
        self.versions = ListsPage(self.lists, self.context, self.keys.button)
        self.code_tables = TablesPage(self.tables, self.context, self.keys.button)
        for page in (self.mappings, self.versions, self.code_tables):
            self.body.addWidget(page, 1)
        self._turn(self._pages[0])
        self.question = Question(self)
        self.importer = CodeImportPage(self, self._taken)

    # what is pressed

    def show_page(self, page: str) -> None:
        """The mappings or the lists."""
        self.tabs.choose(page)
        self._turn(page)
        assert self.home_field is not None
        self.home_field.setFocus()
        self.refresh()

    def _turn(self, page: str) -> None:
        pages = {"mappings": self.mappings, "lists": self.versions, "tables": self.code_tables}
        homes = {"mappings": self.mappings.box, "lists": self.versions.lists,
                 "tables": self.code_tables.tables}  # fmt: skip
        for name, widget in pages.items():
            widget.setVisible(name == page)
        self.home_field = homes[page]

    def switch(self) -> None:
        """F3: to the next page, and from the last to the first."""
        place = self._pages.index(self.tabs.current) + 1
        self.show_page(self._pages[place % len(self._pages)])

    def _to_box(self) -> None:
        self.show_page(self._pages[0])
        if self._pages[0] == "mappings":
            self.mappings.box.selectAll()

    def _fetch(self) -> None:
        """F8: the centre's code tables."""
        if self.tabs.current != "tables":
            self.show_page("tables")
        self.tables.fetch(self.code_tables.wanted())

    def import_list(self) -> None:
        """Ctrl+O: a list from a file."""
        if not self.lists.blocked("import_list"):
            self.importer.ask(self.lists.list if self.tabs.current == "lists" else "item")

    def _taken(self, version: Any) -> None:
        self.lists.taken(version)
        self.presenter.load()
        self.show_page("lists")

    def _ask_reason(self, verb: str) -> None:
        row, day = self.presenter.row, self.presenter.day()
        if self.presenter.blocked(f"{verb}_item") or row is None:
            return
        holes = {"name": row.item.name or row.item.code, "day": day or ""}
        self.question.ask(
            say(f"codes.ask.{verb}"), say(f"codes.ask.{verb}_text", **holes),
            say(f"codes.ask.{verb}_yes"), getattr(self.presenter, verb), reason=True,
        )  # fmt: skip

    def _ask_accept(self) -> None:
        if self.presenter.blocked("accept_items"):
            return
        holes = {"count": len(self.presenter.clear()), "least": self.presenter.least}
        self.question.ask(
            say("codes.ask.accept"), say("codes.ask.accept_text", **holes),
            say("codes.ask.accept_yes"), lambda _: self.presenter.accept(), danger=False,
        )  # fmt: skip

    def _ask_restore(self) -> None:
        version = self.lists.version
        if version is None or self.lists.blocked("restore_version"):
            return
        holes = {"number": version.number, "rows": version.rows}
        self.question.ask(
            say("codes.ask.restore"), say("codes.ask.restore_text", **holes),
            say("codes.ask.restore_yes"), lambda _: self.lists.restore(), danger=False,
        )  # fmt: skip

    def _choose_target(self) -> None:
        if self.presenter.blocked("export_items"):
            return
        name = say("codes.sheet.title")
        dialog = self._dialog = QFileDialog(self, say("codes.screen.export"), f"{name}.xlsx")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(self.presenter.export)
        dialog.open()

    def _choose_sheet(self) -> None:
        if self.presenter.blocked("read_sheet"):
            return
        dialog = self._dialog = QFileDialog(
            self, say("codes.screen.read_sheet"), "", "*.xlsx *.csv"
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read_sheet)
        dialog.open()

    def read_sheet(self, path: str) -> None:
        """Read a corrected sheet, then ask."""
        self.presenter.read_sheet(path, self._ask_sheet)

    def _ask_sheet(self, read: Any) -> None:
        faulty = read.preview.faulty
        if faulty:
            self.presenter.tell_faulty(faulty)
        elif not read.records:
            self.presenter.tell("info", "codes.screen.sheet_same")
        else:
            self.question.ask(
                say("codes.ask.sheet"), say("codes.ask.sheet_text", count=len(read.records)),
                say("codes.ask.sheet_yes"), lambda _: self.presenter.take_sheet(read),
                danger=False,
            )  # fmt: skip

    def back(self) -> None:
        """Esc: to the search box."""
        self._to_box()

    def entered(self, argument: Any = None) -> None:
        """Shown: read anew; perhaps with the chip whose rows are wanted (``blocks``)."""
        if argument in CHIPS and "mappings" in self._pages:
            self.show_page("mappings")
            self.mappings.box.clear()
            self.presenter.show(argument)
        self.presenter.load()
        self.lists.load()
        if "tables" in self._pages:
            self.tables.load()

    # showing

    def render(self) -> None:
        """Both presenters' state."""
        self.mappings.render_page()
        self.versions.render_page()
        self.code_tables.render_page()
        self.allow(self._why_not)

    def _why_not(self, action: str) -> Fault | None:
        if action in OF_LISTS:
            return self.lists.why_not(action)
        return self.presenter.why_not(action)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.mappings.fit(self.width())
        self.versions.fit(self.width())
        self.code_tables.fit(self.width())
