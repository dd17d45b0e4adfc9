"""What a line of the workbench looks like: its flag, who set it, and why it may not change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import CHINA
from core.domain.split import SplitRow, SplitSheet
from core.money import Fen, show
from core.words import say
from gui.screens.outpatient.fees import plain

FILTERS = ("all", "injury", "disease", "undecided", "changed")


@dataclass(frozen=True, slots=True)
class SplitFace:
    """One line as texts; ``amount`` in fen; ``says``: reason, or why it may not change."""

    line_id: str
    day: str
    code: str
    name: str
    quantity: str
    amount: Fen
    disease: bool
    part: str
    given: str
    who: str
    says: str
    decided: bool
    changed: bool
    fixed: bool


def split_face(row: SplitRow) -> SplitFace:
    """A row of the sheet as it is shown."""
    line, mark = row.line, row.marks[0] if row.marks else None
    changed = row.is_disease != row.given
    return SplitFace(
        line_id=line.line_id, day=f"{line.occurred_at.astimezone(CHINA):%m-%d}",
        code=line.hosp_code or line.centre_code, name=line.name, quantity=plain(line.quantity),
        amount=line.amount, disease=row.is_disease, part=part_word(row.is_disease),
        given=part_word(row.given),
        who=mark.operator_name if mark else say("split_page.by_hospital"),
        says=row.why or (mark.reason if mark else ""), decided=row.decided, changed=changed,
        fixed=bool(row.why),
    )  # fmt: skip


def part_word(disease: bool) -> str:
    """因病 or 因伤."""
    return say("split_page.disease" if disease else "split_page.injury")


def under(faces: Sequence[SplitFace], wanted: str) -> tuple[SplitFace, ...]:
    """The lines behind one chip."""
    tests = {
        "injury": lambda face: not face.disease,
        "disease": lambda face: face.disease,
        "undecided": lambda face: not face.decided,
        "changed": lambda face: face.changed,
    }
    test = tests.get(wanted)
    return tuple(faces) if test is None else tuple(face for face in faces if test(face))


def sums_line(sheet: SplitSheet) -> str:
    """Both ways and together, in lines and yuan."""
    return say(
        "split_page.sums", injury_count=sheet.injury_count, injury=show(sheet.injury),
        disease_count=sheet.disease_count, disease=show(sheet.disease),
        total=show(sheet.injury + sheet.disease),
    )  # fmt: skip
