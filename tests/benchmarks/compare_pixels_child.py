"""Ways to decode all tiles of two slides; run alone in a process.

Run as a module, it does so as often as it gets a line on standard input, and answers
with the seconds each time took:

    python -m tests.benchmarks.compare_pixels_child NAME KIND THREADS
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks.data import GeneratedSlide, distinct_tiles, recoded_tiles

Compare = Callable[[GeneratedSlide, GeneratedSlide, int], int]
"""Returns how many tiles were found to differ."""


def bare(a: GeneratedSlide, b: GeneratedSlide, threads: int) -> int:
    """The floor: the system call and libjpeg-turbo, for every frame of both."""
    import simplejpeg

    sides = [
        (os.open(slide.levels[0], os.O_RDONLY), slide.places[0].tolist())
        for slide in (a, b)
    ]

    def decode(part: int) -> None:
        for number in range(part, len(sides[0][1]), threads):
            for file, places in sides:
                offset, length = places[number]
                simplejpeg.decode_jpeg(os.pread(file, length, offset), "BGRX")

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(decode, range(threads)))
    for file, _ in sides:
        os.close(file)
    return 0


def coverslip(a: GeneratedSlide, b: GeneratedSlide, threads: int) -> int:
    """The program: all tiles, with their figures and the map of them."""
    from viewer import open_slide
    from viewer.qa.comparing import CompareOptions, Comparing, Pixels
    from viewer.qa.pairing.slides import pair
    from viewer.qa.pixels.comparison import compare_pixels
    from viewer.qa.run import Run

    one, other = open_slide(a.folder), open_slide(b.folder)
    options = CompareOptions(Pixels.ALL)
    run = Run(threads=threads)
    result = compare_pixels(Comparing(one, other, pair(one, other), options, run), None)
    one.close()
    other.close()
    return result.looked - result.same


COMPARE: dict[str, Compare] = {"bare": bare, "coverslip": coverslip}


def main(name: str, kind: str, threads: int) -> None:
    """Answer each line with the seconds, the tiles that differ and the peak memory."""
    a = distinct_tiles()
    b = a if kind == "identical" else recoded_tiles()
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        differing = COMPARE[name](a, b, threads)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(seconds, differing, peak, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
