"""What may go wrong before anything is sent, as values with a sentence for a person.

Errors of the surroundings (a file, a setting, a guard) are ``DeskError`` and always carry a Chinese
sentence that names the field, the value and the remedy. Anything else that is raised is our bug.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.words import say


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: ``key`` names the text, ``field`` the form field (or empty)."""

    key: str
    text: str
    field: str = ""


def fault(key: str, field: str = "", **holes: object) -> Fault:
    """A fault whose sentence is the text ``key`` of ``resources/labels``."""
    return Fault(key, say(key, **holes), field)


class DeskError(Exception):
    """A known condition with a sentence for the person in front of the screen."""

    def __init__(self, faults: Iterable[Fault] | Fault) -> None:
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("；".join(item.text for item in self.faults))


class InvalidInput(DeskError):
    """The input breaks the profile or the form; nothing was written, nothing left the desk."""


class Refused(DeskError):
    """A guard says no (open transaction, wrong stage, not signed in …); nothing left the desk."""


class SetupError(DeskError):
    """Settings, profile, library or journal cannot be used as they are."""
