"""How the C library keeps the memory of tiles: so that what is freed is given back."""

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ctypes import CDLL

SMALLEST_MAPPED: Final = 128 << 10
"""Bytes from which on each allocation is a mapping of its own; a tile is larger."""

LARGEST_REUSED: Final = 32 << 20
"""The most that glibc takes for the same (DEFAULT_MMAP_THRESHOLD_MAX)."""

_M_MMAP_THRESHOLD: Final = -3  # mallopt(3) of glibc


def give_back_freed_tiles() -> bool:
    """Have each tile's memory go back to the system as soon as it is freed.

    Left alone, glibc raises its threshold with the first large block that is freed, and
    puts tiles on heaps. There samples, soon freed, and pictures, long kept, lie side by
    side, and the holes between them stay with the process: 170 MB beside a full cache
    of 512 MB. What lies freed on the heaps by now goes back as well. Any thread.
    Returns False where the C library has no such knobs.
    """
    library = _glibc()
    if library is None or not library.mallopt(_M_MMAP_THRESHOLD, SMALLEST_MAPPED):
        return False
    library.malloc_trim(0)
    return True


def reuse_freed_memory() -> None:
    """Have freed blocks kept for the next ones, until tiles are to be given back.

    For work that makes and frees large arrays all the time: with each of them a mapping
    of its own, the system would spend as long on clearing pages as the work itself
    takes. Any thread.
    """
    library = _glibc()
    if library is not None:
        library.mallopt(_M_MMAP_THRESHOLD, LARGEST_REUSED)


def _glibc() -> "CDLL | None":
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    library = ctypes.CDLL(None)
    has_knobs = hasattr(library, "mallopt") and hasattr(library, "malloc_trim")
    return library if has_knobs else None  # musl has none
