"""病历上传's row in the table of screens."""

from __future__ import annotations

from core.domain.operator import Role
from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(
    name="records",
    order=9,
    view="gui.screens.records.page:RecordsPage",
    roles=(Role.CASHIER, Role.SUPERVISOR),
    needs=("outpatient_record", "inpatient_record", "record_patient"),
)
