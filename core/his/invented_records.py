"""The invented hospital's medical records: texts from a table, the same each time."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import Any

from core.domain import Registration
from core.simulator.world import read_table

INPATIENT = "2"


def record(known: Registration, now: datetime) -> dict[str, Any]:
    """Values by domain name of the upload's fields; some lack a text on purpose."""
    table, seed = read_table("invented_records"), zlib.crc32(known.visit_no.encode())
    stay = known.med_type.startswith(INPATIENT)
    texts = table["inpatient" if stay else "outpatient"]
    values: dict[str, Any] = {
        name: choices[seed % len(choices)]
        for name, choices in texts.items()
        if isinstance(choices, list) and name != "course"
    }
    if seed % table["gap_every"] == 0:
        del values["present_illness"]
    main = {"code": known.diagnosis_code, "name": known.diagnosis_name or known.diagnosis_code}
    begun = known.admitted_at or now
    values["diagnoses"] = [main | {"main": "1"}]
    return values | (_course(texts, begun, now) if stay else {"visited_at": begun.isoformat()})


def _course(texts: dict[str, Any], begun: datetime, now: datetime) -> dict[str, Any]:
    kind = texts["course_kind"]
    notes = [
        {"at": (begun + timedelta(days=day)).isoformat(), "kind": kind, "text": text}
        for day, text in enumerate(texts["course"])
    ]
    return {"course": notes, "discharged_at": now.isoformat()}
