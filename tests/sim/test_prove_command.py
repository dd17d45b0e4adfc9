"""``gsdesk prove`` as people and programs call it."""

from __future__ import annotations

import json

from core.commands.main import main
from tests.sim.breakages import BREAKAGES

SMALL = ["--flow", "settle", "--faults", "1", "--only", "reply_lost,die"]


def test_it_counts_and_ends_with_0(capsys):
    assert main(["prove", *SMALL, "--json"]) == 0
    [shown] = json.loads(capsys.readouterr().out)
    assert (shown["flow"], shown["wrong"], shown["complete"]) == ("settle", 0, True)
    assert shown["runs"] == shown["closed"] == 1 + sum(shown["faults"].values())
    assert shown["faults"]["reply_lost"] == 1 and shown["failed"] == []


def test_it_says_the_same_to_people(capsys):
    assert main(["prove", *SMALL]) == 0
    said = capsys.readouterr().out
    assert "错误 0" in said and "reply_lost 1" in said


def test_a_wrong_run_ends_with_1_and_names_the_command_that_replays_it(capsys, monkeypatch):
    BREAKAGES["exception means failed"](monkeypatch)
    assert main(["prove", *SMALL]) == 1
    said = capsys.readouterr().out
    command = next(line for line in said.splitlines() if "gsdesk prove" in line)
    words = command.partition("gsdesk ")[2].replace('"', "").split()
    assert main([*words, "--json"]) == 1
    [again] = json.loads(capsys.readouterr().out)
    assert again["failed"][0]["story"] == ["settle: reply_lost"]


def test_one_seed_replays_one_run(capsys):
    assert main(["prove", "--flow", "cancel", "--seed", "4", "--json"]) == 0
    [shown] = json.loads(capsys.readouterr().out)
    assert shown["runs"] == 1


def test_time_that_is_over_is_said(capsys):
    assert main(["prove", "--flow", "settle", "--faults", "3", "--seconds", "0.01"]) == 0
    assert "没有跑完" in capsys.readouterr().out


def test_a_list_that_cannot_be_read_is_said(capsys):
    assert main(["prove", "--flow", "settle", "--choices", "3:die"]) == 2
    assert "3:die" in capsys.readouterr().err
    assert main(["prove", "--choices", "3=die"]) == 2
    assert "--flow" in capsys.readouterr().err
