"""The worklist: stays by state, found by name, initials, number or bed; where the cashier was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.catalogue.initials import begins
from core.domain import Person
from core.domain.stay import StayRow, StayState, UploadReport
from core.errors import DeskError, Fault, fault
from core.words import say
from gui.messages import Message
from gui.screens.serving import Serving
from gui.screens.work import Page, Work

IN_BED = frozenset({StayState.ADMITTED, StayState.TO_UPLOAD, StayState.PRESETTLED})
REGISTERED = IN_BED | {StayState.DISCHARGED}
CHIPS = (
    "all", "waiting", "in_bed", "to_upload", "presettled", "discharged", "settled", "not_printed",
)  # fmt: skip


def belongs(row: StayRow, chip: str) -> bool:
    """Whether a stay is shown under a chip; chips overlap where cashiers' words do."""
    if chip == "all":
        return row.state is not StayState.CANCELLED
    if chip == "in_bed":
        return row.state in IN_BED and row.discharged_at is None
    if chip == "to_upload":
        return row.state in REGISTERED and row.lines_missing > 0
    if chip == "settled":
        return row.state in (StayState.SETTLED, StayState.NOT_PRINTED)
    return row.state == chip


def matches(row: StayRow, text: str) -> bool:
    """``text`` in name, inpatient number, bed, ward, department or visit number, or initials."""
    wanted = text.strip().casefold()
    parts = (row.name, row.inpatient_no, row.bed, row.ward, row.dept, row.visit_no)
    return wanted in "\n".join(parts).casefold() or begins(row.name, wanted)


def hint_of(row: StayRow) -> str:
    """The one thing to know of a stay: what blocks it, what ends, what is left to do."""
    if row.open_msgid:
        return say("inpatient.hint.open")
    if row.filing_warning:
        return row.filing_warning
    if row.lines_missing and row.state in REGISTERED:
        return say("inpatient.hint.missing", lines=row.lines_missing)
    named = (StayState.WAITING, StayState.DISCHARGED, StayState.NOT_PRINTED)
    return say(f"inpatient.hint.{row.state}") if row.state in named else ""


class Worklist(Serving):
    """``rows`` are all stays as read last (``trouble``: why they may be old); ``shown`` those of
    chip and text; ``place`` the stay under the cursor, kept while one is open."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.rows: tuple[StayRow, ...] = ()
        self.read = False
        self.trouble = ""
        self.chip, self.text, self.place = "all", "", ""
        self.report: UploadReport | None = None
        self._stopping = self._loading = self._load_again = False
        self._shown: tuple[Any, tuple[StayRow, ...]] | None = None

    def subject(self) -> object:
        """The list is about nobody in particular."""
        return "list"

    def load(self) -> None:
        """Read the worklist behind the scenes; asked again meanwhile, once more afterwards."""
        if self._loading:
            self._load_again = True
            return
        self._loading, self._load_again = True, False
        call = self.desk.stays.worklist
        work = Work("worklist", "", call, self._loaded, self._not_loaded, "io", quiet=True)
        self._loading = self.page.run(work) and self._loading

    def _loaded(self, rows: Sequence[StayRow]) -> None:
        self.rows, self.read, self._loading = tuple(rows), True, False
        self.trouble = ""
        self.page.refresh()
        if self._load_again:
            self.load()

    def _not_loaded(self, error: DeskError) -> None:
        """What was read before stays; a first reading that fails has nothing else to show."""
        self._loading = False
        if self.read:
            self.trouble = str(error)
            self.page.refresh()
        else:
            self.refused(error)

    def show(self, chip: str) -> None:
        """Another chip."""
        self.chip = chip
        self.page.refresh()

    def search(self, text: str) -> None:
        """Another text in the search box."""
        self.text = text.strip()
        self.page.refresh()

    def shown(self) -> tuple[StayRow, ...]:
        """What the list shows, in the order of the worklist; the same value while nothing moves."""
        key = (self.rows, self.chip, self.text)
        if self._shown is None or self._shown[0] != key:
            found = (row for row in self.rows if belongs(row, self.chip))
            self._shown = (key, tuple(row for row in found if matches(row, self.text)))
        return self._shown[1]

    def counts(self) -> dict[str, int]:
        """How many stays each chip has under the present text."""
        found = [row for row in self.rows if matches(row, self.text)]
        return {chip: sum(belongs(row, chip) for row in found) for chip in CHIPS}

    def only(self, text: str) -> StayRow | None:
        """The one stay that ``text`` can mean: its number exactly, else the only one shown."""
        exact = [row for row in self.rows if text in (row.visit_no, row.inpatient_no) and text]
        found = exact or list(self.shown())
        return found[0] if len(found) == 1 else None

    def of_person(self, person: Person) -> list[StayRow]:
        """The stays of a person on the card that are not over, by name."""
        over = (StayState.CANCELLED, StayState.SETTLED)
        return [row for row in self.rows if row.name == person.name and row.state not in over]

    def at(self, row: StayRow | None) -> None:
        """The cursor of the list."""
        if row is not None:
            self.place = row.visit_no

    # the whole worklist

    def to_upload(self) -> tuple[str, ...]:
        """The stays shown that lack lines at the centre and are not blocked."""
        return tuple(
            row.visit_no for row in self.shown() if belongs(row, "to_upload") and not row.open_msgid
        )

    def why_not_upload_all(self) -> Fault | None:
        """Why there is nothing to upload in the list."""
        return None if self.to_upload() else fault("inpatient.why.none_to_upload")

    def upload_all(self) -> None:
        """Upload what is missing of every stay shown, stay by stay, batch by batch."""
        reason = self.why_not_upload_all()
        if self.busy or reason is not None:
            if reason is not None:
                self.page.tell(Message("warning", reason.text, key="why"))
            return
        numbers, self._stopping = self.to_upload(), False
        self.start(
            "upload_all",
            lambda: self.desk.stays.upload_all(numbers, lambda: self._stopping),
            self._all_uploaded,
            stop=self.stop_after_batch,
            job="upload_all",
        )

    def _all_uploaded(self, report: UploadReport) -> None:
        self.report = report
        key = "inpatient.all.stopped" if report.stopped else "inpatient.all.done"
        whole = report.whole and not report.stopped
        done = sum(item.ended in ("sent", "nothing") for item in report.stays)
        holes = {"stays": len(report.stays), "done": done, "lines": report.lines}
        self.tell("done" if whole else "warning", key, **holes)
        self.load()
