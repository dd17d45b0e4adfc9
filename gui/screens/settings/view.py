"""The settings page: sections at the left, one form each, everything saved at once by F2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import DeskError, Fault
from core.words import say
from gui.forms.form import Form
from gui.messages import Message
from gui.operation import Operation
from gui.screens.screen import Screen, scrolled
from gui.screens.settings.operators import OperatorsPage, may_manage
from gui.screens.settings.presenter import LIBRARY, PIN, Saved, SettingsPresenter
from gui.screens.settings.table import KEYS, Section, sections
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.labels import Card, ElidedLabel, Label, wrapped

OPERATORS = "operators"
LARGE = 175


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the list at the left and the page behind it."""

    name: str
    label: str
    hint: str
    make: Callable[[], QWidget]


class SettingsView(Screen):
    """Faults stand at their fields and are counted at their section."""

    name = "settings"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = SettingsPresenter(context.desk)
        self.forms: dict[str, Form] = {}
        self._parts: list[Part] = []
        self._built: set[str] = set()
        self.keys.bind("save_settings", self.save)
        self.keys.bind("pin_library", self.pin)
        self._list, self._stack = QListWidget(), QStackedWidget()
        self._lay_out_page()
        self._fill()
        self.home_field = self._list

    def _lay_out_page(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.u(12))
        head.addWidget(Label(say("screens.settings"), "title"))
        head.addWidget(ElidedLabel(str(self.context.desk.home), "faint"), 1)
        head.addWidget(self.keys.button("pin_library"))
        head.addWidget(self.keys.button("save_settings", primary=True))
        self.top.addLayout(head)
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        nav = Card(margin=8)
        nav.setFixedWidth(theme.u(190))
        self._list.setAccessibleName(say("settings_screen.sections"))
        self._list.setProperty("nav", True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        nav.column.addWidget(self._list)
        row.addWidget(nav)
        self._page = Card(margin=20)
        self._page.column.addWidget(self._stack)
        row.addWidget(self._page, 1)
        self.body.addLayout(row, 1)

    def _fill(self) -> None:
        for section in sections():
            hint = section.hint
            if not self.presenter.may_change(section):
                hint = f"{hint}　{say('settings_screen.not_yours')}"
            self._add(section.name, section.label, hint, self._section_form(section))
        self._add(
            KEYS, say("settings_screen.keys"), say("settings_screen.keys_hint"), self._keys_form
        )
        if may_manage(self.context.desk):
            title, hint = say("operators_page.title"), say("operators_page.hint")
            self._add(OPERATORS, title, hint, self._operators_page)
        self._list.currentRowChanged.connect(self.show_section)
        self._list.setCurrentRow(0)

    def _section_form(self, section: Section) -> Callable[[], QWidget]:
        return lambda: Form(self.presenter.specs(section), columns=_columns(2))

    def _keys_form(self) -> QWidget:
        return Form(self.presenter.key_specs(), columns=_columns(3))

    def _operators_page(self) -> QWidget:
        self.operators = OperatorsPage(self)
        return self.operators

    def _add(self, name: str, label: str, hint: str, make: Callable[[], QWidget]) -> None:
        """One line of the list; its page is built when it is first looked at."""
        self._parts.append(Part(name, label, hint, make))
        self._stack.addWidget(QWidget())
        item = QListWidgetItem(label)
        item.setSizeHint(QSize(0, theme.u(36)))
        self._list.addItem(item)

    def show_section(self, place: int) -> None:
        """Show a section, building it if need be."""
        part = self._parts[place]
        if part.name not in self._built:
            self._built.add(part.name)
            inner = part.make()
            self._replace(place, _page(part, inner))
            if isinstance(inner, Form):
                self.forms[part.name] = inner
                self._set_texts(inner)
        self._stack.setCurrentIndex(place)

    def _replace(self, place: int, page: QWidget) -> None:
        old = self._stack.widget(place)
        self._stack.insertWidget(place, scrolled(page))
        self._stack.removeWidget(old)
        old.deleteLater()

    def _set_texts(self, form: Form) -> None:
        texts = self.presenter.texts()
        form.set_values({name: texts[name] for name in form.fields})

    def form(self, name: str) -> Form:
        """The form of a section, built if need be."""
        place = [part.name for part in self._parts].index(name)
        if name not in self.forms:
            shown = self._stack.currentIndex()
            self.show_section(place)
            self._stack.setCurrentIndex(shown)
        return self.forms[name]

    def entered(self, argument: Any = None) -> None:
        """The printers of the machine are looked up off the window's thread."""
        work = Operation(self, _printers, name="printers", lane="io")
        work.silent().on_success(self._printers_known).run()

    def _printers_known(self, names: tuple[str, ...]) -> None:
        self.presenter.set_printers(names)
        if "printer" not in self.forms:
            return
        box = self.forms["printer"].fields["printer.name"].editor
        for name in names:
            if box.findData(name) < 0:
                box.addItem(name, name)

    def texts(self) -> dict[str, str]:
        """Everything that stands in the fields."""
        found = self.presenter.texts()
        for form in self.forms.values():
            found |= form.values()
        return found

    def save(self) -> None:
        """Check all, write what changed."""
        self.quiet()
        if not self._show_faults(self.presenter.faults(self.texts())):
            return
        call = self.presenter.save(self.texts())
        work = Operation(self, call, name="save", asks=say("settings_screen.saving"), lane="io")
        work.on_success(self._saved).on_refused(self._refused).run()

    def _refused(self, error: DeskError) -> bool:
        return not self._show_faults(error.faults)

    def _show_faults(self, faults: tuple[Fault, ...]) -> bool:
        """Every fault at its field; True when there is none."""
        first = None
        for place, part in enumerate(self._parts):
            mine = [item for item in faults if self._owns(part, item.field)]
            if mine:
                self.form(part.name)
                first = place if first is None else first
            if part.name in self.forms:
                self.forms[part.name].show_faults(mine)
            self._count(place, len(mine))
        if first is not None:
            self._go_to(first, faults)
        return not faults

    def _owns(self, part: Part, field: str) -> bool:
        if part.name == KEYS:
            return field.startswith(f"{KEYS}.")
        return field in {row.name for section in sections() if section.name == part.name
                         for row in section.rows}  # fmt: skip

    def _go_to(self, place: int, faults: tuple[Fault, ...]) -> None:
        self._list.setCurrentRow(place)
        form = self.forms[self._parts[place].name]
        named = {item.field for item in faults}
        first = next(name for name in form.fields if name in named)
        form.fields[first].editor.setFocus()
        text = say("settings_screen.faults", count=len(faults))
        self.tell(Message("warning", text, key="settings"))

    def _count(self, place: int, count: int) -> None:
        label = self._parts[place].label
        self._list.item(place).setText(
            say("settings_screen.faulty", label=label, count=count) if count else label
        )

    def _saved(self, saved: Saved) -> None:
        look = saved.settings.look
        if "look.palette" in saved.changed:
            theme.apply(look.palette, theme.scale)
        key = "settings_screen.saved" if saved.changed else "settings_screen.unchanged"
        self.tell(Message("done", say(key, count=len(saved.changed)), key="settings"))
        if saved.restart:
            text = say("settings_screen.restart", names="、".join(saved.restart))
            self.tell(Message("info", text, key="restart"))

    def pin(self) -> None:
        """Take the fingerprint of the library that stands in the field."""
        library = self.form("centre").values()[LIBRARY]
        call = self.presenter.fingerprint(library)
        asks = say("settings_screen.pinning")
        work = Operation(self, call, name="pin", asks=asks, lane="io")
        work.on_success(self._pinned).on_refused(self._refused).run()

    def _pinned(self, digest: str) -> None:
        self.forms["centre"].set_values({PIN: digest})
        self.forms["centre"].fields[PIN].set_fault("")
        self.tell(Message("info", say("settings_screen.pinned"), key="settings"))


def _columns(most: int) -> int:
    """One column less when everything is drawn so large that a small screen would cut the last."""
    return most if theme.scale < LARGE else most - 1


def _page(part: Part, inner: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, theme.u(8), 0)
    column.setSpacing(theme.u(12))
    column.addWidget(Label(part.label, "heading"))
    column.addWidget(wrapped(part.hint, "muted"))
    column.addWidget(inner)
    column.addStretch(1)
    return page


def _printers() -> tuple[str, ...]:
    """The machine's printers; slow on some machines, so never asked in the window's thread."""
    from PySide6.QtPrintSupport import QPrinterInfo

    return tuple(QPrinterInfo.availablePrinterNames())
