"""What a line of the workbench looks like: its flag, who set it, and why it may not change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import CHINA
from core.domain.split import SplitPart, SplitRow, SplitSheet
from core.money import Fen, show
from core.words import say
from gui.screens.outpatient.fees import plain

FILTERS = ("all", "injury", "disease", "later", "undecided", "changed")


@dataclass(frozen=True, slots=True)
class SplitFace:
    """One line as texts; ``amount`` in fen; ``says``: reason, or why it may not change."""

    line_id: str
    day: str
    code: str
    name: str
    quantity: str
    amount: Fen
    part: SplitPart
    given: SplitPart
    who: str
    says: str
    decided: bool
    changed: bool
    fixed: bool


def split_face(row: SplitRow) -> SplitFace:
    """A row of the sheet as it is shown."""
    line, mark = row.line, row.marks[0] if row.marks else None
    return SplitFace(
        line_id=line.line_id, day=f"{line.occurred_at.astimezone(CHINA):%m-%d}",
        code=line.hosp_code or line.centre_code, name=line.name, quantity=plain(line.quantity),
        amount=line.amount, part=row.part, given=row.given,
        who=mark.by_name if mark else say("split_page.by_hospital"),
        says=row.why or (mark.reason if mark else ""), decided=row.decided,
        changed=row.part is not row.given,
        fixed=bool(row.why),
    )  # fmt: skip


def part_word(part: SplitPart) -> str:
    """因伤, 因病, or 因病 that is sent afterwards."""
    return say(f"split_page.part.{part}")


def under(faces: Sequence[SplitFace], wanted: str) -> tuple[SplitFace, ...]:
    """The lines behind one chip."""
    tests = {
        "injury": lambda face: face.part is SplitPart.INJURY,
        "disease": lambda face: face.part is SplitPart.DISEASE,
        "later": lambda face: face.part is SplitPart.LATER,
        "undecided": lambda face: not face.decided,
        "changed": lambda face: face.changed,
    }
    test = tests.get(wanted)
    return tuple(faces) if test is None else tuple(face for face in faces if test(face))


def sums_line(sheet: SplitSheet) -> str:
    """Each side and all together, in lines and yuan."""
    sums = sheet.sums
    parts = [
        _side("injury", sums.injury_count, sums.injury),
        _side("disease", sums.disease_count, sums.disease),
    ]
    if sums.later_count:
        parts.append(_side("later", sums.later_count, sums.later))
    total = sums.injury + sums.disease + sums.later
    parts.append(say("split_page.total", total=show(total)))
    return "　".join(parts)


def _side(name: str, count: int, amount: Fen) -> str:
    return say("split_page.side", part=say(f"split_page.part.{name}"), count=count,
               amount=show(amount))  # fmt: skip
