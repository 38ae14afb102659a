"""Whether two pictures show the same, whatever their brightness and contrast."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_NOTHING: Final = 0.5  # steps of a sample: less is what rounding makes


def correlation(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Return Pearson's correlation of two pictures of one shape, -1 to 1.

    0 where a picture is flat.
    """
    one, other = (each.astype(np.float64) - each.mean(dtype=float) for each in (a, b))
    length = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / length if length > 0 else 0.0


def is_blank(picture: NDArray[Any]) -> bool:
    """Whether a picture is so flat that it shows nothing."""
    return float(picture.std(dtype=float)) < _NOTHING
