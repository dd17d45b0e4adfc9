"""A question laid over the page: what will happen, a reason if one is needed,
取消 has the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.words import say
from gui.widgets.buttons import foot, push
from gui.widgets.fields import Edit
from gui.widgets.labels import Label, restyle, wrapped
from gui.widgets.overlay import Overlay

LONGEST_REASON = 200


class Question(Overlay):
    """``ask`` opens it; ``agreed`` gets the reason (empty when none was asked for)."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, 460)
        self._agreed: Callable[[str], None] = lambda _: None
        self._title, self._text = Label("", "heading"), wrapped("")
        self._reason_name = Label(say("question.reason"), "muted")
        self.reason = Edit()
        self.reason.setMaxLength(LONGEST_REASON)
        self._reason_name.setBuddy(self.reason)
        self.reason.setAccessibleName(self._reason_name.text())
        self._fault = wrapped("", "fault")
        for part in (self._title, self._text, self._reason_name, self.reason, self._fault):
            self.card.column.addWidget(part)
        self.card.column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.no = push(say("question.no"), self.close_overlay)
        self.yes = push("", self._agree)
        return foot(self.no, self.yes)

    def ask(
        self,
        title: str,
        text: str,
        yes: str,
        agreed: Callable[[str], None],
        *,
        reason: bool = False,
        danger: bool = True,
    ) -> None:
        """Open it with the focus on 取消; with ``reason`` an empty one is not taken."""
        self._agreed, self._wants_reason = agreed, reason
        self._title.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self._text.setText(text)
        self.yes.setText(yes)
        restyle(self.yes, "kind", "danger" if danger else "primary")
        self.reason.clear()
        self._complain("")
        for part in (self._reason_name, self.reason):
            part.setVisible(reason)
        self.open(self.no)

    def _complain(self, text: str) -> None:
        self._fault.setText(text)
        self._fault.setVisible(bool(text))
        self.reason.set_fault(text)

    def _agree(self) -> None:
        reason = self.reason.text().strip()
        if self._wants_reason and not reason:
            self._complain(say("question.reason_missing"))
            self.reason.setFocus()
            return
        self.close_overlay()
        self._agreed(reason)
