"""Area means by any factor: the pixels of one grid laid over those of another."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.slide.model import Samples

_BAND: Final = 64  # rows made at a time: sums take eight bytes a sample


class Stretch(NamedTuple):
    """Pixels `start` to `stop` of a grid of `total`, which lie on `source` others."""

    start: int
    stop: int
    total: int
    source: int

    @property
    def first(self) -> int:
        """The first source pixel under the stretch."""
        return self.start * self.source // self.total

    @property
    def last(self) -> int:
        """The source pixel behind the last one under the stretch."""
        return -(-self.stop * self.source // self.total)

    def edges(self) -> NDArray[np.float64]:
        """Return where each pixel begins and the last one ends, from `first` on."""
        places = np.arange(self.start, self.stop + 1, dtype=np.float64)
        return places * (self.source / self.total) - self.first


def resampled(samples: Samples, across: Stretch, down: Stretch) -> Samples:
    """Return the mean of `samples` under each pixel, halves rounded up.

    `samples` are the source pixels from `first` to `last` of both stretches: (rows,
    columns) or (rows, columns, 4). Where a pixel is smaller than those of the source
    that is an enlargement.
    """
    columns, rows = across.edges(), down.edges()
    shape = (len(rows) - 1, len(columns) - 1, *samples.shape[2:])
    result: NDArray[Any] = np.empty(shape, samples.dtype)
    for band in _bands(len(rows) - 1):
        edges = rows[band.start : band.stop + 1]
        top, bottom = int(edges[0]), min(int(np.ceil(edges[-1])), len(samples))
        means = _means(samples[top:bottom], edges - top, 0)
        result[band] = np.floor(_means(means, columns, 1) + 0.5 + _ROUNDING)
    return result


def covered(mask: NDArray[np.bool_], across: Stretch, down: Stretch) -> Any:
    """Return for each pixel whether the mask holds everywhere under it."""
    whole = _means(_means(mask, down.edges(), 0), across.edges(), 1)
    return whole >= 1 - _ROUNDING


_ROUNDING: Final = 1e-6


def _bands(rows: int) -> Iterator[slice]:
    for start in range(0, rows, _BAND):
        yield slice(start, min(rows, start + _BAND))


def _means(
    samples: NDArray[Any], edges: NDArray[np.float64], axis: int
) -> NDArray[np.float64]:
    """Return the means between edges along an axis, from sums up to each edge."""
    lines = np.moveaxis(samples, axis, 0).astype(np.float64)
    sums = np.zeros((len(lines) + 1, *lines.shape[1:]))
    np.cumsum(lines, axis=0, out=sums[1:])
    edges = np.clip(edges, 0, len(lines))
    whole = np.minimum(edges.astype(np.int64), len(lines) - 1)
    part = (edges - whole).reshape(-1, *(1 for _ in lines.shape[1:]))
    upto = sums[whole] + part * lines[whole]
    widths = np.diff(edges).reshape(-1, *(1 for _ in lines.shape[1:]))
    return np.moveaxis(np.diff(upto, axis=0) / widths, 0, axis)
