"""The workbench of injury and disease, a refund in part, records in parts: presenters alone."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from core.domain.split import SplitPart
from core.outcome import Accepted, Rejected
from gui.messages import of_outcome
from gui.screens.codes.tables import TablesPresenter, age, change
from gui.screens.exclusive import admissions_of, told_exclusive
from gui.screens.records.disease_card import DiseaseDesk
from gui.screens.records.parts_presenter import PartsPresenter
from gui.screens.refund.part_desk import PartDesk
from gui.screens.split.presenter import SplitDesk
from tests.helpers import flows, stays
from tests.helpers.fake_desk import FakePage
from tests.helpers.inprocess import World


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with World(tmp_path_factory.mktemp("pages"), "gd").desk() as made:
        yield made


@pytest.fixture(scope="module")
def visit_no(desk: Any) -> str:
    return stays.admitted(desk, stays.SHORT)


@pytest.fixture(scope="module")
def part(desk: Any) -> tuple[PartDesk, FakePage]:
    page = FakePage()
    it = PartDesk(desk, page, flows.settled(desk))
    it.load()
    return it, page


@pytest.fixture(scope="module")
def settled(desk: Any) -> str:
    number = stays.admitted(desk, stays.READY)
    last = desk.split.sheet(number).rows[-1].line.line_id
    desk.split.mark(number, [last], SplitPart.LATER, "慢病用药")
    stays.accepted(desk.stays.upload(number))
    desk.stays.discharge(number, stays.ending(desk, number))
    shown = stays.accepted_visit(desk.stays.presettle(number)).visit.presettlement
    stays.accepted(desk.stays.settle(number, shown))
    return number


class TestWorkbench:
    @pytest.fixture
    def bench(self, desk: Any, visit_no: str) -> tuple[SplitDesk, FakePage]:
        page = FakePage()
        bench = SplitDesk(desk, page, visit_no)
        bench.load()
        return bench, page

    def test_lines_chips_and_sums(self, bench):
        it, _ = bench
        counts = it.counts()
        assert counts["all"] == len(it.rows()) == counts["undecided"]
        assert "因伤" in it.sums() and "合计" in it.sums()
        it.only("later")
        assert it.rows() == () and it.why_not_turn() is not None

    def test_space_asks_for_a_reason_and_enter_keeps_it(self, bench):
        it, page = bench
        first, second = it.rows()[:2]
        it.turn()
        assert "选中" in page.text
        it.choose([first, second])
        it.turn()
        assert it.turning is not first.part and "2 行" in it.question()
        it.apply("  ")
        assert "理由" in page.text and it.turning is not None
        it.apply("经核定")
        assert it.turning is None and it.counts()["changed"] == 2
        row = it.rows()[0]
        assert (row.who, row.says, row.decided) == (row.who, "经核定", True)

    def test_the_rest_is_confirmed_in_one_go(self, bench):
        it, _ = bench
        it.confirm_all()
        assert it.counts()["undecided"] == 0 and it.counts()["changed"] == 2

    def test_another_choice_forgets_what_was_about_to_change(self, bench):
        it, _ = bench
        it.choose(it.rows()[:1])
        it.turn(SplitPart.LATER)
        assert it.turning is SplitPart.LATER
        it.choose(it.rows()[1:2])
        assert it.turning is None and it.question() == ""


class TestRefundInPart:
    def test_some_lines_go_but_not_none_nor_all(self, part):
        it, page = part
        assert it.phase == "choose" and "空格" in it.why_not().text
        every = [row.line_id for row in it.rows()]
        it.toggle(every)
        assert it.why_not().key == "part_card.why.all"
        it.toggle(every[1:])
        assert [row.gone for row in it.rows()].count(True) == 1 and it.why_not() is None
        it.go(" ")
        assert "原因" in page.text and it.phase == "choose"

    def test_both_halves_and_what_the_patient_gets_back(self, part):
        it, _ = part
        assert [half.mark for half in it.halves()] == ["now", "later"]
        it.go("多收")
        assert it.phase == "charge" and [half.mark for half in it.halves()] == ["done", "now"]
        assert it.shown is not None and "重新结算" in it.money()
        found = PartDesk(it.desk, FakePage(), it.visit_no)
        found.load()
        assert found.phase == "charge" and found.gone == it.gone
        it.go("")
        assert it.phase == "done" and [half.mark for half in it.halves()] == ["done", "done"]


class TestRecordsInParts:
    @pytest.fixture
    def page(self, desk: Any, settled: str) -> tuple[PartsPresenter, FakePage]:
        page = FakePage()
        it = PartsPresenter(desk, page)
        it.find()
        return it, page

    def test_from_an_empty_record_to_the_last_part(self, page, settled):
        it, told = page
        assert it.chosen == settled and it.counts()["missing"] == 1 and settled in it.head()
        assert it.why_not("upload_record").key == "record_parts.why.missing"
        it.fetch()
        assert it.step == "record_patient" and it.why_not("upload_record") is None
        groups = [row.group for row in it.fields() if row.group]
        assert groups[:2] == ["登记", "病人"] and "29" not in it.source()[:2]
        it.show("gaps")
        assert it.fields() == ()
        it.upload()
        assert it.step == "record_diagnoses" and "已由中心收下" in told.text
        it.upload_all()
        assert it.counts()["done"] == 1 and it.why_not("upload_records") is not None
        it.only("missing")
        assert it.rows == () and it.empty()[0]

    def test_disease_data_go_afterwards(self, desk, settled):
        told = FakePage()
        it = DiseaseDesk(desk, told)
        it.load()
        assert it.why_not() and [row.visit_no for row in it.rows] == [settled]
        it.row = it.rows[0]
        it.send()
        assert "已由中心收下" in told.text and it.rows[0].sent == 1
        it.row = it.rows[0]
        assert it.why_not()


def test_code_tables_with_their_age(desk):
    page = FakePage()
    it = TablesPresenter(desk, page)
    it.load()
    assert "还没有取过" in it.summary()
    it.fetch()
    assert it.tables and it.rows and "个码表" in it.summary()
    other = it.tables[-1]
    it.choose(other)
    assert it.chosen == other.kind and age(other) == "今天" and change(other) == "首次取得"


def test_a_refusal_by_another_admission_leads_to_where_it_is_seen(desk):
    refused = Rejected("-1", "业务互斥：该参保人在某院有未结束的住院业务")
    person = SimpleNamespace(number="990010001")
    banner = told_exclusive(desk.centre, refused, of_outcome(refused), person)
    assert banner.leads == ("enquiry", "admissions:990010001") and "在院登记" in banner.advice.do
    assert admissions_of(banner.leads[1]) == "990010001" and admissions_of("MZ1") == ""
    other = Rejected("-1", "别的原因")
    assert told_exclusive(desk.centre, other, of_outcome(other), person).leads == ("", "")
    assert told_exclusive(desk.centre, Accepted(), None, person) is None
