"""What only some centres answer: fund state, sums of a year, open admissions of a person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from core.domain.centrefacts import Fact, FundState, OpenAdmission
from core.outcome import Accepted
from core.service.enquiry import Listing
from core.words import say
from gui.screens.enquiry.faces import Face, What
from gui.screens.enquiry.presenter import EnquiryPage, EnquiryPresenter

ANSWERS: tuple[What, ...] = ("fund", "accumulated", "admissions")


class AnswersPresenter(EnquiryPresenter):
    """The lists of every centre and the answers of some; ``region`` and ``year`` as typed."""

    def __init__(self, desk: Any, page: EnquiryPage) -> None:
        super().__init__(desk, page)
        self.region, self.year = "", str(desk.clock.now().year)

    def ask(self) -> None:
        """F5: put the question of the list that is shown."""
        if self.what not in ANSWERS:
            super().ask()
            return
        answers, number, (first, last) = self.desk.answers, self.person_no, self.days
        year = int(self.year) if self.year.isdecimal() else 0
        calls = {
            "fund": ("fund_state", lambda: answers.fund_state(number, first, last)),
            "accumulated": (
                "accumulated", lambda: answers.accumulated(number, self.region, year)
            ),
            "admissions": ("open_admissions", lambda: answers.open_admissions(number)),
        }  # fmt: skip
        name, call = calls[self.what]
        self.start(name, lambda: _listing(call()), partial(self._answered, self.what))

    def _answered(self, what: What, listing: Listing) -> None:
        self._listed(what, listing)
        blocking = [row for row in listing.rows if isinstance(row, OpenAdmission)]
        if what == "admissions" and any(not row.ours for row in blocking):
            self.tell("warning", "enquiry_view.exclusive", count=len(blocking))

    def in_year(self, region: str, year: str) -> None:
        """Where the person is insured, and the year that is asked for."""
        self.region, self.year = region.strip(), year.strip()

    def _read(self, value: Any) -> None:
        person = value[1]
        if person is not None and getattr(person, "region", ""):
            self.region = person.region
        super()._read(value)

    # rows

    def _face(self, row: Any, place: int) -> Face:
        if isinstance(row, FundState):
            cells = {"fund_name": row.name, "fund_state": row.state, "reason": row.reason}
            return Face(f"{row.fund} {place}", cells, row, "danger" if row.frozen else "done")
        if isinstance(row, OpenAdmission):
            return _admission(row, place)
        if isinstance(row, Fact):
            return Face(f"{row.name} {place}", {"label": row.label, "value": row.value}, row)
        return super()._face(row, place)

    def go_on(self) -> None:
        """Enter on a row: our stay behind an open admission, else as everywhere."""
        face = self.row
        if face is not None and isinstance(face.value, OpenAdmission):
            if face.value.ours:
                self.page.open_visit(face.value.ours, True)
            return
        super().go_on()

    def panel(self) -> tuple[str, tuple[str, ...]]:
        """Head and sentences of the panel beside the list."""
        value = self.row.value if self.row else None
        if isinstance(value, OpenAdmission):
            return value.hospital_name, (value.why,)
        if isinstance(value, FundState):
            key = "frozen" if value.frozen else "fine"
            return value.name, (say(f"enquiry_view.fund_{key}", reason=value.reason or "—"),)
        if isinstance(value, Fact):
            return value.label, (value.value,)
        return super().panel()

    def empty(self) -> tuple[str, str]:
        """Nothing there: asked and nothing came, or not asked yet."""
        if self.what not in ANSWERS:
            return super().empty()
        listing = self.listings.get(self.what)
        name = "none" if listing is not None and listing.whole else "ask"
        return say(f"enquiry_view.{name}.{self.what}"), say(f"enquiry_view.{name}_hint.{self.what}")

    def sums(self) -> str:
        """How many rows, and what they come to where that means something."""
        listing = self.listings.get(self.what)
        if self.what in ANSWERS and listing is not None:
            return say("enquiry_view.answers_sum", count=len(listing.rows))
        return super().sums()


def _listing(answer: Any) -> Listing:
    """An answer as a list that came whole or not at all; the facts of several rows one by one."""
    rows: list[Any] = []
    for row in answer.rows:
        rows.extend(row) if isinstance(row, tuple) else rows.append(row)
    whole = isinstance(answer.outcome, Accepted)
    return Listing(answer.outcome, tuple(rows), 1, 1, whole)


def _admission(row: OpenAdmission, place: int) -> Face:
    place_of: Sequence[str] = (row.ward, row.bed)
    cells = {
        "place": row.hospital_name, "admitted": f"{row.admitted_on}" if row.admitted_on else "",
        "bed": " ".join(part for part in place_of if part), "centre_no": row.centre_visit_no,
        "visit_no": row.ours or row.visit_no,
        "standing": say(f"enquiry_view.admission.{'ours' if row.ours else 'other'}"),
    }  # fmt: skip
    return Face(f"{row.centre_visit_no} {place}", cells, row, "amber" if row.ours else "danger")
