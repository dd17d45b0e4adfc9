"""退费撤销: undo a settlement or a registration."""

from __future__ import annotations

from core.domain.operator import Role
from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(
    name="refund",
    order=3,
    view="gui.screens.refund.view:RefundView",
    roles=(Role.CASHIER, Role.SUPERVISOR),
)
