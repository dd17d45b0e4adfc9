"""The settings' row in the table of screens."""

from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(
    name="settings", order=80, view="gui.screens.settings.view:SettingsView", foot=True
)
