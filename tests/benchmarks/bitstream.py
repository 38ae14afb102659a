"""Bitstream: every frame of a slide against that of its conversion, as bits.

A level of 96,100 frames, and the same frames with another marker in front of each, as
converters write them. Both files are read in big blocks side by side, on as many
threads, and so is their SHA-256 made: what comparing costs more is its own. All take
turns.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from tests.benchmarks.data import GeneratedSlide, rewrapped_level, single_level
from tests.benchmarks.table import Figure, Report, of_runs
from viewer.formats import open_slide
from viewer.qa.bits.comparison import BitsResult, compare_bits
from viewer.qa.comparing import CompareOptions, Comparing, Pixels, Sameness
from viewer.qa.pairing.slides import pair
from viewer.qa.run import Run

BOUND = 3.0
"""How many times as long as reading both files comparing may take."""

_TURNS = 5
_BLOCK = 4 << 20
_MARKER = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x01"


def measure() -> Report:
    """Compare, read and hash in turns."""
    source = single_level()
    result = rewrapped_level(source, _MARKER)
    for slide in (source, result):
        slide.read_once()
    files = [source.levels[0], result.levels[0]]
    taken: dict[str, list[float]] = {"compare": [], "read": [], "SHA-256": []}
    for _ in range(_TURNS):
        taken["read"].append(_seconds(lambda: _on_all(_read, files)))
        taken["compare"].append(_seconds(lambda: _compare(source, result)))
        taken["SHA-256"].append(_seconds(lambda: _on_all(_hash, files)))
    size = sum(path.stat().st_size for path in files)
    frames = len(source.places[0])
    ratios = [
        ours / theirs
        for ours, theirs in zip(taken["compare"], taken["read"], strict=True)
    ]
    return Report(
        "bitstream: 96,100 frames against as many of a conversion",
        (
            of_runs("reading both files", taken["read"], "s"),
            of_runs("SHA-256 of both files", taken["SHA-256"], "s"),
            of_runs("comparing bits", taken["compare"], "s"),
            Figure("frames compared", frames / median(taken["compare"]), "pairs/s"),
            of_runs("comparing : reading", ratios, "times", BOUND, "at most"),
        ),
        (
            f"{size / 1e9:.2f} GB in both files, from the system's cache",
            "opening the slides and walking over their offset tables included",
        ),
    )


def _compare(source: GeneratedSlide, result: GeneratedSlide) -> None:
    a, b = open_slide(source.folder), open_slide(result.folder)
    try:
        options = CompareOptions(pixels=Pixels.NONE)
        found = compare_bits(Comparing(a, b, pair(a, b), options, Run()))
    finally:
        a.close()
        b.close()
    _check(found, len(source.places[0]))


def _check(found: BitsResult, frames: int) -> None:
    if found.sameness is not Sameness.BITS or found.same != frames:
        raise AssertionError(found.section.lines)


def _on_all(work: Callable[[Path], object], files: list[Path]) -> None:
    with ThreadPoolExecutor(len(files)) as pool:
        list(pool.map(work, files))


def _read(path: Path) -> None:
    for _ in _blocks(path):
        pass


def _hash(path: Path) -> None:
    hashed = hashlib.sha256()
    for block in _blocks(path):
        hashed.update(block)
    hashed.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            yield block


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
