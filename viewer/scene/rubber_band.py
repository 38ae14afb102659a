"""RubberBand: the rectangle that is drawn with the mouse, to be zoomed to."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette, QPen

from viewer.scene.overlay import Canvas

_SMALLEST: Final = 5  # pixels of the view; less is a click with an unsteady hand
_FILL_ALPHA: Final = 50
_WIDTH: Final = 2


class RubberBand:
    """A rectangle between two corners, in pixels of the view.

    Invariant: it is shown exactly while it is being drawn.
    """

    def __init__(self) -> None:
        self._from: QPointF | None = None
        self._to = QPointF()

    @property
    def is_shown(self) -> bool:
        """Whether it is being drawn."""
        return self._from is not None

    @property
    def area(self) -> QRectF:
        """The rectangle; empty where there is none."""
        if self._from is None:
            return QRectF()
        return QRectF(self._from, self._to).normalized()

    def begin(self, corner: QPointF) -> None:
        """Put down one corner."""
        self._from = self._to = corner

    def drag_to(self, corner: QPointF) -> None:
        """Move the other one."""
        self._to = corner

    def end(self) -> QRectF | None:
        """Take it away and return its rectangle; None where it was hardly any."""
        area = self.area
        self._from = None
        return area if max(area.width(), area.height()) >= _SMALLEST else None

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint it in the color of selections, white beside it for dark tissue."""
        edge = canvas.palette.color(QPalette.ColorRole.Highlight)
        fill = canvas.palette.color(QPalette.ColorRole.Highlight)
        fill.setAlpha(_FILL_ALPHA)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(Qt.GlobalColor.white, 2 * _WIDTH))
        painter.drawRect(self.area)
        painter.setPen(QPen(edge, _WIDTH))
        painter.setBrush(fill)
        painter.drawRect(self.area)
