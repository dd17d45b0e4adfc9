"""What a cashier asks of a centre: pure translation of business steps to messages and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from core.errors import Fault
from core.gateway.port import Answer
from core.outcome import Outcome

if TYPE_CHECKING:
    from core.centre.views import FieldView


@dataclass(frozen=True, slots=True)
class Header:
    """What every message carries beside its body: who, when, under which sign-in.

    ``moment`` 14 digits of the centre's day; ``sign_no`` empty before the sign-in.
    """

    msgid: str
    moment: str
    operator_id: str
    operator_name: str
    sign_no: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message ready to leave: its ``text`` (journalled, a secret in it is stars) and its exact
    bytes in the wire encoding. ``step`` is the key that ``Centre.read`` wants."""

    step: str
    code: str
    msgid: str
    text: str
    payload: bytes
    deadline: float


@dataclass(frozen=True, slots=True)
class StepRule:
    """What the profile says of a step; services decide by this, never by code or family.

    ``key`` names the rule: the step itself, or its variant for stays (``Centre.variant``).
    ``effect`` reads · writes · money; ``query_step``: the step that shows whether it happened (or
    empty); ``reverse_step``: the step that undoes an unknown one as a fence (or empty);
    ``repeatable``: doing it twice does no harm; ``needs_sign_in``;
    ``batch``: most rows in one message (0: it carries none).
    """

    step: str
    code: str
    title: str
    effect: str
    deadline: float
    query_step: str = ""
    reverse_step: str = ""
    repeatable: bool = False
    needs_sign_in: bool = True
    batch: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a family and province can do beside the steps it has (``Centre.has``); screens read
    this, never the family's name.

    ``delete_fees``: allowed · whole (all lines of a visit only) · counter_entry (refund lines only)
    · forbidden; ``card_again``: steps of a stay before which the card is read again, at most
    ``card_fresh`` seconds before; ``filing_warning``: days before its end that a special filing is
    warned of. ``item_codes``: the fee lines carry the centre's codes (so 目录对照 is needed) · the
    hospital's own; ``stay_categories``: the medical categories of stays (empty: those that begin
    as ``core.domain.visit.INPATIENT`` says). ``sign_in_per``: operator · institution;
    ``fees_with_settlement``: an outpatient's lines go with trial and settlement;
    ``discharge_is_sent``: discharge and its undoing are transactions;
    ``partial_refund``: some lines of an outpatient's settlement may be kept;
    ``split``: injury or disease per line is none · optional · required; ``identify_by``: card ·
    computer_no · social_no · card_no; ``change_fields``: what a change of registration may touch
    (empty: whatever its message has); ``records``: whole · parts.
    """

    reversal: bool = True
    reversal_is_remembered: bool = True
    fund_totals: bool = True
    delete_fees: str = "allowed"
    item_codes: str = "centre"
    stay_categories: tuple[str, ...] = ()
    sign_in_per: str = "operator"
    fees_with_settlement: bool = False
    discharge_is_sent: bool = False
    partial_refund: bool = False
    split: str = "none"
    identify_by: tuple[str, ...] = ("card",)
    change_fields: tuple[str, ...] = ()
    records: str = "whole"
    card_again: tuple[str, ...] = ()
    card_fresh: int = 600
    filing_warning: int = 7
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patience:
    """The resolver's waits in seconds: quiet time, waits between looks,
    looks before a person decides."""

    quiet: float
    backoff: tuple[float, ...]
    limit: int


class Centre(Protocol):
    """One family. No I/O; ``prepare`` raises ``InvalidInput``, ``read`` never raises."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def patience(self) -> Patience: ...

    @property
    def encoding(self) -> str:
        """Of every message and reply."""
        ...

    def variant(self, step: str, stay: bool = False) -> str:
        """The key under which ``rule``, ``prepare``, ``read`` … know the step for a stay or a visit
        of a day; the step itself where the family makes no difference."""
        ...

    def rule(self, step: str) -> StepRule:
        """The rule of a step or key; ``KeyError`` for a step the family does not have."""
        ...

    def has(self, step: str, stay: bool = False) -> bool:
        """Whether the family has the step (``stay``: for stays)."""
        ...

    def step_of(self, code: str) -> str | None:
        """The step (as ``variant`` names it) of a transaction by its key in the profile, else by
        its code; nothing where that is unknown or the code of several."""
        ...

    def names(self, step: str) -> frozenset[str]:
        """Domain names of the fields a step's request has."""
        ...

    def fields(self, step: str) -> tuple[FieldView, ...]:
        """The request fields of a step as forms need them; none for a step it does not have."""
        ...

    def reply_fields(self, step: str) -> tuple[FieldView, ...]:
        """The reply fields of a step; none for a step it does not have."""
        ...

    def label(self, code_list: str, code: str) -> str:
        """The Chinese word of a code; the code itself when the list does not know it."""
        ...

    def new_msgid(self, moment: str, desk: int, counter: int) -> str:
        """Our message id from 14 digits, the desk's digit and a counter of 0…999."""
        ...

    def prepare(
        self,
        step: str,
        values: Mapping[str, Any],
        header: Header,
        rows: Sequence[Mapping[str, Any]] = (),
    ) -> Message:
        """Domain values (or rows) to a message;
        all faults are collected in one ``InvalidInput``."""
        ...

    def from_wire(self, step: str, body: Any) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
        """A body by wire names to (values, rows) by domain names; raises ``InvalidInput``."""
        ...

    def read(self, step: str, answer: Answer) -> Outcome:
        """What came to one of four endings; never raises: unreadable is ``Unknown``."""
        ...

    def broken_identities(self, step: str, values: Mapping[str, Any]) -> tuple[Fault, ...]:
        """The money identities that a reply's values break, each naming the field."""
        ...

    def is_sign_in_expired(self, outcome: Outcome) -> bool:
        """The centre refused because the sign-in is gone, and provably did nothing."""
        ...

    def is_already_done(self, outcome: Outcome) -> bool:
        """The centre refused because it already has (or no longer has) what was asked for."""
        ...

    def is_excluded(self, outcome: Outcome) -> bool:
        """The centre refused because the person has an open registration elsewhere."""
        ...
