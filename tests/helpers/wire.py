"""A ZJS centre for tests: header, values for every step, hypothesis strategies by field."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from core.centre.port import Header
from core.centre.zjs import Zjs
from core.clock import CHINA
from core.gateway.port import Reply
from core.protocol.examples import example_values
from core.protocol.loading import load_profile
from core.protocol.profile import CodeList, FieldRule, Profile
from core.protocol.wirejson import to_json
from core.settings import Settings

MOMENT = "20260302093000"


@cache
def shipped() -> Profile:
    """The profile as shipped."""
    return load_profile("zjs")


@cache
def zjs() -> Zjs:
    """A centre of the shipped profile and default settings."""
    return Zjs(shipped(), Settings())


def overlaid(folder: Path, text: str) -> Zjs:
    """A centre with ``text`` as local profile."""
    local = folder / "local.toml"
    local.write_text(text, "utf-8")
    return Zjs(load_profile("zjs", local), Settings())


def header(sign_no: str = "S1", counter: int = 1) -> Header:
    """A plausible header."""
    return Header(zjs().new_msgid(MOMENT, 1, counter), MOMENT, "001", "王收费", sign_no)


def values_for(step: str) -> dict[str, Any]:
    """Invented values for every request field of a step."""
    return example_values(shipped().steps[step].request, shipped().codes)


def reply(output: Any = None, **envelope: Any) -> Reply:
    """A good reply with ``output``; ``envelope`` overrides."""
    return Reply(0, to_json({"infcode": 0, "output": output} | envelope).encode("gbk"), 1)


def strategy(
    table: Mapping[str, FieldRule], codes: Mapping[str, CodeList]
) -> st.SearchStrategy[Any]:
    """Domain values for a table: required ones always, the others now and then."""
    always = {rule.name: value_of(rule, codes) for rule in table.values() if needed(rule)}
    sometimes = {rule.name: value_of(rule, codes) for rule in table.values() if not needed(rule)}
    return st.fixed_dictionaries(always, optional=sometimes)


def needed(rule: FieldRule) -> bool:
    """Fields with a condition are always given, so that every draw is valid."""
    return bool(rule.required) or rule.when is not None


def value_of(rule: FieldRule, codes: Mapping[str, CodeList]) -> st.SearchStrategy[Any]:
    """Valid values of one field."""
    if rule.type == "rows":
        return st.lists(strategy(rule.fields, codes), min_size=1, max_size=3)
    if rule.codes and rule.type == "code":
        return st.sampled_from(sorted(codes[rule.codes].values))
    if rule.type == "text":
        return words(rule.length // 2 if rule.length else 40)
    return KINDS[rule.type]


def words(longest: int) -> st.SearchStrategy[str]:
    """Texts that GBK can carry, at most ``longest`` characters, without blanks around."""
    letters = st.characters(codec="gbk", exclude_categories=("Cc", "Cs"))
    return st.text(letters, min_size=1, max_size=min(longest, 40)).filter(sound)


def sound(text: str) -> bool:
    """Neither blanks around nor one of the texts that a field forbids."""
    return text == text.strip() != "" and text not in ("0", "00000")


def _fours(digits: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(-(10**digits), 10**digits, places=4, allow_nan=False)


PART = words(10).filter(lambda text: not set("^|") & set(text))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(9998, 12, 31), timezones=st.just(CHINA))
KINDS: Mapping[str, st.SearchStrategy[Any]] = {
    "digits": st.from_regex(r"[0-9]{1,4}", fullmatch=True),
    "flag": st.sampled_from("01"),
    "integer": st.integers(0, 999).map(str),
    "money": st.integers(-(10**13), 10**13),
    "price": _fours(10),
    "quantity": _fours(8),
    "moment": MOMENTS.map(lambda moment: moment.replace(microsecond=0)),
    "day": st.dates(date(1900, 1, 1)),
    "base64": st.binary(min_size=1, max_size=60).map(lambda raw: base64.b64encode(raw).decode()),
    "conclusions": st.lists(
        st.fixed_dictionaries({"id": PART, "text": st.just("") | PART, "kind": st.just("") | PART}),
        min_size=1,
        max_size=4,
    ),
}
