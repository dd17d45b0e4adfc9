"""The stays in the invented hospital's database: one open stay for each inpatient of the world."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.database import Database
from core.domain import FeeLine
from core.domain.stay import HospitalStay
from core.his import inpatients
from core.his.inpatients import InventedStay

SHOWN_DAYS = 62  # a settled stay is listed for so long
TABLES = """
CREATE TABLE IF NOT EXISTS stay (
    visit_no TEXT PRIMARY KEY, person TEXT NOT NULL, begun TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'new', value TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS stay_by_person ON stay (person, state);
"""


def free(db: Database) -> list[dict[str, Any]]:
    """Rows of the plan whose person lies in no bed: the last stay is settled, or none was."""
    sql = "SELECT DISTINCT person FROM stay WHERE state <> 'settled'"
    staying = {row[0] for row in db.execute(sql)}
    return [row for row in inpatients.plan() if row["person"] not in staying]


def restock(db: Database, now: datetime) -> None:
    """A new stay for everybody who lies in no bed; within a writing transaction."""
    number = int(db.execute("SELECT count(*) FROM stay").fetchone()[0])
    for place, row in enumerate(free(db), number + 1):
        found = inpatients.stay(row, f"ZY{now:%Y%m%d}{place:04}", now)
        db.execute(
            "INSERT INTO stay (visit_no, person, begun, value) VALUES (?,?,?,?)",
            (found.registration.visit_no, row["person"], now.isoformat(), found.model_dump_json()),
        )


def stays(db: Database, now: datetime) -> tuple[HospitalStay, ...]:
    """All stays that are open or were settled lately, longest in bed first."""
    oldest = (now - timedelta(days=SHOWN_DAYS)).isoformat()
    sql = "SELECT value FROM stay WHERE state <> 'settled' OR begun >= ?"
    found = [InventedStay.model_validate_json(row[0]) for row in db.execute(sql, (oldest,))]
    found.sort(key=lambda one: (one.registration.admitted_at or now, one.registration.visit_no))
    return tuple(inpatients.at_hospital(one, now) for one in found)


def stay(db: Database, visit_no: str, now: datetime) -> HospitalStay | None:
    """The stay of that number, or nothing."""
    found = _read(db, visit_no)
    return inpatients.at_hospital(found, now) if found else None


def lines(db: Database, visit_no: str, now: datetime) -> tuple[FeeLine, ...]:
    """The fee lines of a stay up to ``now``; none for a strange number."""
    found = _read(db, visit_no)
    return inpatients.lines(found, now) if found else ()


def _read(db: Database, visit_no: str) -> InventedStay | None:
    row = db.execute("SELECT value FROM stay WHERE visit_no = ?", (visit_no,)).fetchone()
    return InventedStay.model_validate_json(row[0]) if row else None
