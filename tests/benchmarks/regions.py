"""Regions: unaligned pieces of 256 x 256 at random places, by us and by others.

The tiles under them are those of `samples`, decoded caches are off. The readers take
turns; ratios are medians over the turns of what two readers took for the same regions.
Then aligned tiles with an ICC profile, beside the bare loop.
"""

from contextlib import ExitStack
from statistics import median

from tests.benchmarks.children import answering
from tests.benchmarks.data import distinct_tiles
from tests.benchmarks.region_peers import CHUNK, REGIONS, TURNS
from tests.benchmarks.table import Figure, Report

BOUNDS = {"wsidicom": 1.3, "OpenSlide": 2.0}
"""How many times as fast as each we promise to be."""

CORRECTED = 0.4
"""How much of the bare loop's rate we promise to keep with a profile applied."""


def measure() -> Report:
    """Read all regions with each reader on one and on two threads."""
    distinct_tiles().read_once()
    figures: list[Figure] = []
    for threads in (1, 2):
        taken = _turns(threads)
        figures += _rates(taken, threads)
        for name, bound in BOUNDS.items():
            figures.append(_ratio(taken, name, "coverslip", threads, bound))
        figures.append(_ratio(taken, "bare tile", "corrected tile", threads, CORRECTED))
    return Report(
        "regions: unaligned 256 x 256 a second, JPEG 4:2:0, caches off",
        tuple(figures),
        (
            f"{TURNS} turns of {CHUNK} regions of four tiles each; medians",
            "each reader alone in its process",
            "bare decodes the four tiles and composes nothing",
            "coverslip returns RGB arrays, wsidicom and OpenSlide PIL images",
            "tiles: aligned, 256 x 256; corrected by the table of a profile",
        ),
    )


def _turns(threads: int) -> dict[str, list[float]]:
    """Return the seconds of every chunk by reader."""
    names = list(REGIONS)
    taken: dict[str, list[float]] = {name: [] for name in names}
    with ExitStack() as closing:
        readers = {
            name: closing.enter_context(answering("region_peers", name, threads))
            for name in names
        }
        for reader in readers.values():
            reader.line()  # ready
        for turn in range(TURNS):
            first = turn % len(names)
            for name in (*names[first:], *names[:first]):
                taken[name].append(float(readers[name].ask(turn)))
    return taken


def _rates(taken: dict[str, list[float]], threads: int) -> list[Figure]:
    return [
        Figure(
            f"{name}, {_on(threads)}",
            CHUNK / median(seconds),
            "a second",
            samples=tuple(CHUNK / each for each in seconds),
        )
        for name, seconds in taken.items()
    ]


def _ratio(
    taken: dict[str, list[float]], other: str, ours: str, threads: int, bound: float
) -> Figure:
    pairs = zip(taken[other], taken[ours], strict=True)
    ratios = tuple(theirs / mine for theirs, mine in pairs)
    title = f"{ours} : {other}, {_on(threads)}"
    return Figure(title, median(ratios), "times", bound, "at least", ratios)


def _on(threads: int) -> str:
    return f"{threads} thread" + "s" * (threads > 1)
