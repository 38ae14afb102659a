"""Painting in whole device pixels, whatever the pixel ratio of the screen."""

from collections.abc import Generator
from contextlib import contextmanager
from math import floor

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter


@contextmanager
def in_device_pixels(painter: QPainter) -> Generator[None, None, None]:
    """Let the units of a painter be device pixels, without smoothing, for a while."""
    painter.save()
    painter.resetTransform()
    inverted, _ = painter.deviceTransform().inverted()
    painter.setWorldTransform(inverted)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # noqa: FBT003
    try:
        yield
    finally:
        painter.restore()


def device_point(painter: QPainter, point: QPointF) -> tuple[int, int]:
    """Return the device pixel of a point in the painter's units."""
    mapped = painter.deviceTransform().map(point)
    return floor(mapped.x() + 0.5), floor(mapped.y() + 0.5)
