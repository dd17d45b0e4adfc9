"""本机 HTTP 接口 on 医院接口, in plain Python: settings, callers, the token that is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Fault
from core.his.port import Tested
from core.words import say
from gui.forms.spec import FieldSpec, faults_of
from gui.screens.work import Page, Presenter

FIELDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("enabled", "flag", {}),
    ("port", "number", {"low": 1024, "high": 65535, "required": True}),
    ("needs_cashier", "flag", {}),
    ("cashier_seconds", "number", {"low": 5, "high": 900, "required": True}),
    ("per_minute", "number", {"low": 10, "high": 60_000, "required": True}),
    ("webhook", "text", {"length": 500}),
)
AT_START = ("enabled", "port", "webhook")  # take effect when the desk is opened again


def specs() -> tuple[FieldSpec, ...]:
    """The form's fields."""
    return tuple(
        FieldSpec(
            name, say(f"connect.api.label.{name}"), kind, hint=say(f"connect.api.tip.{name}"),
            encoding="utf-8", **more,
        )
        for name, kind, more in FIELDS
    )  # fmt: skip


class ApiPresenter(Presenter):
    """``token`` is the one made last, until the page is left; ``tested`` the last test's steps."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.tested: tuple[Tested, ...] | None = None
        self.faults: tuple[Fault, ...] = ()
        self.token = self.token_of = ""
        self.read()

    def read(self) -> None:
        """What is saved now."""
        self.saved = self.desk.outside.callers.settings
        self.callers: tuple[str, ...] = self.desk.outside.callers.names()

    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: _text(getattr(self.saved, name)) for name, _, _ in FIELDS}

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
        self.faults = faults_of(specs(), texts)
        if self.faults:
            self.tell("warning", "connect.faults", count=len(self.faults))
            self.page.refresh()
            return
        table = {name: _typed(kind, texts.get(name, "")) for name, kind, _ in FIELDS}
        self.start(
            "connect_save", lambda: self.desk.outside.save(table), lambda _: self._saved(),
            lane="io",
        )  # fmt: skip

    def _saved(self) -> None:
        self.read()
        self.tell("done", "connect.saved_restart" if self.state() == "restart" else "connect.saved")

    def test(self) -> None:
        """Call it as a program would."""
        self.tested = None
        self.start("connect_test", self.desk.api.test, self._tested, lane="io")

    def _tested(self, found: tuple[Tested, ...]) -> None:
        self.tested = found
        good = all(step.good for step in found)
        self.tell("done" if good else "danger", f"connect.test_{'good' if good else 'bad'}")

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

    def failed(self, error: Any) -> None:
        """Faults of fields stand at their fields; the sentence is a banner as always."""
        self.faults = tuple(error.faults)
        super().failed(error)


def _text(value: Any) -> str:
    return ("1" if value else "0") if isinstance(value, bool) else str(value)


def _typed(kind: str, text: str) -> Any:
    if kind == "flag":
        return text == "1"
    return int(text) if kind == "number" else text.strip()
