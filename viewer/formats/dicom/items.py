"""The items of encapsulated Pixel Data, walked by their lengths (PS3.5 A.4)."""

import struct
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from viewer.formats.files import ReadableFile, reason_of
from viewer.slide.errors import BrokenFile

MOST_ITEMS: Final = 4_000_000
"""Items of one Pixel Data that are walked; about 50 MB of places."""

ITEM_TAG: Final = 0xE000FFFE  # (FFFE,E000) read as one little-endian number
DELIMITER_TAG: Final = b"\xfe\xff\xdd\xe0"
HEADER: Final = struct.Struct("<II")


class Ending(Enum):
    """Why a walk ended."""

    DELIMITED = "at the sequence delimiter"
    UNDELIMITED = "behind the last whole item, without a delimiter"
    CUT = "inside an item, where the file ends"
    LOST = "at something that is no item"


@dataclass(frozen=True, slots=True)
class Items:
    """The items found: the place of each item's tag, and the end of the last.

    `starts` has one entry more than there are items; an item's content lies from 8
    bytes behind its start to the next start. `codestreams` holds 1 for an item that
    begins like a codestream, else 0. `found` is what stood where a LOST walk ended.
    """

    starts: "array[int]"
    codestreams: bytearray
    ending: Ending
    found: bytes

    @property
    def whole(self) -> bool:
        """Whether the walk got to the end of the Pixel Data."""
        return self.ending in {Ending.DELIMITED, Ending.UNDELIMITED}

    @property
    def count(self) -> int:
        """The number of items."""
        return len(self.codestreams)

    @property
    def payload(self) -> int:
        """The bytes in all items together."""
        return self.starts[-1] - self.starts[0] - 8 * self.count


class ItemWalk:
    """A walk over items that goes on where it stopped; one thread at a time.

    `certain` are the places of the items so far, as long as every one of them begins
    like a codestream, and `frames` + 1 at most. It grows, then stays as it is. An item
    in it whose follower is in it too is one frame, whatever comes later. Any thread.
    `ending` is None until the walk is over.
    """

    def __init__(
        self, file: ReadableFile, offset: int, end: int | None = None, frames: int = 0
    ) -> None:
        """Walk from `offset` to the delimiter, or to `end`; reads nothing yet."""
        self.certain: Final = array("Q")
        self.ending: Ending | None = None
        self._file: Final = file
        self._last: Final = file.size if end is None else min(end, file.size)
        self._frames: Final = frames
        self._starts = self.certain
        self._codestreams = bytearray()
        self._at = offset
        self._found = b""
        self._usual: tuple[bytes, struct.Struct] | None = None

    def resume(self, starts: "array[int]") -> None:
        """Go on behind items that were walked before: their starts, the last one's end.

        Only before the first `go_on`, and where all of them begin like codestreams.
        """
        self.certain.extend(starts[:-1])
        self._codestreams += b"\1" * len(self.certain)
        self._at = starts[-1]

    def go_on(self, most: int) -> None:
        """Walk over so many items at most.

        Reads sixteen bytes an item. Raises BrokenFile where reading fails, such as when
        the file is closed meanwhile; the walk may go on even then.
        """
        until = min(len(self._starts) + most, MOST_ITEMS)
        try:
            while self.ending is None and len(self._starts) < until:
                read = self._file.reader()  # anew, so that closing the file ends this
                self._step_quickly(read, min(_BATCH, until - len(self._starts)))
                self._step(read)
        except OSError as error:
            reason = reason_of(error)
            raise BrokenFile(f"{self._file.path.name}: {reason}.") from error
        self._file.read_some(self._at, 0)  # raises where the file was changed
        if self.ending is None and len(self._starts) >= MOST_ITEMS:
            self.ending = Ending.LOST

    def items(self) -> Items:
        """Return what was found so far."""
        starts = self._starts[:]
        starts.append(self._at)
        ending = self.ending or Ending.LOST
        return Items(starts, self._codestreams, ending, self._found)

    def _step_quickly(self, read: Callable[[int, int], bytes], most: int) -> None:
        """Walk over items that begin like the last codestream, up to another one.

        This is the walk of nearly every file without tables, with nothing in its loop
        that it can do without.
        """
        if self._usual is None:
            return
        if self._starts is self.certain:
            most = min(most, self._frames + 1 - len(self._starts))
        usual, head = self._usual
        unpack, size, append = head.unpack, head.size, self._starts.append
        at, last, item = self._at, self._last, ITEM_TAG
        try:
            for _ in range(most):
                tag, length, begun = unpack(read(size, at))
                if tag != item or begun != usual or at >= last:
                    break
                append(at)
                at += length + 8
        except struct.error:  # the end of the file
            pass
        finally:
            self._at = at
            stepped = len(self._starts) - len(self._codestreams)
            self._codestreams += b"\1" * stepped

    def _step(self, read: Callable[[int, int], bytes]) -> None:
        """Walk over one item, whatever it is like, or end the walk."""
        at, starts = self._at, self._starts
        if starts and at > self._last:
            self.ending = Ending.CUT
            return
        head = read(16, min(at, self._file.size))
        self._found = head[:8]
        if len(head) < 8 or at >= self._last:
            self.ending = Ending.UNDELIMITED
            return
        tag, length = HEADER.unpack_from(head)
        if tag != ITEM_TAG:
            self.ending = _ENDINGS.get(head[:4], Ending.LOST)
            return
        begun = _beginning(head[8:])
        if begun:
            self._usual = begun, struct.Struct(f"<II{len(begun)}s")
        if starts is self.certain and not (begun and len(starts) <= self._frames):
            self._starts = starts[:]
        self._starts.append(at)
        self._codestreams.append(bool(begun))
        self._at = at + 8 + length


def walk_items(file: ReadableFile, offset: int, end: int | None = None) -> Items:
    """Walk the items from `offset` to the delimiter, or to `end` where one is given.

    A missing delimiter, or NULs in its place, is good (dcmtk#118, pydicom#1799); one
    with a length (dicomParser#266) or of an item (fo-dicom#1157) too. An item that the
    file cuts off is the last, with the end it should have had. Never looks for tags
    inside contents (pydicom#1140). Raises BrokenFile where reading fails.
    """
    walk = ItemWalk(file, offset, end)
    walk.go_on(MOST_ITEMS)
    return walk.items()


def begins_codestream(content: bytes) -> bool:
    """Tell by its first eight bytes whether a fragment is the first of a frame."""
    return bool(_beginning(content))


def _beginning(content: bytes) -> bytes:
    """Return the bytes by which this is known as a codestream; none if it is not."""
    for size in (3, 4, 8):
        if content[:size] in _BEGINNINGS:
            return content[:size]
    return b""


_BATCH: Final = 256  # items between looks at whether the file was closed
_BEGINNINGS: Final = frozenset(
    {
        b"\xff\xd8\xff",  # JPEG and JPEG-LS
        b"\xff\x4f\xff\x51",  # JPEG 2000: SOC, SIZ; HTJ2K too
        b"\0\0\0\x0cjP  ",  # JP2 boxes around JPEG 2000
        b"\0\0\0\x0cJXL ",  # JPEG XL in its container
        # RLE: the number of segments, and 64, the place of the first (PS3.5 G.5)
        *(bytes([segments, 0, 0, 0, 64, 0, 0, 0]) for segments in range(1, 16)),
    }
)
_ENDINGS: Final = {
    DELIMITER_TAG: Ending.DELIMITED,
    b"\xfe\xff\x0d\xe0": Ending.DELIMITED,
    b"\0\0\0\0": Ending.UNDELIMITED,
}
