"""The fee lines of a visit: those imported from a file, and the centre's answer for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import TypeAdapter

from core.domain import FeeLine, LineResult
from core.journal.tables import Tables

LINES = TypeAdapter(tuple[FeeLine, ...])
RESULTS = TypeAdapter(tuple[LineResult, ...])


class _Kept(NamedTuple):
    """The lines read last, with the text they came from: the same text need not be read again."""

    text: str
    lines: tuple[FeeLine, ...]


class FeeLines(Tables):
    """Imported lines and uploaded lines."""

    _kept: _Kept | None = None

    def keep_lines(self, visit_no: str, lines: Iterable[FeeLine]) -> None:
        """Lines that replace the hospital's (a file was imported)."""
        kept = tuple(lines)
        text = LINES.dump_json(kept).decode()
        self._write("INSERT OR REPLACE INTO imported VALUES (?,?)", (visit_no, text))
        self._kept = _Kept(text, kept)

    def kept_lines(self, visit_no: str) -> tuple[FeeLine, ...] | None:
        """Imported lines, or ``None`` where the hospital's count."""
        row = self._one("SELECT lines FROM imported WHERE visit_no = ?", (visit_no,))
        if row is None:
            return None
        known = self._kept
        if known is None or known.text != row[0]:
            known = self._kept = _Kept(row[0], LINES.validate_json(row[0]))
        return known.lines

    def add_uploaded(self, visit_no: str, msgid: str, results: Iterable[LineResult]) -> None:
        """The centre has these lines; a pre-settlement shown before no longer counts."""
        with self._lock:
            self._db.conn.executemany(
                "INSERT OR REPLACE INTO uploaded VALUES (?,?,?,?,?,?)",
                [
                    (visit_no, item.line_id, item.rx_no, msgid, item.amount, item.model_dump_json())
                    for item in results
                ],
            )
        self.forget_presettlement(visit_no)

    def uploaded(self, visit_no: str) -> tuple[LineResult, ...]:
        """The centre's answers per line."""
        sql = "SELECT result FROM uploaded WHERE visit_no = ? ORDER BY rx_no, line_id"
        rows = self._all(sql, (visit_no,))
        return RESULTS.validate_json(f"[{','.join(row[0] for row in rows)}]")

    def uploaded_ids(self, visit_no: str) -> frozenset[str]:
        """Ids of the lines that the centre has."""
        sql = "SELECT line_id FROM uploaded WHERE visit_no = ?"
        return frozenset(row[0] for row in self._all(sql, (visit_no,)))

    def uploaded_total(self, visit_no: str) -> int:
        """Sum in fen of the lines that the centre has."""
        sql = "SELECT coalesce(sum(amount), 0) FROM uploaded WHERE visit_no = ?"
        return int((self._one(sql, (visit_no,)) or (0,))[0])

    def drop_uploaded(self, visit_no: str, line_ids: Iterable[str] | None = None) -> None:
        """The centre no longer has these lines (``None``: none of the visit)."""
        if line_ids is None:
            self._write("DELETE FROM uploaded WHERE visit_no = ?", (visit_no,))
        else:
            with self._lock:
                self._db.conn.executemany(
                    "DELETE FROM uploaded WHERE visit_no = ? AND line_id = ?",
                    [(visit_no, line_id) for line_id in line_ids],
                )
        self.forget_presettlement(visit_no)

    def forget_presettlement(self, visit_no: str) -> None:
        """What was shown no longer holds."""
        self._write(
            "UPDATE visit SET presettlement = NULL, presettled_by = ''"
            " WHERE visit_no = ? AND (presettlement IS NOT NULL OR presettled_by <> '')",
            (visit_no,),
        )
