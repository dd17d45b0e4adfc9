"""The settings page: sections at the left, one form each, everything saved at once by F2."""

from __future__ import annotations

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
from gui.screens.settings.presenter import LIBRARY, PIN, Saved, SettingsPresenter
from gui.screens.settings.table import KEYS, Section, sections
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.labels import Card, Label, wrapped

OPERATORS = "operators"


class SettingsView(Screen):
    """Faults stand at their fields and are counted at their section."""

    name = "settings"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = SettingsPresenter(context.desk)
        self.forms: dict[str, Form] = {}
        self.keys.bind("save_settings", self.save)
        self.keys.bind("pin_library", self.pin)
        self._list, self._stack = QListWidget(), QStackedWidget()
        self._lay_out_page()
        self._fill()
        self.home_field = self._list

    def _lay_out_page(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(say("screens.settings"), "title"))
        head.addWidget(Label(str(self.context.desk.home), "faint"))
        head.addStretch(1)
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
        self._list.currentRowChanged.connect(self._stack.setCurrentIndex)

    def _fill(self) -> None:
        for section in sections():
            hint = section.hint
            if not self.presenter.may_change(section):
                hint = f"{hint}　{say('settings_screen.not_yours')}"
            self._add(section.name, section.label, hint, self._form(section))
        keys = Form(self.presenter.key_specs(), columns=3)
        self._add(KEYS, say("settings_screen.keys"), say("settings_screen.keys_hint"), keys)
        self._add_operators()
        self._set_texts()
        self._list.setCurrentRow(0)

    def _form(self, section: Section) -> Form:
        return Form(self.presenter.specs(section), columns=2)

    def _add(self, name: str, label: str, hint: str, form: Form) -> None:
        self.forms[name] = form
        self._add_page(label, hint, form)

    def _add_page(self, label: str, hint: str, inner: QWidget) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, theme.u(8), 0)
        column.setSpacing(theme.u(12))
        column.addWidget(Label(label, "heading"))
        column.addWidget(wrapped(hint, "muted"))
        column.addWidget(inner)
        column.addStretch(1)
        self._stack.addWidget(scrolled(page))
        item = QListWidgetItem(label)
        item.setSizeHint(QSize(0, theme.u(36)))
        self._list.addItem(item)

    def _add_operators(self) -> None:
        from gui.screens.settings.operators import OperatorsPage, may_manage

        if may_manage(self.context.desk):
            self.operators = OperatorsPage(self)
            self._add_page(say("operators_page.title"), say("operators_page.hint"), self.operators)

    def _set_texts(self) -> None:
        texts = self.presenter.texts()
        for form in self.forms.values():
            form.set_values({name: texts[name] for name in form.fields if name in texts})

    def entered(self, argument: Any = None) -> None:
        """The printers of the machine are looked up off the window's thread."""
        work = Operation(self, _printers, name="printers", lane="io")
        work.silent().on_success(self._printers_known).run()

    def _printers_known(self, names: tuple[str, ...]) -> None:
        self.presenter.set_printers(names)
        box = self.forms["printer"].fields["printer.name"].editor
        for name in names:
            if box.findData(name) < 0:
                box.addItem(name, name)

    def texts(self) -> dict[str, str]:
        """Everything that stands in the fields."""
        found: dict[str, str] = {}
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
        for place, form in enumerate(self.forms.values()):
            mine = [item for item in faults if item.field in form.fields]
            form.show_faults(mine)
            self._count(place, form, len(mine))
            first = place if mine and first is None else first
        if first is not None:
            self._list.setCurrentRow(first)
            self._focus_first(first, faults)
            text = say("settings_screen.faults", count=len(faults))
            self.tell(Message("warning", text, key="settings"))
        return not faults

    def _focus_first(self, place: int, faults: tuple[Fault, ...]) -> None:
        form = tuple(self.forms.values())[place]
        named = {item.field for item in faults}
        for name, field in form.fields.items():
            if name in named:
                field.editor.setFocus()
                return

    def _count(self, place: int, form: Form, count: int) -> None:
        label = self._stack.widget(place).findChild(Label).text()
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
        library = self.forms["centre"].values()[LIBRARY]
        call = self.presenter.fingerprint(library)
        asks = say("settings_screen.pinning")
        work = Operation(self, call, name="pin", asks=asks, lane="io")
        work.on_success(self._pinned).on_refused(self._refused).run()

    def _pinned(self, digest: str) -> None:
        self.forms["centre"].set_values({PIN: digest})
        self.forms["centre"].fields[PIN].set_fault("")
        self.tell(Message("info", say("settings_screen.pinned"), key="settings"))


def _printers() -> tuple[str, ...]:
    """The machine's printers; slow on some machines, so never asked in the window's thread."""
    from PySide6.QtPrintSupport import QPrinterInfo

    return tuple(QPrinterInfo.availablePrinterNames())
