"""One case as a ZIP for the centre's hotline: the row and its timeline, messages masked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from core.domain import Entry, Transaction
from core.money import show
from core.words import say


def write_case(folder: Path, row: Transaction, title: str, entries: Sequence[Entry]) -> Path:
    """Write ``<msgid>.zip`` with ``case.txt`` (for people) and ``case.json``; gives its path.

    ``entries`` come masked from the history service; no name and no ID number is added here. The
    file appears whole or not at all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{row.msgid}.zip"
    fresh = path.with_suffix(".new")
    with ZipFile(fresh, "w", ZIP_DEFLATED) as archive:
        archive.writestr("case.txt", _text(row, title, entries))
        archive.writestr("case.json", _json(row, entries))
    fresh.replace(path)
    return path


def _text(row: Transaction, title: str, entries: Sequence[Entry]) -> str:
    made = f"{row.made:%Y-%m-%d %H:%M:%S}"
    facts = {"msgid": row.msgid, "visit": row.visit, "amount": show(row.amount)}
    head = say("pending.case.head", title=title, made=made, known=row.known, **facts)
    lines = [f"{item.at:%Y-%m-%d %H:%M:%S.%f}  {item.text}\n{item.payload}" for item in entries]
    return "\n".join([head, "", *lines]).rstrip() + "\n"


def _json(row: Transaction, entries: Sequence[Entry]) -> str:
    case = {
        "transaction": row.model_dump(mode="json", exclude={"facts"}),
        "entries": [item.model_dump(mode="json") for item in entries],
    }
    return json.dumps(case, ensure_ascii=False, indent=1)
