"""The samples in ``resources/samples`` are read as the cashier would expect."""

import hashlib

import pytest

from core.his.checks import LineRule, check_lines
from core.his.importer import FeeImporter, ImportPreview
from tests.helpers.his import SAMPLES, VISIT

GOOD = {
    "gbk_own_headers.csv": ("gbk", ",", 25),
    "utf8_bom_semicolon.csv": ("utf-8-sig", ";", 33),
    "gb18030_tab_fullwidth.txt": ("gb18030", "\t", 18),
    "title_and_sum.xlsx": ("workbook", "", 28),
    "lines_250.csv": ("gbk", ",", 250),
}


@pytest.fixture
def sample(tmp_path):
    def read(name: str, visit_no: str = VISIT) -> ImportPreview:
        return FeeImporter(tmp_path).preview(SAMPLES / name, visit_no)

    return read


def test_every_sample_is_tested() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == {
        *GOOD,
        "faulty_lines.csv",
        "two_visits.csv",
    }


@pytest.mark.parametrize("name", GOOD)
def test_good_samples_are_usable_to_the_last_line(sample, name: str) -> None:
    found = sample(name)
    assert (found.encoding, found.delimiter, len(found.lines)) == GOOD[name]
    assert found.usable and not found.faulty
    assert check_lines(found.lines, LineRule()) == ()
    assert found.total == sum(line.amount for line in found.lines) > 0


@pytest.mark.parametrize("name", GOOD)
def test_reading_twice_gives_the_same_lines(sample, name: str) -> None:
    assert sample(name).lines == sample(name).lines


def test_refunds_are_negative_and_name_their_original(sample) -> None:
    back = [line for line in sample("gbk_own_headers.csv").lines if line.quantity < 0]
    assert len(back) == 1 and back[0].amount < 0 and back[0].ref_line_id
    marked = [line for line in sample("utf8_bom_semicolon.csv").lines if line.quantity < 0]
    assert len(marked) == 2 and all(line.amount < 0 < line.price for line in marked)


def test_thousands_are_read(sample) -> None:
    assert any(line.amount >= 100_000 for line in sample("gbk_own_headers.csv").lines)


def test_the_stated_sums_agree(sample) -> None:
    for name in ("gb18030_tab_fullwidth.txt", "title_and_sum.xlsx"):
        found = sample(name)
        assert found.stated_total == found.total
        assert "import.remark.sum" not in [fault.key for fault in found.remarks]


def test_a_character_beyond_gbk_survives(sample) -> None:
    assert any("㛃" in line.name for line in sample("gb18030_tab_fullwidth.txt").lines)


def test_made_ids_are_the_same_everywhere(sample) -> None:
    ids = "".join(line.line_id for line in sample("gb18030_tab_fullwidth.txt").lines)
    assert hashlib.sha256(ids.encode()).hexdigest()[:16] == "907bf34df1456cc0"


def test_a_visit_is_picked_out_of_two(sample) -> None:
    assert sample("two_visits.csv", "").visits == ("MZ202503030907", "MZ202503030908")
    found = sample("two_visits.csv", "MZ202503030908")
    assert (len(found.lines), found.elsewhere, found.usable) == (8, 12, True)


def test_a_sample_without_visit_numbers_asks_for_one(sample) -> None:
    found = sample("lines_250.csv", "")
    assert found.missing == ("visit_no",) and not found.lines


def test_all_lines_of_strangers_are_left(sample) -> None:
    found = sample("two_visits.csv", VISIT)
    assert (found.lines, found.elsewhere, found.usable) == ((), 20, False)


def test_every_faulty_line_of_the_faulty_sample(sample) -> None:
    found = sample("faulty_lines.csv")
    rows = [(each.row_number, [fault.key[7:] for fault in each.faults]) for each in found.faulty]
    assert rows == [
        (3, ["cell.number"]), (4, ["cell.empty"]), (5, ["row.amount"]), (6, ["cell.no_such_day"]),
        (7, ["cell.moment"]), (8, ["row.twice"]), (9, ["cell.four_places"]), (10, ["cell.flag"]),
        (11, ["row.no_quantity"]), (12, ["cell.digits_lost"]), (13, ["row.too_wide"]),
        (14, ["cell.empty"]), (15, ["cell.two_places"]),
    ]  # fmt: skip
    assert len(found.lines) == 3 and not found.usable
