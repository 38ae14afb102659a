"""Tiles of noise around a tint: as hard to compress as tissue, and telling their level.

The luminance carries the noise; the mean color of any few pixels is the level's tint,
so a screen shot says by itself which level each part of it was drawn from.
"""

from math import cos, pi, sin

import imagecodecs
import numpy as np
import simplejpeg
from numpy.typing import NDArray

TINTS = 8
_CANVAS = 1536
_CHROMA = 45  # distance of a tint from grey, in Cb and Cr


def tint(level: int) -> NDArray[np.int16]:
    """Return a level's mean color as (R, G, B); levels differ in hue alone."""
    angle = 2 * pi * level / TINTS
    blue, red = _CHROMA * cos(angle), _CHROMA * sin(angle)
    color = (
        130 + 1.402 * red,
        130 - 0.344136 * blue - 0.714136 * red,
        130 + 1.772 * blue,
    )
    return np.rint(color).astype(np.int16)


def levels_shown(rgb: NDArray[np.uint8], block: int = 16) -> NDArray[np.int_]:
    """Return the level each block of a screen shot was drawn from, -1 where none.

    `rgb` is (rows, columns, 3 or more); the result (rows // block, columns // block).
    """
    rows, columns = rgb.shape[0] // block, rgb.shape[1] // block
    cut = rgb[: rows * block, : columns * block, :3]
    shape = (rows, block, columns, block, 3)
    mean = cut.reshape(shape).mean((1, 3), dtype=np.float32)
    red, green, blue = mean[..., 0], mean[..., 1], mean[..., 2]
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    cb, cr = (blue - luma) / 1.772, (red - luma) / 1.402
    step = np.rint(np.arctan2(cr, cb) / (2 * pi / TINTS)).astype(int) % TINTS
    return np.where(np.hypot(cb, cr) > _CHROMA / 2, step, -1)


class TileSource:
    """Draws distinct tiles; the same seed gives the same tiles. Any thread."""

    def __init__(self, seed: int, edge: int) -> None:
        self.edge = edge
        self._canvas = _noise(np.random.default_rng(seed))
        self._seed = seed

    def pixels(self, level: int, number: int) -> NDArray[np.uint8]:
        """Return tile `number` of a level: (edge, edge, 3) RGB."""
        random = np.random.default_rng((self._seed, level, number))
        x, y, u, v = random.integers(0, _CANVAS - self.edge, 4)
        drawn = self._canvas[y : y + self.edge, x : x + self.edge]
        # The sum of two cuts: no tile is another one shifted.
        drawn = drawn + self._canvas[v : v + self.edge, u : u + self.edge]
        drawn += tint(level)
        return np.clip(drawn, 0, 255).astype(np.uint8)


def jpeg(pixels: NDArray[np.uint8], quality: int) -> bytes:
    """Encode RGB as baseline JPEG, JFIF, 4:2:0."""
    return simplejpeg.encode_jpeg(pixels, quality, "RGB", "420")


def jpeg_of_size(
    pixels: NDArray[np.uint8], quality: int, smallest: int, largest: int
) -> bytes:
    """Encode at about `quality` so that the length is in a range.

    Raises ValueError where no quality gives that.
    """
    data = jpeg(pixels, quality)
    while not smallest <= len(data) <= largest and 2 < quality < 98:
        quality += 1 if len(data) < smallest else -1
        data = jpeg(pixels, quality)
    if not smallest <= len(data) <= largest:
        raise ValueError(f"no quality gives {smallest} to {largest} bytes")
    return data


def jpeg2000(pixels: NDArray[np.uint8], psnr: int) -> bytes:
    """Encode RGB as lossy JPEG 2000 with the component transform."""
    data = imagecodecs.jpeg2k_encode(
        pixels, level=psnr, codecformat="j2k", reversible=False, mct=True
    )
    return bytes(data)


def _noise(random: np.random.Generator) -> NDArray[np.int16]:
    """Return noise of mean zero at four scales: (canvas, canvas, 3)."""
    total = np.zeros((_CANVAS, _CANVAS), np.float32)
    for step, amplitude in ((1, 2.0), (2, 3.5), (8, 8.0), (32, 10.0)):
        coarse = random.standard_normal((_CANVAS // step,) * 2, np.float32)
        total += amplitude * coarse.repeat(step, 0).repeat(step, 1)
    total -= total.mean()
    chroma = random.standard_normal((_CANVAS // 16, _CANVAS // 16, 3), np.float32)
    chroma -= chroma.mean((0, 1))
    color = total[..., None] + 3 * chroma.repeat(16, 0).repeat(16, 1)
    return np.rint(color).astype(np.int16)
