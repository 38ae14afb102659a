"""How far apart two arrays of samples are: exact sums that can be added up."""

from collections.abc import Iterable, Iterator
from functools import reduce
from math import inf, log10
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.pixels.similarity import BLOCK, similarity
from viewer.slide.model import Samples

PEAK: Final = 255
"""What all figures are counted in, whatever the samples can hold."""

_BAND_PIXELS: Final = 1 << 17
"""Pixels that are worked on in one go: their copies stay in the processor's caches."""

_EXACT: Final = 1 << 24
"""Up to this whole numbers are added up exactly in a float of single precision."""

_LINE: Final = 4096
"""Whole numbers that are added up in a float, at most."""

_AT_ONCE: Final = 1 << 17
"""Samples that are made floats in one go."""


class Difference(NamedTuple):
    """Two arrays of one shape, subtracted; sums that `joined` adds up.

    `largest`, `total` (of absolute differences) and `squares` are counted in 255ths of
    `peak`, which is what the samples can hold. `changed` of `pixels` are not identical.
    `similar` is the sum of the structural similarity of `blocks` (see `similarity`),
    `least_similar` the lowest mean of any array that was joined.
    """

    pixels: int = 0
    samples: int = 0
    changed: int = 0
    largest: float = 0.0
    total: float = 0.0
    squares: float = 0.0
    blocks: int = 0
    similar: float = 0.0
    least_similar: float = 1.0
    peak: int = PEAK

    @property
    def is_none(self) -> bool:
        """Whether all pixels are identical."""
        return self.changed == 0

    @property
    def mean(self) -> float:
        """The mean absolute difference of all samples, of 255."""
        return self.total / self.samples if self.samples else 0.0

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio in decibels; infinite where nothing differs."""
        if not self.squares:
            return inf
        return 10 * log10(PEAK * PEAK * self.samples / self.squares)

    @property
    def identical(self) -> float:
        """The share of pixels that are identical, 0 to 1."""
        return 1 - self.changed / self.pixels if self.pixels else 1.0

    @property
    def similarity(self) -> float:
        """The mean structural similarity (SSIM) of the blocks."""
        return self.similar / self.blocks if self.blocks else 1.0

    def joined(self, other: "Difference") -> "Difference":
        """Return the difference of what both were taken of."""
        return Difference(
            pixels=self.pixels + other.pixels,
            samples=self.samples + other.samples,
            changed=self.changed + other.changed,
            largest=max(self.largest, other.largest),
            total=self.total + other.total,
            squares=self.squares + other.squares,
            blocks=self.blocks + other.blocks,
            similar=self.similar + other.similar,
            least_similar=min(self.least_similar, other.least_similar),
            peak=max(self.peak, other.peak),
        )


def joined(differences: Iterable[Difference]) -> Difference:
    """Return the difference of all that these were taken of."""
    return reduce(Difference.joined, differences, Difference())


def difference(a: Samples, b: Samples, peak: int | None = None) -> Difference:
    """Subtract two arrays of one shape and sample type. Any thread.

    BGRX: the fourth byte is left out. Grey: 8 or 16 bits; `peak` is what they can hold
    where that is less than all bits. Raises ValueError for unlike arrays.
    """
    if a.shape != b.shape or a.dtype != b.dtype:
        raise ValueError(f"{a.dtype} {a.shape} against {b.dtype} {b.shape}")
    peak = peak or (PEAK if a.itemsize == 1 else 0xFFFF)
    bands = _bands(a.shape[0], a.shape[1])
    found = joined(_of_band(a[band], b[band], peak) for band in bands)
    return found._replace(peak=peak, least_similar=found.similarity)


def _bands(rows: int, columns: int) -> Iterator[slice]:
    """Cut between blocks."""
    step = max(1, _BAND_PIXELS // max(1, columns) // BLOCK) * BLOCK
    for top in range(0, rows, step):
        yield slice(top, top + step)


def _of_band(a: Samples, b: Samples, peak: int) -> Difference:
    pixels = a.shape[0] * a.shape[1]
    samples = pixels * (1 if a.ndim == 2 else 3)
    apart = _apart(a, b)
    changed = int(np.count_nonzero(apart))
    if not changed:
        blocks = -(-a.shape[0] // BLOCK) * -(-a.shape[1] // BLOCK)
        return Difference(
            pixels, samples, blocks=blocks, similar=float(blocks), peak=peak
        )
    each = apart.view(np.uint8) if a.ndim == 3 else apart
    largest = int(each.max())
    total, squares = _sums(each.ravel(), largest)
    similar, blocks = similarity(a, b, peak)
    scale = PEAK / peak
    return Difference(
        pixels,
        samples,
        changed,
        largest=largest * scale,
        total=total * scale,
        squares=squares * scale * scale,
        blocks=blocks,
        similar=similar,
        peak=peak,
    )


def _apart(a: Samples, b: Samples) -> NDArray[np.unsignedinteger[Any]]:
    """Return absolute differences, those of a colored pixel in one number."""
    apart = np.maximum(a, b)
    apart -= np.minimum(a, b)
    if a.ndim == 2:
        return apart
    packed = apart.view("<u4")[..., 0]
    packed &= 0xFFFFFF
    return packed


def _sums(
    values: NDArray[np.unsignedinteger[Any]], largest: int
) -> tuple[float, float]:
    """Return the sum of whole numbers and of their squares, both exactly."""
    if values.itemsize > 1:
        wide = values.astype(np.float64)
        return float(wide.sum()), float(np.einsum("i,i->", wide, wide))
    line = min(_LINE, _EXACT // (largest * largest))
    ones = np.ones(line, np.float32)
    total = squares = 0.0
    for first in range(0, values.size, _AT_ONCE):
        some = values[first : first + _AT_ONCE]
        whole = some.size // line * line
        lines = some[:whole].astype(np.float32).reshape(-1, line)
        total += float(np.vecdot(lines, ones).sum(dtype=np.float64))
        squares += float(np.vecdot(lines, lines).sum(dtype=np.float64))
        rest = some[whole:].astype(np.float64)
        total += float(rest.sum())
        squares += float(np.vecdot(rest, rest))
    return total, squares
