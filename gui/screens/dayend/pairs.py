"""The three-way match: pairs by class, the one repair of each, and repairs of a whole class."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.domain import Operator
from core.domain.dayend import Comparison, Pair, PairClass, Proposal, Repaired
from core.errors import DeskError, Fault, fault
from core.events import Progress
from core.words import say
from gui.messages import Message
from gui.screens.dayend.books import BooksPresenter, second_person
from gui.screens.dayend.three_books import SideLine, facts, proposal_word, side_lines
from gui.screens.work import Page, Presenter

OPEN = "open"
SHOWN = (
    PairClass.CENTRE_ONLY, PairClass.HOSPITAL_ONLY, PairClass.JOURNAL_ONLY,
    PairClass.AMOUNT_DIFFERS, PairClass.DOUBLED, PairClass.ACROSS_MIDNIGHT,
    PairClass.REFUND_PAIR, PairClass.OTHER_DESK,
)  # fmt: skip
SAFE = frozenset({Proposal.COMPLETE, Proposal.POST, Proposal.TAKE_MOMENT})
REASONS = ("no_answer", "line_down", "hospital_late", "midnight", "wrong_fee", "twice", "other")


@dataclass(frozen=True, slots=True)
class Together:
    """What came of several repairs: ``says`` of those that were not done."""

    done: int
    total: int
    says: tuple[str, ...] = ()


class PairsPresenter(Presenter):
    """``books`` holds the comparison with its match; ``shown`` is the chip, ``pair`` the row."""

    READS = "pairs"

    def __init__(self, desk: Any, page: Page, books: BooksPresenter) -> None:
        super().__init__(desk, page)
        self.books = books
        self.shown = OPEN
        self.pair: Pair | None = None
        self._rows: tuple[Any, str, tuple[Pair, ...]] = (None, "", ())
        self._stop = threading.Event()
        self._seen: Any = self
        self._counts: dict[str, int] = {}
        self._alike: dict[tuple[PairClass, Proposal], tuple[Pair, ...]] = {}

    @property
    def sheet(self) -> Any:
        """The match of the present comparison, or nothing."""
        compared = self.books.comparison
        return compared.sheet if compared else None

    # matching

    def match(self) -> None:
        """F3: the centre's list, the journal and the hospital's list, pair by pair."""
        compared = self.books.comparison
        if compared is not None and self.why_not("match_day") is None:
            call = self.desk.dayend.match
            self.start("match", lambda: call(compared), self._matched)

    def _matched(self, comparison: Comparison) -> None:
        self.books.comparison = comparison
        self.books.compared(comparison, self.counts()[OPEN])
        counts = self.counts()
        if not counts.get(self.shown):
            self.shown = OPEN
        self._keep_row()
        if not counts[OPEN] and comparison.equal:
            self.tell("info", "dayend.view.nothing_open", matched=comparison.sheet.matched)

    def _keep_row(self) -> None:
        """The row that was chosen, where there still is one; else the first."""
        rows = self.rows()
        key = self.pair.key if self.pair else ""
        self.pair = next((pair for pair in rows if pair.key == key), rows[0] if rows else None)

    def agrees(self) -> bool:
        """Do the sums agree, so that nothing needs matching?"""
        compared = self.books.comparison
        return compared is not None and compared.equal

    def rows(self) -> tuple[Pair, ...]:
        """The pairs behind the chosen chip; the same tuple while nothing changes."""
        sheet = self.sheet
        if self._rows[0] is not sheet or self._rows[1] != self.shown:
            self._rows = (sheet, self.shown, self._filtered())
        return self._rows[2]

    def _filtered(self) -> tuple[Pair, ...]:
        sheet = self.sheet
        if sheet is None:
            return ()
        if self.shown == OPEN:
            self._look_through()
            return self._open
        return tuple(pair for pair in sheet.pairs if pair.kind == self.shown)

    def counts(self) -> dict[str, int]:
        """How many pairs behind each chip; counted once a match, however often it is asked."""
        self._look_through()
        return self._counts

    def _look_through(self) -> None:
        sheet = self.sheet
        if sheet is self._seen:
            return
        self._seen, self._alike = sheet, {}
        self._open: tuple[Pair, ...] = tuple(sheet.open) if sheet else ()
        found = sheet.count() if sheet else {}
        self._counts = {OPEN: len(self._open)} | {
            kind.value: found[kind] for kind in SHOWN if found
        }

    def show(self, shown: str) -> None:
        """Another chip."""
        self.shown = shown
        self._keep_row()
        self.page.refresh()

    def choose(self, pair: Pair | None) -> None:
        """Another row."""
        if pair is not self.pair:
            self.pair = pair
            self.page.refresh()

    # what may be done

    def why_not(self, action: str) -> Fault | None:
        """Why an action of this part cannot be taken now."""
        checks = {
            "match_day": self._not_matchable,
            "repair_day": self._not_repairable,
            "repair_class": self._not_together,
        }
        return checks[action]() if action in checks else None

    def _not_matchable(self) -> Fault | None:
        compared = self.books.comparison
        if compared is None:
            return fault("dayend.view.why.compare")
        if compared.confirmed is not None:
            return fault("dayend.view.why.confirmed")
        return None

    def _not_repairable(self) -> Fault | None:
        if self.sheet is None:
            return fault("dayend.view.why.match")
        if self.pair is None:
            return fault("dayend.view.why.choose")
        if self.pair.proposal is Proposal.NONE:
            return fault("dayend.view.why.nothing")
        return None

    def _not_together(self) -> Fault | None:
        missing = self._not_repairable()
        if missing is not None:
            return missing
        if self.pair is not None and self.pair.proposal not in SAFE:
            return fault("dayend.view.why.one_by_one")
        return None if len(self.together()) > 1 else fault("dayend.view.why.only_one")

    def together(self) -> tuple[Pair, ...]:
        """The pairs of the chosen one's class and proposal that need no second person."""
        pair = self.pair
        if pair is None or self.sheet is None or pair.proposal not in SAFE:
            return ()
        self._look_through()
        about = (pair.kind, pair.proposal)
        if about not in self._alike:
            self._alike[about] = tuple(
                item for item in self._open
                if (item.kind, item.proposal) == about and not item.needs_second
            )  # fmt: skip
        return self._alike[about]

    # repairing

    def repair(self, reason: str, second: str = "", password: str = "") -> None:
        """Do the chosen pair's proposal."""
        pair, by = self.pair, self.desk.session.operator
        if pair is None or self._not_repairable() is not None:
            return
        agree = second_person(self.desk, by, second, password) if second else lambda: None
        call = self.desk.dayend.repair
        self.start("repair", lambda: call(pair, reason, by, agree()), self._repaired)

    def _repaired(self, result: Repaired) -> None:
        self._say_and_again(
            Message("done" if result.done else "warning", result.says, key="repair")
        )

    def repair_together(self, reason: str) -> None:
        """The same repair for all of the class, k of n; stops when asked to."""
        pairs, by = self.together(), self.desk.session.operator
        if not pairs or self._not_together() is not None:
            return
        self._stop.clear()
        self.start(
            "repair_class", lambda: self._all(pairs, reason, by), self._all_repaired,
            stop=self._stop.set,
        )  # fmt: skip

    def _all(self, pairs: tuple[Pair, ...], reason: str, by: Operator) -> Together:
        done, says = 0, []
        for number, pair in enumerate(pairs):
            if self._stop.is_set():
                break
            self.desk.events.announce(Progress("repair_class", "", number, len(pairs)))
            result = self._one(pair, reason, by)
            done += result.done
            says += [] if result.done else [result.says]
        return Together(done, len(pairs), tuple(dict.fromkeys(says)))

    def _one(self, pair: Pair, reason: str, by: Operator) -> Repaired:
        """One of many: a pair that no longer fits does not stop the others."""
        try:
            result: Repaired = self.desk.dayend.repair(pair, reason, by, None)
        except DeskError as error:
            return Repaired(done=False, says=str(error))
        return result

    def _all_repaired(self, result: Together) -> None:
        text = say("dayend.view.repaired_of", done=result.done, total=result.total)
        kind = "done" if result.done == result.total else "warning"
        says = "\n".join((text, *result.says[:5]))
        self._say_and_again(Message(kind, says, key="repair"))

    def _say_and_again(self, message: Message) -> None:
        """What came of it, and both books once more; the sentence outlives the new look."""
        compared = self.books.comparison
        assert compared is not None
        call = self._anew(compared)

        def done(comparison: Comparison) -> None:
            self.page.tell(message)
            self._matched(comparison)

        if not self.start("match", call, done):
            self.page.tell(message)

    def _anew(self, compared: Comparison) -> Callable[[], Comparison]:
        service = self.desk.dayend
        about = (compared.period, compared.operator, compared.sign_no)

        def call() -> Comparison:
            found: Comparison = service.match(service.compare(*about))
            return found

        return call

    # faces

    def headline(self) -> str:
        """What the chosen pair is and what is proposed."""
        pair = self.pair
        if pair is None:
            return ""
        kind, proposal = say(f"dayend.class.{pair.kind}"), proposal_word(pair)
        return f"{kind}　{proposal}" if proposal else kind

    def sides(self) -> tuple[SideLine, ...]:
        """The chosen pair in the three books."""
        return side_lines(self.pair, self.sheet.hospital) if self.pair else ()

    def facts(self) -> str:
        """What else is known of it."""
        return facts(self.pair) if self.pair else ""

    def summary(self) -> str:
        """How long the lists are, and which of them there were."""
        sheet = self.sheet
        if sheet is None:
            return ""
        key = "three_books" if sheet.hospital else "two_books"
        return say(f"dayend.view.{key}", listed=sheet.listed, matched=sheet.matched)

    def reasons(self) -> tuple[tuple[str, str], ...]:
        """The usual reasons: key and label."""
        return tuple((name, say(f"dayend.view.reason.{name}")) for name in REASONS)
