"""Family ZJS: business steps to JSON messages and replies to outcomes, by profile. No I/O.

Everything a province may change (names, lengths, codes, texts, time-outs) comes from the profile;
this file holds only what makes the family: one envelope around one body, two result levels
(protocol-zjs.md §1, §2 SEEN), and the rule that whatever is not clearly final is unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from core.centre.port import Capabilities, Header, Message, Patience, StepRule
from core.centre.views import FieldView, field_views
from core.errors import Fault, InvalidInput, fault
from core.gateway.port import Answer, NoReply, Reply, Unsent
from core.outcome import Accepted, NotSent, Outcome, Rejected, Unknown
from core.protocol.envelope import EnvelopeReader, EnvelopeWriter, constants
from core.protocol.ids import message_id
from core.protocol.masking import Masker
from core.protocol.profile import Profile, TransactionRule
from core.protocol.reading import BodyReader, RowReader, object_of, rows_of, unwrapped
from core.protocol.tokens import Bad
from core.protocol.wirejson import Unreadable, decode, escaped, parse
from core.protocol.writing import RowWriter, in_row
from core.settings import Settings
from core.words import say

log = logging.getLogger(__name__)
MOST_FAULTS = 200
LONGEST_TEXT = 500


class Zjs:
    """One province's ZJS centre, compiled from ``profile`` for the encoding of ``settings``."""

    def __init__(self, profile: Profile, settings: Settings) -> None:
        self.profile = profile
        self._settings = settings
        self._encoding = settings.centre.encoding
        self._envelope = EnvelopeWriter(profile, settings)
        self._replies = EnvelopeReader(profile.envelope)
        self._writers: dict[str, RowWriter] = {}
        self._readers: dict[str, RowReader] = {}
        self._constants = {
            step: constants(rule.request, settings) for step, rule in profile.steps.items()
        }
        self._masker = Masker(profile)

    @property
    def capabilities(self) -> Capabilities:
        """What this family and province can do."""
        return Capabilities(**self.profile.capabilities.model_dump())

    @property
    def patience(self) -> Patience:
        """The resolver's waits, in seconds."""
        rule = self.profile.resolve
        return Patience(rule.quiet, rule.backoff, rule.limit)

    def rule(self, step: str) -> StepRule:
        """The rule of a step; ``KeyError`` for a step the family does not have."""
        row = self.profile.steps[step]
        return StepRule(
            step=step,
            code=row.code,
            title=row.title,
            effect=row.effect,
            deadline=row.timeout,
            query_step=self._step(row.query_with),
            reverse_step=self._step(row.reverse_with),
            repeatable=row.repeatable,
            needs_sign_in=row.sign_in,
            batch=row.batch,
            key=step,
        )

    def _step(self, code: str) -> str:
        return self.profile.transactions[code].step if code else ""

    def has(self, step: str, stay: bool = False) -> bool:
        """Whether the profile has the step; stays and visits of a day share them here."""
        return step in self.profile.steps

    def variant(self, step: str, stay: bool) -> str:
        """Stays and visits of a day share their steps here."""
        return step

    def broken_sums(self, step: str, values: Mapping[str, Any]) -> tuple[Fault, ...]:
        """This family names no sums but total = fund + personal, which ``settle`` looks at."""
        return ()

    def step_of(self, code: str) -> str | None:
        """The step of a transaction code, or nothing."""
        row = self.profile.transactions.get(code)
        return row.step if row else None

    def new_msgid(self, moment: str, desk: int, counter: int) -> str:
        """Institution 12 + moment 14 + desk digit + counter 3; raises ``ValueError``."""
        return message_id(self._settings.hospital.code, moment, desk, counter)

    def names(self, step: str) -> frozenset[str]:
        """Domain names of the fields that the step's request has."""
        return frozenset(rule.name for rule in self.profile.steps[step].request.values())

    def fields(self, step: str) -> tuple[FieldView, ...]:
        """The request fields of a step as forms need them, in the profile's order."""
        row = self.profile.steps.get(step)
        return field_views(self.profile, row.request) if row else ()

    def reply_fields(self, step: str) -> tuple[FieldView, ...]:
        """The reply fields of a step, in the profile's order."""
        row = self.profile.steps.get(step)
        return field_views(self.profile, row.reply) if row else ()

    def label(self, code_list: str, code: str) -> str:
        """The Chinese word of a code; the code itself when the list does not know it."""
        return self.profile.label(code_list, code)

    def mask(self, text: str) -> str:
        """A message or reply as text with personal data hidden."""
        return self._masker.mask(text)

    def prepare(
        self,
        step: str,
        values: Mapping[str, Any],
        header: Header,
        rows: Sequence[Mapping[str, Any]] = (),
    ) -> Message:
        """Domain values (or rows) to a message; raises ``InvalidInput`` with every fault.

        ``values``: money in fen, prices ``Decimal``, moments aware; names that the step does not
        have are left out. The text is what the journal keeps, the payload its wire bytes.
        """
        row = self.profile.steps[step]
        try:
            text = self._envelope.text(row, values, header, self._body(row, values, rows))
            if self.profile.message.escape:
                text.encode(self._encoding)
                text = escaped(text)
            payload = text.encode(self._encoding)
        except (Bad, UnicodeEncodeError, TypeError):
            if faults := self._faults(row, values, header, rows):
                raise InvalidInput(faults) from None
            raise
        self._check_size(row, payload)
        return Message(step, row.code, header.msgid, text, payload, row.timeout)

    def _body(
        self, row: TransactionRule, values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
    ) -> str:
        writer, fixed = self._writer(row), self._constants[row.step]
        if not row.batch:
            return writer.text({**fixed, **values} if fixed else values)
        if not rows or len(rows) > row.batch:
            raise Bad("no_rows")
        lines = ({**fixed, **line} for line in rows) if fixed else rows
        return "[" + ",".join(map(writer.text, lines)) + "]"

    def _writer(self, row: TransactionRule) -> RowWriter:
        if row.step not in self._writers:
            self._writers[row.step] = RowWriter(row.request, self.profile.codes, self._encoding)
        return self._writers[row.step]

    def _faults(
        self,
        row: TransactionRule,
        values: Mapping[str, Any],
        header: Header,
        rows: Sequence[Mapping[str, Any]],
    ) -> list[Fault]:
        found = self._envelope.faults(row, values, header)
        writer, fixed = self._writer(row), self._constants[row.step]
        if not row.batch:
            found += writer.faults({**fixed, **values})
        else:
            found += _batch_faults(row, len(rows))
            for number, line in enumerate(rows, 1):
                found += [in_row(number, item) for item in writer.faults({**fixed, **line})]
        return _limited(found)

    def _check_size(self, row: TransactionRule, payload: bytes) -> None:
        largest = self.profile.message.largest
        if len(payload) > largest:
            size = len(payload)
            raise InvalidInput(
                fault("profile.write.too_big", title=row.title, size=size, largest=largest)
            )

    def from_wire(self, step: str, body: Any) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
        """A body by wire names (parsed, or as JSON text) to (values, rows) by domain names.

        A step with batches wants ``{"feedetail": [rows]}`` (or the bare array). Raises
        ``InvalidInput`` for unknown names, with the nearest known one, and unreadable values.
        """
        row = self.profile.steps[step]
        if isinstance(body, str):
            body = _parsed(body)
        reader = BodyReader(row.request)
        lines = _lines(row, body)
        pairs = [reader.values(line, row.title) for line in lines]
        faults = [
            _numbered(row, n, item) for n, (_, found) in enumerate(pairs, 1) for item in found
        ]
        if faults:
            raise InvalidInput(_limited(faults))
        found = tuple(values for values, _ in pairs)
        return ({}, found) if row.batch else (found[0], ())

    def read(self, step: str, answer: Answer) -> Outcome:
        """What came to one of four endings; never raises, the unreadable is ``Unknown``."""
        if isinstance(answer, Unsent):
            return NotSent(answer.cause, answer.text)
        if isinstance(answer, NoReply):
            return Unknown(answer.cause, answer.text, answer.payload)
        try:
            return self._read(step, answer)
        except Unreadable as error:
            why = say(f"profile.read.{error.key}", **error.holes)
        except Exception:
            log.exception("reading the reply to %s failed", step)
            why = say("profile.read.failed")
        return Unknown("reply_unreadable", say("profile.read.unreadable", why=why), answer.payload)

    def _read(self, step: str, answer: Reply) -> Outcome:
        text = decode(answer.payload, self._encoding)
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

    def _reader(self, row: TransactionRule) -> RowReader:
        if row.step not in self._readers:
            self._readers[row.step] = RowReader(row.reply)
        return self._readers[row.step]

    def is_sign_in_expired(self, outcome: Outcome) -> bool:
        """The centre refused because the sign-in is gone, and so provably did nothing."""
        if not isinstance(outcome, Rejected):
            return False
        by_code = outcome.code in self.profile.envelope.sign_in_expired
        return by_code or _says(outcome, self.profile.texts.sign_in_expired)

    def is_already_done(self, outcome: Outcome) -> bool:
        """The centre refused because it already has (or no longer has) what was asked for."""
        texts = self.profile.texts
        return _says(outcome, texts.already_done) or _says(outcome, texts.nothing_to_reverse)

    def is_nothing_to_reverse(self, outcome: Outcome) -> bool:
        """The centre refused a reversal because there is nothing (any more) to reverse."""
        return _says(outcome, self.profile.texts.nothing_to_reverse)


def _says(outcome: Outcome, words: Sequence[str]) -> bool:
    return isinstance(outcome, Rejected) and any(word in outcome.text for word in words)


def _status_text(status: int, text: str) -> str:
    text = text.strip()[:LONGEST_TEXT]
    key = "status" if text else "status_silent"
    return say(f"profile.read.{key}", status=status, text=text)


def _batch_faults(row: TransactionRule, count: int) -> list[Fault]:
    if not count:
        return [fault("profile.write.no_rows", title=row.title)]
    if count > row.batch:
        return [fault("profile.write.batch", title=row.title, batch=row.batch, count=count)]
    return []


def _limited(faults: list[Fault]) -> list[Fault]:
    rest = len(faults) - MOST_FAULTS
    return (
        faults
        if rest <= 0
        else [*faults[:MOST_FAULTS], fault("profile.write.more_faults", count=rest)]
    )


def _parsed(text: str) -> Any:
    try:
        return parse(text)
    except Unreadable as error:
        raise InvalidInput(fault("profile.body.not_json", error=text[:LONGEST_TEXT])) from error


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
