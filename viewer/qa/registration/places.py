"""Where in a slide there is something to see, spread all over it."""

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.registration.patches import Area
from viewer.slide.geometry import Size

CELLS: Final = 3
"""The slide is divided into as many by as many cells; each gives one place."""


class Spot(NamedTuple):
    """A place by its share of the whole width and height, 0 to 1."""

    x: float
    y: float


def spots(picture: NDArray[np.float32]) -> list[Spot]:
    """Return the place with most to see of each cell of a small picture of all.

    The one with most comes first. Cells with hardly anything beside it are left out;
    the picture is (rows, columns) luma. A blank one has its middle.
    """
    rows, columns = picture.shape
    if min(rows, columns) < 3:
        return [Spot(0.5, 0.5)]
    contrast = _contrast(picture)
    best = [
        max(
            (float(contrast[row, column]), row, column)
            for row in range(top, bottom)
            for column in range(left, right)
        )
        for top, bottom in _thirds(rows)
        for left, right in _thirds(columns)
    ]
    best.sort(reverse=True)
    return [
        Spot((column + 0.5) / columns, (row + 0.5) / rows)
        for amount, row, column in best
        if amount >= best[0][0] * _LEAST
    ]


def area_at(spot: Spot, level: int, size: Size, edge: int) -> Area:
    """Return a square of a level around a spot, moved or cut to lie inside."""
    width, height = min(edge, size.width), min(edge, size.height)
    left = min(max(0, int(spot.x * size.width) - width // 2), size.width - width)
    top = min(max(0, int(spot.y * size.height) - height // 2), size.height - height)
    return Area(level, left, top, width, height)


_LEAST: Final = 0.1


def _thirds(length: int) -> list[tuple[int, int]]:
    edges = [length * each // CELLS for each in range(CELLS + 1)]
    return list(pairwise(edges))


def _contrast(picture: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the variance of the 3 x 3 pixels around each."""
    padded = np.pad(picture.astype(float) - picture.mean(), 1, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    return windows.var(axis=(2, 3))
