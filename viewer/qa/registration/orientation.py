"""Whether one picture is another one turned or mirrored: eight ways."""

from enum import Enum
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.registration.likeness import is_blank
from viewer.qa.registration.shrinking import shrunk


class Way(Enum):
    """How a picture comes from another: it is mirrored first, then turned.

    The value is what a sentence says of it.
    """

    SAME = "neither turned nor mirrored"
    RIGHT = "turned by 90 degrees to the right"
    AROUND = "turned by 180 degrees"
    LEFT = "turned by 90 degrees to the left"
    MIRRORED = "mirrored left to right"
    MIRRORED_RIGHT = "mirrored left to right, then turned by 90 degrees to the right"
    UPSIDE_DOWN = "mirrored top to bottom"
    MIRRORED_LEFT = "mirrored left to right, then turned by 90 degrees to the left"

    @property
    def turns(self) -> int:
        """Quarter turns to the right."""
        return _WAYS.index(self) % 4

    @property
    def is_mirrored(self) -> bool:
        """Whether it is mirrored left to right before it is turned."""
        return _WAYS.index(self) >= 4

    def applied(self, picture: NDArray[Any]) -> NDArray[Any]:
        """Return a picture, (rows, columns, ...), mirrored and turned: a view."""
        mirrored = picture[:, ::-1] if self.is_mirrored else picture
        return np.rot90(mirrored, -self.turns)

    def undone(self, picture: NDArray[Any]) -> NDArray[Any]:
        """Return what `applied` made a picture of: a view."""
        turned = np.rot90(picture, self.turns)
        return turned[:, ::-1] if self.is_mirrored else turned


class Orientation(NamedTuple):
    """The way that fits best.

    `likeness` is the correlation then, -1 to 1, and `margin` how much less it is the
    second best way. `declared` is that of pictures as they are.
    """

    way: Way
    likeness: float
    margin: float
    declared: float


def orientation(a: NDArray[np.float32], b: NDArray[np.float32]) -> Orientation | None:
    """Find which way `a`, (rows, columns), became `b`; None where one is blank.

    The pictures may be of unlike sizes and a little shifted, up to an eighth. Any
    thread.
    """
    if min(*a.shape, *b.shape) < _SMALLEST or is_blank(a) or is_blank(b):
        return None
    rows, columns = _shape(a)
    one = shrunk(a, rows, columns)
    found = [(_fit(one, way.undone(b)), way) for way in Way]
    found.sort(key=lambda each: each[0], reverse=True)
    declared = next(fit for fit, way in found if way is Way.SAME)
    (best, way), (second, _) = found[:2]
    return Orientation(way, best, best - second, declared)


_WAYS: Final = tuple(Way)
_SMALLEST: Final = 8
_EDGE: Final = 96  # pixels of the longer edge: enough for shapes, too few for cells


def _shape(picture: NDArray[np.float32]) -> tuple[int, int]:
    factor = min(1.0, _EDGE / max(picture.shape))
    rows, columns = (max(_SMALLEST, round(each * factor)) for each in picture.shape)
    return min(rows, picture.shape[0]), min(columns, picture.shape[1])


def _fit(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Return the best correlation with `b`, drawn at the size of `a`."""
    scaled = shrunk(b, *a.shape)
    one, other = (each - each.mean() for each in (a, scaled))
    length = float(np.sqrt((one * one).sum() * (other * other).sum()))
    if length <= 0:
        return 0.0
    spectrum = np.conj(np.fft.rfft2(one)) * np.fft.rfft2(other)
    surface = np.fft.irfft2(spectrum, a.shape) / length
    down, across = (max(1, each // 8) for each in a.shape)
    near = np.ix_(np.arange(-down, down + 1), np.arange(-across, across + 1))
    return float(surface[near].max())
