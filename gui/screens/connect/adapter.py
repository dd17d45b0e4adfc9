"""One way to the hospital on 医院接口, in plain Python: its wizard, test, preview and saving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.his.port import Preview
from core.words import say
from gui.screens.connect.trying import Trying

Texts = Mapping[str, str]


class AdapterPresenter(Trying):
    """Holds what the last test and preview found; changes nothing before 保存."""

    preview: Preview | None = None

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

    # -- what is pressed

    def test(self, texts: Texts) -> None:
        """Try the settings of the fields, step by step."""
        if not self.checked(texts):
            return
        name, table, given = self._asked(texts)
        self.tested = None
        self.start(
            "connect_test", lambda: self.desk.connections.test(name, table, given), self.took_test,
            lane="io",
        )  # fmt: skip

    def _asked(self, texts: Texts) -> tuple[str, dict[str, Any], dict[str, str]]:
        return self.form.name, self.form.table(texts), self.form.secrets(texts)

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
            lambda _: self.saved_now(), lane="io",
        )  # fmt: skip

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
