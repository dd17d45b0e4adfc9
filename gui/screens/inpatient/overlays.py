"""The cards over the page of 住院结算: which one opens when, and what it is filled with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.domain.stay import ChangeField, UploadReport, WayBack
from core.errors import Fault
from core.words import say
from gui.messages import Message
from gui.screens.inpatient.cards import FormCard, ReasonCard, RemoveCard, ReportCard, WayCard
from gui.screens.inpatient.filing_card import FilingCard
from gui.screens.inpatient.forms import (
    asked_specs,
    change_specs,
    discharge_specs,
    filing_specs,
)
from gui.screens.inpatient.presenter import InpatientPresenter
from gui.screens.outpatient.identify_card import IdentifyCard, number_kinds
from gui.screens.outpatient.import_page import ImportPage
from gui.screens.outpatient.pickers import QualificationPicker, Witness
from gui.screens.split.page import SplitPage

CHANGE_WIDTH, DISCHARGE_WIDTH = 860, 620


class Overlays:
    """One per page; each card is made when it is first wanted."""

    def __init__(self, page: Any, presenter: InpatientPresenter) -> None:
        self._page, self._presenter = page, presenter
        self._made: dict[str, Any] = {}
        self._fields: tuple[ChangeField, ...] = ()
        self._reported: UploadReport | None = None

    def _card(self, name: str, make: Any) -> Any:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def has(self, name: str) -> bool:
        """Whether a card has been opened."""
        return name in self._made

    def card(self, name: str) -> Any:
        """A card that has been opened, for tests and the tour."""
        return self._made[name]

    def _views(self, step: str) -> Any:
        centre = self._page.context.desk.centre
        return centre.fields(centre.variant(step, stay=True))

    @property
    def _encoding(self) -> str:
        return str(self._page.context.desk.settings.centre.encoding)

    # who

    def identify(self) -> None:
        """Who it is, by a number."""
        kinds = number_kinds(self._page.context.desk.centre.capabilities.identify_by)
        ask = self._presenter.identify
        self._card("identify", lambda: IdentifyCard(self._page, kinds, ask)).ask()

    def pick(self) -> None:
        """F4: which injury is treated, or which filing stands for one."""
        presenter = self._presenter
        if not presenter.busy and not presenter.blocked("stay_qualification") and presenter.case:
            picker = self._card("pick", lambda: QualificationPicker(self._page, presenter.pick))
            picker.ask(presenter.choices(), presenter.case.qualification)

    def witness(self) -> None:
        """A supervisor answers for a name."""
        case = self._presenter.case
        if case is not None:
            override = self._presenter.override
            witness = self._card("witness", lambda: Witness(self._page, override))
            witness.ask("；".join(case.differences))

    # registration

    def change(self) -> None:
        """2203: ask the service what may change, then the form."""
        self._presenter.ask_change(self._show_change)

    def _show_change(self, fields: tuple[ChangeField, ...]) -> None:
        self._fields = tuple(fields)
        card = self._card(
            "change", lambda: FormCard(self._page, CHANGE_WIDTH, "change", self._changed)
        )
        card.build(change_specs(fields, self._views("change_registration"), self._encoding), 3)
        card.ask({item.field: item.value for item in fields}, say("inpatient.change.text"))

    def _changed(self, values: Mapping[str, str]) -> None:
        if not self._presenter.change(values, self._fields):
            self._presenter.tell("info", "inpatient.change.nothing")

    def file(self) -> None:
        """1102: the form and its files."""
        presenter = self._presenter
        if presenter.busy or presenter.blocked("special_filing"):
            return
        self._filing_card().begin()

    def _filing_card(self) -> FilingCard:
        specs = filing_specs(self._views("special_filing"), self._encoding)
        page, presenter = self._page, self._presenter
        card: FilingCard = self._card("filing", lambda: FilingCard(page, presenter, specs))
        return card

    def file_again(self, faults: Iterable[Fault]) -> None:
        """What was wrong with a filing stands at its fields."""
        self._filing_card().again(faults)

    def way_back(self) -> None:
        """The steps of taking the stay back in order, with what has to come first."""
        self._presenter.ask_way_back(self._show_way)

    def _show_way(self, way: tuple[WayBack, ...]) -> None:
        presenter = self._presenter
        card = self._card("way", lambda: WayCard(self._page, self._take_back))
        card.ask(way, presenter.may_cancel(way), presenter.next_back(way))

    def _take_back(self, step: WayBack | None, reason: str) -> None:
        """One step where each is a transaction, and on to the next; else all that is left."""
        if step is None:
            self._presenter.cancel_admission(reason)
        else:
            self._presenter.undo(step, reason, self.way_back)

    # fees and the end

    def import_lines(self) -> None:
        """Ctrl+O: fees from a file, laid beside those there are."""
        presenter = self._presenter
        if not presenter.busy and not presenter.blocked("stay_import"):
            use = presenter.use_lines
            self._card("import", lambda: ImportPage(self._page, use)).ask(presenter.number())

    def split(self) -> None:
        """Injury or disease, line by line."""
        presenter = self._presenter
        if not presenter.busy and not presenter.blocked("stay_split") and presenter.case:
            page = self._card("split", lambda: SplitPage(self._page, presenter.look_again))
            row = presenter.case.row
            page.ask(presenter.number(), row.name if row else "")

    def remove(self) -> None:
        """2205: which lines, and why."""
        presenter, line = self._presenter, self._page.sheet.current()
        if presenter.busy or presenter.blocked("remove_fees"):
            return
        there = [item for item in presenter.all_lines() if item.uploaded is not None]
        same = sum(item.rx_no == line.rx_no for item in there) if line else 0
        card = self._card(
            "remove", lambda: RemoveCard(self._page, presenter.why_not_remove, presenter.remove)
        )
        card.ask(None if presenter.only_whole else line, same, len(there))

    def discharge(self) -> None:
        """How the stay ended; recorded already: the way to take it back."""
        presenter = self._presenter
        if presenter.busy or presenter.blocked("discharge") or presenter.case is None:
            return
        if presenter.case.discharge is not None:
            undo = self._card(
                "undo", lambda: ReasonCard(self._page, "undo_discharge", presenter.undo_discharge)
            )
            undo.begin(self._discharge_text("undo_discharge"))
            return
        card = self._card("discharge", self._discharge_card)
        card.ask(presenter.discharge_values(), self._discharge_text("discharge"))

    def _discharge_text(self, name: str) -> str:
        sent = self._page.context.desk.centre.capabilities.discharge_is_sent
        return say(f"inpatient.{name}.text_sent" if sent else f"inpatient.{name}.text")

    def _discharge_card(self) -> FormCard:
        """Its own fields, and what the centre asks for where it is told of the discharge."""
        desk = self._page.context.desk
        asked = desk.stays.discharge_fields()
        sent = desk.centre.capabilities.discharge_is_sent
        own = discharge_specs(self._views("discharge" if sent else "settle"), self._encoding)
        width = CHANGE_WIDTH if asked else DISCHARGE_WIDTH
        card = FormCard(self._page, width, "discharge", self._presenter.discharge)
        card.build((*own, *asked_specs(asked, self._encoding)), 3 if asked else 2)
        return card

    # showing

    def refresh(self) -> None:
        """What open cards show of the presenter; a new report opens by itself."""
        filing = self._made.get("filing")
        if filing is not None and filing.isVisible():
            filing.show_files()
        report = self._presenter.report
        if report is not None and report is not self._reported and self._presenter.case is None:
            self._reported = report
            open_stay = self._presenter.open
            self._card("report", lambda: ReportCard(self._page, open_stay)).ask(report)

    def say(self, message: Message) -> bool:
        """A sentence about the filing's files stands in its open card."""
        filing = self._made.get("filing")
        if filing is None or not filing.isVisible():
            return False
        filing.say(message.text)
        return True
