"""Where the frames of one file begin: from its tables, or a walk over its items."""

import threading
from array import array
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from viewer.formats.dicom.directory_table import directory_table
from viewer.formats.dicom.element_headers import Element
from viewer.formats.dicom.frame_source import FrameFindings, Source
from viewer.formats.dicom.grouped_items import frame_starts
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.index_store import FEWEST, IndexStore
from viewer.formats.dicom.items import (
    DELIMITER_TAG,
    HEADER,
    ITEM_TAG,
    Ending,
    Items,
    ItemWalk,
    begins_codestream,
    walk_items,
)
from viewer.formats.dicom.offsets import OffsetTable, read_tables
from viewer.formats.dicom.shared_walk import SharedWalk
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile


class FrameIndex(NamedTuple):
    """Places of frames: `bounds` are the starts of their first items, and the last end.

    The last end may be UNKNOWN. `missing` says why there are no more frames. What is
    not `whole` yet is of a walk that goes on: its `bounds` grow.
    """

    source: Source
    bounds: "array[int]"
    lengths: Sequence[int] | None
    missing: str
    final: bool
    whole: bool = True


class IndexSource:
    """Finds the index of one file, and a better one where items contradict it.

    `now` is None (nothing known yet), an index that was only looked over or grows, or a
    final one. What is final does not change any more: the items were walked, once, and
    it is the walk's answer, or the table's where the walk had none. Any thread.
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
        self._begun: Final = SharedWalk(ItemWalk(file, tables.first, frames=frames))
        self._saved = FEWEST  # items, before the walk was whole
        for problem in tables.problems:
            findings.add("offset-table", problem)
        self.now: FrameIndex | None = None
        if self._table is not None and self._table.beyond is None:
            self.now = _of_table(self._table, final=False)

    def holding(self, frame: int) -> FrameIndex:
        """Return an index that tells of this frame: one at hand, a kept one, or a walk.

        Raises BrokenFile. May take long, while others wait who need as much; closing
        the file ends that.
        """
        index = self.now or self._walk(None, self._beyond())
        if not index.whole and frame >= len(index.bounds) - 1:
            self._begun.reach(frame)
            self._keep_some()
            index = self._concluded(index)
        return index

    def grow(self, index: FrameIndex) -> None:
        """Walk a little further where an index is not whole yet. Raises nothing."""
        with suppress(BrokenFile):  # whoever needs more will be told
            self._begun.further()
            self._concluded(index)

    def instead_of(self, index: FrameIndex, frame: int, found: str) -> FrameIndex:
        """Return another index where the items of a frame are not as one says.

        `found` says what they are. Raises BrokenFile; may take long, like `first`.
        """
        if index.source == "kept" or not index.whole:  # nothing is wrong with the file
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
            index = self._begin() if seen is None and objection is None else None
            if index is None:
                items = walk_items(self._file, self._first)
                index = self._judged(items, objection)
            self.now = index
            return index

    def _begin(self) -> FrameIndex | None:
        """Return a kept index, or a growing one; None if all must be walked at once.

        Where the file does not end with the delimiter it may be cut off, and that is to
        be said when the first frame is shown.
        """
        starts = self._kept.load(self._file, self._first, self._frames)
        if starts is not None and len(starts) > self._frames:
            return FrameIndex("kept", starts, None, self._enough, final=False)
        if self._file.read_some(self._file.size - 8, 8) != _CLOSING:
            return None
        walk, source = self._begun.walk, "walk"
        if starts is not None and self._is_frame(starts[-1]):
            walk.resume(starts)
            self._saved, source = len(starts), "kept"
        return FrameIndex(source, walk.certain, None, "", final=False, whole=False)

    def _is_frame(self, place: int) -> bool:
        head = self._file.read_some(place, 16)
        item = head[:4] == ITEM_TAG.to_bytes(4, "little")
        return item and begins_codestream(head[8:])

    def _keep_some(self) -> None:
        """Keep what is certain, each time that it is twice as much.

        Never as many items as frames: that there are no more was not seen yet.
        """
        starts = self._begun.walk.certain[: self._frames]
        if not self._begun.ended and len(starts) >= 2 * self._saved:
            self._saved = len(starts)
            self._kept.save(self._file, starts)

    def _concluded(self, index: FrameIndex) -> FrameIndex:
        """Return the index of all items where the walk has ended, else the same."""
        if not self._begun.ended:
            return index
        with self._walking:
            if self.now is index:
                self.now = self._of_walk(index, self._begun.walk.items())
            return self.now or index

    def _of_walk(self, index: FrameIndex, items: Items) -> FrameIndex:
        """Return what a walk tells that has ended; of a kept part it is not final."""
        if index.source == "kept":
            if items.count == self._frames and items.ending is Ending.DELIMITED:
                self._kept.save(self._file, items.starts)
                return FrameIndex("kept", items.starts, None, self._enough, final=False)
            items = walk_items(self._file, self._first)  # the part may be to blame
        return self._judged(items, None)

    def _judged(self, items: Items, objection: str | None) -> FrameIndex:
        """Choose between the walk's answer and the table's."""
        name = self._file.path.name
        if items.ending is Ending.CUT:
            self.warn_truncated(items)
        grouped = frame_starts(items, self._frames)
        table = self._table
        if table is None or grouped.exact:
            self._object(objection)
            if grouped.finding is not None:
                code, sentence = grouped.finding
                self._findings.add(code, f"{name}: {sentence}.")
            if grouped.exact:
                self.warn_of_tail(items)
                if items.count == self._frames and items.ending is Ending.DELIMITED:
                    self._kept.save(self._file, grouped.bounds)
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


_CLOSING: Final = DELIMITER_TAG + bytes(4)
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
