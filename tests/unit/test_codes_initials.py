"""Initials in every reading: heteronyms, bounds, what is no letter, and how names are compared."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.initials import (
    LONGEST,
    MOST_READINGS,
    bare,
    begins,
    letters_of,
    plain,
    readings,
)

HETERONYMS = "长重行单调会折"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("长骨骨折", "cggz"),
        ("长骨骨折", "zggz"),
        ("长骨骨折", "cggs"),
        ("单长青", "scq"),
        ("单长青", "dzq"),
        ("重症监护", "zzjh"),
        ("重症监护", "czjh"),
        ("行走困难", "xzkn"),
        ("行走困难", "hzkn"),
        ("解放", "jf"),
        ("解放", "xf"),
        ("膀胱", "pg"),
        ("便秘", "bm"),
    ],
)
def test_a_heteronym_counts_in_each_reading(name: str, typed: str) -> None:
    assert typed in readings(name)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("CT平扫", "ctps"),
        ("Ⅱ度烧伤", "iidss"),
        ("ＣＴ", "ct"),
        ("骨折（开放性）", None),
        ("维生素B1 片", "wssb1p"),
        ("", None),
        ("（）—。", None),
        ("①型", "1x"),
    ],
)
def test_letters_digits_and_signs(name: str, letters: str | None) -> None:
    found = readings(name)
    if letters is None:
        assert all(sign.isascii() and sign.isalnum() for one in found for sign in one)
    else:
        assert letters in found


def test_signs_that_nobody_reads_are_left_out() -> None:
    assert letters_of("。") == "" and letters_of("(") == "" and letters_of(" ") == ""
    assert letters_of("a") == "a" and letters_of("7") == "7"
    assert readings("骨，折") == readings("骨折")


@given(st.text(alphabet=HETERONYMS + "骨伤", max_size=5))
def test_few_heteronyms_give_every_combination(name: str) -> None:
    every = {"".join(letters) for letters in product(*(letters_of(sign) for sign in name))}
    found = readings(name)
    if name:
        assert len(set(found)) == len(found) == min(len(every), MOST_READINGS)
        assert set(found) <= every


@given(st.text(max_size=80))
def test_any_text_is_bounded(text: str) -> None:
    found = readings(text)
    assert len(found) <= MOST_READINGS
    assert all(0 < len(one) <= LONGEST for one in found)
    assert begins(text, "") is False


@given(st.text(alphabet=HETERONYMS, min_size=6, max_size=20))
def test_one_unusual_reading_is_always_among_them(name: str) -> None:
    """Combinations come by how many characters are read unusually."""
    found = readings(name)
    usual = [letters_of(sign)[0] for sign in name]
    assert found[0] == "".join(usual)
    away = [sum(a != b for a, b in zip(one, usual, strict=True)) for one in found]
    assert away == sorted(away)


def test_comparing_forms() -> None:
    assert plain(" Ｓ52.500 X001 ") == "s52.500x001"
    assert bare("S52.500x001") == bare("s52500X-001") == "s52500x001"
    assert bare("（门诊）CT") == "门诊ct"


BEGINNINGS = [("sj", True), ("SJ", True), ("s j", True), ("jg", False), ("沈", False)]


@pytest.mark.parametrize(("typed", "fits"), [*BEGINNINGS, ("sjgx", False)])
def test_beginning_with_initials(typed: str, fits: bool) -> None:
    assert begins("沈建国", typed) is fits
