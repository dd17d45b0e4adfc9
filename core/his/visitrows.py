"""Rows of visits and stays, from files or databases: columns, the hospital's words, what is wrong.

Columns are found by the names of ``resources/tables/visit_headers.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from core.domain import Discharge, Registration
from core.domain.stay import HospitalStay
from core.errors import Fault, fault
from core.his.cells import BadCell, is_empty, reader, shown
from core.his.columns import SHOWN
from core.his.tables import Column, column_of, lacking

STAY_ONLY = (
    "deposit", "discharged_at", "outcome_code", "discharge_code", "discharge_name", "line_count",
    "amount",
)  # fmt: skip
Words = Mapping[str, Mapping[str, str]]
Values = dict[str, Any]


@cache
def visit_columns() -> dict[str, Column]:
    """The columns of visits and stays."""
    return {name: column_of(name, row) for name, row in _raw()["fields"].items()}


@cache
def _raw() -> dict[str, Any]:
    file = resources.files("resources") / "tables" / "visit_headers.toml"
    return tomllib.loads(file.read_text("utf-8"))


def values_of(
    cells: Mapping[str, Any], words: Words | None = None
) -> tuple[Values, tuple[Fault, ...]]:
    """The cells {field: cell} of one row as values, empty ones left out, and what is wrong."""
    known, spoken = visit_columns(), {**_raw()["words"], **(words or {})}
    values: Values = {}
    faults: list[Fault] = []
    for name, cell in cells.items():
        if is_empty(cell):
            continue
        try:
            value = reader(known[name].kind)(cell)
        except BadCell as error:
            faults.append(_bad(known[name], cell, error))
            continue
        values[name] = spoken[name].get(value, value) if name in spoken else value
    return values, (*faults, *_gaps(cells, values))


def _bad(column: Column, cell: Any, error: BadCell) -> Fault:
    value = shown(cell)[:SHOWN]
    return fault(f"import.cell.{error}", column.field, label=column.label, value=value)


def _gaps(cells: Mapping[str, Any], values: Values) -> Iterator[Fault]:
    """Required fields that nobody has filled; a bad cell has been named already."""
    for column in visit_columns().values():
        if column.required and not values.get(column.field) and is_empty(cells.get(column.field)):
            yield fault("import.cell.empty", column.field, label=column.label, value="")


def missing(mapping: Mapping[str, str]) -> tuple[Column, ...]:
    """Required columns that a table does not have."""
    return lacking(visit_columns().values(), mapping)


def registration(values: Values) -> Registration:
    """The visit of a row."""
    return Registration.model_validate({k: v for k, v in values.items() if k not in STAY_ONLY})


def stay(values: Values) -> HospitalStay:
    """The stay (or visit) of a row, with what only a stay has."""
    left = values.get("discharged_at")
    discharge = left and Discharge(
        discharged_at=left, outcome_code=values.get("outcome_code", ""),
        diagnosis_code=values.get("discharge_code") or values.get("diagnosis_code", ""),
        diagnosis_name=values.get("discharge_name") or values.get("diagnosis_name", ""),
    )  # fmt: skip
    return HospitalStay(
        registration=registration(values), deposit=values.get("deposit", 0),
        discharge=discharge or None, line_count=int(values.get("line_count", 0)),
        amount=values.get("amount", 0),
    )  # fmt: skip


def cells_of(row: Sequence[Any], places: Mapping[str, int]) -> dict[str, Any]:
    """{field: cell} of a row; a short row has empty cells at its end."""
    return {name: row[place] if place < len(row) else "" for name, place in places.items()}
