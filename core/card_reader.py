"""Which card reader a desk has: its own library, the invented card of training, or the centre's.

A centre that takes numbers (``identify_by`` names more than ``card``) does not read cards itself.
"""

from __future__ import annotations

from pathlib import Path

from core.centre.port import Capabilities
from core.gateway.card import CardDriver, CardLibrary
from core.settings import Settings
from core.simulator.process import TrainingCentre

CENTRE_READS = ("card",)


def reader_of(
    settings: Settings, capabilities: Capabilities, data: Path, training: TrainingCentre | None
) -> CardDriver | None:
    """The desk's own reader, or nothing where the centre's library reads the card."""
    if tuple(capabilities.identify_by) == CENTRE_READS:
        return None
    if training is None or settings.card.library:
        return CardLibrary(settings.card, data)
    from core.simulator.reader import InventedReader

    def lying() -> str:
        return str(training.control.state()["card"])

    return InventedReader(lying)
