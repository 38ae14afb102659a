"""A picture drawn once from top to bottom, and its levels, as encoded tiles."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.slide.geometry import Size

Pixels = NDArray[np.uint8]

TILE: Final = 256
STRIP: Final = 2 * TILE
WORKERS: Final = 2


class Picture(Protocol):
    """Pixels anywhere within `size`; (rows, columns, 3) uint8 RGB; any thread."""

    @property
    def size(self) -> Size:
        """The whole picture."""
        ...

    def draw(self, x: int, y: int, size: Size) -> Pixels:
        """Return a rectangle that lies within the picture."""
        ...


class _Strip(NamedTuple):
    tiles: list[bytes]
    half: Pixels


class Pyramid:
    """Levels of a picture, each half as large as the one before.

    The coarser levels are complete once all frames of level 0 have been taken: they are
    made on the way.
    """

    def __init__(
        self, picture: Picture, levels: int, encode: Callable[[Pixels], bytes]
    ) -> None:
        """Take a picture whose sides can be halved `levels` - 1 times; 2 or more."""
        shrink = 2 ** (levels - 1)
        if picture.size.width % shrink or picture.size.height % shrink:
            raise ValueError(f"{picture.size} cannot be halved {levels - 1} times")
        self._picture = picture
        self._encode = encode
        self.sizes = [
            Size(picture.size.width >> level, picture.size.height >> level)
            for level in range(levels)
        ]
        self._tiles: list[list[bytes]] = [[] for _ in self.sizes]
        self._rows: list[list[Pixels]] = [[] for _ in self.sizes]
        self._top: list[Pixels] = []

    def frames(self, level: int) -> Iterator[bytes]:
        """Yield a level's tiles, row by row, encoded; level 0 is drawn meanwhile."""
        return self._drawn() if level == 0 else iter(self._tiles[level])

    def top_pixels(self) -> Pixels:
        """Return the coarsest level; to be asked when level 0 is complete."""
        return np.concatenate(self._top)

    def _drawn(self) -> Iterator[bytes]:
        starts = iter(range(0, self._picture.size.height, STRIP))
        with ThreadPoolExecutor(WORKERS, "demo") as executor:
            ahead: deque[Future[_Strip]] = deque()
            try:
                for start in starts:
                    ahead.append(executor.submit(self._strip, start))
                    if len(ahead) > WORKERS:
                        yield from self._taken(ahead.popleft().result())
                while ahead:
                    yield from self._taken(ahead.popleft().result())
            finally:
                executor.shutdown(cancel_futures=True)
        for level in range(1, len(self.sizes)):
            self._flush(level)

    def _strip(self, y: int) -> _Strip:
        """Draw and encode one strip of level 0 (worker threads)."""
        width, height = self._picture.size
        rows = min(STRIP, height - y)
        pixels = np.concatenate(
            [
                self._picture.draw(x, y, Size(min(STRIP, width - x), rows))
                for x in range(0, width, STRIP)
            ],
            axis=1,
        )
        return _Strip(self._encoded(pixels), halved(pixels))

    def _taken(self, strip: _Strip) -> list[bytes]:
        pixels = strip.half
        for level in range(1, len(self.sizes)):
            self._rows[level].append(pixels)
            pixels = halved(pixels)
            if sum(len(rows) for rows in self._rows[level]) >= TILE:
                self._flush(level)
        return strip.tiles

    def _flush(self, level: int) -> None:
        """Encode the rows collected for a level."""
        if not self._rows[level]:
            return
        pixels = np.concatenate(self._rows[level])
        self._rows[level].clear()
        self._tiles[level] += self._encoded(pixels)
        if level == len(self.sizes) - 1:
            self._top.append(pixels)

    def _encoded(self, pixels: Pixels) -> list[bytes]:
        """Return a strip's tiles; what sticks out repeats the last row and column."""
        height, width = pixels.shape[:2]
        edges = ((0, -height % TILE), (0, -width % TILE), (0, 0))
        whole = np.pad(pixels, edges, mode="edge")
        return [
            self._encode(np.ascontiguousarray(whole[y : y + TILE, x : x + TILE]))
            for y in range(0, height, TILE)
            for x in range(0, width, TILE)
        ]


def halved(pixels: Pixels) -> Pixels:
    """Return the means of 2 x 2 pixels, rounded; the sides must be even."""
    part = pixels.astype(np.uint16)
    total = part[0::2, 0::2] + part[0::2, 1::2] + part[1::2, 0::2] + part[1::2, 1::2]
    return ((total + 2) >> 2).astype(np.uint8)
