"""Which scales a microscope can have, and slips of units that are known by name."""

from math import isfinite
from typing import Final

SCAN_MICROMETERS: Final = (0.05, 20.0)
"""Of a pixel of a scan's finest level, by light: from oil immersion to 0.5x."""

ANY_MICROMETERS: Final = (0.005, 200.0)
"""Of any picture of a slide: from confocal microscopes to overviews of 400 pixels."""

MOST_APART: Final = 0.01
"""By so much two numbers for one length may differ: they were rounded."""

_SLIPS: Final = (
    (1e3, "1,000 times too large; the unit seems to be micrometers"),
    (1e6, "1,000,000 times too large; the unit seems to be nanometers"),
    (1e-3, "1,000 times too small; the unit seems to be meters"),
    (1e-6, "1,000,000 times too small"),
)
"""Ratios of a number in wrong units to that in millimeters, in words."""


def slip_of_units(found: float, expected: float, apart: float = MOST_APART) -> str:
    """Name the power of 1,000 by which a length in mm is wrong; "" where it is none.

    `apart` is how far the ratio may be from the power: what is expected may be known
    only roughly.
    """
    if not (isfinite(found) and isfinite(expected)) or found <= 0 or expected <= 0:
        return ""
    ratio = found / expected
    for power, words in _SLIPS:
        if 1 - apart <= ratio / power <= 1 / (1 - apart):
            return words
    return ""
