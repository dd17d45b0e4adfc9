"""The bus of in-page banners: what a page has to say, as values; no Qt, so presenters may use it.

A message is shown by the banner area of its page. What was said before the page existed is kept for
it. There is no message box anywhere in the desk.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from core.errors import DeskError, Fault
from core.outcome import Accepted, NotSent, Outcome, Rejected, Unknown
from core.words import say

Kind = Literal["info", "done", "warning", "danger", "unknown"]
KEPT_PER_PAGE = 20
SHOWN_FAULTS = 8
LEADS = {
    "lines.no_centre_code": ("codes", "blocks"),
    "lines.stopped": ("codes", "disabled"),
    "outpatient.why.unmapped": ("codes", "blocks"),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What happened, is money affected, what to do, whom to call; any of them may be empty."""

    happened: str = ""
    money: str = ""
    do: str = ""
    call: str = ""

    def sentences(self) -> tuple[str, ...]:
        """The filled parts in reading order."""
        return tuple(part for part in (self.happened, self.money, self.do, self.call) if part)


@dataclass(frozen=True, slots=True)
class Message:
    """One banner. ``text`` is the headline (the centre's words unchanged), ``advice`` stands below.

    ``code`` and ``msgid`` can be copied; ``key`` replaces an earlier banner with the same key;
    ``leads`` (screen, argument) is where the remedy is.
    """

    kind: Kind
    text: str
    advice: Advice = Advice()
    code: str = ""
    msgid: str = ""
    key: str = ""
    leads: tuple[str, str] = ("", "")


Listener = Callable[[tuple[Message, ...]], None]


class Messages:
    """Messages by page; call it in the GUI thread only."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[Message, ...]] = {}
        self._listeners: dict[str, list[Listener]] = {}

    def say(self, page: str, message: Message) -> None:
        """Show ``message`` on ``page``; the newest stands on top."""
        others = tuple(item for item in self.of(page) if not _replaces(message, item))
        self._keep(page, (message, *others)[:KEPT_PER_PAGE])

    def withdraw(self, page: str, message: Message) -> None:
        """Take one message away."""
        self._keep(page, tuple(item for item in self.of(page) if item is not message))

    def clear(self, page: str) -> None:
        """Take all messages of ``page`` away: a new patient, a new step."""
        if self.of(page):
            self._keep(page, ())

    def of(self, page: str) -> tuple[Message, ...]:
        """What stands on ``page``, newest first."""
        return self._said.get(page, ())

    def listen(self, page: str, listener: Listener) -> Callable[[], None]:
        """Hear all of ``page`` at every change; the returned call takes the listener off."""
        listeners = self._listeners.setdefault(page, [])
        listeners.append(listener)
        if self.of(page):
            listener(self.of(page))
        return lambda: listeners.remove(listener) if listener in listeners else None

    def _keep(self, page: str, messages: tuple[Message, ...]) -> None:
        self._said[page] = messages
        for listener in tuple(self._listeners.get(page, ())):
            listener(messages)


def _replaces(new: Message, old: Message) -> bool:
    return new == old or (bool(new.key) and new.key == old.key)


@cache
def _advice_table() -> dict[str, Any]:
    found: dict[str, Any] = {}
    folder = resources.files("resources") / "advice"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            found.update(tomllib.loads(file.read_text("utf-8")))
    return found


def advice_for(cause: str) -> Advice:
    """The advice of ``resources/advice`` for a cause; empty when there is none."""
    row: Any = _advice_table()
    for part in cause.split("."):
        row = row.get(part, {}) if isinstance(row, dict) else {}
    row = row if isinstance(row, dict) else {}
    known = {name: str(row.get(name, "")) for name in ("happened", "money", "do", "call")}
    return Advice(**known)


def of_outcome(outcome: Outcome, msgid: str = "") -> Message | None:
    """The banner of an ending; ``None`` for accepted (the next step lighting up says it)."""
    if isinstance(outcome, Accepted):
        return None
    if isinstance(outcome, Rejected):
        return _rejected(outcome, msgid)
    if isinstance(outcome, NotSent):
        return _not_sent(outcome, msgid)
    return _unknown(outcome, msgid)


def _rejected(outcome: Rejected, msgid: str) -> Message:
    text = outcome.text or say("messages.rejected_silent")
    advice = _or(advice_for(f"rejected.{outcome.code}"), "messages.rejected")
    return Message("danger", text, advice, outcome.code, msgid, "outcome")


def _not_sent(outcome: NotSent, msgid: str) -> Message:
    text = outcome.text or say("messages.not_sent_head")
    advice = _or(advice_for(outcome.cause), "messages.not_sent")
    return Message("warning", text, advice, "", msgid, "outcome")


def _unknown(outcome: Unknown, msgid: str) -> Message:
    advice = _or(advice_for(outcome.cause), "messages.unknown")
    advice = Advice(advice.happened or outcome.text, advice.money, advice.do, advice.call)
    return Message("unknown", say("messages.unknown_head"), advice, "", msgid, "outcome")


def _or(advice: Advice, area: str) -> Advice:
    parts = {name: say(f"{area}.{name}") for name in ("money", "do", "call")}
    return Advice(
        advice.happened,
        advice.money or parts["money"],
        advice.do or parts["do"],
        advice.call or parts["call"],
    )


def of_refusal(error: DeskError) -> Message:
    """The banner of a guard or of wrong input: nothing left the desk."""
    texts = list(dict.fromkeys(item.text for item in error.faults)) or [str(error)]
    more = len(texts) - SHOWN_FAULTS
    if more > 0:
        texts[SHOWN_FAULTS:] = [say("messages.more_faults", count=more)]
    return Message("warning", "\n".join(texts), key="refused", leads=leads_of(error.faults))


def leads_of(faults: Iterable[Fault]) -> tuple[str, str]:
    """The screen where what is wrong can be mended, and what it is to show."""
    return next((LEADS[item.key] for item in faults if item.key in LEADS), ("", ""))


def of_bug(error: BaseException) -> Message:
    """The banner of our own mistake; the log has the whole story."""
    name = type(error).__name__
    return Message("danger", say("messages.bug_head", error=name), Advice(do=say("messages.bug")))
