"""Lines that a program hands over: all of them or none, and what is at the centre keeps its sum."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.clock import CHINA
from core.domain import FeeLine, LineResult, Registration
from core.domain.stay import HospitalStay
from core.errors import InvalidInput, Refused, fault
from core.events import Events, VisitGiven
from core.service import incoming as module
from core.service.incoming import Incoming

AT = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)


def line(number, amount=100, **more):
    given = {
        "visit_no": "V1", "line_id": number, "rx_no": "R", "price": Decimal(1),
        "quantity": Decimal(1), "amount": amount, "occurred_at": AT, **more,
    }  # fmt: skip
    return FeeLine(**given)


class Inbox:
    """Keeps lines by their ids."""

    def __init__(self):
        self.lines = {}

    def take_visit(self, stay, caller):
        return caller == "new"

    def take_lines(self, visit_no, lines):
        new = sum(one.line_id not in self.lines for one in lines)
        changed = sum(self.lines.get(one.line_id, one) != one for one in lines)
        self.lines |= {one.line_id: one for one in lines}
        return new, changed

    def fee_lines(self, visit_no):
        return tuple(self.lines.values())


class Desk:
    """The services around it; ``known``: may the visit be found; ``sent``: at the centre."""

    def __init__(self):
        self.inbox, self.events, self.heard = Inbox(), Events(), []
        self.known, self.sent, self.remarks = True, (), ()
        self.events.listen(self.heard.append)
        ledger = SimpleNamespace(uploaded=lambda visit: self.sent)
        visits = SimpleNamespace(
            find=self.find, read=lambda number: f"visit {number}", lines=lambda number: ("all",)
        )
        charge = SimpleNamespace(check=lambda lines: self.remarks if lines == ("all",) else None)
        journal = SimpleNamespace(ledger=ledger)
        self.incoming = Incoming(self.inbox, journal, visits, charge, self.events)

    def find(self, number):
        if not self.known:
            raise Refused(fault("incoming.off"))

    def take(self, *lines):
        return self.incoming.take_lines("V1", lines)

    def at_centre(self, *numbers):
        self.sent = tuple(LineResult(rx_no="R", line_id=number) for number in numbers)


@pytest.fixture
def desk():
    return Desk()


def test_new_changed_and_known_lines_are_counted_apart(desk):
    found = desk.take(line("1"), line("2"))
    assert (found.new, found.changed, found.known) == (2, 0, 0)
    found = desk.take(line("1"), line("2", 5), line("3"))
    assert (found.new, found.changed, found.known) == (1, 1, 1)
    assert desk.heard == [VisitGiven("V1")] * 2


def test_remarks_are_about_the_whole_visit_and_stop_nothing(desk):
    desk.remarks = ("a remark",)
    assert desk.take(line("1")).remarks == ("a remark",) and "1" in desk.inbox.lines


def test_the_same_number_twice_in_one_request_is_refused_with_it(desk):
    with pytest.raises(InvalidInput, match=r"7、8") as caught:
        desk.take(line("8"), line("7"), line("8", 2), line("7"), line("1"))
    assert caught.value.faults[0].field == "line_id"
    assert desk.inbox.lines == {} and desk.heard == []


def test_of_many_doubles_the_first_few_are_named(desk):
    doubles = [line(f"N{number}") for number in range(9)] * 2
    with pytest.raises(InvalidInput) as caught:
        desk.take(*doubles)
    assert "N4" in str(caught.value) and "N5" not in str(caught.value)


def test_a_line_at_the_centre_keeps_its_amount_and_its_place_is_named(desk):
    desk.take(line("1", 100), line("2", 200))
    desk.at_centre("1", "2")
    with pytest.raises(Refused) as caught:
        desk.take(line("3"), line("2", 201), line("1", 100))
    (one,) = caught.value.faults
    assert one.field == "lines.1.amount"
    assert "2.00" in one.text and "2.01" in one.text and "2" in one.text
    assert "3" not in desk.inbox.lines and len(desk.heard) == 1


def test_every_line_that_moved_is_named(desk):
    desk.take(*(line(f"{n}", n) for n in range(1, 4)))
    desk.at_centre("1", "2", "3")
    with pytest.raises(Refused) as caught:
        desk.take(*(line(f"{n}", n + 50) for n in range(1, 4)))
    assert [one.field for one in caught.value.faults] == [
        f"lines.{place}.amount" for place in range(3)
    ]


def test_what_changed_comes_as_a_refund_and_a_new_line(desk):
    desk.take(line("1", 100))
    desk.at_centre("1")
    found = desk.take(line("1", 100), line("1R", -100, ref_line_id="1"), line("1N", 120))
    assert (found.new, found.changed, found.known) == (2, 0, 1)


def test_words_of_a_line_at_the_centre_may_still_be_corrected(desk):
    desk.take(line("1"))
    desk.at_centre("1")
    assert desk.take(line("1", doctor_name="某医生")).changed == 1


def test_a_line_that_only_the_centre_has_is_taken(desk):
    """Another way to the hospital had sent it; what its amount was there nobody here knows."""
    desk.at_centre("1")
    assert desk.take(line("1", 7)).new == 1


def test_a_visit_has_an_end_counted_with_what_is_there(desk, monkeypatch):
    monkeypatch.setattr(module, "MOST_LINES", 3)
    desk.take(line("1"), line("2"))
    with pytest.raises(Refused, match=r"4.*3"):
        desk.take(line("3"), line("4"))
    assert desk.take(line("2"), line("1"), line("3")).new == 1


def test_lines_of_a_visit_that_nobody_knows_are_not_kept(desk):
    desk.known = False
    with pytest.raises(Refused):
        desk.take(line("1"))
    assert desk.inbox.lines == {} and desk.heard == []


def test_a_visit_is_announced_whether_or_not_it_is_new(desk):
    stay = HospitalStay(registration=Registration(visit_no="V9", person_name="某甲"))
    assert desk.incoming.take_visit(stay, "new") == (True, "visit V9")
    assert desk.incoming.take_visit(stay, "again") == (False, "visit V9")
    assert desk.heard == [VisitGiven("V9")] * 2
