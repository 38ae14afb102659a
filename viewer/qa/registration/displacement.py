"""How far a level is displaced, out of shifts measured at several of its places."""

from collections.abc import Sequence
from math import hypot
from typing import Final, NamedTuple

import numpy as np

from viewer.qa.registration.shift import Shift
from viewer.slide.model import Level, Slide


class Displacement(NamedTuple):
    """By how many pixels, to the right and down, contents lie elsewhere.

    The median over `measured` places of `looked`; half of them are not farther from it
    than `spread`, and `outliers` are farther than a pixel. `likeness` is the median of
    the correlations.
    """

    x: float
    y: float
    spread: float
    likeness: float
    measured: int
    looked: int
    outliers: int

    @property
    def length(self) -> float:
        """How far, in pixels."""
        return hypot(self.x, self.y)


class Blank(NamedTuple):
    """Nothing could be measured: blank places, or a pattern that repeats itself."""

    looked: int


class Unlike(NamedTuple):
    """What is there at the places is not the same, wherever one looks near by."""

    likeness: float
    looked: int


def displacement(shifts: Sequence[Shift | None]) -> Displacement | Blank | Unlike:
    """Sum up what was measured at places; None are places with nothing to see."""
    seen = [each for each in shifts if each is not None and not _is_ambiguous(each)]
    if not seen:
        return Blank(len(shifts))
    believed = [each for each in seen if is_believable(each)]
    if len(believed) < max(1, len(seen) / 3):
        median = float(np.median([each.likeness for each in seen]))
        return Unlike(median, len(seen))
    x = float(np.median([each.x for each in believed]))
    y = float(np.median([each.y for each in believed]))
    apart = [hypot(each.x - x, each.y - y) for each in believed]
    return Displacement(
        x,
        y,
        spread=float(np.median(apart)),
        likeness=float(np.median([each.likeness for each in believed])),
        measured=len(believed),
        looked=len(shifts),
        outliers=sum(each > 1 for each in apart),
    )


def is_believable(shift: Shift) -> bool:
    """Whether a shift is that of the contents, rather than the best of bad fits.

    Pictures of unlike tissue reach a correlation of 0.3 and a confidence of 0.2.
    """
    return shift.likeness >= _LIKENESS and shift.confidence >= _CONFIDENCE


def direction(x: float, y: float) -> str:
    """Return "3 px to the right and 5 px up"; what rounds to nothing is left out."""
    words = [
        f"{_number(abs(amount))} px {_WORDS[axis][amount < 0]}"
        for axis, amount in enumerate((x, y))
        if round(abs(amount), 1) > 0
    ]
    return " and ".join(words) or "0 px"


def in_micrometers(slide: Slide, level: int, length: float) -> str:
    """Return a length in pixels of a level in micrometers; "" where there is no scale.

    A level without a scale of its own has that of the finest.
    """
    spacing = slide.levels[level].spacing
    if spacing is not None:
        return f"{_rounded(length * (spacing.x + spacing.y) * 500)} \u00b5m"
    base: Level = slide.levels[0]
    if base.spacing is None:
        return ""
    step = base.spacing.x * slide.levels[level].downsample.x
    return f"{_rounded(length * step * 1000)} \u00b5m"


def _is_ambiguous(shift: Shift) -> bool:
    """Whether the same contents fit as well elsewhere."""
    return shift.likeness >= _LIKENESS and shift.confidence < _CONFIDENCE


_LIKENESS: Final = 0.4
_CONFIDENCE: Final = 0.12
_WORDS: Final = (("to the right", "to the left"), ("down", "up"))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _rounded(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"
