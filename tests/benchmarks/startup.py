"""Startup: until the window takes a drop, and until the first slide is sharp."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from tests.benchmarks.children import CHECKOUT, command, environment
from tests.benchmarks.table import Figure, Report, of_runs

RUNS = 9
_SLIDE = "cmu-wsidicomizer"
_PATIENCE = 120.0  # seconds
_NAMES = {
    "bare": "bare QMainWindow, painted",
    "window": "coverslip, ready for a drop",
    "slide": f"coverslip, {_SLIDE} sharp",
}


def measure() -> Report:
    """Start the programs in turn, each nine times after one start to warm up."""
    slide = _slides_folder() / _SLIDE
    starts: dict[str, list[str]] = {"bare": [], "window": []}
    notes = [f"whole processes, in turn; medians of {RUNS} starts after a first one"]
    if slide.is_dir():
        starts["slide"] = [str(slide)]
    else:
        notes.append(f"no figure for {_SLIDE}: {slide} is no folder")
    taken: dict[str, list[float]] = {name: [] for name in starts}
    with tempfile.TemporaryDirectory() as home:
        for run in range(RUNS + 1):
            for name, paths in starts.items():
                seconds = _seconds(name, paths, Path(home))
                if run:
                    taken[name].append(seconds * 1000)
    figures = [of_runs(_NAMES[name], runs, "ms") for name, runs in taken.items()]
    figures += _ratios(taken)
    return Report("startup", tuple(figures), tuple(notes))


def _seconds(name: str, paths: list[str], home: Path) -> float:
    """Return how long a child takes from its making to its end."""
    words = command("startup_child", name, *paths)
    started = time.perf_counter()
    subprocess.run(
        words, cwd=CHECKOUT, env=environment(home), timeout=_PATIENCE, check=True
    )
    return time.perf_counter() - started


def _ratios(taken: dict[str, list[float]]) -> list[Figure]:
    bounds = {"window": ("ready for a drop", 3.0), "slide": ("first slide sharp", 8.0)}
    return [
        of_runs(
            f"{title} : bare",
            [
                ours / bare
                for ours, bare in zip(taken[name], taken["bare"], strict=True)
            ],
            "times",
            bound,
        )
        for name, (title, bound) in bounds.items()
        if name in taken
    ]


def _slides_folder() -> Path:
    """Return where tests look for the real slides (tests/conftest.py)."""
    named = os.environ.get("COVERSLIP_SLIDES")
    return Path(named) if named else CHECKOUT.parent / "shared" / "slides"
