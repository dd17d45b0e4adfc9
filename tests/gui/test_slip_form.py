"""The hospital's own form laid over the shipped one: what differs, and what is wrong with it."""

from __future__ import annotations

import pytest

from core.errors import SetupError
from core.settings import PrinterSettings
from gui import printing
from gui.slip_form import forms, sections
from tests.helpers import flows
from tests.helpers.inprocess import World
from tests.helpers.paper import sheets


@pytest.fixture
def lay(tmp_path):
    """Writes the home's ``slip.toml`` and gives the forms as this home has them."""

    def write(text, encoding="utf-8"):
        (tmp_path / "slip.toml").write_text(text, encoding)
        return forms(tmp_path)

    return write


def test_the_papers_are_those_of_the_settings():
    assert set(forms()) == set(PrinterSettings.model_fields["paper"].annotation.__args__)


def test_without_a_file_the_shipped_forms_count(tmp_path):
    assert forms(tmp_path) == forms()


def test_only_what_differs_is_written(lay):
    found = lay("[A5]\nmargin = 12\nsize = 8\n")
    assert (found["A5"].margin, found["A5"].size) == (12, 8)
    assert found["A5"].head == forms()["A5"].head
    assert found["A4"] == forms()["A4"]


def test_a_file_of_a_windows_editor_is_read(lay):
    assert lay("[A5]\nmargin = 12\n", "utf-8-sig")["A5"].margin == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[A6]\nmargin = 1\n", ["A6", "A5 · A4 · roll"]),
        ("margin = 1\n", ["margin", "A4"]),
        ("[A5]\nmargins = 1\n", ["A5.margins"]),
        ("[A5]\nmargin = 90\n", ["A5.margin", "40"]),
        ("[A5]\nmargin = 'wide'\n", ["A5.margin"]),
        ("[A5]\ngrid = [50]\n", ["A5.grid"]),
        ("[A5]\ngrid = [50, 0]\n", ["A5.grid.1"]),
        ("[A5]\ngrid = [30, 30, 40]\nhead = []\nparts = 1\n", ["A5", "3 列"]),
        ("[A5]\nparts = 4\n", ["A5", "6 列"]),
        ('[A5]\nhead = [["name", "sex", "age", "id_no"]]\n', ["name sex age id_no", "6 列"]),
        ('[A5]\nhead = [["nmae"]]\n', ["A5", "nmae"]),
        ('[A5]\nhead = [["name:wide"]]\n', ["name:wide"]),
        ('[A5]\nhead = [["name:0"]]\n', ["name:0"]),
        ("[A5\n", ["slip.toml"]),
    ],
)
def test_a_mistake_is_a_sentence_that_names_it(lay, text, said):
    with pytest.raises(SetupError) as caught:
        lay(text)
    assert [part for part in [*said, "slip.toml"] if part not in str(caught.value)] == []


def test_all_mistakes_of_a_paper_are_named_at_once(lay):
    with pytest.raises(SetupError) as caught:
        lay("[A5]\nmargin = 90\nsize = 1\nrow = 'x'\n")
    assert len(caught.value.faults) == 3


@pytest.fixture
def desk(tmp_path, qapp):
    with World(tmp_path / "desk").desk() as made:
        yield made


def test_the_slip_is_printed_by_the_hospitals_form(desk):
    paid = desk.visits.read(flows.settled(desk)).settlement.msgid
    (desk.home / "slip.toml").write_text('[A5]\nwidth = 241\nhead = [["name", "visit_no"]]\n')
    page = sheets(desk.home / printing.print_slip(desk, paid))[0]
    assert round(page.width) == 241
    assert "姓名" in page.text and "证件号码" not in page.text


def test_a_wrong_form_costs_no_more_than_the_paper(desk):
    paid = desk.visits.read(flows.settled(desk)).settlement.msgid
    (desk.home / "slip.toml").write_text("[A5]\nmargin = 90\n")
    with pytest.raises(SetupError, match=r"A5\.margin"):
        printing.print_slip(desk, paid)
    assert desk.documents.prints(paid) == 0
    (desk.home / "slip.toml").unlink()
    printing.print_slip(desk, paid)
    assert desk.documents.prints(paid) == 1


@pytest.mark.parametrize("columns", [2, 4, 6, 8, 12])
def test_any_even_grid_holds_all_blocks(desk, lay, columns):
    slip = desk.documents.slip(desk.visits.read(flows.settled(desk)).settlement.msgid)
    text = f"[A4]\ngrid = {[1] * columns}\nparts = {min(6, columns // 2)}\n"
    form = lay(text + 'head = [["name"], ["injury"]]\n')["A4"]
    rows = [row for block in sections(slip, form) for row in block]
    assert {sum(cell.span for cell in row) for row in rows} == {columns}
    page = sheets(printing.pdf(slip, form))[0]
    assert all(item.words in page.text for item in slip.payments)
