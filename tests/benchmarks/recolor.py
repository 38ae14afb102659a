"""Recolor: how quickly another look is on screen, without reading files again."""

from statistics import median
from typing import Any

from tests.benchmarks.children import json_of
from tests.benchmarks.data import pyramid
from tests.benchmarks.table import Figure, Report, of_runs

VIEWS = {"1 pixel a pixel": 1.0, "1.9 pixels a pixel": 1.9}
"""Name, and how many pixels of the level a pixel of the screen shows."""

MOST = 300.0
"""Milliseconds."""


def measure() -> Report:
    """Press Y and move brightness at many places."""
    pyramid("jpeg")  # made here: a child's answer is one line
    figures: list[Figure] = []
    for name, shrinking in VIEWS.items():
        taken = switching(shrinking)
        first, decode = taken["on"], taken["decode"]
        ratios = [one / other for one, other in zip(first, decode, strict=True)]
        figures += [
            of_runs(f"{name}: ICC on", _ms(first), "ms", MOST),
            Figure(f"{name}: the slowest", max(_ms(first)), "ms", MOST),
            of_runs(f"{name}: and off again", _ms(taken["off"]), "ms", MOST),
            of_runs(f"{name}: brightness", _ms(taken["adjusted"]), "ms", MOST),
            of_runs(f"{name}: its tiles, plain", _ms(decode), "ms"),
            of_runs(f"{name}: ICC on : plain decoding", ratios, "times"),
            Figure(f"{name}: tiles in view", median(taken["tiles"])),
            Figure(f"{name}: of them read again", sum(taken["reads"]), "", 0),
        ]
    return Report(
        "recolor: JPEG, 40,000 x 30,000, tiles of 512, at 1600 x 1000",
        tuple(figures),
        (
            "until the complete view is painted in its new colors; beside it, two "
            "threads decode the same tiles from memory",
        ),
    )


def switching(shrinking: float) -> dict[str, Any]:
    """Press Y at many places of a slide with a profile, once in this process."""
    return json_of("recolor_child", shrinking)


def _ms(seconds: list[float]) -> list[float]:
    return [each * 1000 for each in seconds]
