"""日终对账 on screen: two sections, 对账 and 轧账, and the cards laid over them."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.domain import Role
from core.domain.dayend import Proposal
from core.money import show
from core.words import say
from gui.operation import Operation
from gui.screens.dayend.ask import HandCard, ReasonCard
from gui.screens.dayend.books_view import BooksSection
from gui.screens.dayend.cuts_view import CutsSection
from gui.screens.dayend.period import shown
from gui.screens.dayend.presenter import BOOKS, SECTIONS, DayEndPresenter
from gui.screens.dayend.preview import SHOWN_WIDE, SheetPreview, images
from gui.screens.dayend.printing import pdf_of, print_on_lane
from gui.screens.dayend.three_books import proposal_word
from gui.screens.side import bring_into_sight
from gui.screens.working import WorkingScreen
from gui.shell.context import Context
from gui.shell.leaving import case_lines
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.labels import Label

UNDOING = (Proposal.REVERSE, Proposal.CANCEL, Proposal.SETTLE_AGAIN, Proposal.VOID)
UNDO_REASONS = ("late_refund", "late_settlement", "wrong_period", "found_error", "other")
VOID_REASONS = ("wrong_cut", "wrong_count", "wrong_operator", "paper", "other")


def _listed(names: tuple[str, ...], kind: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, say(f"dayend.view.{kind}.{name}")) for name in names)


class DayEndView(WorkingScreen):
    """Shows the presenter; F2 and F8 mean what the shown section can do."""

    name = "dayend"
    parkable = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = DayEndPresenter(context.desk, self)
        self._was_armed = False
        self._bind_keys()
        self._build()
        self.presenter.books.know_operators()
        context.bridge.transaction_changed.connect(self._changed)
        self.refresh()

    def _bind_keys(self) -> None:
        presenter = self.presenter
        self.bind("compare_day", presenter.compare)
        self.bind("match_day", presenter.match)
        self.bind("confirm_day", self._confirm)
        self.bind("repair_class", self._ask_class)
        self.bind("undo_day", self._ask_undo)
        self.bind("switch_day", self._switch)
        self.bind("hand_over_day", self._ask_hand_over)
        self.bind("print_day", presenter.cuts.print)
        self.bind("preview_day", self._preview)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.u(16))
        head.addWidget(Label(say("dayend.view.title"), "title"))
        names = [(name, say(f"dayend.view.section_of.{name}")) for name in SECTIONS]
        self.sections = Chips(names)
        self.sections.setAccessibleName(say("dayend.view.section"))
        self.sections.chosen.connect(self.presenter.show)
        head.addWidget(self.sections)
        head.addStretch(1)
        head.addWidget(self.keys.button("switch_day", kind="quiet"))
        self.top.addLayout(head)
        self.books = BooksSection(self.context, self.presenter, self.keys, self._ask_repair,
                                  self._to_pairs)  # fmt: skip
        self.cuts = CutsSection(self.context, self.presenter.cuts, self.keys)
        for section in (self.books, self.cuts):
            self.body.addWidget(section, 1)
        self.reason, self.hand = ReasonCard(self), HandCard(self)
        self.sheet = SheetPreview(self)
        self.home_field = self.sections.chips[BOOKS]

    def _changed(self, event: Any) -> None:
        """Sums of a day are worth reading again while somebody looks at them."""
        if self.isVisible():
            self.presenter.changed(event)

    # what is pressed

    def _switch(self) -> None:
        self.presenter.switch()
        books = self.presenter.section == BOOKS
        (self.books.choosing.chips.chips["today"] if books else self.cuts.counted).setFocus()

    def _to_pairs(self) -> None:
        if self.may_focus():
            self.books.pairs.table.setFocus()
            bring_into_sight(self.books.pairs)

    def _confirm(self) -> None:
        if self.presenter.repairs():
            self._ask_repair()
        else:
            self.presenter.confirm()

    def _ask_repair(self) -> None:
        pairs = self.presenter.pairs
        pair = pairs.pair
        if pair is None or self.presenter.busy or pairs.why_not("repair_day") is not None:
            return
        proposal, side = proposal_word(pair), pair.first
        text = say("dayend.view.ask.repair_text", name=side.person_name, visit=side.visit_no,
                   bill=side.bill_no, says=pair.says)  # fmt: skip
        self.reason.ask(
            say("dayend.view.ask.repair_title", proposal=proposal), text, proposal,
            pairs.reasons(), pairs.repair, second=pair.needs_second,
            danger=pair.proposal in UNDOING,
        )  # fmt: skip

    def _ask_class(self) -> None:
        pairs = self.presenter.pairs
        rows = pairs.together()
        if not rows or self.presenter.busy:
            return
        proposal = proposal_word(rows[0])
        title = say("dayend.view.ask.class_title", count=len(rows), proposal=proposal)
        self.reason.ask(
            title, say("dayend.view.ask.class_text"), proposal, pairs.reasons(),
            lambda reason, *_: pairs.repair_together(reason),
        )  # fmt: skip

    def _ask_undo(self) -> None:
        if self.presenter.busy:
            return
        if self.presenter.section == BOOKS:
            self._ask_undo_confirmation()
        else:
            self._ask_void()

    def _ask_undo_confirmation(self) -> None:
        books = self.presenter.books
        found = books.undoable()
        if found is None:
            return
        text = say("dayend.view.ask.undo_text", period=shown(found.period),
                   count=found.sums.count, total=show(found.sums.total))  # fmt: skip
        self.reason.ask(
            say("dayend.view.ask.undo_title"), text, say("dayend.view.undo_books"),
            _listed(UNDO_REASONS, "undo_reason"), books.undo,
            second=not self.presenter.is_supervisor(), danger=True,
        )  # fmt: skip

    def _ask_void(self) -> None:
        cuts = self.presenter.cuts
        found = cuts.closing
        if found is None or cuts.why_not("undo_day") is not None:
            return
        text = say("dayend.view.ask.void_text", name=found.operator_name, amount=show(found.cash))
        self.reason.ask(
            say("dayend.view.ask.void_title", number=found.number), text,
            say("dayend.view.undo_cut"), _listed(VOID_REASONS, "void_reason"), cuts.void,
            second=not cuts.voids_alone(), danger=True,
        )  # fmt: skip

    def _ask_hand_over(self) -> None:
        cuts = self.presenter.cuts
        made = cuts.cuts.preview if cuts.cuts else None
        if made is not None and made.unresolved and not self.presenter.busy:
            text = say("dayend.view.hand.text", count=len(made.unresolved))
            listed = case_lines(self.context.desk, made.unresolved)
            self.hand.ask(f"{text}\n{listed}", cuts.hand_over)

    def _preview(self) -> None:
        number, desk, wide = self.presenter.cuts.chosen, self.context.desk, theme.u(SHOWN_WIDE)
        title = say("dayend.view.preview_of", number=number)
        work = Operation(
            self, lambda: images(pdf_of(desk, number), wide), name="look",
            asks=say("work.asks.look_sheet"), lane="io",
        )  # fmt: skip
        work.on_success(lambda pages: self.sheet.show_pages(title, pages)).run()

    def print_sheet(self, number: int) -> None:
        """On the printing lane; a failure costs nothing but paper."""
        print_on_lane(self, number, self.presenter.read)

    def back(self) -> None:
        """Esc: not yet."""
        self.presenter.disarm()

    def entered(self, argument: Any = None) -> None:
        """Shown: perhaps the other section; read anew."""
        if argument in SECTIONS:
            self.presenter.show(argument)
        self._know_people()
        self.presenter.read()

    def _know_people(self) -> None:
        """A supervisor may close for a cashier."""
        desk = self.context.desk
        if self.presenter.is_supervisor():
            people = tuple(item for item in desk.operators.list() if item.role is not Role.IT)
            self.cuts.know(people)

    def closing_fault(self) -> str:
        """What is asked now must be seen to its end."""
        return say("outpatient.closing") if self.presenter.busy else ""

    # showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        presenter = self.presenter
        books = presenter.section == BOOKS
        self.sections.choose(presenter.section)
        self._turn_to(self.books if books else self.cuts)
        self._name_keys(books)
        self.allow(presenter.why_not)
        (self.books if books else self.cuts).render()
        self._show_prompt(self.books.prompt if books else self.cuts.prompt)

    def _show_prompt(self, prompt: QWidget) -> None:
        """What the second press will do is seen before it is pressed."""
        armed = not prompt.isHidden()
        if armed and not self._was_armed:
            bring_into_sight(prompt)
        self._was_armed = armed

    def _turn_to(self, section: QWidget) -> None:
        """No stack: the hidden section would ask for its room there."""
        for other in (self.books, self.cuts):
            other.setVisible(other is section)

    def _name_keys(self, books: bool) -> None:
        """F2 and F8 are called by what they do here."""
        go = "confirm_cut"
        if books:
            go = "confirm_pair" if self.presenter.repairs() else "confirm_books"
        for name, key in (("confirm_day", go), ("undo_day", "undo_books" if books else "undo_cut")):
            self.keys.action(name).setText(say(f"dayend.view.{key}"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for section in (self.books, self.cuts):
            section.fit(self.width())
