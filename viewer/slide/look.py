"""Look: how samples are drawn. An immutable value, so that it can be part of a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from viewer.slide.adjustment import NEUTRAL, Adjustment
from viewer.slide.correction import AS_STORED, Correction, Corrections, corrected
from viewer.slide.model import ColorReading, Empty, OpticalPath, Samples, TileKey

if TYPE_CHECKING:  # see viewer.slide.model
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Look:
    """What is done to samples before they are drawn: nothing, by default.

    `optical_paths` are read and drawn together: one alone as it is, several added up.
    `window` is the range of grey samples shown as black to white; None is all that the
    sample type can hold. `adjustment` comes last, on the values of the display.
    """

    optical_paths: tuple[int, ...] = (0,)
    corrections: Corrections = AS_STORED
    window: tuple[float, float] | None = None
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
        window = None
        if path.grey_range is not None:
            window = (float(path.grey_range[0]), float(path.grey_range[1]))
        return cls((number,), corrections, window, adjustment=adjustment)

    def __hash__(self) -> int:
        """Hash once: a look is part of every key that a painting asks for."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(
            (
                self.optical_paths,
                self.corrections,
                self.window,
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
            self._drawn(layer, self.corrections.at(level, path))
            for path, layer in paths
            if not isinstance(layer, Empty)
        ]
        drawn = layers[0] if len(layers) == 1 else _added(layers)
        return drawn if self.adjustment == NEUTRAL else self.adjustment.apply(drawn)

    def absent(self, path: OpticalPath) -> tuple[int, int, int]:
        """Return the RGB color in which what was not scanned is drawn."""
        red, green, blue = path.absent
        adjusted = self.adjustment.value
        return adjusted(red), adjusted(green), adjusted(blue)

    def _drawn(
        self, samples: Samples, correction: Correction | None
    ) -> "NDArray[np.uint8]":
        if samples.ndim == 2:
            return self._grey(samples)
        return corrected(samples.astype("uint8", copy=False), correction)

    def _grey(self, samples: Samples) -> "NDArray[np.uint8]":
        import numpy as np

        low, high = self.window or (0.0, float(np.iinfo(samples.dtype).max))
        values = (samples.astype(np.float32) - low) * (255.0 / max(high - low, 1e-6))
        drawn = np.empty((*samples.shape, 4), np.uint8)
        drawn[..., :3] = np.clip(values + 0.5, 0, 255).astype(np.uint8)[..., None]
        drawn[..., 3] = 255
        return drawn


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


def _added(layers: "Sequence[NDArray[np.uint8]]") -> "NDArray[np.uint8]":
    """Add up the light of several optical paths."""
    import numpy as np

    total = layers[0].astype(np.uint16)
    for layer in layers[1:]:
        total += layer
    return np.minimum(total, 255).astype(np.uint8)
