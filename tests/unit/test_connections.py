"""Ways to a hospital tried before they are saved, and what the hospital said while it is silent."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from core.clock import ManualClock
from core.domain import Registration
from core.errors import InvalidInput, SetupError
from core.his.connect import Place
from core.his.port import HospitalRefused
from core.secrets import GivenSecrets
from core.service.connections import Connections
from core.service.hospital_memory import MOST, Asked, Known, Remembered
from core.settings import load_settings, settings_file
from tests.helpers.his import VISIT, fee_line, rows_of, text_of

SQL = {"url": "sqlite:///his.db", "queries": {"waiting": "SELECT 1 AS visit_no, 'x' AS name"}}


class Kept(GivenSecrets):
    """A keyring that counts what it was told to keep."""

    def __init__(self, **known):
        super().__init__(**known)
        self.told = []

    def keep(self, name, value):
        self.told.append((name, value))
        super().keep(name, value)


@pytest.fixture
def secrets():
    return Kept()


@pytest.fixture
def ways(tmp_path, secrets):
    place = Place(home=tmp_path, data=tmp_path / "data", clock=ManualClock(), secrets=secrets)
    (tmp_path / "data").mkdir()
    return Connections(place)


def said(error):
    return [(one.field, one.text) for one in error.value.faults]


# -- saving


def test_a_way_is_saved_and_used_from_the_next_start(ways, tmp_path):
    before = ways.settings()
    after = ways.save("folder", {"path": "drop", "quiet_seconds": 9}, True)
    assert (before.use, after.use, after.folder.quiet_seconds) == ((), ("folder",), 9)
    assert load_settings(tmp_path).his == ways.settings() == after


def test_a_second_way_comes_behind_the_first_and_one_is_never_twice(ways):
    ways.save("sql", SQL, True)
    ways.save("folder", {"path": "drop"}, True)
    assert ways.save("sql", SQL, True).use == ("sql", "folder")
    assert ways.save("sql", SQL, False).use == ("folder",)
    assert ways.save("sql", SQL, False).use == ("folder",), "what is out of use stays saved"
    assert ways.settings().sql.queries == SQL["queries"]


def test_other_tables_and_the_comments_of_the_file_stay(ways, tmp_path):
    settings_file(tmp_path).write_text(
        '# 信息科 2026\n[hospital]\nname = "某医院"\n[his]\ntries = 7\n', "utf-8"
    )
    ways.save("folder", {"path": "drop"}, True)
    text = settings_file(tmp_path).read_text("utf-8")
    assert "# 信息科 2026" in text and tomllib.loads(text)["hospital"] == {"name": "某医院"}
    assert ways.settings().tries == 7


@pytest.mark.parametrize(
    ("name", "table", "field"),
    [
        ("folder", {"quiet_seconds": -1}, "quiet_seconds"),
        ("folder", {"most_mib": 65}, "most_mib"),
        ("folder", {"strange": 1}, "strange"),
        ("sql", {"rows": 0}, "rows"),
        ("sql", {"password": "geheim"}, "password"),
        ("sql", {"write": {"receipts": "a b"}}, "write.receipts"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(ways, secrets, tmp_path, name, table, field):
    with pytest.raises(InvalidInput) as caught:
        ways.save(name, table, True, {"his.sql": "geheim"})
    assert [where for where, _ in said(caught)] == [field]
    assert field in said(caught)[0][1]
    assert not settings_file(tmp_path).exists() and secrets.told == []


def test_every_wrong_field_is_named_at_once(ways):
    with pytest.raises(InvalidInput) as caught:
        ways.checked("folder", {"most_mib": 0, "most_rows": 0, "quiet_seconds": 601})
    assert {where for where, _ in said(caught)} == {"most_mib", "most_rows", "quiet_seconds"}


def test_a_settings_file_broken_by_hand_is_said_and_left_as_it_is(ways, tmp_path):
    settings_file(tmp_path).write_text("[his\n", "utf-8")
    with pytest.raises(SetupError, match=r"settings\.toml"):
        ways.save("folder", {"path": "drop"}, True)
    assert settings_file(tmp_path).read_text("utf-8") == "[his\n"


def test_passwords_go_to_the_keyring_and_never_into_the_file(ways, secrets, tmp_path):
    ways.save("sql", SQL, True, {"his.sql": "geheim"})
    assert secrets.told == [("his.sql", "geheim")] and secrets.read("his.sql") == "geheim"
    assert "geheim" not in settings_file(tmp_path).read_text("utf-8")


# -- trying


def test_a_trial_saves_nothing_and_leaves_the_file_to_the_hospital(ways, tmp_path):
    (tmp_path / "drop").mkdir()
    steps = ways.test("folder", {"path": "drop"})
    assert steps and all(step.good for step in steps)
    assert not settings_file(tmp_path).exists() and ways.settings().use == ()


def test_a_wrong_table_is_refused_before_anything_is_tried(ways):
    with pytest.raises(InvalidInput, match="most_rows"):
        ways.test("folder", {"path": "drop", "most_rows": "many"})
    with pytest.raises(InvalidInput, match="seconds"):
        ways.preview("sql", {**SQL, "seconds": 0})


def test_a_way_that_fails_is_closed_all_the_same(ways, monkeypatch):
    closed = []

    class Way:
        def test(self, *given):
            raise SetupError(())

        preview = test

        def close(self):
            closed.append(True)

    monkeypatch.setattr("core.service.connections.adapter", lambda *given: Way())
    for call in (ways.test, ways.preview):
        with pytest.raises(SetupError):
            call("folder", {"path": "drop"})
    assert closed == [True, True]


def test_a_typed_password_goes_before_the_kept_one_and_is_not_kept(ways, secrets, monkeypatch):
    secrets.keep("his.sql", "old")
    asked = []

    class Way:
        def __init__(self, place):
            asked.append(place.secrets.read("his.sql"))
            place.secrets.keep("his.sql", "other")

        def test(self):
            return ()

        def close(self):
            """Nothing."""

    monkeypatch.setattr("core.service.connections.adapter", lambda name, table, place: Way(place))
    ways.test("sql", SQL, {"his.sql": "typed"})
    ways.test("sql", SQL, {"his.sql": ""})
    ways.test("sql", SQL)
    assert asked == ["typed", "old", "old"]
    assert secrets.read("his.sql") == "old"


def test_a_preview_shows_lines_of_the_visit_asked_for_and_takes_no_file(ways, tmp_path):
    (tmp_path / "drop" / "in").mkdir(parents=True)
    path = tmp_path / "drop" / "in" / "a.csv"
    path.write_bytes(text_of(rows_of([fee_line(1), fee_line(2)])).encode("gbk"))
    shown = ways.preview("folder", {"path": "drop", "quiet_seconds": 0}, f" {VISIT} ")
    assert [line.line_id for line in shown.lines] == ["L0001", "L0002"]
    assert path.exists() and not settings_file(tmp_path).exists()


# -- what the hospital said last


class Hospital:
    """Two visits; counts how often it is asked, and may be away."""

    def __init__(self):
        self.asked, self.away = [], False

    def visit(self, visit_no):
        self._ask("visit", visit_no)
        return Registration(visit_no=visit_no, person_name=f"{len(self.asked)}")

    def fee_lines(self, visit_no):
        self._ask("lines", visit_no)
        return (fee_line(len(self.asked), visit_no=visit_no),)

    def _ask(self, kind, visit_no):
        if self.away:
            raise HospitalRefused(())
        self.asked.append((kind, visit_no))


@pytest.fixture
def memory():
    hospital, known = Hospital(), Known()
    asked = Asked(hospital, known)
    return hospital, asked, Remembered(asked, known)


def test_a_step_asks_anew_and_its_ending_is_shown_from_memory(memory):
    hospital, asked, remembered = memory
    assert asked.visit("V1").person_name == "1" and asked.visit("V1").person_name == "2"
    assert remembered.visit("V1").person_name == "2" and len(hospital.asked) == 2
    hospital.away = True
    assert remembered.visit("V1").person_name == "2"
    with pytest.raises(HospitalRefused):
        asked.visit("V1")


def test_what_was_never_said_is_asked_for_and_then_remembered(memory):
    hospital, _, remembered = memory
    first = remembered.fee_lines("V1")
    assert remembered.fee_lines("V1") == first and hospital.asked == [("lines", "V1")]
    hospital.away = True
    with pytest.raises(HospitalRefused):
        remembered.visit("V1")


def test_that_there_is_no_such_visit_is_an_answer_too():
    known, asked = Known(), []
    known.keep("visit", "V1", None)
    assert known.find("visit", "V1", asked.append) is None and asked == []


def test_a_failed_question_does_not_spoil_what_was_known(memory):
    hospital, asked, remembered = memory
    before = asked.fee_lines("V1")
    hospital.away = True
    with pytest.raises(HospitalRefused):
        asked.fee_lines("V1")
    assert remembered.fee_lines("V1") == before


def test_the_visits_longest_unused_are_forgotten(memory):
    hospital, asked, remembered = memory
    for n in range(MOST):
        asked.visit(f"V{n}")
        asked.fee_lines(f"V{n}")
    remembered.visit("V0")  # is used again
    asked.visit("NEW")
    hospital.asked.clear()
    remembered.visit("V0")
    remembered.visit(f"V{MOST - 1}")
    assert hospital.asked == []
    remembered.fee_lines("V0")
    assert hospital.asked == [("lines", "V0")]


def test_lines_and_visit_of_one_number_are_two_things(memory):
    _, asked, remembered = memory
    asked.visit("V1")
    (line,) = remembered.fee_lines("V1")
    assert line.price == Decimal("18.6") and remembered.visit("V1").visit_no == "V1"
