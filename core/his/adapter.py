"""What every way to a hospital has in common: how it is searched, and what most of them lack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from core.domain import FeeLine, Registration
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.his.naming import rank
from core.his.port import Postings, Preview, RecordSource, Tested

MOST_SEARCHED = 2000


class Adapter:
    """A ``core.his.port.Hospital`` that knows nobody and takes nothing; adapters say more."""

    prompt = absent = False

    @property
    def postings(self) -> Postings | None:
        """As ``Hospital.postings``: none."""
        return None

    @property
    def records(self) -> RecordSource | None:
        """As ``Hospital.records``: none."""
        return None

    def visit(self, visit_no: str) -> Registration | None:
        """As ``Hospital.visit``."""
        return None

    def waiting(self, limit: int = 200) -> Sequence[Registration]:
        """As ``Hospital.waiting``."""
        return ()

    def search(self, text: str, limit: int = 50) -> Sequence[Registration]:
        """As ``Hospital.search``, among today's visits and the stays; one more asked by its number.

        An adapter whose system can search better says so itself.
        """
        wanted = text.strip()
        if not wanted:
            return ()
        among = {one.visit_no: one for one in self._everybody()}
        exact = among.get(wanted) or self.visit(wanted)
        if exact is not None:
            among[wanted] = exact
        return best(among.values(), wanted, limit)

    def _everybody(self) -> Iterator[Registration]:
        yield from self.waiting(MOST_SEARCHED)
        yield from (one.registration for one in self.stays())

    def stays(self) -> Sequence[HospitalStay]:
        """As ``Hospital.stays``."""
        return ()

    def stay(self, visit_no: str) -> HospitalStay | None:
        """As ``Hospital.stay``."""
        return next((one for one in self.stays() if one.registration.visit_no == visit_no), None)

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """As ``Hospital.fee_lines``."""
        return ()

    def post(self, told: WriteBack) -> None:
        """As ``Hospital.post``: nothing takes it."""

    def test(self) -> Sequence[Tested]:
        """As ``Hospital.test``: there is nothing to try."""
        return ()

    def preview(self, visit_no: str = "", limit: int = 50) -> Preview:
        """As ``Hospital.preview``."""
        visits = tuple(self.waiting(limit + 1))
        number = visit_no or next((one.visit_no for one in visits), "")
        lines = tuple(self.fee_lines(number)) if number else ()
        more = len(visits) > limit or len(lines) > limit
        return Preview(visits[:limit], lines[:limit], more=more)

    def close(self) -> None:
        """As ``Hospital.close``."""


def best(among: Iterable[Registration], text: str, limit: int) -> tuple[Registration, ...]:
    """Those that ``text`` means, the best first, in their order where equally good."""
    ranked = ((rank(one, text), one) for one in among)
    found = [(place, one) for place, one in ranked if place is not None]
    found.sort(key=lambda pair: pair[0])
    return tuple(one for _, one in found[:limit])
