"""Computed levels: what a pyramid lacks, made from the stored level below.

Why steps of two, not of four? A view paints the coarsest level that still has a pixel
for each of its own, hence made smaller by up to the step between levels. Qt's smooth
scaling looks at 2 x 2 pixels: beyond a factor of two it leaves pixels out, and fine
texture turns into moire.

A tile up to three halvings above its stored level is made in one go: the decoder does
those halvings (1/8 is the DC of a JPEG block). Tiles further up grow: their work is cut
into the squares that are tiles at the third halving, and a square that is done goes
into every tile above it. So the whole picture of a slide with one level shows after a
few frames, and the work for the top is the work for all.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from math import ceil
from typing import Final
from weakref import WeakValueDictionary

from viewer.formats.growing import GrowingTile, Place
from viewer.formats.patchwork import MOST_SHRINK, UNIT_PIXELS, Patchwork, ReadStored
from viewer.formats.recent import Recent
from viewer.formats.reduction import AreaSums, counts
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Scale, Size
from viewer.slide.model import EMPTY, Empty, Level, Progress, Samples, TileKey

TOP_TILES: Final = 20
"""Levels are computed until one has at most so many tiles."""

MOST_HALVINGS: Final = 11
"""Above one stored level; what is wider than 10 million pixels is no slide."""

_TILE: Final = Size(UNIT_PIXELS, UNIT_PIXELS)
_KEPT_LEVEL = 32 << 20  # bytes of a whole level: up to here its tiles are kept
_KEPT_BYTES = 128 << 20  # all focal planes and optical paths together
_PASSING_BYTES = 64 << 20  # for tiles of larger levels
_Part = tuple[TileKey, Place, Samples | Empty]
_PATIENCE = 60.0  # seconds between two looks at a tile that others work on


def with_computed_levels(stored: Sequence[Level]) -> list[Level]:
    """Return the stored levels, finest first, with computed ones where a step is wide.

    A computed level is exactly half of the level before it, rounded up: a pixel is 2**k
    pixels square of its stored level, the last one possibly less, and `downsample` is
    that of the stored level times 2**k. Its tiles are 256 pixels square whatever those
    of the file are. After the last stored level they go on to at most TOP_TILES tiles.
    """
    levels: list[Level] = []
    for number, level in enumerate(stored):
        levels.append(level)
        coarser = stored[number + 1] if number + 1 < len(stored) else None
        for halvings in range(1, MOST_HALVINGS + 1):
            halved = _halved(level, halvings)
            if not _is_needed(levels[-1].size, halved.size, coarser):
                break
            levels.append(halved)
    return levels


class ComputedLevels:
    """Makes tiles of computed levels, from any number of threads at once.

    Invariant, under the one lock: a square is being made at most once, and is in every
    growing tile above it before its claim ends. Memory is bounded whatever the slide:
    growing tiles that are put away cost their work, never their truth.
    """

    def __init__(
        self,
        levels: Sequence[Level],
        read: ReadStored,
        absent: Sequence[tuple[int, int, int]],
    ) -> None:
        """Take levels as made by `with_computed_levels`.

        `read(key, shrink)` reads a stored tile cut to its level, as the area mean of
        `shrink` (1, 2, 4 or 8) pixels square, and may raise SlideError. What is not
        stored takes the RGB color in `absent` of its optical path; grey samples the
        mean of that.
        """
        self._levels = levels
        self._absent = absent
        self._patchwork = Patchwork(levels, read, absent)
        self._bases = _bases(levels)
        self._lock = threading.Lock()
        self._claims: dict[TileKey, Future[Samples | Empty]] = {}
        self._kept: Recent[TileKey, GrowingTile] = Recent(_KEPT_BYTES)
        self._passing: Recent[TileKey, GrowingTile] = Recent(_PASSING_BYTES)
        # Those put away too, as long as somebody works on them.
        self._alive: WeakValueDictionary[TileKey, GrowingTile] = WeakValueDictionary()

    def read(self, key: TileKey) -> Samples | Empty:
        """Return a whole tile, however long that takes; see `refine`."""
        while True:
            progress = self.refine(key, _PATIENCE)
            if progress is EMPTY:
                return EMPTY
            if progress.complete:
                return progress.samples

    def refine(self, key: TileKey, seconds: float) -> Progress | Empty:
        """Work on a tile for about so long, at least one square; return what there is.

        What cannot be read is hatched in grey and is among `failures`. EMPTY where it
        is known that nothing is stored. Raises SlideError for a tile outside the level,
        and Cancelled where reading does.
        """
        self._check(key)
        if key.level - self._bases[key.level] <= MOST_SHRINK:
            samples = self._square(key)
            return EMPTY if samples is EMPTY else Progress(samples, None)
        deadline = time.monotonic() + seconds
        with self._lock:
            tile = self._growing(key)
        while True:
            unit, others = self._claim_below(tile, key)
            if unit is not None:
                self._make(unit)
            elif others:
                remaining = max(0.0, deadline - time.monotonic())
                wait(others, remaining, FIRST_COMPLETED)
            if time.monotonic() >= deadline or not (unit or others):
                break
        with self._lock:
            return tile.progress()

    @property
    def failures(self) -> Mapping[TileKey, str]:
        """A live view of the stored tiles that could not be read, and why."""
        return self._patchwork.failures

    def retry(self) -> None:
        """Forget what failed, and every growing tile that may show it."""
        with self._lock:
            self._kept.clear()
            self._passing.clear()
            self._alive.clear()
        self._patchwork.forget_failures()

    def _check(self, key: TileKey) -> None:
        level = self._levels[key.level]
        if not (0 <= key.column < level.columns and 0 <= key.row < level.rows):
            raise SlideError(
                f"Level {key.level} has no tile {key.column}, {key.row}: "
                f"expected less than {level.columns}, {level.rows}."
            )

    def _square(self, unit: TileKey) -> Samples | Empty:
        """Make a tile that is one square, or wait for who makes it already."""
        while True:
            with self._lock:
                claim = self._claims.get(unit)
                if claim is None:
                    self._claims[unit] = Future()
            if claim is None:
                return self._make(unit)
            if claim.exception() is None:
                return claim.result()

    def _make(self, unit: TileKey) -> Samples | Empty:
        """Make a square that this thread has claimed, and end the claim."""
        try:
            samples = self._patchwork.square(unit, self._bases[unit.level])
            parts = self._parts(unit, samples)
            with self._lock:
                for tile, place, part in parts:
                    self._growing(tile).paste(place, part)
        except BaseException as error:
            self._end_claim(unit).set_exception(error)
            raise
        self._end_claim(unit).set_result(samples)
        return samples

    def _end_claim(self, unit: TileKey) -> Future[Samples | Empty]:
        with self._lock:
            return self._claims.pop(unit)

    def _parts(self, unit: TileKey, samples: Samples | Empty) -> list[_Part]:
        """Return a square as it looks in each growing tile above it."""
        base = self._bases[unit.level]
        if unit.level - base != MOST_SHRINK:
            return []
        size, side = self._levels[base].size, UNIT_PIXELS << MOST_SHRINK
        sums = None
        if samples is not EMPTY:
            across = min(side, size.width - unit.column * side)
            down = min(side, size.height - unit.row * side)
            pixel = 1 << MOST_SHRINK
            sums = AreaSums.of(samples, counts(across, pixel), counts(down, pixel))
        parts: list[_Part] = []
        level = unit.level + 1
        while level < len(self._levels) and self._bases[level] == base:
            shift = level - unit.level
            column, row = unit.column >> shift, unit.row >> shift
            place = unit.column - (column << shift), unit.row - (row << shift)
            sums = None if sums is None else sums.halved()
            tile = unit._replace(level=level, column=column, row=row)
            parts.append((tile, place, EMPTY if sums is None else sums.mean()))
            level += 1
        return parts

    # What follows is called with the lock held, but for _claim_below.

    def _claim_below(
        self, tile: GrowingTile, key: TileKey
    ) -> tuple[TileKey | None, list[Future[Samples | Empty]]]:
        """Claim a square that a growing tile misses, or say who makes what is left."""
        others: list[Future[Samples | Empty]] = []
        level = self._bases[key.level] + MOST_SHRINK
        shift = key.level - level
        with self._lock:
            for across, down in tile.missing():
                column, row = (key.column << shift) + across, (key.row << shift) + down
                unit = key._replace(level=level, column=column, row=row)
                claim = self._claims.get(unit)
                if claim is None:
                    self._claims[unit] = Future()
                    return unit, []
                others.append(claim)
        return None, others

    def _growing(self, key: TileKey) -> GrowingTile:
        level = self._levels[key.level]
        small = 4 * level.size.width * level.size.height <= _KEPT_LEVEL
        held = self._kept if small else self._passing
        tile = held.get(key) or self._alive.get(key)
        if tile is None:
            square = UNIT_PIXELS >> (key.level - self._bases[key.level] - MOST_SHRINK)
            size = level.tile_extent(key.column, key.row)
            tile = GrowingTile(size, square, self._absent[key.optical_path])
            self._alive[key] = tile
        held.put(key, tile, tile.size_in_bytes)
        return tile


def _halved(level: Level, halvings: int) -> Level:
    scale = 1 << halvings
    width, height = level.size
    return Level(
        size=Size(ceil(width / scale), ceil(height / scale)),
        tile_size=_TILE,
        downsample=Scale(level.downsample.x * scale, level.downsample.y * scale),
        stored=False,
    )


def _is_needed(finer: Size, halved: Size, coarser: Level | None) -> bool:
    """Whether a level of size `halved` belongs between the two, or above the finer."""
    if coarser is None:
        across = ceil(finer.width / UNIT_PIXELS)
        return across * ceil(finer.height / UNIT_PIXELS) > TOP_TILES
    # The finer size was rounded up and the coarser one may have been rounded down,
    # which together makes up to two pixels more than twice the coarser size.
    wide = (
        finer.width > 2 * coarser.size.width + 2
        or finer.height > 2 * coarser.size.height + 2
    )
    between = (
        halved.width >= coarser.size.width and halved.height >= coarser.size.height
    )
    return wide and between


def _bases(levels: Sequence[Level]) -> list[int]:
    """Return, for each level, the number of the stored level that it is made from."""
    bases: list[int] = []
    for number, level in enumerate(levels):
        bases.append(number if level.stored else bases[-1])
    return bases
