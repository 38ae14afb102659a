"""Overlay: what is painted over the slide and stays where it is on the screen."""

from typing import Final, NamedTuple, Protocol

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPalette

from viewer.slide.model import Slide
from viewer.tiles.plan import Viewport

MARGIN: Final = 12
"""Pixels of the view between its edge and what is painted there."""

PADDING: Final = 6
"""Pixels of the view between a plate's edge and its text."""

_PLATE_ALPHA: Final = 225  # enough for text on any tissue
_CORNER: Final = 4.0


class Canvas(NamedTuple):
    """What an overlay is painted on; `size` is in pixels of the view, not the device.

    `viewport` is what the view shows, in level-0 pixels.
    """

    slide: Slide
    viewport: Viewport
    size: QSize
    palette: QPalette
    font: QFont


class Overlay(Protocol):
    """Something to paint over the slide.

    The view paints it whenever something below it is painted, so it has to be quick:
    well below a millisecond. Who changes an overlay updates the view's viewport.
    """

    @property
    def is_shown(self) -> bool:
        """Whether it is to be painted."""
        ...

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint it, in pixels of the view from its top left corner.

        `viewer.scene.device_pixels` makes edges fall on pixels of the device.
        """
        ...


class Overlays:
    """The overlays of a view, the lowest first."""

    def __init__(self) -> None:
        self._overlays: list[Overlay] = []

    def add(self, overlay: Overlay) -> None:
        """Put an overlay over those there are."""
        self._overlays.append(overlay)

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint those that are shown; `painter` may have any transform."""
        for overlay in self._overlays:
            if overlay.is_shown:
                painter.save()
                painter.resetTransform()
                painter.setFont(canvas.font)
                overlay.paint(painter, canvas)
                painter.restore()


def paint_plate(painter: QPainter, area: QRectF, palette: QPalette) -> None:
    """Paint the ground on which text can be read, whatever is below."""
    color = palette.color(QPalette.ColorRole.Window)
    color.setAlpha(_PLATE_ALPHA)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(area, _CORNER, _CORNER)
    painter.restore()
