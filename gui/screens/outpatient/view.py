"""门诊收费 on screen: card on top, step line, sheet at the left, money panel at the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton

from core.domain import Amounts, FeeLine, Stage, State
from core.errors import DeskError
from core.words import say
from gui.screens.outpatient.case import Case
from gui.screens.outpatient.facts import patient_facts
from gui.screens.outpatient.forms import form_specs
from gui.screens.outpatient.identify_card import IdentifyCard, number_kinds
from gui.screens.outpatient.import_page import ImportPage
from gui.screens.outpatient.pickers import QualificationPicker, Witness
from gui.screens.outpatient.presenter import OutpatientPresenter
from gui.screens.outpatient.sheet import Sheet, filled
from gui.screens.outpatient.steps import step_line, why_not
from gui.screens.outpatient.waiting import Waiting
from gui.screens.side import SideBySide, bring_into_sight
from gui.screens.split.page import SplitPage
from gui.screens.work import MoneyFace, Work
from gui.screens.working import WorkingScreen
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.money_panel import WIDTH as MONEY_WIDTH
from gui.widgets.money_panel import MoneyCheck, MoneyPanel
from gui.widgets.patient_card import Fact, PatientCard
from gui.widgets.step_line import Step, StepLine

STACKED_BELOW = 700
SHORT_STEPS_BELOW = 660
STEP_STATES = {"done": "done", "now": "now", "later": "later", "unknown": "unknown"}


class OutpatientView(WorkingScreen):
    """Shows the presenter's case; every key of the flow is bound here."""

    name = "outpatient"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        desk = context.desk
        specs = form_specs(desk.centre.fields("register"), desk.settings.centre.encoding)
        med_types = next((dict(s.choices) for s in specs if s.name == "med_type"), {})
        self.presenter = OutpatientPresenter(desk, self, tuple(med_types.items()))
        self.waiting = Waiting(desk, self)
        self.sheet = Sheet(context, specs, self.waiting)
        self._case: Case | None = None
        self._facts: tuple[Fact, ...] | None = None
        self._stage: Stage | None = None
        self._bind_keys()
        self._build()
        self._listen()
        self.refresh()

    # building

    def _bind_keys(self) -> None:
        presenter = self.presenter
        self.bind("patient", self.patient)
        self.bind("identify", lambda: self.identifier and self.identifier.ask())
        self.bind("register", self.register)
        self.bind("qualification", self.pick)
        self.bind("upload", presenter.upload)
        self.bind("presettle", presenter.presettle)
        self.bind("settle", presenter.confirm)
        self.bind("print_slip", presenter.print_slip)
        self.bind("import_fees", self.import_fees)
        self.bind("split", self.split)
        self.bind("refund", self.refund)
        self.bind("next_patient", self.next_patient)

    def _build(self) -> None:
        self.card = PatientCard(say("outpatient.card.hint", press=self._key("patient")))
        read = QPushButton(f"{say('outpatient.step.card')}　{self._key('patient')}")
        read.setMinimumHeight(theme.u(36))
        read.setAccessibleName(say("outpatient.step.card"))
        read.clicked.connect(self._read_clicked)
        self.card.actions.addWidget(self.keys.button("identify"))
        self.card.actions.addWidget(read)
        self.steps = StepLine()
        self.top.addWidget(self.card)
        self.top.addWidget(self.steps)
        self.money = MoneyPanel()
        self._place_buttons()
        self._row = SideBySide(self.sheet, self.money, MONEY_WIDTH, STACKED_BELOW)
        self.body.addLayout(self._row, 1)
        self.picker = QualificationPicker(self, self.presenter.pick)
        self.witness = Witness(self, self.presenter.override)
        kinds = number_kinds(self.context.desk.centre.capabilities.identify_by)
        self.identifier = IdentifyCard(self, kinds, self.presenter.identify) if kinds else None
        self.importer = ImportPage(self, self._took_lines)
        self.splitter = SplitPage(self, self.presenter.reopen)
        self.home_field = self.sheet.box

    def _place_buttons(self) -> None:
        keys = self.keys
        self.primaries = {
            name: keys.button(name) for name in ("presettle", "settle", "next_patient", "register")
        }
        for name in ("presettle", "settle"):
            self.money.buttons.addWidget(self.primaries[name])
        self.print_button = keys.button("print_slip")
        self.money.buttons.addWidget(self.print_button)
        self.money.buttons.addWidget(self.primaries["next_patient"])
        self.override_button = QPushButton(say("outpatient.form.override"))
        self.override_button.setMinimumHeight(theme.u(34))
        self.override_button.clicked.connect(self.override)
        self.sheet.form_buttons.addWidget(self.override_button)
        self.sheet.form_buttons.addWidget(keys.button("qualification"))
        self.sheet.form_buttons.addWidget(self.primaries["register"])
        self.remove_button = QPushButton(say("outpatient.remove"))
        self.remove_button.setMinimumHeight(theme.u(34))
        self.remove_button.clicked.connect(lambda: self.presenter.remove_fees())
        self.sheet.buttons.addWidget(self.keys.button("split"))
        self.sheet.buttons.addWidget(self.remove_button)
        self.upload_button = keys.button("upload")
        self.sheet.buttons.addWidget(self.upload_button)
        self.sheet.buttons.addWidget(keys.button("import_fees"))

    def _listen(self) -> None:
        bridge = self.context.bridge
        bridge.transaction_changed.connect(self._changed)
        bridge.progress.connect(self.presenter.progressed)
        self.sheet.asked.connect(self.open_number)
        self.sheet.box.textChanged.connect(self._searched)
        self.sheet.form.edited.connect(lambda _: self._form_edited())
        self.sheet.form.completed.connect(self.register)
        self.money.received_changed.connect(
            lambda: self.presenter.receive(self.money.received.text())
        )

    def _changed(self, event: Any) -> None:
        self.presenter.changed(event)
        if event.state == State.SETTLED:
            self.reload_waiting()

    def _key(self, action: str) -> str:
        return self.context.actions[action].key

    # what is pressed

    def patient(self) -> None:
        """F6: to the visit box; pressed there, read the card."""
        if self.sheet.box.hasFocus():
            self.presenter.read_card()
        else:
            self.sheet.box.setFocus()
            self.sheet.box.selectAll()

    def _read_clicked(self) -> None:
        if not self.keys.locked():
            self.presenter.read_card()

    def pick(self) -> None:
        """F4: which injury is treated."""
        person = self.presenter.case.person
        if person is not None:
            self.picker.ask(person.qualifications, self.presenter.likely())

    def override(self) -> None:
        """A supervisor answers for a name."""
        self.witness.ask("；".join(self.presenter.case.differences))

    def register(self) -> None:
        """F3: the form as it is."""
        draft = self.presenter.case.draft
        if draft is None or not self.keys.action("register").isEnabled():
            return
        if self.sheet.form.check():
            return
        self.presenter.edit(filled(draft, self.sheet.form.values()))
        self.presenter.register()

    def _form_edited(self) -> None:
        draft = self.presenter.case.draft
        if draft is not None and not self.sheet.filling:
            self.presenter.edit(filled(draft, self.sheet.form.values()))

    def import_fees(self) -> None:
        """Ctrl+O: fees from a file."""
        visit = self.presenter.case.visit
        if visit is not None:
            self.importer.ask(visit.visit_no)

    def _took_lines(self, lines: tuple[FeeLine, ...]) -> None:
        self.presenter.use_lines(lines)

    def split(self) -> None:
        """Injury or disease, line by line."""
        case = self.presenter.case
        if case.visit is not None and not self.presenter.busy:
            self.splitter.ask(case.visit.visit_no, case.visit.registration.person_name)

    def refund(self) -> None:
        """F8: to 退费撤销 with this visit."""
        visit = self.presenter.case.visit
        if visit is not None:
            self.context.navigate("refund", visit.visit_no)

    def next_patient(self) -> None:
        """Ctrl+N: an empty page."""
        self.presenter.next_patient()
        self.sheet.box.clear()
        self.sheet.box.setFocus()
        self.reload_waiting()

    def parked(self) -> None:
        """「放到待处理」: the next patient."""
        self.next_patient()

    def back(self) -> None:
        """Esc: take the first F2 back, else go to the visit box."""
        if not self.presenter.disarm():
            self.sheet.box.setFocus()

    def entered(self, argument: Any = None) -> None:
        """Shown; perhaps with a visit to open."""
        self.reload_waiting()
        if isinstance(argument, str) and argument:
            self.next_patient()
            self.presenter.open(argument)
        else:
            self.presenter.look_again()

    def reload_waiting(self) -> None:
        """Read anew who waits."""
        self.waiting.load()

    def open_number(self, number: str, stay: bool) -> None:
        """A visit stays here, a stay has a page of its own."""
        if stay:
            self.context.navigate("inpatient", number)
        else:
            self.presenter.open(number)

    def _searched(self, _: str) -> None:
        if self.presenter.case.visit is None:
            self.refresh()

    def printed(self, msgid: str, where: str) -> bool:
        """The slip came out."""
        return self.presenter.printed(msgid, where)

    def closing_fault(self) -> str:
        """A settlement under way must be seen to its end."""
        return say("outpatient.closing") if self.presenter.busy else ""

    def _refused(self, work: Work, error: DeskError) -> bool:
        if work.name == "register" and any(item.field for item in error.faults):
            self.sheet.show_faults(error.faults)
        return super()._refused(work, error)

    # showing

    def render(self) -> None:
        """The presenter's case, everywhere."""
        case = self.presenter.case
        facts = patient_facts(case, self._key("qualification"))
        if facts != self._facts:
            self._facts = facts
            self.card.show_facts(case.person.name if case.person else "", facts)
        self._render_steps()
        self.sheet.show_case(case, self._key)
        self._render_money(self.presenter.money())
        self._render_keys(case)
        self._follow(case)

    def _render_steps(self) -> None:
        short = self.width() < theme.u(SHORT_STEPS_BELOW)
        faces = step_line(self.presenter.case)
        self.steps.set_steps(
            [
                Step(face.title if not short or face.mark != "later" else "", face.mark, face.why)
                for face in faces
            ]
        )

    def _render_money(self, face: MoneyFace) -> None:
        amounts = None
        if face.total is not None and face.fund is not None and face.personal is not None:
            amounts = Amounts(total=face.total, fund=face.fund, personal=face.personal)
        self.money.show_amounts(amounts)
        self._arm(face)
        self.money.set_caption("" if self.presenter.case.armed else face.headline)
        self.money.set_checks([MoneyCheck(text, holds) for holds, text in face.checks])
        self.money.received.set_fault(self.presenter.case.received_fault)
        self.money.received.setReadOnly(face.final)

    def _arm(self, face: MoneyFace) -> None:
        armed = self.presenter.case.armed
        self.money.ask(face.headline if armed else "")
        if armed:
            bring_into_sight(self.primaries["settle"])

    def _render_keys(self, case: Case) -> None:
        self.allow(lambda action: why_not(case, action))
        primary = self.presenter.primary()
        for name, button in self.primaries.items():
            button.set_kind("primary" if name == primary else "")
        settled = case.stage is Stage.SETTLED
        self.print_button.setVisible(settled)
        for name in ("presettle", "settle"):
            self.primaries[name].setVisible(not settled)
        self.upload_button.setVisible(why_not(case, "upload") is None)
        held = self.presenter.way()
        self.remove_button.setText(say(f"outpatient.remove{held}"))
        self.keys.action("upload").setText(say(f"outpatient.upload{held}"))
        self.remove_button.setVisible(why_not(case, "remove_fees") is None)
        self.override_button.setVisible(bool(case.differences) and case.override is None)

    def _follow(self, case: Case) -> None:
        """Put the focus where the next thing is typed, once, when the visit moves on."""
        if case is not self._case:
            self.money.received.clear()
        moved = case is not self._case or case.stage is not self._stage
        self._case, self._stage = case, case.stage
        if not moved or self.presenter.busy or not self.may_focus():
            return
        if case.visit is not None and self.sheet.box.text() != case.visit.visit_no:
            self.sheet.box.setText(case.visit.visit_no)
        if case.stage is Stage.PRESETTLED:
            self.money.received.setFocus()
        elif case.registered:
            self.sheet.table.setFocus()
        elif case.draft is not None and case.person is not None:
            self._to_form()

    def _to_form(self) -> None:
        first = self.sheet.form.first()
        if first is not None:
            first.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._row.fit(self.width())
        self._render_steps()
