"""Questions to the centre over real services: whole lists, parts, refusals, silence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.domain.enquiry import RecentVisit
from core.errors import InvalidInput
from core.events import Progress
from core.outcome import Accepted, Rejected, Unknown
from core.service.enquiry import LONGEST
from tests.helpers import flows
from tests.helpers.inprocess import World

PAGE = 100  # rows of the simulated centre's page


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("enquiry"))


@pytest.fixture(scope="module")
def desk(world):
    with world.desk() as made:
        yield made


@pytest.fixture(scope="module")
def settled(desk):
    """A settled visit, and one whose settlement was cancelled."""
    kept, undone = flows.settled(desk), flows.settled(desk)
    flows.do(desk, "cancel_settlement", undone)
    return kept, undone


@pytest.fixture
def today(desk):
    return desk.clock.now().date()


def test_the_centres_settlements_beside_ours(desk, settled, today):
    listing = desk.enquiry.settlements(today, today)
    assert isinstance(listing.outcome, Accepted) and listing.whole
    by_visit = {visit: [row for row in listing.rows if row.visit_no == visit] for visit in settled}
    kept, undone = (by_visit[visit] for visit in settled)
    paid = desk.visits.read(settled[0]).settlement
    assert [(row.here, row.total, row.msgid) for row in kept] == [
        ("same", paid.amounts.total, paid.msgid)
    ]
    assert [row.here for row in undone] == ["cancelled", "cancelled"]
    assert sum(row.total for row in undone) == 0


def test_what_we_do_not_have_is_missing(desk, settled, today, monkeypatch):
    monkeypatch.setattr(desk.journal.ledger, "settlement", lambda msgid: None)
    assert {row.here for row in desk.enquiry.settlements(today, today).rows} == {"missing"}


def test_other_amounts_differ(world, desk, settled, today, monkeypatch):
    paid = desk.visits.read(settled[0]).settlement
    other = paid.model_copy(update={"amounts": paid.amounts.model_copy(update={"fund": 1})})
    monkeypatch.setattr(
        desk.journal.ledger, "settlement", lambda msgid: other if msgid == paid.msgid else None
    )
    rows = {row.msgid: row.here for row in desk.enquiry.settlements(today, today).rows}
    assert rows[paid.msgid] == "differs"


def test_days_without_settlements_are_an_empty_whole_list(desk, today):
    before = today - timedelta(days=40)
    listing = desk.enquiry.settlements(before, before)
    assert listing.whole and listing.rows == ()


@pytest.mark.parametrize("days", [(0, -1), (-LONGEST, 0)])
def test_a_period_that_is_none_is_a_sentence(desk, today, days):
    first, last = (today + timedelta(days=day) for day in days)
    sent = len(desk.gateway.sent)
    with pytest.raises(InvalidInput):
        desk.enquiry.settlements(first, last)
    assert len(desk.gateway.sent) == sent


@pytest.mark.parametrize("ask", ["lines", "visits"])
def test_nobody_is_asked_about_nothing(desk, today, ask):
    with pytest.raises(InvalidInput):
        desk.enquiry.lines(" ") if ask == "lines" else desk.enquiry.visits(" ", today, today)


class Pages:
    """A centre whose 9103 has so many pages; ``broken``: the page after which none comes."""

    def __init__(self, road, pages, broken=0, ending=None):
        self.road, self.pages, self.broken = road, pages, broken
        self.ending, self.real = ending or Unknown("deadline", ""), road.travel
        self.asked = []

    def __call__(self, step, values, *rest, **more):
        page = int(values["page"])
        self.asked.append(page)
        done = self.real(step, {**values, "page": "1"}, *rest, **more)
        if self.broken and page > self.broken:
            return type(done)(self.ending, done.row)
        row = {"visit_no": f"V{page}", "total": page, "fund": page, "personal": 0, "msgid": "",
               "pages": str(self.pages)}  # fmt: skip
        return type(done)(Accepted(rows=(row,)), done.row)


@pytest.fixture
def pages(desk, monkeypatch):
    def put(*args, **more):
        made = Pages(desk.road, *args, **more)
        monkeypatch.setattr(desk.road, "travel", made)
        return made

    return put


def test_many_pages_are_read_with_progress(desk, today, pages):
    centre, seen = pages(4), []
    unlisten = desk.events.listen(seen.append)
    listing = desk.enquiry.settlements(today, today)
    unlisten()
    assert centre.asked == [1, 2, 3, 4] and listing.whole
    assert [row.total for row in listing.rows] == [1, 2, 3, 4]
    told = [(item.name, item.done, item.total) for item in seen if isinstance(item, Progress)]
    assert told == [("settlement_list", page, 4) for page in (1, 2, 3, 4)]


def test_stop_ends_after_the_page_and_says_that_it_is_a_part(desk, today, pages):
    centre = pages(4)
    listing = desk.enquiry.settlements(today, today, lambda: len(centre.asked) >= 2)
    assert centre.asked == [1, 2] and not listing.whole
    assert (listing.page, listing.pages, len(listing.rows)) == (2, 4, 2)


@pytest.mark.parametrize("ending", [Unknown("deadline", ""), Rejected("-1", "忙")])
def test_a_page_that_does_not_come_leaves_a_part(desk, today, pages, ending):
    pages(3, broken=2, ending=ending)
    listing = desk.enquiry.settlements(today, today)
    assert listing.outcome == ending and not listing.whole
    assert [row.total for row in listing.rows] == [1, 2]


# -- 9104


def test_lines_beside_ours_are_the_same_after_a_settlement(desk, settled):
    visit = desk.visits.read(settled[0])
    listing = desk.enquiry.lines(settled[0], visit.settlement.bill_no)
    assert listing.whole and {row.mark for row in listing.rows} == {"same"}
    assert len(listing.rows) == len(visit.lines)
    explained = [desk.enquiry.why_not_paid(row) for row in listing.rows]
    amounts = visit.settlement.amounts
    assert sum(line.personal for line in explained) == amounts.personal
    assert sum(line.fund for line in explained) == amounts.fund


def test_the_answers_to_the_upload_explain_without_the_centre(desk, settled):
    asked = len(desk.gateway.sent)
    explained = desk.enquiry.why_not_paid_of(settled[0])
    amounts = desk.visits.read(settled[0]).settlement.amounts
    assert len(desk.gateway.sent) == asked
    assert sum(line.personal for line in explained) == amounts.personal


def test_a_line_that_the_centre_lost_is_marked(world, desk, settled):
    lost = desk.visits.read(settled[0]).lines[0].line_id
    (booked,) = world.centre.books.find("line", line_id=lost)
    world.centre.books.change("line", booked["id"], removed_by="x")
    try:
        rows = {row.line_id: row.mark for row in desk.enquiry.lines(settled[0]).rows}
    finally:
        world.centre.books.change("line", booked["id"], removed_by="")
    assert rows.pop(lost) == "missing_there" and set(rows.values()) == {"same"}


def test_an_amount_that_the_centre_has_otherwise_is_marked(world, desk, settled):
    line = desk.visits.read(settled[0]).lines[1].line_id
    (booked,) = world.centre.books.find("line", line_id=line)
    world.centre.books.change("line", booked["id"], amount=booked["amount"] + 1)
    try:
        row = next(row for row in desk.enquiry.lines(settled[0]).rows if row.line_id == line)
    finally:
        world.centre.books.change("line", booked["id"], amount=booked["amount"])
    assert row.mark == "differs" and row.differs == ("amount",)


def test_half_a_list_of_lines_proves_nothing(desk, settled, pages):
    pages(3, broken=1)
    listing = desk.enquiry.lines(settled[0])
    assert listing.rows == () and not listing.whole


def test_an_unknown_visit_is_the_centres_refusal(desk):
    listing = desk.enquiry.lines("NO-SUCH-VISIT")
    assert isinstance(listing.outcome, Rejected) and listing.rows == ()


# -- 9105 and 1800


def test_recent_visits_tell_here_from_elsewhere(world, desk, settled, today):
    person = desk.enquiry.person_of(settled[0])
    rows = desk.enquiry.visits(person, today - timedelta(days=30), today).rows
    mine = next(row for row in rows if row.visit_no == settled[0])
    assert (mine.place, mine.standing, mine.known) == ("here", "settled", True)


def test_a_stay_at_another_hospital_is_seen(desk, today):
    from core.simulator.world import persons

    away = next(person for person in persons() if person.in_hospital)
    rows = desk.enquiry.visits(away.number, today - timedelta(days=60), today).rows
    (stay,) = [row for row in rows if row.place == "elsewhere"]
    assert isinstance(stay, RecentVisit) and stay.standing == "staying" and not stay.known
    assert stay.hospital_name == away.stay_hospital_name


def test_a_visit_nobody_knows_has_no_person(desk):
    assert desk.enquiry.person_of("NO-SUCH-VISIT") == ""


@pytest.mark.parametrize(("seconds", "words"), [(0, ""), (59, ""), (90, "校准"), (700, "不能结算")])
def test_the_clocks_are_compared(world, desk, seconds, words):
    world.order("CLOCK", offset=seconds)
    try:
        time = desk.enquiry.centre_time()
    finally:
        world.order("CLOCK", offset=0)
    assert time.offset == seconds and time.theirs - time.ours == timedelta(seconds=seconds)
    assert (time.problem is None) == (not words)
    assert not words or words in time.problem.text
    assert desk.enquiry.centre_time().offset == 0


def test_a_silent_clock_changes_nothing(world, desk):
    world.fault("reply_lost", "1800", ending="status")
    time = desk.enquiry.centre_time()
    assert isinstance(time.outcome, Unknown) and time.theirs is None and time.problem is None


def test_a_long_period_is_allowed_up_to_its_limit(desk, today):
    assert desk.enquiry.settlements(today - timedelta(days=LONGEST - 1), today).whole
    assert isinstance(today, date)
