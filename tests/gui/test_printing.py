"""Slips on paper: every text is there and whole, on every paper; queues are looked at."""

from __future__ import annotations

import threading

import pytest
import segno
from PySide6 import QtPrintSupport
from PySide6.QtGui import QPdfWriter

from core.errors import SetupError
from core.money import show
from core.printing.port import Unseen
from core.settings import save_settings
from core.words import say
from gui import printing, slip_page
from gui.paper_page import lay_page
from gui.slip_form import forms, sections
from tests.helpers import flows
from tests.helpers.inprocess import World
from tests.helpers.paper import sheets

PAPERS = ("A4", "A5", "roll")
STAY = {
    "inpatient_no", "ward", "bed", "admitted_at", "discharged_at", "days", "outcome",
    "discharge_diagnosis",
}  # fmt: skip
SIZES = {"A4": (210, 297), "A5": (210, 148)}
LONG = {
    "employer": "东湖经济技术开发区精密铸造与表面处理装备制造（集团）股份有限公司第二分公司",
    "diagnosis": "右手食指中节指骨开放性粉碎性骨折伴指固有动脉、指固有神经及屈肌腱断裂，软组织缺损",
    "injury": "肢体残 · 右手食指、中指、环指多发性骨折术后，左侧跟骨骨折术后，腰椎压缩性骨折",
    "name": "阿卜杜热合曼·买买提依明·吐尔逊江",
    "dept": "手外科与显微外科联合专科门诊（东院区二层）",
}


@pytest.fixture(scope="module")
def settled(tmp_path_factory, qapp):
    """A desk with a settlement and its cancellation: the message ids of both, and the slips."""
    world = World(tmp_path_factory.mktemp("paper"))
    with world.desk() as desk:
        visit_no = flows.settled(desk)
        paid = desk.visits.read(visit_no).settlement.msgid
        slip = desk.documents.slip(paid)
        undone = flows.do(desk, "cancel_settlement", visit_no).msgid
        yield desk, paid, slip, desk.documents.slip(undone)


@pytest.fixture
def slip(settled):
    return settled[2]


@pytest.fixture
def red(settled):
    return settled[3]


def plain(text):
    return "".join(text.split())


def texts_of(slip, paper):
    """Everything that must stand on a page, by the slip and not by the drawing."""
    said = [
        slip.hospital,
        slip.title,
        slip.identity,
        slip.print_note,
        *slip.signatures,
        *slip.marks,
    ]
    for row in (*slip.head, *slip.foot):
        said += [row.label, row.value] if row.value else []
    for item in (*slip.categories, *slip.payments):
        said += [item.label, show(item.amount), item.words]
    said += [slip.seal] if forms()[paper].ruled else []
    return [plain(text) for text in said if text]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("kind", ["paid", "red"])
def test_every_text_stands_on_every_copy(settled, paper, kind):
    slip = settled[2] if kind == "paid" else settled[3]
    pages = sheets(printing.pdf(slip, forms()[paper]))
    assert len(pages) == len(slip.copies) == 3
    for page, copy in zip(pages, slip.copies, strict=True):
        assert plain(copy) in page.text
        assert [text for text in texts_of(slip, paper) if text not in page.text] == []
        assert [c for c in slip.copies if c != copy and plain(c) in page.text] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_more_stands_there(slip, paper):
    """Letters on the page that are of no text of the slip would be an invention of the drawing."""
    page = sheets(printing.pdf(slip, forms()[paper]))[0]
    own = "".join([*texts_of(slip, paper), *map(plain, slip.copies), say("slip.currency")])
    own += say("slip.words") + "：　" + "".join(row.label for row in slip.head)
    assert set(page.text) - set(plain(own)) - {"："} == set()


@pytest.mark.parametrize("paper", SIZES)
def test_a_sheet_has_the_papers_size(slip, paper):
    page = sheets(printing.pdf(slip, forms()[paper]))[0]
    assert (round(page.width), round(page.height)) == SIZES[paper]


def test_a_roll_is_as_long_as_what_stands_on_it(slip):
    short = sheets(printing.pdf(slip.model_copy(update={"head": slip.head[:4]}), forms()["roll"]))[
        0
    ]
    whole = sheets(printing.pdf(slip, forms()["roll"]))[0]
    assert round(whole.width) == 80
    assert short.height < whole.height < 400
    assert whole.ink()[3] < whole.height - forms()["roll"].margin


@pytest.mark.parametrize("paper", PAPERS)
def test_the_margins_stay_white(slip, paper):
    page, form = sheets(printing.pdf(slip, forms()[paper]))[0], forms()[paper]
    left, top, right, bottom = page.ink()
    assert left >= form.margin - 0.5 and top >= form.margin - 0.5
    assert right <= page.width - form.margin + 0.5
    assert bottom <= page.height - form.margin + 0.5


def lengthened(slip):
    """The worst that a registration may hold, and the largest amounts."""
    head = tuple(
        row.model_copy(update={"value": LONG.get(row.name, row.value)}) for row in slip.head
    )
    payments = tuple(
        item.model_copy(update={"amount": 99_999_999_999_999, "words": "玖" * 34})
        for item in slip.payments
    )
    return slip.model_copy(update={"head": head, "payments": payments, "hospital": "东湖" * 24})


@pytest.mark.parametrize("paper", PAPERS)
def test_long_texts_become_smaller_and_are_never_cut(slip, paper):
    worst = lengthened(slip)
    pages = sheets(printing.pdf(worst, forms()[paper]))
    assert len(pages) == 3
    assert [text for text in texts_of(worst, paper) if text not in pages[0].text] == []
    assert pages[0].ink()[3] <= pages[0].height - forms()[paper].margin + 0.5


def test_a_row_is_high_enough_for_its_text(slip, tmp_path):
    """By the page's own measure: no cell holds less room than its text needs."""
    form = forms()["A5"]
    page = slip_page.Page(lengthened(slip), form, QPdfWriter(str(tmp_path / "unused.pdf")))
    lay_page(page.ink.device, form, form.height)
    page.fit()
    for row, top, bottom in page._edges():
        for cell, (_, width) in zip(row, page._spans(row), strict=True):
            needed = page.ink.height(cell.text, width - 2 * page._side(), page._font(cell))
            assert needed <= bottom - top


# -- marks and colours


@pytest.mark.parametrize("marks", [(), ("已作废",), ("已作废", "培训样张 无效")])
def test_marks_lie_across_and_the_text_stays_readable(slip, marks):
    marked = slip.model_copy(update={"marks": marks})
    page = sheets(printing.pdf(marked, forms()["A5"]))[0]
    assert all(plain(mark) in page.text for mark in marks)
    assert ("已作废" in page.text) == ("已作废" in marks)
    assert [text for text in texts_of(marked, "A5") if text not in page.text] == []


def test_the_refund_slip_is_red_and_the_other_is_not(slip, red):
    def coloured(one):
        page = sheets(printing.pdf(one.model_copy(update={"marks": ()}), forms()["A5"]))[0]
        dots = [row[at : at + 3] for row in page.rows for at in range(0, len(row), 4)]
        return sum(1 for dot in dots if dot[0] > dot[1] + 60)

    assert coloured(slip) == 0
    assert coloured(red) > 2_000
    assert "退费单" in sheets(printing.pdf(red, forms()["A5"]))[0].text
    assert "-" in show(red.payments[0].amount)


@pytest.mark.parametrize("kind", ["paid", "red"])
def test_the_square_code_holds_the_message_id_and_is_black(settled, kind):
    slip = settled[2] if kind == "paid" else settled[3]
    page, form = sheets(printing.pdf(slip, forms()["A4"]))[0], forms()["A4"]
    matrix = segno.make_qr(slip.msgid, error="m").matrix
    module = form.code / len(matrix)
    left, top = form.width - form.margin - form.code, form.margin
    wrong = 0
    for down, line in enumerate(matrix):
        for across, dark in enumerate(line):
            dot = page.colour(left + (across + 0.5) * module, top + (down + 0.5) * module)
            wrong += (max(dot) < 128) != bool(dark)
    assert wrong == 0


def test_a_reprint_says_so(slip):
    again = slip.model_copy(update={"print_note": say("slip.reprint", count=2, name="王收费")})
    assert "补打第2次王收费" in sheets(printing.pdf(again, forms()["A5"]))[0].text
    assert "补打" not in sheets(printing.pdf(slip, forms()["A5"]))[0].text


@pytest.mark.parametrize("offset", [(5.0, 0.0), (0.0, 4.0), (-3.0, -3.0)])
def test_the_offset_moves_all_of_it(slip, offset):
    bare = slip.model_copy(update={"marks": ()})
    before = sheets(printing.pdf(bare, forms()["A4"]))[0].ink()
    after = sheets(printing.pdf(bare, forms()["A4"], offset))[0].ink()
    moved = [b - a for a, b in zip(before, after, strict=True)]
    assert moved == pytest.approx([*offset, *offset], abs=0.4)


# -- forms


@pytest.mark.parametrize("paper", PAPERS)
def test_rows_fill_the_grid(slip, paper):
    form = forms()[paper]
    for block in sections(slip, form):
        assert block
        for row in block:
            assert sum(cell.span for cell in row) == len(form.grid)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_form_asks_for_fields_that_slips_have(red, paper):
    names = {cell.partition(":")[0] for row in forms()[paper].head for cell in row}
    assert names == {row.name for row in red.head} | STAY


def test_a_part_that_the_centre_did_not_say_is_no_row(slip):
    few = slip.model_copy(update={"categories": slip.categories[:1]})
    page = sheets(printing.pdf(few, forms()["A5"]))[0]
    assert say("slip.drug") in page.text
    assert say("slip.material") not in page.text


# -- to where


@pytest.fixture
def desk(tmp_path, qapp):
    with World(tmp_path).desk() as made:
        yield made


@pytest.fixture
def paid(desk):
    return desk.visits.read(flows.settled(desk)).settlement.msgid


def test_without_a_printer_the_slip_is_a_file(desk, paid):
    first = printing.print_slip(desk, paid)
    again = printing.print_slip(desk, paid)
    assert first == str(desk.home / "slips" / f"{paid}-1.pdf")
    assert again == str(desk.home / "slips" / f"{paid}-2.pdf")
    assert desk.documents.prints(paid) == 2
    text = [sheets(desk.home / "slips" / f"{paid}-{number}.pdf")[0].text for number in (1, 2)]
    assert ["补打第1次" in one for one in text] == [False, True]
    assert sorted(path.suffix for path in (desk.home / "slips").iterdir()) == [".pdf", ".pdf"]


def test_a_disk_that_refuses_is_a_sentence_and_no_print(desk, paid):
    (desk.home / "slips").write_text("a file in the way")
    with pytest.raises(SetupError) as caught:
        printing.print_slip(desk, paid)
    assert "slips" in str(caught.value) and "补打" in str(caught.value)
    assert desk.documents.prints(paid) == 0
    assert [item.msgid for item in desk.documents.to_print()] == [paid]


def test_it_is_drawn_beside_the_window(desk, paid):
    """The printing lane is another thread than the window's."""
    asked = desk.lanes.io(
        lambda: (threading.current_thread().name, printing.print_slip(desk, paid))
    )
    name, place = asked.result(timeout=60)
    assert name != threading.main_thread().name
    assert len(sheets(desk.home / place)) == 3


class Info:
    """What Qt says of a queue; ``states`` are said one after the other."""

    def __init__(self, *states, known=True):
        self.states, self.known = list(states), known

    def isNull(self):  # noqa: N802 - Qt's name
        return not self.known

    def state(self):
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]


class Deaf:
    """A printing system that cannot be asked: all that is left is what Qt says."""

    def queue(self, name):
        raise Unseen("nobody there")

    jobs = see = queue

    def withdraw(self, name, number):
        raise Unseen("nobody there")


@pytest.fixture
def queue(monkeypatch, tmp_path, desk):
    """Puts a queue in the place of the machine's; what is printed lands in a file."""
    states = QtPrintSupport.QPrinter.PrinterState

    class Printer(QPdfWriter):
        PrinterMode, PrinterState = QtPrintSupport.QPrinter.PrinterMode, states
        made = ()

        def __init__(self, info, mode):
            super().__init__(str(tmp_path / "job.pdf"))
            self.setResolution(600)
            Printer.made = (info, mode)

        def setDocName(self, name):  # noqa: N802 - Qt's name
            self.setTitle(name)

    def install(found):
        info = type("Info", (), {"printerInfo": staticmethod(lambda name: found)})
        monkeypatch.setattr(QtPrintSupport, "QPrinterInfo", info)
        monkeypatch.setattr(QtPrintSupport, "QPrinter", Printer)
        settings = save_settings(desk.home, {"printer": {"name": "前台", "paper": "A5"}})
        desk.settings, desk.documents.jobs.queues = settings, Deaf()
        return tmp_path / "job.pdf"

    install.states = states
    return install


def test_a_queue_that_cannot_be_asked_is_believed_and_said_so(desk, paid, queue):
    job = queue(Info(queue.states.Idle))
    assert printing.print_slip(desk, paid) == say("printing.unseen", name="前台")
    assert len(sheets(job)) == 3
    assert desk.documents.prints(paid) == 1


@pytest.mark.parametrize("state", ["Error", "Aborted"])
def test_a_stopped_queue_gets_nothing(desk, paid, queue, state):
    job = queue(Info(getattr(queue.states, state)))
    with pytest.raises(SetupError) as caught:
        printing.print_slip(desk, paid)
    assert "前台" in str(caught.value)
    assert not job.exists()
    assert desk.documents.prints(paid) == 0


def test_a_queue_that_stops_meanwhile_is_no_print(desk, paid, queue):
    job = queue(Info(queue.states.Idle, queue.states.Error))
    with pytest.raises(SetupError, match="不知道纸是否出来"):
        printing.print_slip(desk, paid)
    assert job.exists()
    assert desk.documents.prints(paid) == 0
    assert [item.msgid for item in desk.documents.to_print()] == [paid]


def test_an_unknown_printer_is_a_sentence(desk, paid, queue):
    queue(Info(queue.states.Idle, known=False))
    with pytest.raises(SetupError, match="前台"):
        printing.print_slip(desk, paid)
    assert desk.documents.prints(paid) == 0


def test_a_printer_that_takes_no_page_is_a_sentence(desk, paid, queue, monkeypatch):
    queue(Info(queue.states.Idle))
    monkeypatch.setattr(printing.QPainter, "begin", lambda self, device: False)
    with pytest.raises(SetupError, match="前台"):
        printing.print_slip(desk, paid)
    assert desk.documents.prints(paid) == 0
