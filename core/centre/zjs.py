"""Family ZJS: business steps to JSON messages and replies to outcomes, by profile. No I/O.

Everything a province may change (names, lengths, codes, texts, time-outs) comes from the profile;
this file holds only what makes the family: one envelope around one body, two result levels
(protocol-zjs.md §1, §2 SEEN), and the rule that whatever is not clearly final is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.centre.port import Header
from core.centre.profiled import LONGEST_TEXT, Profiled, batch_faults, limited, parsed
from core.errors import Fault, InvalidInput, fault
from core.gateway.port import Reply
from core.outcome import Accepted, Outcome, Rejected, Unknown
from core.protocol.envelope import EnvelopeReader, EnvelopeWriter, constants
from core.protocol.profile import Profile, TransactionRule
from core.protocol.reading import BodyReader, object_of, rows_of, unwrapped
from core.protocol.wirejson import Unreadable, decode, escaped, parse
from core.protocol.writing import RowWriter, Values, in_row
from core.settings import Settings
from core.words import say


class Zjs(Profiled):
    """One province's ZJS centre, compiled from ``profile`` for the encoding of ``settings``."""

    def __init__(self, profile: Profile, settings: Settings) -> None:
        super().__init__(profile, settings)
        self._envelope = EnvelopeWriter(profile, settings)
        self._replies = EnvelopeReader(profile.envelope)
        self._writers: dict[str, RowWriter] = {}
        self._constants = {
            step: constants(rule.request, settings) for step, rule in profile.steps.items()
        }

    def _written(
        self, row: TransactionRule, values: Values, header: Header, rows: Sequence[Values]
    ) -> tuple[str, bytes]:
        text = self._envelope.text(row, values, header, self._body(row, values, rows))
        if self.profile.message.escape:
            text.encode(self.encoding)
            text = escaped(text)
        return text, text.encode(self.encoding)

    def _body(self, row: TransactionRule, values: Values, rows: Sequence[Values]) -> str:
        writer, fixed = self._writer(row), self._constants[row.step]
        if not row.batch:
            return writer.text({**fixed, **values} if fixed else values)
        lines = ({**fixed, **line} for line in rows) if fixed else rows
        return "[" + ",".join(map(writer.text, lines)) + "]"

    def _writer(self, row: TransactionRule) -> RowWriter:
        if row.step not in self._writers:
            self._writers[row.step] = RowWriter(row.request, self.profile.codes, self.encoding)
        return self._writers[row.step]

    def _faults(
        self, row: TransactionRule, values: Values, header: Header, rows: Sequence[Values]
    ) -> list[Fault]:
        found = self._envelope.faults(row, values, header)
        writer, fixed = self._writer(row), self._constants[row.step]
        if not row.batch:
            found += writer.faults({**fixed, **values})
        else:
            found += batch_faults(row, len(rows))
            for number, line in enumerate(rows, 1):
                found += [in_row(number, item) for item in writer.faults({**fixed, **line})]
        return found

    def from_wire(self, step: str, body: Any) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
        """A body by wire names (parsed, or as JSON text) to (values, rows) by domain names.

        A step with batches wants ``{"feedetail": [rows]}`` (or the bare array). Raises
        ``InvalidInput`` for unknown names, with the nearest known one, and unreadable values.
        """
        row = self.profile.steps[step]
        if isinstance(body, str):
            body = parsed(body, parse)
        reader = BodyReader(row.request)
        lines = _lines(row, body)
        pairs = [reader.values(line, row.title) for line in lines]
        faults = [
            _numbered(row, n, item) for n, (_, found) in enumerate(pairs, 1) for item in found
        ]
        if faults:
            raise InvalidInput(limited(faults))
        found = tuple(values for values, _ in pairs)
        return ({}, found) if row.batch else (found[0], ())

    def _read(self, step: str, answer: Reply) -> Outcome:
        text = decode(answer.payload, self.encoding)
        if answer.status != 0:
            return Unknown("reply_status", _status_text(answer.status, text), answer.payload)
        if not text.strip():
            raise Unreadable("empty")
        reply = parse(text)
        found = self._replies.read(reply)
        if found.code in self.profile.envelope.accepted:
            return self._accepted(step, found.output, reply, answer.payload)
        if found.code in self.profile.envelope.rejected:
            return Rejected(found.code, found.text, reply, answer.payload)
        says = say("profile.read.code", code=found.code, text=found.text)
        return Unknown("reply_code", says, answer.payload)

    def _accepted(self, step: str, output: Any, reply: Any, raw: bytes) -> Accepted:
        row = self.profile.steps[step]
        if row.shape == "none":
            return Accepted(reply=reply, raw=raw)
        reader = self._reader(row)
        if row.shape == "object":
            return Accepted(reader.values(object_of(unwrapped(output))), (), reply, raw)
        rows = tuple(reader.values(item) for item in rows_of(unwrapped(output), reader))
        return Accepted({}, rows, reply, raw)


def _status_text(status: int, text: str) -> str:
    text = text.strip()[:LONGEST_TEXT]
    key = "status" if text else "status_silent"
    return say(f"profile.read.{key}", status=status, text=text)


def _lines(row: TransactionRule, body: Any) -> list[Mapping[str, Any]]:
    if not row.batch:
        if not isinstance(body, Mapping):
            raise InvalidInput(fault("profile.body.not_object", title=row.title))
        return [body]
    if isinstance(body, Mapping) and list(body) == [row.body]:
        body = body[row.body]
    if not isinstance(body, list | tuple) or not all(isinstance(line, Mapping) for line in body):
        raise InvalidInput(fault("profile.body.not_rows", title=row.title, node=row.body))
    return list(body)


def _numbered(row: TransactionRule, number: int, item: Fault) -> Fault:
    return in_row(number, item) if row.batch else item
