"""The colors of the spectrum, as a display can show them."""

from bisect import bisect_right
from typing import Final

_ANCHORS: Final = (
    (440.0, (0, 0, 255)),
    (490.0, (0, 255, 255)),
    (520.0, (0, 255, 0)),
    (580.0, (255, 255, 0)),
    (640.0, (255, 0, 0)),
)
"""Nanometers and the display's nearest: its primaries and what lies between them."""


def spectral_color(nanometers: float) -> tuple[int, int, int]:
    """Return the RGB of a wavelength: at full strength, so that channels can be told.

    What is shorter than blue, ultraviolet too, is blue, and what is longer than red is
    red: violet would look like the purple of two channels.
    """
    place = bisect_right([wave for wave, _color in _ANCHORS], nanometers)
    if place == 0:
        return _ANCHORS[0][1]
    if place == len(_ANCHORS):
        return _ANCHORS[-1][1]
    (low, before), (high, after) = _ANCHORS[place - 1], _ANCHORS[place]
    share = (nanometers - low) / (high - low)
    red, green, blue = (
        round(a + (b - a) * share) for a, b in zip(before, after, strict=True)
    )
    return red, green, blue
