"""How the desk looks: palettes, sizes in font units, fonts; the tokens are data of resources/qss.

Sizes in the style sheet are written ``8u`` (a sixteenth of 1.5 lines: 8 of them are half a line)
and ``13t`` (points); both follow ``look.scale``. Code asks ``theme.u(8)`` and
``theme.colour("ink")``.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from string import Template

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

BASE_POINTS = 10.5
HEADING_POINTS = 13.0
BASE_PIXELS = 14.0
FAMILIES = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
)
RARE_FAMILIES = ("WenQuanYi Zen Hei", "SimSun-ExtB", "SimSun", "Noto Sans CJK SC", "HanaMinB")
TABULAR = "tnum"


@cache
def tokens() -> dict[str, dict[str, str]]:
    """All palettes by name, read once."""
    file = resources.files("resources") / "qss" / "tokens.toml"
    return tomllib.loads(file.read_text("utf-8"))


@cache
def _sheet() -> str:
    return (resources.files("resources") / "qss" / "desk.qss").read_text("utf-8")


class Theme(QObject):
    """The one look of the program; ``changed`` tells those who paint by themselves."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.palette_name = "light"
        self.scale = 100
        self._unit = 1.0
        self._worn = ""  # the style sheet that the application was given last

    def apply(self, palette: str = "light", scale: int = 100) -> None:
        """Dress the running application; sizes already built keep theirs until the next start.

        What it wears already is not put on again: every widget would be polished anew.
        """
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        same = (palette, scale) == (self.palette_name, self.scale)
        if same and self._worn and app.styleSheet() == self._worn:
            return
        self.palette_name, self.scale = palette, scale
        app.setStyle("Fusion")
        app.setFont(self.font())
        self._unit = QFontInfo(app.font()).pixelSize() / BASE_PIXELS
        app.setPalette(self._palette())
        self._worn = self.sheet()
        app.setStyleSheet(self._worn)
        self.changed.emit()

    def u(self, units: float) -> int:
        """``units`` of spacing (4 · 8 · 12 · 16) in device-independent pixels, at least one."""
        return max(1, round(units * self._unit)) if units else 0

    def colour(self, token: str) -> QColor:
        """A colour of the present palette."""
        return _colour(tokens()[self.palette_name][token])

    def hue(self, token: str) -> str:
        """The same as text, for rich text and drawings."""
        return tokens()[self.palette_name][token]

    def veil(self, token: str = "veil") -> QColor:
        """A see-through colour: ``veil`` over a waiting page, ``shadow`` under a card."""
        colour = QColor(self.colour(token))
        colour.setAlpha(int(tokens()[self.palette_name][f"{token}_alpha"]))
        return colour

    def font(self, points: float = BASE_POINTS, *, strong: bool = False) -> QFont:
        """A text font of the scaled size, with the second family for rare characters.

        Made once a size and weight, because it is asked for at every painting: do not change it.
        """
        return _font(points * self.scale / 100, strong)

    def sheet(self) -> str:
        """The style sheet with colours and sizes filled in."""
        weights = {"strong": strong_weight().value, "figures": figures_weight().value}
        text = Template(_sheet()).substitute({**tokens()[self.palette_name], **weights})
        text = re.sub(r"\b(\d+)u\+(\d+)\b", lambda m: f"{self.u(float(m[1])) + int(m[2])}px", text)
        text = re.sub(r"\b(\d+(?:\.\d+)?)u\b", lambda m: f"{self.u(float(m[1]))}px", text)
        return re.sub(r"\b(\d+(?:\.\d+)?)t\b", lambda m: f"{self._points(m[1]):.2f}pt", text)

    def _points(self, text: str) -> float:
        return float(text) * self.scale / 100

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, token in _ROLES.items():
            palette.setColor(role, self.colour(token))
        off = QPalette.ColorGroup.Disabled
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(off, role, self.colour("disabled_ink"))
        return palette


_ROLES = {
    QPalette.ColorRole.Window: "ground",
    QPalette.ColorRole.WindowText: "ink",
    QPalette.ColorRole.Base: "field",
    QPalette.ColorRole.AlternateBase: "card",
    QPalette.ColorRole.Text: "ink",
    QPalette.ColorRole.Button: "card",
    QPalette.ColorRole.ButtonText: "ink",
    QPalette.ColorRole.Highlight: "primary",
    QPalette.ColorRole.HighlightedText: "primary_ink",
    QPalette.ColorRole.PlaceholderText: "faint",
    QPalette.ColorRole.ToolTipBase: "ink",
    QPalette.ColorRole.ToolTipText: "card",
    QPalette.ColorRole.Link: "primary",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Accent: "primary",
}


@cache
def families() -> list[str]:
    """The installed ones of our families, rare characters last; the system's own when none is."""
    installed = set(QFontDatabase.families())
    wanted = dict.fromkeys((*FAMILIES, *RARE_FAMILIES))
    found = [name for name in wanted if name in installed]
    return found or [QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()]


@cache
def _colour(name: str) -> QColor:
    return QColor(name)


@cache
def _font(points: float, strong: bool) -> QFont:
    font = QFont()
    font.setFamilies(families())
    font.setPointSizeF(points)
    font.setWeight(strong_weight() if strong else QFont.Weight.Normal)
    font.setFeature(QFont.Tag(TABULAR), 1)
    return font


@cache
def strong_weight() -> QFont.Weight:
    """Semi-bold; bold where the family has one weight only, because only bold is then imitated."""
    return QFont.Weight.DemiBold if _has_weights() else QFont.Weight.Bold


def figures_weight() -> QFont.Weight:
    """Amounts are semi-bold only in a real one: imitated bold figures stand too close together."""
    return QFont.Weight.DemiBold if _has_weights() else QFont.Weight.Normal


def _has_weights() -> bool:
    return len(QFontDatabase.styles(families()[0])) > 1


def has_chinese_font() -> bool:
    """Whether Chinese can be shown at all on this machine."""
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))


theme = Theme()
