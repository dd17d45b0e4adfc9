"""查询: asks the centre's lists, keeps what came of each, explains lines, exports and prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from core.domain import Registration
from core.domain.enquiry import CentreSettlement, ComparedLine, RecentVisit, Unpaid
from core.errors import DeskError, Fault, fault
from core.money import show
from core.outcome import Accepted, Rejected, Unknown
from core.words import say
from gui.messages import Message, of_outcome
from gui.screens.days import read_period
from gui.screens.enquiry import faces
from gui.screens.enquiry.book import write_faces
from gui.screens.enquiry.faces import Face, What
from gui.screens.work import Page, Presenter
from gui.sheet_form import Sheet

RECENT = 30  # days back that a person's visits are asked for at first


class EnquiryPage(Page, Protocol):
    """What this presenter needs of its page beside the usual."""

    def print_sheet(self, sheet: Sheet, name: str) -> None:
        """Print a sheet on the printing lane."""
        ...

    def open_visit(self, visit_no: str, inpatient: bool) -> None:
        """Show the visit's page."""
        ...


class EnquiryPresenter(Presenter):
    """``what`` is the list looked at; each list keeps its rows, its choice and how far it came."""

    page: EnquiryPage

    def __init__(self, desk: Any, page: EnquiryPage) -> None:
        super().__init__(desk, page)
        today = desk.clock.now().date()
        self.what: What = "settlements"
        recent = (today - timedelta(days=RECENT), today)
        self.periods: dict[What, tuple[date, date]] = {"visits": recent}
        self.visit_no = self.bill_no = ""
        self.person_no = self.person_name = ""
        self.only_different = False
        self.listings: dict[What, Any] = {}
        self.chosen: dict[What, str] = {}
        self.time: Any = None
        self._kept: dict[What, tuple[Face, ...]] = {}
        self._stop = False

    # -- what is asked

    def show(self, what: What) -> None:
        """Another list; what it showed before is still there."""
        self.what = what
        self.page.hush()
        self.page.refresh()

    @property
    def days(self) -> tuple[date, date]:
        """First and last day of the list that is shown: today, for visits the last month."""
        today = self.desk.clock.now().date()
        return self.periods.get(self.what, (today, today))

    def period(self, first: str, last: str) -> bool:
        """Take the days as typed; says whether they are days."""
        try:
            self.periods[self.what] = read_period(first, last)
        except DeskError as error:
            self.refused(error)
            return False
        return True

    def days_back(self, days: int) -> None:
        """From so many days ago until today."""
        today = self.desk.clock.now().date()
        self.periods[self.what] = today - timedelta(days=days), today
        self.page.refresh()

    def ask(self) -> None:
        """F5: put the question of the list that is shown."""
        self._stop = False
        enquiry, stop = self.desk.enquiry, self._stopped
        if self.what == "time":
            self.start("centre_time", enquiry.centre_time, self._timed)
            return
        first, last = self.days
        calls = {
            "settlements": ("settlement_list", lambda: enquiry.settlements(first, last, stop)),
            "lines": ("fee_list", partial(enquiry.lines, self.visit_no, self.bill_no, stop)),
            "visits": ("visit_list", partial(self._visits, self.person_no, first, last)),
        }  # fmt: skip
        name, call = calls[self.what]
        self.start(name, call, partial(self._listed, self.what), stop=self._ask_stop)

    def _visits(self, number: str, first: date, last: date) -> Any:
        """On the centre lane: a visit that this desk knows stands for its person."""
        known = self.desk.enquiry.person_of(number) if number else ""
        self.person_no = known or number
        return self.desk.enquiry.visits(self.person_no, first, last, self._stopped)

    def _ask_stop(self) -> None:
        self._stop = True

    def _stopped(self) -> bool:
        return self._stop

    def ask_lines(self, visit_no: str, bill_no: str = "") -> None:
        """The lines of a visit, from wherever one was seen."""
        self.visit_no, self.bill_no = visit_no.strip(), bill_no.strip()
        self.show("lines")
        self.ask()

    def ask_person(self, number: str) -> None:
        """The recent visits of a person: their number, or a visit that this desk knows."""
        if number.strip() != self.person_no:
            self.person_no, self.person_name = number.strip(), ""
        self.ask()

    def read_card(self) -> None:
        """F6 again: the card says who it is, then the visits are asked for."""
        self.start("read_card", self.desk.identify.read_card, self._read)

    def _read(self, value: Any) -> None:
        outcome, person = value
        message = of_outcome(outcome)
        if message is not None or person is None:
            self.page.tell(message or Message("warning", say("enquiry_view.no_card")))
            return
        self.person_no, self.person_name = person.number, person.name
        self.ask()

    # -- what came

    def _timed(self, time: Any) -> None:
        self.time = time
        self._tell_ending(time.outcome)
        if time.problem is not None:
            self.page.tell(Message("warning", time.problem.text, key="clock"))

    def _listed(self, what: What, listing: Any) -> None:
        self.listings[what] = listing
        self._kept.pop(what, None)
        self._tell_ending(listing.outcome)
        if isinstance(listing.outcome, Accepted) and not listing.whole:
            self._tell_part(what, listing)
        elif what == "visits" and listing.whole:
            self._tell_elsewhere(listing.rows)
        rows = self.rows()
        if rows and self.chosen.get(what) not in {row.key for row in rows}:
            self.choose(rows[0].key)

    def _tell_part(self, what: What, listing: Any) -> None:
        key = "stopped" if listing.page < listing.pages and self._stop else "broken"
        holes = {"page": listing.page, "pages": listing.pages}
        self.tell(
            "warning", f"enquiry_view.{key}_{'lines' if what == 'lines' else 'list'}", **holes
        )

    def _tell_ending(self, outcome: Any) -> None:
        """A question that was not answered changed nothing; the rest is said as everywhere."""
        if isinstance(outcome, Unknown):
            self.tell("warning", "enquiry_view.no_answer")
        elif isinstance(outcome, Rejected) or not isinstance(outcome, Accepted):
            message = of_outcome(outcome)
            if message is not None:
                self.page.tell(message)

    def _tell_elsewhere(self, rows: Sequence[RecentVisit]) -> None:
        away = [row for row in rows if row.place == "elsewhere" and row.standing != "settled"]
        if away:
            places = say("printing.and").join(
                dict.fromkeys(row.hospital_name or row.hospital_code for row in away)
            )
            self.tell("warning", "enquiry_view.elsewhere", count=len(away), places=places)

    # -- rows

    def rows(self) -> tuple[Face, ...]:
        """The rows of the list that is shown, as words."""
        listing = self.listings.get(self.what)
        if listing is None:
            return ()
        if self.what not in self._kept:
            self._kept[self.what] = tuple(self._face(row, n) for n, row in enumerate(listing.rows))
        found = self._kept[self.what]
        if self.what == "lines" and self.only_different:
            return tuple(face for face in found if face.value.mark != "same")
        return found

    def _face(self, row: Any, place: int) -> Face:
        if isinstance(row, CentreSettlement):
            return faces.settlement_face(row, place)
        if isinstance(row, ComparedLine):
            return faces.line_face(row)
        return faces.visit_face(row, self.desk.centre.label)

    def choose(self, key: str) -> None:
        """Look at one row."""
        if self.chosen.get(self.what) != key:
            self.chosen[self.what] = key
            self.page.refresh()

    @property
    def row(self) -> Face | None:
        """The row looked at."""
        wanted = self.chosen.get(self.what)
        return next((face for face in self.rows() if face.key == wanted), None)

    def different(self, only: bool) -> None:
        """Only the lines that are not alike."""
        self.only_different = only
        rows = self.rows()
        if rows and self.row is None:
            self.chosen[self.what] = rows[0].key
        self.page.refresh()

    def go_on(self) -> None:
        """Enter on a row: a settlement's lines, a visit of ours."""
        face = self.row
        if face is None:
            return
        if isinstance(face.value, CentreSettlement):
            self.ask_lines(face.value.visit_no, face.value.bill_no)
        elif isinstance(face.value, RecentVisit) and face.value.place == "here":
            self.page.open_visit(face.value.visit_no, _stays(face.value))

    # -- why is this not paid

    def unpaid(self) -> Unpaid | None:
        """Why the chosen line is not wholly paid."""
        face = self.row
        fits = face is not None and isinstance(face.value, ComparedLine)
        return self.desk.enquiry.why_not_paid(face.value) if fits and face is not None else None

    def panel(self) -> tuple[str, tuple[str, ...]]:
        """Head and sentences of the panel beside the list."""
        face = self.row
        if face is None:
            return say("enquiry_view.choose"), ()
        value = face.value
        if isinstance(value, ComparedLine):
            found = self.desk.enquiry.why_not_paid(value)
            return value.name, (*faces.unpaid_parts(found), *faces.differences(value))
        if isinstance(value, RecentVisit):
            return face.cells["place"], (faces.advice(value),)
        ours = say(f"enquiry_view.here_says.{value.here}")
        facts = say("enquiry_view.facts", msgid=value.msgid, operator=value.operator)
        return f"{value.person_name}　{value.bill_no}", (facts, ours)

    def print_unpaid(self) -> None:
        """Ctrl+P: the sheet of the visit; without the centre by what it said at the upload."""
        reason = self.why_not("print_unpaid")
        if reason is not None:
            self.page.tell(Message("warning", reason.text, key="why"))
            return
        visit_no = self.visit_no
        self.aside("unpaid", lambda: self._sheet(visit_no), self._print)

    def _sheet(self, visit_no: str) -> Sheet:
        from gui.screens.enquiry.unpaid_sheet import unpaid_sheet

        desk, listing = self.desk, self.listings.get("lines")
        known = listing is not None and listing.whole
        explain = desk.enquiry.why_not_paid
        lines = [explain(row) for row in listing.rows] if known else []
        marks = (say("slip.training"),) if desk.settings.training else ()
        return unpaid_sheet(
            desk.history.visit(visit_no), lines or desk.enquiry.why_not_paid_of(visit_no),
            desk.settings.hospital.name, desk.clock.now(), marks,
        )  # fmt: skip

    def _print(self, sheet: Sheet) -> None:
        stamp = f"{self.desk.clock.now():%Y%m%d%H%M%S}"
        self.page.print_sheet(sheet, f"unpaid-{sheet.number}-{stamp}")

    # -- export

    def export(self) -> None:
        """Ctrl+E: the rows that are shown as XLSX in the home's ``exports``."""
        reason = self.why_not("export_enquiry")
        if reason is not None:
            self.page.tell(Message("warning", reason.text, key="why"))
            return
        rows, what = self.rows(), self.what
        stamp = f"{self.desk.clock.now():%Y%m%d-%H%M%S}"
        path = Path(self.desk.home) / "exports" / f"{what}-{stamp}.xlsx"
        self.start("export", lambda: write_faces(path, what, rows), self._exported, lane="io")

    def _exported(self, path: Path) -> None:
        self.tell("done", "enquiry_view.exported", path=path)

    # -- what may be done, and sums

    def why_not(self, action: str) -> Fault | None:
        """Why an action of the table cannot be taken now."""
        if action == "export_enquiry" and not self.rows():
            return fault("enquiry_view.why.nothing")
        if action == "print_unpaid" and (self.what != "lines" or not self.visit_no):
            return fault("enquiry_view.why.lines")
        return None

    def sums(self) -> str:
        """How many rows and what they come to."""
        listing = self.listings.get(self.what)
        if listing is None or self.what == "time":
            return ""
        if self.what == "lines":
            return faces.mark_sums(listing.rows)
        if self.what == "visits":
            return say("enquiry_view.visits_sum", count=len(listing.rows))
        sums = {n: show(sum(getattr(row, n) for row in listing.rows)) for n in faces.SUMMED}
        return say("enquiry_view.sums", count=len(listing.rows), **sums)

    def empty(self) -> tuple[str, str]:
        """Nothing there: asked and nothing came, or not asked yet."""
        listing = self.listings.get(self.what)
        asked = listing is not None and listing.whole
        name = "none" if asked else "ask"
        if asked and listing.rows:
            name = "alike"
        return say(f"enquiry_view.{name}.{self.what}"), say(f"enquiry_view.{name}_hint.{self.what}")


def _stays(row: RecentVisit) -> bool:
    return Registration(visit_no=row.visit_no, med_type=row.med_type).is_inpatient
