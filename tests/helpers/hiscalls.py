"""The test HIS as a caller of the desk's API: hands over what it has, enters the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from core.money import to_fen

VISIT = {
    "visit_no": "visit_id", "person_name": "pat_name", "id_no": "id_card", "age": "age",
    "phone": "tel", "dept_code": "dept_id", "dept_name": "dept", "doctor_code": "doctor_id",
    "diagnosis_code": "icd", "diagnosis_name": "icd_name", "med_type": "visit_type",
}  # fmt: skip
LINE = {
    "line_id": "detail_id", "rx_no": "order_no", "name": "item_name", "hosp_code": "item_id",
    "centre_code": "centre_no", "list_type": "list_no", "spec": "spec", "unit": "unit",
    "price": "price", "quantity": "qty", "amount": "money", "occurred_at": "made_time",
    "doctor_code": "doctor_id", "dept_code": "dept_id", "category": "category",
}  # fmt: skip
ROAD = ("register", "upload", "presettle", "settle")
UNDO = {"reason": "患者要求"}


class Caller:
    """One HIS before one desk."""

    def __init__(self, address: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._line = httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False)

    def give(self, known: Mapping[str, Any]) -> None:
        """A visit with its lines; given again it is the same visit."""
        visit = _filled(VISIT, known["visit"])
        number = visit["visit_no"]
        self._post("/v1/visits", visit)
        lines = [_filled(LINE, line) for line in known["lines"]]
        self._post(f"/v1/visits/{number}/lines", {"lines": lines})

    def step(self, number: str, word: str, body: Mapping[str, Any] | None = None) -> Any:
        """A step under the key that the HIS will use again if it asks again."""
        return self._post(f"/v1/visits/{number}/{word}", body or {}, f"{number}-{word}")

    def _post(self, path: str, body: Any, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        found = self._line.post(path, json=body, headers=headers)
        if found.status_code != 200:
            raise RuntimeError(found.text)
        return found.json()

    def close(self) -> None:
        """Hang up."""
        self._line.close()


def fen_of(answer: Mapping[str, Any]) -> dict[str, int]:
    """The amounts of an answer."""
    return {name: to_fen(answer["amounts"][name]) for name in ("total", "fund", "personal")}


def _filled(names: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(row[column]) for name, column in names.items() if row.get(column)}
