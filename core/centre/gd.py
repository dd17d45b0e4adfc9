"""Family GD: business steps to ``<program>`` documents and replies to outcomes, by profile. No I/O.

What makes the family: envelope and body side by side under one root, rows in datasets, amounts in a
dataset or flat, every negative code a refusal (protocol-gd.md §1, §9 SEEN). The wire carries no id
of ours: the message id lives in the journal only. Everything else comes from the profile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.centre.filling import Filler
from core.centre.port import Header
from core.centre.profiled import LONGEST_TEXT, Profiled, batch_faults, limited, parsed
from core.centre.taking import Taker, refused_reason
from core.errors import Fault, InvalidInput, fault
from core.gateway.port import Reply
from core.outcome import Accepted, Outcome, Rejected, Unknown
from core.protocol import wirexml
from core.protocol.envelope import EnvelopeReader, EnvelopeValues
from core.protocol.profile import Profile, TransactionRule
from core.protocol.reading import BodyReader
from core.protocol.stacktext import sentence
from core.protocol.tokens import Bad
from core.protocol.wirejson import Unreadable
from core.protocol.wirejson import parse as parse_json
from core.protocol.wirexml import Tree, XmlWriter
from core.protocol.writing import Values
from core.secrets import GivenSecrets, Secrets
from core.settings import Settings
from core.words import say

FINE = (0, 200)
STARS = "******"
Parts = list[tuple[XmlWriter, Values]]


class Gd(Profiled):
    """One city's centre of the Guangdong platform; ``secrets`` is asked only when a message needs
    one."""

    def __init__(
        self, profile: Profile, settings: Settings, secrets: Secrets | None = None
    ) -> None:
        super().__init__(profile, settings)
        self._secrets = secrets or GivenSecrets()
        self._head = EnvelopeValues(profile, settings)
        self._replies = EnvelopeReader(profile.envelope)
        self._writers: dict[str, tuple[XmlWriter, XmlWriter]] = {}
        self._fillers: dict[str, Filler] = {}
        self._takers: dict[str, Taker] = {}

    # -- writing

    def _written(
        self, row: TransactionRule, values: Values, header: Header, rows: Sequence[Values]
    ) -> tuple[str, bytes]:
        """What the profile itself gives cannot be overridden; a password stands in the payload
        only, the text has stars in its place."""
        shown = self._parts(row, values, header, rows, "")
        text = wirexml.text(wirexml.program(shown))
        payload = text.encode(self.encoding)
        if name := self._filler(row).secret:
            payload = self._with_secret(name, row, values, header, rows)
        return text, payload

    def _with_secret(
        self, name: str, row: TransactionRule, values: Values, header: Header,
        rows: Sequence[Values],
    ) -> bytes:  # fmt: skip
        secret = self._secrets.read(name)
        if not secret:
            raise InvalidInput(fault("profile.write.no_secret", name=name))
        try:
            real = wirexml.program(self._parts(row, values, header, rows, secret))
            return wirexml.text(real).encode(self.encoding)
        except (Bad, UnicodeEncodeError):
            raise InvalidInput(fault("profile.write.bad_secret", name=name)) from None

    def _parts(
        self, row: TransactionRule, values: Values, header: Header, rows: Sequence[Values],
        secret: str,
    ) -> Parts:  # fmt: skip
        head, body = self._tables(row)
        filled = self._filler(row).values(values, header, rows, secret or STARS)
        return [(head, self._head.of(row, values, header)), (body, filled)]

    def _tables(self, row: TransactionRule) -> tuple[XmlWriter, XmlWriter]:
        if row.key not in self._writers:
            head = self.profile.envelope.request_of(row)
            codes, columns = self.profile.codes, self.profile.message.columns or self.encoding
            self._writers[row.key] = (
                XmlWriter(head, codes, columns),
                XmlWriter(row.request, codes, columns),
            )
        return self._writers[row.key]

    def _filler(self, row: TransactionRule) -> Filler:
        if row.key not in self._fillers:
            self._fillers[row.key] = Filler(row, self._settings)
        return self._fillers[row.key]

    def _faults(
        self, row: TransactionRule, values: Values, header: Header, rows: Sequence[Values]
    ) -> list[Fault]:
        found = batch_faults(row, len(rows)) if row.batch else []
        for writer, filled in self._parts(row, values, header, rows, ""):
            found += writer.table.faults(filled)
        return [item for item in found if rows or item.field != (row.rows or None)]

    def from_wire(self, step: str, body: Any) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
        """A body by wire names (parsed, as JSON text, or as a ``<program>``) to (values, rows).

        Raises ``InvalidInput`` for unknown names, with the nearest known one, for unreadable values
        and for values that the profile itself gives, where they differ.
        """
        row = self.profile.steps[step]
        if isinstance(body, str):
            body = parsed(body, _tree)
        if not isinstance(body, Mapping):
            raise InvalidInput(fault("profile.body.not_object", title=row.title))
        values, faults = BodyReader(row.request).values(body, row.title)
        values, more = self._filler(row).without_fixed(values)
        if faults or more:
            raise InvalidInput(limited([*faults, *more]))
        rows = values.pop(row.rows, ()) if row.rows else ()
        return values, tuple(rows)

    # -- reading

    def _read(self, step: str, answer: Reply) -> Outcome:
        text = wirexml.text_of(answer.payload, self.encoding)
        if answer.status not in FINE:
            why = wirexml.plain(text)[:LONGEST_TEXT]
            key = "http" if why else "http_silent"
            says = say(f"profile.read.{key}", status=answer.status, text=why)
            return Unknown("reply_status", says, answer.payload)
        if not text.strip():
            raise Unreadable("empty")
        tree = wirexml.parse(text)
        found = self._replies.read(tree)
        return self._ending(step, found.code, found.text, tree, answer.payload)

    def _ending(self, step: str, code: str, text: str, tree: Tree, raw: bytes) -> Outcome:
        envelope = self.profile.envelope
        if code in envelope.accepted:
            return self._accepted(step, tree, raw)
        clean = sentence(text)
        known = code in envelope.rejected or (envelope.negative_is_rejected and _negative(code))
        in_doubt = any(word in text for word in self.profile.texts.doubtful)
        if known and (not in_doubt or code in envelope.sign_in_expired):
            return Rejected(code, clean, tree, raw)
        return Unknown("reply_code", say("profile.read.code", code=code, text=clean), raw)

    def _accepted(self, step: str, tree: Tree, raw: bytes) -> Accepted:
        row = self.profile.steps[step]
        if row.shape == "none":
            return Accepted(reply=tree, raw=raw)
        if row.key not in self._takers:
            self._takers[row.key] = Taker(row, self._reader(row))
        values, rows = self._takers[row.key].take(tree)
        if reason := refused_reason(self.profile, row, values):
            values["refused_reason"] = reason
        return Accepted(values, rows, tree, raw)


def _negative(code: str) -> bool:
    return code.startswith("-") and code[1:].isdecimal() and code[1:].isascii()


def _tree(text: str) -> Any:
    return wirexml.parse(text) if text.lstrip().startswith("<") else parse_json(text)
