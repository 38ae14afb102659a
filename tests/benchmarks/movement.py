"""Ten seconds of panning and zooming; prints what was felt of it as JSON.

    python -m tests.benchmarks.movement jpeg|jpeg2000

Two scripts of smooth movement, at 60 steps a second: one ends by panning, one by
zooming in. What is on screen 250 ms after the last step is read off the screen: the
color of each part says which level it was drawn from.
"""

import json
import sys
import time
from math import floor, log2
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import Qt, QTimer

from tests.benchmarks.data import pyramid
from tests.benchmarks.stage import (
    Paints,
    Stage,
    lateness,
    peak_memory,
    run_until,
    stage,
)
from tests.benchmarks.textures import levels_shown

_STEP = 1 / 60


class Move(NamedTuple):
    """Some seconds of steady movement: view pixels a second, doublings a second."""

    seconds: float
    right: float
    down: float
    zoom_in: float = 0.0


PANNING_LAST = (
    Move(3, 600, 200),
    Move(2, 0, 0, -1.5),
    Move(1.5, 400, -500),
    Move(2, 0, 0, 1.5),
    Move(1.5, -700, 500),
)
ZOOMING_LAST = (
    Move(2, 0, 0, -1.5),
    Move(2, 300, 300),
    Move(2, 100, 0, 1),
    Move(2, -800, 0),
    Move(2, -100, 100, 0.5),
)


def main(syntax: str) -> None:
    """Play both scripts and print one object."""
    slide = pyramid(syntax)
    slide.read_once()
    seen = ("late", "paint", "busy", "complete", "sharp", "idle_late")
    result: dict[str, Any] = {name: [] for name in seen}
    with stage() as scene:
        scene.show(scene.opened(slide.folder))
        for script, size in ((PANNING_LAST, 1.0), (ZOOMING_LAST, 1.0)):
            scene.view.set_pixel_size(size)
            scene.view.center_on(12_000, 11_000)
            scene.settle()
            with lateness(idle := []):
                scene.run_for(3)  # how late the timer is by the machine alone
            result["idle_late"].append(idle)
            _play(scene, script, result)
    result["peak_memory"] = peak_memory()
    print(json.dumps(result))


def _play(scene: Stage, script: tuple[Move, ...], result: dict[str, Any]) -> None:
    """Play one script and add what was seen to the result."""
    late: list[float] = []
    paints = scene.view.paints = Paints()
    steps = QTimer()
    steps.setTimerType(Qt.TimerType.PreciseTimer)
    with lateness(late):
        started = before = time.perf_counter()

        def step() -> None:
            nonlocal before
            now = time.perf_counter()
            _move(scene, script, before - started, now - before)
            before = now

        steps.timeout.connect(step)
        steps.start(round(_STEP * 1000))
        run_until(
            lambda: time.perf_counter() - started > _length(script), _length(script) + 9
        )
        steps.stop()
        scene.view.paints = None
        scene.run_for(0.25)
    result["late"].append(late)
    result["paint"].append(paints.seconds)
    result["busy"].append(paints.busy)
    result["complete"].append(sum(paints.complete) / len(paints.complete))
    result["sharp"].append(_sharp_share(scene))


def _length(script: tuple[Move, ...]) -> float:
    return sum(move.seconds for move in script)


def _move(scene: Stage, script: tuple[Move, ...], at: float, seconds: float) -> None:
    """Move the view on by what the script says for a moment."""
    for move in script:
        if at < move.seconds:
            break
        at -= move.seconds
    else:
        return
    if move.zoom_in:
        scene.view.zoom_by(2 ** (move.zoom_in * seconds))
    if move.right or move.down:
        scene.view.pan_by(move.right * seconds, move.down * seconds)


def _sharp_share(scene: Stage) -> float:
    """Return the share of the screen drawn from the level that it should be."""
    target = max(0, floor(log2(scene.view.viewport_state().pixel_size) + 1e-3))
    return float(np.mean(levels_shown(scene.picture()) == target))


if __name__ == "__main__":
    main(sys.argv[1])
