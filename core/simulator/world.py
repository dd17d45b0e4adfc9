"""The invented world: insured persons and the price list, read from ``resources/tables``.

The simulated centre and the embedded hospital read the same tables, so that their visits, orders
and cards fit together. Nothing here is a real person, employer or price.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal

from pydantic import Field, field_validator

from core.domain.base import Model


class InsuredQualification(Model):
    """An injury qualification: ``id`` goes into the registration, ``kind`` is the centre's word."""

    id: str
    text: str
    kind: str
    diagnosis_code: str
    diagnosis_name: str


class InsuredPerson(Model):
    """A person of the world. ``key`` is a short handle for tests and commands (``shen``).

    ``birthday`` yyyyMMdd; ``refused_reason`` a code (empty: entitled); ``in_hospital``: in stay at
    the other hospital named by ``stay_hospital_*``; ``inpatient``: one of the invented hospital's
    own inpatients, who has no visits of a day.
    """

    key: str
    number: str
    name: str
    sex: str
    birthday: str
    id_no: str
    employer: str
    employer_no: str = ""
    kind: str
    phone: str
    id_kind: str = "01"
    region: str = "990101"
    in_hospital: bool = False
    inpatient: bool = False
    refused_reason: str = ""
    stay_hospital_code: str = ""
    stay_hospital_name: str = ""
    qualification: tuple[InsuredQualification, ...] = ()

    @property
    def card_no(self) -> str:
        """The number printed on the social-security card: a letter and eight digits."""
        return f"Z{self.number[-8:]}"

    @property
    def qualifications(self) -> tuple[InsuredQualification, ...]:
        """The qualifications (the table's key is singular)."""
        return self.qualification


class CatalogueItem(Model):
    """One item of the price list.

    ``price`` and ``cap`` are yuan a unit with four decimals (``cap`` ``None``: none); ``share`` is
    the percent of what lies under the cap that the fund pays; ``list_type`` 1 drug, 2 service, 3
    facility (protocol-zjs.md §2.4); ``level`` 1 / 2 / 3 = A / B / C; ``category`` a slip category.
    """

    centre_code: str
    hosp_code: str
    name: str
    spec: str = ""
    unit: str
    price: Decimal
    category: str
    kind: Literal["drug", "service", "material"]
    list_type: str
    level: str
    cap: Decimal | None = None
    share: int = Field(ge=0, le=100)

    @field_validator("cap", mode="before")
    @classmethod
    def _no_cap(cls, value: Any) -> Any:
        return None if value == "" else value


@cache
def read_table(name: str) -> dict[str, Any]:
    """The TOML table ``resources/tables/<name>.toml``, read once; not to be changed."""
    file = resources.files("resources") / "tables" / f"{name}.toml"
    return tomllib.loads(file.read_text("utf-8"))


@cache
def persons() -> tuple[InsuredPerson, ...]:
    """All insured persons, in the order of the table."""
    rows = read_table("simulator_persons")["person"]
    return tuple(InsuredPerson.model_validate(row) for row in rows)


@cache
def catalogue() -> tuple[CatalogueItem, ...]:
    """All items of the price list, drugs first, then services and facilities, then materials."""
    rows = read_table("simulator_catalogue")["item"]
    return tuple(CatalogueItem.model_validate(row) for row in rows)


@cache
def categories() -> dict[str, str]:
    """The slip's fee categories: code to name."""
    return dict(read_table("simulator_catalogue")["categories"])


@cache
def items() -> dict[str, CatalogueItem]:
    """The price list by the centre's code."""
    return {item.centre_code: item for item in catalogue()}


def person(wanted: str) -> InsuredPerson | None:
    """The person of that key, number or name, or nothing."""
    found = (one for one in persons() if wanted in (one.key, one.number, one.name))
    return next(found, None)
