"""Samples: every tile of a level once, in a shuffled order, by us and by others.

The readers take turns, 500 tiles each, so that a drift of the machine meets all alike.
Ratios are medians over the turns of what two readers took for the same tiles.
"""

from contextlib import ExitStack
from statistics import median

from tests.benchmarks.children import answering
from tests.benchmarks.data import distinct_tiles
from tests.benchmarks.peers import CHUNK, READERS, TILES
from tests.benchmarks.table import Figure, Report

BOUNDS = {
    "bare": 0.85,
    "wsidicom read_tile": 1.6,
    "wsidicom read_region": 1.6,
    "OpenSlide": 4.0,
}
"""How many times as fast as each we promise to be."""


def measure() -> Report:
    """Read all tiles with each reader on one and on two threads."""
    slide = distinct_tiles()
    slide.read_once()
    lengths = slide.places[0][:TILES, 1]
    figures: list[Figure] = []
    for threads in (1, 2):
        figures += _compared(_turns(threads), threads)
    return Report(
        "samples: tiles a second, 256 x 256, JPEG 4:2:0, each once, caches off",
        tuple(figures),
        (
            f"{TILES} distinct tiles of {lengths.min()} to {lengths.max()} bytes",
            f"readers take turns of {CHUNK} tiles; medians of {TILES // CHUNK} turns",
            "each reader alone in its process, its last 64 tiles kept in memory",
            "bare and coverslip return BGRX arrays, wsidicom and OpenSlide PIL images",
        ),
    )


def _turns(threads: int) -> dict[str, list[float]]:
    """Return the seconds of every chunk by reader."""
    names = list(READERS)
    taken: dict[str, list[float]] = {name: [] for name in names}
    with ExitStack() as closing:
        readers = {
            name: closing.enter_context(answering("peers", name, threads))
            for name in names
        }
        for reader in readers.values():
            reader.line()  # ready
        for chunk in range(TILES // CHUNK):
            first = chunk % len(names)
            for name in (*names[first:], *names[:first]):
                taken[name].append(float(readers[name].ask(chunk)))
    return taken


def _compared(taken: dict[str, list[float]], threads: int) -> list[Figure]:
    suffix = f"{threads} thread" + "s" * (threads > 1)
    figures = [
        Figure(
            f"{name}, {suffix}",
            CHUNK / median(seconds),
            "tiles/s",
            samples=tuple(CHUNK / each for each in seconds),
        )
        for name, seconds in taken.items()
    ]
    for name, bound in BOUNDS.items():
        ratios = [
            theirs / ours
            for theirs, ours in zip(taken[name], taken["coverslip"], strict=True)
        ]
        title = f"coverslip : {name}, {suffix}"
        figures.append(
            Figure(title, median(ratios), "times", bound, "at least", tuple(ratios))
        )
    return figures
