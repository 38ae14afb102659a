"""Freed tiles go back to the system, whatever lies beside them."""

import subprocess
import sys

import pytest

from viewer.window.allocation import give_back_freed_tiles

TILES = """
import sys
from pathlib import Path
from viewer.slide.errors import SlideError
from viewer.window.allocation import give_back_freed_tiles, reuse_freed_memory
from viewer.window.slide_opening import SlideOpening

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

def paths(*_):
    if sys.argv[1] == "drawing":
        reuse_freed_memory()
    return [Path("/nothing")]

if sys.argv[1] == "reusing":
    give_back_freed_tiles()
    reuse_freed_memory()
elif sys.argv[1] != "never":
    opening = SlideOpening(paths, lambda _: None, lambda _: None)
    try:
        opening.work()
    except SlideError:
        pass  # there is nothing to open
large = bytearray(24 << 20)
del large  # from now on glibc takes blocks of tiles from its heap
tiles = [bytearray(b"x" * (256 << 10)) for _ in range(400)]
full = resident()
del tiles[1::2]
print(full - resident())
"""


def freed(when: str) -> int:
    """Return what freeing every other of 400 tiles of 256 KiB gives back."""
    return int(
        subprocess.run(
            [sys.executable, "-c", TILES, when],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
    )


def test_opening_has_freed_tiles_given_back() -> None:
    if not give_back_freed_tiles():
        pytest.skip("another C library")
    tiles = 200 * (256 << 10)
    assert freed("never") < tiles / 4
    assert freed("opening") > tiles * 3 / 4


def test_drawing_reuses_memory_until_what_it_drew_is_opened() -> None:
    if not give_back_freed_tiles():
        pytest.skip("another C library")
    tiles = 200 * (256 << 10)
    assert freed("reusing") < tiles / 4
    assert freed("drawing") > tiles * 3 / 4
