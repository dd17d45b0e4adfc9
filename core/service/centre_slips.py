"""The centre's own settlement slip (6101): downloaded, kept byte for byte, read back unchanged."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from core.domain import Settlement
from core.domain.papers import CentreSlip
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.outcome import Accepted, Outcome
from core.service.session import Session
from core.service.transact import Road

SETTLEMENT_SLIP = "1"


@dataclass(frozen=True, slots=True)
class Fetched:
    """How the download ended; ``slip`` only where there was one; ``problem`` why there is none.

    ``changed``: the centre gave other bytes than the time before.
    """

    outcome: Outcome
    slip: CentreSlip | None = None
    msgid: str = ""
    problem: Fault | None = None
    changed: bool = False


class CentreSlips:
    """Downloads and keeps; what is kept can be read without the centre."""

    def __init__(self, journal: Journal, road: Road, session: Session) -> None:
        self._journal = journal
        self._road = road
        self._session = session

    def fetch(self, msgid: str) -> Fetched:
        """Ask for the slip of the settlement ``msgid`` and keep its bytes as they came.

        Raises ``Refused`` for a message id without settlement, or a slip too large to keep, and
        ``SetupError`` when the disk fails: then nothing is recorded.
        """
        paid = self._settlement(msgid)
        asked = {"visit_no": paid.visit_no, "bill_no": paid.bill_no,
                 "document_kind": SETTLEMENT_SLIP}  # fmt: skip
        done = self._road.travel("slip", asked, corrects=paid.msgid, blocks=False)
        if not isinstance(done.outcome, Accepted):
            return Fetched(done.outcome, msgid=done.msgid)
        values = done.outcome.values
        content = _content(values)
        if not content:
            key = "centre_slip.only_address" if values.get("url") else "centre_slip.empty"
            return Fetched(done.outcome, None, done.msgid, fault(key, url=values.get("url", "")))
        before = self._journal.ledger.papers.slip(paid.msgid)
        slip = self._keep(paid.msgid, values, content)
        changed = before is not None and before.digest != slip.digest
        return Fetched(done.outcome, slip, done.msgid, changed=changed)

    def _settlement(self, msgid: str) -> Settlement:
        """The settlement; of a cancellation the one that it undid."""
        ledger = self._journal.ledger
        found = ledger.settlement(msgid)
        if found is None:
            try:
                found = ledger.settlement(self._journal.transaction(msgid).corrects)
            except KeyError:
                found = None
        if found is None:
            raise Refused(fault("slip.unknown", msgid=msgid))
        return found

    def _keep(self, msgid: str, values: dict[str, Any], content: bytes) -> CentreSlip:
        digest = self._journal.archive.keep(content)
        slip = CentreSlip(
            msgid=msgid, digest=digest, size=len(content),
            file_name=str(values.get("file_name") or ""),
            file_type=str(values.get("file_type") or ""),
            fetched_at=self._road.clock.now(), operator=self._session.acting().id,
        )  # fmt: skip
        with self._journal.commit():
            self._journal.ledger.papers.keep_slip(slip)
        return slip

    def kept(self, msgid: str) -> CentreSlip | None:
        """The slip of a settlement (or of a cancellation's settlement) downloaded last."""
        return self._journal.ledger.papers.slip(self._settlement(msgid).msgid)

    def content(self, slip: CentreSlip) -> bytes:
        """The bytes as they came; ``SetupError`` when they are gone or no longer the same."""
        return self._journal.archive.read(slip.digest)


def _content(values: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(str(values.get("content") or ""), validate=True)
    except (binascii.Error, ValueError):
        return b""
