"""The fit view of a slide with 96,100 frames and no pyramid; prints JSON.

    python -m tests.benchmarks.large_level fit     how the whole picture comes
    python -m tests.benchmarks.large_level calm    the same, without looking at it
    python -m tests.benchmarks.large_level zoom    zooming in while it comes
    python -m tests.benchmarks.large_level plain   two threads, read and decode alone

Coverage is read off the screen: what is drawn has the slide's tint.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import simplejpeg
from PySide6.QtCore import QTimer

from tests.benchmarks.data import single_level
from tests.benchmarks.stage import Stage, lateness, peak_memory, run_until, stage
from tests.benchmarks.textures import levels_shown

_PATIENCE = 300.0  # seconds
_ZOOM_AFTER = 2.0  # seconds of loading the whole picture


def calm() -> dict[str, Any]:
    """Let the picture come without taking it off the screen meanwhile.

    Looking is a painting of its own, twenty times a second: a user feels the rest.
    """
    return fit(looking=False)


def fit(*, looking: bool = True) -> dict[str, Any]:
    """Show the slide and watch its picture come until it is complete."""
    slide = single_level()
    slide.read_once()
    late: list[float] = []
    coverage: list[tuple[float, float]] = []
    with stage() as scene:
        opened = scene.opened(slide.folder)
        clock = QTimer()
        with lateness(late):
            started = time.perf_counter()
            clock.timeout.connect(
                lambda: coverage.append((_since(started), _coverage(scene)))
            )
            if looking:
                clock.start(50)
            scene.view.show_slide(opened)
            run_until(scene.view.is_complete, _PATIENCE)
            complete = _since(started)
            clock.stop()
        scene.run_for(0.1)
        coverage.append((complete, _coverage(scene)))
    return {
        "late": late,
        "coverage": coverage,
        "complete": complete,
        "peak_memory": peak_memory(),
    }


def zoom() -> dict[str, Any]:
    """Zoom in to full magnification soon after opening, and out again."""
    slide = single_level()
    slide.read_once()
    late: list[float] = []
    with stage() as scene:
        opened = scene.opened(slide.folder)
        with lateness(late):
            scene.view.show_slide(opened)
            scene.run_for(_ZOOM_AFTER)
            sharp = scene.seconds_until_complete(scene.view.show_native, _PATIENCE)
            scene.run_for(0.5)
            middle = scene.seconds_until_complete(
                lambda: scene.view.set_pixel_size(4), _PATIENCE
            )
            scene.view.fit()
            scene.run_for(1)
    return {"late": late, "native": sharp, "quarter": middle}


def plain() -> dict[str, Any]:
    """Read and decode every frame at an eighth of its size, by two threads."""
    slide = single_level()
    slide.read_once()
    file = os.open(slide.levels[0], os.O_RDONLY)
    places = slide.places[0].tolist()

    def decode_all(part: int) -> None:
        for offset, length in places[part::2]:
            data = os.pread(file, length, offset)
            simplejpeg.decode_jpeg(
                data, "BGRX", min_height=1, min_width=1, min_factor=8
            )

    with ThreadPoolExecutor(2) as pool:
        started = time.perf_counter()
        for _ in pool.map(decode_all, range(2)):
            pass
        taken = _since(started)
    os.close(file)
    return {"plain": taken}


def _since(started: float) -> float:
    return time.perf_counter() - started


def _coverage(scene: Stage) -> float:
    """Return the share of the slide's part of the screen that shows something."""
    area = scene.view.viewport_state()
    left = round(-area.area.x / area.pixel_size)
    top = round(-area.area.y / area.pixel_size)
    edge = round(310 * 256 / area.pixel_size)
    shown = scene.picture()[top + 2 : top + edge - 2, left + 2 : left + edge - 2]
    return float(np.mean(levels_shown(shown[::4, ::4], block=1) == 0))


if __name__ == "__main__":
    parts = {"fit": fit, "calm": calm, "zoom": zoom, "plain": plain}
    print(json.dumps(parts[sys.argv[1]]()))
