"""Tiles of the result, and the same pixels of the source, whatever its tiles are."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from math import ceil
from typing import Final, NamedTuple, cast

import numpy as np

from viewer.formats.recent import Recent
from viewer.qa.comparing import LayerPair, LevelPair
from viewer.qa.pixels.sampling import TilePlace
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import EMPTY, Empty, Level, Samples, Slide, TileKey

BUDGET: Final = 128 << 20
"""Bytes of the source's tiles that are kept, as others of the result's need them."""


class Layer(NamedTuple):
    """One level, focal plane and optical path of each slide."""

    level: LevelPair
    focal_plane: LayerPair
    optical_path: LayerPair


@dataclass(frozen=True, slots=True)
class CommonGrid:
    """The tiles of the result's level, as far as both levels reach.

    `size` is what both have. `is_same` says whether tile for tile can be compared.
    """

    a: Level
    b: Level

    @property
    def size(self) -> Size:
        """Return the pixels that both levels have."""
        return Size(
            min(self.a.size.width, self.b.size.width),
            min(self.a.size.height, self.b.size.height),
        )

    @property
    def is_same(self) -> bool:
        """Whether both have the same grid of tiles."""
        return self.a.tile_size == self.b.tile_size

    @property
    def columns(self) -> int:
        """Tiles across."""
        return ceil(self.size.width / self.b.tile_size.width)

    @property
    def rows(self) -> int:
        """Tiles down."""
        return ceil(self.size.height / self.b.tile_size.height)

    @property
    def stripe(self) -> int:
        """Columns of tiles whose pixels the source has in half of the budget."""
        if self.is_same:
            return self.columns
        height = self.b.tile_size.height + 2 * self.a.tile_size.height
        column = max(1, self.b.tile_size.width * height * 4)
        return max(1, min(self.columns, BUDGET // column))

    def extent(self, place: TilePlace) -> Size:
        """Return the size of a tile, cut to what both levels have."""
        tile, size = self.b.tile_size, self.size
        return Size(
            min(tile.width, size.width - place.column * tile.width),
            min(tile.height, size.height - place.row * tile.height),
        )


class TilePairs:
    """Reads tiles of one layer from both slides. Any thread.

    Invariant: of the source, at most `BUDGET` bytes are kept, and no tile is decoded by
    two threads at once.
    """

    def __init__(self, a: Slide, b: Slide, layer: Layer) -> None:
        """Take the open slides; nothing is read yet."""
        self.layer: Final = layer
        self.grid: Final = CommonGrid(a.levels[layer.level.a], b.levels[layer.level.b])
        self._a, self._b = a, b
        self._lock = threading.Lock()
        self._recent: Recent[TilePlace, Samples | Empty] = Recent(BUDGET)
        self._coming: dict[TilePlace, Future[Samples | Empty]] = {}

    @property
    def absent(self) -> tuple[int, int, int]:
        """Red, green and blue of what the result does not store."""
        return self._b.optical_paths[self.layer.optical_path.b].absent

    def key_b(self, place: TilePlace) -> TileKey:
        """Return the result's name of a tile."""
        _, plane, path = self.layer
        return TileKey(self._b.serial, self.layer.level.b, *place, plane.b, path.b)

    def key_a(self, place: TilePlace) -> TileKey:
        """Return the source's name of a tile of its own grid."""
        _, plane, path = self.layer
        return TileKey(self._a.serial, self.layer.level.a, *place, plane.a, path.a)

    def read_b(self, place: TilePlace) -> Samples | Empty:
        """Read a tile of the result; raises SlideError."""
        return self._cut(self._b.read_samples(self.key_b(place)), place)

    def read_a(self, place: TilePlace) -> Samples | Empty:
        """Read the source's pixels at a tile of the result; raises SlideError.

        EMPTY where the source stores none of them; what it lacks of others has the
        optical path's absent color.
        """
        if self.grid.is_same:
            return self._cut(self._a.read_samples(self.key_a(place)), place)
        return self._composed(place)

    def damage(self, place: TilePlace) -> str:
        """Say what is damaged of a tile of the result that has been read all the same.

        Empty where nothing is, or where the source's own tile is damaged, too.
        """
        said = self._b.damaged.get(self.key_b(place), "")
        if said and self.grid.is_same and self.key_a(place) in self._a.damaged:
            return ""
        return said

    def _cut(self, samples: Samples | Empty, place: TilePlace) -> Samples | Empty:
        if isinstance(samples, Empty):
            return EMPTY
        width, height = self.grid.extent(place)
        return samples[:height, :width]

    def _composed(self, place: TilePlace) -> Samples | Empty:
        """Put a rectangle together from the source's own tiles."""
        width, height = self.grid.extent(place)
        left = place.column * self.grid.b.tile_size.width
        top = place.row * self.grid.b.tile_size.height
        step = self.grid.a.tile_size
        canvas: Samples | None = None
        for row in range(top // step.height, ceil((top + height) / step.height)):
            for column in range(left // step.width, ceil((left + width) / step.width)):
                samples = self._source_tile(TilePlace(column, row))
                if isinstance(samples, Empty):
                    continue
                if canvas is None:
                    canvas = self._blank(samples, Size(width, height))
                elif kind(canvas) != kind(samples):
                    raise SlideError(
                        f"{self._a.name}: tile ({column}, {row}) is {kind(samples)}, "
                        f"its neighbor {kind(canvas)}."
                    )
                across, down = column * step.width - left, row * step.height - top
                _paste(canvas, samples, across, down)
        return EMPTY if canvas is None else canvas

    def _blank(self, like: Samples, size: Size) -> Samples:
        """Return pixels of the color of what was not scanned."""
        red, green, blue = self._a.optical_paths[self.layer.optical_path.a].absent
        shape = size.height, size.width
        if like.ndim == 3:  # as whole pixels: ten times as fast as byte by byte
            pixel = np.array([blue, green, red, 255], np.uint8).view(np.uint32)
            canvas = np.full(shape, pixel[0]).view(np.uint8).reshape(*shape, 4)
        else:
            grey = green * (1 if like.itemsize == 1 else 257)
            canvas = np.full(shape, grey, like.dtype)
        return cast("Samples", canvas)

    def _source_tile(self, place: TilePlace) -> Samples | Empty:
        """Return one of the source's own tiles; raises SlideError."""
        with self._lock:
            known = self._recent.get(place)
            if known is not None:
                return known
            coming = self._coming.get(place)
            mine = coming is None
            if coming is None:
                coming = self._coming[place] = Future()
        if not mine:
            return coming.result()
        try:
            samples = self._a.read_samples(self.key_a(place))
        except BaseException as error:
            coming.set_exception(error)
            with self._lock:
                del self._coming[place]
            raise
        coming.set_result(samples)
        with self._lock:
            size = 1 if isinstance(samples, Empty) else samples.nbytes
            self._recent.put(place, samples, size)
            del self._coming[place]
        return samples


def kind(samples: Samples) -> str:
    """Return what samples are, in words."""
    return "color" if samples.ndim == 3 else f"{8 * samples.itemsize}-bit grey"


def _paste(canvas: Samples, samples: Samples, x: int, y: int) -> None:
    """Copy what lies within the canvas; `x` and `y` say where the samples begin."""
    left, top = max(0, x), max(0, y)
    part = samples[top - y :, left - x :]
    part = part[: canvas.shape[0] - top, : canvas.shape[1] - left]
    canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
