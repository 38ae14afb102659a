"""Are these samples RGB or YCbCr: a guess, for where no header says it.

Background is nearly grey, whatever the stain: its three samples are alike in RGB, and
the second and third are near 128 in YCbCr. Brightfield background is the brightest part
of a picture, fluorescence background the darkest.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

_DARK: Final = 64
_MIDDLE: Final = 128
_PIXELS: Final = 1 << 16


def looks_like_ycbcr(pictures: Iterable[NDArray[np.uint8]]) -> bool:
    """Return whether the pictures' background is YCbCr rather than RGB.

    Each is (rows, columns, 3); about 65,536 pixels of each are looked at. Any thread.
    """
    pixels = np.concatenate([_some(picture) for picture in pictures])
    first = pixels[:, 0]
    if np.median(first) < _DARK:
        background = pixels[first <= np.quantile(first, 0.1)]
    else:
        background = pixels[first >= np.quantile(first, 0.9)]
    others = background[:, 1:]
    from_middle = np.abs(others - _MIDDLE).mean()
    from_first = np.abs(others - background[:, :1]).mean()
    return bool(from_middle < from_first)


def _some(picture: NDArray[np.uint8]) -> NDArray[np.int16]:
    pixels = picture.reshape(-1, 3)
    return pixels[:: max(1, len(pixels) // _PIXELS)].astype(np.int16)
