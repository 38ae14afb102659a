"""View: how quickly another place is sharp, and how movement feels."""

from functools import cache
from statistics import median
from typing import Any

import numpy as np

from tests.benchmarks.children import json_of
from tests.benchmarks.data import pyramid
from tests.benchmarks.table import Figure, Report, of_runs

SYNTAXES = {"jpeg": ("JPEG", 4.0), "jpeg2000": ("JPEG 2000", 1.6)}
"""Name, and how many times the plain decoding a jump may take."""


def measure() -> Report:
    """Measure jumps and movement on both pyramids."""
    figures: list[Figure] = []
    for syntax, (name, bound) in SYNTAXES.items():
        pyramid(syntax)  # made here: a child's answer is one line
        figures += _jumps(name, json_of("jumps", syntax), bound)
        figures += _movement(name, movement(syntax))
    return Report(
        "view: 40,000 x 30,000, tiles of 512, factor 2, at 1600 x 1000",
        tuple(figures),
        (
            "a jump lasts until the complete view is painted; beside it, two threads "
            "decode the same tiles from memory",
            "movement: two scripts of 10 s at 60 steps a second; processor time is the "
            "GUI thread's alone, Qt scales pictures on threads of its own",
        ),
    )


@cache
def movement(syntax: str) -> dict[str, Any]:
    """Play the movement on a pyramid, once in this process."""
    return json_of("movement", syntax)


def _jumps(name: str, taken: dict[str, list[float]], bound: float) -> list[Figure]:
    ratios = [
        jump / decode
        for jump, decode in zip(taken["jump"], taken["decode"], strict=True)
    ]
    return [
        of_runs(f"{name}: jump", [each * 1000 for each in taken["jump"]], "ms"),
        of_runs(f"{name}: its tiles, plain", [x * 1000 for x in taken["decode"]], "ms"),
        Figure(f"{name}: tiles in view", median(taken["tiles"])),
        of_runs(f"{name}: jump : plain decoding", ratios, "times", bound),
    ]


def _movement(name: str, felt: dict[str, Any]) -> list[Figure]:
    late = np.concatenate(felt["late"]) * 1000
    idle = np.concatenate(felt["idle_late"]) * 1000
    paint = np.concatenate(felt["paint"]) * 1000
    busy = np.concatenate(felt["busy"]) * 1000
    return [
        Figure(f"{name}: 1 ms timer, view at rest, latest", float(idle.max()), "ms"),
        Figure(f"{name}: 1 ms timer, latest", float(late.max()), "ms", 50),
        Figure(f"{name}: 1 ms timer, 99.9 %", float(np.quantile(late, 0.999)), "ms"),
        Figure(f"{name}: frames painted", len(paint)),
        Figure(f"{name}: painting, median", float(np.median(paint)), "ms"),
        Figure(f"{name}: painting, 99 %", float(np.quantile(paint, 0.99)), "ms", 17),
        Figure(
            f"{name}: its processor time, 99 %", float(np.quantile(busy, 0.99)), "ms"
        ),
        Figure(
            f"{name}: frames complete",
            min(felt["complete"]) * 100,
            "%",
            90,
            "at least",
            tuple(each * 100 for each in felt["complete"]),
        ),
        Figure(
            f"{name}: sharp 250 ms after the last step",
            min(felt["sharp"]) * 100,
            "%",
            95,
            "at least",
            tuple(each * 100 for each in felt["sharp"]),
        ),
    ]
