"""The page of the hospital's database: where it is, what is asked of it, what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Fault, fault
from core.his.sql.dialects import DIALECTS, compose, parts
from core.his.sql.settings import EVENTS, QUERIES, SECRET, TOLD
from core.settings import HisSettings
from core.words import say
from gui.forms.spec import FieldSpec
from gui.screens.connect.form import AdapterForm
from gui.screens.connect.pages import Page

PAGE = Page(
    "sql", 30, form="gui.screens.connect.pages.sql:SqlForm",
    view="gui.screens.connect.sql_page:SqlPage",
)  # fmt: skip
PLACE = ("dialect", "host", "port", "database", "user")
Texts = Mapping[str, str]


class SqlForm(AdapterForm):
    """``[his.sql]``. Beside the fields, ``query.<name>``, ``columns.<name>`` and ``told.<event>``
    are the texts of statements; what the page does not show stays as it is saved."""

    name = "sql"
    FIELDS = (
        ("dialect", "choice", {"required": True}),
        ("host", "text", {"length": 255}),
        ("port", "text", {"length": 5}),
        ("database", "text", {"required": True, "length": 255}),
        ("user", "text", {"length": 100}),
        ("password", "secret", {"length": 200}),
        ("rows", "number", {"low": 1, "high": 200_000}),
        ("seconds", "number", {"low": 1, "high": 120}),
        ("on", "flag", {}),
    )

    def __init__(self) -> None:
        self._before: dict[str, Any] = {}

    def specs(self) -> tuple[FieldSpec, ...]:
        """The fields; a database is chosen by its name."""
        return tuple(self._spec(*field) for field in self._fields())

    def _fields(self) -> tuple[tuple[str, str, dict[str, Any]], ...]:
        choices = {name: say(f"connect.sql.dialect.{name}") for name in DIALECTS}
        more = {"dialect": {"required": True, "choices": choices}}
        return tuple((name, kind, more.get(name, rest)) for name, kind, rest in self.FIELDS)

    def texts(self, settings: HisSettings) -> dict[str, str]:
        """As ``AdapterForm.texts``, with the statements."""
        table = settings.sql
        self._before = table.model_dump(mode="json", exclude_unset=True)
        found = parts(table.url) if table.url else dict.fromkeys(PLACE, "")
        found |= {"rows": str(table.rows), "seconds": str(table.seconds), "password": ""}
        found["on"] = "1" if table.write.on else "0"
        for name in QUERIES:
            found[f"query.{name}"] = table.queries.get(name, "")
            found[f"columns.{name}"] = _listed(table.columns.get(name, {}))
        for event in EVENTS:
            found[f"told.{event}"] = ";\n".join(table.write.statements.get(event, ()))
        return found

    def table(self, texts: Texts) -> dict[str, Any]:
        """As ``AdapterForm.table``."""
        place = {name: texts.get(name, "") for name in PLACE}
        statements = {
            event: _statements(texts.get(f"told.{event}", "")) for event in EVENTS
        }  # fmt: skip
        write = {
            **self._before.get("write", {}), "on": texts.get("on") == "1",
            "statements": {event: found for event, found in statements.items() if found},
        }  # fmt: skip
        columns = {name: _mapping(texts.get(f"columns.{name}", "")) for name in QUERIES}
        queries = {name: texts.get(f"query.{name}", "").strip() for name in QUERIES}
        return {
            **self._before, "url": compose(place, self._before.get("url", "")),
            "rows": _number(texts.get("rows", "")), "seconds": _number(texts.get("seconds", "")),
            "queries": {name: text for name, text in queries.items() if text},
            "columns": {name: found for name, found in columns.items() if found}, "write": write,
        }  # fmt: skip

    def secrets(self, texts: Texts) -> dict[str, str]:
        """The password, where one was typed; an empty field leaves the kept one."""
        typed = texts.get("password", "")
        return {SECRET: typed} if typed else {}

    def wrong(self, texts: Texts) -> tuple[Fault, ...]:
        """A port that is none, lines of the mappings that are none."""
        port = texts.get("port", "").strip()
        if port and not (port.isdigit() and 0 < int(port) < 65536):
            return (fault("sql.url.port", "port", value=port),)
        return tuple(
            fault("connect.sql.bad_mapping", f"columns.{name}", line=line.strip(),
                  query=say(f"sql.query.{name}"))
            for name in QUERIES
            for line in texts.get(f"columns.{name}", "").splitlines()
            if line.strip() and not all(map(str.strip, _halves(line)))
        )  # fmt: skip


def parameters(name: str) -> str:
    """The parameters that a statement may have, as it writes them."""
    return "  ".join(f":{one}" for one in QUERIES.get(name, TOLD))


def _halves(line: str) -> tuple[str, str]:
    field, _, column = line.partition("=")
    return field.strip(), column.strip()


def _mapping(text: str) -> dict[str, str]:
    return dict(_halves(line) for line in text.splitlines() if line.strip())


def _listed(mapping: Mapping[str, str]) -> str:
    return "\n".join(f"{field} = {column}" for field, column in mapping.items())


def _statements(text: str) -> list[str]:
    """One statement to each semicolon at the end of a line."""
    pieces = f"{text}\n".replace("\r", "").split(";\n")
    return [piece.strip() for piece in pieces if piece.strip()]


def _number(text: str) -> int | str:
    return int(text) if text.strip().isdigit() else text
