"""The headers of elements, read one by one (PS3.5 section 7)."""

import struct
from typing import Final, NamedTuple

from viewer.formats.files import ReadableFile

MOST_NESTED: Final = 16_000_000
"""Headers inside one sequence of undefined length that are stepped over."""

DEEPEST: Final = 50_000
"""Sequences within sequences that are followed."""

UNDEFINED: Final = 0xFFFFFFFF
PIXEL_DATA: Final = 0x7FE00010
ITEM: Final = 0xFFFEE000
ITEM_END: Final = 0xFFFEE00D
SEQUENCE_END: Final = 0xFFFEE0DD


class Element(NamedTuple):
    """Where an element lies: `start` of its tag, `offset` and `length` of its value.

    `tag` is 0xGGGGEEEE; `vr` is empty in implicit VR; `length` is None where it is
    undefined. All in bytes from the start of the source.
    """

    tag: int
    vr: str
    offset: int
    length: int | None
    start: int


LONG_VRS: Final = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
"""VRs with two reserved bytes and a length of 32 bits (PS3.5 table 7.1-1)."""

_WINDOW: Final = 1 << 18


class Headers:
    """Reads element headers through a window that moves along the file.

    One thread at a time.
    """

    def __init__(self, file: ReadableFile, *, big_endian: bool) -> None:
        order = ">" if big_endian else "<"
        self._file = file
        self._little = not big_endian
        self._tag_and_long = struct.Struct(order + "HHI")
        self._long = struct.Struct(order + "I")
        self._window = b""
        self._from = 0
        self._reach = 64

    def element(self, offset: int, *, implicit: bool) -> Element | None:
        """Read the header at `offset`; None where there is no whole one."""
        at = self._place(offset)
        window = self._window
        if len(window) - at < 8:
            return None
        group, number, length = self._tag_and_long.unpack_from(window, at)
        tag, vr, size = group << 16 | number, b"", 8
        if not implicit and group != 0xFFFE:
            vr = window[at + 4 : at + 6]
            length, size, _ = self._explicit(at, length)
        if len(window) - at < size:
            return None
        name = vr.decode() if vr.isalpha() and vr.isupper() else ""
        known = None if length == UNDEFINED else length
        return Element(tag, name, offset + size, known, offset)

    def skip(
        self, offset: int, *, implicit: bool, inside_item: bool = False
    ) -> int | None:
        """Return the end of the sequence of undefined length whose items begin here.

        With `inside_item` it is the item of undefined length whose elements begin here.
        None where the file ends first, or what is there is no sequence. A hundred
        thousand frames have two million headers, hence no Element for each.
        """
        # Each entry is an open sequence or item of undefined length: whether it is an
        # item, and whether its elements have implicit VRs.
        opened = [(inside_item, implicit)]
        for _ in range(MOST_NESTED):
            at = self._place(offset)
            if len(self._window) - at < 8 or len(opened) > 2 * DEEPEST:
                return None
            group, number, length = self._tag_and_long.unpack_from(self._window, at)
            inside_item, implicit = opened[-1]
            offset += 8
            if group == 0xFFFE and number != 0xE000:
                opened.pop()  # either delimiter ends the innermost (fo-dicom#1157)
                if not opened:
                    return offset
                continue  # it has no value, whatever its length says
            if not inside_item and group != 0xFFFE:
                return None
            if not implicit and group != 0xFFFE:
                length, size, implicit = self._explicit(at, length)
                offset += size - 8
            if length == UNDEFINED:
                opened.append((not inside_item, implicit))
            else:
                offset += length
        return None

    def _explicit(self, at: int, length: int) -> tuple[int, int, bool]:
        """Return length, size of the header, and whether there is no VR inside.

        `length` is the one that an implicit header would have.
        """
        vr = self._window[at + 4 : at + 6]
        if vr in LONG_VRS:
            if len(self._window) - at < 12:
                return self._file.size, 12, False  # ends inside the header
            (length,) = self._long.unpack_from(self._window, at + 8)
            return length, 12, vr == b"UN"
        if vr.isalpha() and vr.isupper():
            return length >> 16 if self._little else length & 0xFFFF, 8, False
        return length, 8, False

    def _place(self, offset: int) -> int:
        """Make 12 bytes at `offset` visible and return their place in the window."""
        at = offset - self._from
        if 0 <= at <= len(self._window) - 12:
            return at
        # Small steps among large elements, a large window along many small ones.
        near = 0 <= at <= len(self._window)
        self._reach = min(self._reach * 4, _WINDOW) if near else 64
        self._window = self._file.read_some(offset, self._reach)
        self._from = offset
        return 0
