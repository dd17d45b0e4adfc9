"""Replies of a centre that says yes to everything, written by the profile's own tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core.clock import stamp
from core.money import yuan
from core.protocol.profile import FieldRule, Profile

Values = Mapping[str, Any]


class Yes:
    """Makes accepted replies of one profile."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def to(self, step: str, values: Values, rows: Sequence[Values] = ()) -> str:
        """The reply to ``step`` with these values (or rows) by domain names."""
        fields = self._profile.steps[step].reply
        output: Any = _by_wire(fields, values)
        if self._profile.steps[step].shape == "rows":
            output = [_by_wire(fields, row) for row in rows]
        head = {"code": self._profile.envelope.accepted[0], "text": "", "output": output}
        return json.dumps(_by_wire(self._profile.envelope.reply, head), ensure_ascii=False)

    def code(self, step: str) -> str:
        """The transaction code of a step."""
        return self._profile.steps[step].code

    def write(
        self, path: Path, replies: Mapping[str, list[str]], encoding: str, **more: Any
    ) -> Path:
        """The file that ``core.bench.library`` reads; ``replies`` by step."""
        wire = next(r.wire for r in self._profile.envelope.request.values() if r.name == "code")
        found = {self.code(step): texts for step, texts in replies.items()}
        table = {"marker": f'"{wire}":"', "encoding": encoding, "replies": found, **more}
        path.write_text(json.dumps(table, ensure_ascii=False), "utf-8")
        return path


def _by_wire(fields: Mapping[str, FieldRule], values: Values) -> dict[str, Any]:
    known = [rule for rule in fields.values() if rule.name in values]
    return {rule.wire: _written(rule, values[rule.name]) for rule in known}


def _written(rule: FieldRule, value: Any) -> Any:
    if rule.type == "money":
        return str(yuan(value))
    if isinstance(value, datetime):
        return stamp(value)
    return value
