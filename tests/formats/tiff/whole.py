"""Whole levels, put together from tiles; and small TIFF files, by tifffile."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from viewer.formats import OpenOptions, open_slides
from viewer.slide.model import EMPTY, Personality, Slide, TileKey, stored_levels


@contextmanager
def opened(path: Path, personality: Personality | None = None) -> Generator[Slide]:
    """Open the one slide of a path."""
    found = open_slides([path], OpenOptions(personality=personality))
    try:
        assert len(found.slides) == 1
        yield found.slides[0]
    finally:
        for slide in found.slides:
            slide.close()


def whole(
    slide: Slide, level: int = 0, plane: int = 0, optical_path: int = 0
) -> NDArray[Any]:
    """Put a stored level together: RGB, or grey."""
    number = stored_levels(slide)[level]
    shape = slide.levels[number]
    picture: NDArray[Any] | None = None
    for row in range(shape.rows):
        for column in range(shape.columns):
            key = TileKey(slide.serial, number, column, row, plane, optical_path)
            tile = slide.read_samples(key)
            assert tile is not EMPTY
            if tile.ndim == 3:
                assert (tile[..., 3] == 255).all()
                tile = tile[..., 2::-1]
            if picture is None:
                size = (shape.size.height, shape.size.width, *tile.shape[2:])
                picture = np.zeros(size, tile.dtype)
            y, x = row * shape.tile_size.height, column * shape.tile_size.width
            picture[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
    assert picture is not None
    return picture


def gradient(height: int, width: int, dtype: Any = np.uint8) -> NDArray[Any]:
    """Return RGB in which no two neighbors are alike, with all bits in use."""
    y, x = np.mgrid[0:height, 0:width].astype(np.uint32)
    top = np.iinfo(dtype).max
    planes = [(x * 257 + y * 31), (x * 13 + y * 509), (x * 7 + y * 3) * 97]
    return np.dstack([(plane % (top + 1)) for plane in planes]).astype(dtype)


def smooth(height: int, width: int) -> NDArray[np.uint8]:
    """Return RGB without sharp edges, which lossy codecs keep."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = 128 + 100 * np.sin(x / 37), 128 + 100 * np.cos(y / 29)
    return np.dstack([red, green, 128 + 90 * np.sin((x + y) / 51)]).astype(np.uint8)


def write(path: Path, data: NDArray[Any], **how: Any) -> Path:
    """Write one page; `big` and `order` are of the file, the rest of the page."""
    big, order = how.pop("big", False), how.pop("order", "<")
    with tifffile.TiffWriter(path, bigtiff=big, byteorder=order) as file:
        file.write(data, metadata=None, **how)
    return path
