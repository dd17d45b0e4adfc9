"""Several ways to a hospital as one, whom a few signs mean, sheets in which nothing computes."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest

from core.domain import Amounts, Registration
from core.domain.dayend import Side
from core.domain.stay import HospitalStay
from core.errors import SetupError, fault
from core.his import port
from core.his.adapter import Adapter
from core.his.connect import ADAPTERS, Place, connected
from core.his.embedded import NoHospital
from core.his.naming import rank
from core.his.plainsheet import Plain, harmless, write_sheet
from core.his.port import Hospital, HospitalRefused
from core.his.several import Several
from core.secrets import GivenSecrets
from core.settings import FolderSettings, HisSettings
from tests.helpers.his import AT, fee_line, told

MONEY = Amounts(total=3720, fund=3000, personal=720)


def visit(number, name="沈建国", **more):
    return Registration(visit_no=number, person_name=name, **more)


class Way(Adapter):
    """A hospital of two or three visits; what it was told is in ``heard``."""

    def __init__(self, *visits, prompt=True, stays=(), fails=None):
        self.known = {one.visit_no: one for one in visits}
        self.beds = tuple(HospitalStay(registration=one) for one in stays)
        self.prompt, self.fails, self.heard, self.closed = prompt, fails, [], 0

    @property
    def postings(self):
        return self

    @property
    def records(self):
        return self

    def visit(self, visit_no):
        return self.known.get(visit_no)

    def waiting(self, limit=200):
        return tuple(self.known.values())[:limit]

    def stays(self):
        return self.beds

    def fee_lines(self, visit_no):
        return (fee_line(1, visit_no=visit_no),) if visit_no in self.known else ()

    def post(self, told):
        if self.fails:
            raise self.fails
        self.heard.append(told.msgid)

    def settled(self, begin, end):
        return [Side(number, "1", "M", 1, 1, 0, False, begin) for number in self.known]

    def knows(self, visits):
        return frozenset(self.known) & frozenset(visits)

    def record(self, visit_no):
        return {"name": self.known[visit_no].person_name} if visit_no in self.known else None

    def test(self):
        return (port.Tested("-", True, "-"),)

    def close(self):
        self.closed += 1


FIRST = visit("MZ1", "沈建国", id_no="990101199001010016")
AGAIN = visit("MZ1", "别人")
SECOND = visit("MZ2", "陈䶮")
BED = visit("ZY1", "单雄信", inpatient_no="BA77")


@pytest.fixture
def both():
    return Several([Way(FIRST), Way(AGAIN, SECOND, stays=(BED,))])


# -- several


def test_the_first_that_knows_a_visit_answers_for_it(both):
    assert both.visit("MZ1") == FIRST and both.visit("MZ2") == SECOND
    assert both.visit("MZ9") is None and both.stay("ZY1").registration == BED
    assert both.stay("ZY9") is None
    assert [one.person_name for one in both.waiting()] == ["沈建国", "陈䶮"]
    assert len(both.waiting(1)) == 1
    assert [one.registration.visit_no for one in both.stays()] == ["ZY1"]
    assert both.fee_lines("MZ2") and not both.fee_lines("MZ9")
    assert [one.visit_no for one in both.search("陈")] == ["MZ2"]
    assert both.records.record("MZ2") == {"name": "陈䶮"} and both.records.record("X") is None


def test_their_books_are_one(both):
    books = both.postings
    assert books.knows(["MZ1", "MZ2", "MZ3"]) == {"MZ1", "MZ2"}
    assert len(books.settled(AT, AT + timedelta(days=1))) == 3
    nothing = Several([NoHospital(), NoHospital()])
    assert nothing.postings is None and nothing.records is None


def test_every_one_is_told_and_what_can_be_tried_again_goes_first():
    good, dead = Way(), Way(fails=SetupError(fault("folder.gone", path="-")))
    never = Way(fails=HospitalRefused(fault("folder.gone", path="-")))
    with pytest.raises(SetupError):
        Several([never, dead, good]).post(told("M1", "settle", "MZ1"))
    assert good.heard == ["M1"]
    with pytest.raises(HospitalRefused):
        Several([never, good]).post(told("M2", "settle", "MZ1"))
    Several([good, Way()]).post(told("M3", "settle", "MZ1"))
    assert good.heard == ["M1", "M2", "M3"]


def test_they_are_prompt_only_together_and_closed_together():
    slow = Way(prompt=False)
    made = Several([Way(), slow])
    assert not made.prompt and Several([Way(), Way()]).prompt
    assert len(made.test()) == 2
    made.close()
    assert slow.closed == 1


def test_the_settings_say_which_ways_are_open(tmp_path, clock_of_ours):
    place = Place(tmp_path, tmp_path / "data", clock_of_ours, GivenSecrets())
    folder = FolderSettings(path="drop")
    one = connected(HisSettings(use=("folder", "folder"), folder=folder), place)
    assert not isinstance(one, Several)
    one.close()
    with pytest.raises(SetupError, match="还没有填写"):
        connected(HisSettings(use=("folder",)), place)
    for way in ADAPTERS.values():
        assert ":" in way


@pytest.fixture
def clock_of_ours():
    from core.clock import ManualClock

    return ManualClock()


def test_nobody_at_all_is_a_hospital_too():
    none: Hospital = NoHospital()
    none.post(told("M1", "settle", "MZ1", "1", MONEY))
    assert (none.visit("X"), none.waiting(), none.stays(), none.stay("X"), none.fee_lines("X")) == (
        None, (), (), None, (),
    )  # fmt: skip
    assert none.search("a") == () and none.test() == () and none.preview().visits == ()


# -- searching


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("mz1", 0), ("990101199001010016", 0), ("沈建国", 1), ("9901011990", 2), ("0016", 2),
        ("建国", 3), ("sjg", 4), ("SJG", 4), ("sj", 5), ("MZ2", None), ("16", None),
        ("国建", None), ("", None), ("，", None), ("xyz", None),
    ],
)  # fmt: skip
def test_how_well_a_few_signs_mean_somebody(typed, place):
    assert rank(FIRST, typed) == place


def test_a_search_finds_the_best_first_and_a_number_of_another_day():
    way = Way(visit("MZ10"), visit("MZ1001", "王建国"), visit("MZ100", "建国"), stays=(BED,))
    way.visit = lambda number: visit("OLD7") if number == "OLD7" else way.known.get(number)
    assert [one.visit_no for one in way.search("MZ100")] == ["MZ100", "MZ1001"]
    assert [one.visit_no for one in way.search("建国")] == ["MZ100", "MZ10", "MZ1001"]
    assert [one.visit_no for one in way.search(" OLD7 ")] == ["OLD7"]
    assert [one.visit_no for one in way.search("BA77")] == ["ZY1"]
    assert {one.visit_no for one in way.search("sxx")} == {"ZY1"}  # 单 as a surname is shan
    assert way.search("  ") == () and len(way.search("MZ1", 1)) == 1


def test_a_preview_shows_the_lines_of_the_first_visit_or_of_the_one_that_is_asked_for():
    way = Way(FIRST, SECOND)
    assert [line.visit_no for line in way.preview().lines] == ["MZ1"]
    found = way.preview("MZ2", limit=1)
    assert [line.visit_no for line in found.lines] == ["MZ2"]
    assert found.more and len(found.visits) == 1


# -- sheets


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u3000=1", "＝1", "＠a", "－2", "\r=1"]
)
def test_nothing_that_came_from_outside_computes(text):
    assert harmless(text).startswith("'")


def test_ordinary_words_and_our_own_numbers_stay_as_they_are(tmp_path):
    assert harmless("布洛芬 0.3g-24粒") == "布洛芬 0.3g-24粒"
    assert harmless("两\n行") == "两 行"
    path = tmp_path / "sheet.csv"
    write_sheet(path, [["甲", "=A1"], [Plain("-12.00"), 'a"b,c']])
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [["甲", "'=A1"], ["-12.00", 'a"b,c']]
    assert [one.name for one in tmp_path.iterdir()] == ["sheet.csv"]


def test_a_sheet_that_finds_no_place_leaves_nothing_behind(tmp_path):
    place = tmp_path / "taken.csv"
    place.mkdir()
    (place / "inside").touch()
    with pytest.raises(OSError):
        write_sheet(place, [["a"]])
    assert sorted(one.name for one in tmp_path.iterdir()) == ["taken.csv"]
