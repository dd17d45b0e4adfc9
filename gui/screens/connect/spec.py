"""医院接口: the ways to the hospital's system, and what it has still to be told."""

from __future__ import annotations

from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(
    name="connect", order=79, view="gui.screens.connect.view:ConnectView",
    roles=("supervisor", "it"), count="outbox", foot=True,
)  # fmt: skip
