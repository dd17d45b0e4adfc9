"""Line drawings of resources/icons in the colour of a token, sharp at every scale.

Drawn by ourselves, not by a ``QIconEngine`` written in Python: Qt clones and destroys engines at
will, which a Python object does not survive.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap

from gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtSvg import QSvgRenderer

QT_SIZES = (16, 20, 24)


@cache
def drawing(name: str) -> str:
    """The SVG text of one icon, with ``currentColor`` still in it."""
    return (resources.files("resources") / "icons" / f"{name}.svg").read_text("utf-8")


@cache
def _renderer(name: str, hue: str) -> QSvgRenderer:
    from PySide6.QtSvg import QSvgRenderer

    return QSvgRenderer(QByteArray(drawing(name).replace("currentColor", hue).encode()))


@cache
def _drawn(name: str, hue: str, width: int, height: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _renderer(name, hue).render(painter, QRectF(0, 0, width, height))
    painter.end()
    return pixmap


class Icon(QIcon):
    """Our icon: ``pixmap`` and ``paint`` in the palette of the moment;
    Qt's own uses get pixmaps."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name, self._token = name, token
        for side in QT_SIZES:
            self.addPixmap(self.pixmap(theme.u(side), theme.u(side)))

    def pixmap(self, width: int, height: int) -> QPixmap:
        """Drawn at that size (device-independent pixels), sharp on this screen."""
        return _drawn(self._name, theme.hue(self._token), width, height, _ratio())

    def paint(self, painter: QPainter, left: int, top: int, width: int, height: int) -> None:
        """Draw it into a box."""
        painter.drawPixmap(left, top, self.pixmap(width, height))


def _ratio() -> float:
    """Pixels a device-independent one has on the finest screen there is now."""
    app = QGuiApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0


@cache
def _icon(name: str, token: str, look: tuple[str, int, float]) -> Icon:
    return Icon(name, token)


def icon(name: str, token: str = "muted") -> Icon:
    """The icon ``name`` in the colour ``token``."""
    return _icon(name, token, (theme.palette_name, theme.scale, _ratio()))
