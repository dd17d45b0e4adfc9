"""The clock of the proof: stands still until it is moved, and can be put back with a run."""

from __future__ import annotations

from datetime import datetime

from core.clock import ManualClock


class ProofClock(ManualClock):
    """A manual clock that a snapshot can restore."""

    def state(self) -> tuple[datetime, float]:
        """What ``restore`` takes."""
        return self._now, self._ticks

    def restore(self, state: tuple[datetime, float]) -> None:
        """Back to a moment."""
        self._now, self._ticks = state

    def until(self, moment: datetime) -> None:
        """Let time pass up to ``moment``; nothing where it is over."""
        self.advance(max(0.0, (moment - self.now()).total_seconds()))
