"""What gsdesk bench measures of painting: the desk's widgets do the same as the bare ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit

from core.bench import codelist, window
from core.bench.codelist import LIST, WORDS
from gui import benchmark, benchmark_painting

KEYS = sum(map(len, WORDS))


@pytest.fixture
def small(monkeypatch) -> None:
    """Little of everything: how long it takes is not what is tested."""
    monkeypatch.setattr(benchmark_painting, "LINES", 300)
    monkeypatch.setattr(benchmark_painting, "PAGES", 3)
    monkeypatch.setattr(benchmark_painting, "loaded", lambda home: codelist.loaded(home, count=400))


def test_the_list_is_long_and_every_code_its_own() -> None:
    rows = codelist.entries(2000)
    assert len({row.code for row in rows}) == 2000 and all(row.name for row in rows)
    assert len(codelist.entries(codelist.ROWS)) == codelist.ROWS


def test_the_list_is_loaded_and_finds(tmp_path: Path) -> None:
    catalogue = codelist.loaded(tmp_path, count=500)
    assert catalogue.find(LIST, "lggz") and catalogue.find(LIST, "S00.0")
    catalogue.store.close()


def test_every_key_is_measured_and_the_slowest_is_told(dressed, small, tmp_path: Path) -> None:
    for told in (
        benchmark_painting.typing_desk(2, tmp_path), benchmark_painting.typing_bare(2)
    ):  # fmt: skip
        assert len(told["slowest"]) == 1 and told["slowest"][0] > 0


def test_each_key_counts_at_its_best() -> None:
    assert benchmark_painting._slowest([[1.0, 9.0, 2.0], [5.0, 3.0, 4.0]]) == [3.0]


def test_keys_arrive_and_hits_are_painted(dressed, qtbot) -> None:
    line = QLineEdit()
    host = benchmark_painting._shown(line)
    qtbot.addWidget(host)
    times = benchmark_painting._typed(line, line.repaint, host)
    assert len(times) == KEYS and line.text() == WORDS[-1]


def test_a_long_table_is_painted_and_scrolled(dressed, small) -> None:
    for told in (benchmark_painting.table_desk(2), benchmark_painting.table_bare(2)):
        assert len(told["first"]) == len(told["page"]) == 2
        assert min(told["first"] + told["page"]) > 0


def test_a_child_tells_one_line(monkeypatch, capsys) -> None:
    monkeypatch.setattr(benchmark_painting, "table_bare", lambda rounds: {"first": [rounds]})
    monkeypatch.setattr("sys.argv", ["benchmark", "table-bare", "--rounds", "4"])
    assert benchmark.main() == 0
    assert capsys.readouterr().out == '{"first": [4]}\n'


@pytest.mark.parametrize(
    ("measure", "name", "aims_at"),
    [
        (window.search, window.SEARCH, "value"),
        (window.fee_table, window.TABLE, "ratio"),
        (window.fee_page, window.PAGE, "ratio"),
    ],
)
def test_the_lines_of_the_benchmark(monkeypatch, tmp_path: Path, measure, name, aims_at) -> None:
    def child(seconds: float, which: str, *more: str) -> dict[str, list[float]]:
        ms = 8.0 if which.endswith("desk") else 4.0
        return {"slowest": [ms], "first": [ms], "page": [ms]}

    monkeypatch.setattr(window, "_child", child)
    found = measure(tmp_path, True)
    assert (found.name, found.value, found.floor, found.ratio) == (name, 8.0, 4.0, 2.0)
    assert found.aims_at == aims_at and found.reached
