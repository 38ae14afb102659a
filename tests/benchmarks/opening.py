"""Opening: seconds to the first tile of 100,000 frames, however they are told of."""

import shutil
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.children import json_of
from tests.benchmarks.data import data_folder
from tests.benchmarks.opening_data import OpeningShape, opening_slide
from tests.benchmarks.table import Figure, Report, of_runs

_RUNS = 5
_MEGABYTE = 1 << 20
_MOST_GROWTH = 100  # megabytes of memory
_MOST_READ = 5  # percent of the file
_SMALL = OpeningShape(1024, "none")  # read the same ways, modules and all

PLAIN = {
    "TILED_FULL, Basic Offset Table": (OpeningShape(table="basic"), 3.0),
    "TILED_FULL, Extended Offset Table": (OpeningShape(table="extended"), 3.0),
    "TILED_FULL, TIFF directory only": (OpeningShape(table="tiff"), 0.5),
    "TILED_FULL, no table at all": (OpeningShape(table="none"), 0.5),
    "TILED_SPARSE, lengths": (OpeningShape(positions=True), 1.0),
    "TILED_SPARSE, delimiters": (OpeningShape(positions=True, delimited=True), 1.0),
}
"""Slides that OpenSlide reads too, and how often its time is the promise."""

OTHERS = {
    f"TILED_SPARSE, {encoding}, {'delimiters' if delimited else 'lengths'}": (
        OpeningShape(positions=True, delimited=delimited, encoding=encoding)
    )
    for encoding in ("implicit", "big-endian")
    for delimited in (False, True)
}
"""Slides that it refuses; the promise is its time for the explicit one."""


def measure() -> Report:
    """Let each reader open each slide, in turn, in a process of its own each time."""
    opening_slide(_SMALL)  # made here: a child's answer is one line
    figures: list[Figure] = []
    theirs: dict[bool, float] = {}
    for name, (shape, times) in PLAIN.items():
        found = _in_turn(shape)
        figures += _figures(name, found, times)
        if shape.positions:
            theirs[shape.delimited] = median(map(_seconds, found["openslide"]))
    for name, shape in OTHERS.items():
        runs = [_run("coverslip", shape) for _ in range(_RUNS)]
        ratios = [_seconds(run) / theirs[shape.delimited] for run in runs]
        figures.append(of_runs(f"{name}: milliseconds", _milliseconds(runs), "ms"))
        figures.append(
            of_runs(f"{name} : OpenSlide explicit", ratios, "times", 1, "at most")
        )
        figures.append(_memory(name, runs))
    figures += _second_opening()
    figures += _growth()
    return Report(
        "opening: from the call to the first tile, 100,000 frames",
        tuple(figures),
        (
            "imports done, files in the system's cache, median of"
            f" {_RUNS} processes each; memory is the peak above that before",
        ),
    )


def _in_turn(shape: OpeningShape) -> dict[str, list[dict[str, Any]]]:
    readers = ("coverslip", "openslide", "wsidicom")
    found: dict[str, list[dict[str, Any]]] = {reader: [] for reader in readers}
    for _ in range(_RUNS):
        for reader in readers:
            if shape.table == "none":
                _forget()
            found[reader].append(_run(reader, shape))
    return found


def _figures(
    name: str, found: dict[str, list[dict[str, Any]]], times: float
) -> list[Figure]:
    ours = found["coverslip"]
    figures = [
        of_runs(f"{name}: milliseconds", _milliseconds(ours), "ms"),
        of_runs(f"{name}: OpenSlide", _milliseconds(found["openslide"]), "ms"),
        of_runs(f"{name}: wsidicom", _milliseconds(found["wsidicom"]), "ms"),
    ]
    pairs = zip(ours, found["openslide"], strict=True)
    ratios = [_seconds(mine) / _seconds(its) for mine, its in pairs]
    figures.append(of_runs(f"{name} : OpenSlide", ratios, "times", times, "at most"))
    if "no table" not in name:
        shares = [100 * run["bytes"] / run["size"] for run in ours]
        figures.append(of_runs(f"{name}: bytes read", shares, "%", _MOST_READ))
    if "SPARSE" in name:
        figures.append(_memory(name, ours))
    return figures


def _second_opening() -> list[Figure]:
    """Compare the second opening without a table with one by a table."""
    bare, told = OpeningShape(table="none"), OpeningShape(table="basic")
    _forget()
    _run("coverslip", bare)
    ratios: list[float] = []
    seconds: list[dict[str, Any]] = []
    for _ in range(_RUNS):
        seconds.append(_run("coverslip", bare))
        ratios.append(_seconds(seconds[-1]) / _seconds(_run("openslide", told)))
    return [
        of_runs("no table, second opening: milliseconds", _milliseconds(seconds), "ms"),
        of_runs(
            "no table, second opening : OpenSlide with a table",
            ratios,
            "times",
            3,
            "at most",
        ),
    ]


def _growth() -> list[Figure]:
    """Return the time by frames in the table, and the steepest of the steps."""
    figures: list[Figure] = []
    times: list[float] = []
    for frames in (1_000, 10_000, 100_000, 1_000_000):
        shape = OpeningShape(frames, "extended", small=True)
        runs = [_run("coverslip", shape) for _ in range(_RUNS)]
        figures.append(of_runs(f"{frames:,} in the table", _milliseconds(runs), "ms"))
        times.append(median(map(_seconds, runs)))
    steepest = max(more / less for less, more in pairwise(times))
    figures.append(Figure("ten times the frames, at worst", steepest, "times", 10))
    return figures


def _run(reader: str, shape: OpeningShape) -> dict[str, Any]:
    path = opening_slide(shape)
    _read_once(path)
    answer = json_of("opening_child", reader, path, opening_slide(_SMALL))
    return {**answer, "size": path.stat().st_size}


def _seconds(run: dict[str, Any]) -> float:
    return run["open"] + run["read"]


def _milliseconds(runs: list[dict[str, Any]]) -> list[float]:
    return [1000 * _seconds(run) for run in runs]


def _memory(name: str, runs: list[dict[str, Any]]) -> Figure:
    grown = [run["grown"] / _MEGABYTE for run in runs]
    return of_runs(f"{name}: memory", grown, "MB", _MOST_GROWTH)


def _forget() -> None:
    """Remove what earlier openings kept of slides without tables."""
    shutil.rmtree(data_folder() / "home" / "cache" / "coverslip", ignore_errors=True)


def _read_once(path: Path) -> None:
    """Bring the file into the system's page cache; a hole takes no time."""
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 22):
            pass
