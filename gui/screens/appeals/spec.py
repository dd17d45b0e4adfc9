"""扣款申诉: what an audit took off, and the hospital's word against it."""

from __future__ import annotations

from core.domain.operator import Role
from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(
    name="appeals",
    order=6,
    view="gui.screens.appeals.view:AppealsView",
    roles=(Role.CASHIER, Role.SUPERVISOR),
    needs=("deduction_list", "appeal"),
)
