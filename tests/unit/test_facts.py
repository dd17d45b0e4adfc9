"""What the journal keeps of a message beside its text, so that a later look finds its way."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from core.centre.port import Header
from core.clock import CHINA
from core.service.facts import KEPT_FACTS, KEPT_WHOLE, facts_of, kept, visit_of

AT = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
HEAD = Header("M1", "20260302090000", "0101", "收费员", "S1")
ROWS = [
    {"visit_no": "V1", "rx_no": "R1", "line_id": "L1", "amount": 100, "name": "换药"},
    {"visit_no": "V1", "rx_no": "R1", "line_id": "short", "own_line_id": "long", "amount": 5},
]


def facts(step="upload_fees", rows=(), stay=False, **values):
    return facts_of(step, values, rows, HEAD, stay)


@pytest.mark.parametrize("name", KEPT_FACTS)
def test_a_fact_is_kept_where_it_says_something(name):
    assert facts(**{name: "x"}) == {name: "x"}
    assert facts(**{name: ""}) == facts(**{name: None}) == {}


def test_what_is_private_or_large_is_not_kept():
    given = {"visit_no": "V1", "id_no": "990101199001010016", "name": "沈建国", "password": "x"}
    assert facts(**given) == {}
    assert facts("settle", **given) == {"operator_name": "收费员", "sign_no": "S1"}


@pytest.mark.parametrize("step", sorted(KEPT_WHOLE))
def test_some_messages_are_kept_whole_but_for_their_files(step):
    found = facts(step, discharged_at=AT, reason="病情反复", attachments=[b"x" * 1000])
    assert found["given"] == {"discharged_at": AT.isoformat(), "reason": "病情反复"}


def test_lines_are_kept_by_their_own_ids_with_how_they_were_sent():
    first, second = facts(rows=ROWS)["lines"]
    assert first == {"rx_no": "R1", "line_id": "L1", "amount": 100}
    assert second == {"rx_no": "R1", "line_id": "long", "amount": 5, "sent_as": "short"}


def test_an_id_that_was_sent_as_it_is_needs_no_second_name():
    (one,) = facts(rows=[{**ROWS[0], "own_line_id": "L1"}])["lines"]
    assert "sent_as" not in one


def test_a_stay_and_who_signed_in_are_kept_for_money():
    found = facts("cancel_settlement", stay=True, bill_no="B1", sign_no="OTHER")
    assert found == {
        "stay": True, "bill_no": "B1", "sign_no": "S1", "operator_name": "收费员",
    }  # fmt: skip
    assert "stay" not in facts("settle")


def test_all_that_is_kept_can_be_written_as_json():
    found = facts("discharge", ROWS, begin=AT, end=AT, discharged_at=AT, total=1)
    assert json.loads(json.dumps(found)) == found
    assert found["begin"] == kept(AT) == "2026-03-02T09:00:00+08:00" and kept(7) == 7


def test_whose_message_it_is():
    assert visit_of({"visit_no": "V0"}, ROWS) == "V0"
    assert visit_of({}, ROWS) == visit_of({"visit_no": ""}, ROWS) == "V1"
    assert visit_of({}, ()) == visit_of({}, [{}]) == ""
    assert visit_of({"visit_no": 7}, ()) == "7"
