"""The hospital whose programs hand visits and fee lines over by themselves, over the HTTP API.

Results go back as events of the API, and to a web address besides where one is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from core.clock import Clock
from core.domain import FeeLine, Registration
from core.domain.dayend import Side
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.errors import SetupError, fault
from core.his.adapter import Adapter
from core.his.given_store import GivenStore
from core.his.port import HospitalRefused, Postings, Tested
from core.words import say

PATIENCE = 10.0  # seconds for a web address that is told
GONE = frozenset({400, 404, 405, 410, 422})  # telling it again is useless


class GivenHospital(Adapter):
    """A ``core.his.port.Hospital`` over its own file; implements ``core.service.incoming.Inbox``.

    ``webhook``: told every result of its visits by POST of JSON, or empty.
    """

    def __init__(self, path: Path, clock: Clock, webhook: str = "") -> None:
        self._clock, self._webhook = clock, webhook
        self._store = GivenStore(path)
        self.prompt = not webhook

    @property
    def postings(self) -> Postings | None:
        """Its own books are read out by itself."""
        return self

    def take_visit(self, stay: HospitalStay, caller: str) -> bool:
        """A visit or stay that a program hands over; True when it is new."""
        return self._store.keep_visit(stay, caller, self._clock.now())

    def take_lines(self, visit_no: str, lines: Sequence[FeeLine]) -> tuple[int, int]:
        """Lines beside those there are, one of the same id in its place; (new, changed)."""
        return self._store.keep_lines(visit_no, lines)

    def visit(self, visit_no: str) -> Registration | None:
        """As ``Hospital.visit``."""
        found = self._store.stay(visit_no)
        return found.registration if found else None

    def waiting(self, limit: int = 200) -> Sequence[Registration]:
        """As ``Hospital.waiting``."""
        day = self._clock.now().date().isoformat()
        return tuple(one.registration for one in self._store.waiting(day, limit))

    def stays(self) -> Sequence[HospitalStay]:
        """As ``Hospital.stays``."""
        return tuple(self._store.stays(self._clock.now()))

    def stay(self, visit_no: str) -> HospitalStay | None:
        """As ``Hospital.stay``; a visit of a day is none."""
        found = self._store.stay(visit_no)
        return found if found and found.registration.is_inpatient else None

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """As ``Hospital.fee_lines``."""
        return self._store.lines(visit_no)

    def settled(self, begin: datetime, end: datetime) -> Sequence[Side]:
        """As ``Postings.settled``."""
        return self._store.settled(begin, end)

    def knows(self, visits: Iterable[str]) -> frozenset[str]:
        """As ``Postings.knows``."""
        return self._store.known(visits)

    def post(self, told: WriteBack) -> None:
        """As ``Hospital.post``; the web address goes first, so that it is tried again when away."""
        if self._store.stay(told.visit_no) is None:
            return
        if self._webhook:
            _tell(self._webhook, told)
        self._store.keep_result(told, self._clock.now())

    def test(self) -> Sequence[Tested]:
        """As ``Hospital.test``: how much was handed over, and what was the last."""
        found = self._store.newest(1)
        name = found[0].registration.visit_no if found else ""
        title = say("given.test")
        return (Tested(title, True, say("given.last" if found else "given.none", visit=name)),)

    def close(self) -> None:
        """As ``Hospital.close``."""
        self._store.close()


def _tell(url: str, told: WriteBack) -> None:
    """POST the result; the message id is the key under which it counts once."""
    import httpx  # loaded late: the start needs none of it

    headers = {"Content-Type": "application/json", "Idempotency-Key": told.msgid}
    body = told.model_dump_json().encode()
    try:
        with httpx.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False) as line:
            answer = line.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        text = str(error) or type(error).__name__
        raise SetupError(fault("given.webhook_away", url=url, error=text)) from error
    if answer.status_code in GONE:
        raise HospitalRefused(fault("given.webhook_refused", url=url, status=answer.status_code))
    if not answer.is_success:
        raise SetupError(fault("given.webhook_status", url=url, status=answer.status_code))
