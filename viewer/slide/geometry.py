"""Sizes, rectangles, scales and spacings: arithmetic only, spaces named by the user."""

from typing import NamedTuple


class Size(NamedTuple):
    """Whole pixels across and down."""

    width: int
    height: int


class Scale(NamedTuple):
    """Two factors, never rounded: along x (columns) and along y (rows)."""

    x: float
    y: float


class Spacing(NamedTuple):
    """Millimeters from one pixel center to the next: along x (columns) and y (rows).

    DICOM's Pixel Spacing (0028,0030) has them the other way round: row, then column.
    """

    x: float
    y: float


class Rect(NamedTuple):
    """A rectangle of floats; in level-0 pixels unless its holder says otherwise."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x just behind the rectangle."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y just behind the rectangle."""
        return self.y + self.height

    @property
    def is_empty(self) -> bool:
        """Whether it has no area."""
        return self.width <= 0 or self.height <= 0

    def intersected(self, other: "Rect") -> "Rect":
        """Return the common part; empty (zero width or height) where there is none."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        width = min(self.right, other.right) - left
        height = min(self.bottom, other.bottom) - top
        return Rect(left, top, max(0.0, width), max(0.0, height))

    def grown(self, by_x: float, by_y: float) -> "Rect":
        """Return the rectangle with a margin on every side."""
        return Rect(
            self.x - by_x, self.y - by_y, self.width + 2 * by_x, self.height + 2 * by_y
        )
