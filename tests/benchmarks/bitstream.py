"""Bitstream: every frame of a slide against that of its conversion, as bits.

A level of 96,100 frames, and the same frames with another marker in front of each, as
converters write them, or each encoded once more. Both files are read in big blocks side
by side, on as many threads, and so is their SHA-256 made: what comparing costs more is
its own. All take turns.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from tests.benchmarks.data import (
    GeneratedSlide,
    recoded_level,
    rewrapped_level,
    single_level,
)
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
    kept = _Taken(source, rewrapped_level(source, _MARKER), Sameness.BITS)
    recoded = _Taken(source, recoded_level(source), Sameness.DIFFERENT)
    for _ in range(_TURNS):
        kept.turn()
        recoded.turn()
    size = sum(path.stat().st_size for path in kept.files)
    frames = len(source.places[0])
    return Report(
        "bitstream: 96,100 frames against as many of a conversion",
        (
            of_runs("reading both files", kept.read, "s"),
            of_runs("SHA-256 of both files", kept.hash, "s"),
            of_runs("comparing bits", kept.compare, "s"),
            Figure("frames compared", frames / median(kept.compare), "pairs/s"),
            of_runs("comparing : reading", kept.ratios, "times", BOUND, "at most"),
            of_runs(
                "all frames re-encoded: comparing : reading",
                recoded.ratios,
                "times",
                BOUND,
                "at most",
            ),
        ),
        (
            f"{size / 1e9:.2f} GB in both files, from the system's cache",
            "opening the slides and walking over their offset tables included",
        ),
    )


class _Taken:
    """The seconds that one pair of slides took, turn by turn."""

    def __init__(
        self, source: GeneratedSlide, result: GeneratedSlide, expected: Sameness
    ) -> None:
        self.files = [source.levels[0], result.levels[0]]
        self.compare: list[float] = []
        self.read: list[float] = []
        self.hash: list[float] = []
        self._slides = source, result
        self._expected = expected
        for slide in self._slides:
            slide.read_once()

    @property
    def ratios(self) -> list[float]:
        return [a / b for a, b in zip(self.compare, self.read, strict=True)]

    def turn(self) -> None:
        self.read.append(_seconds(lambda: _on_all(_read, self.files)))
        self.compare.append(_seconds(self._compared))
        self.hash.append(_seconds(lambda: _on_all(_hash, self.files)))

    def _compared(self) -> None:
        _compare(*self._slides, self._expected)


def _compare(
    source: GeneratedSlide, result: GeneratedSlide, expected: Sameness
) -> None:
    a, b = open_slide(source.folder), open_slide(result.folder)
    try:
        options = CompareOptions(pixels=Pixels.NONE)
        found = compare_bits(Comparing(a, b, pair(a, b), options, Run()))
    finally:
        a.close()
        b.close()
    _check(found, len(source.places[0]), expected)


def _check(found: BitsResult, frames: int, expected: Sameness) -> None:
    same = frames if expected is Sameness.BITS else 0
    if found.sameness is not expected or (found.frames, found.same) != (frames, same):
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
