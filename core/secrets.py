"""Passwords of the desk: in the operating system's keyring, never in a file of ours.

A secret has a short name (``centre``, ``his.ward``); what is kept under it belongs to one home.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from core.errors import SetupError, fault

SERVICE = "gsdesk"
LONGEST = 1024  # characters


class Secrets(Protocol):
    """Where passwords are kept; methods raise ``SetupError`` with a sentence."""

    def read(self, name: str) -> str:
        """The secret, or an empty text when nothing is kept under that name."""
        ...

    def keep(self, name: str, value: str) -> None:
        """Keep ``value``; an empty one forgets what was kept."""
        ...


class KeyringSecrets:
    """The keyring of the operating system's user who runs the desk."""

    def __init__(self, home: Path) -> None:
        self._place = f"{SERVICE}:{home.resolve()}"

    def read(self, name: str) -> str:
        """As ``Secrets.read``."""
        import keyring  # loaded late: most starts need none of it
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(self._place, name) or ""
        except (KeyringError, OSError) as error:
            raise SetupError(fault("secrets.unreadable", name=name, error=error)) from error

    def keep(self, name: str, value: str) -> None:
        """As ``Secrets.keep``."""
        import keyring
        from keyring.errors import KeyringError

        if len(value) > LONGEST:
            raise SetupError(fault("secrets.too_long", name=name, most=LONGEST))
        try:
            if value:
                keyring.set_password(self._place, name, value)
            elif keyring.get_password(self._place, name):
                keyring.delete_password(self._place, name)
        except (KeyringError, OSError) as error:
            raise SetupError(fault("secrets.unwritable", name=name, error=error)) from error


class GivenSecrets:
    """Secrets in memory: training mode, where they are known to all, and tests."""

    def __init__(self, **known: str) -> None:
        self._known = dict(known)

    def read(self, name: str) -> str:
        """As ``Secrets.read``."""
        return self._known.get(name, "")

    def keep(self, name: str, value: str) -> None:
        """As ``Secrets.keep``."""
        self._known[name] = value


class KnownSecrets:
    """Over other secrets, some that are known: they cannot be changed, the rest is the others'."""

    def __init__(self, inner: Secrets, **known: str) -> None:
        self._inner = inner
        self._known = known

    def read(self, name: str) -> str:
        """As ``Secrets.read``."""
        return self._known[name] if name in self._known else self._inner.read(name)

    def keep(self, name: str, value: str) -> None:
        """As ``Secrets.keep``; a known one stays as it is."""
        if name not in self._known:
            self._inner.keep(name, value)
