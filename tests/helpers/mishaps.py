"""What goes wrong in the invented hospital's own books."""

from __future__ import annotations

from typing import Any

from core.domain import Amounts
from core.his.embedded import EmbeddedHospital
from core.his.ownfile import WRITING
from tests.helpers.his import told


class Mishaps:
    """Losing, inventing and changing what was posted."""

    def __init__(self, hospital: EmbeddedHospital) -> None:
        self._hospital = hospital

    def lose(self, msgid: str) -> None:
        """A result that was posted is gone."""
        self._write("DELETE FROM posting WHERE msgid = ?", msgid)

    def charge(self, visit_no: str, bill_no: str, amounts: Amounts) -> str:
        """The hospital settles by itself, past this desk; gives its own number for it."""
        number = f"HIS-{bill_no}"
        self._hospital.post(told(number, "settle", visit_no, bill_no, amounts))
        return number

    def misbook(self, msgid: str, amounts: Amounts) -> None:
        """A result stands in the hospital's books with other amounts."""
        self._write(
            "UPDATE posting SET total = ?, fund = ?, personal = ?, amounts = ? WHERE msgid = ?",
            amounts.total, amounts.fund, amounts.personal, amounts.model_dump_json(), msgid,
        )  # fmt: skip

    def _write(self, sql: str, *values: Any) -> None:
        with self._hospital.working(WRITING) as db:
            db.execute(sql, values)
