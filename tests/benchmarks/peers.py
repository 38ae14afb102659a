"""Five ways to read one tile, each with its caches off; run alone in a process each.

A process of its own keeps one reader's memory, imports and garbage from weighing on
another's. Run as a module, it reads chunks of tiles as it is told on standard input and
answers with the seconds each took:

    python -m tests.benchmarks.peers NAME THREADS
"""

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from tests.benchmarks.data import GeneratedSlide, distinct_tiles

TILES = 10_000
CHUNK = 500
_TILE = 256
_COLUMNS = 102
_SPARE_ROW = 99  # below the tiles that count: read before the clock starts
_KEPT = 64
"""The latest tiles, which stay in memory as they do in a viewer.

Otherwise a loop may decode into the same block of memory, warm in the processor's
cache, over and over: 30 microseconds a tile, given or not by the allocator's luck.
"""

Read = Callable[[int, int], object]
"""Returns the tile of a column and row of level 0. Any thread."""


@contextmanager
def bare(slide: GeneratedSlide) -> Iterator[Read]:
    """The floor: nothing but the system call and libjpeg-turbo."""
    import simplejpeg

    places = [(int(offset), int(length)) for offset, length in slide.places[0]]
    file = os.open(slide.levels[0], os.O_RDONLY)

    def read(column: int, row: int) -> object:
        offset, length = places[row * _COLUMNS + column]
        return simplejpeg.decode_jpeg(os.pread(file, length, offset), "BGRX")

    yield read
    os.close(file)


@contextmanager
def coverslip(slide: GeneratedSlide) -> Iterator[Read]:
    """The program, through its door for scripts."""
    from viewer import open_slide
    from viewer.slide.model import TileKey

    opened = open_slide(slide.folder)
    serial = opened.serial
    yield lambda column, row: opened.read_samples(TileKey(serial, 0, column, row))
    opened.close()


@contextmanager
def wsidicom_tile(slide: GeneratedSlide) -> Iterator[Read]:
    """The peer by its quickest door."""
    from wsidicom import WsiDicom
    from wsidicom.config import Settings

    uncached = Settings(decoded_frame_cache_size=0, encoded_frame_cache_size=0)
    with WsiDicom.open(slide.folder, settings=uncached) as opened:
        yield lambda column, row: opened.read_tile(0, (column, row))


@contextmanager
def wsidicom_region(slide: GeneratedSlide) -> Iterator[Read]:
    """The peer by its ordinary door, tile by tile."""
    from wsidicom import WsiDicom
    from wsidicom.config import Settings

    uncached = Settings(decoded_frame_cache_size=0, encoded_frame_cache_size=0)
    with WsiDicom.open(slide.folder, settings=uncached) as opened:
        yield lambda column, row: opened.read_region(
            (column * _TILE, row * _TILE), 0, (_TILE, _TILE)
        )


@contextmanager
def openslide(slide: GeneratedSlide) -> Iterator[Read]:
    """The reference reader; it has regions only."""
    from openslide import OpenSlide, OpenSlideCache

    with OpenSlide(slide.levels[0]) as opened:
        opened.set_cache(OpenSlideCache(0))
        yield lambda column, row: opened.read_region(
            (column * _TILE, row * _TILE), 0, (_TILE, _TILE)
        )


READERS = {
    "bare": bare,
    "coverslip": coverslip,
    "wsidicom read_tile": wsidicom_tile,
    "wsidicom read_region": wsidicom_region,
    "OpenSlide": openslide,
}


def main(name: str, threads: int) -> None:
    """Answer each line of standard input, the number of a chunk, with its seconds."""
    order = np.random.default_rng(threads).permutation(TILES).tolist()
    tiles = [divmod(number, _COLUMNS)[::-1] for number in order]
    spare = [(column, _SPARE_ROW) for column in range(_COLUMNS)]
    slide = distinct_tiles()
    with READERS[name](slide) as read, ThreadPoolExecutor(threads) as pool:
        _seconds(read, spare, pool, threads)
        print("ready", flush=True)
        for line in sys.stdin:
            chunk = tiles[int(line) * CHUNK :][:CHUNK]
            print(_seconds(read, chunk, pool, threads), flush=True)


def _seconds(
    read: Read,
    tiles: Sequence[tuple[int, int]],
    pool: ThreadPoolExecutor,
    threads: int,
) -> float:
    """Return how long the threads take for these tiles, shared out among them."""

    def read_all(part: int) -> None:
        kept: deque[object] = deque(maxlen=_KEPT)
        for column, row in tiles[part::threads]:
            kept.append(read(column, row))

    started = time.perf_counter()
    for _ in pool.map(read_all, range(threads)):
        pass
    return time.perf_counter() - started


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
