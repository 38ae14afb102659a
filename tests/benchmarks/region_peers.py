"""Ways to read a region, and an aligned tile with a profile; run alone in a process.

Run as a module, it reads chunks of regions as it is told on standard input and answers
with the seconds each took:

    python -m tests.benchmarks.region_peers NAME THREADS
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from tests.benchmarks.data import GeneratedSlide, distinct_tiles
from tests.profiles import swapped

TURNS = 15
CHUNK = 200
_EDGE = 256
_COLUMNS, _ROWS = 102, 100

Read = Callable[[int, int], object]
"""Returns the 256 x 256 pixels of level 0 that begin at x, y. Any thread."""


@contextmanager
def bare(slide: GeneratedSlide) -> Iterator[Read]:
    """The floor: the four tiles under a region, not even put together."""
    with bare_tile(slide) as tile:

        def read(x: int, y: int) -> object:
            rows = range(y // _EDGE, (y + _EDGE - 1) // _EDGE + 1)
            columns = range(x // _EDGE, (x + _EDGE - 1) // _EDGE + 1)
            for row in rows:
                for column in columns:
                    tile(column * _EDGE, row * _EDGE)
            return None

        yield read


@contextmanager
def bare_tile(slide: GeneratedSlide) -> Iterator[Read]:
    """One aligned tile: the system call and libjpeg-turbo."""
    import simplejpeg

    places = [(int(offset), int(length)) for offset, length in slide.places[0]]
    file = os.open(slide.levels[0], os.O_RDONLY)

    def read(x: int, y: int) -> object:
        offset, length = places[y // _EDGE * _COLUMNS + x // _EDGE]
        return simplejpeg.decode_jpeg(os.pread(file, length, offset), "BGRX")

    yield read
    os.close(file)


@contextmanager
def coverslip(slide: GeneratedSlide) -> Iterator[Read]:
    """The program's regions."""
    from viewer import open_slide
    from viewer.slide.geometry import Size
    from viewer.slide.region import Place, read_region

    opened = open_slide(slide.folder)
    yield lambda x, y: read_region(opened, Place(0, x, y, Size(_EDGE, _EDGE)))
    opened.close()


@contextmanager
def corrected_tile(slide: GeneratedSlide) -> Iterator[Read]:
    """The program's aligned tiles, drawn with a profile applied."""
    from viewer import open_slide
    from viewer.codecs.icc import TableCorrection
    from viewer.slide.correction import Corrections
    from viewer.slide.look import Look
    from viewer.slide.model import TileKey

    opened = open_slide(slide.folder)
    correction = TableCorrection(swapped())
    correction.build_table()
    look = Look((0,), Corrections({(0, 0): correction}))

    def read(x: int, y: int) -> object:
        key = TileKey(opened.serial, 0, x // _EDGE, y // _EDGE)
        return look.render([opened.read_samples(key)], 0)

    yield read
    opened.close()


@contextmanager
def wsidicom(slide: GeneratedSlide) -> Iterator[Read]:
    """The peer that reads DICOM."""
    from wsidicom import WsiDicom
    from wsidicom.config import Settings

    uncached = Settings(decoded_frame_cache_size=0, encoded_frame_cache_size=0)
    with WsiDicom.open(slide.folder, settings=uncached) as opened:
        yield lambda x, y: opened.read_region((x, y), 0, (_EDGE, _EDGE))


@contextmanager
def openslide(slide: GeneratedSlide) -> Iterator[Read]:
    """The reference reader."""
    from openslide import OpenSlide, OpenSlideCache

    with OpenSlide(slide.levels[0]) as opened:
        opened.set_cache(OpenSlideCache(0))
        yield lambda x, y: opened.read_region((x, y), 0, (_EDGE, _EDGE))


REGIONS = {
    "bare": bare,
    "coverslip": coverslip,
    "wsidicom": wsidicom,
    "OpenSlide": openslide,
    "bare tile": bare_tile,
    "corrected tile": corrected_tile,
}


def main(name: str, threads: int) -> None:
    """Answer each line of standard input, the number of a turn, with its seconds."""
    random = np.random.default_rng(threads)
    # None is aligned: each touches four tiles.
    corners = random.integers(0, (_COLUMNS - 1, _ROWS - 1), (TURNS * CHUNK, 2)) * _EDGE
    corners += random.integers(1, _EDGE, corners.shape)
    places = [(int(x), int(y)) for x, y in corners]
    with REGIONS[name](distinct_tiles()) as read, ThreadPoolExecutor(threads) as pool:
        for place in places[:threads]:
            read(*place)
        print("ready", flush=True)
        for line in sys.stdin:
            chunk = places[int(line) * CHUNK :][:CHUNK]

            def read_all(part: int, chunk: list[tuple[int, int]] = chunk) -> None:
                for x, y in chunk[part::threads]:
                    read(x, y)

            started = time.perf_counter()
            for _ in pool.map(read_all, range(threads)):
                pass
            print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
