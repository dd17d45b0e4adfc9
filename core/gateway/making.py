"""Which gateway a desk gets: a vendor library or an address, real or simulated, always traced.

Nothing is started before the first call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from core.centre_settings import OVER_HTTP, CentreSettings
from core.clock import Clock
from core.events import Events
from core.gateway.port import Answer, Gateway, Health
from core.gateway.trace import Mask, Trace, TracedGateway

if TYPE_CHECKING:
    from core.simulator.process import TrainingCentre


@dataclass(frozen=True, slots=True)
class Way:
    """All a gateway stands on: ``home`` of the settings, ``data`` of journal and logs, how a trace
    hides what is private, and the simulated centre where the desk trains."""

    chosen: CentreSettings
    home: Path
    data: Path
    clock: Clock
    events: Events
    mask: Mask
    training: TrainingCentre | None = None


class LateGateway:
    """A gateway made at the first call, so that reading the journal starts no process; made once,
    whichever lanes ask first."""

    def __init__(self, make: Callable[[], Gateway]) -> None:
        self._make = make
        self._made: Gateway | None = None
        self._lock = Lock()

    def _gateway(self) -> Gateway:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def call(self, code: str, payload: bytes, deadline: float) -> Answer:
        """As ``Gateway.call``."""
        return self._gateway().call(code, payload, deadline)

    def health(self) -> Health:
        """As ``Gateway.health``; starts the process."""
        return self._gateway().health()

    def close(self) -> None:
        """End the process if there is one."""
        with self._lock:
            made = self._made
        if made is not None:
            made.close()


def gateway_of(way: Way) -> Gateway:
    """The traced gateway of a desk; raises ``SetupError`` where no simulated centre comes up."""
    made = _address(way) if way.chosen.family == OVER_HTTP else _library(way)
    return TracedGateway(made, Trace(way.data / "logs", way.clock, way.mask))


def _address(way: Way) -> Gateway:
    from core.gateway.http import HttpGateway

    url = way.training.url if way.training else way.chosen.url
    return HttpGateway(way.chosen, way.home, url)


def _library(way: Way) -> Gateway:
    from core.gateway.dll.supervisor import DllGateway

    if way.training is None:
        return DllGateway(way.chosen, way.data, way.events)
    from core.simulator import standin

    address = {"GSDESK_CENTRE": way.training.address}
    return DllGateway(way.chosen, way.data, way.events, address, Path(standin.__file__))
