"""Placeholders: what is painted where there are no pixels, each unlike the others.

All of it is painted in device pixels, so that it has the same size at every zoom.
"""

from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QPolygon,
)

_LIGHT: Final = 128  # a palette whose windows are lighter than this is a light one
_CELL: Final = 8  # side of a square of the loading pattern, in unscaled pixels
_STRIPE: Final = 16  # from one stripe of the hatching to the next
_MARK: Final = 14  # side of the corner that marks damage

_FAILED: Final = QColor(196, 30, 58)
_DAMAGED: Final = QColor(230, 150, 0)


class Placeholders:
    """The looks *outside*, *loading*, *failed* and *damaged* for one palette.

    Immutable; made anew when the palette or the device pixel ratio changes. A tile that
    is absent has no look of its own here: it takes the slide's absent color.
    """

    def __init__(self, palette: QPalette, pixel_ratio: float) -> None:
        self.pixel_ratio = pixel_ratio
        self.outside = outside(palette)
        pair = (QColor(222, 222, 222), QColor(212, 212, 212))
        if not _is_light(palette):
            pair = (QColor(74, 74, 74), QColor(66, 66, 66))
        self._loading = QBrush(_checkered(round(_CELL * pixel_ratio), *pair))
        self._hatched = QBrush(_striped(round(_STRIPE * pixel_ratio), _FAILED))

    def paint_loading(self, painter: QPainter, target: QRect) -> None:
        """Fill a place whose pixels are on their way: a quiet checkered grey."""
        painter.fillRect(target, self._loading)

    def paint_failed(self, painter: QPainter, tile: QRect, target: QRect) -> None:
        """Hatch the part `target` of a tile that cannot be read, with its border."""
        painter.save()
        painter.setClipRect(target, Qt.ClipOperation.IntersectClip)
        painter.setBrushOrigin(tile.topLeft())
        painter.fillRect(tile, self._hatched)
        width = max(1, round(2 * self.pixel_ratio))
        pen = QPen(_FAILED, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = width // 2
        painter.drawRect(tile.adjusted(half, half, half - width, half - width))
        painter.restore()

    def paint_damaged(self, painter: QPainter, tile: QRect, target: QRect) -> None:
        """Mark the corner of a tile that is shown in spite of damage."""
        side = min(round(_MARK * self.pixel_ratio), tile.width(), tile.height())
        corner = tile.topLeft()
        painter.save()
        painter.setClipRect(target, Qt.ClipOperation.IntersectClip)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_DAMAGED)
        painter.drawPolygon(
            QPolygon([corner, corner + QPoint(side, 0), corner + QPoint(0, side)])
        )
        painter.restore()


def outside(palette: QPalette) -> QColor:
    """Return the color of what is no slide."""
    window = palette.color(QPalette.ColorRole.Window)
    return window.darker(130 if _is_light(palette) else 150)


def _is_light(palette: QPalette) -> bool:
    return palette.color(QPalette.ColorRole.Window).lightness() >= _LIGHT


def _checkered(cell: int, one: QColor, other: QColor) -> QPixmap:
    image = QImage(2 * cell, 2 * cell, QImage.Format.Format_RGB32)
    image.fill(one)
    painter = QPainter(image)
    painter.fillRect(cell, 0, cell, cell, other)
    painter.fillRect(0, cell, cell, cell, other)
    painter.end()
    return QPixmap.fromImage(image)


def _striped(period: int, color: QColor) -> QPixmap:
    """Return diagonal stripes, a quarter of the period wide, on nothing."""
    image = QImage(period, period, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    stripe = period // 4
    for y in range(period):
        for x in range(period):
            if (x + y) % period < stripe:
                image.setPixelColor(x, y, color)
    return QPixmap.fromImage(image)
