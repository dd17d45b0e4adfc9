"""A paged list is read whole or not at all: half a list proves nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.outcome import Accepted, NotSent, Rejected, Unknown
from core.service import pages as module
from core.service.pages import all_rows, read_whole

ASKED = {"begin": "20260302", "end": "20260303"}


class Road:
    """A centre whose list has these pages; an outcome stands for a page that failed."""

    def __init__(self, *pages):
        self.pages, self.asked = pages, []

    def travel(self, step, values, *, corrects="", blocks=True):
        self.asked.append((step, values["page"], corrects, blocks))
        assert {name: values[name] for name in ASKED} == ASKED
        page = self.pages[int(values["page"]) - 1]
        outcome = page if not isinstance(page, list) else Accepted(rows=tuple(page))
        return SimpleNamespace(outcome=outcome)


def page(*numbers, pages=1):
    return [{"n": number, "pages": pages} for number in numbers]


def test_every_page_is_asked_for_once_in_order_without_blocking_anybody():
    road = Road(page(1, 2, pages=3), page(3, 4, pages=3), page(5, pages="3"))
    rows = all_rows(road, "settlement_list", ASKED, "M1")
    assert [row["n"] for row in rows] == [1, 2, 3, 4, 5]
    assert road.asked == [("settlement_list", str(n), "M1", False) for n in (1, 2, 3)]


def test_an_empty_list_is_a_whole_one():
    road = Road([])
    outcome, rows = read_whole(road, "x", ASKED)
    assert isinstance(outcome, Accepted) and rows == []
    assert len(road.asked) == 1


def test_a_list_that_does_not_count_its_pages_has_one():
    assert all_rows(Road([{"n": 1}, {"n": 2}]), "x", ASKED) == [{"n": 1}, {"n": 2}]
    assert all_rows(Road([{"n": 1, "pages": None}]), "x", ASKED) is not None


@pytest.mark.parametrize(
    "failed", [Unknown("deadline", "x"), NotSent("offline", "x"), Rejected("-1", "x")]
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_page_that_failed_makes_nothing_of_the_others(failed, place):
    pages = [page(1, pages=3), page(2, pages=3), page(3, pages=3)]
    pages[place] = failed
    road = Road(*pages)
    assert read_whole(road, "x", ASKED) == (failed, None)
    assert len(road.asked) == place + 1, "nothing more is asked after a failure"


@pytest.mark.parametrize(
    "second",
    [
        [],  # nothing where there should be rows
        page(2, pages=4),  # the list grew meanwhile: rows may have moved between pages
        page(2, pages=1),
        page(2, pages="two"),
        [*page(2, pages=3), *page(3, pages=4)],
    ],
)
def test_a_list_that_changes_while_it_is_read_is_not_whole(second):
    outcome, rows = read_whole(Road(page(1, pages=3), second, page(3, pages=3)), "x", ASKED)
    assert isinstance(outcome, Accepted) and rows is None


@pytest.mark.parametrize("said", ["-1", "²", "1.0", "x", True])
def test_what_is_no_number_of_pages_is_no_list(said):
    assert all_rows(Road(page(1, pages=said)), "x", ASKED) is None


def test_pages_without_end_are_given_up(monkeypatch):
    monkeypatch.setattr(module, "MAX_PAGES", 3)
    road = Road(*[page(n, pages=99) for n in range(1, 9)])
    assert all_rows(road, "x", ASKED) is None and len(road.asked) == 3
    monkeypatch.setattr(module, "MAX_PAGES", 2)
    assert all_rows(Road(page(1, pages=2), page(2, pages=2)), "x", ASKED) is not None


def test_who_listens_hears_every_page_and_may_stop_before_the_next():
    heard, road = [], Road(page(1, pages=3), page(2, pages=3), page(3, pages=3))

    def listens(number, pages, rows):
        heard.append((number, pages, len(rows)))
        return number == 2

    outcome, rows = read_whole(road, "x", ASKED, heard=listens)
    assert isinstance(outcome, Accepted) and rows is None
    assert heard == [(1, 3, 1), (2, 3, 1)] and len(road.asked) == 2


def test_who_says_stop_at_the_last_page_has_it_whole_already():
    outcome, rows = read_whole(Road(page(1)), "x", ASKED, heard=lambda *given: True)
    assert isinstance(outcome, Accepted) and len(rows) == 1
