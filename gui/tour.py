"""The tour: a cashier of key events works through a flow in the real window, looking at everything.

Every step leaves a picture and a note; slips become PDF; amounts are compared with the desk's own
journal and with the centre's books. What differs is a sentence in ``tour.json`` and the exit code.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest

from core.domain import Amounts
from core.errors import DeskError, SetupError, fault
from core.simulator.control import Control, ControlError
from core.words import say
from gui.cashier import Cashier, NotSeen

WIDTH, HEIGHT = 1366, 768
SLOW_MS = 900
ADDRESS = "GSDESK_CENTRE"
OK, DIFFERS = 0, 1


@dataclass(slots=True)
class Note:
    """One step: how long, how it ended, what amounts (fen) stood there, which picture shows it."""

    name: str
    ms: int
    outcome: str
    amounts: dict[str, int] | None = None
    picture: str = ""


@dataclass(slots=True)
class Tour:
    """One walk. ``differences``: sentences; ``control``: the simulated centre's hand, if any."""

    cashier: Cashier
    out: Path
    control: Control | None = None
    slow: bool = False
    steps: list[Note] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @property
    def desk(self) -> Any:
        """The desk behind the window."""
        return self.cashier.window.context.desk

    @property
    def case(self) -> Any:
        """The patient on the page of 门诊收费."""
        return self.cashier.page.presenter.case

    def step(self, name: str, do: Callable[[], None], wanted: str = "accepted") -> Note:
        """Do one thing, wait until all is quiet, keep a picture, compare how it ended."""
        started = time.monotonic()
        do()
        self.cashier.idle()
        ms = round((time.monotonic() - started) * 1000)
        note = Note(name, ms, self.ending(), self.amounts())
        note.picture = f"{len(self.steps) + 1:02}-{name}.png"
        self.cashier.picture(self.out / note.picture)
        self.steps.append(note)
        self.expect(note.outcome == wanted, "tour.ended", step=name, found=note.outcome)
        if self.slow:
            QTest.qWait(SLOW_MS)
        return note

    def ending(self) -> str:
        """How the page says the last thing ended."""
        kinds = self.cashier.kinds()
        for kind, name in (("unknown", "unknown"), ("danger", "rejected"), ("warning", "refused")):
            if kind in kinds:
                return name
        return "accepted"

    def amounts(self) -> dict[str, int] | None:
        """The amounts in the money panel, fen."""
        panel = getattr(self.cashier.page, "money", None)
        shown: Amounts | None = panel.amounts() if panel is not None else None
        if shown is None:
            return None
        return {"total": shown.total, "fund": shown.fund, "personal": shown.personal}

    def expect(self, holds: bool, key: str, **holes: object) -> None:
        """Note a difference when something is not as it should be."""
        if not holds:
            self.differences.append(say(key, **holes))

    def need(self, holds: bool, key: str, **holes: object) -> None:
        """As ``expect``, but the tour cannot go on."""
        self.expect(holds, key, **holes)
        if not holds:
            raise NotSeen(self.differences[-1])

    # what the others say

    def books(self, table: str, visit_no: str) -> list[dict[str, Any]] | None:
        """The centre's rows of a visit; ``None`` when nobody can be asked."""
        if self.control is None:
            return None
        rows = self.control.books(table)[f"{table}s"]
        theirs = self.desk.journal.ledger.centrefacts.centre_visit_no(visit_no) or None
        return [
            row for row in rows
            if (row.get("centre_visit_no") == theirs if theirs else row["visit_no"] == visit_no)
        ]  # fmt: skip

    def able(self, *needs: str) -> bool:
        """Whether the centre has one of these (words of ``gui.abilities``)."""
        from gui.abilities import able

        return able(self.desk.centre, needs)

    def rows(self, table: str, column: str, value: object) -> list[dict[str, Any]]:
        """The centre's rows with ``value`` in ``column``; none when nobody can be asked."""
        if self.control is None:
            return []
        found = self.control.books(table)[f"{table}s"]
        return [row for row in found if row.get(column) == value]

    def code(self, step: str) -> str:
        """The transaction code of a business step."""
        return str(self.desk.centre.rule(step).code)

    def keep_slip(self, msgid: str, name: str) -> None:
        """The slip of ``msgid`` as PDF beside the pictures."""
        from gui.printing import render_pdf

        desk = self.desk
        self.expect(desk.documents.prints(msgid) >= 1, "tour.not_printed", msgid=msgid)
        path = self.out / f"{name}.pdf"
        printed = desk.home / "slips" / f"{msgid}-1.pdf"
        if printed.exists():
            shutil.copyfile(printed, path)
        else:
            render_pdf(desk.documents.slip(msgid), desk.settings.printer.paper, path)
        self.slips.append(path.name)

    def slip_text(self, name: str) -> str:
        """What a person reads on a slip, without blanks."""
        import pypdfium2

        with pypdfium2.PdfDocument(self.out / name) as document:
            texts = [page.get_textpage().get_text_range() for page in document]
        return "".join("".join(texts).split())

    def report(self, flow: str) -> dict[str, Any]:
        """What ``tour.json`` holds."""
        return {
            "flow": flow,
            "training": self.desk.settings.training,
            "ok": not self.differences,
            "steps": [asdict(note) for note in self.steps],
            "slips": self.slips,
            "differences": self.differences,
        }


def run(out: Path, flow: str = "outpatient", *, slow: bool = False, home: Path | None = None,
        who: tuple[str, str] = ("", ""), skip: bool = False) -> int:  # fmt: skip
    """Walk ``flow``; 0 when all was as it should be, 1 when something differed.

    A flow that the centre is not fit for is left out where ``skip`` says so.

    ``home``: the desk's home, else a fresh one in ``out``; ``who``: operator number and password
    for a home that already has operators. Raises ``DeskError`` when the desk cannot be opened.
    """
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from core.app import open_desk
    from gui.application import application

    app = application()
    out.mkdir(parents=True, exist_ok=True)
    with open_desk(home or out / "home", invented=True) as desk:
        if not fits(desk, flow):
            if skip:
                return OK
            raise SetupError(fault("tour.unfit", flow=flow))
        control = _control(desk)
        report = _walk(desk, out, flow, slow, control, who)
    app.processEvents()
    (out / "tour.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), "utf-8")
    return OK if report["ok"] else DIFFERS


def fits(desk: Any, flow: str) -> bool:
    """Whether the desk's centre has what the flow needs."""
    from gui.abilities import able
    from gui.flows import NEEDS

    return able(desk.centre, NEEDS.get(flow, ()))


def _control(desk: Any) -> Control | None:
    """The simulated centre's hand; a desk with a library and no simulated centre is refused."""
    if desk.settings.training:
        control: Control = desk.training.control
        return control
    address = os.environ.get(ADDRESS, "")
    if not address:
        raise SetupError(fault("tour.real_centre", variable=ADDRESS))
    return Control(address)


def _walk(desk: Any, out: Path, flow: str, slow: bool, control: Control | None,
          who: tuple[str, str]) -> dict[str, Any]:  # fmt: skip
    from gui import flows
    from gui.application import make_window
    from gui.flows.cashier import log_in

    window = make_window(desk)
    window.resize(WIDTH, HEIGHT)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    tour = Tour(Cashier(window), out, control, slow)
    try:
        log_in(tour, who)
        flows.flow(flow)(tour)
    except (NotSeen, ControlError, DeskError) as error:
        _note_end(tour, error)
    report = tour.report(flow)
    _close(tour)
    return report


def _note_end(tour: Tour, error: Exception) -> None:
    """The walk ended early: a last picture, and why."""
    text = say("tour.stopped", error=error)
    if str(error) not in tour.differences:
        tour.differences.append(text)
    tour.cashier.picture(tour.out / "stopped.png")


def _close(tour: Tour) -> None:
    window = tour.cashier.window
    if window.frame is not None:
        window.frame.sweeper.stop()
    window.context.bridge.detach()
    window.hide()
    window.deleteLater()
