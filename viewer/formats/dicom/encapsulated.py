"""Frames of encapsulated Pixel Data: found by table or walk, verified at the read."""

import threading
from array import array
from collections.abc import Callable
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.frame_source import (
    LARGEST_FRAME,
    FrameFindings,
    FrameRef,
    Source,
)
from viewer.formats.dicom.grouped_items import frame_starts
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.items import (
    HEADER,
    ITEM_TAG,
    Ending,
    Items,
    walk_items,
)
from viewer.formats.dicom.offsets import UNKNOWN, OffsetTable, read_tables
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile, BrokenFrame

_Answer = TypeVar("_Answer")


class EncapsulatedFrames:
    """Frames in items (PS3.5 A.4), each checked against its items when it is read.

    The index is None (nothing known yet), a table that was only looked over, or final.
    Only a final one makes a frame that its items contradict a broken frame; otherwise
    the items are walked, once, and the walk's index or the table becomes final.
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
        tables = read_tables(file, header, pixel_data, frames)
        self._file: Final = file
        self._frames: Final = frames
        self._findings: Final = findings
        self._first: Final = tables.first
        self._table: Final = tables.table
        self._walking: Final = threading.Lock()
        for problem in tables.problems:
            findings.add("offset-table", problem)
        self._index: _Index | None = None
        if tables.table is not None and tables.table.beyond is None:
            self._index = _index_of(tables.table, final=False)

    @property
    def source(self) -> Source:
        """Where the places of the frames come from now."""
        index = self._index
        return "walk" if index is None else index.source

    def read(self, frame: int) -> bytes | None:
        """Return a frame's bytes, its fragments joined; None where none are stored.

        Raises BrokenFrame. The first call may walk over the whole file's items, while
        others wait; closing the file ends that. Any thread.
        """
        data = self._read_plainly(frame)
        if data is None:
            data = self._settle(self._read_fragments, frame)
        return data or None

    def locate(self, frame: int) -> FrameRef | None:
        """Return a frame's place, None where none is stored; raises BrokenFrame."""
        return self._settle(self._locate_fragments, frame)

    def _read_plainly(self, frame: int) -> bytes | None:
        """Read a frame of one item with one pread, or return None.

        This is the way of nearly every tile: no lock, no branch it can do without.
        """
        index = self._index
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
        return data[8 : 8 + length]

    def _settle(
        self, action: Callable[["_Index", int], _Answer], frame: int
    ) -> _Answer:
        """Do something with a frame, and again with a better index if it objects."""
        try:
            index = self._index or self._walk(None, self._beyond())
            while True:
                try:
                    return action(index, frame)
                except _Contradiction as found:
                    place = index.bounds[frame]
                    if index.final:
                        raise self._broken(frame, f"at {place}: {found}") from None
                    said = f"the {_NAMES[index.source]} says frame {frame + 1} is at"
                    index = self._walk(index, f"{said} {place}, {found}")
        except BrokenFile as error:
            raise BrokenFrame(str(error), frame + 1) from error

    def _read_fragments(self, index: "_Index", frame: int) -> bytes:
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

    def _locate_fragments(self, index: "_Index", frame: int) -> FrameRef | None:
        items = self._fragments(index, frame)
        length = self._told_length(index, frame, items.payload)
        return FrameRef(items.starts[0] + 8, length) if length else None

    def _fragments(self, index: "_Index", frame: int) -> Items:
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
        if end != UNKNOWN and items.starts[-1] != end:
            raise _Contradiction(
                f"found items to {items.starts[-1]}, expected them to end at {end}"
            )
        if items.starts[-1] > self._file.size:
            self._warn_truncated(items)
            raise self._broken(
                frame,
                f"is cut off: the file ends at byte {self._file.size}, expected"
                f" {items.starts[-1]}",
            )
        return items

    def _told_length(self, index: "_Index", frame: int, length: int) -> int:
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

    def _walk(self, seen: "_Index | None", objection: str | None) -> "_Index":
        """Walk the items unless another thread did since `seen`; return the new index.

        `objection` says what is wrong with the table, if there is one.
        """
        with self._walking:
            index = self._index
            if index is not None and index is not seen:
                return index
            items = walk_items(self._file, self._first)
            if items.ending is Ending.CUT:
                self._warn_truncated(items)
            index = self._judged(items, objection)
            self._index = index
            return index

    def _judged(self, items: Items, objection: str | None) -> "_Index":
        """Choose between the walk's answer and the table's."""
        name = self._file.path.name
        grouped = frame_starts(items, self._frames)
        table = self._table
        if table is None or grouped.exact:
            if objection is not None:
                self._findings.add(
                    "offset-table",
                    f"{name}: {objection}; the items were walked instead.",
                )
            if grouped.finding is not None:
                code, sentence = grouped.finding
                self._findings.add(code, f"{name}: {sentence}.")
            return _Index("walk", grouped.bounds, None, grouped.missing, final=True)
        # Neither is whole: what the table says of a frame holds if its items agree.
        if items.ending is not Ending.CUT:
            self._findings.add(
                "offset-table",
                f"{name}: {objection}, and {grouped.missing}; each frame is checked"
                " by itself.",
            )
        return _index_of(table, final=True)

    def _beyond(self) -> str | None:
        if self._table is None or self._table.beyond is None:
            return None
        return (
            f"the {_NAMES[self._table.source]} says a frame is at {self._table.beyond},"
            f" expected one before the end of the file at {self._file.size}"
        )

    def _warn_truncated(self, items: Items) -> None:
        self._findings.add(
            "truncated",
            f"{self._file.path.name}: ends at byte {self._file.size} inside an item,"
            f" expected it to end at {items.starts[-1]}.",
        )

    def _broken(self, frame: int, sentence: str) -> BrokenFrame:
        name = self._file.path.name
        return BrokenFrame(f"{name}: frame {frame + 1} {sentence}.", frame + 1)


class _Index(NamedTuple):
    """Places of frames: `bounds` are the starts of their first items, and the last end.

    The last end may be UNKNOWN. `missing` says why there are no more frames.
    """

    source: Source
    bounds: "array[int]"
    lengths: "array[int] | None"
    missing: str
    final: bool


class _Contradiction(Exception):
    """The items are not what the index says; in words."""


_PLAIN: Final = 16 << 20  # bytes that are read before their items are looked at
_NAMES: Final = {
    "extended": "Extended Offset Table",
    "basic": "Basic Offset Table",
    "walk": "walk over the items",
    "native": "",
}


def _index_of(table: OffsetTable, *, final: bool) -> _Index:
    frames = len(table.starts) - 1
    missing = f"Number of Frames is {frames}"
    return _Index(table.source, table.starts, table.lengths, missing, final)
