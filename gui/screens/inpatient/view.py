"""住院结算 on screen: the worklist, or one stay with card, step line, sheet and money panel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from core.domain import Amounts, Stage
from core.errors import DeskError
from core.words import say
from gui.messages import Message
from gui.screens.inpatient.buttons import (
    FILTER_ACTIONS,
    FOOT_ACTIONS,
    FORM_ACTIONS,
    HEAD_ACTIONS,
    MONEY_ACTIONS,
    discharge_word,
    shown_buttons,
)
from gui.screens.inpatient.case import StayCase
from gui.screens.inpatient.facts import stay_facts
from gui.screens.inpatient.forms import admission_specs
from gui.screens.inpatient.list_page import ListPage
from gui.screens.inpatient.overlays import Overlays
from gui.screens.inpatient.presenter import InpatientPresenter
from gui.screens.inpatient.rules import step_line
from gui.screens.inpatient.sheet import StaySheet, admission_of
from gui.screens.side import OnePage, SideBySide, bring_into_sight
from gui.screens.slips import sheet_on_lane
from gui.screens.work import MoneyFace, Work
from gui.screens.working import WorkingScreen
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.labels import Label
from gui.widgets.money_panel import WIDTH as MONEY_WIDTH
from gui.widgets.money_panel import MoneyCheck, MoneyPanel
from gui.widgets.patient_card import PatientCard
from gui.widgets.step_line import Step, StepLine

STACKED_BELOW = 700
SHORT_STEPS_BELOW = 720


class InpatientView(WorkingScreen):
    """Shows the presenter: the list while no stay is open, else the stay."""

    name = "inpatient"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        desk = context.desk
        encoding = desk.settings.centre.encoding
        register = desk.centre.variant("register", stay=True)
        self.specs = admission_specs(desk.centre.fields(register), encoding)
        self.presenter = InpatientPresenter(desk, self)
        self.outcomes = dict(desk.stays.outcomes())
        self._by_hand = desk.hospital.absent
        self._case: StayCase | None = None
        self._moment: tuple[Any, ...] = ()
        self._bind_keys()
        self._build()
        self.overlays = Overlays(self, self.presenter)
        self._listen()
        self.refresh()

    # building

    def _bind_keys(self) -> None:
        presenter = self.presenter
        slots = {
            "stay_card": self.card_key,
            "stay_identify": lambda: self.overlays.identify(),
            "admit": self.admit,
            "stay_qualification": lambda: self.overlays.pick(),
            "stay_presettle": presenter.presettle,
            "stay_settle": presenter.confirm,
            "stay_upload": presenter.upload,
            "upload_all": self.upload_all,
            "stay_differences": presenter.differences,
            "stay_split": lambda: self.overlays.split(),
            "remove_fees": lambda: self.overlays.remove(),
            "stay_change": lambda: self.overlays.change(),
            "special_filing": lambda: self.overlays.file(),
            "discharge": lambda: self.overlays.discharge(),
            "cancel_admission": lambda: self.overlays.way_back(),
            "stay_refund": self.refund,
            "print_stay": presenter.print_slip,
            "stay_sheet": presenter.settlement_sheet,
            "next_stay": self.next_stay,
            "stay_import": lambda: self.overlays.import_lines(),
        }
        for name, slot in slots.items():
            self.bind(name, slot)

    def _build(self) -> None:
        self.title = Label(say("inpatient.title"), "title")
        self.card = PatientCard("")
        self.steps = StepLine()
        self.buttons: dict[str, Any] = {}
        self._add(self.card.actions, ("stay_identify", "stay_card"))
        for part in (self.title, self.card, self.steps):
            self.top.addWidget(part)
        self.list = ListPage(self.context, self.presenter)
        self.list.buttons.addWidget(self.keys.button("upload_all"))
        self.sheet = StaySheet(self.context, self.presenter, self.specs, self.outcomes)
        self.money = MoneyPanel()
        self._place_buttons()
        self.work = QWidget()
        self._row = SideBySide(self.sheet, self.money, MONEY_WIDTH, STACKED_BELOW)
        self.work.setLayout(self._row)
        self._pages = OnePage()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self.work)
        self.body.addWidget(self._pages, 1)
        self.home_field = self.list.box

    def _place_buttons(self) -> None:
        sheet = self.sheet
        self._add(sheet.head_buttons, HEAD_ACTIONS)
        self.override = QPushButton(say("outpatient.form.override"))
        self.override.setMinimumHeight(theme.u(34))
        self.override.clicked.connect(lambda: self.overlays.witness())
        sheet.form_buttons.addWidget(self.override)
        self._add(sheet.form_buttons, FORM_ACTIONS)
        self._add(sheet.filter_buttons, FILTER_ACTIONS)
        self._add(sheet.buttons, FOOT_ACTIONS)
        self._add(self.money.buttons, MONEY_ACTIONS)

    def _add(self, row: Any, names: tuple[str, ...]) -> None:
        for name in names:
            self.buttons[name] = self.keys.button(name)
            row.addWidget(self.buttons[name])

    def _listen(self) -> None:
        presenter, listed = self.presenter, self.list
        self.context.bridge.transaction_changed.connect(presenter.changed)
        listed.box.submitted.connect(presenter.go)
        listed.table.opened.connect(lambda row: presenter.open(row.visit_no))
        self.sheet.form.edited.connect(lambda _: self._form_edited())
        self.sheet.form.completed.connect(self.admit)
        received = self.money.received
        self.money.received_changed.connect(lambda: presenter.receive(received.text()))

    # what is pressed

    def card_key(self) -> None:
        """F6: on the list to the search box and, pressed there, read the card; on a stay read."""
        box = self.list.box
        if self.presenter.case is not None or box.hasFocus():
            self.presenter.read_card()
        else:
            box.setFocus()
            box.selectAll()

    def admit(self) -> None:
        """F3: the form as it is."""
        case = self.presenter.case
        if case is None or case.draft is None or not self.keys.action("admit").isEnabled():
            return
        if not self.sheet.form.check():
            self.presenter.edit(admission_of(case.draft, self.sheet.form.values()))
            self.presenter.admit()

    def _form_edited(self) -> None:
        case = self.presenter.case
        if case is not None and case.draft is not None and not self.sheet.filling:
            self.presenter.edit(admission_of(case.draft, self.sheet.form.values()))

    def upload_all(self) -> None:
        """Ctrl+Shift+U: everything the list shows."""
        self.presenter.upload_all()

    def refund(self) -> None:
        """F8: to 退费撤销 with this stay."""
        if self.presenter.case is not None:
            self.context.navigate("refund", self.presenter.case.visit_no)

    def next_stay(self) -> None:
        """Ctrl+N: the list, with an empty search."""
        self.presenter.next_stay()
        self.list.box.setFocus()

    def parked(self) -> None:
        """「放到待处理」: the list; what is under way goes on."""
        self.presenter.close()

    def back(self) -> None:
        """Esc: take the first F2 back, else back to the list with the place kept."""
        presenter = self.presenter
        if presenter.disarm():
            return
        if presenter.case is not None:
            presenter.close()
            self.list.table.setFocus()
        elif presenter.text:
            presenter.search("")
            self.list.box.setFocus()
        else:
            self.list.box.setFocus()

    def entered(self, argument: Any = None) -> None:
        """Shown; perhaps with a stay to open."""
        self.presenter.load()
        if isinstance(argument, str) and argument:
            self.presenter.close()
            self.presenter.open(argument)
        elif self.presenter.case is not None and not self.presenter.busy:
            self.presenter.look_again(fresh=True)

    def print_sheet(self, sheet: Any, name: str) -> None:
        """Print a sheet on the printing lane."""
        sheet_on_lane(self, sheet, name)

    def printed(self, msgid: str, where: str) -> bool:
        """The slip came out."""
        return self.presenter.printed(msgid, where)

    def closing_fault(self) -> str:
        """A transaction under way must be seen to its end."""
        return say("outpatient.closing") if self.presenter.busy else ""

    def tell(self, message: Message) -> None:
        """A banner; while the filing's card is open its sentences stand in it."""
        if not self.overlays_say(message):
            super().tell(message)

    def overlays_say(self, message: Message) -> bool:
        """Whether an open card took the sentence."""
        found = getattr(self, "overlays", None)
        return found is not None and found.say(message)

    def _refused(self, work: Work, error: DeskError) -> bool:
        if work.name == "register" and any(item.field for item in error.faults):
            self.sheet.form.show_faults(error.faults)
        if work.name == "special_filing":
            self.overlays.file_again(error.faults)
        return super()._refused(work, error)

    # showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        case = self.presenter.case
        there = case is not None and case.stay is not None
        self.title.setVisible(not there)
        self.card.setVisible(there)
        self.steps.setVisible(there)
        self._pages.turn(self.work if there else self.list)
        self.list.show_list(self._key)
        if there and case is not None:
            self._render_stay(case)
        else:
            self.money.show_amounts(None)
        self.allow(self.presenter.why_not)
        self.overlays.refresh() if hasattr(self, "overlays") else None
        self._follow(case)

    def _key(self, action: str) -> str:
        return self.context.actions[action].key

    def _render_stay(self, case: StayCase) -> None:
        facts = stay_facts(case, self._key("stay_qualification"))
        self.card.show_facts(case.row.name if case.row else "", facts)
        self._render_steps(case)
        self.sheet.show_stay(case)
        self._render_money(self.presenter.money(), case)
        self._render_buttons(case)

    def _render_steps(self, case: StayCase) -> None:
        short = self.width() < theme.u(SHORT_STEPS_BELOW)
        faces = step_line(case)
        steps = [Step(face.title, face.mark, face.why) for face in faces]
        if short:
            steps = [replace(s, label="") if s.state == "later" else s for s in steps]
        self.steps.set_steps(steps)

    def _render_money(self, face: MoneyFace, case: StayCase) -> None:
        amounts = None
        if face.total is not None and face.fund is not None and face.personal is not None:
            amounts = Amounts(total=face.total, fund=face.fund, personal=face.personal)
        self.money.show_amounts(amounts)
        self.money.show_deposit(case.row.deposit if case.row else None, case.due)
        self.money.ask(face.headline if case.armed else "")
        if case.armed:
            bring_into_sight(self.buttons["stay_settle"])
        self.money.set_caption("" if case.armed else face.headline)
        self.money.set_checks([MoneyCheck(text, holds) for holds, text in face.checks])
        self.money.received.set_fault(case.received_fault)
        self.money.received.setReadOnly(face.final)

    def _render_buttons(self, case: StayCase) -> None:
        primary = self.presenter.primary()
        self.keys.action("discharge").setText(discharge_word(case))
        for name, button in self.buttons.items():
            button.set_kind("primary" if name == primary else "")
        shown = shown_buttons(self.presenter, case, self._by_hand)
        for name, visible in shown.items():
            self.buttons[name].setVisible(visible)
        self.override.setVisible(bool(case.differences) and case.override is None)

    def _follow(self, case: StayCase | None) -> None:
        """Put the focus where the next thing is done, once, when the stay moves on."""
        if case is not self._case:
            self.money.received.clear()
        moment = _moment(case)
        moved = moment != self._moment
        self._case = case
        if not moved or self.presenter.busy or not self.may_focus():
            return
        self._moment = moment
        if case is not None and case.stay is not None:
            self._focus_stay(case)

    def _focus_stay(self, case: StayCase) -> None:
        first = self.sheet.form.first()
        if not case.registered and case.person is not None and first is not None:
            first.setFocus()
        elif self._pays(case):
            self.money.received.setFocus()
        else:
            self.sheet.table.setFocus()

    @staticmethod
    def _pays(case: StayCase) -> bool:
        """Money is to be collected now."""
        ready = case.discharge is not None and case.stage is not Stage.SETTLED
        return ready and case.shown is not None and (case.due or 0) > 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._row.fit(self.width())
        if self.presenter.case is not None and self.presenter.case.stay is not None:
            self._render_steps(self.presenter.case)


def _moment(case: StayCase | None) -> tuple[Any, ...]:
    """What, when it changes, moves the cursor: stay, card, stage, and whether money is due."""
    if case is None or case.stay is None:
        return ()
    return (id(case), case.person is None, case.stage, case.due is None)
