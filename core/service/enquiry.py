"""Questions to the centre that change nothing: settlements, fee lines, recent visits, the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from core.clock import CHINA
from core.domain.enquiry import (
    CentreLine,
    CentreSettlement,
    ComparedLine,
    Here,
    Place,
    RecentVisit,
    Standing,
    Unpaid,
)
from core.errors import Fault, InvalidInput, fault
from core.events import Progress
from core.journal import Journal
from core.outcome import Accepted, Outcome
from core.service import line_comparison, unpaid
from core.service.pages import read_whole
from core.service.session import FARTHEST, Session
from core.service.transact import Road
from core.service.visits import Visits

LONGEST = 92  # days of one question
NOTABLE = 60.0  # seconds between the clocks that are worth a word (domain.md §3.2 row 18)
YES = "1"
AMOUNTS = ("total", "fund", "personal")
Row = Mapping[str, Any]


def never() -> bool:
    """Nobody asks to stop."""
    return False


class Words(Protocol):
    """What is needed of the centre: the Chinese word of a code."""

    def label(self, code_list: str, code: str) -> str:
        """The word, or the code itself."""
        ...


@dataclass(frozen=True, slots=True)
class Listing:
    """A paged list as far as it was read: ``page`` of ``pages``; ``whole`` when all of it came.

    ``outcome`` is that of the page asked last: not accepted means that the rest is missing.
    """

    outcome: Outcome
    rows: tuple[Any, ...] = ()
    page: int = 0
    pages: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class CentreTime:
    """The centre's clock and ours; ``offset`` theirs minus ours in seconds.

    ``problem``: more than a minute apart is worth a word, more than ten settle nothing.
    """

    outcome: Outcome
    theirs: datetime | None = None
    ours: datetime | None = None
    offset: float = 0.0
    problem: Fault | None = None


class Enquiry:
    """Every method asks the centre once (or page by page) and writes nothing but the journal."""

    def __init__(
        self, journal: Journal, road: Road, visits: Visits, session: Session, words: Words,
        hospital_code: str,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._road = road
        self._visits = visits
        self._session = session
        self._words = words
        self._hospital_code = hospital_code

    # -- 9103

    def settlements(self, first: date, last: date, stop: Callable[[], bool] = never) -> Listing:
        """9103: settlements and cancellations that the centre booked on these days, oldest first.

        Announces ``Progress`` by pages; ``stop`` is asked after each. Raises ``InvalidInput`` for
        a period that is none or longer than ``LONGEST`` days.
        """
        asked = self._period(first, last)
        return self._listed("settlement_list", asked, self._settlement, stop)

    def _settlement(self, row: Row) -> CentreSettlement:
        msgid = str(row.get("msgid") or "")
        amounts: dict[str, Any] = {name: row.get(name) or 0 for name in AMOUNTS}
        names = ("visit_no", "bill_no", "med_type", "person_no", "person_name", "operator")
        return CentreSettlement(
            **amounts, **_texts(row, names), msgid=msgid, settled_at=row.get("settled_at"),
            here=self._here(msgid, amounts),
        )  # fmt: skip

    def _here(self, msgid: str, amounts: Mapping[str, int]) -> Here:
        """Our word for the centre's row; a cancellation is found by what it cancelled."""
        ledger, sign = self._journal.ledger, 1
        paid = ledger.settlement(msgid) if msgid else None
        if paid is None and msgid:
            paid, sign = self._cancelled_by(msgid), -1
        if paid is None:
            return "missing"
        if any(getattr(paid.amounts, name) * sign != fen for name, fen in amounts.items()):
            return "differs"
        return "cancelled" if paid.cancelled_by else "same"

    def _cancelled_by(self, msgid: str) -> Any:
        try:
            original = self._journal.transaction(msgid).corrects
        except KeyError:
            return None
        found = self._journal.ledger.settlement(original) if original else None
        return found if found is not None and found.cancelled_by == msgid else None

    # -- 9104

    def lines(self, visit_no: str, bill_no: str = "", stop: Callable[[], bool] = never) -> Listing:
        """9104: the centre's lines of a visit beside ours, as ``ComparedLine``.

        The whole visit is asked for, so that lines under other bills are told from missing ones; a
        list that was not read whole proves nothing and gives no rows.
        """
        visit_no = visit_no.strip()
        if not visit_no:
            raise InvalidInput(fault("enquiry.no_visit", "visit_no"))
        listed = self._listed("fee_list", {"visit_no": visit_no}, _line, stop)
        if not listed.whole:
            return Listing(listed.outcome, (), listed.page, listed.pages)
        visit = self._visits.read(visit_no)
        rows = line_comparison.compare(visit.lines, visit.uploaded, listed.rows, bill_no.strip())
        return Listing(listed.outcome, rows, listed.page, listed.pages, True)

    # -- 9105

    def visits(
        self, person_no: str, first: date, last: date, stop: Callable[[], bool] = never
    ) -> Listing:
        """9105: a person's visits anywhere in the period, newest first as the centre sends them."""
        if not person_no.strip():
            raise InvalidInput(fault("enquiry.no_person", "person_no"))
        asked = {**self._period(first, last), "person_no": person_no.strip()}
        return self._listed("visit_list", asked, self._recent, stop)

    def _recent(self, row: Row) -> RecentVisit:
        code = str(row.get("hospital_code") or "")
        place: Place = "elsewhere" if code and code != self._hospital_code else "here"
        visit_no = str(row.get("visit_no") or "")
        diagnosis = " ".join(
            filter(None, _texts(row, ("diagnosis_code", "diagnosis_name")).values())
        )
        return RecentVisit(
            **_texts(row, ("visit_no", "hospital_code", "hospital_name", "med_type")),
            admitted_at=row.get("admitted_at"), discharged_at=row.get("discharged_at"),
            diagnosis=diagnosis, total=row.get("total"), place=place, standing=_standing(row),
            known=place == "here" and bool(self._journal.ledger.visit(visit_no).registered_by),
        )  # fmt: skip

    def person_of(self, visit_no: str) -> str:
        """The person's number of a visit that this desk has worked on, or empty."""
        person = self._journal.ledger.visit(visit_no.strip()).person
        return person.number if person else ""

    # -- 1800

    def centre_time(self) -> CentreTime:
        """1800: the centre's clock beside ours; the difference is kept for every later message."""
        outcome = self._session.compare_clocks()
        theirs = outcome.values.get("centre_time") if isinstance(outcome, Accepted) else None
        if theirs is None:
            return CentreTime(outcome)
        offset = self._session.centre_offset or 0.0
        ours = theirs.astimezone(CHINA) - timedelta(seconds=offset)
        return CentreTime(outcome, theirs.astimezone(CHINA), ours, offset, _apart(offset))

    # -- why is this not paid

    def why_not_paid(self, row: ComparedLine) -> Unpaid:
        """Why a compared line is not (wholly) paid by the fund, in plain Chinese."""
        return unpaid.why_not_paid(unpaid.of_comparison(row), self._level)

    def why_not_paid_of(self, visit_no: str) -> tuple[Unpaid, ...]:
        """The same for every line of a visit by what the centre answered to the upload; no call."""
        visit = self._visits.read(visit_no)
        said = {item.line_id: item for item in visit.uploaded}
        lines = [
            unpaid.of_result(line, said[line.line_id]) if line.line_id in said
            else unpaid.Line(line.line_id, line.name, line)
            for line in visit.lines
        ]  # fmt: skip
        return tuple(unpaid.why_not_paid(line, self._level) for line in lines)

    def _level(self, code: str) -> str:
        return self._words.label("chrgitm_lv", code)

    # -- asking

    def _period(self, first: date, last: date) -> dict[str, Any]:
        if last < first:
            raise InvalidInput(fault("enquiry.backwards", "last", first=first, last=last))
        if (last - first).days >= LONGEST:
            raise InvalidInput(fault("enquiry.too_long", "first", most=LONGEST))
        begin = datetime.combine(first, time.min, CHINA)
        end = datetime.combine(last, time.min, CHINA) + timedelta(days=1, seconds=-1)
        return {"begin": begin, "end": end}

    def _listed(
        self, step: str, asked: Row, read: Callable[[Row], Any], stop: Callable[[], bool]
    ) -> Listing:
        """Page by page; what came before a failure or a stop is kept and said to be a part."""
        rows: list[Any] = []
        place = [0, 0]

        def heard(page: int, pages: int, found: Sequence[Row]) -> bool:
            rows.extend(read(row) for row in found)
            place[:] = page, pages
            self._road.events.announce(Progress(step, "", page, pages))
            return stop()

        outcome, whole = read_whole(self._road, step, asked, heard=heard)
        return Listing(outcome, tuple(rows), place[0], place[1], whole is not None)


def _line(row: Row) -> CentreLine:
    names = ("line_id", "rx_no", "bill_no", "centre_code", "list_type", "level", "memo")
    numbers = ("price", "quantity", "self_paid", "over_limit", "price_limit", "occurred_at")
    said: dict[str, Any] = {name: row.get(name) for name in numbers}
    return CentreLine(**_texts(row, names), **said, amount=row.get("amount") or 0)


def _texts(row: Row, names: Sequence[str]) -> dict[str, Any]:
    return {name: "" if row.get(name) is None else str(row[name]) for name in names}


def _standing(row: Row) -> Standing:
    if str(row.get("settled") or "") == YES:
        return "settled"
    return "staying" if str(row.get("in_hospital") or "") == YES else "open"


def _apart(offset: float) -> Fault | None:
    seconds = round(abs(offset))
    if seconds > FARTHEST:
        return fault("enquiry.clock_blocks", seconds=seconds)
    return fault("enquiry.clock_apart", seconds=seconds) if seconds > NOTABLE else None
