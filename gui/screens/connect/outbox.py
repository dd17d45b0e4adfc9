"""待回写 in plain Python: the open letters, what can be done about the chosen one."""

from __future__ import annotations

from typing import Any

from core.domain.writeback import Letter, LetterState
from core.errors import Fault, fault
from core.words import say
from gui.screens.connect.wording import moment
from gui.screens.work import Page, Presenter

LISTS = ("open", "closed")


class OutboxPresenter(Presenter):
    """Re-reads itself whenever a letter changes."""

    READS = "reread_outbox"

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.list = "open"
        self.letters: tuple[Letter, ...] = ()
        self.chosen = ""

    def load(self) -> None:
        """Read the list anew, behind the scenes."""
        self.reread(getattr(self.desk.outbox, self.list), self._loaded)

    def _loaded(self, letters: tuple[Letter, ...]) -> None:
        self.letters = letters
        if self.letter is None:
            self.chosen = letters[0].told.msgid if letters else ""

    def show(self, which: str) -> None:
        """Open ones, or those that are done with."""
        self.list, self.letters, self.chosen = which, (), ""
        self.load()

    def choose(self, letter: Letter | None) -> None:
        """Another row."""
        self.chosen = letter.told.msgid if letter else ""
        self.page.refresh()

    @property
    def letter(self) -> Letter | None:
        """The chosen one."""
        return next((one for one in self.letters if one.told.msgid == self.chosen), None)

    def why_not(self, action: str) -> Fault | None:
        """Why nothing can be done about it now."""
        letter = self.letter
        if letter is None:
            return fault("connect.outbox.none_chosen")
        if letter.ended is not None:
            return fault("outbox.not_open")
        if letter.behind:
            return fault("outbox.first", msgid=letter.behind)
        return None

    # -- what is pressed

    def send_again(self, reason: str) -> None:
        """Try it at once, from the first try on."""
        self._decide("send_again", reason)

    def by_hand(self, reason: str) -> None:
        """Somebody has entered it in the hospital's system."""
        self._decide("by_hand", reason)

    def _decide(self, what: str, reason: str) -> None:
        msgid, by = self.chosen, self.desk.session.acting()
        call = getattr(self.desk.outbox, what)
        self.start(
            f"outbox_{what}", lambda: call(msgid, by, reason), lambda _: self._decided(what),
            lane="io",
        )  # fmt: skip

    def _decided(self, what: str) -> None:
        self.tell("done", f"connect.outbox.done_{what}")
        self.load()

    # -- what is said

    def headline(self) -> str:
        """The chosen letter in one line."""
        if self.letter is None:
            return ""
        told = self.letter.told
        return f"{say(f'outbox.title_{told.step}')}　{told.visit_no}"

    def facts(self) -> str:
        """Everything worth knowing of the chosen letter."""
        letter = self.letter
        if letter is None:
            return say("connect.outbox.none_chosen")
        parts = [
            say(
                f"connect.outbox.says.{self._situation(letter)}", at=moment(letter.next_try),
                behind=letter.behind, ended=moment(letter.ended),
            )
        ]  # fmt: skip
        if letter.error and letter.ended is None:
            parts.append(say("connect.outbox.last_error", error=letter.error))
        parts.append(say("connect.outbox.key", msgid=letter.told.msgid))
        return "\n\n".join(parts)

    def _situation(self, letter: Letter) -> str:
        if letter.state is not LetterState.WAITING:
            return str(letter.state)
        if letter.behind:
            return "behind"
        return "waiting" if letter.next_try else "soon"
