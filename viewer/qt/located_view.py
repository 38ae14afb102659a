"""LocatedView: a picture of the glass with the scan and the field of view marked."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QApplication, QWidget

from viewer.qt.picture_view import PictureView

Corners = Sequence[tuple[float, float]]
"""A polygon on the image, 0 to 1 across and down."""

_TINY: Final = 12.0  # a field of fewer pixels across is shown and gripped as a cross
_ARM: Final = 9.0  # of the cross, from the gap in its middle
_HALO: Final = QColor(255, 255, 255, 220)  # marks lie on pictures of any color
_SCAN: Final = QColor(20, 20, 20)
_STEP: Final = 0.25  # of the field of view, for an arrow key


class LocatedView(PictureView):
    """A picture view that can mark places and be asked for one.

    While `scan` is set, a click asks for a place, dragging the field of view moves it,
    and so do the arrow keys; dragging elsewhere moves the image as ever. What is asked
    for is told, not done: the field stays until `set_field`. GUI thread.
    """

    place_chosen = Signal(float, float)
    """Where the middle of the field of view should be; 0 to 1 across and down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scan: Corners = ()
        self._field: Corners = ()
        self._pressed_at: QPointF | None = None  # until it has become a drag
        self._grip: tuple[float, float] | None = None  # from pointer to field's middle
        self.setMouseTracking(True)

    @property
    def is_located(self) -> bool:
        """Whether places can be asked for."""
        return bool(self._scan)

    @property
    def scan(self) -> QPolygonF:
        """The outline of what was scanned, as seen in the widget."""
        return self._seen(self._scan)

    @property
    def field(self) -> QPolygonF:
        """The field of view, as seen in the widget."""
        return self._seen(self._field)

    def set_scan(self, corners: Corners) -> None:
        """Mark what was scanned; nothing where there are no corners."""
        self._scan = tuple(corners)
        self._let_go()
        self.update()

    def set_field(self, corners: Corners) -> None:
        """Mark what is in view; nothing where there are no corners."""
        self._field = tuple(corners)
        self.update()

    def paint_marks(self, painter: QPainter) -> None:
        """Paint the scanned area dark, the field of view in the palette's highlight."""
        if not self.is_located:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not _is_everything(self._scan):
            _outline(painter, self.scan, _SCAN, 2.0)
        if not self._field:
            return
        color = self.palette().color(QPalette.ColorRole.Highlight)
        if self._is_tiny():
            _cross(painter, self.field.boundingRect().center(), color)
        else:
            _outline(painter, self.field, color, 2.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the field of view, or of the image."""
        position = event.position()
        if event.button() == Qt.MouseButton.LeftButton and self.is_located:
            self._pressed_at = position
            if self._is_on_field(position):
                middle = self.to_image(self.field.boundingRect().center())
                x, y = self.to_image(position)
                self._grip = (middle[0] - x, middle[1] - y)
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is held; a small tremble is none."""
        position = event.position()
        if self._pressed_at is not None:
            moved = (position - self._pressed_at).manhattanLength()
            if moved < QApplication.startDragDistance():
                return
            self._pressed_at = None
        if self._grip is not None:
            x, y = self.to_image(position)
            self.place_chosen.emit(x + self._grip[0], y + self._grip[1])
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            self._show_grip(position)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for the place of a click, or let go."""
        is_click = self._pressed_at is not None
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()
            if is_click:
                self.place_chosen.emit(*self.to_image(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the field of view by the arrow keys, by a quarter of it."""
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None or not (self.is_located and self._field):
            super().keyPressEvent(event)
            return
        box = self.field.boundingRect()
        moved = QPointF(step[0] * box.width(), step[1] * box.height())
        self.place_chosen.emit(*self.to_image(box.center() + moved))

    def _seen(self, corners: Corners) -> QPolygonF:
        return QPolygonF([self.to_widget(x, y) for x, y in corners])

    def _let_go(self) -> None:
        self._pressed_at = self._grip = None

    def _show_grip(self, position: QPointF) -> None:
        if self.is_located and self._is_on_field(position):
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        elif self.is_located:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()

    def _is_tiny(self) -> bool:
        box = self.field.boundingRect()
        return max(box.width(), box.height()) < _TINY

    def _is_on_field(self, position: QPointF) -> bool:
        """Say whether the field can be gripped there: not where it is all around."""
        if not self._field:
            return False
        field = self.field
        if self._is_tiny():
            middle = field.boundingRect().center()
            return (position - middle).manhattanLength() < _TINY
        surrounds = field.boundingRect().contains(QRectF(self.rect()))
        return not surrounds and field.containsPoint(position, Qt.FillRule.OddEvenFill)


_ARROWS: Final = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -_STEP),
    Qt.Key.Key_Down: (0.0, _STEP),
}


def _is_everything(corners: Corners) -> bool:
    """Say whether the corners are the image's own: nothing to mark."""
    values = (value for corner in corners for value in corner)
    return all(min(abs(value), abs(value - 1)) < 1e-6 for value in values)


def _outline(
    painter: QPainter, polygon: QPolygonF, color: QColor, width: float
) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(_HALO, width + 2), QPen(color, width)):
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawPolygon(polygon)


def _cross(painter: QPainter, middle: QPointF, color: QColor) -> None:
    gap = _TINY / 2
    for pen in (QPen(_HALO, 4), QPen(color, 2)):
        painter.setPen(pen)
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(
                middle + QPointF(x * gap, y * gap),
                middle + QPointF(x * (gap + _ARM), y * (gap + _ARM)),
            )
