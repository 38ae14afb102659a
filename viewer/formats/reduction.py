"""Area means by powers of two, exact also where the last pixel is only partly there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.slide.model import Samples

Counts = NDArray[np.int64]
"""How many finest pixels each column (or row) of samples stands for."""


def counts(extent: int, pixel: int) -> Counts:
    """Return what `extent` finest pixels give in pixels of `pixel` each.

    All are `pixel` but the last, which is what is left.
    """
    whole = np.full(-(-extent // pixel), pixel, np.int64)
    whole[-1] = extent - (len(whole) - 1) * pixel
    return whole


def shrunk(samples: Samples, halvings: int) -> Samples:
    """Return the area mean of samples over squares of 2**halvings pixels."""
    rows, columns = samples.shape[:2]
    sums = AreaSums.of(samples, counts(columns, 1), counts(rows, 1))
    for _ in range(halvings):
        sums = sums.halved()
    return sums.mean()


@dataclass(frozen=True, slots=True)
class AreaSums:
    """Sums of samples over the area under each pixel; nothing is rounded until `mean`.

    `across` and `down` say how many finest pixels a column and a row stand for.
    """

    sums: NDArray[np.unsignedinteger]
    across: Counts
    down: Counts
    wide: bool  # the samples are of 16 bits

    @classmethod
    def of(cls, samples: Samples, across: Counts, down: Counts) -> "AreaSums":
        """Start from samples of (rows, columns) or (rows, columns, 4)."""
        if across[0] == across[-1] and down[0] == down[-1]:
            ones = np.ones_like(across), np.ones_like(down)
            return cls(samples, *ones, samples.dtype == np.uint16)
        weights = (down[:, None] * across).astype(np.uint64)
        if samples.ndim == 3:
            weights = weights[..., None]
        return cls(samples * weights, across, down, samples.dtype == np.uint16)

    def halved(self) -> "AreaSums":
        """Return the sums over twice the width and height; an odd end stays alone."""
        # 32 bits hold 65,536 samples of 16 bits: eight halvings.
        wide = np.uint64 if self.sums.dtype == np.uint64 else np.uint32
        rows = _even(self.sums, 0)
        sums = np.add(rows[0::2], rows[1::2], dtype=wide)
        columns = _even(sums, 1)
        sums = columns[:, 0::2] + columns[:, 1::2]
        return AreaSums(sums, _paired(self.across), _paired(self.down), self.wide)

    def mean(self) -> Samples:
        """Return the means, halves rounded up."""
        if self.across[0] == self.across[-1] and self.down[0] == self.down[-1]:
            area = int(self.across[0] * self.down[0])
            return self._narrowed((self.sums + area // 2) // area)
        areas = (self.down[:, None] * self.across).astype(self.sums.dtype)
        if self.sums.ndim == 3:
            areas = areas[..., None]
        return self._narrowed((self.sums + areas // 2) // areas)

    def _narrowed(self, means: NDArray[np.unsignedinteger]) -> Samples:
        return means.astype(np.uint16) if self.wide else means.astype(np.uint8)


def _even(sums: NDArray[np.unsignedinteger], axis: int) -> NDArray[np.unsignedinteger]:
    if sums.shape[axis] % 2 == 0:
        return sums
    widths = [(0, 0)] * sums.ndim
    widths[axis] = (0, 1)
    return np.pad(sums, widths)


def _paired(along: Counts) -> Counts:
    if len(along) % 2:
        along = np.append(along, 0)
    return along[0::2] + along[1::2]
