"""Where the frames of one file begin: from its tables, or a walk over its items."""

import threading
from array import array
from typing import Final, NamedTuple

from viewer.formats.dicom.directory_table import directory_table
from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.frame_source import FrameFindings, Source
from viewer.formats.dicom.grouped_items import frame_starts
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.index_store import IndexStore
from viewer.formats.dicom.items import (
    DELIMITER_TAG,
    HEADER,
    Ending,
    Items,
    walk_frames,
    walk_items,
)
from viewer.formats.dicom.offsets import OffsetTable, read_tables
from viewer.formats.files import ReadableFile


class FrameIndex(NamedTuple):
    """Places of frames: `bounds` are the starts of their first items, and the last end.

    The last end may be UNKNOWN. `missing` says why there are no more frames.
    """

    source: Source
    bounds: "array[int]"
    lengths: "array[int] | None"
    missing: str
    final: bool


class IndexSource:
    """Finds the index of one file, and a better one where items contradict it.

    `now` is None (nothing known yet), an index that was only looked over, or a final
    one. What is final does not change any more: the items were walked, once, and it is
    the walk's answer, or the table's where the walk had none. Any thread.
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
        self._table: Final = tables.table or directory_table(
            file, header, tables.first, frames
        )
        self._kept: Final = IndexStore()
        self._walking: Final = threading.Lock()
        for problem in tables.problems:
            findings.add("offset-table", problem)
        self.now: FrameIndex | None = None
        if self._table is not None and self._table.beyond is None:
            self.now = _of_table(self._table, final=False)

    def first(self) -> FrameIndex:
        """Return the index where nothing was known: a kept one, or by a walk.

        Raises BrokenFile. May take long, while other callers wait; closing the file
        ends that.
        """
        return self._walk(None, self._beyond())

    def instead_of(self, index: FrameIndex, frame: int, found: str) -> FrameIndex:
        """Return another index where the items of a frame are not as one says.

        `found` says what they are. Raises BrokenFile; may take long, like `first`.
        """
        if index.source == "kept":  # nothing is wrong with the file
            return self._walk(index, None)
        said = f"the {_NAMES[index.source]} says frame {frame + 1} is at"
        return self._walk(index, f"{said} {index.bounds[frame]}, {found}")

    def warn_of_tail(self, items: Items) -> None:
        """Say where the last item ends oddly: bytes of it may be missing or added."""
        name, end = self._file.path.name, items.starts[-1]
        if items.ending is Ending.LOST:
            self._findings.add(
                "trailing-bytes",
                f"{name}: {items.found.hex(' ')} follows the last item at byte {end},"
                " expected the end of Pixel Data.",
            )
        elif items.ending is Ending.UNDELIMITED:
            if DELIMITER_TAG in self._file.read_some(max(self._first, end - 8), 11):
                self._findings.add(
                    "trailing-bytes",
                    f"{name}: the last item reaches into the delimiter behind it,"
                    f" expected it to end before byte {end}.",
                )
            tail = self._file.read_some(end, _TAIL)
            if len(tail) >= 8 and any(tail):  # NULs may stand for the delimiter
                self._findings.add(
                    "trailing-bytes",
                    f"{name}: NULs and other bytes follow the last item at byte {end},"
                    " expected the end of Pixel Data.",
                )

    def warn_of_more(self, index: "FrameIndex", items: Items) -> None:
        """Say where the last frame has several items, though the first has one.

        Where frames say themselves that they begin, a second one is found anyway.
        """
        if items.count < 2 or items.codestreams[0] or len(index.bounds) < 3:
            return
        start, following = index.bounds[0], index.bounds[1]
        head = self._file.read_some(start, 8)
        if len(head) == 8 and HEADER.unpack(head)[1] == following - start - 8:
            self._findings.add(
                "trailing-bytes",
                f"{self._file.path.name}: {items.count} items follow where the last"
                f" frame begins, at byte {items.starts[0]}, expected one as of the"
                " first frame; frames may be missing or doubled.",
            )

    def warn_truncated(self, items: Items) -> None:
        """Say that the file ends inside the last of these items."""
        self._findings.add(
            "truncated",
            f"{self._file.path.name}: ends at byte {self._file.size} inside an item,"
            f" expected it to end at {items.starts[-1]}.",
        )

    def _walk(self, seen: FrameIndex | None, objection: str | None) -> FrameIndex:
        """Walk the items unless another thread did since `seen`; return the new index.

        `objection` says what is wrong with the table, if there is one.
        """
        with self._walking:
            index = self.now
            if index is not None and index is not seen:
                return index
            index = self._index_kept() if seen is None and objection is None else None
            self.now = index or self._walked(objection)
            return self.now

    def _index_kept(self) -> FrameIndex | None:
        starts = self._kept.load(self._file, self._first, self._frames)
        if starts is None:
            return None
        return FrameIndex("kept", starts, None, self._enough, final=False)

    def _walked(self, objection: str | None) -> FrameIndex:
        starts = walk_frames(self._file, self._first, self._frames)
        if starts is not None:
            self._object(objection)
            self._kept.save(self._file, starts)
            return FrameIndex("walk", starts, None, self._enough, final=True)
        items = walk_items(self._file, self._first)
        if items.ending is Ending.CUT:
            self.warn_truncated(items)
        return self._judged(items, objection)

    def _judged(self, items: Items, objection: str | None) -> FrameIndex:
        """Choose between the walk's answer and the table's."""
        name = self._file.path.name
        grouped = frame_starts(items, self._frames)
        table = self._table
        if table is None or grouped.exact:
            self._object(objection)
            if grouped.finding is not None:
                code, sentence = grouped.finding
                self._findings.add(code, f"{name}: {sentence}.")
            if grouped.exact:
                self.warn_of_tail(items)
            return FrameIndex("walk", grouped.bounds, None, grouped.missing, final=True)
        # Neither is whole: what the table says of a frame holds if its items agree.
        if items.ending is not Ending.CUT:
            self._findings.add(
                "offset-table",
                f"{name}: {objection}, and {grouped.missing}; each frame is checked"
                " by itself.",
            )
        return _of_table(table, final=True)

    def _object(self, objection: str | None) -> None:
        if objection is not None:
            self._findings.add(
                "offset-table",
                f"{self._file.path.name}: {objection}; the items were walked instead.",
            )

    @property
    def _enough(self) -> str:
        return f"Number of Frames is {self._frames}"

    def _beyond(self) -> str | None:
        if self._table is None or self._table.beyond is None:
            return None
        return (
            f"the {_NAMES[self._table.source]} says a frame is at {self._table.beyond},"
            f" expected one before the end of the file at {self._file.size}"
        )


_TAIL: Final = 4096  # bytes behind the last item that are looked at

_NAMES: Final = {
    "extended": "Extended Offset Table",
    "basic": "Basic Offset Table",
    "tiff": "TIFF directory",
    "kept": "index kept of an earlier walk",
    "walk": "walk over the items",
    "native": "",
}


def _of_table(table: OffsetTable, *, final: bool) -> FrameIndex:
    frames = len(table.starts) - 1
    missing = f"Number of Frames is {frames}"
    return FrameIndex(table.source, table.starts, table.lengths, missing, final)
