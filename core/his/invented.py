"""The invented hospital's own data: departments, doctors, diagnoses, and the visits of a morning.

Everything is made from ``resources/tables/hospital.toml`` and the world of the simulated centre,
with a seeded choice: the same day and batch always give the same orders.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from core.domain import FeeLine, Registration
from core.money import line_amount
from core.simulator.world import (
    CatalogueItem,
    InsuredPerson,
    catalogue,
    person,
    read_table,
)

LINES_A_PRESCRIPTION = 5
OPENING = (
    "13",
    "02",
)  # slip categories of what every visit begins with: registration, consultation
INPATIENT = "01"
DOSES = (Decimal(1), Decimal(2), Decimal(3), Decimal("0.5"), Decimal("1.5"), Decimal("0.25"))
WRONG_BY = 37  # fen
NEW_CODE = "99999"


@dataclass(frozen=True, slots=True)
class Coded:
    """A department, a doctor (``belongs`` to a department) or a diagnosis."""

    code: str
    name: str
    belongs: str = ""


@dataclass(frozen=True, slots=True)
class InventedVisit:
    """One visit with its lines; ``kind`` as the table names it."""

    kind: str
    registration: Registration
    lines: tuple[FeeLine, ...]


@cache
def _table() -> dict[str, Any]:
    return read_table("hospital")


def departments() -> tuple[Coded, ...]:
    """All departments."""
    return tuple(Coded(row["code"], row["name"]) for row in _table()["department"])


def doctors() -> tuple[Coded, ...]:
    """All doctors with their department."""
    return tuple(Coded(row["code"], row["name"], row["dept"]) for row in _table()["doctor"])


def diagnoses() -> tuple[Coded, ...]:
    """The small table of diagnoses."""
    return tuple(Coded(code, name) for code, name in _table()["diagnoses"].items())


def visits(batch: int, now: datetime) -> tuple[InventedVisit, ...]:
    """The visits of a restock: ``batch`` counts the restocks of the day of ``now`` from 0."""
    plan = _table()["visit"]
    first = batch * len(plan) + 1
    return tuple(_visit(row, first + place, now) for place, row in enumerate(plan))


def _visit(row: dict[str, Any], number: int, now: datetime) -> InventedVisit:
    chance = random.Random(f"{now:%Y%m%d}-{number}")
    who = person(row["person"])
    if who is None:
        raise KeyError(row["person"])
    visit = registration(row, who, f"MZ{now:%Y%m%d}{number:04}", now)
    orders = [
        _line(visit, place, item, chance) for place, item in enumerate(_items(row, chance), 1)
    ]
    shape = SHAPES.get(row["kind"], list)
    return InventedVisit(row["kind"], visit, tuple(shape(orders)))


def registration(
    row: dict[str, Any], who: InsuredPerson, number: str, now: datetime
) -> Registration:
    """Who comes for what, as a row of the table says it; ``number`` is the visit's."""
    table = _table()
    injury = who.qualifications[row["injury"] - 1] if row["injury"] else None
    diagnosis = injury.diagnosis_code if injury else row["diagnosis"]
    doctor = next(one for one in doctors() if one.belongs == row["department"])
    return Registration(
        visit_no=number,
        med_type=table["med_types"][injury.kind] if injury else "11",
        person_name=row.get("name", who.name),
        sex=table["sexes"][who.sex],
        age=str(_age(who.birthday, now)),
        id_no=who.id_no,
        dept_code=row["department"],
        dept_name=next(one.name for one in departments() if one.code == row["department"]),
        doctor_code=doctor.code,
        doctor_name=doctor.name,
        diagnosis_code=diagnosis,
        diagnosis_name=injury.diagnosis_name if injury else table["diagnoses"][diagnosis],
        phone=who.phone,
        admitted_at=(now - timedelta(minutes=row["minutes"])).replace(microsecond=0),
    )


def _age(birthday: str, now: datetime) -> int:
    before = f"{now:%m%d}" < birthday[4:]
    return now.year - int(birthday[:4]) - int(before)


def _items(row: dict[str, Any], chance: random.Random) -> Iterator[CatalogueItem]:
    """What is ordered: registration and consultation first, then whatever comes."""
    for category in OPENING:
        yield next(item for item in catalogue() if item.category == category)
    ordinary = [i for i in catalogue() if i.category not in OPENING and i.category != INPATIENT]
    left = row["lines"] - len(OPENING)
    while left > 0:
        some = chance.sample(ordinary, min(left, len(ordinary)))
        yield from some
        left -= len(some)


def _line(visit: Registration, place: int, item: CatalogueItem, chance: random.Random) -> FeeLine:
    quantity = dose(item, chance)
    order = (place + LINES_A_PRESCRIPTION - 1) // LINES_A_PRESCRIPTION
    begun = visit.admitted_at or datetime.min
    return FeeLine(
        visit_no=visit.visit_no,
        line_id=f"{visit.visit_no}{place:04}",
        rx_no=f"RX{visit.visit_no[2:]}{order:03}",
        list_type=item.list_type,
        hosp_code=item.hosp_code,
        name=item.name,
        centre_code=item.centre_code,
        spec=item.spec,
        unit=item.unit,
        price=item.price,
        quantity=quantity,
        amount=line_amount(item.price, quantity),
        occurred_at=begun + timedelta(seconds=min(place * 6, 1740)),
        doctor_code=visit.doctor_code,
        doctor_name=visit.doctor_name,
        dept_code=visit.dept_code,
        category=item.category,
    )


def dose(item: CatalogueItem, chance: random.Random) -> Decimal:
    """How much of an item is ordered."""
    if item.category in OPENING:
        return Decimal(1)
    if item.kind == "service":
        return Decimal(chance.choice((1, 1, 1, 2, 3)))
    return chance.choice(DOSES if item.kind == "material" else DOSES[:3])


def _with_refunds(lines: list[FeeLine]) -> list[FeeLine]:
    """The last order is taken back whole, the one before it in half."""
    back = [refund(lines[-1], Decimal(1), 1), refund(lines[-2], Decimal("0.5"), 2)]
    return lines + back


def refund(line: FeeLine, part: Decimal, number: int) -> FeeLine:
    """A line that gives ``part`` (0 … 1) of ``line`` back, a minute after it."""
    quantity = -line.quantity * part
    changes = {
        "line_id": f"{line.line_id}T{number}",
        "quantity": quantity,
        "amount": line_amount(line.price, quantity),
        "occurred_at": line.occurred_at + timedelta(minutes=1),
        "ref_line_id": line.line_id,
    }
    return line.model_copy(update=changes)


def _with_wrong_amount(lines: list[FeeLine]) -> list[FeeLine]:
    """One amount is not price × quantity."""
    wrong = lines[3].model_copy(update={"amount": lines[3].amount + WRONG_BY})
    return [*lines[:3], wrong, *lines[4:]]


def without_code(lines: list[FeeLine]) -> list[FeeLine]:
    """One item is not matched with the centre's list yet."""
    changes = {"centre_code": "", "hosp_code": NEW_CODE}
    return [*lines[:-1], lines[-1].model_copy(update=changes)]


SHAPES: dict[str, Callable[[list[FeeLine]], list[FeeLine]]] = {
    "refund": _with_refunds,
    "wrong_amount": _with_wrong_amount,
    "no_centre_code": without_code,
}
