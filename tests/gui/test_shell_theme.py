"""The look: palettes complete and readable, the sheet filled in, sizes in font units only."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from PySide6.QtGui import QColor, QFontMetrics

from gui.theme import Theme, families, has_chinese_font, theme, tokens
from gui.widgets.banner import MARKS
from gui.widgets.icons import drawing, icon
from gui.widgets.stage_pill import LOOKS

PALETTES = ("light", "dark", "contrast")
READ_ON = [
    ("ink", "card"),
    ("ink", "ground"),
    ("ink", "field"),
    ("muted", "card"),
    ("muted", "ground"),
    ("muted", "head"),
    ("primary_ink", "primary"),
    ("chosen_ink", "chosen"),
    ("danger", "card"),
    ("danger", "danger_soft"),
    ("amber", "card"),
    ("amber", "amber_soft"),
    ("done", "card"),
    ("done", "done_soft"),
    ("link", "primary_soft"),
    ("link", "card"),
    ("rail_ink", "rail"),
    ("rail_muted", "rail"),
    ("rail_ink", "rail_chosen"),
    ("badge_ink", "badge"),
]


def luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize(("ink", "ground"), READ_ON)
def test_text_can_be_read(palette, ink, ground):
    least = 7 if palette == "contrast" else 4.5
    assert contrast(tokens()[palette][ink], tokens()[palette][ground]) >= least


@pytest.mark.parametrize("palette", PALETTES)
def test_palettes_have_the_same_tokens(palette):
    assert tokens()[palette].keys() == tokens()["light"].keys()


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("scale", [100, 125, 150, 200])
def test_the_sheet_is_filled_in(qapp, palette, scale):
    theme.apply(palette, scale)
    text = theme.sheet()
    assert "$" not in text
    assert not re.search(r"\d[ut]\b", re.sub(r"/\*.*?\*/", "", text))
    theme.apply()


def test_the_sheet_has_no_pixels_of_its_own():
    text = (resources.files("resources") / "qss" / "desk.qss").read_text("utf-8")
    assert not re.search(r"\d+(px|pt)\b", text)


def test_sizes_follow_the_scale(qapp):
    look = Theme()
    look.apply("light", 200)
    double = (look.u(8), look.font().pointSizeF())
    look.apply("light", 100)
    assert double == (2 * look.u(8), 2 * look.font().pointSizeF())
    assert look.u(0) == 0
    assert look.u(0.1) == 1


def test_figures_stand_below_each_other(dressed):
    metrics = QFontMetrics(theme.font())
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_chinese_can_be_shown(qapp):
    assert has_chinese_font()
    assert families()


def test_rare_name_characters_have_a_second_family(qapp):
    assert len(families()) > 1


def test_every_icon_that_is_named_exists(dressed):
    marks = {name for name, _ in MARKS.values()} | {look[3] for look in LOOKS.values() if look[3]}
    for name in marks | {"copy", "close", "search", "empty", "lock", "down", "settings"}:
        assert "currentColor" in drawing(name)
        assert not icon(name).pixmap(24, 24).isNull()


def test_an_icon_follows_the_palette(dressed):
    drawn = icon("check", "ink")
    light = drawn.pixmap(32, 32).toImage()
    theme.apply("dark")
    assert drawn.pixmap(32, 32).toImage() != light
