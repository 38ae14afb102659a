"""The frame around a picture that got the focus by a key, so that it can be seen."""

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPalette, QPen

_WIDTH: Final = 2

_KEYS: Final = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
    }
)


def came_by_key(event: QFocusEvent) -> bool:
    """Whether the focus came by Tab or F6; after a click nobody has to look for it."""
    return event.gotFocus() and event.reason() in _KEYS


def paint_focus(painter: QPainter, area: QRect, palette: QPalette) -> None:
    """Paint the frame along the inner edge of an area."""
    painter.save()
    pen = QPen(palette.highlight().color(), _WIDTH)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = _WIDTH // 2
    painter.drawRect(area.adjusted(half, half, -half, -half))
    painter.restore()
