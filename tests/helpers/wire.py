"""A centre of either family for tests: header, values for every step, replies, and hypothesis
strategies by field."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from core.centre.gd import Gd
from core.centre.port import Header
from core.centre.profiled import Profiled
from core.centre.zjs import Zjs
from core.clock import CHINA
from core.gateway.port import Reply
from core.protocol.examples import example_values
from core.protocol.loading import load_profile
from core.protocol.profile import CodeList, FieldRule, Profile, TransactionRule
from core.protocol.wirejson import parse, to_json
from core.protocol.wirexml import XmlWriter
from core.protocol.wirexml import text as document_text
from core.protocol.writing import RowWriter
from core.secrets import GivenSecrets
from core.settings import Settings

MOMENT = "20260302093000"
FAMILIES = ("zjs", "gd")
PASSWORD = "pei<xun>"
SETTINGS = {name: Settings.model_validate({"centre": {"family": name}}) for name in FAMILIES}


@cache
def shipped(family: str = "zjs") -> Profile:
    """The profile as shipped."""
    return load_profile(family)


@cache
def zjs() -> Zjs:
    """A centre of the shipped profile and default settings."""
    return Zjs(shipped(), Settings())


@cache
def gd() -> Gd:
    """A centre of the shipped profile, default settings and an invented password."""
    return Gd(shipped("gd"), SETTINGS["gd"], GivenSecrets(centre=PASSWORD))


def centre(family: str) -> Profiled:
    """The centre of a family."""
    return zjs() if family == "zjs" else gd()


def rules() -> list[tuple[str, TransactionRule]]:
    """Every transaction of every family."""
    return [(name, rule) for name in FAMILIES for rule in shipped(name).transactions.values()]


def named(case: tuple[str, TransactionRule]) -> str:
    """The name of such a case in a test report."""
    return f"{case[0]}-{case[1].key}"


def overlaid(folder: Path, text: str, family: str = "zjs") -> Profiled:
    """A centre with ``text`` as local profile."""
    local = folder / "local.toml"
    local.write_text(text, "utf-8")
    profile = load_profile(family, local)
    if family == "gd":
        return Gd(profile, SETTINGS[family], GivenSecrets(centre=PASSWORD))
    return Zjs(profile, SETTINGS[family])


def header(sign_no: str = "S1", counter: int = 1) -> Header:
    """A plausible header."""
    return Header(zjs().new_msgid(MOMENT, 1, counter), MOMENT, "001", "王收费", sign_no)


def values_for(step: str, family: str = "zjs") -> dict[str, Any]:
    """Invented values for every request field of a step."""
    return example_values(shipped(family).steps[step].request, shipped(family).codes)


def answer_of(family: str, rule: TransactionRule, drawn: list[dict[str, Any]]) -> Reply:
    """A good reply that says ``drawn`` (one object, or rows) in the family's own form."""
    codes = shipped(family).codes
    if family == "gd":
        return _document_of(rule, drawn, codes)
    writer = RowWriter(rule.reply, codes, "gbk")
    output = [parse(writer.text(values)) for values in drawn]
    return reply(output if rule.shape == "rows" else output[0])


def _document_of(
    rule: TransactionRule, drawn: list[dict[str, Any]], codes: Mapping[str, CodeList]
) -> Reply:
    """Scalars in the dataset where there is one, lists of their own beside it."""
    plain = {key: field for key, field in rule.reply.items() if field.type != "rows"}
    lists = {key: field for key, field in rule.reply.items() if field.type == "rows"}
    root = etree.Element("program")
    etree.SubElement(root, "return_code").text = "1"
    node = etree.SubElement(root, rule.node) if rule.node else None
    for values in drawn:
        place = root if node is None else etree.SubElement(node, "row")
        XmlWriter(plain, codes, "utf-8").fill(place, values)
        XmlWriter(lists, codes, "utf-8").fill(root, values)
    return Reply(200, document_text(root).encode("utf-8"), 1)


def program(**fields: str) -> Reply:
    """A reply of family GD with these elements under the root."""
    root = etree.Element("program")
    for name, value in ({"return_code": "1"} | fields).items():
        etree.SubElement(root, name).text = value
    return Reply(200, document_text(root).encode("utf-8"), 1)


def reply(output: Any = None, **envelope: Any) -> Reply:
    """A good reply with ``output``; ``envelope`` overrides."""
    return Reply(0, to_json({"infcode": 0, "output": output} | envelope).encode("gbk"), 1)


def strategy(
    table: Mapping[str, FieldRule], codes: Mapping[str, CodeList], first: str = ""
) -> st.SearchStrategy[Any]:
    """Domain values for a table: required ones always, the others now and then; what the profile
    itself gives is not drawn. ``first``: a field by name that is always there."""
    given = [rule for rule in table.values() if rule.source in GIVEN]
    always = {rule.name: value_of(rule, codes) for rule in given if needed(rule, first)}
    sometimes = {rule.name: value_of(rule, codes) for rule in given if not needed(rule, first)}
    return st.fixed_dictionaries(always, optional=sometimes)


def needed(rule: FieldRule, first: str = "") -> bool:
    """Fields with a condition are always given, so that every draw is valid; those that something
    stands in for as well, so that it does not."""
    stands_in = bool(rule.instead or rule.default)
    return bool(rule.required) or rule.when is not None or stands_in or rule.name == first


def value_of(rule: FieldRule, codes: Mapping[str, CodeList]) -> st.SearchStrategy[Any]:
    """Valid values of one field."""
    if rule.type == "rows":
        return _rows(rule, codes)
    if rule.means or rule.keep:
        return st.sampled_from(sorted(rule.means.values() or rule.keep))
    if rule.codes and rule.type == "code":
        return st.sampled_from(sorted(codes[rule.codes].values))
    if rule.type == "text":
        return words(rule.length // 3 if rule.length else 40)
    if rule.type == "moment" and rule.format == "yyyyMMdd":
        return MOMENTS.map(lambda moment: moment.replace(hour=0, minute=0, second=0, microsecond=0))
    return KINDS[rule.type]


def _rows(rule: FieldRule, codes: Mapping[str, CodeList]) -> st.SearchStrategy[Any]:
    """Rows that the first field tells apart."""
    first = next(iter(rule.fields.values())).name
    rows = strategy(rule.fields, codes, first)
    return st.lists(rows, min_size=1, max_size=3, unique_by=lambda row: str(row[first]))


GIVEN = ("given", "ask", "number")


def words(longest: int) -> st.SearchStrategy[str]:
    """Texts that GBK can carry, at most ``longest`` characters, without blanks around."""
    letters = st.characters(codec="gbk", exclude_categories=("Cc", "Cs"))
    return st.text(letters, min_size=1, max_size=min(max(longest, 1), 40)).filter(sound)


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
