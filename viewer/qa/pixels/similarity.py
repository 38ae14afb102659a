"""Structural similarity (SSIM; Wang et al. 2004) of two pictures, in blocks of luma."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.slide.model import Samples

BLOCK: Final = 8
"""Pixels along the edges of a block; blocks do not overlap."""

_BLUE, _GREEN, _RED = 29, 150, 77  # of 256: 0.114, 0.587 and 0.299 (BT.601)
_REST_OF_GREEN = _GREEN - 256 * _BLUE
_UNIT = 256  # luma is counted in these, so that the weights need no division
_MIDDLE = 128 * _UNIT  # taken off before squaring, for the sake of single precision
_C1, _C2 = (0.01 * 255 * _UNIT) ** 2, (0.03 * 255 * _UNIT) ** 2


class Similarity(NamedTuple):
    """The sum of the SSIM of a number of blocks."""

    total: float
    blocks: int


def similarity(a: Samples, b: Samples, peak: int) -> Similarity:
    """Compare the luma of two arrays of one shape, block by block. Any thread.

    Blocks are 8 x 8 pixels from the upper left, smaller at the right and lower edges;
    each counts once. BGRX is weighted as in BT.601; grey samples reach up to `peak`.
    Means, variances and the covariance are those of the block's pixels alike (divided
    by their number), the constants those of the paper for 255.
    """
    counts = _counts(a.shape[0], a.shape[1])
    ours, theirs = _in_rows(luma(a, peak)), _in_rows(luma(b, peak))
    mean_a, mean_b, square, mixed = _sums(ours, theirs) / counts
    square -= mean_a * mean_a
    square -= mean_b * mean_b  # now both variances
    mixed -= mean_a * mean_b  # the covariance
    mean_a += _MIDDLE
    mean_b += _MIDDLE
    product = mean_a * mean_b
    mean_a *= mean_a
    mean_b *= mean_b
    mean_a += mean_b
    values = (2 * product + _C1) * (2 * mixed + _C2)
    values /= (mean_a + _C1) * (square + _C2)
    return Similarity(float(values.sum(dtype=np.float64)), values.size)


def luma(samples: Samples, peak: int) -> NDArray[np.float32]:
    """Return luma, (rows, columns), in 256ths of 255, less the middle. Any thread."""
    if samples.ndim == 3:
        # Whole numbers of 16 bits: their arithmetic is the fastest that numpy has.
        weighted = _weighted(samples)
        weighted ^= _MIDDLE  # with the sign read as one, the same as taking it off
        return weighted.view(np.int16).astype(np.float32)
    scaled = samples.astype(np.float32)
    scaled *= 255 * _UNIT / peak
    scaled -= _MIDDLE
    return scaled


def _weighted(bgrx: Samples) -> NDArray[np.uint16]:
    """Return 256 times the luma, in arithmetic that wraps at 65,536 as its sums do."""
    pixels = np.ascontiguousarray(bgrx).view("<u4")[..., 0]
    luma = pixels.astype(np.uint16)  # blue and 256 times green
    greens = (pixels >> 8).astype(np.uint16)  # green and 256 times red
    reds = greens >> 8
    luma *= _BLUE
    greens *= _REST_OF_GREEN % 65536
    luma += greens
    reds *= (_RED - 256 * _REST_OF_GREEN) % 65536
    luma += reds
    return luma


def _counts(rows: int, columns: int) -> NDArray[np.float32]:
    """Return how many pixels each block has; one number where all are whole."""
    if not (rows % BLOCK or columns % BLOCK):
        return np.array(BLOCK * BLOCK, np.float32)
    down, across = (
        np.minimum(BLOCK, edge - np.arange(0, edge, BLOCK)) for edge in (rows, columns)
    )
    return np.multiply.outer(down, across).astype(np.float32)


def _in_rows(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (rows of blocks, 8, columns), filled up with zeros to whole blocks."""
    rows, columns = picture.shape
    down, across = -(-rows // BLOCK), -(-columns // BLOCK)
    if (rows, columns) != (down * BLOCK, across * BLOCK):
        whole = np.zeros((down * BLOCK, across * BLOCK), np.float32)
        whole[:rows, :columns] = picture
        picture = whole
    return picture.reshape(down, BLOCK, across * BLOCK)


def _sums(
    ours: NDArray[np.float32], theirs: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return of each block the sums of both, of both's squares and of their product.

    The shape is (4, rows of blocks, blocks across). What lies above each other is added
    up first, as the processor does many columns at once.
    """
    down, _, across = ours.shape
    lines = np.empty((5, down, across), np.float32)
    np.einsum("hiw->hw", ours, out=lines[0])
    np.einsum("hiw->hw", theirs, out=lines[1])
    for line, (one, other) in enumerate(
        ((ours, ours), (ours, theirs), (theirs, theirs)), 2
    ):
        np.einsum("hiw,hiw->hw", one, other, out=lines[line])
    lines[2] += lines[4]
    return np.einsum("nhwi->nhw", lines[:4].reshape(4, down, -1, BLOCK))
