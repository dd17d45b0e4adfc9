"""``gsdesk codes``: exit codes, one JSON value, every faulty row told; the window may be open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.commands.main import main
from tests.helpers.codes import write_csv


@pytest.fixture
def run(tmp_path: Path, capsys):
    """Run ``gsdesk codes`` in a home of its own; gives code, output and complaints."""

    def call(*words: str) -> tuple[int, str, str]:
        code = main(["--home", str(tmp_path / "home"), "codes", *words])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(
        write_csv(tmp_path / "icd.csv", "诊断编码,诊断名称", "S52.500,桡骨骨折", "S42.000,锁骨骨折")
    )


def test_import_and_list(run, file: str) -> None:
    code, out, err = run("import", file, "--list", "diagnosis", "--valid-from", "2026-01-01")
    assert (code, err) == (0, "") and "第 1 版" in out and "2 行" in out
    code, out, _ = run("list", "--json")
    (version,) = json.loads(out)
    assert version["valid_from"] == "2026-01-01" and version["rows"] == 2
    assert version["list"] == "diagnosis" and len(version["sha256"]) == 64
    code, out, _ = run("list")
    assert code == 0 and out.startswith("diagnosis\t1\t")


def test_nothing_imported_yet(run) -> None:
    assert run("list") == (0, "还没有导入任何目录。\n", "")
    assert json.loads(run("list", "--json")[1]) == []


def test_the_version_as_json(run, file: str) -> None:
    code, out, _ = run("import", file, "--list", "diagnosis", "--json")
    answer = json.loads(out)
    assert code == 0 and answer["version"]["number"] == 1 and answer["faults"] == []


def test_the_same_again_is_refused(run, file: str) -> None:
    run("import", file, "--list", "diagnosis")
    code, out, err = run("import", file, "--list", "diagnosis")
    assert (code, out) == (2, "") and "完全相同" in err


def test_wrong_rows_are_told_one_by_one(run, tmp_path: Path) -> None:
    path = str(write_csv(tmp_path / "bad.csv", "编码,名称", "A,甲", ",乙", "A,丙"))
    code, _, err = run("import", path, "--list", "item")
    assert code == 2 and "第 3 行" in err and "第 4 行" in err and "2 行有问题" in err
    code, out, _ = run("import", path, "--list", "item", "--json")
    answer = json.loads(out)
    assert code == 2 and answer["version"] is None
    assert [row["row"] for row in answer["faults"]] == [3, 4, 0]
    code, out, _ = run("import", path, "--list", "item", "--skip-wrong", "--json")
    assert code == 0 and json.loads(out)["version"]["rows"] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--list", "diagnosis", "--valid-from", "昨天"), "昨天"),
        (("--list", "department"), "没有哪一列对应「编码」"),
    ],
)
def test_days_and_lists(run, file: str, words: tuple[str, ...], says: str) -> None:
    code, out, err = run("import", file, *words)
    assert (code, out) == (2, "") and err.count(says) == 1


def test_a_file_that_is_not_there(run) -> None:
    code, _, err = run("import", "nowhere.csv", "--list", "item")
    assert code == 2 and "nowhere.csv" in err


def test_a_strange_list_is_usage(run, file: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run("import", file, "--list", "bones")
    assert ended.value.code == 2
