"""Identity: the name of the slide, always on screen."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPalette

from viewer.scene.overlay import MARGIN, PADDING, Canvas, paint_plate

_WIDEST: Final = 0.45
"""Of the view; a longer name is shortened in its middle."""


class Identity:
    """Writes the slide's name in the top left corner of its view."""

    is_shown = True

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint the name on a plate."""
        metrics = QFontMetricsF(canvas.font)
        room = canvas.size.width() * _WIDEST
        text = metrics.elidedText(
            " ".join(canvas.slide.name.split()), Qt.TextElideMode.ElideMiddle, room
        )
        width = metrics.horizontalAdvance(text)
        plate = QRectF(MARGIN, MARGIN, width + 2 * PADDING, metrics.height() + PADDING)
        paint_plate(painter, plate, canvas.palette)
        painter.setPen(canvas.palette.color(QPalette.ColorRole.WindowText))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
