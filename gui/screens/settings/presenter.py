"""Settings in plain Python: texts of the fields, every fault at once, what is written,
what restarts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from core.domain.operator import Role
from core.errors import Fault, InvalidInput, fault
from core.settings import Settings, save_settings
from core.words import say
from gui.actions import Action, ActionTable, key_faults, shipped
from gui.forms.spec import FieldSpec, faults_of
from gui.screens.settings.table import KEYS, SECRETS, Row, Section, all_rows, sections

Texts = dict[str, str]
LIBRARY, PIN = "centre.library", "centre.library_sha256"
CHUNK = 1 << 20
HEX = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written: ``restart`` names the settings that count from the next start."""

    settings: Settings
    changed: tuple[str, ...]
    restart: tuple[str, ...]


class SettingsPresenter:
    """Texts by ``table.key``, keys of actions by ``keys.<action>``."""

    def __init__(self, desk: Any) -> None:
        self._desk = desk
        self.settings: Settings = desk.settings
        operator = desk.session.operator
        self._role = operator.role if operator else Role.CASHIER
        self._printers: tuple[str, ...] = ()

    # -- what is shown

    def may_change(self, section: Section) -> bool:
        """Whether this operator owns the section; training lets everybody try."""
        return self.settings.training or not section.owners or self._role in section.owners

    def specs(self, section: Section) -> tuple[FieldSpec, ...]:
        """The fields of one section."""
        locked = not self.may_change(section)
        return tuple(row.spec(read_only=locked, choices=self._choices(row)) for row in section.rows)

    def _choices(self, row: Row) -> Mapping[str, str]:
        if row.name != "printer.name":
            return row.choices
        names = dict.fromkeys((*self._printers, self.settings.printer.name))
        return {name: name for name in names if name}

    def set_printers(self, names: tuple[str, ...]) -> None:
        """The machine's printers, once they are known."""
        self._printers = names

    def key_specs(self) -> tuple[FieldSpec, ...]:
        """One field an action."""
        return tuple(
            FieldSpec(f"{KEYS}.{row.name}", _action_label(row), "key") for row in shipped()
        )

    def texts(self) -> Texts:
        """What stands in the fields now."""
        tables = self.settings.model_dump()
        found = {
            name: "" if row.secret else _text(tables[row.place[0]][row.place[1]])
            for name, row in all_rows().items()
        }
        table = ActionTable(self.settings.keys)
        return found | {f"{KEYS}.{row.name}": row.key for row in table.all()}

    # -- what is wrong

    def faults(self, texts: Mapping[str, str]) -> tuple[Fault, ...]:
        """Everything that is wrong, each at its field."""
        specs = [spec for section in sections() for spec in self.specs(section)]
        found = list(faults_of(specs, texts))
        for row in all_rows().values():
            found.extend(self._row_faults(row, texts.get(row.name, "")))
        found.extend(self._key_faults(texts))
        return tuple(found)

    def _row_faults(self, row: Row, text: str) -> list[Fault]:
        if not text:
            return []
        wrong = (
            (row.path and not self._exists(text), "settings_screen.no_file"),
            (bool(row.exact) and len(text) != row.exact, "settings_screen.exact"),
            (row.whole and _is_fraction(text), "settings_screen.whole"),
            (row.name == PIN and not _is_hash(text), "settings_screen.bad_hash"),
        )
        holes = {"label": row.label, "value": text, "exact": row.exact}
        return [fault(key, row.name, **holes) for is_wrong, key in wrong if is_wrong]

    def _exists(self, text: str) -> bool:
        return (self._desk.home / Path(text)).exists()

    def _key_faults(self, texts: Mapping[str, str]) -> tuple[Fault, ...]:
        own = {row.name: texts.get(f"{KEYS}.{row.name}", row.key) for row in shipped()}
        reserved = (f"Alt+{digit}" for digit in range(10))
        found = key_faults(ActionTable(own).all(), reserved)
        return tuple(Fault(item.key, item.text, f"{KEYS}.{item.field}") for item in found)

    # -- what is written

    def changes(self, texts: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Only what differs from now, typed, as ``save_settings`` takes it."""
        before, found = self.texts(), {}
        for name, text in texts.items():
            if text != before.get(name, ""):
                table, _, key = name.partition(".")
                found.setdefault(table, {})[key] = _typed(all_rows().get(name), text)
        return found

    def save(self, texts: Mapping[str, str]) -> Callable[[], Saved]:
        """The blocking call that checks and writes; raises ``DeskError`` with every fault."""
        changes = self.changes(texts)

        def write() -> Saved:
            if found := self.faults(texts):
                raise InvalidInput(found)
            plain = {table: keys for table, keys in changes.items() if table != SECRETS}
            for name, value in changes.get(SECRETS, {}).items():
                self._desk.secrets.keep(name, value)
            if plain:
                self.settings = save_settings(self._desk.home, plain)
            return Saved(self.settings, *_names(changes))

        return write

    def fingerprint(self, library: str) -> Callable[[], str]:
        """The blocking call that reads the library's SHA-256; raises ``InvalidInput``."""
        path = self._desk.home / Path(library) if library else None

        def read() -> str:
            if path is None or not path.is_file():
                label = all_rows()[LIBRARY].label
                raise InvalidInput(
                    fault("settings_screen.no_file", LIBRARY, label=label, value=library)
                )
            return _sha256(path)

        return read


def _names(changes: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = [f"{table}.{key}" for table, keys in changes.items() for key in keys]
    rows = all_rows()
    restart = tuple(rows[name].label for name in names if name in rows and rows[name].restart)
    keys = (say("settings_screen.keys"),) if KEYS in changes else ()
    return tuple(names), restart + keys


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _is_fraction(text: str) -> bool:
    """A number, but not a whole one; what is no number at all is said elsewhere."""
    try:
        return Decimal(text) % 1 != 0
    except InvalidOperation:
        return False


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= HEX


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _typed(row: Row | None, text: str) -> Any:
    if row is None or row.kind != "number":
        return text
    try:
        return int(text) if row.whole else float(text)
    except ValueError:
        return text


def _action_label(row: Action) -> str:
    if row.scope == "window":
        return row.label
    return say("settings_screen.action", scope=say(f"screens.{row.scope}"), label=row.label)
