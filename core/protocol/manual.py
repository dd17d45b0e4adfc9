"""The interface manual: a whole profile as one readable HTML page that stands alone.

What a local profile changed is marked, field by field; every request carries an invented example
in exactly the form the codec writes. The page's look and its Chinese live in ``resources``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import jinja2

from core.clock import CHINA
from core.protocol import wirexml
from core.protocol.envelope import EnvelopeValues, EnvelopeWriter, encoding_of
from core.protocol.examples import MOMENT, example_value, example_values
from core.protocol.ids import message_id
from core.protocol.mistakes import listed
from core.protocol.profile import FieldRule, Profile, TransactionRule, walk
from core.protocol.wirejson import laid_out, parse
from core.protocol.wirexml import XmlWriter
from core.protocol.writing import RowWriter
from core.settings import Settings
from core.words import say

GROUPS = ("sign_on", "business", "query", "reconcile")
TEMPLATE = "manual.html"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One line of a field table: ``depth`` of nesting, and how it differs from the shipped one."""

    rule: FieldRule
    depth: int
    changed: bool
    added: bool


@dataclass(frozen=True, slots=True)
class ExampleHeader:
    """An invented header for the examples."""

    msgid: str
    moment: str = f"{MOMENT:%Y%m%d%H%M%S}"
    operator_id: str = "001"
    operator_name: str = "OPERATOR"
    sign_no: str = "S20260302001"


def write_manual(profile: Profile, shipped: Profile, settings: Settings, made: datetime) -> str:
    """The page as HTML text; ``shipped``: without the local file; ``made``: its date."""
    page = _Page(profile, shipped, settings)
    day = f"{made.astimezone(CHINA):%Y-%m-%d %H:%M}"
    template = _room(page).get_template(TEMPLATE)
    return template.render(profile=profile, groups=GROUPS, made=day, settings=settings)


def _room(page: _Page) -> jinja2.Environment:
    """A template room that escapes everything and knows no undefined names."""
    folder = resources.files("resources") / "profiles"
    room = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.globals.update(word=lambda table, key: say(f"fields.{table}.{key}"), page=page)
    return room


def count_fields(profile: Profile) -> int:
    """All fields of envelope and transactions, nested ones too."""
    sides = [profile.envelope.request, profile.envelope.reply]
    for rule in profile.transactions.values():
        sides += [rule.request, rule.reply]
    return sum(len(walk(side)) for side in sides)


class _Page:
    """What the template asks for beside the profile itself."""

    def __init__(self, profile: Profile, shipped: Profile, settings: Settings) -> None:
        self._profile = profile
        self._shipped = shipped
        self._settings = settings
        self._encoding = profile.message.columns or encoding_of(profile, settings)
        moment = f"{MOMENT:%Y%m%d%H%M%S}"
        self._header = ExampleHeader(
            message_id(settings.hospital.code, moment, settings.desk.number, 1)
        )

    def of_group(self, group: str) -> list[TransactionRule]:
        """The transactions of one class in the order of the files."""
        return [rule for rule in self._profile.transactions.values() if rule.group == group]

    def envelope_rows(self, side: str) -> list[FieldRow]:
        """The envelope's fields, request or reply."""
        return _rows(
            getattr(self._profile.envelope, side), getattr(self._shipped.envelope, side), 0
        )

    def rows(self, rule: TransactionRule, side: str) -> list[FieldRow]:
        """The fields of a transaction, nested ones below their list."""
        known = self._shipped.transactions.get(rule.key)
        return _rows(getattr(rule, side), getattr(known, side) if known else {}, 0)

    def dropped(self, rule: TransactionRule, side: str) -> list[FieldRule]:
        """Shipped fields that the local profile took away."""
        known = self._shipped.transactions.get(rule.key)
        here = getattr(rule, side)
        return [
            field
            for key, field in (getattr(known, side) if known else {}).items()
            if key not in here
        ]

    def altered(self, rule: TransactionRule) -> bool:
        """Whether the local profile touched this transaction at all."""
        return self._shipped.transactions.get(rule.key) != rule

    def need(self, field: FieldRule, table: Mapping[str, FieldRule]) -> str:
        """When a field is required, in words."""
        if field.required is True:
            return say("manual.always")
        if field.required == "present":
            return say("manual.present")
        return self._condition(field, table) if field.when else ""

    def _condition(self, field: FieldRule, table: Mapping[str, FieldRule]) -> str:
        when = field.when
        assert when is not None
        other = next((item for item in table.values() if item.name == when.field), field)
        if when.present:
            return say("manual.when_present", field=other.label)
        key = "manual.when_in" if when.one_of else "manual.when_not_in"
        return say(key, field=other.label, values=listed(when.one_of or when.none_of))

    def titles(self, key: str) -> str:
        """A transaction's code with its title."""
        rule = self._profile.transactions[key]
        return f"{rule.code} {rule.title}"

    def amount(self, name: str) -> str:
        """What an amount of the replies is called, with its name on the wire."""
        for rule in self._profile.transactions.values():
            for field in rule.reply.values():
                if field.name == name and field.type == "money":
                    return f"{field.label} {field.wire}"
        return name

    def example(self, rule: TransactionRule) -> str:
        """An invented request of a transaction, indented, exactly as the codec writes it."""
        values = example_values(rule.request, self._profile.codes)
        asked = {
            field.name: example_value(field, self._profile.codes)
            for field in self._profile.envelope.request.values()
            if field.source == "ask" and field.when is None
        }
        if self._profile.message.form == "xml":
            return self._document(rule, asked, values)
        body = RowWriter(rule.request, self._profile.codes, self._encoding).text(values)
        envelope = EnvelopeWriter(self._profile, self._settings)
        text = envelope.text(rule, asked, self._header, f"[{body}]" if rule.batch else body)
        return laid_out(parse(text))

    def _document(
        self, rule: TransactionRule, asked: Mapping[str, Any], values: Mapping[str, Any]
    ) -> str:
        codes, head = self._profile.codes, self._profile.envelope.request_of(rule)
        given = EnvelopeValues(self._profile, self._settings).of(rule, asked, self._header)
        tables = ((head, given), (rule.request, values))
        parts = [(XmlWriter(table, codes, self._encoding), found) for table, found in tables]
        return wirexml.laid_out(wirexml.program(parts))


def _rows(
    table: Mapping[str, FieldRule], known: Mapping[str, FieldRule], depth: int
) -> list[FieldRow]:
    found: list[FieldRow] = []
    for key, rule in table.items():
        before = known.get(key)
        found.append(FieldRow(rule, depth, bool(before and before != rule), before is None))
        found += _rows(rule.fields, before.fields if before else {}, depth + 1)
    return found
