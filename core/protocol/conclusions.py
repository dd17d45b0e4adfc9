"""The micro-format of ``exam_ccls``: records by ``^``, parts by ``|`` (protocol-zjs.md §2.5, SEEN).

Works on decoded text only: in GBK both separators may be second bytes of a character.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

RECORD, PART = "^", "|"
PARTS = ("id", "text", "kind")
MOST = 200


def read_conclusions(text: str) -> list[dict[str, str]]:
    """Records as ``{id, text, kind}``; empty records and records without an id are skipped.

    Part 1 is the qualification id, part 3 the kind; part 2 is presumably the diagnosis.
    """
    records = (record.split(PART) for record in text.split(RECORD, MOST)[:MOST])
    trimmed = ([part.strip() for part in record] for record in records)
    return [
        dict(zip(PARTS, [*parts, "", ""], strict=False)) for parts in trimmed if parts and parts[0]
    ]


def write_conclusions(records: Iterable[Mapping[str, str]]) -> str:
    """The inverse, with the leading ``^``; raises ``ValueError`` when a part holds a separator."""
    text = ""
    for record in records:
        parts = [record.get(name, "") for name in PARTS]
        if any(mark in part for part in parts for mark in (RECORD, PART)):
            raise ValueError("a part holds a separator")
        text += RECORD + PART.join(parts)
    return text
