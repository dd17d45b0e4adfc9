"""The fee table of a stay: hospital, uploaded and centre beside each other, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.domain import FeeLine, LineResult, Visit
from core.domain.stay import Difference, LineDifference
from core.money import Fen, show
from core.words import say
from gui.screens.inpatient.case import StayCase
from gui.screens.outpatient.fees import plain

LineState = Literal["waiting", "accepted", "faulty", "differs"]
FILTERS = ("all", "waiting", "differs", "refunds")


@dataclass(frozen=True, slots=True)
class StayLine:
    """One line as shown; amounts in fen or ``None``; ``says``: reason, original or memo."""

    line_id: str
    rx_no: str
    code: str
    name: str
    spec: str
    day: str
    price: str
    quantity: str
    hospital: Fen | None
    uploaded: Fen | None
    centre: Fen | None
    difference: Fen | None
    state: LineState
    says: str
    refund: bool


@dataclass(frozen=True, slots=True)
class StaySums:
    """Counts of lines and sums in fen; ``centre`` only where the centre was asked for its list."""

    lines: int = 0
    accepted: int = 0
    faulty: int = 0
    stray: int = 0
    hospital: Fen = 0
    uploaded: Fen = 0
    centre: Fen | None = None
    differing: int = 0

    @property
    def complete(self) -> bool:
        """Every line of the hospital is at the centre, and no other."""
        return bool(self.lines) and self.accepted == self.lines and not self.stray


def stay_lines(case: StayCase) -> tuple[StayLine, ...]:
    """The lines of the stay in the hospital's order, then those that only the centre has."""
    visit = case.visit
    if visit is None:
        return ()
    results = {item.line_id: item for item in visit.uploaded}
    listed = {item.line_id: item for item in case.listed or ()}
    names = _numbered(visit)
    ours = [
        _line(line, results.get(line.line_id), listed.get(line.line_id), case.faulty, names)
        for line in visit.lines
    ]
    known = {line.line_id for line in visit.lines}
    return (*ours, *_strays(known, visit, listed))


def _numbered(visit: Visit) -> dict[str, str]:
    """What a refund line calls its original: its place in the list and its name."""
    return {
        line.line_id: say("inpatient.line.original", place=place, name=line.name)
        for place, line in enumerate(visit.lines, 1)
    }


def _line(
    line: FeeLine, result: LineResult | None, listed: LineDifference | None,
    faulty: Mapping[str, str], names: Mapping[str, str],
) -> StayLine:  # fmt: skip
    uploaded = result.amount if result else None
    centre = listed.centre if listed else None
    reason = faulty.get(line.line_id, "") if result is None else ""
    differs = bool(listed and listed.why) and result is not None
    return StayLine(
        line_id=line.line_id, rx_no=line.rx_no, code=line.centre_code or line.hosp_code,
        name=line.name, spec=line.spec or line.unit, day=f"{line.occurred_at:%m-%d}",
        price=f"{line.price:.4f}", quantity=plain(line.quantity), hospital=line.amount,
        uploaded=uploaded, centre=centre,
        difference=_difference(line.amount, uploaded, centre, listed is not None),
        state=_state(result is not None, bool(reason), differs or _off(line, uploaded)),
        says=_says(line, result, listed, reason, names), refund=line.amount < 0,
    )  # fmt: skip


def _off(line: FeeLine, uploaded: Fen | None) -> bool:
    return uploaded is not None and uploaded != line.amount


def _difference(ours: Fen, uploaded: Fen | None, centre: Fen | None, asked: bool) -> Fen:
    return ours - ((centre if asked else uploaded) or 0)


def _state(there: bool, faulty: bool, differs: bool) -> LineState:
    if there:
        return "differs" if differs else "accepted"
    return "faulty" if faulty else "waiting"


def _says(
    line: FeeLine, result: LineResult | None, listed: LineDifference | None, reason: str,
    names: Mapping[str, str],
) -> str:  # fmt: skip
    parts = [reason, listed.why if listed and result else "", _refund(line, names)]
    if result is not None:
        over = result.over_limit
        parts += [say("outpatient.fees.over", over=show(over)) if over else "", result.memo]
    return "　".join(part for part in parts if part)


def _refund(line: FeeLine, names: Mapping[str, str]) -> str:
    if line.amount >= 0:
        return ""
    original = names.get(line.ref_line_id, "")
    if original:
        return say("inpatient.line.refund_of", original=original)
    return say("inpatient.line.refund_lost" if line.ref_line_id else "outpatient.fees.refund")


def _strays(
    known: set[str], visit: Visit, listed: Mapping[str, LineDifference]
) -> tuple[StayLine, ...]:
    results = {item.line_id: item for item in visit.uploaded if item.line_id not in known}
    others = {name: item for name, item in listed.items() if name not in known}
    return tuple(
        _stray(line_id, results.get(line_id), others.get(line_id))
        for line_id in dict.fromkeys((*results, *others))
    )


def _stray(line_id: str, result: LineResult | None, listed: LineDifference | None) -> StayLine:
    uploaded = result.amount if result else None
    centre = listed.centre if listed else None
    why = listed.why if listed and listed.why else say("inpatient.line.stray")
    theirs = centre if listed is not None else uploaded
    rx_no = result.rx_no if result else listed.rx_no if listed else ""
    return StayLine(
        line_id=line_id, rx_no=rx_no, code="", name=line_id, spec="", day="", price="",
        quantity="", hospital=None, uploaded=uploaded, centre=centre,
        difference=-(theirs or 0), state="differs", says=why, refund=(theirs or 0) < 0,
    )  # fmt: skip


def chosen_lines(lines: Sequence[StayLine], wanted: str) -> tuple[StayLine, ...]:
    """The lines of one filter above the table."""
    tests = {
        "waiting": lambda item: item.state in ("waiting", "faulty"),
        "differs": lambda item: item.state == "differs",
        "refunds": lambda item: item.refund,
    }
    test = tests.get(wanted)
    return tuple(lines) if test is None else tuple(item for item in lines if test(item))


def stay_sums(case: StayCase, lines: Sequence[StayLine]) -> StaySums:
    """The table's foot."""
    if case.visit is None:
        return StaySums()
    ours = [item for item in lines if item.hospital is not None]
    listed = case.listed
    return StaySums(
        lines=len(ours), accepted=sum(item.uploaded is not None for item in ours),
        faulty=sum(item.state == "faulty" for item in ours), stray=case.stray,
        hospital=sum(item.hospital or 0 for item in ours),
        uploaded=sum(item.uploaded or 0 for item in lines),
        centre=None if listed is None else sum(item.centre or 0 for item in listed),
        differing=sum(item.state == "differs" for item in lines),
    )  # fmt: skip


def differing(listed: Sequence[LineDifference]) -> int:
    """How many lines of the centre's list differ."""
    return sum(item.kind is not Difference.NONE for item in listed)
