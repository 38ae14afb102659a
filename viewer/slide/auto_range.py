"""The range of grey samples worth drawing, found in the pixels of a coarse level."""

import time
from typing import TYPE_CHECKING, Final

from viewer.slide.channel_set import ChannelSet
from viewer.slide.errors import SlideError
from viewer.slide.model import ColorReading, Empty, Slide, TileKey

if TYPE_CHECKING:  # see viewer.slide.model
    import numpy as np
    from numpy.typing import NDArray

SECONDS: Final = 1.0
"""Of work on one optical path; what is known by then decides."""

_LEFT_OUT: Final = 0.001  # of the pixels, at either end: dust and dead pixels
_HEADROOM: Final = 1.1  # a coarse level is a mean: single cells are brighter
_MOST_TILES: Final = 64
_SLICE: Final = 0.1
_ENOUGH: Final = 1 << 20  # samples of a tile that are looked at, evenly spread


def auto_ranged(
    slide: Slide,
    channels: ChannelSet,
    focal_plane: int = 0,
    seconds: float = SECONDS,
) -> ChannelSet:
    """Return channels with a range for each that is shown and has none of its own.

    `seconds` is for each of them. Worker threads.
    """
    wanted = channels.without_auto()
    found = {
        number: auto_range(slide, number, focal_plane, seconds) for number in wanted
    }
    return channels.with_auto({n: each for n, each in found.items() if each})


def auto_range(
    slide: Slide, optical_path: int, focal_plane: int = 0, seconds: float = SECONDS
) -> tuple[float, float] | None:
    """Return the samples to be black and brightest; None where nothing tells.

    From the coarsest level: nearly all samples lie between, those of nothing (0) left
    out where there are others. Never raises. Worker threads.
    """
    import numpy as np

    parts = _read(slide, optical_path, focal_plane, seconds)
    samples = np.concatenate(parts) if parts else np.empty(0, np.uint16)
    scanned = samples[samples > 0]
    if scanned.size:
        samples = scanned
    if not samples.size:
        return None
    low, high = np.quantile(samples, (_LEFT_OUT, 1 - _LEFT_OUT), method="nearest")
    low, high = float(low), float(high)
    if high <= low:
        return None
    grey = slide.optical_paths[optical_path].grey_range or (0, 65535)
    return low, min(float(grey[1]), low + (high - low) * _HEADROOM)


def _read(
    slide: Slide, optical_path: int, focal_plane: int, seconds: float
) -> "list[NDArray[np.uint16]]":
    deadline = time.monotonic() + seconds
    number = len(slide.levels) - 1
    level = slide.levels[number]
    places = [(c, r) for r in range(level.rows) for c in range(level.columns)]
    step = -(-len(places) // _MOST_TILES)
    found: list[NDArray[np.uint16]] = []
    for column, row in places[::step]:
        key = TileKey(slide.serial, number, column, row, focal_plane, optical_path)
        part = _samples(slide, key, deadline)
        if part is not None:
            found.append(part)
        if time.monotonic() >= deadline:
            break
    return found


def _samples(
    slide: Slide, key: TileKey, deadline: float
) -> "NDArray[np.uint16] | None":
    """Return what is known of a grey tile by the deadline, at least a little."""
    import numpy as np

    while True:
        try:
            progress = slide.read_progress(key, _SLICE, ColorReading.AS_ENCODED)
        except SlideError:
            return None
        if isinstance(progress, Empty) or progress.samples.ndim != 2:
            return None
        if progress.complete or time.monotonic() >= deadline:
            break
    known = progress.samples
    flat = known.ravel() if progress.covered is None else known[progress.covered]
    return flat[:: 1 + flat.size // _ENOUGH].astype(np.uint16)
