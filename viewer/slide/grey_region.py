"""A rectangle of the samples of one grey optical path, as stored."""

from math import floor
from typing import NamedTuple

import numpy as np

from viewer.slide.errors import SlideError
from viewer.slide.model import Empty, Samples, Slide, TileKey
from viewer.slide.region import Place, check_place


class GreyRegion(NamedTuple):
    """Samples (rows, columns), uint8 or uint16, and the sentences of failed tiles."""

    pixels: Samples
    failures: tuple[str, ...]


def read_grey_region(slide: Slide, place: Place, optical_path: int) -> GreyRegion:
    """Compose a region from samples; what is not there is 0. Any thread.

    uint16 where samples are wider than 8 bits. The place is as in
    `viewer.slide.region.read_region`, and so are the errors raised.
    """
    check_place(slide, place, (optical_path,))
    grey = slide.optical_paths[optical_path].grey_range
    if grey is None:
        raise SlideError(f"{slide.name}: optical path {optical_path} is not grey.")
    shape = place.size.height, place.size.width
    whole: Samples = np.zeros(shape, np.uint8)
    if grey[1] > 255:
        whole = np.zeros(shape, np.uint16)
    failures: list[str] = []
    for key, x, y in _tiles(slide, place, optical_path):
        try:
            found = slide.read_samples(key)
        except SlideError as error:
            failures.append(str(error))
            continue
        if not isinstance(found, Empty):
            _paste(whole, found, x, y)
    return GreyRegion(whole, tuple(failures))


def _tiles(
    slide: Slide, place: Place, optical_path: int
) -> list[tuple[TileKey, int, int]]:
    """Return the tiles that a region meets, and where they begin in it."""
    level = slide.levels[place.level]
    tile_width, tile_height = level.tile_size
    left = floor(place.x / level.downsample.x + 0.5)
    top = floor(place.y / level.downsample.y + 0.5)
    right, bottom = left + place.size.width, top + place.size.height
    columns = range(
        max(0, left // tile_width), min(level.columns, -(-right // tile_width))
    )
    rows = range(max(0, top // tile_height), min(level.rows, -(-bottom // tile_height)))
    plane = place.focal_plane
    return [
        (
            TileKey(slide.serial, place.level, column, row, plane, optical_path),
            column * tile_width - left,
            row * tile_height - top,
        )
        for row in rows
        for column in columns
    ]


def _paste(whole: Samples, found: Samples, x: int, y: int) -> None:
    """Copy where the two overlap."""
    rows = slice(max(0, y), min(whole.shape[0], y + found.shape[0]))
    columns = slice(max(0, x), min(whole.shape[1], x + found.shape[1]))
    if rows.start < rows.stop and columns.start < columns.stop:
        whole[rows, columns] = found[
            rows.start - y : rows.stop - y, columns.start - x : columns.stop - x
        ]
