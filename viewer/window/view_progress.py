"""How much of a view is there, and how much is still to come."""

from typing import NamedTuple

from PySide6.QtGui import QImage

from viewer.qt.images import Picture
from viewer.scene.slide_view import SlideView
from viewer.slide.look import DisplayTile
from viewer.tiles.loader import Failure, TileLoader
from viewer.tiles.plan import target_places

_SAMPLES = 8  # points across and down, at which a growing picture is looked at


class ViewProgress(NamedTuple):
    """What the target level lacks in view.

    `waiting` counts tiles that are missing or still growing, `known` is the share of
    the view's area that is known, 0 to 1. `is_growing` is whether a tile is being put
    together from so many frames that it shows before it is complete.
    """

    waiting: int
    known: float
    is_growing: bool


def view_progress(
    view: SlideView, loader: TileLoader[DisplayTile, Picture]
) -> ViewProgress:
    """Look at every tile of the target level in view. GUI thread."""
    slide = view.slide
    if slide is None:
        return ViewProgress(0, 1.0, is_growing=False)
    waiting, total, known, is_growing = 0, 0.0, 0.0, False
    viewport = view.viewport_state()
    for place in target_places(slide.levels, viewport):
        level = slide.levels[place.level]
        area = level.tile_area(place.column, place.row).intersected(viewport.area)
        plane = view.focal_plane
        shown = loader.get(DisplayTile(slide.serial, *place, plane, view.look))
        share = _known(shown)
        waiting += shown is None or (isinstance(shown, Picture) and not shown.complete)
        is_growing |= isinstance(shown, Picture) and not shown.complete
        total += area.width * area.height
        known += area.width * area.height * share
    return ViewProgress(waiting, known / total if total else 1.0, is_growing)


def _known(shown: Picture | Failure[DisplayTile] | None) -> float:
    """Return the share of a tile that is known: a growing one is clear elsewhere."""
    if shown is None:
        return 0.0
    if isinstance(shown, Failure) or shown.complete or shown.image is None:
        return 1.0
    few: QImage = shown.image.scaled(_SAMPLES, _SAMPLES)
    points = ((x, y) for x in range(_SAMPLES) for y in range(_SAMPLES))
    return sum(few.pixel(x, y) >> 24 > 0 for x, y in points) / _SAMPLES**2
