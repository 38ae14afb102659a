"""Jumps to other places at full magnification; prints its seconds as JSON.

    python -m tests.benchmarks.jumps jpeg|jpeg2000

Each jump is followed by a plain decoding of just that view's tiles by two threads, from
memory, so that both meet the machine as it is at that moment.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import imagecodecs
import numpy as np
import simplejpeg

from tests.benchmarks.data import GeneratedSlide, pyramid
from tests.benchmarks.stage import HEIGHT, WIDTH, Stage, stage

JUMPS = 15
_TILE = 512
_COLUMNS = 79
_PATIENCE = 60.0  # seconds

_DECODE: dict[str, Callable[[bytes], object]] = {
    "jpeg": lambda data: simplejpeg.decode_jpeg(data, "BGRX"),
    "jpeg2000": lambda data: imagecodecs.jpeg2k_decode(data, numthreads=1),
}


def main(syntax: str) -> None:
    """Jump about and print {"jump": [...], "decode": [...], "tiles": [...]}."""
    slide = pyramid(syntax)
    slide.read_once()
    random = np.random.default_rng(7)
    taken: dict[str, list[float]] = {"jump": [], "decode": [], "tiles": []}
    with stage() as scene, ThreadPoolExecutor(2) as pool:
        scene.show(scene.opened(slide.folder))
        scene.view.show_native()
        scene.settle()
        for _ in range(JUMPS):
            x, y = random.integers((2000, 2000), (38_000, 28_000))
            codestreams = _codestreams(slide, float(x), float(y))
            taken["jump"].append(_jump(scene, float(x), float(y)))
            scene.settle()
            taken["decode"].append(_decode(codestreams, _DECODE[syntax], pool))
            taken["tiles"].append(len(codestreams))
    print(json.dumps(taken))


def _jump(scene: Stage, x: float, y: float) -> float:
    return scene.seconds_until_complete(
        lambda: scene.view.center_on(x, y), patience=_PATIENCE
    )


def _codestreams(slide: GeneratedSlide, x: float, y: float) -> list[bytes]:
    """Return what a view centered there shows at one level-0 pixel a pixel."""
    columns = range(int(x - WIDTH / 2) // _TILE, int(x + WIDTH / 2 - 1) // _TILE + 1)
    rows = range(int(y - HEIGHT / 2) // _TILE, int(y + HEIGHT / 2 - 1) // _TILE + 1)
    return [
        slide.frame(0, row * _COLUMNS + column) for row in rows for column in columns
    ]


def _decode(
    codestreams: Sequence[bytes],
    decode: Callable[[bytes], object],
    pool: ThreadPoolExecutor,
) -> float:
    started = time.perf_counter()
    kept = list(pool.map(decode, codestreams))  # as the view keeps them
    taken = time.perf_counter() - started
    del kept
    return taken


if __name__ == "__main__":
    main(sys.argv[1])
