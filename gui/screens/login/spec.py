"""The log-in's row in the table of screens; it stands before the rail."""

from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(name="login", view="gui.screens.login.view:LoginView")
