"""MapGeometry: where a minimap is, and which part of it is which part of the slide.

Plain arithmetic in pixels of the view; no Qt.
"""

from dataclasses import dataclass
from typing import Final

from viewer.slide.geometry import Rect, Size

_PART: Final = 0.2
"""Of either side of the view that a map takes, if that makes it wide enough."""

_LONG_PART: Final = 0.6
"""Of one side of the view, for a slide that is far longer than wide."""

_WIDE_ENOUGH: Final = 24
_SMALLEST_VIEW: Final = 200.0


@dataclass(frozen=True, slots=True)
class MapGeometry:
    """A map of `width` x `height` with the picture of a slide at `picture` in it.

    Invariant: the picture has the proportions of the slide, to a pixel, and the map is
    the picture made wide enough to be hit.
    """

    slide: Size
    width: int
    height: int
    picture: Rect

    def to_slide(self, x: float, y: float) -> tuple[float, float]:
        """Return the level-0 position of a point of the map, on the slide."""
        inside = self.picture
        across = min(max((x - inside.x) / inside.width, 0.0), 1.0)
        down = min(max((y - inside.y) / inside.height, 0.0), 1.0)
        return across * self.slide.width, down * self.slide.height

    def to_map(self, area: Rect) -> Rect:
        """Return where an area of level-0 pixels is on the map; may stick out."""
        across = self.picture.width / self.slide.width
        down = self.picture.height / self.slide.height
        return Rect(
            self.picture.x + area.x * across,
            self.picture.y + area.y * down,
            area.width * across,
            area.height * down,
        )


def map_geometry(
    slide: Size, view_width: float, view_height: float
) -> MapGeometry | None:
    """Return a map for a view of this size; None where there is no room for one.

    A fifth of the view; a slide of 1:40 would be a hair then, so it may be longer.
    """
    if min(view_width, view_height) < _SMALLEST_VIEW:
        return None
    scale = _fitting(slide, view_width * _PART, view_height * _PART)
    wide = _WIDE_ENOUGH / min(slide)
    if scale < wide:
        most = _fitting(slide, view_width * _LONG_PART, view_height * _LONG_PART)
        scale = min(wide, most)
    width = max(1, round(slide.width * scale))
    height = max(1, round(slide.height * scale))
    map_width, map_height = max(width, _WIDE_ENOUGH), max(height, _WIDE_ENOUGH)
    left, top = (map_width - width) // 2, (map_height - height) // 2
    return MapGeometry(slide, map_width, map_height, Rect(left, top, width, height))


def _fitting(slide: Size, width: float, height: float) -> float:
    return min(width / slide.width, height / slide.height)
