"""Line drawings of resources/icons in the colour of a token, sharp at every scale."""

from __future__ import annotations

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

from gui.theme import theme


@cache
def drawing(name: str) -> str:
    """The SVG text of one icon, with ``currentColor`` still in it."""
    return (resources.files("resources") / "icons" / f"{name}.svg").read_text("utf-8")


@cache
def _renderer(name: str, hue: str):  # type: ignore[no-untyped-def]
    from PySide6.QtSvg import QSvgRenderer

    return QSvgRenderer(QByteArray(drawing(name).replace("currentColor", hue).encode()))


class _Engine(QIconEngine):
    """Draws the SVG at the asked size, in the palette of the moment."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name, self._token = name, token

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: object) -> None:
        token = "disabled_ink" if mode == QIcon.Mode.Disabled else self._token
        _renderer(self._name, theme.hue(token)).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._token)


_engines: list[_Engine] = []


def icon(name: str, token: str = "muted") -> QIcon:
    """The icon ``name`` in the colour ``token``."""
    engine = _Engine(name, token)
    _engines.append(engine)
    return QIcon(engine)
