"""The overview of the glass and the scan, in one frame: where each shows the other."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, hypot
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.qa.registration.patches import Patch, colors_of
from viewer.qa.registration.shrinking import shrunk
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import Slide
from viewer.slide.placement import Correspondence

MOST_PIXELS: Final = 1 << 26
"""Pixels of the largest overview that is looked at."""


@dataclass(frozen=True, slots=True)
class GlassPicture:
    """An overview, and where on it the scan is said to be.

    `pixels` are (rows, columns, channels) float32, 0 to 255; `millimeters` is the edge
    of one of them on the glass; `scan` the size of level 0.
    """

    pixels: Patch
    millimeters: float
    correspondence: Correspondence
    scan: Size

    @classmethod
    def of(cls, slide: Slide) -> "GlassPicture | None":
        """Read the overview; None where there is none that is placed, or readable."""
        overview, base = slide.associated.get("overview"), slide.placement
        if overview is None or overview.placement is None or base is None:
            return None
        if overview.size.width * overview.size.height > MOST_PIXELS:
            return None
        try:
            samples = overview.read()
        except Cancelled:
            raise
        except SlideError:  # others report it
            return None
        return cls(
            colors_of(samples).astype(np.float32),
            hypot(*overview.placement.across),
            Correspondence(overview.placement, base),
            slide.levels[0].size,
        )

    @property
    def scan_edges(self) -> tuple[float, float]:
        """Return how many pixels of the overview the scan is wide and high."""
        origin, right, below = (
            self.correspondence.to_picture(*corner)
            for corner in ((0, 0), (self.scan.width, 0), (0, self.scan.height))
        )
        return (
            hypot(right[0] - origin[0], right[1] - origin[1]),
            hypot(below[0] - origin[0], below[1] - origin[1]),
        )

    def scanned_part(self, rows: int, columns: int) -> Patch:
        """Return what the overview shows of the scan, the way round the scan is said.

        (rows, columns, channels), each the mean of what it covers. What lies beyond the
        overview is as at its edge.
        """
        across, down = self.scan_edges
        fine = min(_FINEST, max(1, ceil(max(across / columns, down / rows))))
        x = (np.arange(columns * fine) + 0.5) * self.scan.width / (columns * fine)
        y = (np.arange(rows * fine) + 0.5) * self.scan.height / (rows * fine)
        left, top = _mapped(self.correspondence.to_picture, x[None, :], y[:, None])
        row = np.clip(top.astype(int), 0, self.pixels.shape[0] - 1)
        column = np.clip(left.astype(int), 0, self.pixels.shape[1] - 1)
        return shrunk(self.pixels[row, column], rows, columns)

    def is_scanned(self, rows: int, columns: int, margin: float) -> NDArray[np.bool_]:
        """Return which cells of the overview lie in the scan, grown by millimeters.

        The overview is divided into as many rows and columns; a cell counts by its
        middle.
        """
        height, width = self.pixels.shape[:2]
        x = (np.arange(columns) + 0.5) * width / columns
        y = (np.arange(rows) + 0.5) * height / rows
        left, top = _mapped(self.correspondence.to_base, x[None, :], y[:, None])
        edges = self.scan_edges
        grow_x = margin / self.millimeters * self.scan.width / edges[0]
        grow_y = margin / self.millimeters * self.scan.height / edges[1]
        return (
            (left >= -grow_x)
            & (left <= self.scan.width + grow_x)
            & (top >= -grow_y)
            & (top <= self.scan.height + grow_y)
        )


_FINEST: Final = 16
_Point = tuple[float, float]


def _mapped(
    mapping: Callable[[float, float], _Point],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Apply an affine mapping, known by three of its points, to a whole grid."""
    origin, right, below = mapping(0, 0), mapping(1, 0), mapping(0, 1)
    first, second = (
        origin[axis]
        + x * (right[axis] - origin[axis])
        + y * (below[axis] - origin[axis])
        for axis in (0, 1)
    )
    return first, second
