"""Offset tables: where a file says that its frames begin."""

from array import array
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.formats.dicom.element_headers import ITEM, Element
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.items import HEADER, ITEM_TAG, begins_codestream
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile

UNKNOWN: Final = 0
"""The end of the last frame in a table: where the items stop."""

_FARTHEST: Final = 1 << 62


class OffsetTable(NamedTuple):
    """What a table says, not yet compared with the items.

    `starts` are places of item tags in the file, one a frame, and the last one's end,
    or UNKNOWN where that is not told.
    `lengths` are the bytes of each frame without padding, where they are told.
    `beyond` is the last frame's place where that is behind the end of the file.
    """

    source: Literal["extended", "basic", "tiff"]
    starts: "array[int]"
    lengths: Sequence[int] | None
    beyond: int | None


class Tables(NamedTuple):
    """The place of the first frame's item, a usable table if any, and objections."""

    first: int
    table: OffsetTable | None
    problems: list[str]


def read_tables(
    file: ReadableFile, header: Header, pixel_data: Element, frames: int
) -> Tables:
    """Read the Extended Offset Table, or else the Basic one, and look it over.

    PS3.3 C.7.6.3.1.8 and PS3.5 A.4: offsets count from the first byte behind the Basic
    Offset Table's item. A table must have one entry a frame, begin with zero and rise;
    32-bit offsets that wrapped do not (wsidicom#76). Raises BrokenFile where Pixel Data
    does not begin with an item.
    """
    basic = basic_offsets(file, pixel_data)
    first = basic.offset + (basic.length or 0)
    problems: list[str] = []
    for name, entries, size in (
        ("Extended", header.extended_offsets, 8),
        ("Basic", basic, 4),
    ):
        if entries is None or not entries.length:
            continue
        offsets = _numbers(file, entries, size, frames)
        objection = _objection(offsets, entries.length // size, frames)
        if offsets is None or objection is not None:
            problems.append(f"{file.path.name}: the {name} Offset Table {objection}")
            continue
        # A million frames: no more copies than there must be.
        starts = array("Q", [UNKNOWN]) * (frames + 1)
        places = np.frombuffer(starts, np.uint64)[:frames]
        np.add(offsets[:frames], np.uint64(first), out=places)
        last = int(places[-1])
        table = OffsetTable(
            "extended" if size == 8 else "basic",
            starts,
            _lengths(file, header, frames) if size == 8 else None,
            last if last + 8 > file.size else None,
        )
        return Tables(first, table, problems)
    return Tables(first, None, problems)


def basic_offsets(file: ReadableFile, pixel_data: Element) -> Element:
    """Return where the Basic Offset Table's numbers lie, as if it were an element."""
    start = pixel_data.offset
    head = file.read_some(start, 16)
    tag, length = HEADER.unpack(head[:8].ljust(8, b"\0"))
    if tag != ITEM_TAG or len(head) < 8:
        raise BrokenFile(
            f"{file.path.name}: Pixel Data begins with {head[:8].hex(' ') or 'nothing'}"
            f" at byte {start}, expected an item (FE FF 00 E0)."
        )
    if begins_codestream(head[8:]):
        return Element(ITEM, "", start, 0, start)  # the table was left out altogether
    if start + 8 + length > file.size:
        raise BrokenFile(
            f"{file.path.name}: ends at byte {file.size}, expected a Basic Offset"
            f" Table of {length} bytes at {start + 8}."
        )
    return Element(ITEM, "", start + 8, length, start)


def _lengths(file: ReadableFile, header: Header, frames: int) -> Sequence[int] | None:
    element = header.extended_lengths
    told = None if element is None else _numbers(file, element, 8, frames)
    if told is None or int(told.max()) > _FARTHEST:
        return None
    return told[:frames].data  # no copy: a table may have megabytes


def _numbers(
    file: ReadableFile, element: Element, size: int, frames: int
) -> NDArray[np.uint64] | None:
    """Return the entries, None where there are not as many as frames (or one more)."""
    length = element.length or 0
    if (
        not frames <= length // size <= frames + 1
        or element.offset + length > file.size
    ):
        return None
    data = file.read(element.offset, length // size * size)
    return np.frombuffer(data, f"<u{size}").astype(np.uint64, copy=False)


def _objection(
    offsets: NDArray[np.uint64] | None, entries: int, frames: int
) -> str | None:
    """Say what is wrong with a table by itself."""
    if offsets is None:
        return (
            f"has {entries} entries, expected {frames}; the items were walked instead."
        )
    if offsets[0] != 0:
        return f"begins with {offsets[0]}, expected 0; the items were walked instead."
    if int(offsets.max()) > _FARTHEST:
        return f"goes up to {offsets.max()}; the items were walked instead."
    for begin in range(0, frames - 1, _AT_ONCE):
        some = offsets[begin : min(begin + _AT_ONCE + 1, frames)]
        falls = np.flatnonzero(some[1:] < some[:-1] + np.uint64(8))
        if falls.size:
            frame = begin + int(falls[0]) + 1
            return (
                f"says that frame {frame + 1} is at {offsets[frame]}, expected more"
                f" than {offsets[frame - 1]}; the items were walked instead."
            )
    return None


_AT_ONCE: Final = 1 << 14  # offsets, compared in the processor's cache
