"""One reader opens one slide and reads the tile in its middle; prints JSON.

    python -m tests.benchmarks.opening_child coverslip|openslide|wsidicom FILE SMALL

SMALL is another slide, opened first: imports are done when the clock starts.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PEAK = Path("/proc/self/status")
_READ = Path("/proc/self/io")
_FORGET = Path("/proc/self/clear_refs")


def coverslip(path: Path) -> tuple[float, float]:
    """The program, through its door for scripts; seconds to open and to read."""
    from viewer import open_slide
    from viewer.slide.model import TileKey

    started = time.perf_counter()
    slide = open_slide(path)
    opened = time.perf_counter()
    level = slide.levels[0]
    slide.read_samples(TileKey(slide.serial, 0, level.columns // 2, level.rows // 2))
    read = time.perf_counter()
    slide.close()
    return opened - started, read - opened


def openslide(path: Path) -> tuple[float, float]:
    """The reference reader."""
    from openslide import OpenSlide

    started = time.perf_counter()
    slide = OpenSlide(path)
    opened = time.perf_counter()
    middle = [each // 512 * 256 for each in slide.dimensions]
    slide.read_region((middle[0], middle[1]), 0, (256, 256))
    read = time.perf_counter()
    slide.close()
    return opened - started, read - opened


def wsidicom(path: Path) -> tuple[float, float]:
    """The other reader for Python."""
    from wsidicom import WsiDicom

    started = time.perf_counter()
    with WsiDicom.open(path.parent) as slide:
        opened = time.perf_counter()
        size, tile = slide.pyramid.base_level.size, slide.pyramid.tile_size
        columns, rows = size.width // tile.width, size.height // tile.height
        slide.read_tile(0, (columns // 2, rows // 2))
        return opened - started, time.perf_counter() - opened


READERS: dict[str, Callable[[Path], tuple[float, float]]] = {
    "coverslip": coverslip,
    "openslide": openslide,
    "wsidicom": wsidicom,
}


def main(reader: str, path: Path, small: Path) -> dict[str, Any]:
    """Warm up with the small slide, then time the other."""
    READERS[reader](small)
    if _FORGET.exists():  # the peak from here on
        _FORGET.write_text("5")
    held, read = _number(_PEAK, "VmRSS"), _number(_READ, "rchar")
    opening, reading = READERS[reader](path)
    return {
        "open": opening,
        "read": reading,
        "grown": (_number(_PEAK, "VmHWM") - held) * 1024,
        "bytes": _number(_READ, "rchar") - read,
    }


def _number(path: Path, name: str) -> int:
    """Return a number that Linux tells of this process, 0 elsewhere."""
    if not path.exists():
        return 0
    lines = (line.split() for line in path.read_text().splitlines())
    return next(int(words[1]) for words in lines if words[0] == f"{name}:")


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
