"""The port over a database: asking, searching, trying, previewing."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput, SetupError
from tests.helpers.hishouse import QUERIES, STATEMENTS
from tests.his.test_writing import connected

pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


def test_who_waits_and_who_it_is(house):
    hospital = house.desk.hospital
    first = hospital.waiting(1)[0]
    assert hospital.visit(first.visit_no) == first
    assert hospital.visit("NOBODY") is None
    assert hospital.fee_lines("NOBODY") == ()
    assert {line.visit_no for line in hospital.fee_lines(first.visit_no)} == {first.visit_no}
    assert hospital.records.record(first.visit_no)["chief_complaint"]
    assert not hospital.prompt


def test_searching(house):
    hospital = house.desk.hospital
    one = hospital.waiting()[0]
    for text in (one.visit_no, one.person_name, one.id_no, one.person_name[:2]):
        assert one.visit_no in [found.visit_no for found in hospital.search(text)], text
    assert hospital.search(" ") == () == hospital.search("%")
    assert len(hospital.search(one.person_name[0], limit=1)) <= 1


def test_wards(house):
    house.his.order("admit", now=house.world.clock.now().isoformat())
    hospital = house.desk.hospital
    stays = hospital.stays()
    assert len(stays) > 5
    admitted = [one.registration.admitted_at for one in stays]
    assert admitted == sorted(admitted)
    one = stays[0]
    number = one.registration.visit_no
    assert hospital.stay(number) == one
    assert hospital.visit(number) == one.registration
    lines = hospital.fee_lines(number)
    assert (len(lines), sum(line.amount for line in lines)) == (one.line_count, one.amount)


def test_what_the_day_end_compares(house):
    hospital, now = house.desk.hospital, house.world.clock.now()
    known = hospital.waiting()[0].visit_no
    assert hospital.postings.knows([known, "NOBODY"]) == {known}
    assert all(side.total >= side.fund for side in hospital.postings.settled(now, now))


def test_a_hospital_with_few_queries(house):
    few = {name: QUERIES[name] for name in ("waiting", "fee_lines")}
    with connected(house, queries=few) as hospital:
        one = hospital.waiting()[0]
        assert hospital.visit(one.visit_no) == one
        assert hospital.visit("NOBODY") is None
        assert hospital.stays() == () and hospital.stay("NOBODY") is None
        assert hospital.records is None
        assert not next(step for step in hospital.test() if "一次就诊" in step.title).good


def test_a_hospital_that_is_asked_nothing(house):
    with connected(house, queries={}) as hospital:
        assert hospital.waiting() == () and hospital.fee_lines("V1") == ()
        assert hospital.visit("V1") is None


def test_a_query_that_gives_somebody_else(house):
    wrong = {**QUERIES, "visit": QUERIES["visit"].replace("= :visit_no", "<> :visit_no")}
    number = house.desk.hospital.waiting()[0].visit_no
    with connected(house, queries=wrong) as hospital, pytest.raises(InvalidInput, match="要的是"):
        hospital.visit(number)


def test_the_test_button_says_everything_at_once(house):
    assert all(step.good for step in house.desk.hospital.test())
    broken = {**QUERIES, "visit": "DELETE FROM bill WHERE visit_id = :visit_no",
              "stays": "SELECT nothing FROM nowhere"}  # fmt: skip
    told = {"on": True, "statements": {**STATEMENTS, "settle": "UPDATE bill SET flag_insu = 1"}}
    with connected(house, queries=broken, write=told) as hospital:
        steps = hospital.test()
    wrong = [step.title for step in steps if not step.good]
    assert len(wrong) == 3 and len(steps) == 9
    assert "没有按就诊号" in steps[-1].says


def test_a_way_that_is_shut_ends_the_test(house, tmp_path):
    with connected(house, url=f"sqlite:///{tmp_path / 'nowhere.db'}") as hospital:
        (only,) = hospital.test()
    assert not only.good and "连不上" in only.says
    assert not (tmp_path / "nowhere.db").exists()


def test_a_preview_shows_rows_and_what_each_column_became(house):
    number = house.desk.hospital.waiting()[1].visit_no
    found = house.desk.hospital.preview(number, limit=3)
    assert len(found.visits) == len(found.lines) == 3 and found.more
    assert {line.visit_no for line in found.lines} == {number}
    assert dict(found.mapping)["amount"] == "money" and "money" in found.headers
    odd = connected(house, columns={"fee_lines": {"amount": "nothing"}})
    with odd as hospital, pytest.raises(InvalidInput, match="nothing"):
        hospital.preview(number)


def test_a_file_that_is_no_database(house, tmp_path):
    path = tmp_path / "his.db"
    path.write_bytes(b"no database at all" * 100)
    with connected(house, url=f"sqlite:///{path}") as hospital, pytest.raises(SetupError):
        hospital.waiting()
