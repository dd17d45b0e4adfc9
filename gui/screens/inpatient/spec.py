"""住院结算: stays from admission to settlement, second on the rail."""

from __future__ import annotations

from core.domain.operator import Role
from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(
    name="inpatient",
    order=2,
    view="gui.screens.inpatient.view:InpatientView",
    roles=(Role.CASHIER, Role.SUPERVISOR),
)
