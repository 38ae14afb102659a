"""The items of encapsulated Pixel Data, walked by their lengths (PS3.5 A.4)."""

import struct
from array import array
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


def walk_items(file: ReadableFile, offset: int, end: int | None = None) -> Items:
    """Walk the items from `offset` to the delimiter, or to `end` where one is given.

    Reads sixteen bytes an item. A missing delimiter, or NULs in its place, is good
    (dcmtk#118, pydicom#1799); one with a length (dicomParser#266) or of an item
    (fo-dicom#1157) too. An item that the file cuts off is the last, with the end it
    should have had. Never looks for tags inside contents (pydicom#1140). Raises
    BrokenFile where reading fails, such as when the file is closed meanwhile.
    """
    starts, codestreams = array("Q", [offset]), bytearray()
    last = file.size if end is None else min(end, file.size)
    read_some, unpack = file.read_some, HEADER.unpack_from
    head = b""
    ending = Ending.LOST
    while len(codestreams) < MOST_ITEMS:
        head = read_some(offset, 16)
        if len(head) < 8 or offset >= last:
            ending = Ending.UNDELIMITED
            break
        tag, length = unpack(head)
        if tag != ITEM_TAG:
            ending = _ENDINGS.get(head[:4], Ending.LOST)
            break
        offset += 8 + length
        starts.append(offset)
        codestreams.append(begins_codestream(head[8:]))
        if offset > last:
            ending = Ending.CUT
            break
    return Items(starts, codestreams, ending, head[:8])


def walk_frames(file: ReadableFile, offset: int, frames: int) -> "array[int] | None":
    """Return the starts of `frames` items and their end, where there are just as many.

    This is the walk of nearly every file without tables, with nothing in its loop that
    it can do without: eight bytes an item. None where there are fewer items or more, or
    no delimiter; `walk_items` tells what is there then. Raises BrokenFile.
    """
    starts = [offset]
    append, unpack, item = starts.append, HEADER.unpack, ITEM_TAG
    for done in range(0, min(frames, MOST_ITEMS), _BATCH):
        read = file.reader()  # again and again, so that closing the file ends the walk
        try:
            for _ in range(min(_BATCH, frames - done)):
                tag, length = unpack(read(8, offset))
                if tag != item:
                    return None
                offset += length + 8
                append(offset)
        except struct.error:  # fewer than eight bytes: the end of the file
            return None
        except OSError as error:
            raise BrokenFile(f"{file.path.name}: {reason_of(error)}.") from error
    rest = walk_items(file, offset) if offset < file.size else None
    if rest is None or rest.ending is not Ending.DELIMITED or rest.payload:
        return None
    return array("Q", starts)


def begins_codestream(content: bytes) -> bool:
    """Tell by its first eight bytes whether a fragment is the first of a frame."""
    return content[:3] == _JPEG or content[:4] == _JPEG2000 or content[:8] in _OTHERS


_BATCH: Final = 256  # items between looks at whether the file was closed
_JPEG: Final = b"\xff\xd8\xff"  # JPEG and JPEG-LS
_JPEG2000: Final = b"\xff\x4f\xff\x51"  # SOC, SIZ; HTJ2K too
_OTHERS: Final = frozenset(
    {
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
