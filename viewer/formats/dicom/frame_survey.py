"""The frames of one file as its items and its tables tell of them, to be compared."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.codecs import is_encapsulated
from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.facts import number
from viewer.formats.dicom.grouped_items import frame_starts
from viewer.formats.dicom.header import open_body
from viewer.formats.dicom.items import Items, walk_items
from viewer.formats.dicom.offsets import basic_offsets
from viewer.formats.files import ReadableFile

Places = NDArray[np.uint64]

MOST_ENTRIES: Final = 4_000_000
"""Entries of one table that are read."""


class FrameSurvey(NamedTuple):
    """What is stored, nothing believed; places are bytes in the file, uint64.

    `frames` is Number of Frames. `items` are those of encapsulated Pixel
    Data, the Basic Offset Table left out; None where Pixel Data is uncompressed.
    `begins` has the place of each frame's first item where that is certain by the items
    alone, else nothing. `first` is what tables count from. `basic`, `extended` and
    `lengths` are the entries of the tables as they are written, None where there is no
    such table, empty where it cannot be read. `end` is where Pixel Data should end.
    """

    frames: int
    size: int
    end: int
    items: Items | None
    begins: Places
    first: int
    basic: Places | None
    extended: Places | None
    lengths: Places | None

    @property
    def is_whole(self) -> bool:
        """Whether there is an item for each frame, and the last one is all there."""
        items = self.items
        return items is not None and items.whole and items.count == self.frames

    @property
    def fragment_lengths(self) -> Places:
        """The bytes of each item, its header left out."""
        if self.items is None or not self.items.count:
            return _NONE
        starts = np.frombuffer(self.items.starts, np.uint64)
        return starts[1:] - starts[:-1] - np.uint64(8)

    @property
    def frame_lengths(self) -> Places:
        """The bytes of each frame where each is one item, else nothing."""
        told = self.fragment_lengths
        return told if len(told) == self.frames else _NONE


def survey_frames(examined: Examined) -> FrameSurvey | None:
    """Walk over the items and read the tables; None where there is no Pixel Data.

    Any thread. Raises BrokenFile where Pixel Data does not begin with an item, or where
    reading fails.
    """
    header = examined.header
    pixel_data = header.pixel_data
    if pixel_data is None:
        return None
    file = open_body(header)
    try:
        frames = _frames(examined)
        basic, items, begins = None, None, _NONE
        first, end = pixel_data.offset, pixel_data.offset + (pixel_data.length or 0)
        if is_encapsulated(header.transfer_syntax):
            basic = basic_offsets(file, pixel_data)
            first = basic.offset + (basic.length or 0)
            items = walk_items(file, first)
            begins, end = _begins(items, frames), items.starts[-1]
        return FrameSurvey(
            frames,
            file.size,
            end,
            items,
            begins,
            first,
            _entries(file, basic, 4),
            _entries(file, header.extended_offsets, 8),
            _entries(file, header.extended_lengths, 8),
        )
    finally:
        file.close()


_NONE: Final = np.zeros(0, np.uint64)


def _frames(examined: Examined) -> int:
    if examined.instance is not None:
        return examined.instance.frames
    return max(1, number(examined.dataset, "NumberOfFrames", 1))


def _begins(items: Items, frames: int) -> Places:
    grouped = frame_starts(items, frames)
    if not grouped.exact:
        return _NONE
    return np.frombuffer(grouped.bounds, np.uint64)[:-1]


def _entries(file: ReadableFile, element: Element | None, size: int) -> Places | None:
    if element is None or not element.length:
        return None
    count = element.length // size
    if count > MOST_ENTRIES or element.offset + element.length > file.size:
        return _NONE
    data = file.read(element.offset, count * size)
    return np.frombuffer(data, f"<u{size}").astype(np.uint64)
