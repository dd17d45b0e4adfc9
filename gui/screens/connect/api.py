"""本机 HTTP 接口 on 医院接口, in plain Python: settings, callers, the token that is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.words import say
from gui.screens.connect.form import TableForm
from gui.screens.connect.trying import Trying
from gui.screens.work import Page

AT_START = ("enabled", "port", "webhook")  # take effect when the desk is opened again


class ApiForm(TableForm):
    """``[api]``."""

    name = "api"
    FIELDS = (
        ("enabled", "flag", {}),
        ("port", "number", {"low": 1024, "high": 65535, "required": True}),
        ("needs_cashier", "flag", {}),
        ("cashier_seconds", "number", {"low": 5, "high": 900, "required": True}),
        ("per_minute", "number", {"low": 10, "high": 60_000, "required": True}),
        ("webhook", "text", {"length": 500}),
    )


class ApiPresenter(Trying):
    """``token`` is the one made last, until the page is left."""

    token = token_of = ""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page, ApiForm())

    def read(self) -> None:
        """What is saved now."""
        self.saved = self.desk.outside.callers.settings
        self.callers: tuple[str, ...] = self.desk.outside.callers.names()

    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        return self.form.shown(self.saved.model_dump())

    def state(self) -> str:
        """running · failed · restart · off."""
        now = self.desk.settings.api
        if any(getattr(now, name) != getattr(self.saved, name) for name in AT_START):
            return "restart"
        if not self.saved.enabled:
            return "off"
        return "running" if self.desk.api.address else "failed"

    def state_text(self) -> str:
        """The state in words."""
        holes = {"address": self.desk.api.address, "why": self.desk.api.trouble}
        return say(f"connect.api.state.{self.state()}", **holes)

    def example(self) -> str:
        """A call to copy; the token is the new one while it is shown."""
        address = f"http://127.0.0.1:{self.saved.port}"
        token = self.token or say("connect.api.some")
        return say("connect.api.example", address=address, token=token)

    # -- what is pressed

    def save(self, texts: Mapping[str, str]) -> None:
        """Keep the settings."""
        if not self.checked(texts):
            return
        table = self.form.table(texts)
        self.start(
            "connect_save", lambda: self.desk.outside.save(table), lambda _: self.saved_now(),
            lane="io",
        )  # fmt: skip

    def test(self) -> None:
        """Call it as a program would."""
        self.tested = None
        self.start("connect_test", self.desk.api.test, self.took_test, lane="io")

    def admit(self, name: str) -> None:
        """A token for a caller; an older one of that name is worth nothing from now on."""
        call = self.desk.outside.callers.admit
        self.start("connect_save", lambda: (name.strip(), call(name)), self._admitted, lane="io")

    def _admitted(self, made: tuple[str, str]) -> None:
        self.read()
        self.token_of, self.token = made
        self.tell("done", "connect.api.admitted", name=self.token_of)

    def revoke(self, name: str) -> None:
        """A caller's token is worth nothing from now on."""
        call = self.desk.outside.callers.revoke
        self.start("connect_save", lambda: call(name), lambda _: self._revoked(name), lane="io")

    def _revoked(self, name: str) -> None:
        if name == self.token_of:
            self.forget()
        self.read()
        self.tell("info", "connect.api.revoked", name=name)

    def forget(self) -> None:
        """The token is shown no more."""
        self.token = self.token_of = ""
