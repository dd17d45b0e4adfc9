"""The card reader of the training mode: the invented card that lies in the simulated centre."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime

from core.clock import stamp
from core.errors import Refused, fault
from core.gateway.card import Card, checked
from core.gateway.port import Health
from core.money import Fen
from core.outcome import Accepted, Outcome
from core.simulator.control import ControlError
from core.simulator.world import person as find_person
from core.words import say


class InventedReader:
    """``CardDriver`` over ``lying``, which gives the number of the person whose card lies there (or
    raises ``ControlError``)."""

    def __init__(self, lying: Callable[[], str]) -> None:
        self._lying = lying

    def read(self) -> Card:
        """As ``CardDriver.read``."""
        try:
            person = find_person(self._lying())
        except ControlError as error:
            raise Refused(fault("card.no_answer", text=error)) from error
        if person is None:
            raise Refused(fault("card.refused", text=say("simulator.no_card")))
        return Card(
            region=person.region, social_no=person.id_no, card_no=person.card_no,
            chip_no=f"{person.region}{person.number}", name=person.name, version="3.00",
            issued="20200101", expires="20491231", terminal="990000000001",
        )  # fmt: skip

    def debit(self, card: Card, total: Fen, covered: Fen, at: datetime) -> Outcome:
        """As ``CardDriver.debit``: always permitted; the permit begins with the moment."""
        for amount in (total, covered):
            checked(amount)
        permit = b64encode(f"{stamp(at)}{card.chip_no}".encode()).decode()
        return Accepted({"permit": permit})

    def health(self) -> Health:
        """Always well."""
        return Health("ok", say("gateway.card.training"))

    def close(self) -> None:
        """Nothing to let go of."""
