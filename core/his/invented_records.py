"""The invented hospital's medical records: texts from a table, the same each time."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import Any

from core.domain import Registration
from core.simulator.world import read_table

STAYS = ("2", "42")  # what the categories of stays begin with


def record(known: Registration, now: datetime) -> dict[str, Any]:
    """Values by domain name of the upload's fields; some lack a text on purpose."""
    table, seed = read_table("invented_records"), zlib.crc32(known.visit_no.encode())
    stay = known.is_inpatient or known.med_type.startswith(STAYS)
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
    if not stay:
        return values | {"visited_at": begun.isoformat()}
    return values | _course(texts, begun, now) | _parts(table["parts"], main, seed, begun, now)


def _parts(
    table: dict[str, Any], main: dict[str, str], seed: int, begun: datetime, now: datetime
) -> dict[str, Any]:
    """The same record for a centre that takes it in parts, each under the name of its step."""
    chosen = {name: choices[seed % len(choices)] for name, choices in table["patient"].items()}
    operation = table["operations"][seed % len(table["operations"])]
    row = {"place": 1, "on": f"{begun + timedelta(days=1):%Y-%m-%d}", **operation}
    return {
        "record_patient": {**chosen, "icd_version": table["icd_version"]},
        "record_diagnoses": {
            "icd_version": table["icd_version"], "diagnoses": [{"place": 1, "kind": "1", **main}],
        },
        "record_operations": {"operations": [row]},
        "record_summary": dict(table["summary"]),
    }  # fmt: skip


def _course(texts: dict[str, Any], begun: datetime, now: datetime) -> dict[str, Any]:
    kind = texts["course_kind"]
    notes = [
        {"at": (begun + timedelta(days=day)).isoformat(), "kind": kind, "text": text}
        for day, text in enumerate(texts["course"])
    ]
    return {"course": notes, "discharged_at": now.isoformat()}
