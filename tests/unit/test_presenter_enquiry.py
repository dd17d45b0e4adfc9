"""查询 without a window: four lists, their endings, the panel, export and the sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from core.domain import FeeLine, LineResult
from core.domain.enquiry import CentreLine, CentreSettlement, RecentVisit
from core.errors import InvalidInput, fault
from core.outcome import Accepted, NotSent, Outcome, Rejected, Unknown
from core.service import unpaid
from core.service.enquiry import CentreTime, Listing
from core.service.line_comparison import compare
from gui.screens.enquiry.presenter import EnquiryPresenter
from tests.helpers.fake_desk import LINES, NOON, PERSON, FakeDesk, FakePage

PAID = CentreSettlement(
    visit_no="MZ-1", bill_no="MZ-1-1", total=6170, fund=5000, personal=1170, msgid="M-7",
    person_name="沈示例", settled_at=NOON, operator="001", here="same",
)  # fmt: skip
UNDONE = PAID.model_copy(
    update={"total": -6170, "fund": -5000, "personal": -1170, "here": "cancelled"}
)
AWAY = RecentVisit(
    visit_no="ZY9", hospital_code="H2", hospital_name="北山示例医院", med_type="21",
    admitted_at=NOON, place="elsewhere", standing="staying", total=0,
)  # fmt: skip
HERE = RecentVisit(visit_no="MZ-1", med_type="11", standing="open", known=True)


class Page(FakePage):
    """Remembers sheets and visits as well."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[Any] = []
        self.opened: list[tuple[str, bool]] = []

    def print_sheet(self, sheet: Any, name: str) -> None:
        self.sheets.append((sheet, name))

    def open_visit(self, visit_no: str, inpatient: bool) -> None:
        self.opened.append((visit_no, inpatient))


class Asked:
    """The enquiry service: remembers what was asked, answers what it is told."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer = Listing(Accepted(), (PAID, UNDONE), 1, 1, True)
        self.time = CentreTime(Accepted(), NOON, NOON - timedelta(seconds=90), 90.0,
                               fault("enquiry.clock_apart", seconds=90))  # fmt: skip

    def settlements(self, first: Any, last: Any, stop: Any) -> Listing:
        self.asked.append((first, last))
        if first > last:
            raise InvalidInput(fault("enquiry.backwards", first=first, last=last))
        stop()
        return self.answer

    def lines(self, visit_no: str, bill_no: str, stop: Any) -> Listing:
        self.asked.append((visit_no, bill_no))
        return self.answer

    def visits(self, person_no: str, first: Any, last: Any, stop: Any) -> Listing:
        self.asked.append(person_no)
        mine = [row for row in self.answer.rows if isinstance(row, RecentVisit)]
        return replace(self.answer, rows=tuple(mine))

    def person_of(self, number: str) -> str:
        return PERSON.number if number == "MZ-1" else ""

    def centre_time(self) -> CentreTime:
        return self.time

    def why_not_paid(self, row: Any) -> Any:
        return unpaid.why_not_paid(unpaid.of_comparison(row))

    def why_not_paid_of(self, visit_no: str) -> Any:
        self.asked.append(("offline", visit_no))
        return tuple(unpaid.why_not_paid(unpaid.Line(x.line_id, x.name, x)) for x in LINES)


def theirs(line: FeeLine, **more: Any) -> CentreLine:
    values = {"amount": line.amount, "price": line.price, "quantity": line.quantity,
              "self_paid": 0, "over_limit": 0}  # fmt: skip
    return CentreLine(**{"line_id": line.line_id, **values, **more})


def compared() -> tuple[Any, ...]:
    """One alike, one with another amount, one partly paid, one missing there, one not sent."""
    sent = [LineResult(rx_no="RX1", line_id=x.line_id, amount=x.amount) for x in LINES[:4]]
    there = [theirs(LINES[0]), theirs(LINES[1], amount=1), theirs(LINES[2], self_paid=234)]
    return compare(LINES, sent, there)


@pytest.fixture
def desk(tmp_path) -> FakeDesk:
    made = FakeDesk()
    made.home = tmp_path
    made.enquiry = Asked()
    made.centre.label = lambda codes, code: f"<{code}>"
    made.settings = SimpleNamespace(hospital=SimpleNamespace(name="东湖示例医院"), training=True)
    return made


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def presenter(desk: FakeDesk, page: Page) -> EnquiryPresenter:
    return EnquiryPresenter(desk, page)


@pytest.fixture
def lines(presenter: EnquiryPresenter, desk: FakeDesk) -> EnquiryPresenter:
    desk.enquiry.answer = Listing(Accepted(), compared(), 1, 1, True)
    presenter.ask_lines("MZ-1", "B1")
    return presenter


def test_todays_settlements_with_their_sums(presenter, desk):
    presenter.ask()
    today = NOON.date()
    assert desk.enquiry.asked == [(today, today)]
    assert [face.cells["state"] for face in presenter.rows()] == ["一致", "撤销"]
    assert presenter.rows()[1].negative and presenter.rows()[1].cells["total"] == "-61.70"
    assert "2 笔" in presenter.sums() and "0.00" in presenter.sums()
    assert presenter.row is not None and presenter.row.value is PAID
    head, sentences = presenter.panel()
    assert "沈示例" in head and any("M-7" in text for text in sentences)


def test_days_as_they_are_typed(presenter, desk, page):
    assert presenter.period("20260301", "2026-03-02")
    presenter.ask()
    assert [str(day) for day in desk.enquiry.asked[-1]] == ["2026-03-01", "2026-03-02"]
    assert not presenter.period("昨天", "2026-03-02")
    assert "昨天" in page.text and len(desk.enquiry.asked) == 1
    presenter.days_back(6)
    assert presenter.days == (NOON.date() - timedelta(days=6), NOON.date())


def test_each_list_keeps_its_days_and_rows(presenter, desk):
    presenter.ask()
    presenter.show("visits")
    assert presenter.days[0] == NOON.date() - timedelta(days=30)
    assert presenter.rows() == ()
    presenter.show("settlements")
    assert len(presenter.rows()) == 2 and presenter.days[0] == NOON.date()


@pytest.mark.parametrize(
    ("outcome", "kind", "words"),
    [
        (Unknown("deadline", ""), "warning", "不改变任何数据"),
        (Rejected("-1", "系统忙"), "danger", "系统忙"),
        (NotSent("worker_failed", "接口进程没有启动"), "warning", "接口进程"),
    ],
)
def test_an_ending_that_is_none_is_said(
    presenter, desk, page, outcome: Outcome, kind: str, words: str
):
    desk.enquiry.answer = Listing(outcome, (PAID,), 1, 3)
    presenter.ask()
    assert page.kinds == [kind] and words in page.text
    assert len(presenter.rows()) == 1


def test_a_stop_is_said_to_leave_a_part(presenter, desk, page):
    desk.enquiry.answer = Listing(Accepted(), (PAID,), 1, 3)
    page.hold = True
    presenter.ask()
    assert page.waiting[0].stop is not None
    page.waiting[0].stop()
    page.finish()
    assert "停在第 1 页，共 3 页" in page.text


def test_pages_that_do_not_fit_are_said(presenter, desk, page):
    desk.enquiry.answer = Listing(Accepted(), (PAID,), 1, 3)
    presenter.ask()
    assert "不一致" in page.text


def test_nothing_found_and_nothing_asked_are_told_apart(presenter, desk):
    before = presenter.empty()
    desk.enquiry.answer = Listing(Accepted(), (), 1, 1, True)
    presenter.ask()
    assert "F5" in before[1] and presenter.empty() != before and "没有结算" in presenter.empty()[0]


def test_enter_on_a_settlement_leads_to_its_lines(presenter, desk):
    presenter.ask()
    desk.enquiry.answer = Listing(Accepted(), compared(), 1, 1, True)
    presenter.go_on()
    assert presenter.what == "lines" and desk.enquiry.asked[-1] == ("MZ-1", "MZ-1-1")
    assert len(presenter.rows()) == 5


def test_lines_are_marked_and_counted(lines):
    states = [face.cells["state"] for face in lines.rows()]
    assert states == ["一致", "不一致", "一致", "中心没有", "未上传"]
    assert [face.tone for face in lines.rows()] == ["", "danger", "", "danger", "amber"]
    assert "5 行" in lines.sums() and "中心没有 1" in lines.sums()


def test_only_what_differs(lines):
    lines.different(True)
    assert [face.value.mark for face in lines.rows()] == ["differs", "missing_there", "not_sent"]
    assert lines.row is not None and lines.row.value.mark == "differs"
    lines.different(False)
    assert len(lines.rows()) == 5


def test_all_alike_is_said_when_only_differences_are_shown(presenter, desk):
    alike = compare(LINES[:1], [], [theirs(LINES[0])])
    desk.enquiry.answer = Listing(Accepted(), alike, 1, 1, True)
    presenter.ask_lines("MZ-1")
    presenter.different(True)
    assert presenter.rows() == () and presenter.empty()[0] == "没有差别"


def test_the_panel_explains_a_line(lines):
    lines.choose(LINES[2].line_id)
    head, sentences = lines.panel()
    assert head == "项目3" and "2.34" in sentences[0] and "10.00" in sentences[0]
    lines.choose(LINES[1].line_id)
    assert "金额" in lines.panel()[1][-1]
    lines.choose(LINES[4].line_id)
    assert any("没有上传" in text for text in lines.panel()[1])


def test_nothing_chosen_says_so(presenter):
    assert presenter.panel()[1] == () and presenter.row is None
    presenter.go_on()


def test_the_sheet_holds_what_is_not_paid(lines, page):
    lines.print_unpaid()
    ((sheet, name),) = page.sheets
    (table,) = sheet.tables
    assert name.startswith("unpaid-MZ-1-") and sheet.marks
    assert [row["name"] for row in table.rows] == ["项目3", "项目4", "项目5", "合计"]
    assert "3 行（共 5 行）" in table.title and "2.34" in table.rows[0]["why"]
    assert set(table.heads) == {"name", "amount", "fund", "personal", "why"}


def test_without_the_centre_the_sheet_is_made_of_the_answers_to_the_upload(presenter, desk, page):
    desk.enquiry.answer = Listing(Unknown("deadline", ""), (), 0, 0)
    presenter.ask_lines("MZ-1")
    presenter.print_unpaid()
    assert ("offline", "MZ-1") in desk.enquiry.asked and len(page.sheets) == 1


def test_there_must_be_a_visit_to_print(presenter, page):
    presenter.print_unpaid()
    assert page.sheets == [] and page.kinds == ["warning"]


def test_a_stay_elsewhere_is_a_warning_with_a_way_out(presenter, desk, page):
    desk.enquiry.answer = Listing(Accepted(), (AWAY, HERE), 1, 1, True)
    presenter.show("visits")
    presenter.ask_person("P-1")
    assert "北山示例医院" in page.text and "业务互斥" in page.text
    assert [face.tone for face in presenter.rows()] == ["danger", "amber"]
    assert "出院结算" in presenter.panel()[1][0]
    presenter.go_on()
    assert page.opened == []
    presenter.choose(presenter.rows()[1].key)
    assert "按回车打开" in presenter.panel()[1][0]
    presenter.go_on()
    assert page.opened == [("MZ-1", False)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"standing": "settled"}, "不影响"), ({"known": False}, "其他窗口"),
        ({"place": "elsewhere", "hospital_name": "北山"}, "没有结算的登记"),
    ],
)  # fmt: skip
def test_every_standing_has_its_advice(presenter, desk, change, words):
    row = HERE.model_copy(update=change)
    desk.enquiry.answer = Listing(Accepted(), (row,), 1, 1, True)
    presenter.show("visits")
    presenter.ask_person("P-1")
    assert words in presenter.panel()[1][0]


def test_a_known_visit_stands_for_its_person(presenter, desk):
    presenter.show("visits")
    presenter.ask_person("MZ-1")
    assert desk.enquiry.asked == [PERSON.number] and presenter.person_no == PERSON.number


def test_the_card_says_who_it_is(presenter, desk, page):
    presenter.show("visits")
    presenter.read_card()
    assert (presenter.person_no, presenter.person_name) == (PERSON.number, PERSON.name)
    assert desk.enquiry.asked == [PERSON.number]
    desk.next["read_card"] = Rejected("-1", "请放卡")
    presenter.read_card()
    assert "请放卡" in page.text and len(desk.enquiry.asked) == 1


def test_another_number_forgets_the_name(presenter):
    presenter.show("visits")
    presenter.read_card()
    presenter.ask_person("P-2")
    assert presenter.person_name == "" and presenter.person_no == "P-2"


def test_the_clock_says_what_its_difference_means(presenter, page):
    presenter.show("time")
    presenter.ask()
    assert presenter.time.offset == 90.0 and "校准" in page.text
    assert presenter.sums() == "" and presenter.rows() == ()


def test_export_writes_numbers_and_no_formulas(presenter, desk, page, tmp_path):
    evil = PAID.model_copy(update={"person_name": "=HYPERLINK(1)", "bill_no": "+1"})
    desk.enquiry.answer = Listing(Accepted(), (evil, UNDONE), 1, 1, True)
    presenter.ask()
    presenter.export()
    (path,) = (tmp_path / "exports").iterdir()
    assert str(path) in page.text
    rows = [list(row) for row in openpyxl.load_workbook(path).active.iter_rows()]
    heads = [cell.value for cell in rows[0]]
    name, total = heads.index("患者"), heads.index("总额")
    assert rows[1][name].value == "=HYPERLINK(1)" and rows[1][name].data_type != "f"
    assert Decimal(str(rows[1][total].value)) == Decimal("61.70")
    assert Decimal(str(rows[2][total].value)) == Decimal("-61.70")


@pytest.mark.parametrize("what", ["lines", "visits"])
def test_every_list_can_be_exported(presenter, desk, tmp_path, what):
    rows = compared() if what == "lines" else (AWAY, HERE)
    desk.enquiry.answer = Listing(Accepted(), rows, 1, 1, True)
    presenter.show(what)
    presenter.ask_lines("MZ-1") if what == "lines" else presenter.ask_person("P-1")
    presenter.export()
    (path,) = (tmp_path / "exports").iterdir()
    assert openpyxl.load_workbook(path).active.max_row == len(rows) + 1


def test_nothing_is_exported_from_nothing(presenter, page, tmp_path):
    presenter.export()
    assert page.kinds == ["warning"] and not (tmp_path / "exports").exists()


def test_a_wrong_period_is_the_services_sentence(presenter, desk, page):
    presenter.periods["settlements"] = (NOON.date(), NOON.date() - timedelta(days=1))
    presenter.ask()
    assert "改正日期" in page.text and presenter.busy == ""
