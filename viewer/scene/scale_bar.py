"""ScaleBar: a line that is a round number of micrometers long."""

from math import floor, log10
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPalette

from viewer.scene.device_pixels import device_point, in_device_pixels
from viewer.scene.navigation import micrometers_per_pixel
from viewer.scene.overlay import MARGIN, PADDING, Canvas, paint_plate

_LONGEST: Final = 0.25
"""Of the view. The next shorter step is at least two fifths of it."""

_STEPS: Final = (5, 2, 1)
_THICKNESS: Final = 4  # pixels of the view
_LEAST_ROOM: Final = 24  # pixels of the view: a shorter bar says nothing


class Bar(NamedTuple):
    """A bar of so many micrometers, and how many device pixels that is, unrounded."""

    micrometers: float
    length: float

    @property
    def label(self) -> str:
        """The length in words: micrometers, from 1000 on millimeters."""
        if self.micrometers >= 1000:
            return f"{self.micrometers / 1000:g} mm"
        return f"{self.micrometers:g} µm"


def bar_for(longest: float, micrometers_per_device_pixel: float) -> Bar:
    """Return the longest bar in 1-2-5 steps of at most `longest` device pixels."""
    most = longest * micrometers_per_device_pixel
    decade = 10.0 ** floor(log10(most))
    # Behind the smallest step stands the largest of the decade below, for the case
    # that the logarithm of a round number was rounded up.
    steps = [step * decade for step in _STEPS] + [decade / 2]
    micrometers = next(step for step in steps if step <= most)
    return Bar(micrometers, micrometers / micrometers_per_device_pixel)


class ScaleBar:
    """Paints the bar for the spacing along x in the bottom left corner of a view.

    Nothing where the scale is unknown: better no bar than a wrong one.
    """

    def __init__(self) -> None:
        self.is_shown = True

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint plate, bar and text."""
        scale = micrometers_per_pixel(canvas.slide)
        ratio = painter.deviceTransform().m11()
        longest = canvas.size.width() * _LONGEST
        if scale is None or longest < _LEAST_ROOM:
            return
        bar = bar_for(longest * ratio, scale[0] * canvas.viewport.pixel_size)
        metrics = QFontMetricsF(canvas.font)
        text = metrics.height()
        width = max(bar.length / ratio, metrics.horizontalAdvance(bar.label))
        height = text + _THICKNESS + 1.5 * PADDING
        plate = QRectF(
            MARGIN,
            canvas.size.height() - MARGIN - height,
            width + 2 * PADDING,
            height,
        )
        paint_plate(painter, plate, canvas.palette)
        ink = canvas.palette.color(QPalette.ColorRole.WindowText)
        painter.setPen(ink)
        above = QRectF(plate.left(), plate.top() + PADDING / 2, plate.width(), text)
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, bar.label)
        left = plate.left() + (plate.width() - bar.length / ratio) / 2
        x, y = device_point(painter, QPointF(left, above.bottom()))
        size = round(bar.length), max(1, round(_THICKNESS * ratio))
        with in_device_pixels(painter):
            painter.fillRect(QRect(x, y, *size), ink)
