"""The card library (``SSCardDriver.dll``): who the card says it is, and the permit to pay with it.

Texts in and out, parts between ``|``, status first (protocol-gd.md §2, SEEN). A second library
beside the centre's and lives in a worker of its own, so that a hung reader holds up no
settlement. A debit that has no clear answer is unknown, never failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from core.centre_settings import CardSettings
from core.clock import stamp
from core.errors import InvalidInput, Refused, fault
from core.events import Events
from core.gateway.making import LateGateway
from core.gateway.port import Gateway, Health, NoReply, Unsent
from core.money import Fen, yuan
from core.outcome import Accepted, NotSent, Outcome, Rejected, Unknown
from core.words import say

DONE, FAILED = "1", "0"
BETWEEN = "|"
LONGEST = 300  # characters of an error text
MOST: Fen = 4_294_967_295  # an amount must stay below 42949672.95 yuan


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says, as the library gives it; days are 8 digits, absent parts empty.

    ``region`` 6 digits; ``chip_no`` the card's own identification; ``permit`` the licence to
    register with the card.
    """

    region: str
    social_no: str
    card_no: str
    chip_no: str
    name: str
    reset: str = ""
    version: str = ""
    issued: str = ""
    expires: str = ""
    terminal: str = ""
    device: str = ""
    permit: str = ""


LEAST = 5  # parts that a card must have


class CardDriver(Protocol):
    """A card reader."""

    def read(self) -> Card:
        """The card in the reader; raises ``Refused`` with a sentence (no card, no reader …)."""
        ...

    def debit(self, card: Card, total: Fen, covered: Fen, at: datetime) -> Outcome:
        """The permit to pay with ``card``: ``Accepted`` with ``permit``, or another ending.

        ``total`` of the bill and ``covered`` by account and fund, in fen; raises ``InvalidInput``
        for amounts the library cannot carry.
        """
        ...

    def health(self) -> Health:
        """Whether the library can be used."""
        ...

    def close(self) -> None:
        """Let go of the library; never raises."""
        ...


class CardLibrary:
    """``CardDriver`` over ``[card] library``; ``home`` of the settings, ``data`` of the logs."""

    def __init__(self, settings: CardSettings, home: Path, gateway: Gateway | None = None) -> None:
        self._settings = settings
        self._gateway = gateway or LateGateway(lambda: _library(settings, home))

    def read(self) -> Card:
        """As ``CardDriver.read``."""
        answer = self._call(self._settings.read)
        if isinstance(answer, Unsent | NoReply):
            raise Refused(fault("card.no_answer", text=answer.text))
        status, parts = self._parts(answer.payload)
        if status == FAILED:
            raise Refused(fault("card.refused", text=_said(parts)))
        if status != DONE or len(parts) < LEAST or not (parts[1] or parts[2]):
            raise Refused(fault("card.unreadable"))
        return Card(*parts[: len(Card.__slots__)])

    def debit(self, card: Card, total: Fen, covered: Fen, at: datetime) -> Outcome:
        """As ``CardDriver.debit``."""
        paid = [str(yuan(checked(amount))) for amount in (total, covered)]
        answer = self._call(
            self._settings.debit, _line(card.chip_no, card.card_no), _line(*paid, stamp(at))
        )
        if isinstance(answer, Unsent):
            return NotSent(answer.cause, answer.text)
        if isinstance(answer, NoReply):
            return Unknown(answer.cause, answer.text, answer.payload)
        status, parts = self._parts(answer.payload)
        if status == FAILED:
            return Rejected(FAILED, _said(parts), raw=answer.payload)
        if status != DONE or not parts or not parts[0]:
            return Unknown("reply_unreadable", say("card.unreadable"), answer.payload)
        return Accepted({"permit": parts[0]}, raw=answer.payload)

    def _call(self, function: str, *texts: str) -> Any:
        asked = "\n".join((function, *texts)).encode(self._settings.encoding, "replace")
        return self._gateway.call(function, asked, self._settings.timeout)

    def _parts(self, payload: bytes) -> tuple[str, list[str]]:
        """Status and parts; an unreadable text has no status, a refusal may be half readable.

        Half a character swallows the bar behind it, so that the last one is missing.
        """
        text = payload.decode(self._settings.encoding, "replace").strip()
        status, _, rest = text.partition(BETWEEN)
        whole = "�" not in text and text.endswith(BETWEEN)
        if not whole and status != FAILED:
            return "", []
        return status.strip(), [part.strip() for part in rest.split(BETWEEN)]

    def health(self) -> Health:
        """As ``CardDriver.health``; starts the library."""
        return self._gateway.health()

    def close(self) -> None:
        """As ``CardDriver.close``."""
        self._gateway.close()


class OwnReader:
    """What ``Identify`` asks of a reader of the desk's own: by which number, and the number."""

    def __init__(self, driver: CardDriver) -> None:
        self._driver = driver

    def read(self) -> Mapping[str, Any]:
        """The card number, where it has none the social-security number; raises ``Refused``."""
        card = self._driver.read()
        kind = "card_no" if card.card_no else "social_no"
        return {"identify_by": kind, "identify_value": getattr(card, kind)}


def _library(settings: CardSettings, home: Path) -> Gateway:
    from core.gateway.dll.supervisor import DllGateway  # where a card is read, not at every start

    return DllGateway(settings, home, Events())


def checked(amount: Fen) -> Fen:
    """An amount that the library can carry; raises ``InvalidInput``."""
    if not 0 <= amount < MOST:
        raise InvalidInput(fault("card.amount", amount=yuan(amount), most=yuan(MOST)))
    return amount


def _line(*parts: str) -> str:
    """Parts, each with its ``|`` behind it; raises ``InvalidInput`` for one that would break it."""
    if any(sign in part for part in parts for sign in "|\r\n\0"):
        raise InvalidInput(fault("card.bad_part"))
    return "".join(f"{part}{BETWEEN}" for part in parts)


def _said(parts: list[str]) -> str:
    return (parts[0] if parts else "")[:LONGEST] or say("card.silent")
