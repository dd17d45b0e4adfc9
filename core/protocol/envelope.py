"""The envelope around every body, and the first look at a reply (protocol-zjs.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Fault
from core.protocol.mistakes import shown
from core.protocol.profile import Envelope, FieldRule, Profile, TransactionRule
from core.protocol.reading import folded
from core.protocol.values import Odd, as_text
from core.protocol.wirejson import Unreadable, quote
from core.protocol.writing import RowWriter
from core.settings import Settings

HEADER = ("msgid", "moment", "operator_id", "operator_name", "sign_no")


def encoding_of(profile: Profile, settings: Settings) -> str:
    """The encoding of messages and replies: the profile's, else the desk's."""
    return profile.message.encoding or settings.centre.encoding


def constants(fields: Mapping[str, FieldRule], settings: Settings) -> dict[str, Any]:
    """Values by domain name that the profile itself gives: constants, and settings of this desk."""
    found: dict[str, Any] = {}
    for rule in fields.values():
        if rule.source == "constant":
            found[rule.name] = rule.value
        elif rule.source == "setting":
            table, _, key = rule.setting.partition(".")
            found[rule.name] = str(getattr(getattr(settings, table), key))
    return found


class EnvelopeValues:
    """What stands in the envelope of a message, by domain name."""

    def __init__(self, profile: Profile, settings: Settings) -> None:
        rules = profile.envelope.request
        self._fixed = constants(rules, settings)
        self._asked = [rule.name for rule in rules.values() if rule.source == "ask"]

    def of(self, row: TransactionRule, values: Mapping[str, Any], header: Any) -> dict[str, Any]:
        """Constants and settings, the header, and what a local profile asks for on the form."""
        found = dict(self._fixed)
        found["code"] = row.code
        for name in HEADER:
            found[name] = getattr(header, name)
        for name in self._asked:
            found[name] = values.get(name)
        return found


class EnvelopeWriter:
    """Writes JSON envelopes; the body node of a transaction comes last."""

    def __init__(self, profile: Profile, settings: Settings) -> None:
        self._body = profile.envelope.body
        encoding = encoding_of(profile, settings)
        self._writer = RowWriter(profile.envelope.request, profile.codes, encoding)
        self._values = EnvelopeValues(profile, settings)

    def text(self, row: TransactionRule, values: Mapping[str, Any], header: Any, body: str) -> str:
        """The whole message; raises ``Bad`` at the first doubt about the envelope."""
        head = self._writer.members(self._values.of(row, values, header))
        return f"{{{head},{quote(row.body or self._body)}:{body}}}"

    def faults(self, row: TransactionRule, values: Mapping[str, Any], header: Any) -> list[Fault]:
        """Everything that is wrong with the envelope."""
        return self._writer.faults(self._values.of(row, values, header))


@dataclass(frozen=True, slots=True)
class Head:
    """The parts of a reply that decide: code and text of the centre, and the output as it came
    (all the fields of a reply whose body has no node of its own)."""

    code: str
    text: str
    output: Any


class EnvelopeReader:
    """Finds code, text and output of a reply, whatever the case of the keys."""

    def __init__(self, envelope: Envelope) -> None:
        self._keys = {rule.name: rule.wire.lower() for rule in envelope.reply.values()}
        self._label = next(rule.label for rule in envelope.reply.values() if rule.name == "code")
        self._has_body = bool(envelope.body)

    def read(self, reply: Any) -> Head:
        """The head of a parsed reply; raises ``Unreadable``."""
        if not isinstance(reply, Mapping):
            raise Unreadable("not_object")
        found = folded(reply)
        code = found.get(self._keys["code"])
        try:
            word = "" if code is None or isinstance(code, bool) else as_text(code)
            text = as_text(found.get(self._keys["text"]) or "")
        except Odd:
            raise Unreadable("bad_field", label=self._label, value=shown(code)) from None
        return Head(word, text, found.get(self._keys["output"]) if self._has_body else found)
