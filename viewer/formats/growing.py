"""GrowingTile: a computed tile so high up that it is put together from many squares."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.formats.patchwork import COLOR, Kind
from viewer.slide.geometry import Size
from viewer.slide.model import EMPTY, Empty, Progress, Samples

Place = tuple[int, int]
"""Column and row of a square inside its tile."""


class GrowingTile:
    """What is known of one tile: squares that are done, and their pixels.

    Invariant: where `_done` says so, the samples are final; elsewhere they are of the
    absent color. No samples are held before the first square that is not absent. No
    lock of its own.
    """

    def __init__(self, size: Size, square: int, absent: tuple[int, int, int]) -> None:
        """Start a tile of `size`, to be made from squares `square` pixels wide."""
        self._size = size
        self._square = square
        self._absent = absent
        self._samples: Samples | None = None
        shape = (-(-size.height // square), -(-size.width // square))
        self._done: NDArray[np.bool_] = np.zeros(shape, np.bool_)

    @property
    def is_complete(self) -> bool:
        """Whether no square is missing."""
        return bool(self._done.all())

    @property
    def size_in_bytes(self) -> int:
        """What it takes at most, in color."""
        return 4 * self._size.width * self._size.height + self._done.size

    def missing(self) -> Iterator[Place]:
        """Return the squares not done yet, from the center of the tile out."""
        rows, columns = self._done.shape
        for column, row in _from_center(columns, rows):
            if not self._done[row, column]:
                yield column, row

    def paste(self, place: Place, samples: Samples | Empty) -> None:
        """Put a square in its place, reduced already."""
        column, row = place
        if samples is not EMPTY:
            if self._samples is None:
                self._samples = Kind.of(samples).flat(self._size, self._absent)
            elif Kind.of(samples) != Kind.of(self._samples):
                # What was hatched before any frame could be read is made again, in the
                # kind that the frames turned out to have.
                self._samples = Kind.of(samples).flat(self._size, self._absent)
                self._done[:] = False
            top, left = row * self._square, column * self._square
            height, width = samples.shape[:2]
            self._samples[top : top + height, left : left + width] = samples
        self._done[row, column] = True

    def progress(self) -> Progress | Empty:
        """Return a copy of what there is; EMPTY where it is known that nothing is."""
        complete = self.is_complete
        if self._samples is None:
            if complete:
                return EMPTY
            samples = COLOR.flat(self._size, self._absent)
        else:
            samples = self._samples.copy()
        return Progress(samples, None if complete else self._covered())

    def _covered(self) -> NDArray[np.bool_]:
        covered = self._done.repeat(self._square, 0).repeat(self._square, 1)
        return covered[: self._size.height, : self._size.width]


@lru_cache(maxsize=64)
def _from_center(columns: int, rows: int) -> tuple[Place, ...]:
    places = [(column, row) for row in range(rows) for column in range(columns)]
    middle_x, middle_y = (columns - 1) / 2, (rows - 1) / 2
    places.sort(
        key=lambda place: (place[0] - middle_x) ** 2 + (place[1] - middle_y) ** 2
    )
    return tuple(places)
