"""Pictures drawn smaller: each new pixel is the mean of what it covers, to a part."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def shrunk(picture: NDArray[Any], rows: int, columns: int) -> NDArray[np.float32]:
    """Return a picture, (rows, columns, ...), with that many rows and columns.

    It may also be drawn larger, as steps.
    """
    return cut(
        picture, (0.0, float(picture.shape[0]), rows), (0.0, picture.shape[1], columns)
    )


def cut(
    picture: NDArray[Any],
    rows: tuple[float, float, int],
    columns: tuple[float, float, int],
) -> NDArray[np.float32]:
    """Return a part of a picture: from, to (parts of pixels), how many new ones."""
    return _along(_along(picture, rows).swapaxes(0, 1), columns).swapaxes(0, 1)


def _along(
    picture: NDArray[Any], span: tuple[float, float, int]
) -> NDArray[np.float32]:
    """Average along the first axis, by differences of the running sum."""
    start, stop, count = span
    edges = np.clip(np.linspace(start, stop, count + 1), 0, picture.shape[0])
    sums = np.zeros((picture.shape[0] + 1, *picture.shape[1:]))
    np.cumsum(picture, axis=0, dtype=np.float64, out=sums[1:])
    whole = np.minimum(edges.astype(int), picture.shape[0] - 1)
    part = (edges - whole).reshape(-1, *[1] * (picture.ndim - 1))
    at = sums[whole] + part * (sums[whole + 1] - sums[whole])
    widths = np.maximum(np.diff(edges), 1e-9)
    return (np.diff(at, axis=0) / widths.reshape(part[1:].shape)).astype(np.float32)
