"""The self-check's row in the table of screens."""

from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(
    name="selfcheck", order=90, view="gui.screens.selfcheck.view:SelfCheckView", foot=True
)
