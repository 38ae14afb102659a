"""Any rectangle of any level, composed from tiles; never resampled."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.slide.adjustment import NEUTRAL
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Size
from viewer.slide.look import DisplayTile, Look
from viewer.slide.model import EMPTY, Empty, Level, Slide

_MOST_BYTES: Final = 1 << 30
_FARTHEST: Final = 1 << 40  # pixels, where a float still knows each of them


@dataclass(frozen=True, slots=True)
class Region:
    """Pixels (rows, columns, 3) uint8 RGB, and the sentences of tiles that failed.

    The pixels are packed, as other libraries want them: C-contiguous, the caller's own.
    """

    pixels: NDArray[np.uint8]
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a region lies: `x` and `y` in level-0 pixels, `size` in the level's own.

    OpenSlide's convention. `level` counts in `slide.levels`.
    """

    level: int
    x: float
    y: float
    size: Size
    focal_plane: int = 0


def read_region(slide: Slide, place: Place, look: Look | None = None) -> Region:
    """Compose a region, drawn with a look (by default: as stored, first optical path).

    The region starts at floor(x / downsample + 0.5), y alike, in the level's pixels.
    What lies outside the level or is not stored takes the optical path's absent color,
    and so does a tile that cannot be read, whose sentence is in `failures`. Any thread.
    Raises SlideError for a level, plane or optical path that does not exist, for more
    than 1 GiB of pixels and for places beyond any slide.
    """
    look = look or Look.natural(slide.optical_paths[0])
    check_place(slide, place, look.optical_paths)
    level = slide.levels[place.level]
    left = floor(place.x / level.downsample.x + 0.5)
    top = floor(place.y / level.downsample.y + 0.5)
    canvas = np.empty((place.size.height, place.size.width, 3), np.uint8)
    absent = look.absent(slide.optical_paths[look.optical_paths[0]])
    if not _lies_within(level, left, top, place.size):
        canvas[:] = absent
    failures: list[str] = []
    columns = _tiles(left, place.size.width, level.tile_size.width, level.columns)
    rows = _tiles(top, place.size.height, level.tile_size.height, level.rows)
    for row in rows:
        for column in columns:
            tile = DisplayTile(
                slide.serial, place.level, column, row, place.focal_plane, look
            )
            try:
                drawn = _drawn(slide, tile, level)
            except SlideError as error:
                failures.append(str(error))
                drawn = None
            area = _area(level, tile, left, top)
            if drawn is None or drawn.shape[:2] != (area.height, area.width):
                _fill(canvas, absent, area)
            if drawn is not None:
                _paste(canvas, drawn, area)
            drawn = None  # the next tile may have its memory, still in the cache
    return Region(canvas, tuple(failures))


def check_place(slide: Slide, place: Place, optical_paths: Sequence[int]) -> None:
    """Raise SlideError for what a slide does not have, see `read_region`."""
    width, height = place.size
    if not (abs(place.x) < _FARTHEST and abs(place.y) < _FARTHEST):
        raise SlideError(
            f"{slide.name}: a region at {place.x}, {place.y} was asked for, expected "
            f"less than {_FARTHEST} either way."
        )
    limits = (
        ("level", place.level, len(slide.levels)),
        ("focal plane", place.focal_plane, len(slide.focal_planes)),
        *(("optical path", path, len(slide.optical_paths)) for path in optical_paths),
    )
    for thing, asked, count in limits:
        if not 0 <= asked < count:
            raise SlideError(
                f"{slide.name}: {thing} {asked} was asked for, expected 0 to "
                f"{count - 1}."
            )
    if width < 1 or height < 1 or width * height * 3 > _MOST_BYTES:
        raise SlideError(
            f"{slide.name}: a region of {width} x {height} pixels was asked for, "
            "expected 1 x 1 to 1 GiB of pixels."
        )


def _tiles(start: int, length: int, tile: int, count: int) -> range:
    first = max(0, start // tile)
    last = min(count, -(-(start + length) // tile))
    return range(first, max(first, last))


def _lies_within(level: Level, left: int, top: int, size: Size) -> bool:
    """Whether all of a region is the level's, so that tiles leave nothing out."""
    return (
        left >= 0
        and top >= 0
        and left + size.width <= level.size.width
        and top + size.height <= level.size.height
    )


def _drawn(slide: Slide, tile: DisplayTile, level: Level) -> NDArray[np.uint8] | None:
    """Read the optical paths that the look wants; None where none has anything."""
    look = tile.look
    found = [slide.read_samples(key, look.color) for key in tile.tile_keys()]
    if all(each is EMPTY for each in found):
        return None
    if len(found) == 1 and level.stored and _does_nothing(look):
        samples = found[0]
        if not isinstance(samples, Empty) and samples.ndim == 3:
            return samples.astype(np.uint8, copy=False)
    return look.render(found, tile.level)


def _does_nothing(look: Look) -> bool:
    """Whether stored colors are drawn as they are, so that rendering is spared."""
    return not look.corrections and look.adjustment == NEUTRAL


class _Area(NamedTuple):
    """A rectangle in the pixels of a region, which may stick out of it."""

    x: int
    y: int
    width: int
    height: int


def _area(level: Level, tile: DisplayTile, left: int, top: int) -> _Area:
    return _Area(
        tile.column * level.tile_size.width - left,
        tile.row * level.tile_size.height - top,
        *level.tile_extent(tile.column, tile.row),
    )


def _fill(canvas: NDArray[np.uint8], color: tuple[int, int, int], area: _Area) -> None:
    x, y = max(0, area.x), max(0, area.y)
    canvas[y : area.y + area.height, x : area.x + area.width] = color


def _paste(canvas: NDArray[np.uint8], drawn: NDArray[np.uint8], area: _Area) -> None:
    """Copy BGRX where the two overlap; `drawn` begins where `area` does."""
    x, y = max(0, area.x), max(0, area.y)
    part = drawn[y - area.y :, x - area.x :]
    part = part[: canvas.shape[0] - y, : canvas.shape[1] - x]
    target = canvas[y : y + part.shape[0], x : x + part.shape[1]]
    for channel in range(3):  # seven times as fast as three bytes a pixel at once
        target[..., channel] = part[..., 2 - channel]


def optical_path_number(slide: Slide, wanted: str | None) -> int:
    """Find an optical path by its identifier or its number; None means the first.

    Raises SlideError, listing what there is.
    """
    if wanted is None:
        return 0
    identifiers: Sequence[str] = [path.identifier for path in slide.optical_paths]
    if wanted in identifiers:
        return identifiers.index(wanted)
    if wanted.isdecimal() and int(wanted) < len(identifiers):
        return int(wanted)
    named = ", ".join(filter(None, identifiers))
    raise SlideError(
        f"{slide.name}: optical path {wanted} was asked for, expected a number from 0 "
        f"to {len(identifiers) - 1}{' or one of ' * bool(named)}{named}."
    )
