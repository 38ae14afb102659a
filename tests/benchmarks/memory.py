"""Memory: the most a viewer holds, whatever the slide."""

from tests.benchmarks import data, recolor, single_level, view
from tests.benchmarks.stage import BUDGET
from tests.benchmarks.table import Figure, Report

_MEGABYTE = 1 << 20
_BESIDE_CACHE = 300


def measure() -> Report:
    """Take the peaks of the children of `view`, `recolor` and `single-level`."""
    peaks: dict[str, int] = {}
    for syntax, (name, _) in view.SYNTAXES.items():
        data.pyramid(syntax)
        peaks[f"{name} pyramid, movement"] = view.movement(syntax)["peak_memory"]
    peaks["JPEG pyramid, ICC on and off"] = recolor.switching(1.9)["peak_memory"]
    data.single_level()
    peaks["96,100 frames, whole picture"] = single_level.fit()["peak_memory"]
    budget = BUDGET // _MEGABYTE
    return Report(
        "memory: the most that the process held",
        tuple(
            Figure(name, peak / _MEGABYTE, "MB", budget + _BESIDE_CACHE)
            for name, peak in peaks.items()
        ),
        (f"the cache's budget of {budget} MB and {_BESIDE_CACHE} MB beside it",),
    )
