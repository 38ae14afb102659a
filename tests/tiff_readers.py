"""One picture as four independent readers see it."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openslide
import pydicom
import tifffile
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[Any]


def by_libtiff(path: Path) -> Pixels:
    """Read the first page as Pillow's libtiff does: (rows, columns[, 3])."""
    with Image.open(path) as image:
        plain = image.mode in ("L", "RGB") or image.mode.startswith("I;16")
        return np.asarray(image if plain else image.convert("RGB"))


def by_tifffile(path: Path, page: int = 0) -> Pixels:
    """Read a page as tifffile does: (rows, columns[, 3])."""
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)
    with tifffile.TiffFile(path) as file:
        return file.pages[page].asarray()


def by_openslide(path: Path) -> Pixels:
    """Read level 0 as OpenSlide does, from a name that ends in .tif: RGB."""
    with openslide.OpenSlide(path) as slide:
        return np.asarray(slide.read_region((0, 0), 0, slide.dimensions))[..., :3]


def by_pydicom(path: Path, layer: int = 0) -> Pixels:
    """Put the frames of one layer of a TILED_FULL file together, as pydicom decodes."""
    dataset = pydicom.dcmread(path)
    color = dataset.SamplesPerPixel == 3
    frames = dataset.pixel_array.reshape(
        -1, dataset.Rows, dataset.Columns, *((3,) if color else ())
    )
    across = -(-dataset.TotalPixelMatrixColumns // dataset.Columns)
    down = -(-dataset.TotalPixelMatrixRows // dataset.Rows)
    frames = frames[layer * across * down :][: across * down]
    grid = frames.reshape(down, across, *frames.shape[1:]).swapaxes(1, 2)
    whole = grid.reshape(down * dataset.Rows, across * dataset.Columns, *grid.shape[4:])
    return whole[: dataset.TotalPixelMatrixRows, : dataset.TotalPixelMatrixColumns]


READERS: Mapping[str, Callable[[Path], Pixels]] = {
    "libtiff": by_libtiff,
    "tifffile": by_tifffile,
    "OpenSlide": by_openslide,
    "pydicom": by_pydicom,
}
"""Of TIFF three, of DICOM one."""


def farthest(one: Pixels, other: Pixels) -> int:
    """Return the largest difference of two pictures of one size."""
    assert one.shape == other.shape
    return int(np.abs(one.astype(int) - other.astype(int)).max())
