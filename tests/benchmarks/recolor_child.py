"""Changes of color at many places; prints their seconds as JSON.

    python -m tests.benchmarks.recolor_child SHRINKING

`SHRINKING` is how many pixels of the level a pixel of the screen shows. At each place
the ICC switch goes on for the first time, then off again, then brightness changes, with
profiles. Then two threads decode the view's tiles, from memory.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import simplejpeg

from tests.benchmarks.data import pyramid
from tests.benchmarks.stage import Stage, peak_memory, run_until, stage
from tests.profiles import swapped
from viewer.slide.adjustment import Adjustment
from viewer.slide.model import Slide, TileKey
from viewer.tiles.plan import target_places
from viewer.window.coloring import Coloring
from viewer.window.settings import Settings

PLACES = 12
_PATIENCE = 60.0  # seconds


def main(shrinking: float) -> None:
    """Print {"on": [...], "off": [...], "adjusted": [...], "decode": [...], ...}."""
    pyramid("jpeg").read_once()
    random = np.random.default_rng(7)
    taken: dict[str, list[float]] = {
        name: [] for name in ("on", "off", "adjusted", "decode", "tiles", "reads")
    }
    with (
        stage() as scene,
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(2) as pool,
    ):
        coloring = Coloring(
            scene.view, scene.session.samples, Settings(Path(folder) / "settings.ini")
        )
        slide = scene.opened(pyramid("jpeg").folder)
        _profile(slide, swapped())
        reads = _counted(slide)
        scene.view.show_slide(slide, coloring.prepare(slide))
        run_until(lambda: coloring.is_idle, 20)
        coloring.set_managed(False)
        scene.view.set_pixel_size(shrinking)
        scene.settle()
        for number in range(PLACES):
            x, y = (
                float(each) for each in random.integers((3000, 3000), (37_000, 27_000))
            )
            scene.view.center_on(x, y)
            run_until(scene.view.is_complete, _PATIENCE)
            scene.settle()
            reads.clear()
            taken["on"].append(_changed(scene, lambda: coloring.set_managed(True)))
            taken["reads"].append(len(_in_view(scene, slide) & set(reads)))
            scene.settle()
            taken["off"].append(_changed(scene, lambda: coloring.set_managed(False)))
            coloring.set_managed(True)
            scene.settle()
            adjustment = Adjustment(brightness=number + 1)
            taken["adjusted"].append(
                _changed(scene, lambda value=adjustment: coloring.adjust(value))
            )
            scene.settle()
            keys = _in_view(scene, slide)
            taken["decode"].append(_decode(slide, keys, pool))
            taken["tiles"].append(len(keys))
            coloring.reset_adjustment()
            coloring.set_managed(False)
        coloring.stop()
    print(json.dumps({**taken, "peak_memory": peak_memory()}))


def _changed(scene: Stage, change: Callable[[], None]) -> float:
    return scene.seconds_until_complete(change, patience=_PATIENCE)


def _profile(slide: Slide, icc: bytes) -> None:
    """Give all levels a profile, which the generated slide has none of."""
    vars(slide)["icc_profile"] = lambda _level, _path: icc


def _counted(slide: Slide) -> list[TileKey]:
    """Return a list that grows with each tile that is read."""
    found: list[TileKey] = []
    reader = slide.read_progress

    def read(key: TileKey, seconds: float) -> object:
        found.append(key)
        return reader(key, seconds)

    vars(slide)["read_progress"] = read
    return found


def _in_view(scene: Stage, slide: Slide) -> set[TileKey]:
    places = target_places(slide.levels, scene.view.viewport_state())
    return {TileKey(slide.serial, *place) for place in places}


def _decode(slide: Slide, keys: set[TileKey], pool: ThreadPoolExecutor) -> float:
    frames = [slide.read_frame(key) for key in keys]
    codestreams = [bytes(frame.data) for frame in frames if isinstance(frame, tuple)]
    started = time.perf_counter()
    kept = list(
        pool.map(lambda data: simplejpeg.decode_jpeg(data, "BGRX"), codestreams)
    )
    taken = time.perf_counter() - started
    del kept
    return taken


if __name__ == "__main__":
    main(float(sys.argv[1]))
