"""The common page of one way to the hospital: state, wizard, test, preview, saving."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from core.errors import Fault
from core.words import say
from gui.forms.form import Form
from gui.screens.connect.adapter import AdapterPresenter
from gui.screens.connect.columns import COLUMNS
from gui.screens.connect.pages import Page
from gui.screens.connect.steps import Steps, headed
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.fields import Edit
from gui.widgets.labels import Card, Label, wrapped
from gui.widgets.table import DataTable

STATES = {"running": "done", "training": "amber", "restart": "amber", "off": "muted"}
LISTS = ("visits", "lines", "rejected")


class AdapterPage(QWidget):
    """Shows one ``AdapterPresenter``; ``screen`` runs its work and shows its banners."""

    def __init__(self, screen: Any, page: Page) -> None:
        super().__init__()
        self.page = page
        self.presenter = AdapterPresenter(screen.context.desk, screen, page.load_form()())
        self.form = Form(self.presenter.form.specs(), columns=2)
        self.use = QCheckBox(say("connect.use"))
        self.tests = Steps()
        self._tables: dict[str, DataTable] = {}
        self._shown: object = None
        self._faults: tuple[Fault, ...] = ()
        self._build(screen)
        self.form.set_values(self.presenter.texts)
        self.use.setChecked(self.presenter.used)
        self.render()

    @property
    def home_field(self) -> QWidget | None:
        """Where typing begins."""
        return self.form.first()

    def _build(self, screen: Any) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(12))
        column.addWidget(self._wizard())
        column.addWidget(self._preview(screen), 1)

    def _wizard(self) -> QWidget:
        card = Card(gap=10)
        self.state = headed(card, self.page)
        card.column.addWidget(self.form)
        card.column.addWidget(self.use)
        card.column.addLayout(self.tests)
        return card

    def _preview(self, screen: Any) -> QWidget:
        card = Card(gap=8)
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.lists = Chips([(name, say(f"connect.list.{name}")) for name in LISTS])
        self.lists.chosen.connect(self._choose)
        row.addWidget(self.lists, 1)
        row.addWidget(Label(say("connect.of_visit"), "muted"))
        self.visit = Edit()
        self.visit.setAccessibleName(say("connect.of_visit"))
        self.visit.setPlaceholderText(say("connect.of_visit_hint"))
        self.visit.setFixedWidth(theme.u(170))
        self.visit.submitted.connect(lambda _: self.look())
        row.addWidget(self.visit)
        card.column.addLayout(row)
        for name in LISTS:
            memory = screen.context.memory
            table = DataTable(COLUMNS[name](), f"connect-{name}", memory, screen.context.user)
            table.setMinimumHeight(theme.u(150))
            table.setAccessibleName(say(f"connect.list.{name}"))
            table.hide()
            self._tables[name] = table
            card.column.addWidget(table, 1)
        self.remarks = wrapped("", "muted")
        card.column.addWidget(self.remarks)
        self._choose("visits")
        return card

    def _choose(self, name: str) -> None:
        for other, table in self._tables.items():
            table.setVisible(other == name)

    def values(self) -> dict[str, str]:
        """What stands in the fields; a page with more than the form adds it."""
        return self.form.values()

    # -- what is pressed

    def test(self) -> None:
        """The test button."""
        self.presenter.test(self.values())

    def look(self) -> None:
        """The preview."""
        self.presenter.look(self.values(), self.visit.text())

    def save(self) -> None:
        """Keep it."""
        self.presenter.save(self.values(), self.use.isChecked())

    # -- showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        state = self.presenter.state()
        self.state.setText(say(f"connect.state.{state}"))
        self.state.set_role(STATES[state])
        if self.presenter.faults is not self._faults:  # once: what is mended stays mended
            self._faults = self.presenter.faults
            self.form.show_faults(self._faults)
        self.tests.show_steps(self.presenter.tested or ())
        self._render_preview()

    def _render_preview(self) -> None:
        found = self.presenter.preview
        self.lists.set_counts(self.presenter.counts())
        self.remarks.setText(self.presenter.remarks())
        self.remarks.setVisible(bool(self.remarks.text()))
        if found is not self._shown:
            self._shown = found
            for name, table in self._tables.items():
                table.set_rows(getattr(found, name) if found else ())
