"""Who may drive the desk from outside: names and tokens; only a token's digest is kept.

A token has 256 random bits, so its plain SHA-256 is enough: nothing shorter can be guessed back.
The settings file is read again when it has changed, so that a token revoked by a command is worth
nothing at the next request.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from core.errors import InvalidInput, fault
from core.settings import ApiSettings, load_settings, save_settings, settings_file

MARK = "gsdesk_"
MOST_CALLERS = 20
OWN = "?"  # no name that ``admit`` would take
NAME = re.compile(r"[\w][\w .-]{0,39}")


class Callers:
    """The callers of one home. Raises ``InvalidInput`` (a name), ``SetupError`` (the file)."""

    def __init__(self, home: Path, made: Callable[[], str] | None = None) -> None:
        self._home = home
        self._made = made or (lambda: secrets.token_urlsafe(32))
        self.own = MARK + secrets.token_urlsafe(32)  # the test button's; dies with the program
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._settings = ApiSettings()

    @property
    def settings(self) -> ApiSettings:
        """``[api]`` as the file has it now."""
        with self._lock:
            seen = self._stamp()
            if seen != self._seen:
                self._settings, self._seen = load_settings(self._home).api, seen
            return self._settings

    def _stamp(self) -> tuple[int, int]:
        try:
            found = settings_file(self._home).stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def names(self) -> tuple[str, ...]:
        """Everybody who has a token."""
        return tuple(sorted(self.settings.callers))

    def admit(self, name: str) -> str:
        """A new token for ``name``, shown this once; an older one of that name is worth nothing."""
        name = name.strip()
        if not NAME.fullmatch(name):
            raise InvalidInput(fault("callers.name", "name", name=name))
        known = self.settings.callers
        if name not in known and len(known) >= MOST_CALLERS:
            raise InvalidInput(fault("callers.too_many", "name", most=MOST_CALLERS))
        token = MARK + self._made()
        self._keep(name, digest_of(token))
        return token

    def revoke(self, name: str) -> None:
        """The token of ``name`` is worth nothing from now on."""
        if name.strip() not in self.settings.callers:
            raise InvalidInput(fault("callers.strange", "name", name=name))
        self._keep(name.strip(), None)

    def _keep(self, name: str, digest: str | None) -> None:
        save_settings(self._home, {"api": {"callers": {name: digest}}})
        with self._lock:
            self._seen = None

    def of(self, token: str) -> str | None:
        """Whose token it is, or nobody; takes as long for a wrong one as for a right one."""
        wanted, found = digest_of(token), None
        for name, digest in (*self.settings.callers.items(), (OWN, digest_of(self.own))):
            if hmac.compare_digest(digest, wanted):
                found = name
        return found


def digest_of(token: str) -> str:
    """What is kept of a token: SHA-256 in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
