"""StatusRow: fields side by side, of which the least important give way first."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

LEAST_LETTERS: Final = 6
"""A text with less room than this says nothing, and is not shown."""

GAP: Final = 4


class _Field(NamedTuple):
    widget: QWidget
    rank: int
    at_end: bool


class StatusRow(QWidget):
    """Lays out fields from the left, and others from the right end.

    A layout of Qt's would take room from all of them alike, until none can be read.
    Here a field gets its whole width, in the order of rank, as long as there is room;
    the first that does not fit gets the rest, if that is worth reading.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without fields."""
        super().__init__(parent)
        self._fields: list[_Field] = []

    def add(self, widget: QWidget, rank: int, *, at_end: bool = False) -> None:
        """Add a field to the right of those at its end; rank 0 goes last."""
        widget.setParent(self)
        self._fields.append(_Field(widget, rank, at_end))
        self.updateGeometry()

    def is_dropped(self, widget: QWidget) -> bool:
        """Whether a field has no room just now."""
        return widget.width() == 0

    def sizeHint(self) -> QSize:
        """Return the room that all fields would take."""
        width = sum(field.widget.sizeHint().width() + GAP for field in self._shown())
        return QSize(width, self._height())

    def minimumSizeHint(self) -> QSize:
        """Return no width: fields give way, the window does not widen."""
        return QSize(0, self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new room."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Share the room anew when a field has changed."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
            self.updateGeometry()
        return super().event(event)

    def _height(self) -> int:
        """Return the height of the highest field, shown or not: nothing jumps."""
        heights = (field.widget.sizeHint().height() for field in self._fields)
        return max(heights, default=0)

    def _shown(self) -> Iterator[_Field]:
        return (field for field in self._fields if not field.widget.isHidden())

    def _arrange(self) -> None:
        widths = self._widths()
        left, right = 0, self.width()
        for field in self._shown():
            width = widths[field.widget]
            if not field.at_end:
                self._place(field.widget, left, width)
                left += width + (GAP if width else 0)
        for field in reversed(list(self._shown())):
            width = widths[field.widget]
            if field.at_end:
                self._place(field.widget, right - width, width)
                right -= width + (GAP if width else 0)

    def _widths(self) -> dict[QWidget, int]:
        """Share the room in the order of rank."""
        widths: dict[QWidget, int] = {}
        room = self.width()
        for widget, _rank, _at_end in sorted(self._shown(), key=lambda each: each.rank):
            whole = widget.sizeHint().width()
            letters = LEAST_LETTERS * widget.fontMetrics().averageCharWidth()
            least = max(widget.minimumSizeHint().width(), min(whole, letters))
            width = min(whole, room) if room >= least else 0
            widths[widget] = width
            room = max(0, room - width - (GAP if width else 0))
        return widths

    def _place(self, widget: QWidget, left: int, width: int) -> None:
        height = min(widget.sizeHint().height(), self.height())
        widget.setGeometry(left, (self.height() - height) // 2, width, height)
