"""Small cards over the page: a form to fill in, what to take back, the way back, a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from core.domain.stay import UploadEnd, UploadReport, WayBack
from core.errors import Fault
from core.words import say
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from gui.screens.inpatient.lines import StayLine
from gui.theme import theme
from gui.widgets.buttons import foot, push
from gui.widgets.fields import Edit
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay
from gui.widgets.table import Column, DataTable

LONGEST_REASON = 200
OWN_STEPS = ("cancel_fees", "cancel_registration")
SCOPES = ("line", "prescription", "all")


class AskCard(Overlay):
    """A heading, words, a body and two buttons; the dangerous kind starts on 取消."""

    def __init__(self, host: QWidget, width: int, title: str, yes: str, kind: str) -> None:
        super().__init__(host, width)
        self.setAccessibleName(title)
        self.text = wrapped("", "muted")
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.u(8))
        self.said = wrapped("", "fault")
        self.card.column.addWidget(Label(title, "heading"))
        self.card.column.addWidget(self.text)
        self.card.column.addLayout(self.body, 1)
        self.card.column.addWidget(self.said)
        self.card.column.addLayout(self._buttons(yes, kind))
        self.say("")

    def _buttons(self, yes: str, kind: str) -> QHBoxLayout:
        self.no = push(say("question.no"), self.close_overlay)
        self.yes = push(yes, lambda: self.agree(), kind)  # a subclass's, once there is one
        self.foot = foot(self.no, self.yes)
        return self.foot

    def explain(self, text: str) -> None:
        """The words below the heading."""
        self.text.setText(text)
        self.text.setVisible(bool(text))

    def say(self, text: str) -> None:
        """What is wrong, or nothing."""
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def agree(self) -> None:
        """The second button was pressed."""


class FormCard(AskCard):
    """A form on a card; ``filled`` gets its texts once they are right."""

    def __init__(
        self, host: QWidget, width: int, name: str, filled: Callable[[dict[str, str]], None]
    ) -> None:
        title, yes = say(f"inpatient.{name}.title"), say(f"inpatient.{name}.yes")
        super().__init__(host, width, title, yes, "primary")
        self._filled = filled
        self.form = Form(())
        self.body.addWidget(self.form)

    def build(self, specs: Sequence[FieldSpec], columns: int) -> None:
        """Other fields from now on."""
        old = self.form
        self.form = Form(specs, columns)
        self.form.completed.connect(self.yes.setFocus)
        self.body.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()

    def ask(self, values: Mapping[str, str], text: str = "") -> None:
        """Open it with these values, the cursor in the first field that can be edited."""
        self.form.set_values(values)
        self.form.show_faults(())
        self.say("")
        self.explain(text)
        self.open(self._first())

    def _first(self) -> Any:
        fields = self.form.fields.values()
        free = (field.editor for field in fields if not field.spec.read_only)
        return next(free, self.no)

    def agree(self) -> None:
        if not self.form.check():
            values = self.form.values()
            self.close_overlay()
            self._filled(values)


class ReasonCard(AskCard):
    """A reason that must be given; ``agreed`` gets it."""

    def __init__(self, host: QWidget, name: str, agreed: Callable[[str], None]) -> None:
        title, yes = say(f"inpatient.{name}.title"), say(f"inpatient.{name}.yes")
        super().__init__(host, 520, title, yes, "danger")
        self._agreed = agreed
        self.above = QVBoxLayout()
        self.above.setSpacing(theme.u(6))
        self._reason_name = Label(say("question.reason"), "muted")
        self.reason = Edit()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setAccessibleName(say("question.reason"))
        self._reason_name.setBuddy(self.reason)
        self.body.addLayout(self.above)
        self.body.addWidget(self._reason_name)
        self.body.addWidget(self.reason)

    def begin(self, text: str, *, allowed: bool = True) -> None:
        """Open it with the focus on 取消; not ``allowed``: only to read."""
        self.reason.clear()
        self.reason.set_fault("")
        self.say("")
        self.explain(text)
        for part in (self._reason_name, self.reason, self.yes):
            part.setVisible(allowed)
        self.no.setText(say("question.no" if allowed else "inpatient.report.close"))
        self.open(self.no)

    def refuse(self, fault: Fault | None) -> None:
        """Grey the button with its reason."""
        self.yes.setEnabled(fault is None)
        self.say(fault.text if fault else "")

    def agree(self) -> None:
        text = self.reason.text().strip()
        if not text:
            self.reason.set_fault(say("question.reason_missing"))
            self.say(say("question.reason_missing"))
            self.reason.setFocus()
            return
        self.close_overlay()
        self._agreed(text)


class RemoveCard(ReasonCard):
    """Which lines to take back, and why; ``why_not`` answers for a scope."""

    def __init__(
        self, host: QWidget, why_not: Callable[[Any, StayLine | None], Fault | None],
        removed: Callable[[Any, StayLine | None, str], None],
    ) -> None:  # fmt: skip
        super().__init__(host, "remove", lambda reason: removed(self.scope, self.line, reason))
        self._why_not = why_not
        self.scope, self.line = "line", None
        self.scopes = {name: QRadioButton() for name in SCOPES}
        for name, button in self.scopes.items():
            button.toggled.connect(lambda on, name=name: self._chose(name) if on else None)
            self.above.addWidget(button)

    def ask(self, line: StayLine | None, prescription: int, lines: int) -> None:
        """Open it for the line under the cursor; counts of its prescription and of all."""
        self.line = line
        holes = {"item": line.name, "rx": line.rx_no} if line else {"item": "", "rx": ""}
        texts = {"line": "", "prescription": prescription, "all": lines}
        for name, button in self.scopes.items():
            button.setText(say(f"inpatient.remove.{name}", count=texts[name], **holes))
            button.setAccessibleName(button.text())
            button.setVisible(name == "all" or line is not None)
        first = "line" if line is not None else "all"
        self.scopes[first].setChecked(True)
        self._chose(first)
        self.begin(say("inpatient.remove.text"))
        self.refuse(self._why_not(self.scope, self.line))

    def _chose(self, name: str) -> None:
        self.scope = name
        self.refuse(self._why_not(name, self.line))


class WayCard(ReasonCard):
    """The backward order of taking a stay back: what is done, what has to come first.

    ``agreed`` gets the step that was offered alone (or none: all that is left) and the reason.
    """

    def __init__(self, host: QWidget, agreed: Callable[[WayBack | None, str], None]) -> None:
        super().__init__(host, "way", lambda reason: agreed(self._step, reason))
        self._step: WayBack | None = None
        self.steps = wrapped("")
        self.above.addWidget(self.steps)

    @property
    def offered(self) -> str:
        """The step that is offered alone, or empty."""
        return self._step.step if self._step else ""

    def ask(self, way: Sequence[WayBack], allowed: bool, step: WayBack | None = None) -> None:
        """Open it with the steps in order; ``step``: only this one is offered now."""
        self._step = step
        lines = [f"{n}. {_way_line(item, allowed, step)}" for n, item in enumerate(way, 1)]
        self.steps.setText("\n".join(lines))
        if step is not None:
            self.yes.setText(say("inpatient.way.do", text=step.text))
            self.begin(say("inpatient.way.stepwise"))
            return
        self.yes.setText(say("inpatient.way.yes"))
        key = "inpatient.way.may" if allowed else "inpatient.way.first"
        self.begin(say(key), allowed=allowed)


def _way_line(step: WayBack, allowed: bool, offered: WayBack | None) -> str:
    if offered is not None and not step.done:
        key = "now" if step is offered else "after"
        return say(f"inpatient.way.{key}", text=step.text)
    key = "done" if step.done else "own" if allowed or step.step in OWN_STEPS else step.step
    return say(f"inpatient.way.{key}", text=step.text)


class ReportCard(AskCard):
    """How the upload of the worklist ended, stay by stay; Enter on one opens it."""

    def __init__(self, host: Any, opened: Callable[[str], None]) -> None:
        title, yes = say("inpatient.report.title"), say("inpatient.report.open")
        super().__init__(host, 860, title, yes, "primary")
        self._opened = opened
        self.no.setText(say("inpatient.report.close"))
        context = host.context
        self.table = DataTable(report_columns(), "upload-report", context.memory, context.user)
        self.table.setAccessibleName(title)
        self.table.setMinimumHeight(theme.u(320))
        self.table.opened.connect(lambda _: self.agree())
        self.body.addWidget(self.table, 1)

    def ask(self, report: UploadReport) -> None:
        """Open it with the stays that need somebody first."""
        good = ("sent", "nothing")
        rows = sorted(report.stays, key=lambda item: item.ended in good)
        self.table.set_rows(rows)
        if rows:
            self.table.choose(0)
        done = sum(item.ended in good for item in rows)
        holes = {"stays": len(rows), "done": done, "lines": report.lines}
        self.explain(say("inpatient.report.text", **holes))
        self.open(self.table)

    def agree(self) -> None:
        row: UploadEnd | None = self.table.current()
        self.close_overlay()
        if row is not None:
            self._opened(row.visit_no)


ENDED_TONES = {"sent": "done", "nothing": "done", "refused": "danger", "unknown": "amber",
               "open": "amber"}  # fmt: skip


def report_columns() -> tuple[Column, ...]:
    """Who, how it ended, how many lines, how many are still missing, and why."""

    def title(name: str) -> str:
        return say(f"inpatient.report.{name}")

    return (
        Column("name", title("name"), lambda row: row.name, 8),
        Column("visit_no", title("visit_no"), lambda row: row.visit_no, 16),
        Column("ended", title("ended"), lambda row: say(f"inpatient.ended.{row.ended}"), 10,
               tone=lambda row: ENDED_TONES.get(row.ended)),
        Column("lines", title("lines"), lambda row: str(row.lines), 6, "right"),
        Column("missing", title("missing"), lambda row: str(row.missing or ""), 6, "right"),
        Column("says", title("says"), lambda row: row.text, 20, stretch=True,
               tip=lambda row: row.text),
    )  # fmt: skip
