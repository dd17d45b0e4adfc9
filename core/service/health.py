"""The self-check: what a desk needs to work today, each as one sentence with its remedy.

Screens hand in what only they can see (``printer``, ``font``); a check that fails itself is one
failed check and stops no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, Protocol

from core.domain import Operator
from core.domain.base import Model
from core.errors import DeskError
from core.outcome import Accepted
from core.service import surroundings
from core.service.comparison import Comparison, compare
from core.settings import load_settings
from core.words import say

if TYPE_CHECKING:
    from core.app import Desk

log = logging.getLogger(__name__)
State = Literal["ok", "warning", "failed"]
Said = tuple[State, str]
CLOCK_STEP = "centre_time"
STATES: dict[str, State] = {"ok": "ok", "warning": "warning", "failed": "failed"}
CLOCK_WARNING, CLOCK_FAILED = 60, 600  # seconds between the centre's clock and ours
BACKUP_DAYS = 2


class Check(Model):
    """One check: ``name`` for programs, ``title`` and ``says`` for people."""

    name: str
    title: str
    state: State
    says: str


class Seen(Protocol):
    """A check that a screen hands in: state and sentence; called in the checking thread."""

    def __call__(self) -> tuple[State, str]: ...


class HealthService:
    """Runs the checks of one desk; ``printer`` and ``font`` may be replaced by the window's own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.printer: Seen = lambda: surroundings.printer(desk.settings.printer.name, desk.home)
        self.font: Seen = surroundings.font

    def checks(self, centre: bool = True) -> tuple[Check, ...]:
        """Every check in the order of the screen; ``centre=False`` calls nobody outside."""
        return tuple(self.each(centre))

    def each(self, centre: bool = True) -> Iterator[Check]:
        """The checks one by one, as they are done."""
        for name, ask in self._list(centre):
            yield _checked(name, ask)

    def _list(self, centre: bool) -> list[tuple[str, Callable[[], Said]]]:
        outside = [("library", self._library)]
        if self._desk.centre.has(CLOCK_STEP):
            outside.append(("centre_clock", self._centre_clock))
        if self._desk.card is not None:
            outside.append(("card", self._card))
        return [
            ("settings", self._settings), *(outside if centre else []),
            ("sign_in", self._sign_in), ("hospital", self._hospital),
            ("outbox", self._outbox), ("journal", self._journal),
            ("settling", self._settling), ("pending", self._pending), ("backup", self._backup),
            ("own_clock", self._own_clock), ("disk", lambda: surroundings.disk(self._desk.data)),
            ("printer", self.printer), ("font", self.font),
        ]  # fmt: skip

    # -- the checks

    def _settings(self) -> Said:
        now = load_settings(self._desk.home)
        if now != self._desk.settings:
            return "warning", say("health.settings.changed")
        if now.training:
            return "ok", say("health.settings.training")
        if now.hospital.code == type(now.hospital)().code:
            return "warning", say("health.settings.invented_hospital", code=now.hospital.code)
        return "ok", say("health.settings.ok", family=now.centre.family, number=now.desk.number)

    def _library(self) -> Said:
        found = self._desk.gateway.health()
        if found.state == "failed":
            return "failed", found.says
        if found.path.startswith("http"):  # an address, no library
            return STATES[found.state], found.says
        pinned = bool(self._desk.settings.centre.library_sha256)
        pin = say("health.library.pinned" if pinned else "health.library.not_pinned")
        text = say("health.library.ok", says=found.says, bits=found.bits, pin=pin)
        return ("warning" if found.state == "warning" else "ok"), text

    def _card(self) -> Said:
        """The desk's own reader; without a library numbers still do, so that is no failure."""
        assert self._desk.card is not None
        found = self._desk.card.health()
        named = self._desk.settings.training or self._desk.settings.card.library
        return (STATES[found.state] if named else "warning"), found.says

    def _centre_clock(self) -> Said:
        outcome = self._desk.session.compare_clocks()
        offset = self._desk.session.centre_offset
        if not isinstance(outcome, Accepted):
            return "failed", say("health.centre_clock.no_answer", text=outcome.text)
        if offset is None:
            return "warning", say("health.centre_clock.no_time")
        return _clock(offset)

    def _sign_in(self) -> Said:
        who = self._desk.session.acting()
        if self._desk.session.signed_in:
            return "ok", say("health.sign_in.ok", name=who.name)
        return "warning", say("health.sign_in.none", name=who.name)

    def _hospital(self) -> Said:
        waiting = len(self._desk.hospital.waiting())
        return "ok", say("health.hospital.ok", count=waiting)

    def _outbox(self) -> Said:
        waiting, dead = self._desk.outbox.counts()
        if not waiting + dead:
            return "ok", say("health.outbox.none")
        oldest = self._desk.outbox.open()[0]
        text = {"waiting": waiting, "dead": dead, "made": f"{oldest.made:%Y-%m-%d %H:%M}"}
        key = "health.outbox.dead" if dead else "health.outbox.waiting"
        return ("failed" if dead else "warning"), say(key, **text)

    def _journal(self) -> Said:
        said = self._desk.journal.quick_check()
        if said != "ok":
            return "failed", say("health.journal.damaged", error=said)
        broken = self._desk.journal.verify()
        if broken is not None:
            return "failed", say("health.journal.chain", number=broken)
        return "ok", say("health.journal.ok", count=self._desk.journal.entry_count())

    def _settling(self) -> Said:
        reason = self._desk.safekeeping.blocked
        if reason:
            return "failed", say("safekeeping.blocked", reason=reason)
        return "ok", say("health.settling.ok")

    def _pending(self) -> Said:
        rows = self._desk.journal.open_rows()
        if not rows:
            return "ok", say("health.pending.none")
        return "warning", say("health.pending.some", count=len(rows), msgid=rows[0].msgid)

    def _backup(self) -> Said:
        keeping = self._desk.safekeeping
        if keeping.trouble:
            return "warning", keeping.trouble
        newest = keeping.last_backup()
        if newest is None:
            return "warning", say("health.backup.none")
        age = (self._desk.clock.now().date() - newest.made.date()).days
        text = {"made": f"{newest.made:%Y-%m-%d %H:%M}", "count": len(keeping.backups.all())}
        if age >= BACKUP_DAYS:
            return "warning", say("health.backup.old", **text)
        return "ok", say("health.backup.ok", **text)

    def _own_clock(self) -> Said:
        seen, now = self._desk.journal.ledger.last_seen(), self._desk.clock.now()
        if seen is not None and seen > now:
            return "failed", say("health.own_clock.back", seen=f"{seen:%Y-%m-%d %H:%M:%S}")
        return "ok", say("health.own_clock.ok", now=f"{now:%Y-%m-%d %H:%M:%S}")

    # -- after a damaged journal

    def compare(self) -> Comparison:
        """Today's settlements against the centre's list; raises ``Refused`` without an answer."""
        return compare(self._desk.road, self._desk.safekeeping)

    def lift(self, by: Operator, reason: str) -> None:
        """Allow settling again after a comparison; raises ``Refused`` (``Safekeeping.lift``)."""
        self._desk.safekeeping.lift(by, reason)


def _clock(offset: float) -> Said:
    seconds = abs(round(offset))
    if seconds > CLOCK_FAILED:
        return "failed", say("health.centre_clock.far", seconds=seconds)
    if seconds > CLOCK_WARNING:
        return "warning", say("health.centre_clock.off", seconds=seconds)
    return "ok", say("health.centre_clock.ok", seconds=seconds)


def _checked(name: str, ask: Callable[[], Said]) -> Check:
    try:
        state, says = ask()
    except DeskError as error:
        state, says = "failed", str(error)
    except Exception as error:
        log.exception("the check %s failed", name)
        state, says = "failed", say("health.broken", error=error or type(error).__name__)
    return Check(name=name, title=say(f"health.title.{name}"), state=state, says=says)
