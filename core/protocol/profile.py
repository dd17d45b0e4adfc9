"""The shape of a profile: frozen models of envelope, transactions, fields, code lists and patience.

A profile is the machine-readable manual of one family (architecture.md "Profiles"). Lengths are
bytes of the wire encoding, time-outs seconds. Everything here is data from ``resources/profiles``
laid over by a hospital's local profile; ``core.protocol.loading`` builds it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal[
    "text",
    "digits",
    "code",
    "flag",
    "integer",
    "money",
    "price",
    "quantity",
    "moment",
    "day",
    "base64",
    "conclusions",
    "rows",
    "any",
]
Mask = Literal["", "id", "name", "phone", "birthday", "whole"]
Origin = Literal["seen", "inferred", "proposed", "local"]
Source = Literal["given", "header", "constant", "setting", "ask", "secret", "number"]
Effect = Literal["reads", "writes", "money"]
Shape = Literal["object", "rows", "none"]
Texts = Annotated[tuple[str, ...], Field(strict=False, max_length=200)]

CODED: frozenset[Kind] = frozenset({"code", "flag", "integer", "digits", "text"})
DECIMALS: dict[str, int] = {"money": 2, "price": 4, "quantity": 4}
STAY = ".stay"


class Table(BaseModel):
    """A frozen TOML table that knows its keys and does not bend types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Condition(Table):
    """When a field is required: ``field`` (a domain name) is one of, none of, or merely present."""

    field: str
    one_of: Texts = Field(default=(), alias="in")
    none_of: Texts = Field(default=(), alias="not_in")
    present: bool = False

    def holds(self, values: Any) -> bool:
        """Whether the condition holds for ``values`` by domain name."""
        value = values.get(self.field)
        if self.present:
            return value not in (None, "", (), [])
        text = "" if value is None else str(value)
        return text in self.one_of if self.one_of else text not in self.none_of


class FieldRule(Table):
    """One field: its wire name, what the program calls it, and every rule for writing and reading.

    ``key`` is the shipped wire name and never changes; ``wire`` is what goes out. ``length``: bytes
    of the wire encoding (0: unlimited). ``absent``: how a field without a value leaves — ``blank``
    as an empty text, ``omit`` not at all. ``forbidden``: values that must not be sent.
    ``cut``: a text that is too long (a name, a specification) loses its end and is no fault.
    ``required`` ``"present"`` (replies): the key must be there, its value may be blank.
    ``catalogue``: the desk's own code list whose codes stand here; ``beyond_catalogue``: whether a
    code that this list does not have may be sent. ``group``: the heading on screens.

    ``source``: ``header`` who sends and when; ``secret`` the password named ``secret``; ``number``
    the row's place in the message, unless a value is given. ``instead``: the domain name whose
    value stands here when none is given; ``default``: what stands here when that is missing too.
    ``means``: wire code → the program's word for it. ``also``: further nodes whose rows belong to
    this list (replies); ``keep``: rows with another value here are left out. ``fine``: values of a
    reply with which nothing is wrong; any other is a reason to refuse the person.
    """

    key: str
    wire: str
    name: str
    label: str
    type: Kind = "text"
    length: int = Field(default=0, ge=0, le=16_000_000)
    decimals: int | None = Field(default=None, ge=0, le=8)
    required: bool | Literal["present"] = False
    when: Condition | None = None
    codes: str = ""
    catalogue: Literal["", "diagnosis", "item", "department", "doctor", "centre"] = ""
    beyond_catalogue: bool = False
    mask: Mask = ""
    origin: Origin = "local"
    source: Source = "given"
    value: str = ""
    setting: str = ""
    secret: str = ""
    default: str = ""
    instead: str = ""
    means: dict[str, str] = {}
    also: Texts = ()
    keep: Texts = ()
    fine: Texts = ()
    write_as: Literal["", "text", "number"] = ""
    absent: Literal["", "blank", "omit"] = ""
    format: Literal["", "yyyyMMddHHmmss", "yyyy-MM-dd HH:mm:ss", "yyyyMMdd", "yyyy-MM-dd"] = ""
    note: str = ""
    group: str = ""
    forbidden: Texts = ()
    cut: bool = False
    most: int = Field(default=200, ge=1, le=10_000)
    fields: dict[str, FieldRule] = {}

    @property
    def places(self) -> int:
        """Decimals that a number of this type may carry."""
        return DECIMALS.get(self.type, 0) if self.decimals is None else self.decimals

    @property
    def as_number(self) -> bool:
        """Whether it leaves as a JSON number."""
        numeric = self.type in ("integer", "money", "price", "quantity")
        return self.write_as == "number" if self.write_as else numeric

    @property
    def omitted(self) -> bool:
        """Whether an absent value is left out instead of sent as an empty text."""
        if self.absent:
            return self.absent == "omit"
        return self.as_number or self.type in ("rows", "any")


class CodeList(Table):
    """A code list; ``open``: other codes than these are let through as well."""

    label: str
    values: dict[str, str]
    open: bool = False
    origin: Origin = "local"
    note: str = ""


class Envelope(Table):
    """What surrounds every body, and which reply codes are final (protocol-zjs.md §2.1, §2.2).

    ``body``: the node that holds it; empty: the body's fields stand beside the envelope's.
    ``negative_is_rejected``: every negative code is a refusal (protocol-gd.md §1).
    """

    body: str = ""
    accepted: Texts
    rejected: Texts
    negative_is_rejected: bool = False
    sign_in_expired: Texts = ()
    request: dict[str, FieldRule]
    reply: dict[str, FieldRule]

    def request_of(self, rule: TransactionRule) -> dict[str, FieldRule]:
        """The envelope's fields that a transaction carries."""
        return {key: field for key, field in self.request.items() if key not in rule.without}


class CentreTexts(Table):
    """Words inside the centre's error text that decide what a refusal means.

    ``doubtful``: the centre itself does not know how it ended, whatever code it gives;
    ``exclusion``: an open registration elsewhere stands in the way.
    """

    sign_in_expired: Texts = ()
    already_done: Texts = ()
    nothing_to_reverse: Texts = ()
    doubtful: Texts = ()
    exclusion: Texts = ()


class Paging(Table):
    """Domain names of the page number asked for and of the page count in the reply."""

    page: str
    pages: str


class TransactionRule(Table):
    """One transaction; ``query_with`` and ``reverse_with`` are keys, ``timeout`` seconds.

    ``key`` is its name in the profile and never changes; several may share a ``code``. ``stay``:
    the step as it is for stays. ``batch`` > 0: at most so many rows, which stand in the request's
    list ``rows`` (a domain name), or, where that is empty, are the whole body under the node
    ``body``.
    ``node``: the dataset of the reply that holds its values or rows; ``beside``: datasets that may
    stand there as well and say something else. ``without``: fields of the
    envelope (by key) that this transaction does not carry.
    """

    key: str
    code: str
    step: str
    stay: bool = False
    title: str
    group: Literal["sign_on", "business", "query", "reconcile"] = Field(alias="class")
    effect: Effect
    timeout: float = Field(gt=0, le=600)
    query_with: str = ""
    reverse_with: str = ""
    repeatable: bool = False
    sign_in: bool = True
    body: str = ""
    batch: int = Field(default=0, ge=0, le=1000)
    rows: str = ""
    node: str = ""
    beside: Texts = ()
    without: Texts = ()
    shape: Shape = "object"
    paging: Paging | None = None
    origin: Origin = "local"
    note: str = ""
    request: dict[str, FieldRule] = {}
    reply: dict[str, FieldRule] = {}

    @property
    def variant(self) -> str:
        """The step, marked where it is the one for stays."""
        return self.variant_of(self.step, self.stay)

    @staticmethod
    def variant_of(step: str, stay: bool) -> str:
        """The word for a step, or for its variant for stays."""
        return f"{step}{STAY}" if stay else step


class MessageRule(Table):
    """``form`` and ``encoding`` of messages and replies (no encoding: the desk's setting says it).

    ``columns``: the encoding in whose bytes lengths count (empty: that of the messages);
    ``escape``: non-ASCII leaves as ``\\uXXXX``; ``largest``: bytes of one whole message.
    """

    form: Literal["json", "xml"] = "json"
    encoding: str = ""
    columns: Literal["", "gbk", "gb18030", "utf-8"] = ""
    escape: bool = False
    largest: int = Field(default=1_048_576, ge=1024, le=64 * 1024 * 1024)


class ResolveRule(Table):
    """The resolver's patience: seconds of quiet, seconds between looks, looks before a person."""

    quiet: float = Field(ge=0, le=86_400)
    backoff: Annotated[tuple[float, ...], Field(strict=False, min_length=1, max_length=50)]
    limit: int = Field(ge=1, le=10_000)


class CapabilityRule(Table):
    """What the family and province can do.

    ``card_again``: steps of a stay before which the card is read again, at most ``card_fresh``
    seconds before; ``filing_warning``: days before its end that a special filing is warned of.
    What the rest means says ``core.centre.port.Capabilities``.
    """

    reversal: bool = True
    reversal_is_remembered: bool = True
    fund_totals: bool = True
    delete_fees: Literal["allowed", "whole", "counter_entry", "forbidden"] = "allowed"
    item_codes: Literal["centre", "hospital"] = "centre"
    stay_categories: tuple[str, ...] = Field(default=(), strict=False)
    sign_in_per: Literal["operator", "institution"] = "operator"
    fees_with_settlement: bool = False
    discharge_is_sent: bool = False
    partial_refund: bool = False
    split: Literal["none", "optional", "required"] = "none"
    identify_by: tuple[Literal["card", "computer_no", "social_no", "card_no"], ...] = Field(
        default=("card",), strict=False
    )
    change_fields: tuple[str, ...] = Field(default=(), strict=False)
    records: Literal["whole", "parts"] = "whole"
    card_again: tuple[Literal["presettle", "settle"], ...] = Field(default=(), strict=False)
    card_fresh: int = Field(default=600, ge=10, le=86_400)
    filing_warning: int = Field(default=7, ge=0, le=366)


class IdentityRule(Table):
    """An amount of a reply that is the sum of others, all by domain name, to the fen.

    Parts that the reply does not have count as nothing; without any of them nothing is compared.
    """

    total: str
    parts: Texts
    origin: Origin = "local"


class Profile(Table):
    """A whole family after the local profile was laid over it; ``local_file`` empty: as shipped."""

    family: str
    title: str
    version: str
    message: MessageRule = MessageRule()
    envelope: Envelope
    texts: CentreTexts = CentreTexts()
    resolve: ResolveRule
    capabilities: CapabilityRule = CapabilityRule()
    identities: Annotated[tuple[IdentityRule, ...], Field(strict=False)] = ()
    codes: dict[str, CodeList]
    transactions: dict[str, TransactionRule]
    local_file: str = ""

    @cached_property
    def steps(self) -> dict[str, TransactionRule]:
        """Transactions by business step, those for stays under their variant."""
        return {rule.variant: rule for rule in self.transactions.values()}

    def label(self, code_list: str, code: str) -> str:
        """The Chinese word of ``code`` in ``code_list``; the code itself when unknown."""
        found = self.codes.get(code_list)
        return found.values.get(code, code) if found else code


def walk(fields: dict[str, FieldRule]) -> list[FieldRule]:
    """All fields of a table with the nested ones, in order."""
    found: list[FieldRule] = []
    for field in fields.values():
        found += [field, *walk(field.fields)]
    return found
