"""Injury and disease apart: what of a visit belongs to the injury, line by line (domain.md §0.5)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from core.domain.base import Model
from core.domain.fees import FeeLine
from core.money import Fen


class SplitMark(Model):
    """A person's decision on one line: ``disease`` or (false) injury, by whom, why, when (aware).

    ``by_id``, ``by_name``: the operator; ``reason`` as typed.
    """

    line_id: str
    disease: bool
    by_id: str
    by_name: str
    reason: str
    at: datetime


class SplitLine(Model):
    """One line on the workbench: ``line.is_disease`` is what counts now.

    ``mark``: the decision made here, or ``None`` where the hospital's flag counts; ``uploaded``:
    the centre has the line as it is.
    """

    line: FeeLine
    mark: SplitMark | None = None
    uploaded: bool = False


class SplitSums(Model):
    """Both ways, in fen and in lines."""

    injury: Fen = 0
    disease: Fen = 0
    injury_lines: int = 0
    disease_lines: int = 0

    @property
    def total(self) -> Fen:
        """All lines together."""
        return self.injury + self.disease


class SplitSheet(Model):
    """The workbench of one visit; ``why_not`` a sentence why nothing may be changed, or empty."""

    visit_no: str
    lines: tuple[SplitLine, ...] = ()
    sums: SplitSums = SplitSums()
    why_not: str = ""


class DiseaseState(StrEnum):
    """Where the disease part of a settled visit stands."""

    DUE = "due"
    SENT = "sent"
    UNKNOWN = "unknown"


class DiseaseRow(Model):
    """A settled visit with disease lines: how many and how much (fen), and whether the centre has
    that part."""

    visit_no: str
    name: str = ""
    settled_at: datetime | None = None
    lines: int = 0
    amount: Fen = 0
    state: DiseaseState = DiseaseState.DUE
    msgid: str = ""
