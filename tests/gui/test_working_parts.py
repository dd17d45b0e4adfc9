"""Parts of the working screens by themselves: facts, columns, side by side, grey keys, cards."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.domain import Stage
from core.errors import Refused, fault
from core.outcome import Rejected, Unknown
from core.service.result import StepResult
from gui.cashier import Cashier, NotSeen
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from gui.messages import Message
from gui.operation import Operation
from gui.screens.outpatient.case import Case
from gui.screens.outpatient.columns import LAYOUTS, fee_columns, room
from gui.screens.outpatient.facts import masked, patient_facts
from gui.screens.outpatient.fees import fee_rows
from gui.screens.outpatient.forms import form_specs
from gui.screens.outpatient.pickers import QualificationPicker, Witness
from gui.screens.outpatient.sheet import Sheet, filled, form_values, lay_fields
from gui.screens.outpatient.waiting import Waiting
from gui.screens.pending.decision import DecisionCard
from gui.screens.pending.presenter import TimelineRow
from gui.screens.side import SideBySide, bring_into_sight
from gui.screens.slips import shortened
from gui.screens.timeline_view import TONES, moments
from gui.screens.work import Work
from gui.screens.working import Stop, WorkingScreen
from gui.theme import theme, tokens
from tests.helpers.fake_desk import HAND, LINES, LUNG, PERSON, REGISTRATION, line, result_of
from tests.helpers.fake_desk import FakeDesk as OneVisit

KEYS = {"qualification": "F4", "patient": "F6", "import_fees": "Ctrl+O"}


# -- the patient card


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("990101198001019999", "990101********9999"),
        ("12345", "*****"),
        ("", ""),
        ("x" * 10, "*" * 10),
    ],
)
def test_id_numbers_are_masked(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_no_card_no_facts(qapp) -> None:
    assert patient_facts(Case(), "F4") == ()


def test_facts_say_who_and_whether_entitled(qapp) -> None:
    facts = {
        fact.label: fact for fact in patient_facts(Case(person=PERSON, qualification=HAND), "F4")
    }
    assert "沈示例" in facts["参保人"].value and "45 岁" in facts["参保人"].value
    assert facts["待遇"].value == "可享受" and facts["待遇"].tone == "done"
    assert any(fact.value == "肢体残 · 左手" for fact in facts.values())
    assert PERSON.id_no not in [fact.value for fact in facts.values()]


def test_facts_ask_for_a_choice_and_name_the_refusal(qapp) -> None:
    person = PERSON.model_copy(
        update={"qualifications": (HAND, LUNG), "refused_reason": "欠费", "in_hospital": True}
    )
    values = {fact.value: fact.tone for fact in patient_facts(Case(person=person), "F4")}
    assert values["有 2 项，按 F4 选择"] == "danger"
    assert values["欠费"] == "danger" and values["是"] == "amber"
    bare = person.model_copy(update={"qualifications": ()})
    assert "无工伤资格" in [fact.value for fact in patient_facts(Case(person=bare), "F4")]


# -- the fee table


@pytest.mark.parametrize(
    ("units", "name"), [(1200, "wide"), (930, "wide"), (700, "middle"), (300, "narrow")]
)
def test_room(units: float, name: str) -> None:
    assert room(units) == name


@pytest.mark.parametrize(("width", "says"), LAYOUTS)
def test_every_layout_shows_name_amount_and_state(qapp, width: str, says: bool) -> None:
    names = [column.name for column in fee_columns(width, says)]
    assert {"name", "amount", "state"} <= set(names)
    assert ("says" in names) is says


def test_rows_are_toned_by_their_state(qapp) -> None:
    visit = OneVisit().kept.model_copy(update={"uploaded": (result_of(LINES[0]),)})
    visit = visit.model_copy(
        update={"lines": (LINES[0], line(2, quantity="-1", amount=-1234), LINES[2])}
    )
    rows = fee_rows(visit, {"L3": "不符"})
    columns = {column.name: column for column in fee_columns("middle", True)}
    assert [columns["state"].tone(row) for row in rows] == ["done", None, "danger"]
    assert [columns["amount"].tone(row) for row in rows] == [None, "danger", None]
    assert [columns["says"].tone(row) for row in rows] == [None, None, "danger"]
    assert columns["says"].show(rows[2]) == "不符" and columns["code"].tip(rows[0]) == "RX1 L1"


@pytest.fixture
def sheet(context, qtbot) -> Sheet:
    form = (FieldSpec("med_type", "医疗类别", "choice", choices={"11": "门诊"}),)
    nobody = Waiting(None, None)
    nobody.at = REGISTRATION.admitted_at or datetime.now(UTC)
    made = Sheet(context, form, nobody)
    qtbot.addWidget(made)
    made.resize(theme.u(860), theme.u(500))
    made.show()
    qtbot.waitExposed(made)
    return made


def test_an_empty_sheet_says_what_to_press(sheet: Sheet) -> None:
    sheet.show_case(Case(), KEYS.__getitem__)
    assert not sheet.form_box.isVisible()
    assert "F6" in sheet.waiting.empty.accessibleName()


def test_a_visit_without_lines_says_so(sheet: Sheet) -> None:
    visit = OneVisit(lines=()).kept
    sheet.show_case(Case(visit=visit, draft=REGISTRATION), KEYS.__getitem__)
    assert "Ctrl+O" in sheet._empty.accessibleName()
    assert sheet.form_box.isVisible()


def test_the_form_goes_when_the_visit_is_registered(sheet: Sheet) -> None:
    visit = OneVisit().kept
    sheet.show_case(Case(visit=visit, draft=REGISTRATION), KEYS.__getitem__)
    assert sheet.form_box.isVisible() and sheet.table.rows.rowCount() == 5
    visit = visit.model_copy(update={"stage": Stage.REGISTERED})
    sheet.show_case(Case(visit=visit, draft=REGISTRATION), KEYS.__getitem__)
    assert not sheet.form_box.isVisible()
    assert "61.70" in sheet.counts.whole()


def test_a_half_uploaded_sheet_shows_its_progress(sheet: Sheet) -> None:
    visit = OneVisit().kept.model_copy(
        update={"stage": Stage.UPLOADED, "uploaded": tuple(map(result_of, LINES[:2]))}
    )
    sheet.show_case(Case(visit=visit, draft=REGISTRATION), KEYS.__getitem__)
    assert sheet.progress.isVisible()
    assert (sheet.progress.value(), sheet.progress.maximum()) == (2, 5)


def test_the_same_case_is_not_filled_twice(sheet: Sheet, monkeypatch) -> None:
    case = Case(visit=OneVisit().kept, draft=REGISTRATION)
    sheet.show_case(case, KEYS.__getitem__)
    monkeypatch.setattr(sheet.table, "set_rows", lambda rows: pytest.fail("filled again"))
    sheet.show_case(case, KEYS.__getitem__)


def test_fields_are_laid_in_other_columns(qapp, qtbot) -> None:
    form = Form([FieldSpec(name, name) for name in "abcde"], columns=5)
    qtbot.addWidget(form)
    lay_fields(form, 2)
    grid = form.layout()
    places = [grid.getItemPosition(grid.indexOf(field))[:2] for field in form.fields.values()]
    assert places == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)]


def test_form_texts_go_into_the_draft_and_back() -> None:
    draft = filled(REGISTRATION, {"phone": "1", "injury_part": "左手"})
    assert draft.phone == "1" and draft.extra == {"injury_part": "左手"}
    assert form_values(draft)["injury_part"] == "左手"


def test_asked_fields_of_a_local_profile_are_on_the_form() -> None:
    from types import SimpleNamespace

    def view(name: str, source: str = "given") -> SimpleNamespace:
        return SimpleNamespace(
            name=name, label=name, type="text", length=10, required=False, codes={}, note="n",
            source=source, catalogue="", beyond_catalogue=True,
        )  # fmt: skip

    specs = form_specs([view("visit_no"), view("phone"), view("injury_part", "ask")], "gbk")
    assert [spec.name for spec in specs] == ["phone", "injury_part"]
    assert {spec.hint for spec in specs} == {""}


# -- beside and below


def test_sheets_stand_below_each_other_on_a_narrow_page(qapp, qtbot, dressed) -> None:
    host, main, side = QWidget(), QWidget(), QWidget()
    qtbot.addWidget(host)
    row = SideBySide(main, side, 200, 700)
    host.setLayout(row)
    row.fit(theme.u(800))
    assert row.direction() == QBoxLayout.Direction.LeftToRight
    assert side.maximumWidth() == theme.u(200)
    row.fit(theme.u(600))
    assert row.direction() == QBoxLayout.Direction.TopToBottom
    assert side.maximumWidth() > theme.u(5000)


def test_what_is_below_is_brought_into_sight(qapp, qtbot) -> None:
    area, inner, last = QScrollArea(), QWidget(), QLabel("x")
    qtbot.addWidget(area)
    column = QVBoxLayout(inner)
    column.addSpacing(3000)
    column.addWidget(last)
    area.setWidget(inner)
    area.resize(200, 200)
    area.show()
    bring_into_sight(last)
    assert area.verticalScrollBar().value() > 2000
    bring_into_sight(QLabel())


def test_a_slip_below_the_home_is_named_shortly() -> None:
    assert shortened("/data/x/slips/a.pdf", Path("/data/x")) == "slips/a.pdf"
    assert shortened("EPSON", Path("/data/x")) == "EPSON"


def test_every_kind_of_entry_has_a_colour(qapp) -> None:
    rows = [TimelineRow("09:00:00", kind, "t", "p") for kind in (*TONES, "other")]
    shown = moments(rows)
    assert all(moment.tone in tokens()["light"] for moment in shown)
    assert shown[0].payload == "p"


# -- cards over the page


def test_the_picker_starts_at_the_likely_one(page, qtbot) -> None:
    picked: list[str] = []
    picker = QualificationPicker(page, picked.append)
    picker.ask((HAND, LUNG), LUNG)
    assert picker.list.currentRow() == 1
    qtbot.keyClick(picker.list, Qt.Key.Key_Return)
    assert picked == ["Q-02"] and not picker.isVisible()
    picker.ask((HAND, LUNG), None)
    assert picker.list.currentRow() == 0
    qtbot.keyClick(picker.list, Qt.Key.Key_Escape)
    assert not picker.isVisible() and picked == ["Q-02"]


def test_the_witness_forgets_the_password(page, qtbot) -> None:
    signed: list[tuple[str, str]] = []
    witness = Witness(page, lambda who, word: signed.append((who, word)))
    witness.ask("姓名不符")
    witness.yes.click()
    assert signed == [] and witness.isVisible()
    witness.form.set_values({"supervisor": "900", "password": "secret"})
    witness.yes.click()
    assert signed == [("900", "secret")]
    assert witness.form.values()["password"] == "" and not witness.isVisible()


def test_a_decision_needs_answer_reason_and_name(page, qtbot) -> None:
    decided: list[tuple[object, ...]] = []
    card = DecisionCard(page, lambda *values: decided.append(values))
    card.ask("沈示例")
    card.yes.click()
    assert decided == []
    values = {"answer": "happened", "reason": "电话", "supervisor": "900", "password": "x"}
    card.form.set_values(values)
    card.yes.click()
    assert decided == [(True, "900", "x", "电话")]
    card.ask("沈示例")
    assert set(card.form.values().values()) == {""}
    card.form.set_values({**values, "answer": "not_happened"})
    card.yes.click()
    assert decided[-1][0] is False


# -- the working screen


class Desktop(WorkingScreen):
    """A working screen with nothing on it but one action."""

    name = "outpatient"

    def __init__(self, context) -> None:  # type: ignore[no-untyped-def]
        super().__init__(context)
        self.pressed = self.shown = 0
        self.bind("settle", self._press)
        self.home_field = QLabel()

    def _press(self) -> None:
        self.pressed += 1

    def render(self) -> None:
        self.shown += 1
        self.refresh()


@pytest.fixture
def working(context, qtbot) -> Desktop:
    made = Desktop(context)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def said(screen: Desktop) -> list[str]:
    return [message.text for message in screen.context.messages.of("outpatient")]


def test_a_grey_key_says_why_once(working: Desktop, qtbot) -> None:
    working.allow(lambda name: fault("outpatient.why.no_visit"))
    working.tell(Message("done", "好"))
    for _ in range(3):
        qtbot.keyClick(working, Qt.Key.Key_F2)
    assert working.pressed == 0 and said(working) == ["先扫描或输入就诊号。"]
    working.allow(lambda name: None)
    qtbot.keyClick(working, Qt.Key.Key_F2)
    assert working.pressed == 1


def test_rendering_does_not_call_itself(working: Desktop) -> None:
    working.refresh()
    assert working.shown == 1


def work(call, done, **more):  # type: ignore[no-untyped-def]
    failed = more.pop("failed", lambda error: None)
    return Work("settle", "正在结算", call, done, failed, **more)


@pytest.mark.parametrize("outcome", [Rejected("-1", "不行"), Unknown("deadline", "20 秒")])
def test_every_ending_comes_to_the_presenter_alone(working: Desktop, qtbot, outcome) -> None:
    ended: list[StepResult] = []
    result = StepResult(outcome, OneVisit().kept, "M-1")
    assert working.run(work(lambda: result, ended.append))
    qtbot.waitUntil(Operation.none_left)
    assert ended == [result] and said(working) == []


def test_a_refusal_comes_to_the_presenter_alone(working: Desktop, qtbot) -> None:
    heard: list[str] = []

    def refuse() -> None:
        raise Refused(fault("outpatient.why.no_visit"))

    working.run(work(refuse, heard.append, failed=lambda error: heard.append(str(error))))
    qtbot.waitUntil(Operation.none_left)
    assert heard == ["先扫描或输入就诊号。"] and said(working) == []


def test_the_same_work_is_not_begun_twice(working: Desktop, qtbot) -> None:
    import threading

    gate = threading.Event()
    ended: list[object] = []
    assert working.run(work(lambda: gate.wait(20), ended.append))
    assert not working.run(work(lambda: None, ended.append))
    assert "还没有结束" in said(working)[0]
    gate.set()
    qtbot.waitUntil(Operation.none_left)
    assert ended == [True]


def test_stop_is_heard_by_both() -> None:
    heard: list[int] = []
    stop = Stop(lambda: heard.append(1))
    assert not stop()
    stop.ask()
    assert stop() and heard == [1]


# -- the cashier of keys


def test_the_cashier_gives_up_with_a_sentence(working: Desktop) -> None:
    class Nobody:
        context = working.context

    cashier = Cashier(Nobody(), limit=0.05)  # type: ignore[arg-type]
    with pytest.raises(NotSeen, match="a miracle"):
        cashier.wait(lambda: False, "a miracle")
    cashier.wait(lambda: True)
