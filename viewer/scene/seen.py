"""Seen: which parts of a slide were looked at long enough, and closely enough."""

from collections import deque
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from viewer.slide.geometry import Rect, Size

SECONDS: Final = 0.3
"""So long a place has to be on screen to count as seen."""

_LONG_SIDE: Final = 512  # pixels of the mask


class Dwelling:
    """Finds what has been in view all the time for SECONDS, also while panning.

    Invariant: the areas are those that were in view at some time in the last SECONDS,
    each with the time from which on it was; None where too little was magnified.
    """

    def __init__(self) -> None:
        self._areas: deque[tuple[float, Rect | None]] = deque()

    def look_at(self, area: Rect | None, now: float) -> None:
        """Note what is in view from now on; `now` never goes back."""
        self._areas.append((now, area))
        self._forget(now)

    def seen(self, now: float) -> Rect | None:
        """Return what has been in view without a break for SECONDS until now."""
        self._forget(now)
        if not self._areas or self._areas[0][0] > now - SECONDS:
            return None
        common: Rect | None = self._areas[0][1]
        for _, area in self._areas:
            if area is None or common is None:
                return None
            common = common.intersected(area)
        return None if common is None or common.is_empty else common

    def clear(self) -> None:
        """Begin anew, as with another slide."""
        self._areas.clear()

    def _forget(self, now: float) -> None:
        """Leave out what was replaced before the time that counts."""
        while len(self._areas) > 1 and self._areas[1][0] <= now - SECONDS:
            self._areas.popleft()


class SeenMap:
    """The parts of one slide that were seen, as a small mask; in memory only."""

    def __init__(self, size: Size) -> None:
        """Begin with nothing of a slide of `size` level-0 pixels."""
        longer = max(size)
        self._scale_x = self._scale_y = min(1.0, _LONG_SIDE / longer)
        width = max(1, round(size.width * self._scale_x))
        height = max(1, round(size.height * self._scale_y))
        self._scale_x, self._scale_y = width / size.width, height / size.height
        self.mask = QImage(width, height, QImage.Format.Format_Alpha8)
        """Opaque where something was seen; stretched over the slide."""
        self.mask.fill(0)

    def add(self, area: Rect) -> None:
        """Count an area of level-0 pixels as seen."""
        painter = QPainter(self.mask)
        painter.fillRect(
            QRectF(
                area.x * self._scale_x,
                area.y * self._scale_y,
                area.width * self._scale_x,
                area.height * self._scale_y,
            ),
            Qt.GlobalColor.black,
        )
        painter.end()
