"""One way to the hospital on 医院接口, in plain Python: its wizard, test, preview and saving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Fault
from core.his.port import Preview, Tested
from core.words import say
from gui.forms.spec import faults_of
from gui.screens.connect.form import AdapterForm
from gui.screens.work import Page, Presenter

Texts = Mapping[str, str]


class AdapterPresenter(Presenter):
    """Holds what the last test and preview found; changes nothing before 保存."""

    def __init__(self, desk: Any, page: Page, form: AdapterForm) -> None:
        super().__init__(desk, page)
        self.form = form
        self.tested: tuple[Tested, ...] | None = None
        self.preview: Preview | None = None
        self.faults: tuple[Fault, ...] = ()
        self.read()

    def read(self) -> None:
        """What is saved now."""
        settings = self.desk.connections.settings()
        self.used = self.form.name in settings.use
        self.texts = self.form.texts(settings)

    def state(self) -> str:
        """The key of what is said beside the title: running · restart · saved · off."""
        running = self.form.name in self.desk.settings.his.use
        training = self.desk.settings.training and not self.desk.settings.his.in_training
        if running != self.used:
            return "restart"
        if not self.used:
            return "off"
        return "training" if training else "running"

    def checked(self, texts: Texts) -> bool:
        """Are the fields filled well? Every fault is kept for its field."""
        self.faults = (*faults_of(self.form.specs(), texts), *self.form.wrong(texts))
        if self.faults:
            self.page.hush()
            self.tell("warning", "connect.faults", count=len(self.faults))
            self.page.refresh()
        return not self.faults

    # -- what is pressed

    def test(self, texts: Texts) -> None:
        """Try the settings of the fields, step by step."""
        if not self.checked(texts):
            return
        name, table, given = self._asked(texts)
        self.tested = None
        self.start(
            "connect_test", lambda: self.desk.connections.test(name, table, given), self._tested,
            lane="io",
        )  # fmt: skip

    def _asked(self, texts: Texts) -> tuple[str, dict[str, Any], dict[str, str]]:
        return self.form.name, self.form.table(texts), self.form.secrets(texts)

    def _tested(self, found: tuple[Tested, ...]) -> None:
        self.tested = found
        good = all(step.good for step in found)
        self.tell("done" if good else "danger", f"connect.test_{'good' if good else 'bad'}")

    def look(self, texts: Texts, visit_no: str) -> None:
        """Read with the settings of the fields, and show what came."""
        if not self.checked(texts):
            return
        name, table, given = self._asked(texts)
        self.preview = None
        self.start(
            "connect_preview",
            lambda: self.desk.connections.preview(name, table, visit_no, given), self._previewed,
            lane="io",
        )  # fmt: skip

    def _previewed(self, found: Preview) -> None:
        self.preview = found

    def save(self, texts: Texts, use: bool) -> None:
        """Keep the settings; used from the next start."""
        if not self.checked(texts):
            return
        name, table, given = self._asked(texts)
        self.start(
            "connect_save", lambda: self.desk.connections.save(name, table, use, given),
            lambda _: self._saved(), lane="io",
        )  # fmt: skip

    def _saved(self) -> None:
        self.read()
        self.tell("done", "connect.saved_restart" if self.state() == "restart" else "connect.saved")

    def failed(self, error: Any) -> None:
        """Faults of fields stand at their fields; the sentence is a banner as always."""
        self.faults = tuple(error.faults)
        super().failed(error)

    # -- what is shown

    def counts(self) -> dict[str, int]:
        """Rows behind each list of the preview."""
        if self.preview is None:
            return {}
        return {
            "visits": len(self.preview.visits), "lines": len(self.preview.lines),
            "rejected": len(self.preview.rejected),
        }  # fmt: skip

    def remarks(self) -> str:
        """Sentences about the preview as a whole."""
        if self.preview is None:
            return say("connect.preview_none")
        more = (say("connect.preview_more"),) if self.preview.more else ()
        return "\n".join((*(item.text for item in self.preview.remarks), *more))
