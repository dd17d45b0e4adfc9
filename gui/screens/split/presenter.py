"""伤病分离: whose line is whose, changed with a reason, confirmed where the centre wants it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.domain.split import SplitPart, SplitSheet
from core.errors import Fault, fault
from core.words import say
from gui.screens.split.faces import FILTERS, SplitFace, part_word, split_face, sums_line, under
from gui.screens.work import Page, Presenter


class SplitDesk(Presenter):
    """One visit's lines; ``changed`` is told when a flag is another one than before."""

    READS = "split_reread"

    def __init__(
        self, desk: Any, page: Page, visit_no: str, changed: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(desk, page)
        self.visit_no, self._changed = visit_no, changed
        self.sheet: SplitSheet | None = None
        self.faces: tuple[SplitFace, ...] = ()
        self.wanted = "all"
        self.chosen: tuple[SplitFace, ...] = ()
        self.turning: SplitPart | None = None

    # seeing

    def load(self) -> None:
        """Read the visit's lines with what was decided."""
        number, call = self.visit_no, self.desk.split.sheet
        self.start("split", lambda: call(number), self._take, lane="io")

    def _take(self, sheet: SplitSheet) -> None:
        self.sheet, self.turning, self.chosen = sheet, None, ()
        self.faces = tuple(split_face(row) for row in sheet.rows)

    def rows(self) -> tuple[SplitFace, ...]:
        """The lines under the chip."""
        return under(self.faces, self.wanted)

    def counts(self) -> dict[str, int]:
        """How many lines stand behind each chip."""
        return {name: len(under(self.faces, name)) for name in FILTERS}

    def only(self, wanted: str) -> None:
        """Another chip."""
        self.wanted, self.turning, self.chosen = wanted, None, ()
        self.page.refresh()

    def sums(self) -> str:
        """Both sums, and what still waits for a word."""
        sheet = self.sheet
        if sheet is None:
            return ""
        waits = sheet.required and sheet.undecided
        more = say("split_page.undecided", count=sheet.undecided) if waits else ""
        return f"{sums_line(sheet)}　{more}".strip()

    # choosing and turning

    def choose(self, faces: Sequence[SplitFace]) -> None:
        """The lines under the cursor or marked."""
        self.chosen = tuple(faces)
        if self.turning is not None:
            self.turning = None
        self.page.refresh()

    def turn(self, part: SplitPart | None = None) -> None:
        """Space: the chosen lines shall belong to the other side; ``part``: to this one. A reason
        is asked for."""
        reason = self.why_not_turn()
        if reason is not None:
            self.tell("warning", "split_page.cannot", why=reason.text)
            return
        was = self.chosen[0].part
        other = SplitPart.DISEASE if was is SplitPart.INJURY else SplitPart.INJURY
        self.turning = part or other
        self.page.refresh()

    def why_not_turn(self) -> Fault | None:
        """Why the chosen lines may not change."""
        if not self.chosen:
            return fault("split_page.why.choose")
        first = next((face for face in self.chosen if face.fixed), None)
        return Fault("split_page.why.fixed", first.says) if first else None

    def question(self) -> str:
        """What is about to be changed, in words."""
        if self.turning is None:
            return ""
        return say("split_page.turn", count=len(self.chosen), part=part_word(self.turning))

    def apply(self, reason: str) -> None:
        """The reason is there: write it down."""
        part = self.turning
        if part is None or not self.chosen:
            return
        if not reason.strip():
            self.tell("warning", "split_page.reason")
            return
        self._decide([face.line_id for face in self.chosen], part, reason.strip())

    def confirm(self) -> None:
        """Enter: the hospital's flag of the chosen lines is right."""
        open_ones = [face for face in self.chosen if not face.decided and not face.fixed]
        if open_ones:
            number, call = self.visit_no, self.desk.split.confirm
            ids = [face.line_id for face in open_ones]
            self.start("split_mark", lambda: call(number, ids), self._decided, lane="io")

    def confirm_all(self) -> None:
        """Every line that nobody has spoken about is as the hospital says."""
        self.chosen = tuple(face for face in self.faces if not face.decided)
        self.confirm()

    def _decide(self, ids: Sequence[str], part: SplitPart, reason: str) -> None:
        number, call = self.visit_no, self.desk.split.mark
        self.start("split_mark", lambda: call(number, ids, part, reason), self._decided, lane="io")

    def _decided(self, sheet: SplitSheet) -> None:
        self._take(sheet)
        self.tell("done", "split_page.kept")
        self._changed()
