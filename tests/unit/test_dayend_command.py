"""``gsdesk dayend``: sums, classes, proposals and an exit code for scripts."""

from __future__ import annotations

import json

import pytest

from core.commands import dayend
from core.commands.main import main
from core.domain.dayend import Proposal
from tests.helpers import flows
from tests.helpers.inprocess import World


@pytest.fixture
def world(tmp_path, monkeypatch):
    """The command opens the desk of this world."""
    made = World(tmp_path / "home")
    monkeypatch.setattr("core.app.open_desk", lambda home: made.desk())
    return made


def command(world, capsys, *words):
    """Exit code, standard output, standard error."""
    capsys.readouterr()
    code = main(["--home", str(world.home), "dayend", *words])
    return code, *capsys.readouterr()


def test_an_equal_day_ends_with_nothing(world, capsys):
    with world.desk() as desk:
        visit = flows.settled(desk)
        total = desk.history.settlements(visit)[0].amounts.total
    code, out, _ = command(world, capsys, "--json")
    found = json.loads(out)
    assert code == dayend.EQUAL
    assert found["equal"] is True
    assert (found["ours"]["total"], found["centre"]["total"]) == (total, total)
    assert found["classes"]["matched"] == 1
    assert found["pairs"] == []
    assert [part["key"] for part in found["by_operator"]] == ["0101"]
    code, out, _ = command(world, capsys)
    assert (code, out.splitlines()[0]) == (0, "平\t2026-03-02")


def test_a_day_that_differs_names_classes_and_proposals(world, capsys):
    with world.desk() as desk:
        world.order("LOSE", visit=flows.settled(desk))
    code, out, _ = command(world, capsys, "--json")
    found = json.loads(out)
    (pair,) = found["pairs"]
    assert code == dayend.DIFFERS
    assert (pair["class"], pair["proposal"]) == ("hospital_only", str(Proposal.SETTLE_AGAIN))
    assert (pair["centre"], pair["journal"]["state"]) == (None, "settled")
    assert "person_name" not in pair["journal"]
    assert pair["difference"] == found["ours"]["total"]
    code, out, _ = command(world, capsys)
    assert code == dayend.DIFFERS
    assert "不平" in out
    assert "重新结算" in out.splitlines()[-1]


def test_sums_may_be_equal_and_a_pair_still_wait(world, capsys):
    with world.desk() as desk:
        visit = flows.settled(desk)
        world.order("MOVE", visit=visit, seconds=-24 * 3600)
        other = flows.settled(desk)
        world.order("SHIFT", visit=other, fen=desk.history.settlements(visit)[0].amounts.total)
    code, out, _ = command(world, capsys, "--json")
    assert code == dayend.DIFFERS
    assert {pair["class"] for pair in json.loads(out)["pairs"]} == {
        "amount_differs", "across_midnight",
    }  # fmt: skip


def test_another_day_and_another_operator_have_sums_of_their_own(world, capsys):
    with world.desk() as desk:
        flows.settled(desk)
    for words in (("--date", "2026-03-01"), ("--operator", "9999")):
        code, out, _ = command(world, capsys, "--json", *words)
        found = json.loads(out)
        assert (code, found["ours"]["count"], found["listed"]) == (0, 0, 0)


@pytest.mark.parametrize("text", ["gestern", "2026-13-01", "20260301"])
def test_a_date_that_is_none_is_a_sentence(world, capsys, text):
    code, _, error = command(world, capsys, "--date", text)
    assert code == 2
    assert text in error


@pytest.mark.parametrize(
    ("kind", "step", "wanted"),
    [
        ("request_lost", "totals", 3),
        ("refuse", "totals", 1),
        ("request_lost", "settlement_list", 3),
    ],
)
def test_a_centre_that_does_not_answer_ends_as_call_does(world, capsys, kind, step, wanted):
    with world.desk() as desk:
        flows.settled(desk)
        world.fault(kind, desk.centre.rule(step).code)
    code, out, error = command(world, capsys)
    assert (code, out) == (wanted, "")
    assert "中心" in error


def test_what_was_not_sent_is_said_so(world, capsys):
    with world.desk():
        world.gateway.unsent = True
    code, _, error = command(world, capsys)
    assert code == 4
    assert "请稍后" in error
