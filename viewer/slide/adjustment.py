"""Adjustment: brightness, contrast and gamma, put on what is drawn."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # see viewer.slide.model
    import numpy as np
    from numpy.typing import NDArray

MOST: Final = 100
"""Brightness and contrast go from minus this to plus this."""

LEAST_GAMMA: Final = 0.2
MOST_GAMMA: Final = 5.0

_DOUBLING: Final = 50  # of contrast: so much more doubles the distance from the middle


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change of the values on the display, of each channel alike; none by default.

    `brightness` is added, in percent of the range. `contrast` moves values away from
    the middle, twice as far for each 50, or towards it. A `gamma` above 1 lightens the
    middle tones, below 1 it darkens them.
    """

    brightness: int = 0
    contrast: int = 0
    gamma: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is beyond the ranges, NaN too."""
        within = abs(self.brightness) <= MOST and abs(self.contrast) <= MOST
        if not (within and LEAST_GAMMA <= self.gamma <= MOST_GAMMA):
            raise ValueError(f"no such adjustment: {self}")

    def __str__(self) -> str:
        """Name what is not neutral, such as "brightness +10, gamma 1.20"."""
        words = [
            f"{name} {value:+d}".replace("-", "\N{MINUS SIGN}")
            for name, value in (
                ("brightness", self.brightness),
                ("contrast", self.contrast),
            )
            if value
        ]
        if self.gamma != 1:
            words.append(f"gamma {self.gamma:.2f}")
        return ", ".join(words)

    def value(self, stored: int) -> int:
        """Return what a value of 0 to 255 becomes."""
        gain = 2.0 ** (self.contrast / _DOUBLING)
        linear = (stored / 255 - 0.5) * gain + 0.5 + self.brightness / 100
        return int(255 * min(1.0, max(0.0, linear)) ** (1 / self.gamma) + 0.5)

    def apply(self, bgrx: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
        """Return new BGRX pixels of the same shape, the fourth byte 255. Any thread."""
        import numpy as np

        pairs = np.ascontiguousarray(bgrx).view("<u2")
        # Two channels a look-up, and by take: five times as fast as table[bgrx].
        adjusted = np.take(_of_pairs(self), pairs, mode="clip").view(np.uint8)
        adjusted[..., 3] = 255
        return adjusted


NEUTRAL: Final = Adjustment()


@lru_cache(maxsize=4)
def _of_pairs(adjustment: Adjustment) -> "NDArray[np.uint16]":
    """Return what two values at once become, at first + 256 second (128 KiB)."""
    import numpy as np

    table = np.array([adjustment.value(stored) for stored in range(256)], np.uint16)
    return (table[:, None] * 256 + table).astype("<u2").ravel()
