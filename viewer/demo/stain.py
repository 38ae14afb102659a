"""From stains to colors: light through hematoxylin, eosin and blood.

Light that passes through stain grows dim by the law of Beer and Lambert, as in a
microscope. Amounts are about 1 where a stain is strong. Most of the work is done on
amounts as one byte each, `coded`, whose steps are the finer the less stain there is.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.demo.scanner import scanned
from viewer.demo.texture import Field, ramp

Coded = NDArray[np.uint8]
"""Amounts of one stain, as bytes."""

# Optical density of each stain in red, green and blue.
HEMATOXYLIN: Final = (0.92, 1.28, 0.52)
EOSIN: Final = (0.085, 0.70, 0.37)
BLOOD: Final = (0.09, 0.78, 0.62)
GLASS: Final = (244.0, 243.0, 242.0)

MOST: Final = 2.55
"""The largest amount that a byte can say."""

PUSHED: Final = 0.55
"""How much of the eosin gives way to a nucleus."""


def coded(amounts: Field) -> Coded:
    """Return amounts as bytes; what is too much becomes the most."""
    roots = np.sqrt(amounts * np.float32(255**2 / MOST))
    roots += np.float32(0.5)
    np.minimum(roots, np.float32(255), out=roots)
    return roots.astype(np.uint8)


def amounts(codes: Coded) -> Field:
    """Return the amounts that bytes stand for, float32."""
    return codes.astype(np.float32) ** 2 * np.float32(MOST / 255**2)


def seen(hematoxylin: Field, eosin: Field, blood: Field) -> Field:
    """Return the sRGB color of light through stains, 0 to 255, (..., 3) float32."""
    left = 1 - np.float32(PUSHED) * ramp(hematoxylin, 0.3, 0.75)
    eosin = eosin * left
    colors: list[Field] = []
    for blue, pink, red, glass in zip(HEMATOXYLIN, EOSIN, BLOOD, GLASS, strict=True):
        density = hematoxylin * np.float32(blue)
        density = density + eosin * np.float32(pink) + blood * np.float32(red)
        colors.append(np.exp(-density) * np.float32(glass))
    return np.stack(colors, axis=-1)


class Colors:
    """Tables from coded stains to pixels as the scanner stores them; immutable.

    A pixel is a number of 4 bytes: red, green, blue, and one that does not matter.
    """

    def __init__(self) -> None:
        """Make the tables: some milliseconds."""
        codes = amounts(np.arange(256, dtype=np.uint8))
        first, second = codes[:, None], codes[None, :]
        nothing = np.zeros((1, 1), np.float32)
        self._stained = _packed(seen(first, second, nothing))
        self._bloody = _packed(seen(nothing, second, first))

    def pixels(
        self, hematoxylin: Coded, eosin: Coded, blood: Coded | None
    ) -> NDArray[np.uint8]:
        """Return (rows, columns, 4) bytes. There is no hematoxylin where blood is."""
        index = hematoxylin.astype(np.uint16)
        index <<= 8
        index |= eosin
        packed = self._stained.take(index)
        if blood is not None:
            rows, columns = np.nonzero(blood)
            index = blood[rows, columns].astype(np.uint16) << 8
            packed[rows, columns] = self._bloody.take(index | eosin[rows, columns])
        return packed.view(np.uint8).reshape(*hematoxylin.shape, 4)


def _packed(colors: Field) -> NDArray[np.uint32]:
    stored = scanned(colors)
    pixels = np.zeros((*stored.shape[:-1], 4), np.uint8)
    pixels[..., :3] = stored
    return pixels.view(np.uint32).ravel()
