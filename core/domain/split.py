"""Injury or disease, line by line: what the hospital says, who set it otherwise, and the sums.

What the injury did not cause carries no work-injury benefit (domain.md §1.1); the flag of a line
is 1 disease, 0 injury (protocol-gd.md §5 SEEN). Amounts in fen, moments aware.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from core.domain.base import Model
from core.domain.fees import FeeLine
from core.money import Fen


class SplitPart(StrEnum):
    """Where a line belongs; ``later``: to the disease, and it is not sent with the bill but
    afterwards as disease data (protocol-gd.md §4.4)."""

    INJURY = "injury"
    DISEASE = "disease"
    LATER = "later"


class SplitMark(Model):
    """Somebody's word on one line; kept, never changed. ``reason`` is empty where he confirmed
    what the hospital says. ``by_id``, ``by_name``: the operator."""

    line_id: str
    part: SplitPart
    by_id: str
    by_name: str
    reason: str = ""
    at: datetime


class SplitRow(Model):
    """One line on the workbench.

    ``part`` is what counts now, ``given`` what the hospital says; ``marks`` newest first;
    ``why`` says why it may not be changed now, or is empty.
    """

    line: FeeLine
    part: SplitPart
    given: SplitPart
    marks: tuple[SplitMark, ...] = ()
    why: str = ""

    @property
    def decided(self) -> bool:
        """Has a person set or confirmed it?"""
        return bool(self.marks)


class SplitSums(Model):
    """Lines and fen of each side."""

    injury_count: int = 0
    injury: Fen = 0
    disease_count: int = 0
    disease: Fen = 0
    later_count: int = 0
    later: Fen = 0


class SplitSheet(Model):
    """All lines of a visit; ``required``: every line needs a person's word before it is sent;
    ``may_wait``: the centre takes disease data afterwards."""

    visit_no: str
    rows: tuple[SplitRow, ...] = ()
    sums: SplitSums = SplitSums()
    undecided: int = 0
    required: bool = False
    may_wait: bool = False


class DiseaseRow(Model):
    """A settled visit whose disease lines were kept back: how many, how much (fen), how many of
    them the centre has by now; ``open_msgid``: a transaction of unknown ending, or empty."""

    visit_no: str
    name: str = ""
    settled_at: datetime | None = None
    lines: int = 0
    amount: Fen = 0
    sent: int = 0
    open_msgid: str = ""
