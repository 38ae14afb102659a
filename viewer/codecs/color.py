"""Color samples: YCbCr and RGB to the BGRX that Qt draws without conversion."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

_OPAQUE: Final = 255


def rgb_to_bgrx(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn (rows, columns, 3) RGB into new (rows, columns, 4) BGRX. Any thread."""
    # Plane by plane: three times as fast as one copy with the last axis reversed.
    bgrx = np.empty((*rgb.shape[:2], 4), np.uint8)
    bgrx[..., 0] = rgb[..., 2]
    bgrx[..., 1] = rgb[..., 1]
    bgrx[..., 2] = rgb[..., 0]
    bgrx[..., 3] = _OPAQUE
    return bgrx


def ycbcr_to_bgrx(ycbcr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn (rows, columns, 3) full-range YCbCr into new BGRX. Any thread.

    The matrix is that of JFIF (T.871 clause 7), which is DICOM's YBR_FULL and ICT
    (PS3.3 C.7.6.3.1.2); each result is the exact value, rounded to nearest.
    """
    red, green, blue = _offsets()
    luma = ycbcr[..., 0].astype(np.int16)
    chroma_blue, chroma_red = ycbcr[..., 1], ycbcr[..., 2]
    bgrx = np.empty((*ycbcr.shape[:2], 4), np.uint8)
    pair = chroma_blue.astype(np.uint16) << 8 | chroma_red
    bgrx[..., 0] = np.clip(luma + blue[chroma_blue], 0, 255)
    bgrx[..., 1] = np.clip(luma + green[pair], 0, 255)
    bgrx[..., 2] = np.clip(luma + red[chroma_red], 0, 255)
    bgrx[..., 3] = _OPAQUE
    return bgrx


@cache
def _offsets() -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]:
    """Return what to add to Y: red by Cr, green by Cb * 256 + Cr, blue by Cb.

    Y is a whole number, so that rounding the offsets is rounding the result. Whole
    numbers only, in 1/1000 (and 1/587 for green), so that halves are halves.
    """
    chroma = np.arange(256) - 128
    red = 1402 * chroma
    blue = 1772 * chroma
    green = -(114 * blue[:, None] + 299 * red[None, :])
    return (
        _divided(red, 1000),
        _divided(green, 587 * 1000).ravel(),
        _divided(blue, 1000),
    )


def _divided(numerators: NDArray[np.int64], by: int) -> NDArray[np.int16]:
    """Divide and round, halves upwards."""
    return ((2 * numerators + by) // (2 * by)).astype(np.int16)
