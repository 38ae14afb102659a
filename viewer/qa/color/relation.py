"""How the colors of one picture come from those of another: mistakes known by name."""

from collections.abc import Callable
from itertools import permutations
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Colors = NDArray[np.float32]
"""Colors (count, channels), 0 to 255: R, G, B, or one of grey."""


class Relation(NamedTuple):
    """What was found out of two lists of colors.

    `mistake` is a clause about the second ("red and blue are swapped"), empty where
    none of those known explains it. `error` is the root of the mean square that the
    mistake leaves, `as_it_is` that of the colors as they are. `gain` and `offset`, a
    number a channel, are those of the straight line from the first to the second, which
    explain `explained` of its variance, 0 to 1.
    """

    mistake: str
    error: float
    as_it_is: float
    gain: tuple[float, ...]
    offset: tuple[float, ...]
    explained: float

    @property
    def is_brightness_changed(self) -> bool:
        """Whether contrast or brightness were changed, the colors kept otherwise."""
        if self.mistake or self.explained < _EXPLAINED:
            return False
        far = any(abs(each - 1) > _MOST_GAIN for each in self.gain)
        return self.as_it_is > _LEAST_ERROR and (
            far or any(abs(each) > _MOST_OFFSET for each in self.offset)
        )


def relation(a: Colors, b: Colors) -> Relation | None:
    """Compare the colors of the same places; None where there is nothing to tell by.

    Both have the same count and channels. A mistake is named only when it leaves less
    than half of the difference.
    """
    if not len(a) or float(a.std(axis=0).max()) < 1:
        return None
    mistakes = _MISTAKES if a.shape[1] == 3 else _GREY_MISTAKES
    as_it_is = _error(a, b)
    error, mistake = min((_error(change(a), b), name) for name, change in mistakes)
    if as_it_is < _LEAST_ERROR or error > as_it_is * _MUCH_BETTER:
        error, mistake = as_it_is, ""
    gain, offset, explained = _line(a, b)
    return Relation(mistake, error, as_it_is, gain, offset, explained)


_LEAST_ERROR: Final = 3.0  # of 255: what codecs do is less, on means of many pixels
_MUCH_BETTER: Final = 0.5
_EXPLAINED: Final = 0.97
_MOST_GAIN: Final = 0.05
_MOST_OFFSET: Final = 5.0
_NAMES: Final = ("red", "green", "blue")


def _error(a: Colors, b: Colors) -> float:
    return float(np.sqrt(np.mean((a.astype(np.float64) - b) ** 2)))


def _line(a: Colors, b: Colors) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    gains: list[float] = []
    offsets: list[float] = []
    left, whole = 0.0, 0.0
    for one, other in zip(a.T.astype(float), b.T.astype(float), strict=True):
        spread = float(one.var())
        gain = float(((one - one.mean()) * other).mean()) / spread if spread else 1.0
        offset = float(other.mean()) - gain * float(one.mean())
        left += float(((gain * one + offset - other) ** 2).mean())
        whole += float(other.var())
        gains.append(gain)
        offsets.append(offset)
    explained = 1 - left / whole if whole else 0.0
    return tuple(gains), tuple(offsets), explained


_TO_YCC: Final = np.array(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]]
)
"""The matrix of JFIF (T.871 clause 7)."""

_MIDDLE: Final = np.array([0.0, 128.0, 128.0])


def _as_ycc(colors: Colors) -> Colors:
    return np.clip(colors @ _TO_YCC.T + _MIDDLE, 0, 255).astype(np.float32)


def _from_ycc(colors: Colors) -> Colors:
    inverse = np.linalg.inv(_TO_YCC)
    return np.clip((colors - _MIDDLE) @ inverse.T, 0, 255).astype(np.float32)


def _inverted(colors: Colors) -> Colors:
    return 255 - colors


def _reordered(order: tuple[int, ...]) -> Callable[[Colors], Colors]:
    return lambda colors: colors[:, order]


def _order_in_words(order: tuple[int, ...]) -> str:
    moved = [channel for channel in range(3) if order[channel] != channel]
    if len(moved) == 2:
        return f"{_NAMES[moved[0]]} and {_NAMES[moved[1]]} are swapped"
    shown = ", ".join(_NAMES[each] for each in order)
    return f"the channels are out of order: red, green, blue hold {shown}"


_MISTAKES: Final[tuple[tuple[str, Callable[[Colors], Colors]], ...]] = (
    *(
        (_order_in_words(order), _reordered(order))
        for order in permutations(range(3))
        if order != (0, 1, 2)
    ),
    ("YCbCr samples are shown as if they were RGB", _as_ycc),
    ("RGB samples were converted as if they were YCbCr", _from_ycc),
    ("light and dark are inverted", _inverted),
)
_GREY_MISTAKES: Final = (("light and dark are inverted", _inverted),)
