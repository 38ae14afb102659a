"""RecentSamples: the samples of the tiles in view, so that a new look reads no file."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final, NamedTuple

from viewer.slide.model import (
    EMPTY,
    ColorReading,
    Empty,
    Progress,
    Samples,
    Slide,
    TileKey,
)

OVERHEAD: Final = 256
"""Bytes that an entry costs beside its samples."""


class _Key(NamedTuple):
    tile: TileKey
    color: ColorReading


class RecentSamples:
    """Reads tiles, and keeps the complete ones as long as they fit in `budget` bytes.

    Invariant, under the one lock: `used` is the sum of what is held, at most `budget`.
    The least recently used tile goes first, those in favor last: with them alone the
    newest goes, so that going round and round still finds the others. Any thread.
    """

    def __init__(self, budget: int) -> None:
        """Keep at most `budget` bytes."""
        self.budget = budget
        self.used = 0
        self._lock = threading.Lock()
        self._held: OrderedDict[_Key, tuple[Samples | Empty, int]] = OrderedDict()
        self._favored: frozenset[TileKey] = frozenset()

    def favor(self, tiles: Iterable[TileKey]) -> None:
        """Keep these longest, in the place of those favored before."""
        favored = frozenset(tiles)
        with self._lock:
            self._favored = favored

    def read(
        self, slide: Slide, tile: TileKey, color: ColorReading, seconds: float
    ) -> Progress | Empty:
        """Return a tile's samples, held or read; see Slide.read_progress.

        The samples are contiguous, and nobody may write to them. Raises SlideError.
        """
        key = _Key(tile, color)
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
        if held is not None:
            return EMPTY if isinstance(held[0], Empty) else Progress(held[0], None)
        found = read(slide, tile, color, seconds)
        if isinstance(found, Empty):
            self._keep(key, EMPTY, OVERHEAD)
        elif found.complete:
            self._keep(key, found.samples, OVERHEAD + found.samples.nbytes)
        return found

    def forget(self, slide: int) -> None:
        """Let go of a slide that nobody reads any more."""
        with self._lock:
            for key in [key for key in self._held if key.tile.slide == slide]:
                self.used -= self._held.pop(key)[1]

    def _keep(self, key: _Key, samples: Samples | Empty, size: int) -> None:
        with self._lock:
            if key in self._held:
                return
            self._held[key] = (samples, size)
            self.used += size
            while self.used > self.budget:
                self.used -= self._held.pop(self._first_to_go())[1]

    def _first_to_go(self) -> _Key:
        for key in self._held:
            if key.tile not in self._favored:
                return key
        return next(reversed(self._held))


def read(
    slide: Slide, tile: TileKey, color: ColorReading, seconds: float
) -> Progress | Empty:
    """Read a tile's samples, contiguous; see Slide.read_progress. Raises SlideError."""
    import numpy as np

    found = slide.read_progress(tile, seconds, color)
    if isinstance(found, Empty):
        return EMPTY
    # A tile cut at the slide's edge would keep all of the frame alive.
    return found._replace(samples=np.ascontiguousarray(found.samples))
