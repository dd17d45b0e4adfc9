"""Self-check in plain Python: the checks so far, the sentence above them, the text to copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.words import say

MARKS = {"ok": "√", "warning": "！", "failed": "×"}


class SelfCheckPresenter:
    """``found`` grows while the checks run; a round that was overtaken is not heard any more."""

    def __init__(self, desk: Any) -> None:
        self._desk = desk
        self.found: tuple[Any, ...] = ()
        self.running = False
        self._round = 0

    def begin(self, heard: Callable[[int, Any], None]) -> Callable[[], None]:
        """The blocking call of a new round; ``heard(round, check)`` is called in its thread."""
        self._round += 1
        self.found, self.running = (), True
        number, health = self._round, self._desk.health

        def run() -> None:
            for check in health.each():
                heard(number, check)

        return run

    def hear(self, number: int, check: Any) -> bool:
        """One check has come; False when it belongs to an older round."""
        if number != self._round:
            return False
        self.found = (*self.found, check)
        return True

    def end(self) -> None:
        """The round is over."""
        self.running = False

    def blocked(self) -> bool:
        """Is settling blocked until the day was compared with the centre?"""
        return any(item.name == "settling" and item.state == "failed" for item in self.found)

    def count(self, state: str) -> int:
        """How many checks are in ``state``."""
        return sum(check.state == state for check in self.found)

    def state(self) -> str:
        """The worst state so far: ok · warning · failed."""
        worst = [state for state in ("failed", "warning") if self.count(state)]
        return worst[0] if worst else "ok"

    def summary(self) -> str:
        """The sentence above the list."""
        if self.running:
            return say("selfcheck.running", count=len(self.found))
        if not self.found:
            return say("selfcheck.none")
        failed, warnings = self.count("failed"), self.count("warning")
        return say(f"selfcheck.{self.state()}", failed=failed, warnings=warnings)

    def as_text(self) -> str:
        """All of it for the clipboard, the desk named on top."""
        settings = self._desk.settings
        when = self._desk.clock.now().strftime("%Y-%m-%d %H:%M:%S")
        head = say(
            "selfcheck.head",
            hospital=settings.hospital.name,
            number=settings.desk.number,
            when=when,
        )
        lines = (f"{MARKS[item.state]} {item.title}：{item.says}" for item in self.found)
        return "\n".join((head, self.summary(), *lines))
