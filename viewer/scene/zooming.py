"""Zooming: whether the scale of a view is on the move."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

SETTLE_MILLISECONDS: Final = 100
"""So long without a change, and the scale counts as still."""


class Zooming(QObject):
    """Tells one change of scale, after which the view rests, from a movement.

    Invariant: `is_under_way` while held, and from the second change in quick succession
    until the scale has been still for SETTLE_MILLISECONDS. GUI thread.
    """

    ended = Signal()
    """The movement is over; not sent after a single change."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_under_way = False
        self._is_held = False
        self._pixel_size: float | None = None
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(SETTLE_MILLISECONDS)
        self._still.timeout.connect(self._end)

    def follow(self, pixel_size: float) -> None:
        """Note the scale after each movement of the view."""
        if pixel_size == self._pixel_size:
            return
        self._pixel_size = pixel_size
        if self._is_held:
            return
        self.is_under_way = self.is_under_way or self._still.isActive()
        self._still.start()

    def hold(self) -> None:
        """Count as under way until `let_go`: more changes are known to come."""
        self._is_held = self.is_under_way = True
        self._still.stop()

    def let_go(self) -> None:
        """Go by the changes alone again; the latest is just now."""
        if self._is_held:
            self._is_held = False
            self._still.start()

    def stop(self) -> None:
        """Count the scale as still, as for another slide."""
        self._still.stop()
        self._is_held = False
        self._pixel_size = None
        self.is_under_way = False

    def _end(self) -> None:
        if self.is_under_way:
            self.is_under_way = False
            self.ended.emit()
