"""The hospital's own database as a ``core.his.port.Hospital``: asked by named queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.clock import CHINA, Clock
from core.domain import FeeLine, Registration
from core.domain.dayend import Side
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.errors import InvalidInput, SetupError, fault
from core.his.adapter import Adapter
from core.his.port import Postings, Preview, RecordSource, Tested
from core.his.sql import reading
from core.his.sql.check import Checked, check_query
from core.his.sql.gate import Answer, Gate
from core.his.sql.settings import QUERIES, SECRET, SqlSettings
from core.his.sql.writing import Writer

if TYPE_CHECKING:
    from core.his.connect import Place

BEGINNING = datetime(2000, 1, 1, tzinfo=CHINA)
MOST_STAYS = 2000


class SqlHospital(Adapter):
    """The adapter; the database is reached when something is asked, and again after a loss.

    Raises ``SetupError`` when the settings' URL cannot be used; a statement that may not be sent is
    ``InvalidInput`` whenever its query is asked. ``home``: where a path of SQLite begins.
    """

    def __init__(
        self, settings: SqlSettings, password: Callable[[], str], home: Path, clock: Clock
    ) -> None:
        self.settings = settings
        self.gate = Gate(settings, password, home)
        self._clock = clock
        self._reading = reading.Reading(settings.columns, settings.words)
        self._known: dict[str, Checked] = {}
        self.writer = Writer(self.gate, settings, clock) if settings.write.on else None

    def close(self) -> None:
        """As ``Hospital.close``."""
        self.gate.close()

    @property
    def postings(self) -> Postings | None:
        """What was delivered, where writing back is on."""
        return self if self.writer is not None else None

    @property
    def records(self) -> RecordSource | None:
        """The database, where it has a query for records."""
        return self if self.has("record") else None

    # -- asking

    def has(self, name: str) -> bool:
        """Is there a query of that name?"""
        return name in self.settings.queries

    def query(self, name: str) -> Checked:
        """The statement of a query, checked once; raises ``InvalidInput``."""
        if name not in self._known:
            self._known[name] = check_query(
                name, self.settings.queries[name], self.gate.dialect.grammar, QUERIES[name],
                self.settings.functions,
            )  # fmt: skip
        return self._known[name]

    def ask(self, name: str, most: int, **values: object) -> Answer:
        """The first ``most`` rows of a query; moments it may want are there by themselves."""
        now = self._clock.now()
        midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
        given = {"now": now, "since": midnight, "most": most, **values}
        return self.gate.read(name, self.query(name), given, most)

    # -- the port

    def visit(self, visit_no: str) -> Registration | None:
        """As ``Hospital.visit``."""
        if self.has("visit"):
            answer = self.ask("visit", 2, visit_no=visit_no)
            found = reading.registrations(answer, self._reading, "visit")
            if found:
                return _the(found[0], visit_no)
        else:
            waiting = self.waiting(self.settings.rows)
            one = next((each for each in waiting if each.visit_no == visit_no), None)
            if one is not None:
                return one
        stay = self.stay(visit_no)
        return stay.registration if stay else None

    def waiting(self, limit: int = 200) -> Sequence[Registration]:
        """As ``Hospital.waiting``."""
        if not self.has("waiting"):
            return ()
        return reading.registrations(self.ask("waiting", limit), self._reading, "waiting")

    def search(self, text: str, limit: int = 50) -> Sequence[Registration]:
        """As ``Hospital.search``: today's visits and the stays, then what the query finds."""
        found = {one.visit_no: one for one in super().search(text, limit)}
        if len(found) < limit:
            for one in self.found(text, limit):
                found.setdefault(one.visit_no, one)
        return tuple(found.values())[:limit]

    def found(self, text: str, limit: int = 50) -> Sequence[Registration]:
        """What the query for searching finds; nothing for signs that stand for any."""
        part = "".join(sign for sign in text.strip() if sign not in "%_[")
        if not part or not self.has("search"):
            return ()
        answer = self.ask("search", limit, text=text.strip(), part=f"%{part}%")
        return reading.registrations(answer, self._reading, "search")

    def stays(self) -> Sequence[HospitalStay]:
        """As ``Hospital.stays``."""
        if not self.has("stays"):
            return ()
        since = self._clock.now() - timedelta(days=self.settings.stay_days)
        answer = self.ask("stays", MOST_STAYS, since=since)
        found = reading.stays(answer, self._reading, "stays")
        late = self._clock.now()
        return sorted(found, key=lambda one: one.registration.admitted_at or late)

    def stay(self, visit_no: str) -> HospitalStay | None:
        """As ``Hospital.stay``."""
        if not self.has("stay"):
            return super().stay(visit_no)
        answer = self.ask("stay", 2, visit_no=visit_no)
        found = reading.stays(answer, self._reading, "stay")
        if found:
            _the(found[0].registration, visit_no)
        return found[0] if found else None

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """As ``Hospital.fee_lines``; ``InvalidInput`` naming the rows where one is no line."""
        return reading.all_of(self.lines(visit_no))

    def lines(self, visit_no: str) -> reading.Lines:
        """The lines with the rows that are none; ``SetupError`` where there are too many."""
        if not self.has("fee_lines"):
            return reading.Lines()
        most = self.settings.rows
        answer = self.ask("fee_lines", most, visit_no=visit_no, since=BEGINNING)
        if answer.more:
            raise SetupError(fault("sql.too_many", query="fee_lines", most=most))
        return reading.fee_lines(answer, self._reading, visit_no)

    def record(self, visit_no: str) -> dict[str, Any] | None:
        """As ``RecordSource.record``."""
        return reading.record(self.ask("record", 1, visit_no=visit_no))

    # -- telling

    def post(self, told: WriteBack) -> None:
        """As ``Hospital.post``; nothing where writing back is not switched on."""
        if self.writer is not None:
            self.writer.post(told, lambda visit_no: self.visit(visit_no) is not None)

    def settled(self, begin: datetime, end: datetime) -> Sequence[Side]:
        """As ``Postings.settled``: what the table of receipts holds."""
        return self.writer.settled(begin, end) if self.writer is not None else ()

    def knows(self, visits: Iterable[str]) -> frozenset[str]:
        """As ``Postings.knows``."""
        return frozenset(number for number in visits if self.visit(number) is not None)

    # -- trying it

    def test(self) -> Sequence[Tested]:
        """As ``Hospital.test``: every query is asked, and what is wrong is said of each."""
        from core.his.sql.trial import trial

        return trial(self)

    def preview(self, visit_no: str = "", limit: int = 50) -> Preview:
        """As ``Hospital.preview``."""
        visits = tuple(self.waiting(limit + 1))
        number = visit_no or next((one.visit_no for one in visits), "")
        found = self.lines(number) if number else reading.Lines()
        more = max(len(visits), len(found.lines)) > limit
        return Preview(
            visits[:limit], found.lines[:limit], found.rejected[:limit], _headers(found.mapping),
            found.mapping, more=more,
        )  # fmt: skip


def _headers(mapping: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(column for _, column in mapping)


def _the(found: Registration, visit_no: str) -> Registration:
    """A query that gives somebody else is a wrong query."""
    if found.visit_no != visit_no:
        raise InvalidInput(
            fault("sql.row.other_visit", "visit_no", given=found.visit_no, visit=visit_no)
        )
    return found


def connect(settings: SqlSettings, place: Place) -> SqlHospital:
    """As ``core.his.connect.ADAPTERS`` wants it; the password is asked for when it is needed."""
    return SqlHospital(settings, lambda: place.secrets.read(SECRET), place.home, place.clock)
