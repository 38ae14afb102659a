"""A picture drawn once from top to bottom, and its levels, as encoded tiles."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viewer.slide.geometry import Size

Pixels = NDArray[np.uint8]
"""(rows, columns, 4): red, green, blue, and a byte that does not matter."""

TILE: Final = 256
FACTOR: Final = 4
"""How much smaller each level is than the one before."""

BLOCK: Final = FACTOR * TILE
WORKERS: Final = 2


class Picture(Protocol):
    """Pixels anywhere within `size`; (rows, columns, 4) uint8; any thread.

    At most BLOCK columns and rows are asked for at a time.
    """

    @property
    def size(self) -> Size:
        """The whole picture."""
        ...

    def draw(self, x: int, y: int, size: Size) -> Pixels:
        """Return a rectangle that lies within the picture."""
        ...


class _Block(NamedTuple):
    tiles: list[bytes]
    small: Pixels


class Pyramid:
    """Levels of a picture, each FACTOR times smaller than the one before.

    The coarser levels are complete once all frames of level 0 have been taken: they are
    made on the way. Not more than some rows of blocks are held at a time.
    """

    def __init__(
        self, picture: Picture, levels: int, encode: Callable[[Pixels], bytes]
    ) -> None:
        """Take a picture whose sides can be divided so often; 2 levels or more."""
        shrink = FACTOR ** (levels - 1)
        if picture.size.width % shrink or picture.size.height % shrink:
            raise ValueError(f"{picture.size} cannot be divided by {shrink}")
        self._picture = picture
        self._encode = encode
        self.sizes = [
            Size(
                picture.size.width // FACTOR**level,
                picture.size.height // FACTOR**level,
            )
            for level in range(levels)
        ]
        self._tiles: list[list[bytes]] = [[] for _ in self.sizes]
        self._rows: list[list[Pixels]] = [[] for _ in self.sizes]
        self._done: list[list[Pixels]] = [[] for _ in self.sizes]

    def frames(self, level: int) -> Iterator[bytes]:
        """Yield a level's tiles, row by row, encoded; level 0 is drawn meanwhile."""
        return self._drawn() if level == 0 else iter(self._tiles[level])

    def pixels(self, level: int) -> Pixels:
        """Return the last level or the one before it, not level 0, once complete."""
        return np.concatenate(self._done[level])

    def _drawn(self) -> Iterator[bytes]:
        width, height = self.sizes[0]
        places = iter(
            [(x, y) for y in range(0, height, BLOCK) for x in range(0, width, BLOCK)]
        )
        with ThreadPoolExecutor(WORKERS, "demo") as executor:
            ahead: deque[Future[_Block]] = deque()
            row: list[_Block] = []
            try:
                while True:
                    while len(ahead) < 2 * WORKERS and (place := next(places, None)):
                        ahead.append(executor.submit(self._block, *place))
                    if not ahead:
                        break
                    row.append(ahead.popleft().result())
                    if len(row) * BLOCK >= width:
                        yield from self._taken(row)
                        row.clear()
            finally:
                executor.shutdown(cancel_futures=True)
        for level in range(1, len(self.sizes)):
            self._flush(level)

    def _block(self, x: int, y: int) -> _Block:
        """Draw and encode one block of level 0 (worker threads)."""
        width, height = self.sizes[0]
        size = Size(min(BLOCK, width - x), min(BLOCK, height - y))
        pixels = self._picture.draw(x, y, size)
        return _Block(encoded_tiles(pixels, self._encode), reduced(pixels))

    def _taken(self, row: list[_Block]) -> Iterator[bytes]:
        """Yield a row of blocks' tiles, and keep what the next levels are made of."""
        self._keep(1, np.concatenate([block.small for block in row], axis=1))
        rows = -(-row[0].small.shape[0] * FACTOR // TILE)
        for number in range(rows):
            for block in row:
                across = len(block.tiles) // rows
                yield from block.tiles[number * across : (number + 1) * across]

    def _keep(self, level: int, pixels: Pixels) -> None:
        """Take some more rows of a level; encode when they fill blocks or tiles."""
        if level == len(self.sizes):
            return
        self._rows[level].append(pixels)
        last = level == len(self.sizes) - 1
        if sum(len(rows) for rows in self._rows[level]) >= (TILE if last else BLOCK):
            self._flush(level)

    def _flush(self, level: int) -> None:
        """Encode the rows collected for a level, and hand them on to the next."""
        if not self._rows[level]:
            return
        pixels = np.concatenate(self._rows[level])
        self._rows[level].clear()
        self._tiles[level] += encoded_tiles(pixels, self._encode)
        if level >= len(self.sizes) - 2:
            self._done[level].append(pixels)
        if level < len(self.sizes) - 1:
            self._keep(level + 1, reduced(pixels))


def encoded_tiles(pixels: Pixels, encode: Callable[[Pixels], bytes]) -> list[bytes]:
    """Return tiles row by row; what sticks out repeats the last row and column."""
    height, width = pixels.shape[:2]
    whole = np.pad(pixels, ((0, -height % TILE), (0, -width % TILE), (0, 0)), "edge")
    return [
        encode(np.ascontiguousarray(whole[y : y + TILE, x : x + TILE]))
        for y in range(0, height, TILE)
        for x in range(0, width, TILE)
    ]


def reduced(pixels: Pixels) -> Pixels:
    """Return the means of squares, FACTOR wide, rounded; sides must be multiples."""
    image = Image.frombuffer(
        "RGBX", (pixels.shape[1], pixels.shape[0]), np.ascontiguousarray(pixels)
    )
    return np.asarray(image.reduce(FACTOR))
