"""Any rectangle of any level, composed from tiles; never resampled."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.slide.errors import SlideError
from viewer.slide.geometry import Size
from viewer.slide.look import DisplayTile, Look
from viewer.slide.model import EMPTY, Level, Slide

_MOST_BYTES: Final = 1 << 30
_FARTHEST: Final = 1 << 40  # pixels, where a float still knows each of them


@dataclass(frozen=True, slots=True)
class Region:
    """Pixels (rows, columns, 3) uint8 RGB, and the sentences of tiles that failed."""

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
    _check(slide, place, look)
    level = slide.levels[place.level]
    left = floor(place.x / level.downsample.x + 0.5)
    top = floor(place.y / level.downsample.y + 0.5)
    pixels = np.empty((place.size.height, place.size.width, 3), np.uint8)
    pixels[:] = look.absent(slide.optical_paths[look.optical_paths[0]])
    failures: list[str] = []
    columns = _tiles(left, place.size.width, level.tile_size.width, level.columns)
    rows = _tiles(top, place.size.height, level.tile_size.height, level.rows)
    for row in rows:
        for column in columns:
            tile = DisplayTile(
                slide.serial, place.level, column, row, place.focal_plane, look
            )
            try:
                drawn = _drawn(slide, tile)
            except SlideError as error:
                failures.append(str(error))
                continue
            if drawn is not None:
                _paste(pixels, drawn, _offset(level, tile, left, top))
    return Region(pixels, tuple(failures))


def _check(slide: Slide, place: Place, look: Look) -> None:
    width, height = place.size
    if not (abs(place.x) < _FARTHEST and abs(place.y) < _FARTHEST):
        raise SlideError(
            f"{slide.name}: a region at {place.x}, {place.y} was asked for, expected "
            f"less than {_FARTHEST} either way."
        )
    limits = (
        ("level", place.level, len(slide.levels)),
        ("focal plane", place.focal_plane, len(slide.focal_planes)),
        *(
            ("optical path", path, len(slide.optical_paths))
            for path in look.optical_paths
        ),
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


def _drawn(slide: Slide, tile: DisplayTile) -> NDArray[np.uint8] | None:
    """Read the optical paths that the look wants; None where none has anything."""
    look = tile.look
    found = [slide.read_samples(key, look.color) for key in tile.tile_keys()]
    if all(each is EMPTY for each in found):
        return None
    return look.render(found, tile.level)


def _offset(level: Level, tile: DisplayTile, left: int, top: int) -> tuple[int, int]:
    return (
        tile.column * level.tile_size.width - left,
        tile.row * level.tile_size.height - top,
    )


def _paste(
    pixels: NDArray[np.uint8], drawn: NDArray[np.uint8], offset: tuple[int, int]
) -> None:
    """Copy BGRX into RGB where the two overlap; `offset` is that of `drawn`."""
    x, y = offset
    rows = slice(max(0, y), min(pixels.shape[0], y + drawn.shape[0]))
    columns = slice(max(0, x), min(pixels.shape[1], x + drawn.shape[1]))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    part = drawn[
        rows.start - y : rows.stop - y, columns.start - x : columns.stop - x, :3
    ]
    pixels[rows, columns] = part[..., ::-1]


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
