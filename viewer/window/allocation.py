"""How the C library keeps the memory of tiles: so that what is freed is given back."""

import sys
from typing import Final

SMALLEST_MAPPED: Final = 128 << 10
"""Bytes from which on each allocation is a mapping of its own; a tile is larger."""

_M_MMAP_THRESHOLD: Final = -3  # mallopt(3) of glibc


def give_back_freed_tiles() -> bool:
    """Have each tile's memory go back to the system as soon as it is freed.

    Left alone, glibc raises its threshold with the first large block that is freed, and
    puts tiles on heaps. There samples, soon freed, and pictures, long kept, lie side by
    side, and the holes between them stay with the process: 170 MB beside a full cache
    of 512 MB. Any thread. Returns False where the C library has no such knob.
    """
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # musl
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, SMALLEST_MAPPED))
