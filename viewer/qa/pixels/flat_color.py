"""Tiles of one color: what converters put where the source has nothing."""

from typing import Final

import numpy as np

from viewer.slide.model import Samples

FILLERS: Final = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "teal": (0, 128, 128),
    "green": (0, 135, 0),
    "grey": (128, 128, 128),
    "magenta": (255, 0, 255),
}
"""What converters put where there is nothing, also when read in the wrong color space.

By name, in red, green and blue.
"""

_STEP: Final = 16  # pixels apart that are looked at first
_SPREAD: Final = 32  # between the lightest and the darkest of them, far from flat
_NEAR: Final = 12  # steps of 255 that a color may be from its name


def flat_color(samples: Samples) -> str:
    """Name the color of a tile whose samples vary by less than 1 of 255; else empty.

    "black", "white", "teal", or its red, green and blue. Any thread.
    """
    if not is_flat(samples):
        return ""
    scale = 1 if samples.itemsize == 1 else 257
    mean = samples.reshape(samples.shape[0] * samples.shape[1], -1).mean(axis=0) / scale
    rgb = mean[2::-1] if samples.ndim == 3 else mean.repeat(3)
    for name, color in FILLERS.items():
        if np.abs(rgb - color).max() <= _NEAR:
            return name
    red, green, blue = (round(float(each)) for each in rgb)
    return f"of the color {red}, {green}, {blue}"


def is_flat(samples: Samples, variance: float = 1.0) -> bool:
    """Whether samples vary by less than that, of 255 squared, in every channel."""
    scale = 1 if samples.itemsize == 1 else 257
    few = samples[::_STEP, ::_STEP]
    green = few[..., 1] if few.ndim == 3 else few
    spread = int(green.max()) - int(green.min())
    if spread > _SPREAD * scale * variance:  # nearly every tile ends here
        return False
    found = np.atleast_1d(samples.var(axis=(0, 1), dtype=np.float32))[:3]
    return float(found.max()) < variance * scale * scale
