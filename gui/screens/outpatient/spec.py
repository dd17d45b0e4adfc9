"""门诊收费: the main screen, first on the rail."""

from __future__ import annotations

from core.domain.operator import Role
from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(
    name="outpatient",
    order=1,
    view="gui.screens.outpatient.view:OutpatientView",
    roles=(Role.CASHIER, Role.SUPERVISOR),
)
