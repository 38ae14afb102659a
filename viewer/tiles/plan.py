"""Which tiles a view wants, and how those at hand cover it: pure functions.

All rectangles are level-0 pixels. Edges of tiles are rounded to 1/65536 of a pixel,
which no zoom shows. Below 2**36 pixels that makes `x + width` exact, so two patches
that meet have the very same float as their common edge. For the GUI thread, every
frame: no function here may take a millisecond for an ordinary view.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from viewer.slide.geometry import Rect
from viewer.slide.model import Level
from viewer.tiles.axis import Axis, Piece, snapped

BACKDROP_TILES = 20
"""A level of so few tiles is loaded whole and kept, so that no view is ever blank."""

_ROUNDING = 1.001  # a ceil-rounded level is a little coarser than its round factor
_CHEAP_STEPS = 3  # halvings that the decoder does by itself (8 = the DCT block of JPEG)


@dataclass(frozen=True, slots=True)
class Viewport:
    """What a view shows.

    `area` is in level-0 pixels and may stick out of the slide; `pixel_size` is level-0
    pixels per device pixel.
    """

    area: Rect
    pixel_size: float


class Place(NamedTuple):
    """One tile of the pyramid, whatever the focal plane and the look."""

    level: int
    column: int
    row: int


class Patch(NamedTuple):
    """Draw this part of that tile there; nothing to draw yet where `place` is None.

    `source` is in pixels of the tile, from its corner; `target` in level-0 pixels.
    """

    place: Place | None
    source: Rect
    target: Rect


def level_for(levels: Sequence[Level], pixel_size: float) -> int:
    """Return the coarsest level that still has a pixel for each device pixel, else 0.

    Never a coarser level for a smaller `pixel_size`.
    """
    limit = pixel_size * _ROUNDING
    for number in range(len(levels) - 1, 0, -1):
        if max(levels[number].downsample) <= limit:
            return number
    return 0


def backdrop_level(levels: Sequence[Level]) -> int:
    """Return the finest level with at most BACKDROP_TILES tiles, else the coarsest."""
    for number, level in enumerate(levels):
        if level.columns * level.rows <= BACKDROP_TILES:
            return number
    return len(levels) - 1


def tiles_in(level_number: int, levels: Sequence[Level], area: Rect) -> list[Place]:
    """Return the tiles of a level that an area meets, row by row.

    A tile that is only touched at its edge is not met.
    """
    bounds = _bounds(levels, area)
    if bounds is None:
        return []
    left, top, right, bottom = bounds
    columns = _across(levels, level_number).span(left, right).tiles
    rows = _down(levels, level_number).span(top, bottom).tiles
    return [Place(level_number, column, row) for row in rows for column in columns]


def target_places(levels: Sequence[Level], viewport: Viewport) -> list[Place]:
    """Return the tiles that make a view complete: those of its level inside it."""
    target = level_for(levels, viewport.pixel_size)
    return tiles_in(target, levels, viewport.area)


def wanted(
    levels: Sequence[Level], viewport: Viewport, capacity: int = 400
) -> list[Place]:
    """Return the tiles worth having for a view, the most urgent first, no tile twice.

    A stored backdrop; a coarser stand-in where it costs little; the view from its
    center out; a computed backdrop; one ring around the view; the next coarser level
    under it and the next finer one in its middle. The tail beyond `capacity` is cut.

    Why is a computed backdrop not first? It may stand for every frame of the slide, and
    most of it falls out of the work for the view anyway.
    """
    target = level_for(levels, viewport.pixel_size)
    view = _from_center(levels, tiles_in(target, levels, viewport.area), viewport.area)
    backdrop = backdrop_level(levels)
    behind = _backdrop_places(levels, backdrop, viewport.area)
    ahead = _stand_in(levels, viewport.area, target, backdrop, len(view) // 5)
    order = [*behind, *ahead, *view] if levels[backdrop].stored else [*view, *behind]
    if len(order) < capacity and _is_cheap(levels, target):
        order += _around(levels, viewport.area, target)
    return list(dict.fromkeys(order))[: max(0, capacity)]


def patches(
    levels: Sequence[Level],
    viewport: Viewport,
    exposed: Rect,
    has: Callable[[Place], bool],
) -> Iterator[Patch]:
    """Cover the exposed part of the slide exactly once with the best tiles at hand.

    Where the tile of the view's own level is missing, the finest coarser one that `has`
    knows takes its place, cropped. Finer tiles never do: drawing them smaller than they
    are would alias. `has` is asked at most once for a place.
    """
    bounds = _bounds(levels, exposed)
    if bounds is not None:
        cover = _Cover(levels, has, bounds)
        yield from cover.patches(level_for(levels, viewport.pixel_size), bounds)


def _is_cheap(levels: Sequence[Level], number: int) -> bool:
    finer = number
    while finer > 0 and not levels[finer].stored:
        finer -= 1
    return number - finer <= _CHEAP_STEPS


def _from_center(
    levels: Sequence[Level], places: list[Place], area: Rect
) -> list[Place]:
    if not places:
        return places
    level = levels[places[0].level]
    across = level.tile_size.width * level.downsample.x
    down = level.tile_size.height * level.downsample.y
    center_x = (area.x + area.width / 2) / across - 0.5
    center_y = (area.y + area.height / 2) / down - 0.5
    squeeze = (down / across) ** 2  # so that distance is one of pixels, not of tiles

    def distance(place: Place) -> float:
        _, column, row = place
        return (column - center_x) ** 2 + (row - center_y) ** 2 * squeeze

    return sorted(places, key=distance)


def _backdrop_places(levels: Sequence[Level], number: int, area: Rect) -> list[Place]:
    level = levels[number]
    if level.columns * level.rows <= BACKDROP_TILES:
        width, height = levels[0].size
        area = Rect(0, 0, width, height)
    return _from_center(levels, tiles_in(number, levels, area), area)


def _stand_in(
    levels: Sequence[Level], area: Rect, target: int, backdrop: int, most: int
) -> list[Place]:
    for number in range(target + 1, backdrop):
        if levels[number].stored:
            places = tiles_in(number, levels, area)
            if len(places) <= most:
                return places
    return []


def _around(levels: Sequence[Level], area: Rect, target: int) -> list[Place]:
    """Return the ring around a view and the levels next to it, in that order."""
    level = levels[target]
    ring = area.grown(
        level.tile_size.width * level.downsample.x,
        level.tile_size.height * level.downsample.y,
    )
    order = _from_center(levels, tiles_in(target, levels, ring), area)
    if target + 1 < len(levels) and _is_cheap(levels, target + 1):
        order += _from_center(levels, tiles_in(target + 1, levels, area), area)
    if target > 0:
        middle = area.grown(-area.width / 4, -area.height / 4)
        order += _from_center(levels, tiles_in(target - 1, levels, middle), middle)
    return order


class _Bounds(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


def _bounds(levels: Sequence[Level], area: Rect) -> _Bounds | None:
    """Return the edges of an area's part on the slide; None where there is none."""
    width, height = levels[0].size
    bounds = _Bounds(
        snapped(min(max(area.x, 0), width)),
        snapped(min(max(area.y, 0), height)),
        snapped(min(max(area.right, 0), width)),
        snapped(min(max(area.bottom, 0), height)),
    )
    if bounds.left >= bounds.right or bounds.top >= bounds.bottom:
        return None
    return bounds


def _across(levels: Sequence[Level], number: int) -> Axis:
    level = levels[number]
    return Axis(
        level.tile_size.width, level.columns, level.size.width, level.downsample.x
    )


def _down(levels: Sequence[Level], number: int) -> Axis:
    level = levels[number]
    return Axis(
        level.tile_size.height, level.rows, level.size.height, level.downsample.y
    )


_NOTHING = Rect(0.0, 0.0, 0.0, 0.0)


class _Cover:
    """One painting: what is at hand on the coarser levels, and cuts made so far.

    Cuts are the same for a whole row or column of tiles, hence remembered.
    """

    def __init__(
        self, levels: Sequence[Level], has: Callable[[Place], bool], bounds: _Bounds
    ) -> None:
        self._has = has
        self._bounds = bounds
        self._across = [_across(levels, number) for number in range(len(levels))]
        self._down = [_down(levels, number) for number in range(len(levels))]
        self._at_hand: list[set[Place] | None] = [None] * len(levels)
        self._columns: dict[tuple[int, float, float], list[Piece]] = {}
        self._rows: dict[tuple[int, float, float], list[Piece]] = {}

    def patches(self, target: int, bounds: _Bounds) -> Iterator[Patch]:
        for row in self._down[target].pieces(bounds.top, bounds.bottom):
            for column in self._across[target].pieces(bounds.left, bounds.right):
                place = Place(target, column.tile, row.tile)
                if self._has(place):
                    yield _patch(place, column, row)
                else:
                    yield from self._stand_ins(target + 1, column, row)

    def _stand_ins(self, level: int, column: Piece, row: Piece) -> Iterator[Patch]:
        while level < len(self._across) and not self._places_at_hand(level):
            level += 1
        if level == len(self._across):
            yield _patch(None, column, row)
            return
        at_hand = self._places_at_hand(level)
        for part_down in self._cut(self._rows, self._down, level, row):
            for part_across in self._cut(self._columns, self._across, level, column):
                place = Place(level, part_across.tile, part_down.tile)
                if place in at_hand:
                    yield _patch(place, part_across, part_down)
                else:
                    yield from self._stand_ins(level + 1, part_across, part_down)

    def _places_at_hand(self, level: int) -> set[Place]:
        places = self._at_hand[level]
        if places is None:
            left, top, right, bottom = self._bounds
            columns = self._across[level].span(left, right).tiles
            rows = self._down[level].span(top, bottom).tiles
            candidates = [
                Place(level, column, row) for row in rows for column in columns
            ]
            places = {place for place in candidates if self._has(place)}
            self._at_hand[level] = places
        return places

    @staticmethod
    def _cut(
        known: dict[tuple[int, float, float], list[Piece]],
        axes: list[Axis],
        level: int,
        piece: Piece,
    ) -> list[Piece]:
        key = (level, piece.target, piece.length)
        pieces = known.get(key)
        if pieces is None:
            pieces = axes[level].pieces(piece.target, piece.target + piece.length)
            known[key] = pieces
        return pieces


def _patch(place: Place | None, column: Piece, row: Piece) -> Patch:
    target = Rect(column.target, row.target, column.length, row.length)
    if place is None:
        return Patch(None, _NOTHING, target)
    source = Rect(column.source, row.source, column.source_length, row.source_length)
    return Patch(place, source, target)
