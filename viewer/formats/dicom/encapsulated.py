"""Frames of encapsulated Pixel Data: found by table or walk, verified at the read."""

from collections.abc import Callable
from itertools import pairwise
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.frame_index import FrameIndex, IndexSource
from viewer.formats.dicom.frame_source import (
    LARGEST_FRAME,
    LARGEST_RUN,
    FrameFindings,
    FrameRef,
    RawRun,
    Source,
)
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.items import (
    DELIMITER_TAG,
    HEADER,
    ITEM_TAG,
    Items,
    walk_items,
)
from viewer.formats.dicom.offsets import UNKNOWN
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile, BrokenFrame

_Answer = TypeVar("_Answer")


class EncapsulatedFrames:
    """Frames in items (PS3.5 A.4), each checked against its items when it is read.

    Only a final index makes a frame that its items contradict a broken frame; one that
    was only looked over gives way to a walk over the items.
    """

    def __init__(
        self,
        file: ReadableFile,
        header: Header,
        pixel_data: Element,
        frames: int,
        findings: FrameFindings,
    ) -> None:
        """Look the tables over; walk nothing yet. Raises BrokenFile."""
        self._file: Final = file
        self._findings: Final = findings
        self._index: Final = IndexSource(file, header, pixel_data, frames, findings)

    @property
    def source(self) -> Source:
        """Where the places of the frames come from now."""
        index = self._index.now
        return "walk" if index is None else index.source

    def read(self, frame: int) -> bytes | None:
        """Return a frame's bytes, its fragments joined; None where none are stored.

        Raises BrokenFrame. Where there is no table the call may walk over the items up
        to this frame; closing the file ends that. Any thread.
        """
        data = self._read_plainly(frame)
        if data is None:
            data = self._settle(self._read_fragments, frame)
        return data or None

    def read_run(self, first: int, count: int) -> RawRun | None:
        """Return the bytes of frames of one item each, read and checked at once.

        None where anything is otherwise. May walk over items, like `read`.
        """
        try:
            index = self._index.holding(first + count - 1)
            bounds = index.bounds[first : first + count + 1]
            if len(bounds) != count + 1:
                return None
            if bounds[-1] == UNKNOWN:
                bounds[-1] = self._end_of_last(bounds[-2])
            span = bounds[-1] - bounds[0]
            if not 0 < span <= LARGEST_RUN:
                return None
            starts = (np.array(bounds) - bounds[0]).astype(np.int64)
            data = self._file.read(bounds[0], span)
        except BrokenFile:
            return None
        lengths = np.diff(starts) - 8
        if (lengths <= 0).any() or not _are_items(data, starts[:-1], lengths):
            return None
        if index.lengths is not None:
            told = np.array(index.lengths[first : first + count], np.int64)
            if not np.isin(lengths - told, (0, 1)).all():
                return None
            lengths = told
        starts = starts[:-1] + 8
        return RawRun(data, starts, starts + lengths, bounds[0])

    def locate(self, frame: int) -> FrameRef | None:
        """Return a frame's place, None where none is stored; raises BrokenFrame."""
        return self._settle(self._locate_fragments, frame)

    def _end_of_last(self, start: int) -> int:
        """Return where the one item of the last frame ends; 0 where it is not alone."""
        _, length = HEADER.unpack(self._file.read(start, HEADER.size))
        end = start + HEADER.size + length
        return end if self._file.read_some(end, 4) == DELIMITER_TAG else 0

    def _read_plainly(self, frame: int) -> bytes | None:
        """Read a frame of one item with one pread, or return None.

        This is the way of nearly every tile: no lock, no branch it can do without.
        """
        index = self._index.now
        if index is None or not 0 <= frame < len(index.bounds) - 1:
            return None
        start = index.bounds[frame]
        span = index.bounds[frame + 1] - start
        if not 8 <= span <= _PLAIN:
            return None
        try:
            data = self._file.read(start, span)
        except BrokenFile:
            return None
        tag, length = HEADER.unpack_from(data)
        if tag != ITEM_TAG or length != span - 8:
            return None
        if index.lengths is not None and index.lengths[frame] != length:
            length = self._told_length(index, frame, length)
        if not index.whole:
            self._index.grow(index)
        return data[8 : 8 + length]

    def _settle(
        self, action: Callable[[FrameIndex, int], _Answer], frame: int
    ) -> _Answer:
        """Do something with a frame, and again with a better index if it objects."""
        try:
            index = self._index.holding(frame)
            while True:
                try:
                    return action(index, frame)
                except _Contradiction as found:
                    place = index.bounds[frame]
                    if index.final:
                        raise self._broken(frame, f"at {place}: {found}") from None
                    index = self._index.instead_of(index, frame, str(found))
        except BrokenFile as error:
            raise BrokenFrame(str(error), frame + 1) from error

    def _read_fragments(self, index: FrameIndex, frame: int) -> bytes:
        items = self._fragments(index, frame)
        total = items.payload
        if total > LARGEST_FRAME:
            raise self._broken(
                frame, f"has {total} bytes, expected at most {LARGEST_FRAME}"
            )
        pieces = [
            self._file.read(start + 8, end - start - 8)
            for start, end in pairwise(items.starts)
        ]
        return b"".join(pieces)[: self._told_length(index, frame, total)]

    def _locate_fragments(self, index: FrameIndex, frame: int) -> FrameRef | None:
        items = self._fragments(index, frame)
        length = self._told_length(index, frame, items.payload)
        return FrameRef(items.starts[0] + 8, length) if length else None

    def _fragments(self, index: FrameIndex, frame: int) -> Items:
        """Return the items of a frame, of which only the headers are read.

        Raises _Contradiction where they do not tile its place exactly, BrokenFrame
        where it is not there or cut off.
        """
        if not 0 <= frame < len(index.bounds) - 1:
            raise self._broken(frame, f"is missing: {index.missing}")
        start, end = index.bounds[frame], index.bounds[frame + 1]
        items = walk_items(self._file, start, None if end == UNKNOWN else end)
        if not items.count:
            found = items.found.hex(" ") or "the end of the file"
            raise _Contradiction(f"found {found} there, expected an item")
        if any(items.codestreams[1:]):
            raise _Contradiction("found a second codestream in it, expected one")
        if end == UNKNOWN:
            self._index.warn_of_tail(items)
            self._index.warn_of_more(index, items)
        if end != UNKNOWN and items.starts[-1] != end:
            raise _Contradiction(
                f"found items to {items.starts[-1]}, expected them to end at {end}"
            )
        if items.starts[-1] > self._file.size:
            self._index.warn_truncated(items)
            raise self._broken(
                frame,
                f"is cut off: the file ends at byte {self._file.size}, expected"
                f" {items.starts[-1]}",
            )
        return items

    def _told_length(self, index: FrameIndex, frame: int, length: int) -> int:
        """Return a frame's length without the padding that the table leaves out.

        Tables give it with the padding or without; anything else is not believed.
        """
        told = length if index.lengths is None else index.lengths[frame]
        if 0 <= length - told <= 1:
            return told
        self._findings.add(
            "offset-table",
            f"{self._file.path.name}: Extended Offset Table Lengths says frame"
            f" {frame + 1} has {told} bytes, found {length}.",
        )
        return length

    def _broken(self, frame: int, sentence: str) -> BrokenFrame:
        name = self._file.path.name
        return BrokenFrame(f"{name}: frame {frame + 1} {sentence}.", frame + 1)


class _Contradiction(Exception):
    """The items are not what the index says; in words."""


def _are_items(
    data: bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> bool:
    """Tell whether an item of each length begins at each place."""
    heads = np.frombuffer(data, np.uint8)[starts[:, None] + np.arange(8)]
    numbers = heads.view("<u4")
    tags, said = numbers[:, 0], numbers[:, 1]
    return bool((tags == ITEM_TAG).all() and (said == lengths).all())


_PLAIN: Final = 16 << 20  # bytes that are read before their items are looked at
