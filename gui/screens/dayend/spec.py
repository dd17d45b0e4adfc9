"""日终对账: the day's sums beside the centre's, repairs, confirmation, closings, hand-over."""

from __future__ import annotations

from core.domain.operator import Role
from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(
    name="dayend",
    order=5,
    view="gui.screens.dayend.view:DayEndView",
    roles=(Role.CASHIER, Role.SUPERVISOR),
)
