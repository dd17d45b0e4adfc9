"""What the families share: everything a profile says of steps, fields, texts and patience.

A family adds how a message is written and how a reply is taken apart; both stay pure translation.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.centre.port import Capabilities, Header, Message, Patience, StepRule
from core.centre.views import FieldView, field_views
from core.errors import Fault, InvalidInput, fault
from core.gateway.port import Answer, NoReply, Reply, Unsent
from core.money import show
from core.outcome import NotSent, Outcome, Rejected, Unknown
from core.protocol.envelope import encoding_of
from core.protocol.ids import message_id
from core.protocol.masking import Masker
from core.protocol.profile import IdentityRule, Profile, TransactionRule
from core.protocol.reading import RowReader
from core.protocol.tokens import Bad
from core.protocol.wirejson import Unreadable
from core.protocol.writing import Values
from core.settings import Settings
from core.words import say

log = logging.getLogger(__name__)
MOST_FAULTS = 200
LONGEST_TEXT = 500


class Profiled(ABC):
    """One province's centre of any family, compiled from ``profile``."""

    def __init__(self, profile: Profile, settings: Settings) -> None:
        self.profile = profile
        self.encoding = encoding_of(profile, settings)
        self._settings = settings
        self._readers: dict[str, RowReader] = {}
        self._masker = Masker(profile)

    # -- what the profile says

    @property
    def capabilities(self) -> Capabilities:
        """What this family and province can do."""
        return Capabilities(**self.profile.capabilities.model_dump())

    @property
    def patience(self) -> Patience:
        """The resolver's waits, in seconds."""
        rule = self.profile.resolve
        return Patience(rule.quiet, rule.backoff, rule.limit)

    def variant(self, step: str, stay: bool = False) -> str:
        """The key of the step for a stay or a visit of a day."""
        key = TransactionRule.variant_of(step, stay)
        return key if key in self.profile.steps else step

    def has(self, step: str, stay: bool = False) -> bool:
        """Whether the profile has the step (``stay``: for stays)."""
        return self.variant(step, stay) in self.profile.steps

    def rule(self, step: str) -> StepRule:
        """The rule of a step or key; ``KeyError`` for a step the family does not have."""
        row = self.profile.steps[step]
        return StepRule(
            step=row.step,
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

    def _step(self, key: str) -> str:
        return self.profile.transactions[key].variant if key else ""

    def step_of(self, code: str) -> str | None:
        """The step (as ``variant`` names it) of a transaction by its key in the profile, else by
        its code; nothing where that is unknown or the code of several."""
        rows = self.profile.transactions
        if code in rows:
            return rows[code].variant
        found = [row.variant for row in rows.values() if row.code == code]
        return found[0] if len(found) == 1 else None

    def new_msgid(self, moment: str, desk: int, counter: int) -> str:
        """Institution 12 + moment 14 + desk digit + counter 3; raises ``ValueError``."""
        return message_id(self._settings.hospital.code, moment, desk, counter)

    def names(self, step: str) -> frozenset[str]:
        """Domain names of the fields that the step's request has."""
        return frozenset(rule.name for rule in self.profile.steps[step].request.values())

    def fields(self, step: str) -> tuple[FieldView, ...]:
        """The request fields of a step as forms need them; none for a step it does not have."""
        row = self.profile.steps.get(step)
        return field_views(self.profile, row.request) if row else ()

    def reply_fields(self, step: str) -> tuple[FieldView, ...]:
        """The reply fields of a step; none for a step it does not have."""
        row = self.profile.steps.get(step)
        return field_views(self.profile, row.reply) if row else ()

    def label(self, code_list: str, code: str) -> str:
        """The Chinese word of a code; the code itself when the list does not know it."""
        return self.profile.label(code_list, code)

    def mask(self, text: str) -> str:
        """A message or reply as text with personal data hidden."""
        return self._masker.mask(text)

    # -- reading

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

    @abstractmethod
    def _read(self, step: str, answer: Reply) -> Outcome:
        """As ``read``, for something that came; may raise."""

    def _reader(self, row: TransactionRule) -> RowReader:
        if row.key not in self._readers:
            self._readers[row.key] = RowReader(row.reply)
        return self._readers[row.key]

    def broken_identities(self, step: str, values: Mapping[str, Any]) -> tuple[Fault, ...]:
        """The money identities that the values of a reply to ``step`` break; one fault each."""
        labels = {rule.name: rule.label for rule in self.profile.steps[step].reply.values()}
        found = (_broken(rule, values, labels) for rule in self.profile.identities)
        return tuple(item for item in found if item)

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

    def is_excluded(self, outcome: Outcome) -> bool:
        """The centre refused because the person has an open registration elsewhere."""
        return _says(outcome, self.profile.texts.exclusion)

    def is_nothing_to_reverse(self, outcome: Outcome) -> bool:
        """The centre refused a reversal because there is nothing (any more) to reverse."""
        return _says(outcome, self.profile.texts.nothing_to_reverse)

    # -- writing

    def prepare(
        self, step: str, values: Values, header: Header, rows: Sequence[Values] = ()
    ) -> Message:
        """Domain values (or rows) to a message; raises ``InvalidInput`` with every fault, and
        ``SetupError`` where a password cannot be read.

        ``values``: money in fen, prices ``Decimal``, moments aware; names that the step does not
        have are left out. The text is what the journal keeps, the payload its wire bytes.
        """
        row = self.profile.steps[step]
        try:
            if row.batch and batch_faults(row, len(rows)):
                raise Bad("no_rows")
            text, payload = self._written(row, values, header, rows)
        except (Bad, UnicodeEncodeError, TypeError):
            if faults := self._faults(row, values, header, rows):
                raise InvalidInput(limited(faults)) from None
            raise
        self._check_size(row, payload)
        return Message(step, row.code, header.msgid, text, payload, row.timeout)

    @abstractmethod
    def _written(
        self, row: TransactionRule, values: Values, header: Header, rows: Sequence[Values]
    ) -> tuple[str, bytes]:
        """Text and payload of a message; raises at the first doubt, whatever it is."""

    @abstractmethod
    def _faults(
        self, row: TransactionRule, values: Values, header: Header, rows: Sequence[Values]
    ) -> list[Fault]:
        """Everything that is wrong with what was to be written, in the order of the fields."""

    @abstractmethod
    def from_wire(self, step: str, body: Any) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
        """A body by wire names to (values, rows) by domain names; raises ``InvalidInput``."""

    def _check_size(self, row: TransactionRule, payload: bytes) -> None:
        largest = self.profile.message.largest
        if len(payload) > largest:
            size = len(payload)
            raise InvalidInput(
                fault("profile.write.too_big", title=row.title, size=size, largest=largest)
            )


def _says(outcome: Outcome, words: Sequence[str]) -> bool:
    return isinstance(outcome, Rejected) and any(word in outcome.text for word in words)


def _broken(
    rule: IdentityRule, values: Mapping[str, Any], labels: Mapping[str, str]
) -> Fault | None:
    total = values.get(rule.total)
    parts = {name: values[name] for name in rule.parts if values.get(name) is not None}
    if total is None or not parts or sum(parts.values()) == total:
        return None
    shown = " + ".join(f"{labels.get(name, name)} {show(part)}" for name, part in parts.items())
    return fault(
        "profile.identity", rule.total, label=labels.get(rule.total, rule.total),
        amount=show(total), parts=shown, sum=show(sum(parts.values())),
    )  # fmt: skip


def limited(faults: list[Fault]) -> list[Fault]:
    """The first faults, and how many more there are."""
    rest = len(faults) - MOST_FAULTS
    return (
        faults
        if rest <= 0
        else [*faults[:MOST_FAULTS], fault("profile.write.more_faults", count=rest)]
    )


def parsed(text: str, parse: Callable[[str], Any]) -> Any:
    """A body that was given as text; raises ``InvalidInput``."""
    try:
        return parse(text)
    except Unreadable as error:
        raise InvalidInput(fault("profile.body.not_json", error=text[:LONGEST_TEXT])) from error


def batch_faults(row: TransactionRule, count: int) -> list[Fault]:
    """What is wrong with the number of rows of one message."""
    if not count:
        return [fault("profile.write.no_rows", title=row.title)]
    if count > row.batch:
        return [fault("profile.write.batch", title=row.title, batch=row.batch, count=count)]
    return []
