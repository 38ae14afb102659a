"""Raw samples, as a decoder that knows no color leaves them, to Samples."""

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.color import rgb_to_bgrx, ycbcr_to_bgrx
from viewer.codecs.frame import FrameFormat
from viewer.slide.model import Samples


def finished(
    raw: NDArray[np.generic],
    declared: FrameFormat,
    *,
    bits: int,
    ycbcr: bool,
    shrink: int,
) -> Samples:
    """Turn raw samples into Samples, the mean of `shrink` squared. Any thread.

    `raw` is (rows, columns) or (rows, columns, 3), 8 or 16 bits signed or not, of which
    the lower `bits` count. Grey of 8 bits allocated becomes uint8, more becomes uint16.
    """
    samples: Samples
    if raw.ndim == 2:
        samples = _grey(unsigned(raw, bits), declared, bits)
    else:
        color = eight_bits(raw, bits)
        samples = ycbcr_to_bgrx(color) if ycbcr else rgb_to_bgrx(color)
    return shrunk(samples, shrink)


def eight_bits(raw: NDArray[np.generic], bits: int) -> NDArray[np.uint8]:
    """Return unsigned samples of at most 8 bits: the upper 8 of the lower `bits`."""
    plain = unsigned(raw, bits)
    return (plain >> max(0, bits - 8)).astype(np.uint8, copy=False)


def unsigned(raw: NDArray[np.generic], bits: int) -> Samples:
    """Return the lower `bits` of each sample; signed ones moved up to begin at 0.

    Bits above hold no part of the sample (PS3.5 8.1.1), or repeat the sign.
    """
    flipped = 1 << (bits - 1) if raw.dtype.kind == "i" else 0
    narrow = raw.dtype.itemsize == 1
    samples: Samples = raw.view(np.uint8) if narrow else raw.view(np.uint16)
    if not flipped and bits == 8 * raw.dtype.itemsize:
        return samples
    changed = (samples.astype(np.uint16) ^ flipped) & ((1 << bits) - 1)
    return changed.astype(np.uint8) if narrow else changed.astype(np.uint16)


def shrunk(samples: Samples, factor: int) -> Samples:
    """Return the rounded mean of each factor x factor block; shape ceil(size / factor).

    A block at the edge is averaged over what there is of it. Any thread.
    """
    if factor == 1:
        return samples
    rows, columns = samples.shape[:2]
    shape = (-(-rows // factor), -(-columns // factor), *samples.shape[2:])
    # 64 samples of 8 bits add up to less than 2^16.
    total = np.zeros(shape, np.uint16 if samples.itemsize == 1 else np.uint32)
    for down in range(min(factor, rows)):
        for across in range(min(factor, columns)):
            part = samples[down::factor, across::factor]
            total[: part.shape[0], : part.shape[1]] += part
    count = _block_areas(rows, columns, factor).astype(total.dtype)
    count = count.reshape(*count.shape, *(1,) * (samples.ndim - 2))
    mean = (total + count // 2) // count
    return mean.astype(np.uint8) if samples.itemsize == 1 else mean.astype(np.uint16)


def _grey(grey: Samples, declared: FrameFormat, bits: int) -> Samples:
    """Return grey in the sense of MONOCHROME2 and the width of Bits Allocated."""
    if declared.photometric == "MONOCHROME1":
        grey = np.subtract((1 << bits) - 1, grey, dtype=grey.dtype)
    if declared.bits_allocated > 8:
        return grey.astype(np.uint16, copy=False)
    return grey.astype(np.uint8, copy=False)


def _block_areas(rows: int, columns: int, factor: int) -> NDArray[np.int64]:
    """Return how many pixels each block has, as one number where all are whole."""
    if rows % factor == 0 and columns % factor == 0:
        return np.full((1, 1), factor * factor)
    down = np.minimum(factor, rows - np.arange(0, rows, factor))
    across = np.minimum(factor, columns - np.arange(0, columns, factor))
    return np.outer(down, across)
