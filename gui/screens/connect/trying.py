"""A page of settings that can be tried before they are kept. Qt-free."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from core.errors import Fault
from core.his.port import Tested
from gui.forms.spec import faults_of
from gui.screens.connect.form import TableForm
from gui.screens.work import Page, Presenter


class Trying(Presenter, ABC):
    """``tested``: the steps of the last test; ``faults``: what is wrong with the fields."""

    def __init__(self, desk: Any, page: Page, form: TableForm) -> None:
        super().__init__(desk, page)
        self.form: Any = form
        self.tested: tuple[Tested, ...] | None = None
        self.faults: tuple[Fault, ...] = ()
        self.read()

    @abstractmethod
    def read(self) -> None:
        """What is saved now."""

    @abstractmethod
    def state(self) -> str:
        """The key of what is said beside the title; ``restart``: the next start uses it."""

    def checked(self, texts: Mapping[str, str]) -> bool:
        """Are the fields filled well? Every fault is kept for its field."""
        self.faults = (*faults_of(self.form.specs(), texts), *self.form.wrong(texts))
        if self.faults:
            self.page.hush()
            self.tell("warning", "connect.faults", count=len(self.faults))
            self.page.refresh()
        return not self.faults

    def took_test(self, found: tuple[Tested, ...]) -> None:
        """What a test found."""
        self.tested = found
        good = all(step.good for step in found)
        self.tell("done" if good else "danger", f"connect.test_{'good' if good else 'bad'}")

    def saved_now(self) -> None:
        """The settings are kept."""
        self.read()
        self.tell("done", "connect.saved_restart" if self.state() == "restart" else "connect.saved")

    def failed(self, error: Any) -> None:
        """Faults of fields stand at their fields; the sentence is a banner as always."""
        self.faults = tuple(error.faults)
        super().failed(error)
