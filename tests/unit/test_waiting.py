"""Who waits: how far each is at the centre, whom letters mean, and a hospital that is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.clock import ManualClock
from core.domain import Registration, Stage
from core.errors import SetupError, fault
from core.service.waiting import MOST, WaitingRow, matches
from gui.screens.outpatient.waiting import Waiting, short_id, state_of
from tests.helpers.flows import brought, do
from tests.helpers.inprocess import World


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Any]:
    with World(tmp_path / "home").desk() as made:
        yield made


def row(number: str = "MZ1", name: str = "贺喆堃", **more: Any) -> WaitingRow:
    known = Registration(visit_no=number, person_name=name, **more)
    return WaitingRow(registration=known, stage=Stage.NEW)


def test_todays_visits_with_how_far_they_are(desk: Any) -> None:
    before = desk.waiting.rows()
    assert before and {one.stage for one in before} == {Stage.NEW}
    number = brought(desk, "upload_fees")
    found = {one.registration.visit_no: one for one in desk.waiting.rows()}
    assert found[number].stage is Stage.REGISTERED
    assert len(desk.waiting.rows(2)) == 3  # one more says that there are more


def test_what_is_settled_waits_no_more_even_before_the_hospital_knows(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = brought(desk, "settle")
    everybody = desk.hospital.waiting()
    do(desk, "settle", number)
    monkeypatch.setattr(desk.hospital, "waiting", lambda limit: everybody)
    assert number not in {one.registration.visit_no for one in desk.waiting.rows()}
    assert desk.waiting.search(number)[0].stage is Stage.SETTLED


@pytest.mark.parametrize(
    "text", ["MZ1", "mz", "贺", "hzk", "h", "骨科", "章", "1030", "990101", "990101197803141030"]
)
def test_whom_letters_mean(text: str) -> None:
    one = row(dept_name="骨科门诊", doctor_name="章远志", id_no="990101197803141030")
    assert matches(one, text)
    for other in ("xx", "030", "内科", "MZ2"):
        assert not matches(one, other)


def test_an_identity_number_shows_its_ends_only() -> None:
    assert short_id("990101197803141030") == "990101****1030"
    assert short_id("12345") == "*****" and short_id("") == ""


# -- the presenter


class PageOfTest:
    """Runs work when it is told to."""

    def __init__(self) -> None:
        self.works: list[Any] = []
        self.refreshed = 0

    def run(self, work: Any) -> bool:
        self.works.append(work)
        return True

    def refresh(self) -> None:
        self.refreshed += 1

    def do(self) -> None:
        work = self.works.pop(0)
        try:
            value = work.call()
        except SetupError as error:
            work.failed(error)
        else:
            work.done(value)


def sit(*rows: WaitingRow) -> tuple[Waiting, PageOfTest, Any]:
    room = SimpleNamespace(rows=lambda: rows, search=lambda text: ())
    desk = SimpleNamespace(waiting=room, clock=ManualClock())
    page = PageOfTest()
    waiting = Waiting(desk, page)
    waiting.load()
    page.do()
    return waiting, page, desk


def away() -> Any:
    raise SetupError(fault("hospital.unreadable", path="HIS", error="timeout"))


def test_a_hospital_that_is_away_leaves_what_was_read_and_says_since_when() -> None:
    waiting, page, desk = sit(row())
    assert waiting.remark() == "" and "1" in waiting.headline("")
    desk.waiting.rows = away
    desk.clock.advance(300)
    waiting.load()
    page.do()
    assert waiting.rows == (row(),)
    assert "09:00" in waiting.remark() and "5" in waiting.remark() and "timeout" in waiting.remark()
    desk.waiting.rows = lambda: ()
    waiting.load()
    page.do()
    assert waiting.remark() == "" and waiting.rows == ()


def test_a_hospital_that_was_never_there_says_only_why() -> None:
    desk = SimpleNamespace(waiting=SimpleNamespace(rows=away), clock=ManualClock())
    page = PageOfTest()
    waiting = Waiting(desk, page)
    first = waiting.headline("")
    waiting.load()
    page.do()
    assert waiting.headline("") != first and "timeout" in waiting.remark()


def test_one_reading_at_a_time() -> None:
    waiting, page, _ = sit()
    waiting.load()
    waiting.load()
    assert len(page.works) == 1


def test_a_number_stands_first_and_more_than_fit_are_said() -> None:
    many = [row(f"MZ{n}") for n in range(MOST + 1)]
    waiting, _, _ = sit(*many)
    assert len(waiting.shown("")) == MOST and str(MOST) in waiting.headline("")
    assert waiting.shown("MZ1")[0].registration.visit_no == "MZ1"
    assert waiting.shown("MZ200")[0].registration.visit_no == "MZ200"  # beyond what is listed
    assert state_of(many[0].model_copy(update={"open_msgid": "M"})) != state_of(many[0])


def test_nobody_waiting_fits_and_the_hospital_is_asked_once() -> None:
    waiting, page, desk = sit(row())
    asked: list[str] = []
    desk.waiting.search = lambda text: asked.append(text) or (row("ZY9", "某乙"),)
    for text in ("h", "hzk", "z", "zy9", "zy9"):
        waiting.seek(text)
    assert len(page.works) == 1
    page.do()
    assert asked == ["zy9"]
    assert [one.registration.visit_no for one in waiting.shown("zy9")] == ["ZY9"]
    assert waiting.shown("zy") == ()


def test_a_late_answer_to_earlier_letters_is_left_alone() -> None:
    waiting, page, desk = sit(row())
    desk.waiting.search = lambda text: (row(text.upper(), "某丙"),)
    waiting.seek("zy1")
    waiting.seek("zy12")
    late = page.works.pop(0)
    page.do()
    late.done(late.call())
    assert [one.registration.visit_no for one in waiting.shown("zy12")] == ["ZY12"]
    assert waiting.shown("zy1") == ()
