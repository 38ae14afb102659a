"""Channels: grey samples of optical paths drawn as light of colors, added up."""

from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Final, TypeAlias

from viewer.slide.adjustment import LEAST_GAMMA, MOST_GAMMA
from viewer.slide.model import OpticalPath, Samples

if TYPE_CHECKING:  # see viewer.slide.model
    import numpy as np
    from numpy.typing import NDArray

Color: TypeAlias = tuple[int, int, int]
"""RGB, each 0 to 255."""

WHITE: Final[Color] = (255, 255, 255)

_LANE_BITS: Final = 16  # of a value while light is added up: 257 channels fit
_TABLES: Final = (
    48  # kept, of 512 KiB each for samples of 16 bits: 40 channels and more
)


@dataclass(frozen=True, slots=True)
class Channel:
    """How the grey samples of one optical path are drawn.

    Samples of `low` and less are black, those of `high` and more have the whole
    `color`; both are in sample values and may lie beyond what samples can hold. A
    `gamma` above 1 lightens what is between, below 1 it darkens it. Where there is a
    `palette` its colors (RGB, three bytes each) lie evenly between `low` and `high`, in
    the place of black to `color`.
    """

    optical_path: int = 0
    low: float = 0.0
    high: float = 255.0
    color: Color = WHITE
    gamma: float = 1.0
    palette: bytes = b""

    def __post_init__(self) -> None:
        """Refuse a range without width, NaN, and what is no color."""
        if not (isfinite(self.low) and isfinite(self.high) and self.low < self.high):
            raise ValueError(f"no range of samples: {self.low} to {self.high}")
        if not LEAST_GAMMA <= self.gamma <= MOST_GAMMA:
            raise ValueError(f"no gamma: {self.gamma}")
        if len(self.color) != 3 or not all(0 <= each <= 255 for each in self.color):
            raise ValueError(f"no color: {self.color}")

    @classmethod
    def whole(cls, path: OpticalPath, number: int = 0) -> "Channel":
        """Return a channel of all that a grey path can hold, in its color or white.

        Where the path has a palette it is drawn in that, sample by sample.
        """
        low, high = path.grey_range or (0, 255)
        colors = b""
        if path.palette is not None:
            low, high, colors = (
                path.palette.first,
                path.palette.last,
                path.palette.colors,
            )
        return cls(number, float(low), float(high), path.color or WHITE, palette=colors)

    def light(self, samples: Samples) -> "NDArray[np.uint64]":
        """Return the light of samples, (rows, columns), four lanes of 16 bits each.

        The lanes are blue, green, red and 0, each 0 to 255, rounded; light of several
        channels is added up by adding the numbers. Any thread.
        """
        import numpy as np

        table = _table(self, 1 << (8 * samples.dtype.itemsize))
        return np.take(table, samples, mode="clip")


def shone(light: "NDArray[np.uint64]") -> "NDArray[np.uint8]":
    """Return the BGRX pixels of light, clipped at 255, the fourth byte 255."""
    import numpy as np

    lanes = light.view(np.uint16).reshape(*light.shape, 4)
    drawn = np.minimum(lanes, 255).astype(np.uint8)
    drawn[..., 3] = 255
    return drawn


def light_of(bgrx: "NDArray[np.uint8]") -> "NDArray[np.uint64]":
    """Return the light of color pixels, as `Channel.light` does of grey samples."""
    import numpy as np

    lanes = bgrx.astype(np.uint16)
    lanes[..., 3] = 0
    return lanes.view(np.uint64)[..., 0]


@lru_cache(maxsize=_TABLES)
def _table(channel: Channel, count: int) -> "NDArray[np.uint64]":
    """Return the light of each sample of 0 to `count`."""
    import numpy as np

    samples = np.arange(count, dtype=np.float64)
    share = np.clip((samples - channel.low) / (channel.high - channel.low), 0.0, 1.0)
    if channel.gamma != 1:
        share = share ** (1 / channel.gamma)
    table = np.zeros(count, np.uint64)
    colors = np.frombuffer(channel.palette, np.uint8).reshape(-1, 3)
    places = np.rint(share * (len(colors) - 1)).astype(np.intp)
    for lane, value in enumerate(reversed(channel.color)):
        part = np.floor(value * share + 0.5).astype(np.uint64)
        if len(colors):
            part = colors[places, 2 - lane].astype(np.uint64)
        table |= part << np.uint64(_LANE_BITS * lane)
    return table
