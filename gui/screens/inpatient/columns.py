"""The columns of the worklist and of a stay's fee table: what there is room for."""

from __future__ import annotations

from core.clock import CHINA
from core.domain.stay import StayRow, StayState
from core.money import Fen, show
from core.words import say
from gui.screens.inpatient.lines import StayLine
from gui.screens.inpatient.worklist import REGISTERED, hint_of
from gui.widgets.table import Column, amount_column

WIDE_FROM, MIDDLE_FROM = 1000, 700  # width in units
LINES_WIDE, LINES_MIDDLE = 800, 560
MARKS = {"accepted": "done", "faulty": "danger", "waiting": None, "differs": "danger"}


def difference_of(row: StayRow) -> Fen | None:
    """Hospital minus uploaded; nothing before the stay is registered."""
    return row.hospital - row.uploaded if row.state in REGISTERED else None


def place_of(row: StayRow) -> str:
    """Ward and bed in one."""
    return " ".join(part for part in (row.ward, row.bed) if part)


def state_of(row: StayRow) -> str:
    """The state in words; a stay of unknown ending says so first."""
    return say("inpatient.state.open" if row.open_msgid else f"inpatient.state.{row.state}")


def _state_tone(row: StayRow) -> str | None:
    if row.open_msgid:
        return "amber"
    return "done" if row.state is StayState.SETTLED else None


def _hint_tone(row: StayRow) -> str | None:
    return "danger" if row.filing_warning and not row.open_msgid else None


def _title(name: str) -> str:
    return say(f"inpatient.column.{name}")


def _days(row: StayRow) -> str:
    return str(row.days)


def _admitted(row: StayRow) -> str:
    return f"{row.admitted_at.astimezone(CHINA):%m-%d}" if row.admitted_at else ""


def _list_all() -> dict[str, Column]:
    made = (
        Column("name", _title("name"), lambda row: row.name, 6),
        Column("inpatient_no", _title("inpatient_no"), lambda row: row.inpatient_no, 9),
        Column("place", _title("place"), place_of, 17),
        Column("dept", _title("dept"), lambda row: row.dept, 9),
        Column("admitted", _title("admitted"), _admitted, 6),
        Column("days", _title("days"), _days, 4, "right"),
        Column("state", _title("state"), state_of, 9, tone=_state_tone),
        amount_column("hospital", _title("hospital"), lambda row: row.hospital, 9),
        amount_column("uploaded", _title("uploaded"), lambda row: row.uploaded, 9),
        amount_column("difference", _title("difference"), difference_of, 8),
        amount_column("deposit", _title("deposit"), lambda row: row.deposit, 9),
        Column("hint", _title("hint"), hint_of, 10, stretch=True, tone=_hint_tone, tip=hint_of),
    )
    return {column.name: column for column in made}


LIST_LAYOUTS = {
    "wide": ("name", "inpatient_no", "place", "dept", "admitted", "days", "state", "hospital",
             "uploaded", "difference", "deposit", "hint"),
    "middle": ("name", "inpatient_no", "place", "days", "state", "hospital", "difference", "hint"),
    "narrow": ("name", "place", "state", "hospital", "hint"),
}  # fmt: skip


def list_room(units: float) -> str:
    """wide, middle or narrow, for a list of so many units."""
    return "wide" if units >= WIDE_FROM else "middle" if units >= MIDDLE_FROM else "narrow"


def list_columns(width: str) -> tuple[Column, ...]:
    """The worklist's columns for ``list_room``."""
    made = _list_all()
    return tuple(made[name] for name in LIST_LAYOUTS[width])


def _line_state(row: StayLine) -> str:
    return say(f"inpatient.line.{row.state}")


def _line_tone(row: StayLine) -> str | None:
    return MARKS[row.state]


def _alarm(row: StayLine) -> str | None:
    return "danger" if row.state in ("faulty", "differs") else None


def _difference_tone(row: StayLine) -> str | None:
    return "danger" if row.state == "differs" else None


def _difference(row: StayLine) -> str:
    return show(row.difference) if row.difference else ""


def _line_all() -> dict[str, Column]:
    made = (
        Column("day", _title("day"), lambda row: row.day, 6),
        Column("code", _title("code"), lambda row: row.code, 9, tip=lambda row: row.rx_no),
        Column("item", _title("item"), lambda row: row.name, 10, stretch=True),
        Column("quantity", _title("quantity"), lambda row: row.quantity, 5, "right"),
        amount_column("hospital", _title("line_hospital"), lambda row: row.hospital, 8),
        amount_column("uploaded", _title("line_uploaded"), lambda row: row.uploaded, 8),
        amount_column("centre", _title("line_centre"), lambda row: row.centre, 8),
        Column("difference", _title("difference"), _difference, 8, "right", tone=_difference_tone),
        Column("state", _title("line_state"), _line_state, 7, tone=_line_tone),
        Column("says", _title("says"), lambda row: row.says, 12, tone=_alarm),
    )
    return {column.name: column for column in made}


LINE_LAYOUTS = {
    ("wide", False): ("day", "code", "item", "quantity", "hospital", "uploaded", "difference",
                      "state", "says"),
    ("wide", True): ("day", "item", "quantity", "hospital", "uploaded", "centre", "difference",
                     "state", "says"),
    ("middle", False): ("item", "quantity", "hospital", "uploaded", "state", "says"),
    ("middle", True): ("item", "hospital", "uploaded", "centre", "difference", "says"),
    ("narrow", False): ("item", "hospital", "state"),
    ("narrow", True): ("item", "hospital", "centre", "difference"),
}  # fmt: skip


def line_room(units: float) -> str:
    """wide, middle or narrow, for a sheet of so many units."""
    return "wide" if units >= LINES_WIDE else "middle" if units >= LINES_MIDDLE else "narrow"


def line_columns(width: str, listed: bool) -> tuple[Column, ...]:
    """The fee table's columns; ``listed``: the centre was asked for its list."""
    made = _line_all()
    return tuple(made[name] for name in LINE_LAYOUTS[width, listed])
