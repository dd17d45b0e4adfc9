"""The invented code lists of training mode, made from ``resources/tables/invented_codes.toml``.

They begin with what the invented hospital and the simulated centre use, so that the visits of
training find their departments, diagnoses and items; the rest are words put together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from itertools import product
from typing import Any

from core.catalogue.entries import Entry, by_key, key_of
from core.catalogue.kinds import CENTRE, DEPARTMENT, DIAGNOSIS, DOCTOR, ITEM, LISTS
from core.catalogue.mappings import MappingBook, Record
from core.catalogue.store import CodeStore
from core.catalogue.versions import ListBook
from core.clock import Clock
from core.errors import Refused
from core.his import invented as hospital
from core.simulator.world import catalogue, read_table

SINCE = date(2026, 1, 1)
DRUG, SERVICE = "1", "2"


@cache
def _table() -> dict[str, Any]:
    return read_table("invented_codes")


def stock(store: CodeStore, clock: Clock) -> None:
    """Give every list that has no version yet its invented one, and the first mappings.

    Another process that does the same at this moment is no harm: the same rows are not taken twice.
    """
    lists, mappings, words = ListBook(store, clock), MappingBook(store, clock), _table()
    bare = [name for name in LISTS if not lists.versions(name)]
    made = invented() if bare else {}
    for name in bare:
        with suppress(Refused):
            lists.take(name, made[name], SINCE, words["author"], words["source"])
    if bare and not mappings.records():
        mappings.write(_mapped(words["author"], clock.now()))


def invented() -> dict[str, tuple[Entry, ...]]:
    """All five lists."""
    made = {
        DIAGNOSIS: (*_coded(hospital.diagnoses()), *_diagnoses()),
        DEPARTMENT: (*_coded(hospital.departments()), *_departments()),
        DOCTOR: (*_coded(hospital.doctors()), *_doctors()),
        ITEM: (*_own_items(), *(_as_item(n, entry) for n, entry in enumerate(_things()))),
        CENTRE: (*_own_codes(), *_things()),
    }
    return {name: tuple(by_key(reversed(rows)).values()) for name, rows in made.items()}


def _coded(rows: tuple[hospital.Coded, ...]) -> Iterator[Entry]:
    return (Entry(row.code, row.name, belongs=row.belongs) for row in rows)


def _diagnoses() -> Iterator[Entry]:
    words = _table()["diagnosis"]
    for number, part in enumerate(words["parts"]):
        for place, kind in enumerate(words["kinds"]):
            code = f"S{10 + number:02}.{place:02}1x{number * 7 % 100 + place + 1:03}"
            yield Entry(code, part + kind)


def _departments() -> Iterator[Entry]:
    for number, name in enumerate(_table()["department"]["names"]):
        yield Entry(f"K02{number + 1:02}", name)


def _doctors() -> Iterator[Entry]:
    words = _table()["doctor"]
    homes = [entry.code for entry in _departments()]
    for number, (surname, given) in enumerate(product(words["surnames"], words["given"])):
        yield Entry(f"D01{number + 1:03}", surname + given, belongs=homes[number % len(homes)])


def _things() -> Iterator[Entry]:
    """What the centre knows beyond the simulated price list."""
    drugs, services, material = (_table()[name] for name in ("drug", "service", "material"))
    for number, (name, form) in enumerate(product(drugs["names"], drugs["forms"])):
        ending, spec, unit = form
        yield Entry(f"D98{number:05}", name + ending, spec, unit, _price(number), DRUG)
    for number, words in enumerate(product(services["parts"], services["kinds"])):
        name = "".join(words)
        yield Entry(f"F98{number:05}", name, "", services["unit"], _price(number), SERVICE)
    for number, (name, spec) in enumerate(product(material["names"], material["specs"])):
        yield Entry(f"C98{number:05}", name, spec, material["unit"], _price(number), SERVICE)


def _price(number: int) -> str:
    return f"{number * 37 % 480 + 6}.{number % 10}0"


def _as_item(number: int, entry: Entry) -> Entry:
    """The same thing as the hospital writes it: a code of its own, words added to the name."""
    endings = _table()["item"]["endings"]
    spec = entry.spec.replace("\u00d7", "*") if number % 2 else entry.spec
    name = entry.name + endings[number % len(endings)]
    return entry._replace(code=f"Y{entry.code[0]}{number:05}", name=name, spec=spec)


def _own_items() -> Iterator[Entry]:
    for item in catalogue():
        price = f"{item.price.normalize():f}"
        yield Entry(item.hosp_code, item.name, item.spec, item.unit, price, item.list_type)


def _own_codes() -> Iterator[Entry]:
    for item in catalogue():
        price = f"{item.price.normalize():f}"
        yield Entry(item.centre_code, item.name, item.spec, item.unit, price, item.list_type)


def _mapped(author: str, now: datetime) -> list[Record]:
    """The simulated price list is mapped; what the hospital has beyond it is left to do."""
    pairs = {key_of(item.hosp_code): item for item in catalogue()}
    return [
        Record(item.hosp_code, item.centre_code, "mapped", SINCE, author, now)
        for item in pairs.values()
    ]
