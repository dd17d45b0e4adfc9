"""The forms of 医院接口 in plain Python: fields and the settings table they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Fault
from core.settings import HisSettings
from core.words import say
from gui.forms.spec import FieldSpec

Texts = Mapping[str, str]


class TableForm:
    """Fields of one flat table of the settings; its texts are those of ``connect.<name>``.

    ``FIELDS``: (field, kind of ``FieldSpec``, more of it) in the order of the form.
    """

    name = ""
    FIELDS: tuple[tuple[str, str, dict[str, Any]], ...] = ()

    def specs(self) -> tuple[FieldSpec, ...]:
        """The form's fields; label and hint are texts of ``connect.<name>``."""
        return tuple(self._spec(*field) for field in self.FIELDS)

    def _spec(self, field: str, kind: str, more: dict[str, Any]) -> FieldSpec:
        label = say(f"connect.{self.name}.label.{field}")
        tip = say(f"connect.{self.name}.tip.{field}")
        return FieldSpec(field, label, kind, hint=tip, encoding="utf-8", **more)

    def shown(self, table: Mapping[str, Any]) -> dict[str, str]:
        """What stands in the fields for these values."""
        return {field: _text(table[field]) for field, _, _ in self.FIELDS if field in table}

    def table(self, texts: Texts) -> dict[str, Any]:
        """The settings table that the fields say; what is wrong with it is found when used."""
        kinds = {field: kind for field, kind, _ in self.FIELDS if field not in self.secrets(texts)}
        return {field: _typed(kind, texts.get(field, "")) for field, kind in kinds.items()}

    def wrong(self, texts: Texts) -> tuple[Fault, ...]:
        """What is wrong beside the fields."""
        return ()

    def secrets(self, texts: Texts) -> dict[str, str]:
        """Passwords that were typed, by their names in the keyring; never part of the table."""
        return {}


class AdapterForm(TableForm):
    """The wizard of one way to the hospital, ``[his.<name>]``; one with more than a flat table
    overrides what differs."""

    def texts(self, settings: HisSettings) -> dict[str, str]:
        """What stands in the fields for these settings."""
        return self.shown(getattr(settings, self.name).model_dump())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _typed(kind: str, text: str) -> Any:
    if kind == "flag":
        return text == "1"
    if kind == "number":
        return int(text) if text.lstrip("-").isdigit() else text
    return text
