"""Single-level: 96,100 frames without a pyramid, seen whole."""

from functools import cache
from typing import Any

import numpy as np

from tests.benchmarks import data
from tests.benchmarks.children import json_of
from tests.benchmarks.table import Figure, Report


def measure() -> Report:
    """Watch the fit view come, with and without zooming in meanwhile."""
    data.single_level()  # made here: a child's answer is one line
    before = json_of("large_level", "plain")["plain"]
    seen = fit()
    felt = json_of("large_level", "calm")
    after = json_of("large_level", "plain")["plain"]
    zoomed = json_of("large_level", "zoom")
    plain = (before + after) / 2
    figures = [
        Figure("first part of the picture", _when(seen, 0.0), "s", 1.0),
        *(
            Figure(f"{share:.0%} of the picture", _when(seen, share), "s")
            for share in (0.1, 0.5, 0.9)
        ),
        Figure("complete", felt["complete"], "s"),
        Figure("two threads, read and scaled decoding", plain, "s"),
        Figure("complete : two threads alone", felt["complete"] / plain, "times"),
        Figure(
            "covered when complete", seen["coverage"][-1][1] * 100, "%", 99, "at least"
        ),
        *_lateness("whole picture", felt["late"]),
        Figure("zoomed in meanwhile: full magnification", zoomed["native"], "s"),
        Figure("zoomed out again to 4 pixels", zoomed["quarter"], "s"),
        *_lateness("zooming meanwhile", zoomed["late"]),
    ]
    return Report(
        "single-level: 310 x 310 tiles of 256, no pyramid, fit into 1600 x 1000",
        tuple(figures),
        ("coverage is read off the screen every 50 ms, in a run of its own",),
    )


@cache
def fit() -> dict[str, Any]:
    """Watch the whole picture come, once in this process."""
    return json_of("large_level", "fit")


def _when(seen: dict[str, Any], share: float) -> float:
    """Return the seconds until more than a share of the picture was there."""
    return next(
        (at for at, covered in seen["coverage"] if covered > share), float("inf")
    )


def _lateness(name: str, late: list[float]) -> list[Figure]:
    milliseconds = np.array(late) * 1000
    quantile = float(np.quantile(milliseconds, 0.99))
    return [
        Figure(f"{name}: 1 ms timer, latest", float(milliseconds.max()), "ms", 50),
        Figure(f"{name}: 1 ms timer, 99 %", quantile, "ms"),
    ]
