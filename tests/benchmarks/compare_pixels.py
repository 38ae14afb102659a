"""Comparing pixels: all tiles of two slides, beside only decoding them.

Once two slides with the same tiles, once such as differ in every tile. The program and
the bare decoders take turns; ratios are medians over the turns.
"""

import os
from contextlib import ExitStack
from statistics import median

from tests.benchmarks.children import answering
from tests.benchmarks.data import distinct_tiles, recoded_tiles
from tests.benchmarks.table import Figure, Report

TURNS = 5
SHARE = 0.5
"""How much of the bare decoders' rate we promise to keep."""

MEMORY = 400
"""Megabytes that the process holds at most, whatever the slides."""

_NAMES = ("bare", "coverslip")


def measure() -> Report:
    """Compare all tiles on all cores, in turns with the bare decoders."""
    slides = distinct_tiles(), recoded_tiles()
    tiles = len(slides[0].places[0])
    for slide in slides:
        slide.read_once()
    threads = os.cpu_count() or 1
    figures: list[Figure] = []
    peak = 0.0
    for kind in ("identical", "differing"):
        taken, held = _turns(kind, threads)
        peak = max(peak, held)
        for name in _NAMES:
            rates = tuple(2 * tiles / each for each in taken[name])
            title = f"{name}, {kind}"
            figures.append(Figure(title, median(rates), "tiles/s", samples=rates))
        ratios = tuple(
            theirs / ours
            for theirs, ours in zip(taken["bare"], taken["coverslip"], strict=True)
        )
        title = f"coverslip : bare, {kind}"
        share = Figure(title, median(ratios), "times", SHARE, "at least", ratios)
        figures.append(share)
    figures.append(Figure("memory", peak, "MB", MEMORY))
    return Report(
        f"compare pixels: tiles a second, 256 x 256, JPEG 4:2:0, {threads} threads",
        tuple(figures),
        (
            f"{tiles} tiles in each slide, counted in both; {TURNS} turns",
            "differing: the same pictures encoded once more, at another quality",
        ),
    )


def _turns(kind: str, threads: int) -> tuple[dict[str, list[float]], float]:
    """Return the seconds of every turn by name, and the program's megabytes."""
    taken: dict[str, list[float]] = {name: [] for name in _NAMES}
    peak = 0.0
    with ExitStack() as closing:
        children = {
            name: closing.enter_context(
                answering("compare_pixels_child", name, kind, threads)
            )
            for name in _NAMES
        }
        for child in children.values():
            child.line()  # ready
            child.ask(0)  # what is imported and cached at the first time
        for turn in range(TURNS):
            for name in _NAMES[:: 1 if turn % 2 else -1]:
                seconds, _, held = children[name].ask(turn).split()
                taken[name].append(float(seconds))
                if name == "coverslip":
                    peak = max(peak, int(held) / 1024)
    return taken, peak
