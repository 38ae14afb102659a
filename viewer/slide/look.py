"""Look: how samples are drawn. An immutable value, so that it can be part of a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from viewer.slide.adjustment import NEUTRAL, Adjustment
from viewer.slide.channels import Channel, light_of, shone
from viewer.slide.correction import AS_STORED, Corrections, corrected
from viewer.slide.model import ColorReading, Empty, OpticalPath, Samples, TileKey

if TYPE_CHECKING:  # see viewer.slide.model
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Look:
    """What is done to samples before they are drawn: nothing, by default.

    `optical_paths` are read and drawn together: one alone as it is, several added up.
    `channels` say how those of grey samples are drawn; one without is white for all
    that the sample type can hold. `adjustment` comes last, on the values of the
    display.
    """

    optical_paths: tuple[int, ...] = (0,)
    corrections: Corrections = AS_STORED
    channels: tuple[Channel, ...] = ()
    color: ColorReading = ColorReading.AS_ENCODED
    adjustment: Adjustment = NEUTRAL

    @classmethod
    def natural(
        cls,
        path: OpticalPath,
        number: int = 0,
        corrections: Corrections = AS_STORED,
        adjustment: Adjustment = NEUTRAL,
    ) -> "Look":
        """Return the look of one optical path: grey from darkest to brightest."""
        channels = () if path.grey_range is None else (Channel.whole(path, number),)
        return cls((number,), corrections, channels, adjustment=adjustment)

    def __hash__(self) -> int:
        """Hash once: a look is part of every key that a painting asks for."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(
            (
                self.optical_paths,
                self.corrections,
                self.channels,
                self.color,
                self.adjustment,
            )
        )

    def render(
        self, samples: "Sequence[Samples | Empty]", level: int = 0
    ) -> "NDArray[np.uint8]":
        """Turn a level's samples, one array an optical path, into BGRX with alpha 255.

        Arrays have the same rows and columns; the result is (rows, columns, 4). An
        optical path that is EMPTY here adds no light to the others; at least one is
        not. Color samples to which nothing is to be done are returned as they are, not
        copied. Pixels that were not scanned are of the display's colors, see
        `corrected`. Worker threads.
        """
        paths = zip(self.optical_paths, samples, strict=False)
        layers = [
            (path, layer) for path, layer in paths if not isinstance(layer, Empty)
        ]
        drawn = self._alone(*layers[0], level) if len(layers) == 1 else None
        if drawn is None:
            drawn = shone(self._lights(layers, level))
        return drawn if self.adjustment == NEUTRAL else self.adjustment.apply(drawn)

    def absent(self, path: OpticalPath) -> tuple[int, int, int]:
        """Return the RGB color in which what was not scanned is drawn."""
        red, green, blue = path.absent
        adjusted = self.adjustment.value
        return adjusted(red), adjusted(green), adjusted(blue)

    def channel_of(self, optical_path: int, samples: Samples) -> Channel:
        """Return how grey samples of an optical path are drawn."""
        return next(
            (each for each in self.channels if each.optical_path == optical_path),
            Channel(optical_path, 0.0, float(2 ** (8 * samples.dtype.itemsize) - 1)),
        )

    def _alone(
        self, path: int, samples: Samples, level: int
    ) -> "NDArray[np.uint8] | None":
        """Return the pixels of a single path of colors; None for one of grey."""
        if samples.ndim == 2:
            return None
        correction = self.corrections.at(level, path)
        return corrected(samples.astype("uint8", copy=False), correction)

    def _lights(
        self, layers: "Sequence[tuple[int, Samples]]", level: int
    ) -> "NDArray[np.uint64]":
        """Add up the light of several optical paths."""
        total = self._light(*layers[0], level)
        for layer in layers[1:]:
            total += self._light(*layer, level)
        return total

    def _light(self, path: int, samples: Samples, level: int) -> "NDArray[np.uint64]":
        colors = self._alone(path, samples, level)
        if colors is not None:
            return light_of(colors)
        return self.channel_of(path, samples).light(samples)


class DisplayTile(NamedTuple):
    """One tile as drawn: a place, and the look it is drawn with."""

    slide: int
    level: int
    column: int
    row: int
    focal_plane: int
    look: Look

    def tile_keys(self) -> list[TileKey]:
        """Return the tile of each optical path that the look reads."""
        return [
            TileKey(*self[:5], optical_path) for optical_path in self.look.optical_paths
        ]
