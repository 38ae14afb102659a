"""The TIFF side of a dual-personality file as a table of its DICOM side's frames.

Nearly all slides of the Imaging Data Commons have neither Offset Table, but a TIFF
directory that says where every tile lies (idc-wsi-conversion#4).
"""

from array import array
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.formats.dicom.header import Header
from viewer.formats.dicom.items import DELIMITER_TAG, HEADER, ITEM_TAG
from viewer.formats.dicom.offsets import OffsetTable
from viewer.formats.files import ReadableFile
from viewer.formats.tiff_directory import read_directories
from viewer.formats.tiff_file import SIGNATURES
from viewer.slide.errors import BrokenFile


def directory_table(
    file: ReadableFile, header: Header, first: int, frames: int
) -> OffsetTable | None:
    """Return the places that the TIFF directories give; None where they are no use.

    `first` is the place of the first frame's item. The tiles of all directories that
    point into the Pixel Data, one behind the other, must be as many as there are
    frames, each must begin where the one before it ends, and the delimiter must follow
    the last. A private pyramid's lie before it; those of a stale side do not fit. Any
    thread; raises nothing.
    """
    if header.deflated or header.preamble[:4] not in SIGNATURES:
        return None
    try:
        tiles = _tiles(file, first, frames)
        return None if tiles is None else _checked(file, first, *tiles)
    except BrokenFile:  # the DICOM side does without
        return None


_HEAD: Final = 8  # bytes of an item's tag and length
_MOST_TIMES: Final = 8  # as many tiles as frames: a private pyramid has twice as many
_MOST_MORE: Final = 10_000  # beside that, for images of few frames

_Numbers = NDArray[np.uint64]


def _tiles(
    file: ReadableFile, first: int, frames: int
) -> tuple[_Numbers, _Numbers] | None:
    """Return places and lengths of the tiles in Pixel Data, None if not `frames`."""
    places: list[_Numbers] = []
    lengths: list[_Numbers] = []
    looked_at = 0
    for directory in read_directories(file):
        looked_at += min(directory.count(), frames)
        if looked_at > _MOST_TIMES * frames + _MOST_MORE:
            return None
        if directory.count() > frames:
            continue
        segments = directory.segments()
        if segments is None or not len(segments[0]) or segments[0][0] < first:
            continue
        places.append(segments[0])
        lengths.append(segments[1])
        if _count(places) >= frames:
            break  # a chain may go on; what else there is was not counted
    if _count(places) != frames:
        return None
    return np.concatenate(places), np.concatenate(lengths)


def _count(vectors: Sequence[_Numbers]) -> int:
    return sum(map(len, vectors))


def _checked(
    file: ReadableFile, first: int, places: _Numbers, lengths: _Numbers
) -> OffsetTable | None:
    """Return the table where every tile begins behind the one before, else None."""
    if max(int(places.max()), int(lengths.max())) > file.size:
        return None
    ends = places + lengths + (lengths & np.uint64(1))  # items have even lengths
    rising = np.array_equal(ends[:-1] + np.uint64(_HEAD), places[1:])
    last = int(ends[-1])
    if int(places[0]) != first + _HEAD or not rising or last > file.size:
        return None
    if file.read_some(last, len(DELIMITER_TAG)) != DELIMITER_TAG:
        return None  # there may be more, or less: a walk will tell
    tag, length = HEADER.unpack(file.read(first, _HEAD))
    if tag != ITEM_TAG or first + _HEAD + length != int(ends[0]):
        return None
    starts = array("Q", (places - np.uint64(_HEAD)).tobytes())
    starts.append(last)
    return OffsetTable("tiff", starts, lengths.data, None)
