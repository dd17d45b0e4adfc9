"""``[his.sql]``: where the hospital's database is, what is asked of it and what it is told.

The password is not here: it lies in the keyring (``SECRET``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

SECRET = "his.sql"
QUERIES: Mapping[str, tuple[str, ...]] = {
    "waiting": ("since", "now", "most"),
    "visit": ("visit_no",),
    "fee_lines": ("visit_no", "since"),
    "stays": ("since", "now", "most"),
    "stay": ("visit_no",),
    "search": ("text", "part", "since", "most"),
    "record": ("visit_no",),
}
EVENTS = ("register", "settle", "cancel_settlement", "cancel_registration")
TOLD = (
    "msgid", "step", "visit_no", "bill_no", "total", "fund", "personal", "total_fen", "fund_fen",
    "personal_fen", "at", "operator", "operator_name", "person_no", "corrects",
)  # fmt: skip
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]{0,62}(\.[A-Za-z_][A-Za-z0-9_$]{0,62}){0,2}")
MOST_STATEMENTS = 8  # of one event
LONGEST = 20_000  # characters of a statement


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WriteSettings(_Table):
    """``[his.sql.write]``: nothing is written unless ``on``; ``statements`` by event (``EVENTS``).

    ``receipts`` is the desk's own table in the hospital's database (``writing.receipt_table``):
    its row and the statements of an event are one transaction, so that an event counts once.
    """

    on: bool = False
    receipts: str = Field(default="gsdesk_receipt", pattern=f"^(?:{NAME.pattern})$")
    most_rows: int = Field(default=5000, ge=1, le=200_000)
    statements: dict[str, tuple[str, ...]] = {}

    @field_validator("statements", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        """One statement stands for a list of one."""
        if not isinstance(value, dict):
            return value
        return {name: (text,) if isinstance(text, str) else text for name, text in value.items()}

    @field_validator("statements")
    @classmethod
    def _few(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        strange = sorted(set(value) - set(EVENTS))
        if strange:
            raise ValueError(f"{strange[0]}: {', '.join(EVENTS)}")
        if any(len(found) > MOST_STATEMENTS for found in value.values()):
            raise ValueError(f"at most {MOST_STATEMENTS} statements")
        return {name: tuple(filter(str.strip, found)) for name, found in value.items()}


class SqlSettings(_Table):
    """``[his.sql]``: ``url`` of SQLAlchemy without a password; limits; queries by name.

    ``columns``: by query, {field: column of the answer}, where the names do not say it by
    themselves; ``words``: by field, {the hospital's word: ours}; ``functions``: functions of the
    hospital that are known to read only.
    """

    url: str = ""
    rows: int = Field(default=50_000, ge=1, le=200_000)
    seconds: int = Field(default=15, ge=1, le=120)
    lock_seconds: int = Field(default=3, ge=1, le=60)
    connections: int = Field(default=2, ge=1, le=8)
    stay_days: int = Field(default=62, ge=1, le=400)
    functions: tuple[str, ...] = ()
    queries: dict[str, str] = {}
    columns: dict[str, dict[str, str]] = {}
    words: dict[str, dict[str, str]] = {}
    write: WriteSettings = WriteSettings()

    @field_validator("queries", "columns")
    @classmethod
    def _known(cls, value: dict[str, Any]) -> dict[str, Any]:
        strange = sorted(set(value) - set(QUERIES))
        if strange:
            raise ValueError(f"{strange[0]}: {', '.join(QUERIES)}")
        return value

    @field_validator("queries")
    @classmethod
    def _written(cls, value: dict[str, str]) -> dict[str, str]:
        return {name: text for name, text in value.items() if text.strip()}
