"""Files for somebody else: the evidence of one case for the centre, the state of a desk for IT.

Both are ZIPs that appear whole or not at all. Messages are masked as everywhere; no name, no ID
number and no password is in either. ``manifest.json`` names every file with its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

from core.domain import Entry, Transaction
from core.domain.writeback import Letter
from core.errors import Refused, SetupError, fault
from core.files import whole
from core.gateway.trace import hide_id_numbers, replay
from core.money import show
from core.words import say

if TYPE_CHECKING:
    from core.app import Desk

LARGEST_PART = 4 * 1024 * 1024  # of a log; its end is what matters
MOST_ROWS = 2000
PACKAGES = ("gsdesk", "PySide6-Essentials", "pydantic", "sqlite-utils")
LOGS = ("stalls.log", "crash.log", "vendor.log", "trace.jsonl")
Parts = Mapping[str, str]


class EvidencePack:
    """Writes case files and support bundles of one desk; default folder ``exports``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def case(self, msgid: str, out: Path | None = None) -> Path:
        """The evidence of one transaction; ``Refused`` when there is none of that message id.

        Holds ``case.txt`` (for people), ``case.json`` (row and timeline), ``trace.jsonl`` (what
        went over the line, masked) and ``versions.json``. Raises ``SetupError`` when the disk does.
        """
        try:
            row = self._desk.journal.transaction(msgid)
        except KeyError:
            raise Refused(fault("evidence.no_case", "msgid", msgid=msgid)) from None
        entries = self._desk.history.timeline(msgid)
        parts = {
            "case.txt": _text(row, self._title(row), entries),
            "case.json": _json(_case(row, entries)),
            "trace.jsonl": "\n".join(self._trace(row, entries)),
            "versions.json": _json(self.versions()),
        }
        return self._written(out or self._desk.home / "exports" / f"{msgid}.zip", parts)

    def support(self, out: Path | None = None, centre: bool = False) -> Path:
        """The state of the desk: self-check, settings, versions, open rows, ends of the logs.

        ``centre``: the self-check may call the centre. Raises ``SetupError`` when the disk fails.
        """
        stamp = f"{self._desk.clock.now():%Y%m%d-%H%M%S}"
        checks = [item.model_dump() for item in self._desk.health.checks(centre)]
        parts = {
            "selfcheck.json": _json(checks),
            "versions.json": _json(self.versions()),
            "settings.json": _json(self._desk.settings.model_dump(mode="json")),
            "pending.json": _json([_row(row) for row in self._desk.resolve.pending()[:MOST_ROWS]]),
            "outbox.json": _json([_letter(one) for one in self._desk.outbox.open()[:MOST_ROWS]]),
            "journal.json": _json(self._journal()),
            **{f"logs/{path.name}": _end_of(path) for path in self._logs()},
        }
        return self._written(out or self._desk.home / "exports" / f"support-{stamp}.zip", parts)

    def versions(self) -> dict[str, str]:
        """Everything that could make two desks differ, as name to text."""
        chosen = self._desk.settings.centre
        profile = self._desk.centre.profile.model_dump_json().encode()
        found = {
            "python": platform.python_version(), "system": platform.platform(),
            "sqlite": self._sqlite(), "family": chosen.family,
            "profile_sha256": hashlib.sha256(profile).hexdigest(),
            "library": Path(chosen.library).name, "library_sha256": _hash_of(chosen.library),
            "training": str(self._desk.settings.training),
        }  # fmt: skip
        return found | {name: version_of(name) for name in PACKAGES}

    def _sqlite(self) -> str:
        return str(self._desk.journal.db.execute("SELECT sqlite_version()").fetchone()[0])

    def _title(self, row: Transaction) -> str:
        return f"{row.code} {self._desk.road.rule_of(row).title}"

    def _trace(self, row: Transaction, entries: Sequence[Entry]) -> Iterator[str]:
        wanted = {row.msgid, *(entry.msgid for entry in entries)}
        for path in sorted(self._folder().glob("trace.jsonl*"), reverse=True):
            for line in replay(path):
                if line.msgid in wanted:
                    yield json.dumps(asdict(line), ensure_ascii=False)

    def _folder(self) -> Path:
        return self._desk.data / "logs"

    def _logs(self) -> list[Path]:
        places = {self._folder(), self._desk.home / "logs"}
        return [
            place / name for place in sorted(places) for name in LOGS if (place / name).exists()
        ]

    def _journal(self) -> dict[str, Any]:
        journal, last = self._desk.journal, self._desk.safekeeping.last_backup()
        return {
            "entries": journal.entry_count(), "quick_check": journal.quick_check(),
            "first_broken_entry": journal.verify(), "blocked": self._desk.safekeeping.blocked,
            "last_backup": last.path.name if last else "",
        }  # fmt: skip

    def _written(self, path: Path, parts: Parts) -> Path:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole(path) as fresh, ZipFile(fresh, "w", ZIP_DEFLATED) as archive:
                for name, text in {**parts, "manifest.json": self._manifest(parts)}.items():
                    archive.writestr(name, text)
        except OSError as error:
            raise SetupError(fault("evidence.disk", path=path, error=error)) from error
        return path

    def _manifest(self, parts: Parts) -> str:
        sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in parts.items()}
        return _json({"made": self._desk.clock.now().isoformat(), "sha256": sums})


def _text(row: Transaction, title: str, entries: Sequence[Entry]) -> str:
    made = f"{row.made:%Y-%m-%d %H:%M:%S}"
    facts = {"msgid": row.msgid, "visit": row.visit, "amount": show(row.amount)}
    head = say("evidence.head", title=title, made=made, known=row.known, **facts)
    lines = [f"{item.at:%Y-%m-%d %H:%M:%S.%f}  {item.text}\n{item.payload}" for item in entries]
    return "\n".join([head, "", *lines]).rstrip() + "\n"


def _case(row: Transaction, entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "transaction": row.model_dump(mode="json", exclude={"facts"}),
        "entries": [item.model_dump(mode="json") for item in entries],
    }


def _letter(letter: Letter) -> dict[str, Any]:
    """A result on its way to the hospital, without the person."""
    return {
        "msgid": letter.told.msgid, "step": letter.told.step, "state": str(letter.state),
        "tries": letter.tries, "error": hide_id_numbers(letter.error), "behind": letter.behind,
        "made": letter.made.isoformat(),
        "next_try": letter.next_try.isoformat() if letter.next_try else None,
    }  # fmt: skip


def _row(row: Transaction) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude={"facts", "operator"})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


def _end_of(path: Path) -> str:
    """The last of a log from the beginning of a line: half an ID number would not be known."""
    with path.open("rb") as file:
        begin = max(0, path.stat().st_size - LARGEST_PART)
        file.seek(begin)
        text = file.read(LARGEST_PART).decode("utf-8", "replace")
    return hide_id_numbers(text.partition("\n")[2] if begin else text)


def _hash_of(library: str) -> str:
    path = Path(library)
    return hashlib.sha256(path.read_bytes()).hexdigest() if library and path.is_file() else ""


def version_of(package: str) -> str:
    """The installed version of a package, empty where it runs from its source."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
