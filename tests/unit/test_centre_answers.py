"""Fund state, sums of a year, open admissions, code tables, and persons by number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from core.errors import InvalidInput, Refused
from core.outcome import Accepted, Rejected
from core.simulator.world import persons
from tests.helpers import stays
from tests.helpers.inprocess import World

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("answers"), "gd")


@pytest.fixture(scope="module")
def desk(world: World) -> Iterator[Any]:
    with world.desk() as made:
        yield made


@pytest.fixture(scope="module")
def person(desk: Any) -> Any:
    known = next(item for item in persons() if item.name == stays.SHORT)
    outcome, found = desk.identify.by_number("social_no", known.id_no, stay=True)
    assert isinstance(outcome, Accepted), outcome
    return found


def test_a_person_by_each_kind_of_number(desk, person):
    for kind in ("computer_no", "social_no"):
        number = person.number if kind == "computer_no" else person.id_no
        outcome, found = desk.identify.by_number(kind, f" {number} ")
        assert isinstance(outcome, Accepted) and found.name == person.name
    assert desk.identify.last_person().name == person.name
    outcome, nobody = desk.identify.by_number("social_no", "990000")
    assert isinstance(outcome, Rejected) and nobody is None


@pytest.mark.parametrize(("kind", "number"), [("card", "1"), ("hair", "1"), ("social_no", " ")])
def test_what_names_nobody_is_not_asked(desk, kind, number):
    with pytest.raises(Refused):
        desk.identify.by_number(kind, number)


def test_the_fund_of_a_person(desk, person):
    answer = desk.answers.fund_state(person.number, DAY, DAY + timedelta(days=1))
    assert isinstance(answer.outcome, Accepted)
    assert [(row.fund, row.frozen) for row in answer.rows] == [("501", False)]
    assert answer.rows[0].name and answer.rows[0].state


def test_the_sums_of_a_year_are_facts_by_the_profiles_labels(desk, person):
    visit_no = stays.settled(desk, stays.SHORT)
    paid = desk.visits.read(visit_no).settlement.amounts
    year = desk.clock.now().year
    answer = desk.answers.accumulated(person.number, person.region, year)
    assert isinstance(answer.outcome, Accepted)
    facts = {fact.name: fact.value for row in answer.rows for fact in row}
    assert facts["total"].replace(",", "") == f"{paid.total // 100}.{paid.total % 100:02}"
    assert {fact.label for row in answer.rows for fact in row} >= {"保险年度", "医疗总费用"}
    long_ago = desk.answers.accumulated(person.number, person.region, 2001)
    assert {fact.value for row in long_ago.rows for fact in row} & {"0.00", "0"}


def test_an_open_admission_says_whose_it_is(desk, world):
    known = next(item for item in persons() if item.name == stays.TODAY)
    _, there = desk.identify.by_number("social_no", known.id_no, stay=True)
    assert desk.answers.open_admissions(there.number).rows == ()
    visit_no = stays.admitted(desk, stays.TODAY)
    [ours] = desk.answers.open_admissions(there.number).rows
    assert ours.ours == visit_no and ours.here and "本院" in ours.why
    assert ours.admitted_on and ours.centre_visit_no


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [(lambda it: it.fund_state(" ", DAY, DAY), Refused),
     (lambda it: it.fund_state("1", DAY, DAY - timedelta(days=1)), InvalidInput),
     (lambda it: it.accumulated("1", "", 2026), Refused),
     (lambda it: it.accumulated("1", "990100", 26), InvalidInput),
     (lambda it: it.open_admissions(""), Refused)],
)  # fmt: skip
def test_half_a_question_is_not_asked(desk, ask, refusal):
    with pytest.raises(refusal):
        ask(desk.answers)


def test_a_refused_question_has_no_rows(desk):
    answer = desk.answers.fund_state("nobody", DAY, DAY)
    assert isinstance(answer.outcome, Rejected) and answer.rows == ()


class TestCodeTables:
    def test_all_tables_are_kept_with_their_age(self, desk, world):
        outcome, tables = desk.code_tables.fetch()
        assert isinstance(outcome, Accepted) and len(tables) > 5
        assert desk.code_tables.tables() == tuple(sorted(tables, key=lambda item: item.kind))
        kinds = next(item for item in tables if item.kind == "aka130")
        assert (kinds.version, kinds.days) == (1, 0) and kinds.name and kinds.count == 2
        words = {row.code: row.name for row in desk.code_tables.rows("aka130")}
        assert words == {"41": "工伤门诊", "42": "工伤住院"}
        assert not any(row.new for row in desk.code_tables.rows("aka130"))

    def test_the_same_again_is_only_younger(self, desk, world):
        world.clock.advance(3 * 86_400)
        before = {item.kind: item for item in desk.code_tables.tables()}
        assert before["aka130"].days == 3
        _, [again] = desk.code_tables.fetch("aka130")
        assert (again.version, again.days) == (1, 0)

    def test_what_changed_is_a_version_and_new_codes_are_marked(self, desk, monkeypatch):
        table = desk.code_tables

        def travel(step: str, values: Any, **more: Any) -> Any:
            rows = [
                {"table": "aka130", "table_name": "业务类型", "code": code, "word": word}
                for code, word in (("41", "工伤门诊"), ("42", "住院"), ("43", "新增"))
            ]
            broken = {"table": "", "code": "1"}
            done = type("Done", (), {"outcome": Accepted({}, (*rows, broken))})
            return done()

        monkeypatch.setattr(table._road, "travel", travel)
        _, [changed] = table.fetch("aka130")
        assert (changed.version, changed.added, changed.changed) == (2, 1, 1)
        assert [row.code for row in table.rows("aka130") if row.new] == ["43"]

    def test_a_refusal_keeps_nothing(self, desk, world):
        before = desk.code_tables.tables()
        outcome, tables = desk.code_tables.fetch("no such table")
        assert tables == () and desk.code_tables.tables() == before
        assert not isinstance(outcome, type(None))
