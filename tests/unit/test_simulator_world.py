"""The invented world is whole, invented, and fits the wire."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from core.simulator import world
from core.simulator.world import catalogue, categories, items, persons

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def check_digit(id_no: str) -> str:
    """The right last character of an 18-digit ID number."""
    return CHECKS[sum(int(n) * w for n, w in zip(id_no[:17], WEIGHTS, strict=True)) % 11]


def test_there_is_somebody_of_every_sort() -> None:
    counts = Counter(len(one.qualifications) for one in persons())
    assert len(persons()) >= 8
    assert counts[0] and counts[1] and counts[2] and counts[3]
    assert any(one.in_hospital for one in persons())
    assert any(one.refused_reason for one in persons())
    kinds = {q.kind for one in persons() for q in one.qualifications}
    assert kinds == {"肢体残", "职业病", "康复治疗"}


@pytest.mark.parametrize("one", persons(), ids=lambda one: one.key)
def test_no_id_number_can_be_real(one: world.InsuredPerson) -> None:
    assert one.id_no.startswith("99")
    assert one.region.startswith("99")
    assert one.id_no[6:14] == one.birthday
    assert one.id_no[17] != check_digit(one.id_no)
    assert int(one.id_no[16]) % 2 == (one.sex == "1")


def test_keys_numbers_and_qualifications_are_unique() -> None:
    for name in ("key", "number", "name", "id_no"):
        values = [getattr(one, name) for one in persons()]
        assert len(set(values)) == len(values), name
    ids = [q.id for one in persons() for q in one.qualifications]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("wanted", ["shen", "990010001", "沈建国"])
def test_a_person_is_found_by_key_number_or_name(wanted: str) -> None:
    found = world.person(wanted)
    assert found is not None and found.key == "shen"


def test_nobody_is_nobody() -> None:
    assert world.person("nobody") is None


def test_one_name_is_beyond_gbk_and_one_has_bytes_that_look_like_separators() -> None:
    beyond = [
        one.key for one in persons() if "?" in one.name.encode("gbk", "replace").decode("gbk")
    ]
    assert beyond == ["chen"]
    lin = world.person("lin")
    assert lin is not None
    seconds = {byte for text in (lin.name, lin.employer) for byte in text.encode("gbk")[1::2]}
    assert seconds >= set(b"\\^|")
    assert b"|" in lin.qualifications[0].text.encode("gbk")


def test_the_price_list_covers_all_kinds() -> None:
    assert len(catalogue()) >= 60
    assert {item.kind for item in catalogue()} == {"drug", "service", "material"}
    assert {item.list_type for item in catalogue()} == {"1", "2", "3"}
    assert {item.level for item in catalogue()} == {"1", "2", "3"}
    assert any(item.cap for item in catalogue())
    assert {item.category for item in catalogue()} <= set(categories())


@pytest.mark.parametrize("item", catalogue(), ids=lambda item: item.centre_code)
def test_an_item_is_sound(item: world.CatalogueItem) -> None:
    assert Decimal(0) < item.price == round(item.price, 4)
    assert item.cap is None or Decimal(0) < item.cap < item.price
    assert (item.share == 0) == (item.level == "3")
    assert (item.kind == "drug") == (item.list_type == "1")
    assert item.name.encode("gbk") and item.spec.encode("gbk") is not None
    assert items()[item.centre_code] is item


def test_codes_of_items_are_unique() -> None:
    assert len(items()) == len(catalogue())
    assert len({item.hosp_code for item in catalogue()}) == len(catalogue())
