"""A whole slide as a picture of a few hundred pixels, without reading all of it."""

from collections.abc import Iterator
from math import ceil
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.registration.patches import (
    Area,
    Layer,
    Patch,
    colors_of,
    luma,
    read_patch,
)
from viewer.qa.run import Run
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.model import Empty, Slide, TileKey, stored_levels

EDGE: Final = 256
"""Pixels of the longer edge, where a level is read whole; at most."""

MOST_TILES: Final = 1200
"""Tiles that are read for it; of a level with more, samples are taken."""

LATTICE: Final = 24
"""Samples along the longer edge of a level that is not read whole."""


def small_picture(slide: Slide, layer: Layer, run: Run) -> Patch:
    """Return one layer of a slide as a small picture, (rows, columns, channels).

    From the coarsest stored level that is large enough; of a slide that has only a
    giant one, small samples at the nodes of a lattice. What cannot be read is as if
    it were not scanned. Blocks; memory does not depend on the slide. Raises Cancelled.
    """
    number = _level(slide)
    level = slide.levels[number]
    if level.columns * level.rows > MOST_TILES:
        return _sampled(slide, number, layer, run)
    cell = ceil(max(level.size) / EDGE)
    rows, columns = (max(1, each // cell) for each in reversed(level.size))
    keys = [
        TileKey(slide.serial, number, column, row, *layer)
        for row in range(level.rows)
        for column in range(level.columns)
    ]
    absent = _absent(slide, layer)
    sums = np.zeros((rows + 1, columns + 1, len(absent)))
    counts = np.zeros((rows + 1, columns + 1, 1))
    reduced = run.each(
        lambda key: _reduced(slide, key, cell),
        keys,
        f"Overviewing {slide.name}",
        len(keys),
    )
    for part in reduced:
        if part is not None:
            height, width = part.counts.shape[:2]
            down = slice(part.row, part.row + height)
            across = slice(part.column, part.column + width)
            sums[down, across] += part.sums
            counts[down, across] += part.counts
    whole = np.where(counts > 0, sums / np.maximum(counts, 1), absent)
    return whole[:rows, :columns].astype(np.float32)


def small_luma(slide: Slide, layer: Layer, run: Run) -> NDArray[np.float32]:
    """Return how bright the slide is, (rows, columns); see `small_picture`."""
    return luma(small_picture(slide, layer, run))


def _level(slide: Slide) -> int:
    stored = stored_levels(slide)
    large = [each for each in stored if max(slide.levels[each].size) >= EDGE]
    return large[-1] if large else stored[0]


def _absent(slide: Slide, layer: Layer) -> tuple[int, ...]:
    path = slide.optical_paths[layer.optical_path]
    return path.absent if path.grey_range is None else (path.grey_range[0],)


class _Reduced(NamedTuple):
    """Sums of the pixels of a tile in each cell, and how many they are."""

    row: int
    column: int
    sums: NDArray[np.float64]
    counts: NDArray[np.float64]


def _reduced(slide: Slide, key: TileKey, cell: int) -> _Reduced | None:
    try:
        samples = slide.read_samples(key)
    except Cancelled:
        raise
    except SlideError:  # what cannot be read, others report
        return None
    if isinstance(samples, Empty):
        return None
    width, height = slide.levels[key.level].tile_size
    pixels = colors_of(samples)
    top, left = key.row * height, key.column * width
    sums = _by_cells(_by_cells(pixels, top, cell).swapaxes(0, 1), left, cell)
    counts = np.multiply.outer(
        _lengths(top, pixels.shape[0], cell), _lengths(left, pixels.shape[1], cell)
    )
    return _Reduced(
        top // cell, left // cell, sums.swapaxes(0, 1), counts[..., None].astype(float)
    )


def _by_cells(
    pixels: NDArray[np.generic], start: int, cell: int
) -> NDArray[np.float64]:
    """Add up along the first axis what lies in the same cell."""
    return np.add.reduceat(
        pixels, _starts(start, pixels.shape[0], cell), axis=0, dtype=np.float64
    )


def _starts(start: int, length: int, cell: int) -> NDArray[np.intp]:
    first = range(cell - start % cell, length, cell)
    return np.array([0, *first], np.intp)


def _lengths(start: int, length: int, cell: int) -> NDArray[np.intp]:
    return np.diff([*_starts(start, length, cell), length])


def _sampled(slide: Slide, number: int, layer: Layer, run: Run) -> Patch:
    """Take the mean of a small square at each node of a lattice, even on both sides."""
    size = slide.levels[number].size
    longer = max(size)
    columns, rows = (max(4, round(LATTICE * each / longer)) for each in size)
    areas = list(_nodes(number, size, rows, columns))
    means = run.each(
        lambda area: _mean(slide, area, layer),
        areas,
        f"Sampling {slide.name}",
        len(areas),
    )
    absent = np.array(_absent(slide, layer), np.float32)
    found = [absent if mean is None else mean for mean in means]
    return np.array(found, np.float32).reshape(rows, columns, -1)


def _nodes(
    number: int, size: tuple[int, int], rows: int, columns: int
) -> Iterator[Area]:
    width, height = size
    edge = min(64, width // columns, height // rows)
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * width / columns, (row + 0.5) * height / rows
            yield Area(number, int(x) - edge // 2, int(y) - edge // 2, edge, edge)


def _mean(slide: Slide, area: Area, layer: Layer) -> NDArray[np.float32] | None:
    try:
        return read_patch(slide, area, layer).mean(axis=(0, 1))
    except Cancelled:
        raise
    except SlideError:
        return None
