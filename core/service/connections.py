"""The ways to the hospital as somebody sets them up: tried before they are saved, saved whole.

Nothing here touches the hospital that the desk works with; a saved way is used from the next start.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from core.errors import InvalidInput
from core.his.connect import Place, adapter
from core.his.port import Hospital, Preview, Tested
from core.secrets import GivenSecrets, Secrets
from core.settings import HisSettings, explain, load_settings, save_settings

Table = Mapping[str, Any]
Given = Mapping[str, str]  # passwords by their names in the keyring, typed but not yet kept


class Connections:
    """``desk.connections``; every call may take long and raises ``DeskError`` with a sentence."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def settings(self) -> HisSettings:
        """What is saved now, whether the running desk uses it or not."""
        return load_settings(self._place.home).his

    def checked(self, name: str, table: Table) -> BaseModel:
        """The table of ``name`` as settings; raises ``InvalidInput`` with its faulty fields."""
        kind = type(getattr(HisSettings(), name))
        try:
            made: BaseModel = kind.model_validate(table)
        except ValidationError as error:
            raise InvalidInput([explain(item) for item in error.errors()]) from error
        return made

    def test(self, name: str, table: Table, given: Given | None = None) -> tuple[Tested, ...]:
        """The steps of a test of these settings."""
        with closing(self._way(name, table, given)) as way:
            return tuple(way.test())

    def preview(
        self, name: str, table: Table, visit_no: str = "", given: Given | None = None
    ) -> Preview:
        """What these settings would hand over now."""
        with closing(self._way(name, table, given)) as way:
            return way.preview(visit_no.strip())

    def _way(self, name: str, table: Table, given: Given | None) -> Hospital:
        place = replace(self._place, secrets=_Typed(self._place.secrets, given or {}))
        return adapter(name, self.checked(name, table), place)

    def save(self, name: str, table: Table, use: bool, given: Given | None = None) -> HisSettings:
        """Keep the settings of ``name`` and its passwords; ``use``: from the next start on."""
        self.checked(name, table)
        before = self.settings()
        chosen: list[str] = [one for one in before.use if one != name or use]
        if use and name not in chosen:
            chosen.append(name)
        for secret, value in (given or {}).items():
            self._place.secrets.keep(secret, value)
        save_settings(self._place.home, {"his": {"use": chosen, name: table}})
        return self.settings()


class _Typed:
    """Passwords as they stand in the form, over those that are kept."""

    def __init__(self, kept: Secrets, given: Given) -> None:
        self._kept = kept
        self._given = GivenSecrets(**dict(given))

    def read(self, name: str) -> str:
        return self._given.read(name) or self._kept.read(name)

    def keep(self, name: str, value: str) -> None:
        self._given.keep(name, value)
