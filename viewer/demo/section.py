"""The demo's picture: the stained section as a scanner stores it, part by part."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viewer.demo import layout
from viewer.demo.block import Block
from viewer.demo.cells import NUCLEUS_EDGE, draw_sprites
from viewer.demo.layout import COARSE
from viewer.demo.stain import Coded, Colors, coded
from viewer.demo.texture import Field, noise
from viewer.demo.tissue import TEXTURE, Tissue
from viewer.slide.geometry import Size

FINE: Final = 2
"""Pixels of level 0 to half a micrometer."""

SIZE: Final = Size(FINE * layout.SIZE.width, FINE * layout.SIZE.height)
LARGEST: Final = 1536
"""How many pixels can be drawn at a time, across and down."""

SEED: Final = 20250602


class Section:
    """The whole picture, `size` pixels of level 0; the same each time. Immutable."""

    def __init__(self, tissue: Tissue) -> None:
        """Prepare what is laid on a plan: some tenths of a second."""
        random = np.random.default_rng(SEED)
        self.size = SIZE
        self._tissue = tissue
        self._sprites = draw_sprites(random)
        self._nuclei = coded(self._sprites.nuclei)
        self._colors = Colors()
        grain = 128 + 7 * noise(random, (TEXTURE, TEXTURE), 5)
        self._grain = np.tile(np.clip(grain, 96, 160).astype(np.uint16), (3, 3))

    def draw(self, x: int, y: int, size: Size) -> NDArray[np.uint8]:
        """Return a rectangle's pixels, (rows, columns, 4) uint8. Any thread.

        Red, green, blue as the scanner stores them, and a byte that does not matter.
        The rectangle, at most LARGEST wide and high, is drawn with some surroundings,
        so that however the picture is cut the pixels are the same.
        """
        if max(size) > LARGEST:
            raise ValueError(f"{size}; expected {LARGEST} columns and rows at most")
        block = _block_around(x, y, size)
        if self._tissue.is_bare(block):
            nothing = np.zeros((size.height, size.width), np.uint8)
            return self._colors.pixels(nothing, nothing, None)
        self._tissue.stain(block)
        block.clear(self._tissue.cells.goblets, self._sprites.goblets)
        block.bleed(self._tissue.cells.blood, self._sprites.blood)
        self._tissue.finish(block)
        hematoxylin, eosin = _enlarged(block.hematoxylin), _enlarged(block.eosin)
        blood = _enlarged(block.blood) if block.blood.any() else None
        left, top = FINE * block.x, FINE * block.y
        self._roughen(eosin, left, top)
        hematoxylin = self._stamp_nuclei(hematoxylin, left, top)
        part = np.s_[y - top : y - top + size.height, x - left : x - left + size.width]
        return self._colors.pixels(
            hematoxylin[part], eosin[part], None if blood is None else blood[part]
        )

    def _roughen(self, eosin: Coded, left: int, top: int) -> None:
        """Give eosin the finest grain, which is missing after enlarging it."""
        rows, columns = (
            slice(first % TEXTURE, first % TEXTURE + count)
            for first, count in zip((top, left), eosin.shape, strict=True)
        )
        grained = self._grain[rows, columns] * eosin
        grained >>= 7
        np.minimum(grained, 255, out=grained)
        eosin[:] = grained

    def _stamp_nuclei(self, hematoxylin: Coded, left: int, top: int) -> Coded:
        """Return the plane with nuclei laid on it, each the darker of the two."""
        height, width = hematoxylin.shape
        edge = NUCLEUS_EDGE
        canvas = np.pad(hematoxylin, edge)
        nuclei = self._tissue.cells.nuclei
        columns = np.round(nuclei["x"] * FINE).astype(np.int32) - left + edge // 2
        rows = np.round(nuclei["y"] * FINE).astype(np.int32) - top + edge // 2
        near = (columns >= 0) & (columns <= width + edge)
        near &= (rows >= 0) & (rows <= height + edge)
        for column, row, sprite in zip(
            columns[near].tolist(),
            rows[near].tolist(),
            nuclei["sprite"][near].tolist(),
            strict=True,
        ):
            place = canvas[row : row + edge, column : column + edge]
            np.maximum(place, self._nuclei[sprite], out=place)
        return canvas[edge:-edge, edge:-edge]


def _block_around(x: int, y: int, size: Size) -> Block:
    """Return the block of half micrometers around pixels, a coarse sample more."""
    left, top = (first // FINE // COARSE - 1 for first in (x, y))
    right, bottom = (
        -(-last // FINE // COARSE) + 1 for last in (x + size.width, y + size.height)
    )
    return Block(
        left * COARSE,
        top * COARSE,
        Size((right - left) * COARSE, (bottom - top) * COARSE),
    )


def _enlarged(amounts: Field) -> Coded:
    image = Image.fromarray(coded(amounts))
    size = (image.width * FINE, image.height * FINE)
    return np.array(image.resize(size, Image.Resampling.BICUBIC))
