"""The invented hospital's stays: who lies in which ward, and the fees of every day so far.

A line depends only on its stay, its day and its place, so the same lines come back whenever they
are asked for, and more of them as time passes; nothing is stored but how the stay began and ended.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.clock import CHINA
from core.domain import Discharge, FeeLine, Registration
from core.domain.base import Model
from core.domain.stay import HospitalStay
from core.his import invented
from core.money import Fen, line_amount
from core.simulator.world import CatalogueItem, InsuredPerson, catalogue, person, read_table

BED, NURSING, CONSULTATION = "01", "07", "02"
DAILY = (BED, NURSING, CONSULTATION)
MORNING, ARRIVAL, EVERY = timedelta(hours=7), timedelta(hours=9, minutes=20), timedelta(minutes=20)
JUST_NOW = timedelta(minutes=95)
LONGEST = 366  # days of fees
NOTHING_ORDERED = ("13", *DAILY)


class InventedStay(Model):
    """How a stay began and, perhaps, ended; ``kind`` as the table names it, ``daily`` lines."""

    kind: str
    registration: Registration
    deposit: Fen
    daily: int
    discharge: Discharge | None = None


def plan() -> tuple[dict[str, Any], ...]:
    """The rows of the table, one for each inpatient of the world."""
    return tuple(read_table("hospital")["stay"])


def stay(row: dict[str, Any], visit_no: str, now: datetime) -> InventedStay:
    """The stay of a row of the plan as it stands at ``now``."""
    who = person(row["person"])
    if who is None:
        raise KeyError(row["person"])
    registration = _registration(row, who, visit_no, now)
    return InventedStay(
        kind=row["kind"], registration=registration, deposit=row["deposit"] * 100,
        daily=row["daily"], discharge=_discharge(row, registration, now),
    )  # fmt: skip


def _registration(
    row: dict[str, Any], who: InsuredPerson, visit_no: str, now: datetime
) -> Registration:
    base = invented.registration({**row, "minutes": 0}, who, visit_no, now)
    injury = who.qualifications[row["injury"] - 1] if row["injury"] else None
    kinds = read_table("hospital")["stay_types"]
    changes = {
        "med_type": kinds[injury.kind] if injury else kinds[next(iter(kinds))],
        "inpatient_no": f"BA{who.number[-6:]}", "ward_name": row["ward"], "bed": row["bed"],
        "admitted_at": _arrival(row["days"], now),
    }  # fmt: skip
    return base.model_copy(update=changes)


def _arrival(days: int, now: datetime) -> datetime:
    day = (now.astimezone(CHINA) - timedelta(days=days)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return day + ARRIVAL if days else (now - JUST_NOW).replace(microsecond=0)


def _discharge(row: dict[str, Any], known: Registration, now: datetime) -> Discharge | None:
    if "outcome" not in row:
        return None
    return Discharge(
        discharged_at=(now - timedelta(hours=row["left"])).replace(microsecond=0),
        outcome_code=row["outcome"], diagnosis_code=known.diagnosis_code,
        diagnosis_name=known.diagnosis_name,
    )  # fmt: skip


def at_hospital(found: InventedStay, now: datetime) -> HospitalStay:
    """What the hospital says of the stay at ``now``."""
    rows = lines(found, now)
    return HospitalStay(
        registration=found.registration, deposit=found.deposit, discharge=found.discharge,
        line_count=len(rows), amount=sum(line.amount for line in rows),
    )  # fmt: skip


def lines(found: InventedStay, now: datetime) -> tuple[FeeLine, ...]:
    """Every fee line up to ``now`` or the discharge, oldest first."""
    begun = found.registration.admitted_at or now
    until = min(now, found.discharge.discharged_at) if found.discharge else now
    days = (until.astimezone(CHINA).date() - begun.astimezone(CHINA).date()).days
    rows = [line for day in range(min(days, LONGEST) + 1) for line in _day(found, day)]
    return tuple(line for line in rows if line.occurred_at <= until)


@lru_cache(maxsize=4096)
def _day_of(text: str, day: int) -> tuple[FeeLine, ...]:
    found = InventedStay.model_validate_json(text)
    chance = random.Random(f"{found.registration.visit_no}-{day}")
    rows = [_line(found, day, place, item, chance) for place, item in _items(found, day, chance)]
    return tuple(SHAPES.get((found.kind, day), list)(rows))


def _day(found: InventedStay, day: int) -> tuple[FeeLine, ...]:
    return _day_of(found.model_dump_json(), day)


def _items(
    found: InventedStay, day: int, chance: random.Random
) -> Iterator[tuple[int, CatalogueItem]]:
    """Bed, nursing and consultation of the day, then what was ordered."""
    daily = [chance.choice([i for i in catalogue() if i.category == name]) for name in DAILY]
    ordinary = [item for item in catalogue() if item.category not in NOTHING_ORDERED]
    ordered = chance.sample(ordinary, min(len(ordinary), max(0, found.daily - len(daily))))
    yield from enumerate([*daily, *ordered], 1)


def _line(
    found: InventedStay, day: int, place: int, item: CatalogueItem, chance: random.Random
) -> FeeLine:
    known = found.registration
    quantity = Decimal(1) if place <= len(DAILY) else invented.dose(item, chance)
    return FeeLine(
        visit_no=known.visit_no, line_id=f"{known.visit_no}{day:03}{place:02}",
        rx_no=f"YZ{known.visit_no[2:]}{day:03}", list_type=item.list_type,
        hosp_code=item.hosp_code, name=item.name, centre_code=item.centre_code, spec=item.spec,
        unit=item.unit, price=item.price, quantity=quantity,
        amount=line_amount(item.price, quantity), occurred_at=_moment(known, day, place),
        doctor_code=known.doctor_code, doctor_name=known.doctor_name, dept_code=known.dept_code,
        category=item.category,
    )  # fmt: skip


def _moment(known: Registration, day: int, place: int) -> datetime:
    """Orders of the first day follow the arrival, all others begin in the morning."""
    begun = known.admitted_at or datetime.min
    if not day:
        return begun + timedelta(minutes=4 * place)
    morning = begun.astimezone(CHINA).replace(hour=0, minute=0, second=0) + MORNING
    return morning + timedelta(days=day) + EVERY * (place - 1)


def _taken_back(rows: list[FeeLine]) -> list[FeeLine]:
    """The last order of the day is taken back whole, the one before it in half."""
    return [
        *rows,
        invented.refund(rows[-1], Decimal(1), 1),
        invented.refund(rows[-2], Decimal("0.5"), 2),
    ]


SHAPES = {
    ("refund", 1): _taken_back,
    ("no_centre_code", 0): invented.without_code,
}
