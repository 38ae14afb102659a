"""Look: how samples are drawn. An immutable value, so that it can be part of a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from viewer.slide.model import ColorReading, OpticalPath, Samples, TileKey

if TYPE_CHECKING:  # see viewer.slide.model
    import numpy as np
    from numpy.typing import NDArray


class Correction(Protocol):
    """A color transform from a profile to the display; equal where `digest` is."""

    @property
    def digest(self) -> str:
        """A hash of source and target profile."""
        ...

    def apply(self, bgrx: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
        """Return new BGRX pixels of the same shape, the fourth byte 255. Any thread."""
        ...


@dataclass(frozen=True)
class Look:
    """What is done to samples before they are drawn: nothing, by default.

    `optical_paths` are read and drawn together: one alone as it is, several added up.
    `window` is the range of grey samples shown as black to white; None is all that the
    sample type can hold.
    """

    optical_paths: tuple[int, ...] = (0,)
    correction: Correction | None = None
    window: tuple[float, float] | None = None
    color: ColorReading = ColorReading.AS_ENCODED

    @classmethod
    def natural(
        cls,
        path: OpticalPath,
        number: int = 0,
        correction: Correction | None = None,
    ) -> "Look":
        """Return the look of one optical path: grey from darkest to brightest."""
        window = None
        if path.grey_range is not None:
            window = (float(path.grey_range[0]), float(path.grey_range[1]))
        return cls((number,), correction, window)

    def __hash__(self) -> int:
        """Hash the correction by its digest."""
        return hash((self.optical_paths, self._digest, self.window, self.color))

    def __eq__(self, other: object) -> bool:
        """Compare the correction by its digest."""
        if self is other:
            return True
        if not isinstance(other, Look):
            return NotImplemented
        return (
            self.optical_paths == other.optical_paths
            and self._digest == other._digest
            and self.window == other.window
            and self.color == other.color
        )

    @property
    def _digest(self) -> str | None:
        return None if self.correction is None else self.correction.digest

    def render(self, samples: Sequence[Samples]) -> "NDArray[np.uint8]":
        """Turn samples, one array an optical path, into BGRX with alpha 255.

        All arrays have the same rows and columns; the result is (rows, columns, 4).
        Color samples without a correction are returned as they are, not copied. Worker
        threads.
        """
        layers = [self._drawn(layer) for layer in samples]
        if len(layers) == 1:
            return layers[0]
        import numpy as np

        total = layers[0].astype(np.uint16)
        for layer in layers[1:]:
            total += layer
        return np.minimum(total, 255).astype(np.uint8)

    def _drawn(self, samples: Samples) -> "NDArray[np.uint8]":
        if samples.ndim == 2:
            return self._grey(samples)
        color = samples.astype("uint8", copy=False)
        return color if self.correction is None else self.correction.apply(color)

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
