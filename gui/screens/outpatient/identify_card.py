"""Who is it, where nobody has a card: the kind of number, the number, and the centre is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.words import say
from gui.widgets.buttons import foot, push
from gui.widgets.chips import Chips
from gui.widgets.fields import CodeEdit
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay

WIDTH = 520
LONGEST = 50
CARD = "card"


def number_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """What can be typed of what the centre takes."""
    return tuple(kind for kind in kinds if kind != CARD)


class IdentifyCard(Overlay):
    """``ask`` opens it; ``given`` gets the kind and the number."""

    def __init__(
        self, host: QWidget, kinds: Sequence[str], given: Callable[[str, str], None]
    ) -> None:
        super().__init__(host, WIDTH)
        self._given = given
        title = say("identify_card.title")
        self.setAccessibleName(title)
        self.chips = Chips([(kind, say(f"identify_card.kind.{kind}")) for kind in kinds])
        self.chips.chosen.connect(lambda kind: self._named(kind))
        self.number = CodeEdit(advance=False)
        self.number.setMaxLength(LONGEST)
        self.number.submitted.connect(lambda _: self._ask())
        self.said = wrapped("", "fault")
        column = self.card.column
        for part in (
            Label(title, "heading"), wrapped(say("identify_card.hint"), "muted"), self.chips,
            self.number, self.said,
        ):  # fmt: skip
            column.addWidget(part)
        column.addLayout(self._buttons())
        self._named(self.chips.current)

    def _buttons(self) -> QHBoxLayout:
        self.no = push(say("question.no"), self.close_overlay)
        self.yes = push(say("identify_card.ask"), self._ask, "primary")
        return foot(self.no, self.yes)

    def _named(self, kind: str) -> None:
        name = say(f"identify_card.kind.{kind}")
        self.number.setAccessibleName(name)
        self.number.setPlaceholderText(say("identify_card.number", kind=name))

    def ask(self) -> None:
        """Open it, empty, with the kind that was taken last."""
        self.number.clear()
        self._complain("")
        self.open(self.number)

    def _complain(self, text: str) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))
        self.number.set_fault(text)

    def _ask(self) -> None:
        number = self.number.code()
        if not number:
            self._complain(say("identify.number"))
            self.number.setFocus()
            return
        self.close_overlay()
        self._given(self.chips.current, number)
