"""``gsdesk doctor``: one JSON array, 1 when something has failed, never a traceback."""

from __future__ import annotations

import json
import sqlite3

import pytest

from core.commands import doctor
from core.commands.main import main


def run(capsys, home, *words):
    """Exit code and standard output."""
    code = main(["--home", str(home), "doctor", *words])
    return code, capsys.readouterr().out


def test_as_json_it_is_an_array_of_name_state_says(tmp_path, capsys):
    code, out = run(capsys, tmp_path, "--json", "--no-centre")
    rows = json.loads(out)
    assert [set(row) for row in rows] == [{"name", "state", "says"}] * len(rows)
    assert {row["state"] for row in rows} <= {"ok", "warning", "failed"}
    assert code == any(row["state"] == "failed" for row in rows)
    assert {"settings", "journal", "disk"} <= {row["name"] for row in rows}


def test_for_people_it_is_one_line_a_check(tmp_path, capsys):
    _, out = run(capsys, tmp_path, "--no-centre")
    lines = out.splitlines()
    assert len(lines) == 12
    assert all(line.startswith("[") and "：" in line for line in lines)


def test_the_real_library_and_the_centre_are_asked(tmp_path, capsys):
    _, out = run(capsys, tmp_path, "--json", "--compare")
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["library"]["state"] == "ok"
    assert "64" in rows["library"]["says"] or "32" in rows["library"]["says"]
    assert rows["centre_clock"]["state"] == "ok"
    assert rows["comparison"]["state"] == "ok"


def test_a_damaged_journal_fails(tmp_path, capsys):
    run(capsys, tmp_path, "--no-centre")
    (tmp_path / "training" / "journal.db").write_bytes(b"spoilt" * 999)
    code, out = run(capsys, tmp_path, "--json", "--no-centre")
    rows = {row["name"]: row["state"] for row in json.loads(out)}
    assert code == 1
    assert rows["settling"] == "failed"


@pytest.mark.parametrize("text", ["[desk]\nnumber = 99\n", "[nonsense]\n", "not toml"])
def test_a_desk_that_cannot_be_opened_is_one_failed_check(tmp_path, capsys, text):
    (tmp_path / "settings.toml").write_text(text, "utf-8")
    code, out = run(capsys, tmp_path, "--json")
    (row,) = json.loads(out)
    assert (code, row["name"], row["state"]) == (1, "start", "failed")
    assert "settings.toml" in row["says"]


def test_a_home_that_is_no_folder_is_one_failed_check(tmp_path, capsys):
    (tmp_path / "home").write_text("a file in the way")
    code, out = run(capsys, tmp_path / "home", "--json")
    (row,) = json.loads(out)
    assert (code, row["name"], row["state"]) == (1, "start", "failed")


def test_a_journal_of_a_newer_program_is_one_failed_check(tmp_path, capsys):
    run(capsys, tmp_path, "--no-centre")
    conn = sqlite3.connect(tmp_path / "training" / "journal.db")
    conn.execute("PRAGMA user_version = 99")
    conn.close()
    (check,) = doctor.checks(tmp_path)
    assert check.state == "failed"
    assert "新版本" in check.says
