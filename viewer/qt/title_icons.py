"""The signs on the title of a dock, in the color of text.

Those of Qt's own style are a fixed grey, which can hardly be seen on dark grounds.
"""

from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
)

_STROKE: Final = 0.11  # of the side


class Sign(Enum):
    """What a button of a title does."""

    CLOSE = "a cross"
    FLOAT = "two sheets"


def title_icon(sign: Sign) -> QIcon:
    """Return a sign, drawn in any size in the palette's color of the moment.

    Pictures cannot be added to it.
    """
    return QIcon(_Engine(sign))


class _Engine(QIconEngine):
    """Draws lines, so that they are sharp at any size and device pixel ratio."""

    def __init__(self, sign: Sign) -> None:
        super().__init__()
        self._sign = sign

    def clone(self) -> QIconEngine:
        """Qt asks for it where a picture is added to the icon; nobody may do that.

        PySide would free what is returned while Qt still uses it.
        """
        raise NotImplementedError

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw on nothing."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def paint(
        self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State
    ) -> None:
        """Draw in the middle of a rectangle."""
        del state
        disabled = mode == QIcon.Mode.Disabled
        group = QPalette.ColorGroup.Disabled if disabled else QPalette.ColorGroup.Active
        color = QGuiApplication.palette().color(group, QPalette.ColorRole.WindowText)
        side = float(min(rect.width(), rect.height()))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QRectF(rect).center())
        painter.scale(side, side)
        painter.setPen(QPen(color, max(_STROKE, 1 / side)))
        if self._sign is Sign.CLOSE:
            painter.drawLine(QPointF(-0.3, -0.3), QPointF(0.3, 0.3))
            painter.drawLine(QPointF(-0.3, 0.3), QPointF(0.3, -0.3))
        else:
            painter.drawRect(QRectF(-0.35, -0.15, 0.5, 0.5))
            painter.drawPolyline(
                [QPointF(-0.1, -0.35), QPointF(0.35, -0.35), QPointF(0.35, 0.1)]
            )
        painter.restore()
