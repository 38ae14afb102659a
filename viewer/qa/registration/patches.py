"""Small parts of a level as numbers: samples of one layer, and what there is to see."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.registration.shrinking import cut
from viewer.slide.model import Empty, Samples, Slide, TileKey

Patch = NDArray[np.float32]
"""Samples (rows, columns, channels): R, G, B, or one of grey."""


class Layer(NamedTuple):
    """A focal plane and an optical path, by number in the slide."""

    focal_plane: int = 0
    optical_path: int = 0


class Area(NamedTuple):
    """A rectangle of a level, in its own whole pixels; it may stick out."""

    level: int
    left: int
    top: int
    width: int
    height: int


LARGEST: Final = 1 << 24
"""Pixels that are read at once."""


def read_patch(slide: Slide, area: Area, layer: Layer) -> Patch:
    """Return the samples of an area, as stored; raises SlideError. Any thread.

    What lies outside the level or was not scanned has the layer's absent color.
    """
    path = slide.optical_paths[layer.optical_path]
    absent = path.absent if path.grey_range is None else (path.grey_range[0],)
    patch = np.empty((area.height, area.width, len(absent)), np.float32)
    patch[:] = absent
    for key, x, y in _tiles(slide, area, layer):
        samples = slide.read_samples(key)
        if not isinstance(samples, Empty):
            _paste(patch, samples, x, y)
    return patch


def read_scaled(
    slide: Slide, area: Area, layer: Layer, finer: int
) -> NDArray[np.float32]:
    """Return what a finer level shows of an area, as luma at the area's own scale.

    Each pixel is the mean of those that it covers; raises SlideError. Any thread.
    """
    own, other = slide.levels[area.level].size, slide.levels[finer].size
    x, y = other.width / own.width, other.height / own.height
    left, top = int(area.left * x), int(area.top * y)
    right = min(other.width, int((area.left + area.width) * x) + 1)
    bottom = min(other.height, int((area.top + area.height) * y) + 1)
    source = Area(finer, left, top, right - left, bottom - top)
    fine = luma(read_patch(slide, source, layer))
    row, column = area.top * y - top, area.left * x - left
    return cut(
        fine,
        (row, row + area.height * y, area.height),
        (column, column + area.width * x, area.width),
    )


def luma(patch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how bright pixels are, (rows, columns): Rec. 601 of colors."""
    if patch.shape[2] == 1:
        return patch[..., 0]
    return patch @ np.array([0.299, 0.587, 0.114], np.float32)


def colors_of(samples: Samples) -> NDArray[np.generic]:
    """Return samples as (rows, columns, channels): R, G, B, or one of grey."""
    return samples[..., None] if samples.ndim == 2 else samples[..., 2::-1]


def _tiles(
    slide: Slide, area: Area, layer: Layer
) -> Iterator[tuple[TileKey, int, int]]:
    """Yield the tiles that an area meets, and where they begin in it."""
    level = slide.levels[area.level]
    width, height = level.tile_size
    columns = range(
        max(0, area.left // width),
        min(level.columns, -(-(area.left + area.width) // width)),
    )
    rows = range(
        max(0, area.top // height),
        min(level.rows, -(-(area.top + area.height) // height)),
    )
    for row in rows:
        for column in columns:
            yield (
                TileKey(slide.serial, area.level, column, row, *layer),
                column * width - area.left,
                row * height - area.top,
            )


def _paste(patch: Patch, samples: Samples, x: int, y: int) -> None:
    """Copy where the two overlap."""
    found = colors_of(samples)
    rows = slice(max(0, y), min(patch.shape[0], y + found.shape[0]))
    columns = slice(max(0, x), min(patch.shape[1], x + found.shape[1]))
    if rows.start < rows.stop and columns.start < columns.stop:
        patch[rows, columns] = found[
            rows.start - y : rows.stop - y, columns.start - x : columns.stop - x
        ]
