"""What frames say of where they lie."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

NO_POSITION: Final = -(1 << 31)
"""Column and row of a frame that has no position."""


class Positions(NamedTuple):
    """One entry a frame, as stored.

    `columns` and `rows` count pixels of the total pixel matrix from 1 (int32). `z` is
    in micrometers, NaN where a frame tells none. `optical_paths` are identifiers.
    """

    columns: NDArray[np.int32]
    rows: NDArray[np.int32]
    z: NDArray[np.float64] | None
    optical_paths: list[str] | None
