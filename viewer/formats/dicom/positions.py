"""Where frames lie: the positions in Per-Frame Functional Groups (5200,9230).

Nearly all slides have items that are laid out alike (`frame_items`). In others the few
elements that matter are found by their bytes, and believed only where there is exactly
one of each for every item, in the order in which the standard sorts them. What is left
is read by pydicom, which needs twelve seconds for a hundred thousand frames.
"""

import struct
from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.formats.dicom.element_headers import ITEM, SEQUENCE_END
from viewer.formats.dicom.frame_items import FrameItems, read_frame_items
from viewer.formats.dicom.frame_positions import Positions
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.parsed_positions import parsed_positions
from viewer.formats.files import ReadableFile
from viewer.slide.errors import BrokenFile


def read_positions(
    file: ReadableFile, header: Header, frames: int
) -> tuple[Positions | None, str | None]:
    """Read every frame's position; None where the frames have none.

    `file` is `open_body(header)`. The second answer is a sentence where the items have
    a form that only pydicom reads, slowly. Raises BrokenFile where they are too large
    or cannot be read. Holds the items in memory meanwhile; worker threads.
    """
    element = header.per_frame
    if element is None:
        return None, None
    end = min(header.end_of(element) or file.size, file.size)
    most = min(_MOST_BYTES, _MOST_EACH * frames + (1 << 20))
    if end - element.offset > most:
        raise BrokenFile(
            f"{file.path.name}: Per-Frame Functional Groups has"
            f" {end - element.offset} bytes, expected at most {most}."
        )
    items = header.frame_items or read_frame_items(
        file,
        element.offset,
        None if element.length is None else element.offset + element.length,
        implicit=header.implicit,
        order=">" if header.big_endian else "<",
    )
    if items is not None and (items.columns is None or len(items.columns) == frames):
        return _told(items), None
    data = file.read(element.offset, end - element.offset)
    try:
        return _Scan(data, header, frames).positions(), None
    except _UnusualError as unusual:
        slow = (
            f"{file.path.name}: Per-Frame Functional Groups of an unusual form"
            f" ({unusual}) were read slowly."
        )
    return parsed_positions(file, header, frames, end), slow


_Value = TypeVar("_Value")


def _told(items: FrameItems) -> Positions | None:
    """Return the positions of items that are laid out alike."""
    if items.columns is None or items.rows is None:
        return None
    paths = items.optical_paths
    return Positions(
        items.columns,
        items.rows,
        None if items.heights is None else np.array(_each(items.heights, _number)),
        None if paths is None else _each(paths, _name),
    )


def _each(texts: NDArray[np.bytes_], read: Callable[[bytes], _Value]) -> list[_Value]:
    """Read texts; most slides have one text for all of their frames."""
    if (texts == texts[0]).all():
        return [read(texts[0])] * len(texts)
    each: list[bytes] = texts.tolist()
    known = {text: read(text) for text in set(each)}
    return [known[text] for text in each]


_MOST_BYTES: Final = 512 << 20
_MOST_EACH: Final = 8 << 10
_LONGEST_TEXT: Final = 64  # bytes; DS has 16, SH 16 characters

_Places: TypeAlias = NDArray[np.int64]


class _UnusualError(Exception):
    """The bytes are not laid out as expected; in words."""


class _Scan:
    """Finds elements by their bytes: tag, VR and length."""

    def __init__(self, data: bytes, header: Header, frames: int) -> None:
        self._data = data
        self._bytes = np.frombuffer(data, np.uint8)
        self._frames = frames
        self._implicit = header.implicit
        self._order = ">" if header.big_endian else "<"

    def positions(self) -> Positions | None:
        """Return what the elements say; raises _UnusualError."""
        columns = self._find(self._head(0x0048021E, b"SL", 4))
        if not len(columns) and self._tag(0x0048021E) not in self._data:
            return None
        self._check_count(len(columns), "column positions")
        rows = columns + 12  # the tag behind that of columns, which has 12 bytes
        self._check_heads(rows, self._head(0x0048021F, b"SL", 4))
        self._check_items(columns)
        z = self._find(self._head(0x0040074A, b"DS"))
        paths = self._find(self._head(0x00480106, b"SH"))
        for found, what in ((z, "focal depths"), (paths, "optical paths")):
            if len(found):
                self._check_count(len(found), what)
                self._check_turns(found, columns, what)
        return Positions(
            self._integers(columns),
            self._integers(rows),
            np.array(self._texts(z, _number)) if len(z) else None,
            self._texts(paths, _name) if len(paths) else None,
        )

    def _tag(self, tag: int) -> bytes:
        return struct.pack(self._order + "HH", tag >> 16, tag & 0xFFFF)

    def _head(self, tag: int, vr: bytes, length: int | None = None) -> bytes:
        """Return the first bytes of an element, with its length if that is known."""
        head = self._tag(tag) + (b"" if self._implicit else vr)
        if length is None:
            return head
        return head + struct.pack(
            self._order + ("I" if self._implicit else "H"), length
        )

    def _find(self, head: bytes) -> _Places:
        """Return the places of `head`, by the rarest byte of a tag first."""
        rare = 3 if self._order == ">" else 2  # the low byte of the element number
        found = np.flatnonzero(self._bytes == head[rare]) - rare
        fits = (found >= 0) & (found + len(head) <= len(self._bytes))
        found = found[fits]
        for place, value in enumerate(head):
            found = found[self._bytes[found + place] == value]
        return found

    def _check_count(self, found: int, what: str) -> None:
        if found != self._frames:
            raise _UnusualError(f"{found} {what} for {self._frames} frames")

    def _check_heads(self, at: _Places, head: bytes) -> None:
        if int(at[-1]) + 12 > len(self._bytes):
            raise _UnusualError("the last row position is cut off")
        found = self._bytes[at[:, None] + np.arange(len(head))]
        if not (found == np.frombuffer(head, np.uint8)).all():
            raise _UnusualError("columns without rows")

    def _check_turns(self, found: _Places, columns: _Places, what: str) -> None:
        """Check that there is one between each column position and its neighbor."""
        before = (found < columns).all() and (found[1:] > columns[:-1]).all()
        behind = (found > columns).all() and (found[:-1] < columns[1:]).all()
        if not (before or behind):
            raise _UnusualError(f"{what} are not in turns with the positions")

    def _check_items(self, columns: _Places) -> None:
        """Check that every item has one position, where items tell their length."""
        data, unpack = self._data, struct.Struct(self._order + "4xI").unpack_from
        starts: list[int] = []
        at, end = 0, len(data) - 8
        while at <= end and len(starts) <= self._frames + 1:
            starts.append(at)
            at += 8 + unpack(data, at)[0]
        if data[4:8] == b"\xff\xff\xff\xff":
            return  # items with a delimiter; that columns and rows take turns must do
        if data[starts[-1] :][:4] == self._tag(SEQUENCE_END):
            starts.pop()
        self._check_count(len(starts), "items")
        items = np.array(starts)
        heads = self._bytes[items[:, None] + np.arange(4)]
        own = (heads == np.frombuffer(self._tag(ITEM), np.uint8)).all()
        if not own or (columns < items).any() or (columns[:-1] > items[1:]).any():
            raise _UnusualError("items without a position")

    def _integers(self, at: _Places) -> NDArray[np.int32]:
        values = self._bytes[at[:, None] + np.arange(8, 12)]
        return values.view(self._order + "i4").reshape(-1).astype(np.int32)

    def _texts(self, at: _Places, read: Callable[[bytes], _Value]) -> list[_Value]:
        """Read short texts; most slides have one text for all of their frames."""
        size = 4 if self._implicit else 2
        raw = self._bytes[at[:, None] + np.arange(8 - size, 8)]
        lengths = raw.view(f"{self._order}u{size}").reshape(-1).astype(np.int64)
        longest = int(lengths.max())
        if longest > _LONGEST_TEXT or int((at + lengths).max()) + 8 > len(self._data):
            raise _UnusualError(f"a text of {longest} bytes")
        if not longest:
            return [read(b"")] * len(at)
        places = np.arange(longest)
        within = places < lengths[:, None]
        last = len(self._data) - 1
        texts = self._bytes[np.minimum(at[:, None] + 8 + places, last)] * within
        return _each(texts.view(f"S{longest}").reshape(-1), read)


def _name(text: bytes) -> str:
    return text.decode("utf-8", "replace").strip(" \0")


def _number(text: bytes) -> float:
    try:
        return float(text.strip(b" \0") or b"nan")
    except ValueError:
        return float("nan")
