"""Patchwork: squares of stored levels, put together from tiles and made smaller."""

import threading
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from viewer.formats.recent import Recent
from viewer.formats.reduction import AreaSums, counts
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import EMPTY, Empty, Level, Samples, TileKey

ReadStored = Callable[[TileKey, int], Samples | Empty]
"""Read a stored tile cut to its level, shrunk by 1, 2, 4 or 8 to its area mean."""

UNIT_PIXELS: Final = 256
"""Width and height of the squares that are made in one go; also of computed tiles."""

MOST_SHRINK: Final = 3
"""Halvings that a decoder does by itself: a block of JPEG is 8 x 8."""

_UNUSUAL: Final = (
    "The samples of this tile are of another kind (color or grey, 8 or 16 bits) than "
    "those of the other tiles."
)

_SHARED_BYTES = 64 << 20  # for stored tiles that lie in more than one square
_HATCH_DARK, _HATCH_LIGHT = 112, 144


class Kind(NamedTuple):
    """What samples are: color (BGRX, 8 bits), or grey of 8 or 16 bits."""

    color: bool
    wide: bool

    @classmethod
    def of(cls, samples: Samples) -> "Kind":
        """Return the kind of an array."""
        return cls(samples.ndim == 3, samples.dtype == np.uint16)

    @property
    def scale(self) -> int:
        """What a value of 8 bits is multiplied by."""
        return 257 if self.wide else 1

    def flat(self, size: Size, rgb: tuple[int, int, int]) -> Samples:
        """Return an area of one color where nothing was scanned."""
        red, green, blue = rgb
        shape = size.height, size.width
        if self.color:
            pixel = np.array([blue, green, red, 0], np.uint8).view(np.uint32)
            return np.full(shape, pixel, np.uint32).view(np.uint8).reshape(*shape, 4)
        grey = (red + green + blue) // 3 * self.scale
        if self.wide:
            return np.full(shape, grey, np.uint16)
        return np.full(shape, grey, np.uint8)


COLOR: Final = Kind(color=True, wide=False)


class _Cut(NamedTuple):
    """Where a stored tile lies in a square: what is taken of it, and where it goes."""

    tile: slice
    square: slice


class Patchwork:
    """Makes squares of stored levels smaller, and keeps account of what cannot be read.

    Invariant: every array of one level and optical path has the same kind, as soon as
    one of its tiles could be read. Any thread.
    """

    def __init__(
        self,
        levels: Sequence[Level],
        read: ReadStored,
        absent: Sequence[tuple[int, int, int]],
    ) -> None:
        """Read with `read`; what is not stored takes its path's RGB in `absent`."""
        self._levels = levels
        self._read = read
        self._absent = absent
        self._lock = threading.Lock()
        self._kinds: dict[tuple[int, int], Kind] = {}
        self._failed: dict[TileKey, str] = {}
        self._shared: Recent[tuple[TileKey, int], Samples | Empty] = Recent(
            _SHARED_BYTES
        )

    @property
    def failures(self) -> Mapping[TileKey, str]:
        """A live, read-only view of the stored tiles not readable, and why."""
        return MappingProxyType(self._failed)

    def square(self, unit: TileKey, base: int) -> Samples | Empty:
        """Return the area mean under a tile that lies 1 to 3 halvings above its base.

        A tile that cannot be read is hatched in grey. Raises Cancelled only.
        """
        level, halvings = self._levels[base], unit.level - base
        shrink = _shrink(level, halvings)
        left, across = _stretch(unit.column, halvings, level.size.width)
        top, down = _stretch(unit.row, halvings, level.size.height)
        size = Size(ceil(across / shrink), ceil(down / shrink))
        columns = _cuts(
            left // shrink, size.width, ceil(level.tile_size.width / shrink)
        )
        rows = _cuts(top // shrink, size.height, ceil(level.tile_size.height / shrink))
        canvas = _Canvas(size, self._absent[unit.optical_path])
        shared = not _is_nested(level, halvings)
        for row, part_down in rows.items():
            for column, part_across in columns.items():
                key = unit._replace(level=base, column=column, row=row)
                tile = (
                    self._tile(key, shrink) if shared else self._read_tile(key, shrink)
                )
                canvas.put(tile, part_down, part_across)
        default = self._kinds.get((base, unit.optical_path), COLOR)
        samples = canvas.finished(default, period=8 * (1 << halvings) // shrink)
        if samples is EMPTY or shrink == 1 << halvings:
            return samples
        sums = AreaSums.of(samples, counts(across, shrink), counts(down, shrink))
        while shrink < 1 << halvings:
            sums, shrink = sums.halved(), shrink * 2
        return sums.mean()

    def forget_failures(self) -> None:
        """Know of none again."""
        with self._lock:
            self._failed.clear()

    def _tile(self, key: TileKey, shrink: int) -> Samples | Empty | None:
        """Read a tile that several squares need, if it is not here any more."""
        with self._lock:
            known = self._shared.get((key, shrink))
        if known is not None:
            return known
        tile = self._read_tile(key, shrink)
        if tile is not None:
            size = 0 if tile is EMPTY else tile.nbytes
            with self._lock:
                self._shared.put((key, shrink), tile, size + 200)
        return tile

    def _read_tile(self, key: TileKey, shrink: int) -> Samples | Empty | None:
        """Read a tile; None where that fails."""
        try:
            tile = self._read(key, shrink)
        except Cancelled:
            raise
        except SlideError as error:
            return self._fail(key, str(error))
        if tile is not EMPTY and not self._is_usual(key, tile):
            return self._fail(key, _UNUSUAL)
        if key in self._failed:
            with self._lock:
                self._failed.pop(key, None)
        return tile

    def _fail(self, key: TileKey, sentence: str) -> None:
        with self._lock:
            self._failed[key] = sentence

    def _is_usual(self, key: TileKey, tile: Samples) -> bool:
        """Whether a tile is of the kind that the first one of its level was."""
        kind = Kind.of(tile)
        with self._lock:
            return self._kinds.setdefault((key.level, key.optical_path), kind) == kind


class _Canvas:
    """A square in the making; made of nothing until the first tile comes."""

    def __init__(self, size: Size, absent: tuple[int, int, int]) -> None:
        self._size = size
        self._absent = absent
        self._samples: Samples | None = None
        self._failed: list[tuple[slice, slice]] = []

    def put(self, tile: Samples | Empty | None, down: "_Cut", across: "_Cut") -> None:
        if tile is None:
            self._failed.append((down.square, across.square))
        elif tile is not EMPTY:
            if self._samples is None:
                self._samples = Kind.of(tile).flat(self._size, self._absent)
            self._samples[down.square, across.square] = tile[down.tile, across.tile]

    def finished(self, default: Kind, period: int) -> Samples | Empty:
        """Return the samples, hatched where tiles failed; of `default` if all did."""
        if self._samples is None:
            if not self._failed:
                return EMPTY
            self._samples = default.flat(self._size, self._absent)
        for place in self._failed:
            _hatch(self._samples[place], period)
        return self._samples


def _hatch(samples: Samples, period: int) -> None:
    height, width = samples.shape[:2]
    indices = np.arange(max(height, width), dtype=np.int64)
    diagonal = indices[:height, None] + indices[:width]
    values = np.where(diagonal % period * 2 >= period, _HATCH_LIGHT, _HATCH_DARK)
    if samples.ndim == 3:
        samples[..., :3] = values[..., None]
        samples[..., 3] = 255
    else:
        samples[:] = values * Kind.of(samples).scale


def _shrink(level: Level, halvings: int) -> int:
    """Return what the decoder may do: pixels must not lie across two tiles."""
    shrink = 1 << min(halvings, MOST_SHRINK)
    width = level.tile_size.width if level.columns > 1 else 0
    height = level.tile_size.height if level.rows > 1 else 0
    while width % shrink or height % shrink:
        shrink //= 2
    return shrink


def _is_nested(level: Level, halvings: int) -> bool:
    """Whether no tile lies in two squares."""
    square = UNIT_PIXELS << halvings
    return not (square % level.tile_size.width or square % level.tile_size.height)


def _stretch(index: int, halvings: int, size: int) -> tuple[int, int]:
    """Return where a square starts and how far it goes, in pixels of the level."""
    square = UNIT_PIXELS << halvings
    return index * square, min(square, size - index * square)


def _cuts(start: int, length: int, tile: int) -> dict[int, _Cut]:
    """Return what lies between two positions, by the number of the tile."""
    cuts: dict[int, _Cut] = {}
    end = start + length
    for index in range(start // tile, ceil(end / tile)):
        first, last = max(start, index * tile), min(end, (index + 1) * tile)
        cuts[index] = _Cut(
            slice(first - index * tile, last - index * tile),
            slice(first - start, last - start),
        )
    return cuts
